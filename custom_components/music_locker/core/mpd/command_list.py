"""A command list on its way in (protocol, "Command lists")."""

import re
from collections.abc import Sequence

__all__ = ["LARGEST_LIST", "CommandList"]

LARGEST_LIST = 2 * 1024 * 1024
"""Characters of a command list, as MPD's ``max_command_list_size``."""

_ORDINARY = bytes(range(ord(" "), 256))
_LETTERS = frozenset(bytes([letter]) for letter in range(ord("a"), ord("z") + 1))
_NOT_IN_A_LIST = re.compile(rb"(?:^|\n)(?:no)?idle(?:\n|$)")


class CommandList:
    """Hold the lines of a command list until it ends; ``confirm`` asks for ``list_OK`` after each."""

    __slots__ = ("_limit", "_ordinary", "_size", "confirm", "lines")

    def __init__(self, *, confirm: bool, limit: int = LARGEST_LIST) -> None:
        """Take lines of ``limit`` characters in all."""
        self.confirm = confirm
        self.lines: list[str] = []
        self._limit = limit
        self._size = 0
        self._ordinary = True

    def add(self, line: str) -> bool:
        """Add a line, and tell whether the list is still of a bearable size."""
        self.lines.append(line)
        self._size += len(line) + 1
        return self._size <= self._limit

    def add_many(self, lines: Sequence[bytes], *, longest: int) -> int:
        """Add lines as they came if all are ordinary; tell how many that are, or -1 if the list is too large now.

        Ordinary is what begins with a letter, is shorter than ``longest`` bytes and is nothing to refuse or to trim;
        once a list has had another line, its lines are to be looked at one by one.
        """
        if not self._ordinary:
            return 0
        text = b"\n".join(lines)
        self._ordinary = (
            len(text.translate(None, _ORDINARY)) == len(lines) - 1  # the line ends, and no other control character
            and {line[:1] for line in lines} <= _LETTERS
            and max(map(len, lines)) < longest
            and b" \n" not in text
            and not text.endswith(b" ")
            and (b"idle" not in text or _NOT_IN_A_LIST.search(text) is None)
        )
        if not self._ordinary:
            return 0
        added = text.decode(errors="replace").split("\n")
        self.lines += added
        self._size += sum(map(len, added)) + len(added)
        return len(added) if self._size <= self._limit else -1
