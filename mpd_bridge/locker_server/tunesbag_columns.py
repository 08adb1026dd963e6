"""The fields of items: "Available default fields" of the document."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from .catalog import Track
from .tunesbag_libraries import Library
from .tunesbag_site import user_key
from .tunesbag_store import Mark
from .tunesbag_writer import Date, Scalar, Table
from .uploads import FOLDER

_NO_MARK = Mark()


@dataclass(frozen=True, slots=True)
class Item:
    """One track in one library, as one user sees it."""

    library: Library
    track: Track
    mark: Mark


type Column = Callable[[Item], Scalar]

COLUMNS: Mapping[str, Column] = {
    "album": lambda item: item.track.album or "",
    "artist": lambda item: item.track.artist,
    "comments": lambda item: item.track.comment or "",
    "customartwork": lambda item: int(item.track.has_cover),
    "dt_created": lambda item: Date(item.track.added),
    "entrykey": lambda item: item.library.item_key(item.track),
    "genre": lambda item: item.track.genre or "",
    "hashvalue": lambda item: item.track.sha1.upper(),
    "lasttime": lambda item: None if item.mark.lasttime is None else Date(item.mark.lasttime),
    "librarykey": lambda item: item.library.key,
    "mb_albumid": lambda item: item.track.album_id,
    "mb_artistid": lambda item: item.track.artist_id,
    "mb_trackid": lambda item: item.track.id,
    "name": lambda item: item.track.title,
    "originalfilehashvalue": lambda item: item.track.sha1.upper(),
    "rating": lambda item: item.mark.rating,
    "size": lambda item: item.track.size,
    "source": lambda item: "webupload" if item.track.path.startswith(f"{FOLDER}/") else "",
    "temporary": lambda _item: 0,
    "times": lambda item: item.mark.times,
    "totaltime": lambda item: round(item.track.length / 1000),
    "tracknumber": lambda item: item.track.number,
    "userkey": lambda item: user_key(item.library.place.user),
    "year": lambda item: item.track.year,
    "yr": lambda item: item.track.year,
}
IMPORTANT = ("album", "artist", "entrykey", "name", "times")
"""What items/get answers when no fields are asked for: those of its example."""
OF_SET = (
    "album",
    "artist",
    "comments",
    "dt_created",
    "entrykey",
    "genre",
    "lasttime",
    "librarykey",
    "name",
    "rating",
    "size",
    "source",
    "temporary",
    "times",
    "totaltime",
    "tracknumber",
    "userkey",
    "year",
)
"""What sets/set/getitems answers."""


def items_of(library: Library, tracks: Iterable[Track], marks: Mapping[int, Mark]) -> list[Item]:
    """Return tracks of a library as a user sees them."""
    return [Item(library, track, marks.get(track.id, _NO_MARK)) for track in tracks]


def table(items: Sequence[Item], names: Sequence[str]) -> Table:
    """Return the table of items."""
    columns = [COLUMNS[name] for name in names]
    return Table(names, [[column(item) for column in columns] for item in items])
