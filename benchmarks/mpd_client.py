"""A client that does nothing but time answers: it reads them to their last line and does not look into them."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

_TIMEOUT = 60.0


class MpdClient:
    """Hold a connection to an MPD server."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        assert self._read().startswith(b"OK MPD ")

    def _read(self) -> bytes:
        answer = bytearray()
        while not answer.endswith(b"\n") or not answer[answer.rfind(b"\n", 0, -1) + 1 :].startswith((b"OK", b"ACK")):
            # MPD leaves TCP_NODELAY unset: a late acknowledgement would add 40 ms to its longer answers.
            self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            part = self._connection.recv(1 << 18)
            if not part:
                raise ConnectionError("the server closed the connection")
            answer += part
        return bytes(answer)

    def __call__(self, command: str) -> bytes:
        """Return the answer to a command, its last line too."""
        self._connection.sendall(command.encode() + b"\n")
        return self._read()

    def seconds(self, command: str) -> float:
        """Return the seconds that a command took."""
        before = time.perf_counter()
        answer = self(command)
        taken = time.perf_counter() - before
        assert answer.endswith(b"OK\n"), answer[-200:]
        return taken


@contextmanager
def connect(port: int) -> Iterator[MpdClient]:
    """Connect for the time of the block."""
    with socket.create_connection(("127.0.0.1", port), _TIMEOUT) as connection:
        yield MpdClient(connection)
