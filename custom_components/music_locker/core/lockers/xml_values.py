"""XML answers, as the same plain values that JSON gives: dict, list, str and None."""

from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ..errors import ServiceError

_DEEPEST = 32


def parse_xml(body: bytes, root: str) -> object:
    """Return the content of an XML answer whose root element is called ``root``.

    An element with children becomes a dict, one whose children are all called ``item`` a list, an empty one None, any
    other its text without the space round it; attributes are fields of the dict, and a child that comes again becomes a
    list. DTDs, entities and external references are refused, so that an answer cannot grow in memory or fetch anything.
    Raise ServiceError for what is not such an answer.
    """
    try:
        element = fromstring(body, forbid_dtd=True)
    except ParseError, DefusedXmlException, ValueError, LookupError:
        raise ServiceError("The service's answer is not readable XML") from None
    if element.tag.casefold() != root.casefold():
        raise ServiceError("The service's answer is XML of another kind")
    return _value(element, 0)


def _value(element: Element, depth: int) -> object:
    """Return the plain value of one element."""
    if depth > _DEEPEST:
        raise ServiceError("The service's XML answer is nested too deeply")
    children = [(_tag(child), _value(child, depth + 1)) for child in element if isinstance(child.tag, str)]
    if not children and not element.attrib:
        return (element.text or "").strip() or None
    if not element.attrib and all(tag == "item" for tag, _ in children):
        return [value for _, value in children]
    fields: dict[str, object] = dict(element.attrib)
    for tag, value in children:
        if tag not in fields:
            fields[tag] = value
        elif isinstance(earlier := fields[tag], list):
            earlier.append(value)
        else:
            fields[tag] = [earlier, value]
    return fields


def _tag(element: Element) -> str:
    """Return an element's name without its namespace."""
    return element.tag.rpartition("}")[2]
