"""The sources of a player: the playlists that it can play, as other players have their favourites."""

from collections.abc import Iterable, Iterator
from itertools import islice, zip_longest
from operator import attrgetter

from .core.library import Catalog
from .core.models import MediaKind, PlaylistKind, Track
from .core.playback.queue import Queue
from .identifier import ItemNode
from .shelves import PAGE

# These are called a hundred thousand times at once.
_TRACK = attrgetter("track")
_AVAILABLE = attrgetter("available")


class Sources:
    """Name the playlists of lockers that have something to play, at most 500 of them; whole libraries are none."""

    def __init__(self, catalog: Catalog, lockers: Iterable[str]) -> None:
        """Read this catalog, which never changes."""
        self._catalog = catalog
        self._nodes: dict[str, ItemNode] = {}
        for node in islice(self._playable(lockers), PAGE):
            self._nodes[self._free_name(node)] = node

    @property
    def names(self) -> list[str]:
        """Return what the sources are called."""
        return list(self._nodes)

    def node(self, name: str) -> ItemNode | None:
        """Return the playlist of a name, None where there is none."""
        return self._nodes.get(name)

    def held_by(self, queue: Queue) -> str | None:
        """Return the source that a queue holds, all of it and nothing else."""
        return next((name for name, node in self._nodes.items() if queue and self._is_of(queue, node)), None)

    def _is_of(self, queue: Queue, node: ItemNode) -> bool:
        """Tell whether a queue holds what plays of a playlist; the first difference ends the comparison."""
        held = map(_TRACK, queue)
        for ours, theirs in zip_longest(held, self._tracks(node)):
            if ours is not theirs and (ours is None or theirs is None or ours.key != theirs.key):
                return False
        return True

    def _playable(self, lockers: Iterable[str]) -> Iterator[ItemNode]:
        for locker in lockers:
            for playlist in self._catalog.playlists(locker):
                node = ItemNode(locker, MediaKind.PLAYLIST, playlist.id)
                if playlist.kind is not PlaylistKind.FRIEND and any(True for _ in self._tracks(node)):
                    yield node

    def _tracks(self, node: ItemNode) -> Iterator[Track]:
        """Yield what plays of a playlist, without reading more of it than is asked for."""
        return filter(_AVAILABLE, self._catalog.iter_playlist(node.locker, node.id))

    def _free_name(self, node: ItemNode) -> str:
        """Return the playlist's title; a second one of the same title tells its locker, or a number."""
        playlist = self._catalog.playlist(node.locker, node.id)
        title = node.id if playlist is None else playlist.label
        name, number = title, 1
        while name in self._nodes:
            contents = self._catalog.contents.get(node.locker)  # None for the library's own
            of = contents.title if contents is not None and number == 1 else str(number)
            name, number = f"{title} ({of})", number + 1
        return name
