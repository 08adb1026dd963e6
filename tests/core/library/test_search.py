"""Search: what is found, and what comes first."""

import pytest

from music_locker_core.library import Library
from music_locker_core.models import Album, Artist, MediaKind, Playlist, Track
from tests.core.library.listed_locker import ListedLocker


@pytest.fixture
async def filled(library: Library, locker: ListedLocker) -> Library:
    locker.held_artists = [Artist("bjork", "Björk"), Artist("acdc", "AC/DC"), Artist("symbols", "!!!")]
    locker.held_albums = [Album("debut", "Debut", "Björk", "bjork")]
    titles = [
        "Human Behaviour",
        "Human",
        "Inhuman",
        "Don't stop",
        "東京の夜",
        "U2 forever",
        "100% pure",
        "Ångström",
        "%",
    ]
    locker.held_tracks = [
        Track(f"t{index}", title, artist="Björk", album="Debut") for index, title in enumerate(titles)
    ]
    locker.held_playlists = {Playlist("p", "Human party"): ()}
    await library.sync("one", locker)
    return library


async def _titles(library: Library, query: str, **options: object) -> list[str]:
    found = await library.search(query, **options)  # type: ignore[arg-type]  # options of several types
    return [item.name if isinstance(item, Artist) else item.title for item in found]


async def test_the_exact_title_comes_before_beginnings_and_parts(filled: Library) -> None:
    assert await _titles(filled, "human") == ["Human", "Human party", "Human Behaviour", "Inhuman"]


FOUND = (
    ("bjork", "Björk"),
    ("BJÖRK", "Björk"),
    ("angstrom", "Ångström"),
    ("東京", "東京の夜"),
    ("夜", "東京の夜"),
    ("u2", "U2 forever"),
    ("ac/dc", "AC/DC"),
    ("dont stop", "Don't stop"),
    ("don\u2019t", "Don't stop"),
    ("!!!", "!!!"),
    ("100%", "100% pure"),
    ("%", "%"),
    ("behaviour björk", "Human Behaviour"),
)


async def test_a_query_finds(filled: Library, subtests: pytest.Subtests) -> None:
    for query, title in FOUND:
        with subtests.test(query=query):
            assert (await _titles(filled, query))[0] == title


SYNTAX = (
    "",
    "   ",
    '"',
    '""',
    "NEAR(",
    "title:",
    "a* OR",
    "-",
    "AND AND",
    "^",
    "\x00",
    "human zzz",
    "_",
    "'; --",
)


async def test_syntax_is_only_text(filled: Library, subtests: pytest.Subtests) -> None:
    for query in SYNTAX:
        with subtests.test(query=query):
            assert await _titles(filled, query) == []


async def test_wildcards_of_like_match_only_themselves(filled: Library) -> None:
    assert await _titles(filled, "%") == ["%"]
    assert await _titles(filled, "hum_n") == []


@pytest.mark.parametrize("query", ["a" * 10_000, "human " * 2_000, "(" * 10_000, '"' * 10_000])
async def test_a_query_of_ten_thousand_characters_is_answered(filled: Library, query: str) -> None:
    assert len(await filled.search(query)) <= 100


async def test_only_the_asked_kinds_lockers_and_number_are_found(filled: Library) -> None:
    assert await _titles(filled, "human", kinds=[MediaKind.PLAYLIST]) == ["Human party"]
    assert await _titles(filled, "human", kinds=[MediaKind.GENRE]) == []
    assert await _titles(filled, "human", locker="two") == []
    assert await _titles(filled, "human", limit=1) == ["Human"]
    assert await _titles(filled, "human", limit=0) == []


async def test_what_changed_is_found_by_its_new_title_only(filled: Library, locker: ListedLocker) -> None:
    locker.held_tracks[1] = Track("t1", "Robot", artist="Björk", album="Debut")
    await filled.sync("one", locker)
    assert await _titles(filled, "robot") == ["Robot"]
    assert "Human" not in await _titles(filled, "human")


async def test_a_removed_locker_is_found_no_more(filled: Library) -> None:
    await filled.remove_locker("one")
    assert await filled.search("human") == []
    assert filled.catalog.tracks == ()
