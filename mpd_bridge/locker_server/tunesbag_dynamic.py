"""The default playlists, which are worked out when they are asked for."""

import asyncio
from collections.abc import Mapping, Sequence

from .tunesbag_columns import Item, items_of
from .tunesbag_libraries import Libraries, Library
from .tunesbag_set import Set
from .tunesbag_site import Site
from .tunesbag_social_store import SocialStore
from .tunesbag_store import Mark, Store

DYNAMIC: Mapping[str, str] = {
    "recentlyplayed": "Recently played",
    "toprated": "Top-rated items",
    "followstream": "What your friends are listening to",
    "recommendations": "Items recommended to you",
    "recentlyadded": "Added in the last few weeks",
}
_MOST = 100
_FEW_WEEKS = 28 * 86_400.0
_TOP = 80  # the lowest rating that is top
_TRACK = 1  # of the types of items that are shared


class Dynamic:
    """The default playlists of a user."""

    def __init__(self, site: Site, libraries: Libraries) -> None:
        """Keep what they are made of."""
        self._site = site
        self._libraries = libraries

    def sets(self, user: str) -> Sequence[Set]:
        """Return all of them."""
        return [self.set(user, key) for key in DYNAMIC]

    @staticmethod
    def set(user: str, key: str) -> Set:
        """Return one of them."""
        return Set(key, user, None, title=DYNAMIC[key])

    async def items(self, user: str, key: str) -> list[Item]:
        """Return what is in one of them now."""
        if key == "followstream":
            return await self._follow(user)
        if key == "recommendations":
            return await self._recommended(user)
        library = await self._libraries.default(user)
        marks = await self._site.remember(Store.marks, user)
        return await asyncio.to_thread(_chosen, key, library, marks, self._site.clock() - _FEW_WEEKS)

    async def _follow(self, user: str) -> list[Item]:
        """Return what friends, who show their library, have played last."""
        found: list[Item] = []
        for friend in self._site.book.friends(user):
            if self._libraries.may_read(user, friend):
                library = await self._libraries.default(friend)
                marks = await self._site.remember(Store.marks, friend)
                found += await asyncio.to_thread(_chosen, "recentlyplayed", library, marks, 0.0)
        return sorted(found, key=lambda item: -(item.mark.lasttime or 0))[:_MOST]

    async def _recommended(self, user: str) -> list[Item]:
        shares = await self._site.remember(SocialStore.shares, user)
        wanted = [
            share.md5
            for share, recipient, _viewed in shares
            if share.type == _TRACK and recipient == user and share.md5 is not None
        ]
        marks = await self._site.remember(Store.marks, user)
        found: list[Item] = []
        for md5 in list(dict.fromkeys(wanted))[:_MOST]:
            if (home := await self._libraries.locate(user, md5)) is not None:
                found += items_of(home[0], [home[1]], marks)
        return found


def _chosen(key: str, library: Library, marks: Mapping[int, Mark], since: float) -> list[Item]:
    """Return what of a library is in a default playlist."""
    if key == "recentlyadded":
        new = [track for track in library.tracks if track.added >= since]
        return items_of(library, sorted(new, key=lambda track: -track.added)[:_MOST], marks)
    known = items_of(library, (track for track in library.tracks if track.id in marks), marks)
    if key == "toprated":
        top = [item for item in known if (item.mark.rating or 0) >= _TOP]
        return sorted(top, key=lambda item: (-(item.mark.rating or 0), -item.mark.times))[:_MOST]
    played = [item for item in known if item.mark.lasttime is not None]
    return sorted(played, key=lambda item: -(item.mark.lasttime or 0))[:_MOST]
