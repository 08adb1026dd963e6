"""Write answers as the MP3tunes documents print them: JSON, XML, the debug dump, JSONP."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from json.encoder import encode_basestring_ascii
from xml.sax.saxutils import escape

type Value = str | int | Milliseconds | Sequence[Value] | Mapping[str, Value] | None

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FIRST_OBJECT = 7  # the number that the printed dump begins with


@dataclass(frozen=True, slots=True)
class Milliseconds:
    """A length: JSON has it with six decimals, XML in its shortest form (Examples 2.11 and 2.12)."""

    value: float

    def json(self) -> str:
        """Return it with six decimals."""
        return f"{self.value:.6f}"

    def shortest(self) -> str:
        """Return it without needless zeros."""
        return self.json().rstrip("0").rstrip(".")


def to_json(value: Value) -> str:
    """Return a value as JSON: ASCII, with escaped slashes, as the service's PHP wrote it."""
    match value:
        case None:
            return "null"
        case str():
            return encode_basestring_ascii(value).replace("/", r"\/")
        case int():
            return str(value)
        case Milliseconds():
            return value.json()
        case Mapping():
            return "{" + ",".join(f"{to_json(name)}:{to_json(member)}" for name, member in value.items()) + "}"
        case _:
            return "[" + ",".join(map(to_json, value)) + "]"


def to_xml(value: Value) -> str:
    """Return a value as XML: the root is "mp3tunes", a list is repeated "item", null is an empty element."""
    return _element("mp3tunes", value)


def _element(name: str, value: Value) -> str:
    content = _content(value)
    return f"<{name}>{content}</{name}>" if content else f"<{name}/>"


def _content(value: Value) -> str:
    match value:
        case None:
            return ""
        case str():
            return escape(_NOT_XML.sub("", value))
        case int():
            return str(value)
        case Milliseconds():
            return value.shortest()
        case Mapping():
            return "".join(_element(name, member) for name, member in value.items())
        case _:
            return "".join(_element("item", member) for member in value)


def to_dump(value: Value) -> str:
    """Return what debug=1 adds: the value as PHP's var_dump shows it, on one line (Example 1.3)."""
    return _dump(value, count(_FIRST_OBJECT))


def _dump(value: Value, numbers: count[int]) -> str:
    match value:
        case None:
            return "NULL"
        case str():
            return f'string({len(value.encode("utf-8", "replace"))}) "{value}"'
        case int():
            return f"int({value})"
        case Milliseconds():
            return f"float({value.shortest()})"
        case Mapping():
            number = next(numbers)
            members = "".join(f'["{name}"]=> {_dump(member, numbers)} ' for name, member in value.items())
            return f"object(ObjectFromJSON)#{number} ({len(value)}) {{ {members}}}"
        case _:
            members = "".join(f"[{index}]=> {_dump(member, numbers)} " for index, member in enumerate(value))
            return f"array({len(value)}) {{ {members}}}"
