"""Messages between clients (protocol, "Client to client")."""

import re

__all__ = ["MOST_CHANNELS", "MOST_MESSAGES", "Mailbox", "is_channel_name"]

MOST_CHANNELS = 16
"""Channels that one client may hear, as ``MAX_SUBSCRIPTIONS`` of MPD."""
MOST_MESSAGES = 64
"""Messages that wait for one client, as ``MAX_MESSAGES`` of MPD; what comes then is lost for it."""

_CHANNEL = re.compile(r"[A-Za-z0-9_.:-]+")


def is_channel_name(text: str) -> bool:
    """Tell whether a channel may have this name."""
    return _CHANNEL.fullmatch(text) is not None


class Mailbox:
    """Hold the channels that one client hears, and the messages that it has not read."""

    __slots__ = ("_messages", "channels")

    def __init__(self) -> None:
        """Begin without a channel."""
        self.channels: set[str] = set()
        self._messages: list[tuple[str, str]] = []

    def push(self, channel: str, text: str) -> bool:
        """Take a message, and tell whether it is heard: not on other channels, and not while too many wait."""
        if channel not in self.channels or len(self._messages) >= MOST_MESSAGES:
            return False
        self._messages.append((channel, text))
        return True

    @property
    def waiting(self) -> int:
        """Return how many messages have not been read."""
        return len(self._messages)

    def read(self) -> list[tuple[str, str]]:
        """Return channel and text of every message, oldest first, and forget them."""
        messages, self._messages = self._messages, []
        return messages
