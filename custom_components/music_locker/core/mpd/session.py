"""What one client has: its partition, its permissions, its tags, and the answer that is being made."""

from ..playback.player import Player
from .core import Core
from .idle import IdleEvents
from .permissions import Permission
from .reply import Reply
from .tags import ALL_TAGS

DEFAULT_BINARY_LIMIT = 8192  # bytes, ``src/client/Client.hxx``


class Session:
    """Hold the state of one connection; handlers of commands read and change it.

    ``tag_mask`` holds the lower-case names of the tags that answers show; it is hashable, and the same object as long
    as it does not change. ``binary_limit`` is the largest chunk of a picture in bytes.
    """

    __slots__ = ("binary_limit", "core", "finished", "idle", "password", "permissions", "player", "reply", "tag_mask")

    def __init__(self, core: Core, player: Player, *, permissions: Permission, password: str | None = None) -> None:
        """Begin in ``player``'s partition."""
        self.core = core
        self.player = player
        self.permissions = permissions
        self.password = password
        self.reply = Reply()
        self.tag_mask: frozenset[str] = ALL_TAGS
        self.binary_limit = DEFAULT_BINARY_LIMIT
        self.idle = IdleEvents()
        self.finished = False  # the connection is closed after the present command

    def __repr__(self) -> str:
        """Show the partition, and no secret."""
        return f"<Session in {self.player.id}>"
