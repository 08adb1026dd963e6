"""A command list on its way in (protocol, "Command lists")."""

__all__ = ["LARGEST_LIST", "CommandList"]

LARGEST_LIST = 2 * 1024 * 1024
"""Characters of a command list, as MPD's ``max_command_list_size``."""


class CommandList:
    """Hold the lines of a command list until it ends; ``confirm`` asks for ``list_OK`` after each."""

    __slots__ = ("_limit", "_size", "confirm", "lines")

    def __init__(self, *, confirm: bool, limit: int = LARGEST_LIST) -> None:
        """Take lines of ``limit`` characters in all."""
        self.confirm = confirm
        self.lines: list[str] = []
        self._limit = limit
        self._size = 0

    def add(self, line: str) -> bool:
        """Add a line, and tell whether the list is still of a bearable size."""
        self.lines.append(line)
        self._size += len(line) + 1
        return self._size <= self._limit
