"""What is meant by what somebody says: the first result is what Assist plays."""

from collections.abc import Collection, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from music_locker_core.library import Library
from music_locker_core.library.query import Entry, Genre, find, is_anything, readings
from music_locker_core.models import Album, Artist, MediaKind, Playlist, Track
from tests.core.library.listed_locker import ListedLocker

ALBUMS = {
    "Abbey Road": "The Beatles",
    "Debut": "Björk",
    "25": "Adele",
    "Jazz": "Queen",
    "Some Girls": "The Rolling Stones",
    "By the Way": "Red Hot Chili Peppers",
    "Nouvelle Vague": "Françoise Hardy",
    "The Album": "ABBA",
    "Hello": "Poe",
}
TRACKS = [
    ("Come Together", "The Beatles", "Abbey Road", "Rock"),
    ("Human Behaviour", "Björk", "Debut", "Art Pop"),
    ("Hello", "Adele", "25", "Soul"),
    ("Hello", "Poe", "Hello", "Rock"),
    ("Mustapha", "Queen", "Jazz", "Rock"),
    ("Miss You", "The Rolling Stones", "Some Girls", "Rock"),
    ("By the Way", "Red Hot Chili Peppers", "By the Way", "Rock"),
    ("My Way", "Frank Sinatra", None, "Jazz"),
    ("Stand by Me", "Ben E. King", None, "Soul"),
    ("Take a Chance on Me", "ABBA", "The Album", "Pop"),
    ("Party", "Queen", None, "Rock"),
]


@pytest.fixture
async def filled(library: Library, locker: ListedLocker) -> Library:
    names = dict.fromkeys([*ALBUMS.values(), "Moetorhead", *(artist for _, artist, _, _ in TRACKS)])
    locker.held_artists = [Artist(name, name) for name in names]
    locker.held_albums = [Album(title, title, artist, artist) for title, artist in ALBUMS.items()]
    locker.held_tracks = [
        Track(f"{title} by {artist}", title, artist=artist, album=album, album_id=album, genre=genre)
        for title, artist, album, genre in TRACKS
    ]
    locker.held_playlists = {Playlist("party", "Party"): (), Playlist("morning", "Frühstück"): ()}
    await library.sync("one", locker)
    return library


def named(entry: object) -> tuple[str, str]:
    """Return kind and name, of tracks and albums with their artist."""
    match entry:
        case Artist():
            return "artist", entry.name
        case Album():
            return "album", f"{entry.title} by {entry.artist}"
        case Track():
            return "track", f"{entry.title} by {entry.artist}"
        case Playlist():
            return "playlist", entry.title
        case Genre():
            return "genre", entry.name
    raise TypeError(entry)


async def first(library: Library, query: str, **options: object) -> tuple[str, str] | None:
    found = await library.find(query, **options)  # type: ignore[arg-type]  # options of several types
    return named(found[0]) if found else None


MEANINGS = (
    # names as they are
    ("Abbey Road", ("album", "Abbey Road by The Beatles")),
    ("the beatles", ("artist", "The Beatles")),
    ("beatles", ("artist", "The Beatles")),
    ("The Queen", ("artist", "Queen")),
    ("bjork", ("artist", "Björk")),
    ("francoise hardy", ("artist", "Françoise Hardy")),
    # umlauts in two letters, and two letters as umlauts
    ("Bjoerk", ("artist", "Björk")),
    ("BJOERK", ("artist", "Björk")),
    ("Mötorhead", ("artist", "Moetorhead")),
    ("etwas von Bjoerk", ("artist", "Björk")),
    ("debut von bjoerk", ("album", "Debut by Björk")),
    ("the playlist Fruehstueck", ("playlist", "Frühstück")),
    ("poe", ("artist", "Poe")),
    ("come together", ("track", "Come Together by The Beatles")),
    # names that hold fillers
    ("some girls", ("album", "Some Girls by The Rolling Stones")),
    ("my way", ("track", "My Way by Frank Sinatra")),
    ("by the way", ("album", "By the Way by Red Hot Chili Peppers")),
    ("stand by me", ("track", "Stand by Me by Ben E. King")),
    ("the album", ("album", "The Album by ABBA")),
    # fillers, possessives, kinds
    ("some björk", ("artist", "Björk")),
    ("a bit of Queen", ("artist", "Queen")),
    ("etwas von björk", ("artist", "Björk")),
    ("ein bisschen Queen", ("artist", "Queen")),
    ("my party playlist", ("playlist", "Party")),
    ("meine Party Playlist", ("playlist", "Party")),
    ("the playlist party", ("playlist", "Party")),
    ("die Wiedergabeliste Frühstück", ("playlist", "Frühstück")),
    ("fruhstuck playlist", ("playlist", "Frühstück")),
    ("party", ("playlist", "Party")),
    ("the song party", ("track", "Party by Queen")),
    ("das Lied my way", ("track", "My Way by Frank Sinatra")),
    ("the album my way", ("track", "My Way by Frank Sinatra")),
    ("the album by the way", ("album", "By the Way by Red Hot Chili Peppers")),
    ("music by queen", ("artist", "Queen")),
    ("queen songs", ("artist", "Queen")),
    ("something by the band Queen", ("artist", "Queen")),
    ("lieder von ABBA", ("artist", "ABBA")),
    # genres
    ("jazz", ("album", "Jazz by Queen")),
    ("some jazz", ("genre", "Jazz")),
    ("jazz music", ("genre", "Jazz")),
    ("the genre soul", ("genre", "Soul")),
    # by whom
    ("abbey road by the beatles", ("album", "Abbey Road by The Beatles")),
    ("Abbey Road von den Beatles", ("album", "Abbey Road by The Beatles")),
    ("hello by adele", ("track", "Hello by Adele")),
    ("hello by poe", ("album", "Hello by Poe")),
    ("the song hello by poe", ("track", "Hello by Poe")),
    ("25 by Adele", ("album", "25 by Adele")),
    ("Adele's 25", ("album", "25 by Adele")),
    ("adele\u2019s hello", ("track", "Hello by Adele")),
    ("the beatles' abbey road", ("album", "Abbey Road by The Beatles")),
    ("stand by me by ben e king", ("track", "Stand by Me by Ben E. King")),
    ("by the way by red hot chili peppers", ("album", "By the Way by Red Hot Chili Peppers")),
    ("debut de björk", ("album", "Debut by Björk")),
    ("hello by the rolling stones", None),
    # nothing
    ("no such thing", None),
    ("", None),
)


async def test_a_query_means(filled: Library, subtests: pytest.Subtests) -> None:
    for query, meant in MEANINGS:
        with subtests.test(query=query):
            assert await first(filled, query) == meant


async def test_what_is_asked_for_comes_before_what_is_said(filled: Library) -> None:
    assert await first(filled, "party", kinds={MediaKind.TRACK}) == ("track", "Party by Queen")
    assert await first(filled, "my party playlist", kinds={MediaKind.TRACK}) == ("track", "Party by Queen")


async def test_the_other_meanings_follow(filled: Library) -> None:
    found = [named(entry) for entry in await filled.find("hello")]
    assert found == [("album", "Hello by Poe"), ("track", "Hello by Adele"), ("track", "Hello by Poe")]


async def test_only_the_locker_that_is_asked(filled: Library) -> None:
    await filled.add_locker("two", "Another")
    assert await first(filled, "queen", locker="two") is None
    assert await first(filled, "some jazz", locker="two") is None
    assert await first(filled, "queen", locker="one") == ("artist", "Queen")


@pytest.mark.parametrize("query", ["music", "some music", "play some songs", "etwas Musik", "anything"])
def test_no_name_at_all_is_a_wish_for_any_music(query: str) -> None:
    assert is_anything(query)


@pytest.mark.parametrize("query", ["", "some", "the music man", "queen", "my", "music by queen"])
def test_a_name_is_none(query: str) -> None:
    assert not is_anything(query)


@given(st.text(max_size=80))
def test_any_text_has_few_readings_and_begins_as_it_is(query: str) -> None:
    found = readings(query)
    assert len(found) <= 10
    assert len(set(found)) == len(found)


def test_a_query_without_an_end_is_cut() -> None:
    assert all(len(reading.title) <= 500 for reading in readings("by the way " * 10_000))


async def test_many_meanings_of_the_same_words_are_searched_for_once() -> None:
    searched: list[tuple[str, Collection[MediaKind]]] = []

    async def search(words: str, kinds: Collection[MediaKind]) -> Sequence[Entry]:
        searched.append((words, kinds))
        return []

    assert await find("o by mo by o by mo by mo", set(MediaKind), search, []) == []
    assert len(searched) <= 4
