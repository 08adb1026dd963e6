"""Filters, sorting, windows and groups: the same songs in the same order, and the same errors."""

from itertools import product
from pathlib import Path
from random import Random

from .both import Both

TAGS = (
    "Artist",
    "ALBUMARTIST",
    "album",
    "title",
    "track",
    "date",
    "genre",
    "disc",
    "artistsort",
    "AlbumArtistSort",
    "albumsort",
    "titlesort",
    "composer",
    "musicbrainz_albumid",
    "any",
    "file",
    "filename",
)
OPERATORS = (
    "==",
    "!=",
    "contains ",
    "!contains ",
    "CONTAINS ",
    "contains_cs ",
    "contains_ci ",
    "!contains_cs ",
    "!contains_ci ",
    "starts_with ",
    "!starts_with ",
    "starts_with_cs ",
    "starts_with_ci ",
    "!starts_with_cs ",
    "!starts_with_ci ",
    "eq_cs ",
    "eq_ci ",
    "!eq_cs ",
    "!eq_ci ",
    "Eq_Ci ",
    "=~",
    "!~",
)
VALUES = (
    "",
    "Marta Quill",
    "marta quill",
    "M",
    "ölf",
    "Ó",
    "ó",
    "СИНИЙ",
    "夜",
    "1",
    "2019",
    "Pop",
    "Locker/",
    "/",
    "strasse",
    "&",
    ".",
)
OTHERS = (
    "(base 'Locker')",
    "(base 'Locker/Marta Quill')",
    "(base '')",
    "(prio >= 0)",
    "(prio >= 1)",
    "(modified-since '2250-01-01')",
    "(AudioFormat == '8000:8:8')",
)


_NOT_COMPARED = ("Last-Modified:", "Added:", "Format:", "Time:", "duration:", "playtime:")


def random_expression(random: Random, depth: int = 0) -> str:
    kind = random.random()
    if depth < 4 and kind < 0.2:
        return f"(!{random_expression(random, depth + 1)})"
    if depth < 4 and kind < 0.5:
        inner = [random_expression(random, depth + 1) for _ in range(random.randint(1, 3))]
        return f"({' AND '.join(inner)})"
    if kind < 0.6:
        return random.choice(OTHERS)
    return f"({random.choice(TAGS)} {random.choice(OPERATORS)}'{random.choice(VALUES)}')"


def shown(answer: list[str]) -> list[str]:
    """Return the lines that tell which songs, values and errors there are."""
    return [line for line in answer if not line.startswith(_NOT_COMPARED)]


def is_about_letters(line: str) -> bool:
    """Tell whether a regular expression would have to know the case of letters that MPD's does not know."""
    return line.startswith("search") and "~" in line and not line.isascii()


async def differences(both: Both, lines: list[str]) -> dict[str, tuple[list[str], list[str]]]:
    """Return what MPD and what we answer to these lines, where that is not the same; songs show their paths only."""
    await both.same("tagtypes clear")
    found = {}
    for line in lines:
        theirs, ours = map(shown, await both.ask(line))
        if theirs != ours and not is_about_letters(line):
            found[line] = (theirs[:6], ours[:6])
    return found


async def test_every_operator_of_every_tag(both: Both) -> None:
    random = Random(24)  # noqa: S311 - the same filters in every run
    lines = [
        f"{random.choice(('find', 'search', 'count', 'searchcount'))} \"({tag} {operator}'{random.choice(VALUES)}')\""
        for tag, operator in product(TAGS, OPERATORS)
    ]
    assert await differences(both, lines) == {}


async def test_filters_in_filters(both: Both) -> None:
    random = Random(25)  # noqa: S311 - the same filters in every run
    lines = [
        f'{random.choice(("find", "search", "searchcount", "list title"))} "{random_expression(random)}"'
        for _ in range(300)
    ]
    assert await differences(both, lines) == {}


async def test_every_kind_of_line(both: Both) -> None:
    lines = Path(__file__).with_name("filters.txt").read_text().splitlines()
    assert await differences(both, lines[1:]) == {}


async def test_queued_songs_are_found_and_sorted(both: Both) -> None:
    await both.same(*(f'findadd artist "{name}"' for name in ("Marta Quill", "Ólafía Þórs", "Синий Кит")))
    await both.same("prio 3 4:6", "prio 9 1", "tagtypes clear")
    random = Random(26)  # noqa: S311 - the same filters in every run
    for _ in range(60):
        command = random.choice(("playlistfind", "playlistsearch"))
        sort = f" sort {random.choice(('title', '-artist', 'prio', '-prio', 'track', 'album'))}"
        window = random.choice(("", " window 2:7", " window 100:"))
        line = f'{command} "{random_expression(random)}"{random.choice(("", sort))}{window}'
        theirs, ours = map(shown, await both.ask(line))
        names = [[entry for entry in answer if not entry.startswith("Id: ")] for answer in (theirs, ours)]
        assert names[0] == names[1] or is_about_letters(line), line


async def test_what_differs_is_meant(both: Both) -> None:
    await both.differs(
        "Regular expressions",
        "searchcount \"(artist =~ '^ó')\"",
        "find \"(title =~ '(?R)?')\"",
        f"find \"(title =~ '{'x' * 300}')\"",
        "find \"(title =~ 'a{2,1}')\"",
    )
    await both.differs("`AudioFormat`", "find \"(AudioFormat =~ '*:*:*')\" window 0:1")
    await both.differs("`modified-since`, `added-since`", "count modified-since 2000-01-01", "count added-since 0")
    await both.differs("`list` with a `window`", "list artist window 0:1")
    await both.differs("URLs where MPD would fetch them", "lsinfo http://127.0.0.1:1/")
    await both.differs("`listfiles`", "listfiles nowhere")
