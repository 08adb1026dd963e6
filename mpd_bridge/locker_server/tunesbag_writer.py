"""Write answers as the tunesBag document prints them: XML in lower case, JSON in upper case with doubles."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from json.encoder import encode_basestring
from xml.sax.saxutils import escape

type Scalar = str | int | float | Date | None
type Value = Scalar | Table | Sequence[Value] | Mapping[str, Value]

NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_GERMAN = (
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
)
_ENGLISH = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True, slots=True)
class Date:
    """A time, Unix seconds; it is written in UTC."""

    at: float

    def xml(self) -> str:
        """Return it as XML has it: 2008-07-07 11:06:31.0."""
        return f"{datetime.fromtimestamp(self.at, UTC):%Y-%m-%d %H:%M:%S}.0"

    def json(self, months: Sequence[str] = _GERMAN) -> str:
        """Return it as JSON has it: Juli, 07 2008 11:12:13."""
        time = datetime.fromtimestamp(self.at, UTC)
        return f"{months[time.month - 1]}, {time:%d %Y %H:%M:%S}"


@dataclass(frozen=True, slots=True)
class Table:
    """The result of a query: XML repeats ``item``, JSON has the columns once."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Scalar]]

    @classmethod
    def of(cls, columns: Sequence[str], entries: Sequence[Mapping[str, Scalar]]) -> Table:
        """Return the table of entries that all have these columns."""
        return cls(columns, [[entry[column] for column in columns] for entry in entries])


def to_xml(value: Value) -> str:
    """Return an answer as XML; its root is ``result``."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{_element("result", value)}\n'


def _element(name: str, value: Value) -> str:
    content = _content(value)
    return f"<{name}>{content}</{name}>" if content else f"<{name}/>"


def _content(value: Value) -> str:  # noqa: PLR0911 - one return a kind of value
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return escape(NOT_XML.sub("", value))
        case int() | float():
            return str(value)
        case Date():
            return value.xml()
        case Table():
            names = [name.lower() for name in value.columns]
            rows = ("".join(map(_element, names, row, strict=True)) for row in value.rows)
            return "".join(f"<item>{row}</item>\n" for row in rows)
        case Mapping():
            return "".join(_element(name.lower(), member) for name, member in value.items())
        case _:
            return "".join(_element("item", member) for member in value)


@dataclass(frozen=True, slots=True)
class JsonForm:
    """How JSON is written: ``objects`` instead of {"COLUMNS", "DATA"}, ``english`` names of months."""

    objects: bool = False
    english: bool = False

    def write(self, value: Value) -> str:  # noqa: PLR0911 - one return a kind of value
        """Return a value as JSON: every number is a double, and what is not there is an empty text."""
        match value:
            case None:
                return '""'
            case bool():
                return "true" if value else "false"
            case str():
                return encode_basestring(_SURROGATE.sub("", value))
            case int() | float():
                return repr(float(value))
            case Date():
                return encode_basestring(value.json(_ENGLISH if self.english else _GERMAN))
            case Table():
                return self._table(value)
            case Mapping():
                return "{" + ",".join(f'"{name.upper()}":{self.write(member)}' for name, member in value.items()) + "}"
            case _:
                return "[" + ",".join(map(self.write, value)) + "]"

    def _table(self, table: Table) -> str:
        if self.objects:
            return self.write([dict(zip(table.columns, row, strict=True)) for row in table.rows])
        rows = ",".join("[" + ",".join(map(self.write, row)) + "]" for row in table.rows)
        columns = ",".join(f'"{name.upper()}"' for name in table.columns)
        return f'{{"COLUMNS":[{columns}],"DATA":[{rows}]}}'
