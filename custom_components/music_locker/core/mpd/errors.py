"""The errors that MPD clients see: one ACK line each."""

from enum import IntEnum


class AckCode(IntEnum):
    """Number the kinds of errors, as ``src/protocol/Ack.hxx`` of MPD does."""

    NOT_LIST = 1
    ARG = 2
    PASSWORD = 3
    PERMISSION = 4
    UNKNOWN = 5
    NO_EXIST = 50
    PLAYLIST_MAX = 51
    SYSTEM = 52
    PLAYLIST_LOAD = 53
    UPDATE_ALREADY = 54
    PLAYER_SYNC = 55
    EXIST = 56


class AckError(Exception):
    """Tell a client that its command failed; the text is MPD's where MPD has the same error."""

    def __init__(self, code: AckCode, message: str) -> None:
        """Keep the code and the text; the text holds no secret."""
        super().__init__(message)
        self.code = code
        self.message = message

    def line(self, index: int, command: str) -> bytes:
        """Return the answer for the command at ``index`` of its list; ``command`` is empty when it is unknown."""
        text = " ".join(self.message.splitlines())
        return f"ACK [{self.code}@{index}] {{{command}}} {text}\n".encode(errors="replace")


def quoted(text: str) -> str:
    """Return what a client has sent, as MPD 0.24 shows it in the texts of some errors."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    return f'"{escaped}"'
