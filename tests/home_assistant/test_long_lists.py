"""A large locker in the browser: no list is longer than a browser shows, and nothing is left out."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.music_locker.core.library import Catalog
from custom_components.music_locker.core.library.contents import Contents, Listed
from custom_components.music_locker.core.models import Album, Artist, MediaKind, Playlist, PlaylistKind, Track
from custom_components.music_locker.identifier import ItemNode, LockerNode, Shelf, ShelfNode, parse
from custom_components.music_locker.shelves import PAGE, Entry, Part, Shelves

LOCKER = "big"
TRACKS, LONG = 3000, 1200  # more than a page of one letter, and of two


@pytest.fixture(scope="module")
def shelves() -> Shelves:
    """Make one artist of 1,200 albums, one genre, one playlist of everything, and titles in two scripts."""
    tracks = [
        Track(
            id=str(number),
            title=f"{'Song' if number < LONG else 'Песня'} {number}",
            artist=f"Artist {number % 600}",
            artist_id=str(number % 600),
            album_id=str(number % LONG),
            genre="Folk",
            rating=number % 11,
            added=datetime(2026, 1, 10, tzinfo=UTC) + timedelta(minutes=number),
            locker=LOCKER,
            uri=f"Big/{number}.mp3",
        )
        for number in range(TRACKS)
    ]
    listed = Listed(
        artists={str(number): Artist(str(number), f"Artist {number}", locker=LOCKER) for number in range(600)},
        albums={str(number): Album(str(number), f"{number} nights", "Artist 0", "0") for number in range(LONG)},
        tracks={track.id: track for track in tracks},
        playlists={
            "all": Playlist("all", "Everything", locker=LOCKER),
            **{
                f"{kind}{number}": Playlist(
                    f"{kind}{number}", f"List {number}", locker=LOCKER, kind=kind, owner=f"{'Bo' if number else 'Al'}"
                )
                for kind in PlaylistKind
                for number in range(PAGE + 1)
            },
        },
        playlist_tracks={"all": [track.id for track in tracks]},
    )
    catalog = Catalog(1, {LOCKER: Contents(LOCKER, "Big", "Big", listed, None)})
    return Shelves(catalog, lambda _, limit: tracks[:limit], lambda locker: locker == LOCKER)


def walk(shelves: Shelves, node: ShelfNode | ItemNode) -> Iterator[Entry]:
    """Open a node and every part of it, as somebody does who looks for the last entry."""
    shown = shelves.shelf(node) if isinstance(node, ShelfNode) else shelves.item(node)
    assert shown is not None, node
    assert 0 < len(shown) <= PAGE, node
    for entry in shown:
        if isinstance(entry, Part):
            assert parse(str(entry.node)) == entry.node
            yield from walk(shelves, entry.node)
        else:
            yield entry


def keys(entries: Iterable[Entry]) -> list[str]:
    return sorted(entry if isinstance(entry, str) else entry.id for entry in entries)


@pytest.mark.parametrize("shelf", list(Shelf))
def test_every_list_of_a_locker_is_shown_in_parts_and_to_its_end(shelves: Shelves, shelf: Shelf) -> None:
    whole = shelves.entries(LOCKER, shelf)

    found = list(walk(shelves, ShelfNode(LOCKER, shelf)))

    if shelf is Shelf.RANDOM_ALBUMS:
        assert len(found) == len(whole)
    else:
        assert keys(found) == keys(whole)


@pytest.mark.parametrize(
    ("kind", "item_id", "count"),
    [(MediaKind.ARTIST, "0", LONG), (MediaKind.GENRE, "Folk", TRACKS), (MediaKind.PLAYLIST, "all", TRACKS)],
)
def test_what_is_in_an_artist_a_genre_or_a_playlist_keeps_its_order(
    shelves: Shelves, kind: MediaKind, item_id: str, count: int
) -> None:
    node = ItemNode(LOCKER, kind, item_id)

    found: Sequence[Entry] = list(walk(shelves, node))

    assert len(found) == count
    assert found == list(shelves.inside(node) or ())


def test_the_best_rated_come_first_by_title(shelves: Shelves) -> None:
    top = [entry for entry in shelves.entries(LOCKER, Shelf.TOP_RATED) if isinstance(entry, Track)]

    assert len(top) == 100
    assert {track.rating for track in top} == {10}
    assert [track.title for track in top] == sorted(track.title for track in top)


def test_friends_are_listed_by_their_names(shelves: Shelves) -> None:
    parts = [entry for entry in shelves.shelf(ShelfNode(LOCKER, Shelf.FRIENDS)) or () if isinstance(entry, Part)]
    assert [part.letter for part in parts] == ["A", "B"]


def test_what_was_bought_lies_in_months_the_last_one_first(shelves: Shelves) -> None:
    parts = [entry for entry in shelves.shelf(ShelfNode(LOCKER, Shelf.PURCHASES)) or () if isinstance(entry, Part)]
    assert [part.letter for part in parts] == ["2026-01"]
    assert len(shelves.whole(ShelfNode(LOCKER, Shelf.PURCHASES, "2026-01"))) == TRACKS
    assert not shelves.whole(ShelfNode(LOCKER, Shelf.PURCHASES, "2025-12"))


def test_a_list_without_data_is_absent() -> None:
    empty = Shelves(Catalog(1, {LOCKER: Contents(LOCKER, "Big", "Big", Listed(), None)}), lambda _locker, _limit: ())

    assert empty.present(LockerNode(LOCKER)) == []


def test_a_page_behind_the_last_is_unknown(shelves: Shelves) -> None:
    assert shelves.shelf(ShelfNode(LOCKER, Shelf.TRACKS, "S", 99)) is None
    assert shelves.shelf(ShelfNode(LOCKER, Shelf.TRACKS, "Q")) is None
    assert shelves.item(ItemNode(LOCKER, MediaKind.PLAYLIST, "all", 99)) is None
