"""Splitting a line into its command and arguments (``src/util/Tokenizer.cxx`` of MPD)."""

import re

from .errors import AckCode, AckError
from .tags import NAMES

MAXIMUM_ARGUMENTS = 2 + 2 * len(NAMES)
"""Two for every tag, and two more (``COMMAND_ARGV_MAX`` of MPD)."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_SPACE = re.compile(r"[\x01-\x20]*")
_UNQUOTED = re.compile(r"[^\x00-\x20\"']+")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_WHITE = "".join(map(chr, range(1, 33)))


class NotMpdError(AckError):
    """Tell that the line does not begin with a command; the connection is closed after the answer."""


def decode_line(line: bytes) -> str:
    """Return a received line as text: white space at its end, and what follows a NUL, is not part of it."""
    return line.partition(b"\0")[0].decode(errors="replace").rstrip(_WHITE)


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
    end = len(text)
    at = _skip_space(text, 0)
    while at < end:
        if len(arguments) == MAXIMUM_ARGUMENTS:
            raise AckError(AckCode.ARG, "Too many arguments")
        argument, at = _quoted(text, at) if text[at] == '"' else _unquoted(text, at)
        arguments.append(argument)
        at = _skip_space(text, at)
    return arguments


def _skip_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return at if match is None else match.end()


def _unquoted(text: str, at: int) -> tuple[str, int]:
    match = _UNQUOTED.match(text, at)
    if match is None or text[match.end() : match.end() + 1] in {'"', "'"}:
        raise AckError(AckCode.UNKNOWN, "Invalid unquoted character")
    return match[0], match.end()


def _quoted(text: str, at: int) -> tuple[str, int]:
    match = _QUOTED.match(text, at)
    if match is None:
        raise AckError(AckCode.UNKNOWN, "Missing closing '\"'")
    end = match.end()
    if end < len(text) and text[end] > " ":
        raise AckError(AckCode.UNKNOWN, "Space expected after closing '\"'")
    value = match[1]
    return (_ESCAPE.sub(r"\1", value) if "\\" in value else value), end
