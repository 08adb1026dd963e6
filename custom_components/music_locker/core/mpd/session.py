"""What one client has: its partition, its permissions, its tags, and the answer that is being made."""

import asyncio

from ..playback.player import Player
from .access import Access
from .core import Core
from .idle import IdleEvents
from .instance import Instance
from .mailbox import Mailbox
from .reply import Reply
from .tags import ALL_TAGS, DEFAULT_TAGS

DEFAULT_BINARY_LIMIT = 8192  # bytes, ``src/client/Client.hxx``
HIDE_PLAYLISTS_IN_ROOT = "hide_playlists_in_root"
STRIP_DIACRITICS = "strip_diacritics"


class Session:
    """Hold the state of one connection; handlers of commands read and change it.

    ``tag_mask`` holds the lower-case names of the tags that answers show of the songs of a locker; it is hashable, and
    the same object as long as it does not change. ``binary_limit`` is the largest chunk of a picture in bytes.
    """

    __slots__ = (
        "_tag_types",
        "access",
        "binary_limit",
        "core",
        "features",
        "finished",
        "idle",
        "instance",
        "keeping",
        "mailbox",
        "normalizations",
        "permissions",
        "player",
        "reply",
        "tag_mask",
    )

    def __init__(
        self,
        core: Core,
        player: Player,
        *,
        access: Access,
        instance: Instance,
    ) -> None:
        """Begin in ``player``'s partition."""
        self.instance = instance
        self.core = core
        self.player = player
        self.access = access
        self.permissions = access.default
        self.reply = Reply()
        self._tag_types = DEFAULT_TAGS
        self.tag_mask = ALL_TAGS
        self.features: frozenset[str] = frozenset()
        self.normalizations: frozenset[str] = frozenset()
        self.binary_limit = DEFAULT_BINARY_LIMIT
        self.idle = IdleEvents()
        self.mailbox = Mailbox()
        self.keeping: list[asyncio.Future[None]] = []  # what has to be in a file before it is answered
        self.finished = False  # the connection is closed after the present command

    def __repr__(self) -> str:
        """Show the partition, and no secret."""
        return f"<Session in {self.player.id}>"

    @property
    def tag_types(self) -> frozenset[str]:
        """Hold the lower-case names of the tags that the client wants to see."""
        return self._tag_types

    @tag_types.setter
    def tag_types(self, tags: frozenset[str]) -> None:
        if tags != self._tag_types:
            self._tag_types = tags
            self.tag_mask = ALL_TAGS if tags >= ALL_TAGS else tags & ALL_TAGS

    @property
    def hides_playlists_in_root(self) -> bool:
        """Tell whether ``lsinfo`` leaves the stored playlists out (protocol 0.24)."""
        return HIDE_PLAYLISTS_IN_ROOT in self.features

    @property
    def strip_diacritics(self) -> bool:
        """Tell whether ``search`` takes "Jóga" for "Joga" (protocol 0.25)."""
        return STRIP_DIACRITICS in self.normalizations
