"""One set: a playlist as tunesBag shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from .catalog import Playlist, folded
from .tunesbag_libraries import library_key
from .tunesbag_site import user_key
from .tunesbag_store import Particulars
from .tunesbag_writer import Date, Scalar, Table

_COLUMNS = (
    "description",
    "dt_created",
    "dt_lastmodified",
    "dynamic",
    "dynamic_criteria",
    "entrykey",
    "imageset",
    "istemporary",
    "itemcount",
    "items",
    "librarykey",
    "name",
    "public",
    "tags",
    "userkey",
    "weight",
)


@dataclass(frozen=True, slots=True)
class Set:
    """One playlist of a user; a dynamic one has a ``title`` and no file, ``said`` is None for one made elsewhere."""

    key: str
    user: str
    playlist: Playlist | None
    said: Particulars | None = None
    title: str = ""

    @property
    def name(self) -> str:
        """Return what it is called."""
        return self.playlist.title if self.playlist else self.title

    @property
    def is_public(self) -> bool:
        """Tell whether everybody may see it."""
        return self.said is not None and self.said.public

    @property
    def is_temporary(self) -> bool:
        """Tell whether it was made to be thrown away."""
        return self.said is not None and self.said.temporary

    @property
    def has_cover(self) -> bool:
        """Tell whether one of its tracks has a picture."""
        return self.playlist is not None and any(track.has_cover for track in self.playlist.tracks)

    def matches(self, wanted: str) -> bool:
        """Tell whether its name, or an artist or a title in it, holds a folded text."""
        tracks = self.playlist.tracks if self.playlist else ()
        return wanted in folded(self.name) or any(
            wanted in folded(track.artist) or wanted in folded(track.title) for track in tracks
        )


def set_table(sets: Sequence[Set], items: Sequence[str] | None = None) -> Table:
    """Return the table of sets; ``items`` are the keys of what is in each."""
    return Table(_COLUMNS, [_row(one, items[number] if items else "") for number, one in enumerate(sets)])


def _row(one: Set, items: str) -> Sequence[Scalar]:
    said, playlist = one.said, one.playlist
    created = said.created if said else playlist.modified if playlist else None
    return (
        said.description if said else "",
        None if created is None else Date(created),
        Date(playlist.modified) if playlist else None,
        int(playlist is None),
        "",
        one.key,
        int(one.has_cover),
        int(one.is_temporary),
        len(playlist.tracks) if playlist else 0,
        items,
        library_key(one.user),
        one.name,
        int(one.is_public),
        said.tags if said else "",
        user_key(one.user),
        None,
    )
