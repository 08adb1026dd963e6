"""Runs of one command in a command list: what clients send thousands of is read and done many at a time."""

import re
from collections.abc import Sequence
from functools import lru_cache

from .permissions import ALL_PERMISSIONS
from .registry import COMMANDS, BulkArguments, Command
from .session import Session

_LEAST = 8  # lines
_MOST = 1024  # lines: some 1 ms
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ARGUMENTS = r"""[\x01-\x20]+(?:"([^"\\\n]*(?:\\.[^"\\\n]*)*)"|([^\x00-\x20"']+))(?:[\x01-\x20]+"?([0-9]{1,9})"?)?$"""


class Runs:
    """Take what can be done many at a time out of one command list.

    A line that fails, or is in any way unusual, is left to be done by itself, and so are the lines behind it for a
    while. The answers are those of one by one.
    """

    def __init__(self, session: Session, lines: Sequence[str], *, confirm: bool) -> None:
        """Answer into ``session.reply``, with ``list_OK`` after each line where ``confirm`` asks for it."""
        self._session = session
        self._lines = lines
        self._ending = b"list_OK\n" if confirm else b""
        self._again = 0  # the line from which on another run may begin
        self._pause = 1

    def take(self, index: int) -> int:
        """Do the run that begins at a line, if one does, and return the first line that is not done."""
        if not self._again <= index <= len(self._lines) - _LEAST:
            return index
        done, length = self._do(index)
        index += done
        if done == length:
            self._pause = 1
        else:
            self._again = index + self._pause
            self._pause *= 2
        return index

    def _do(self, index: int) -> tuple[int, int]:
        """Return how many lines were done, and how many there were of the command."""
        command = COMMANDS.get(self._lines[index].partition(" ")[0])
        if command is None or command.bulk is None or not _allowed(self._session, command):
            return 0, 0
        run = self._run(command.name + " ", index)
        if len(run) < _LEAST:
            return 0, 0
        return command.bulk(self._session, _arguments(command.name, run), self._ending), len(run)

    def _run(self, begin: str, index: int) -> Sequence[str]:
        lines = self._lines[index : index + _MOST]
        return lines[: next((at for at, line in enumerate(lines) if not line.startswith(begin)), len(lines))]


def _allowed(session: Session, command: Command) -> bool:
    permissions = session.permissions
    return (permissions is ALL_PERMISSIONS or command.permission in permissions) and command.available(session)


def _arguments(name: str, lines: Sequence[str]) -> BulkArguments:
    """Return the arguments of lines of one command, up to the first line that has not got one, or one and a number."""
    text = "\n".join(lines)
    begin = f'{name} "'
    if "\\" not in text and text.startswith(begin) and text.endswith('"'):
        values = text[len(begin) : -1].split(f'"\n{begin}')
        if len(values) == len(lines) and text.count('"') == 2 * len(lines):  # nothing but one quoted argument each
            return [(value, "") for value in values]
    pattern = _pattern(name)
    found = pattern.findall(text)
    if len(found) != len(lines):
        known = [*map(pattern.fullmatch, lines)]
        found = [match.groups("") for match in known[: known.index(None)] if match is not None]
    return [
        (plain or (_ESCAPE.sub(r"\1", quoted) if "\\" in quoted else quoted), number) for quoted, plain, number in found
    ]


@lru_cache(maxsize=16)
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(f"^{name}{_ARGUMENTS}", re.MULTILINE)
