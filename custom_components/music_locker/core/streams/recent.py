"""The pictures that were asked for last, in memory: MPD clients read one in many pieces, which must all fit."""

import asyncio
from collections import OrderedDict

from ..models import Artwork

_LIMIT = 8 * 1024 * 1024  # bytes; the newest picture is kept however large it is
_KEEP = 30.0  # seconds after the last use


class RecentPictures:
    """Keep a few pictures for a short time."""

    def __init__(self) -> None:
        """Begin with none."""
        self._pictures: OrderedDict[str, Artwork] = OrderedDict()
        self._total = 0
        self._last_use = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def get(self, name: str) -> Artwork | None:
        """Return a picture that is still here."""
        found = self._pictures.get(name)
        if found is not None:
            self._pictures.move_to_end(name)
            self._touch()
        return found

    def put(self, name: str, picture: Artwork) -> Artwork:
        """Keep a picture, and return the one that is kept under this name."""
        if name not in self._pictures:
            self._pictures[name] = picture
            self._total += len(picture.content)
            while self._total > _LIMIT and len(self._pictures) > 1:
                _, oldest = self._pictures.popitem(last=False)
                self._total -= len(oldest.content)
        self._touch()
        return self._pictures[name]

    def clear(self) -> None:
        """Forget all."""
        self._pictures.clear()
        self._total = 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _touch(self) -> None:
        loop = asyncio.get_running_loop()
        self._last_use = loop.time()
        if self._timer is None:
            self._timer = loop.call_later(_KEEP, self._expire)

    def _expire(self) -> None:
        loop = asyncio.get_running_loop()
        rest = self._last_use + _KEEP - loop.time()
        if rest > 0:
            self._timer = loop.call_later(rest, self._expire)
        else:
            self._timer = None
            self.clear()
