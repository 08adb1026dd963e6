"""Write answers as the page of 7digital prints them: JSON, XML, and JSON that was made from XML."""

import json
import re
from datetime import UTC, datetime, tzinfo
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

type Value = str | int | bool | datetime | list[Value] | dict[str, Value] | None

VERSION = "1.2"
_SCHEMA = "http://api.7digital.com/1.2/static/7digitalAPI.xsd"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_XML_NAMES = {"disc": "discNumber"}


def _london() -> tzinfo:
    try:
        return ZoneInfo("Europe/London")
    except ZoneInfoNotFoundError:  # a machine without zones
        return UTC


_LONDON = _london()  # the zone of the dates in XML


def ok_json(content: dict[str, Value], *, from_xml: bool = False) -> str:
    """Return a good answer as JSON."""
    head: dict[str, Value] = {"status": "ok", "version": VERSION, "schema": _SCHEMA}
    return _json({**head, **(_xml_born(content) if from_xml else content)})


def ok_xml(content: dict[str, Value]) -> str:
    """Return a good answer as XML: status and version are attributes, ids too."""
    return f'<response status="ok" version="{VERSION}">{_members(content)}</response>'


def error_json(code: int, message: str, *, from_xml: bool = False) -> str:
    """Return an error as JSON."""
    error: dict[str, Value] = {"code": str(code) if from_xml else code, "errorMessage": message}
    return _json({"status": "error", "version": VERSION, "error": error})


def error_xml(code: int, message: str) -> str:
    """Return an error as XML."""
    body = f'<error code="{code}"><errorMessage>{_text(message)}</errorMessage></error>'
    return f'<response status="error" version="{VERSION}">{body}</response>'


def _json(value: dict[str, Value]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_json_date)


def _json_date(value: object) -> str:
    if not isinstance(value, datetime):
        raise TypeError(type(value).__name__)
    return _date(value.astimezone(UTC))


def _date(value: datetime) -> str:
    """Return a date as .NET writes it: no needless zeros, Z where the offset is none."""
    fraction = f"{value.microsecond // 1000:03}".rstrip("0")
    text = value.strftime("%Y-%m-%dT%H:%M:%S") + (f".{fraction}" if fraction else "")
    return f"{text}{value.isoformat()[-6:]}" if value.utcoffset() else f"{text}Z"


def _xml_born(value: dict[str, Value]) -> dict[str, Value]:
    """Return what a converter that knows no types makes of the XML."""
    return {_XML_NAMES.get(name, name): _untyped(member) for name, member in value.items() if member is not None}


def _untyped(value: Value) -> Value:
    match value:
        case dict():
            return _xml_born({name: member for name, member in value.items() if member != []})
        case list():
            members = [_untyped(member) for member in value]
            return members[0] if len(members) == 1 else members
        case _:
            return _plain(value)


def _plain(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            return _date(value.astimezone(_LONDON))
        case _:
            return str(value)


def _members(value: dict[str, Value]) -> str:
    return "".join(
        _elements(_XML_NAMES.get(name, name), member)
        for name, member in _xml_order(value)
        if member is not None and name != "id"
    )


def _xml_order(value: dict[str, Value]) -> list[tuple[str, Value]]:
    """Return the members in the order of the XML: there the label stands behind the download, where there is one."""
    members = list(value.items())
    if "label" in value and "download" in value:
        members.sort(key=lambda member: member[0] == "label")
    return members


def _elements(name: str, value: Value) -> str:
    match value:
        case dict():
            attribute = f' id="{value["id"]}"' if "id" in value else ""
            return _element(name, attribute, _members(value))
        case list():
            return "".join(_elements(name, member) for member in value)
        case _:
            return _element(name, "", _text(_plain(value)))


def _element(name: str, attribute: str, content: str) -> str:
    return f"<{name}{attribute}>{content}</{name}>" if content else f"<{name}{attribute}/>"


def _text(text: str) -> str:
    return text if text.isalnum() else escape(text if text.isprintable() else _NOT_XML.sub("", text))
