"""A client that does little but time answers; what it reads is looked at only where the benchmark chooses its work."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

HOST = "127.0.0.1"
_TIMEOUT = 180.0  # seconds
_LARGEST_READ = 1 << 18  # bytes
_LONGEST_LAST_LINE = 8192  # bytes
_GREETING = 4096  # bytes


class AckError(Exception):
    """Tell what a server refused."""


def quote(text: str) -> str:
    """Return an argument of a command."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def expression(tag: str, operator: str, value: str) -> str:
    """Return a filter expression as an argument of a command."""
    quoted = value.replace("\\", "\\\\").replace("'", "\\'")
    return quote(f"({tag} {operator} '{quoted}')")


class Client:
    """Hold one connection.

    ``at_once``: acknowledge what arrives at once. MPD leaves TCP_NODELAY unset, and a plain client's late
    acknowledgement adds 40 ms to each of its longer answers.
    """

    def __init__(self, port: int, *, at_once: bool = True, timeout: float = _TIMEOUT) -> None:
        self.socket = socket.create_connection((HOST, port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._at_once = at_once
        self.greeting = b""
        while not self.greeting.endswith(b"\n"):
            part = self.socket.recv(_GREETING)
            if not part:
                raise ConnectionError("closed before the greeting")
            self.greeting += part

    def send(self, line: str) -> None:
        self.socket.sendall(line.encode() + b"\n")

    def receive(self) -> bytes:
        """Return what has arrived; nothing at the end."""
        if self._at_once:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)  # holds for one answer only
        return self.socket.recv(_LARGEST_READ)

    def read(self) -> bytes:
        """Return an answer, its last line too; raise AckError, ConnectionError."""
        parts: list[bytes] = []
        tail = b""
        while True:
            part = self.receive()
            if not part:
                raise ConnectionError(f"the server closed the connection after {sum(map(len, parts))} bytes")
            parts.append(part)
            tail = (tail + part)[-_LONGEST_LAST_LINE:] if len(part) < _LONGEST_LAST_LINE else part[-_LONGEST_LAST_LINE:]
            if is_complete(tail):
                if tail.endswith(b"OK\n"):
                    return b"".join(parts)
                raise AckError(tail[tail.rfind(b"\n", 0, -1) + 1 :].decode(errors="replace").strip())

    def __call__(self, line: str) -> bytes:
        """Return the answer to a command; raise AckError, ConnectionError."""
        self.send(line)
        return self.read()

    def pairs(self, line: str) -> list[tuple[str, str]]:
        """Return the answer to a command as keys and values."""
        lines = self(line).decode(errors="replace").split("\n")
        return [(key, value) for key, colon, value in (line.partition(": ") for line in lines) if colon]

    def fields(self, line: str) -> dict[str, str]:
        """Return the answer to a command that gives each key once."""
        return dict(self.pairs(line))

    def songs(self, line: str) -> list[dict[str, str]]:
        """Return the songs that a command answers with, of each tag the first value."""
        songs: list[dict[str, str]] = []
        for key, value in self.pairs(line):
            if key == "file":
                songs.append({"file": value})
            elif key in {"directory", "playlist"}:
                songs.append({})  # what follows is of no song
            elif songs:
                songs[-1].setdefault(key, value)
        return [song for song in songs if "file" in song]

    def close(self) -> None:
        with suppress(OSError):
            self.socket.close()


def is_complete(tail: bytes) -> bool:
    """Tell whether an answer that ends like this has ended."""
    if not tail.endswith(b"\n"):
        return False
    last = tail[tail.rfind(b"\n", 0, -1) + 1 :]
    return last == b"OK\n" or last.startswith(b"ACK [")


@contextmanager
def connected(port: int, *, at_once: bool = True) -> Iterator[Client]:
    """Connect for the time of the block."""
    client = Client(port, at_once=at_once)
    try:
        yield client
    finally:
        client.close()
