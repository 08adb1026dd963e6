"""The answer to one command or command list, as lines ready to send."""

from collections.abc import Iterable, Iterator

_LONGEST_VALUE = 4000  # bytes; libmpdclient drops a connection that sends a line over 4095 (``src/buffer.h``)
_LINE_BREAKS = str.maketrans("\r\n\0", "   ")


def format_pair(key: str, value: object) -> bytes:
    """Return ``key: value`` as one line that every client can read: no line break, valid UTF-8, at most 4 kB."""
    content = str(value).translate(_LINE_BREAKS).encode(errors="replace")
    if len(content) > _LONGEST_VALUE:
        content = content[:_LONGEST_VALUE].decode(errors="ignore").encode()
    return b"%s: %s\n" % (key.encode(), content)


class Reply:
    """Collect an answer; blocks that are rendered already are kept by reference."""

    __slots__ = ("parts",)

    def __init__(self) -> None:
        """Begin with nothing."""
        self.parts: list[bytes | Iterable[bytes]] = []

    def pair(self, key: str, value: object) -> None:
        """Add one line ``key: value``."""
        self.parts.append(format_pair(key, value))

    def raw(self, block: bytes | Iterable[bytes]) -> None:
        """Add rendered lines: one block, or many."""
        if isinstance(block, bytes):
            self.parts.append(block)
        else:
            self.parts.extend(block)

    def stream(self, pieces: Iterable[bytes]) -> None:
        """Add rendered lines that are made only when the client takes them; nothing changes them until then."""
        self.parts.append(pieces)

    def pieces(self) -> Iterator[bytes]:
        """Yield the whole answer in pieces."""
        for part in self.parts:
            if isinstance(part, bytes):
                yield part
            else:
                yield from part

    def binary(self, data: bytes, size: int, mime_type: str | None = None) -> None:
        """Add a chunk of something that has ``size`` bytes in all (protocol, "Binary Responses")."""
        self.pair("size", size)
        if mime_type is not None:
            self.pair("type", mime_type)
        self.pair("binary", len(data))
        self.parts.append(data)
        self.parts.append(b"\n")
