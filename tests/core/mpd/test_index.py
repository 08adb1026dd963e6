"""The index of the database: by its shortcuts it finds what testing every song finds."""

from dataclasses import replace
from random import Random

import pytest

from music_locker_core.hub import Core
from music_locker_core.mpd.filter_parser import parse_filter
from music_locker_core.mpd.filters import Song, compile_filter
from music_locker_core.mpd.index import Index, index_of
from music_locker_core.mpd.listing import collation_key, make_listing
from music_locker_core.mpd.selecting import select
from music_locker_core.mpd.songs import song_block
from music_locker_core.mpd.tags import ALL_TAGS
from tests.core.mpd.shelf import TRACKS, ShelfLocker

TAGS = ("artist", "albumartist", "title", "album", "genre", "track", "date", "disc", "composer", "any", "file")
OPERATORS = (
    "==",
    "!=",
    "contains ",
    "!contains ",
    "starts_with ",
    "!starts_with ",
    "eq_ci ",
    "contains_ci ",
    "!eq_cs ",
    "=~ ",
    "!~ ",
)
VALUES = ("", "Björk", "BJÖRK", "b", "Quot", "1", "Pop", "Shelf/Björk/Homogenic/01 Hunter.mp3", "shelf", "Hunter", "夜")
OTHERS = (
    "(base 'Shelf/Björk')",
    "(base '')",
    "(base 'nowhere')",
    "(base 'Shelf/Björk/Homogenic/01 Hunter.mp3')",
    "(added-since '2026-01-01')",
    "(modified-since '2026-01-01')",
    "(AudioFormat == '44100:16:2')",
    "(prio >= 0)",
    "(prio >= 1)",
)


def random_expression(random: Random, depth: int = 0) -> str:
    kind = random.random()
    if depth < 3 and kind < 0.25:
        return f"(!{random_expression(random, depth + 1)})"
    if depth < 3 and kind < 0.55:
        parts = [random_expression(random, depth + 1) for _ in range(random.randint(2, 3))]
        return f"({' AND '.join(parts)})"
    if kind < 0.65:
        return random.choice(OTHERS)
    return f"({random.choice(TAGS)} {random.choice(OPERATORS)}'{random.choice(VALUES)}')"


@pytest.fixture
async def index(core: Core) -> Index:
    return await index_of(core.library)


@pytest.mark.parametrize(("copies", "filters"), [(1, 600), (40, 150)])
async def test_shortcuts_find_what_testing_every_song_finds(
    core: Core, locker: ShelfLocker, copies: int, filters: int
) -> None:
    locker.all_tracks = [replace(track, id=f"{track.id}-{copy}") for track in TRACKS for copy in range(copies)]
    await core.sync("shelf")
    index = await index_of(core.library)
    assert len(index.tracks) == copies * len(TRACKS)
    random = Random(7)  # noqa: S311 - the same filters in every run
    for _ in range(filters):
        expression = random_expression(random)
        folded = random.random() < 0.5
        chosen = parse_filter([expression], folded=folded, stripped=random.random() < 0.2)
        matches = compile_filter(chosen)
        expected = [row for row, track in enumerate(index.tracks) if matches(Song(track.uri, track))]
        assert list(select(index, chosen)) == expected, expression


@pytest.mark.parametrize("mask", [ALL_TAGS, frozenset({"title", "genre"}), frozenset()])
async def test_songs_are_the_same_one_by_one_and_together(
    core: Core, locker: ShelfLocker, mask: frozenset[str]
) -> None:
    locker.all_tracks = [replace(track, id=f"{track.id}-{copy}") for track in TRACKS for copy in range(40)]
    await core.sync("shelf")
    index = await index_of(core.library)
    alone = [song_block(track, mask) for track in index.tracks]
    assert list(index.songs(range(len(alone)), mask)) == alone
    everything = b"".join(index.below(index.directories[""], mask))
    headings = {index.heading(path) for path in index.directories if path}
    assert [line for line in everything.splitlines(keepends=True) if line not in headings] == (
        b"".join(alone).splitlines(keepends=True)
    )
    assert headings <= set(everything.splitlines(keepends=True))


async def test_only_what_has_changed_is_rendered_anew(core: Core, locker: ShelfLocker, index: Index) -> None:
    locker.all_tracks = [replace(TRACKS[0], title="Hunted"), *TRACKS[1:-1]]
    await core.sync("shelf")
    after = await index_of(core.library)
    assert b"".join(after.below(after.directories[""], ALL_TAGS)) == b"".join(
        Index(core.library.catalog).below(after.directories[""], ALL_TAGS)
    )
    path = index.tracks[-1].uri.rpartition("/")[0]
    (before,), (now,) = (each.songs_in(each.directories[path], ALL_TAGS) for each in (index, after))
    assert before is now


SORTED_BY_MPD = (  # noqa: SIM905 - what MPD 0.24.4 answers to lsinfo for directories of these names
    "\u2013 \u2014 … “ « ( @ & # % ` ^ ° © + < = | ~ $ € 0 00 01 1 ½ 10 2 ² 3 a A á Á Ä a_b a-b a.b a'b a\u2019b a1"
    " ab aB Ab ab! ae æ aeon af cote coté côte côté d đ dz ﬁ fj i I İ iv Ⅳ \u0131 j l ł lz naïve o Ø oz sz th tz ŧ u"
    " Zoe Zoë Þ β ω Ω ё И א 한 あ ア い 日"
).split()


def test_names_are_sorted_as_mpd_sorts_them() -> None:
    shuffled = Random(1).sample(SORTED_BY_MPD, len(SORTED_BY_MPD))  # noqa: S311 - the same in every run
    assert sorted(shuffled, key=collation_key) == SORTED_BY_MPD


def test_a_locker_without_songs_is_shown() -> None:
    listing = make_listing([], ["Empty"])
    assert [directory.path for directory in listing.in_order] == ["", "Empty"]
    assert listing.directories[""].directories == ["Empty"]
