"""tunesBag's answers, XML and JSON, as the same plain values, and the error that one tells.

JSON has its keys in upper case and all numbers as doubles (seed 002, "Response elements"). A list may come as objects
or as a table of its server's own, ``{"COLUMNS": [...], "DATA": [[...]]}``. Here every key is in lower case and a table
is a list of objects.
"""

import json
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType

import orjson

from ..errors import ServiceError
from . import convert
from .tunesbag_errors import numbered_error, status_error
from .xml_values import parse_xml

type Fields = Mapping[str, object]
type Headers = Mapping[str, str]
NO_HEADERS: Headers = MappingProxyType({})

_ROOT = "result"
_DEEPEST = 32
_JSONP = re.compile(r"\s*[A-Za-z_$][\w$.]*\s*\(", re.ASCII)
_DECODER = json.JSONDecoder()
_TABLE = {"columns", "data"}


def check(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> Fields:
    """Return an answer's fields; raise the error that it tells.

    Success is error 0: ``result`` is missing from some good answers ("user/feed"), and so are both where the example
    of "misc/check/albumcovers" ends. What has neither and no ``requestkey`` is no answer of this service.
    """
    try:
        fields = convert.mapping(decode(body))
    except ServiceError:
        if status != HTTPStatus.OK:
            raise status_error(status, headers) from None
        raise
    message, request_key = convert.text(fields.get("errormessage")), convert.text(fields.get("requestkey"))
    if number := error_number(fields):
        raise numbered_error(number, message, request_key, status, headers)
    if status >= HTTPStatus.MULTIPLE_CHOICES:
        raise status_error(status, headers)
    if not fields.keys() & {"error", "requestkey"} or number is None:
        raise ServiceError("The service's answer is not one of tunesBag")
    if convert.text(_lower(fields.get("result"))) == "false":
        raise ServiceError(" ".join((message or "The service refuses").split()), request_id=request_key)
    return fields


def error_number(fields: Fields) -> int | None:
    """Return an answer's error number, 0 for none, None for what is no number."""
    return convert.integer(fields.get("error")) if fields.get("error") is not None else 0


def decode(body: bytes) -> object:
    """Return the plain values of an answer, whichever format it has; JSON may be wrapped in a callback.

    Raise ServiceError for anything else.
    """
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] == b"<":
        return plain(parse_xml(start, _ROOT))
    try:
        return plain(orjson.loads(start))
    except orjson.JSONDecodeError:
        pass
    document = start.decode("utf-8", "replace")
    wrapped = _JSONP.match(document)
    try:
        value, _ = _DECODER.raw_decode(document, wrapped.end() if wrapped else 0)
    except ValueError, RecursionError:
        raise ServiceError("The service's answer is not readable") from None
    return plain(value)


def plain(value: object, depth: int = 0) -> object:
    """Return a decoded value with its keys in lower case and its tables as lists of objects."""
    if depth > _DEEPEST:
        raise ServiceError("The service's answer is nested too deeply")
    if isinstance(value, dict):
        fields = {str(key).lower(): item for key, item in value.items()}
        if fields.keys() - {"rowcount"} == _TABLE:
            return _rows(fields["columns"], fields["data"], depth)
        return {key: plain(item, depth + 1) for key, item in fields.items()}
    if isinstance(value, list):
        return [plain(item, depth + 1) for item in value]
    return value


def _rows(columns: object, data: object, depth: int) -> list[object]:
    """Return a table's rows as objects: a list for each row, or a list for each column."""
    names = [str(name).lower() for name in columns] if isinstance(columns, list) else []
    if isinstance(data, dict):
        by_column = {str(name).lower(): values for name, values in data.items() if isinstance(values, list)}
        names = [name for name in names if name in by_column]
        data = [list(row) for row in zip(*(by_column[name] for name in names), strict=False)]
    rows: Sequence[object] = data if isinstance(data, list) else ()
    return [
        dict(zip(names, (plain(value, depth + 2) for value in row), strict=False))
        for row in rows
        if isinstance(row, list)
    ]


def _lower(value: object) -> object:
    """Return a truth or a text in lower case; XML writes "true" with a newline behind it (example of user/info)."""
    return str(value).lower() if isinstance(value, bool | str) else value
