"""Splitting a line into its command and arguments (``src/util/Tokenizer.cxx`` of MPD)."""

import re

from .errors import AckCode, AckError
from .tags import NAMES

MAXIMUM_ARGUMENTS = 2 + 2 * len(NAMES)
"""Two for every tag, and two more (``COMMAND_ARGV_MAX`` of MPD)."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_SPACE = re.compile(r"[\x01-\x20]*")
_ARGUMENT = re.compile(r"""[\x01-\x20]*(?:"([^"\\]*(?:\\.[^"\\]*)*)"|([^\x00-\x20"']+))(?![^\x01-\x20])""", re.DOTALL)
_QUOTED = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_PLAIN = re.compile(rf"[A-Za-z][A-Za-z0-9_]*(?: +[!#-&(-~]+){{0,{MAXIMUM_ARGUMENTS}}}")
_WHITE = "".join(map(chr, range(1, 33)))


class NotMpdError(AckError):
    """Tell that the line does not begin with a command; the connection is closed after the answer."""


def decode_line(line: bytes) -> str:
    """Return a received line as text: white space at its end, and what follows a NUL, is not part of it."""
    if b"\0" in line:
        line = line.partition(b"\0")[0]
    return line.decode(errors="replace").rstrip(_WHITE)


def is_plain(line: str) -> bool:
    """Tell whether a line is nothing but a command's name and words, to be split at its spaces."""
    return _PLAIN.fullmatch(line) is not None


def split_name(line: str) -> tuple[str, str]:
    """Return the command's name and the text behind it; raise NotMpdError."""
    match = _NAME.match(line)
    if match is None:
        raise NotMpdError(AckCode.UNKNOWN, "Letter expected" if line else "No command given")
    end = match.end()
    if end < len(line) and line[end] > " ":
        raise NotMpdError(AckCode.UNKNOWN, "Invalid word character")
    return match[0], line[end:]


def split_arguments(text: str) -> list[str]:
    """Return the arguments of a command, quotes and escapes undone; raise AckError."""
    arguments: list[str] = []
    text = text.rstrip(_WHITE)
    end = len(text)
    at = 0
    while at < end:
        if len(arguments) == MAXIMUM_ARGUMENTS:
            raise AckError(AckCode.ARG, "Too many arguments")
        match = _ARGUMENT.match(text, at)
        if match is None:
            raise AckError(AckCode.UNKNOWN, _reason(text, at))
        quoted, plain = match.groups()
        if quoted is None:
            arguments.append(plain)
        else:
            arguments.append(_ESCAPE.sub(r"\1", quoted) if "\\" in quoted else quoted)
        at = match.end()
    return arguments


def _reason(text: str, at: int) -> str:
    """Return what is wrong with the argument that begins at or after ``at``."""
    start = _SPACE.match(text, at)
    at = at if start is None else start.end()
    if text[at] != '"':
        return "Invalid unquoted character"
    if _QUOTED.match(text, at) is None:
        return "Missing closing '\"'"
    return "Space expected after closing '\"'"
