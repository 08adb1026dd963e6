"""Regular expressions of clients: what they may be, and that nobody waits for those of others."""

import asyncio
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from music_locker_core.hub import Core
from music_locker_core.mpd.calculating import Turn
from music_locker_core.mpd.errors import AckError
from music_locker_core.mpd.index import index_of
from music_locker_core.mpd.patterns import Patience, compile_pattern
from music_locker_core.playback.player import Player
from tests.core.mpd.client import RawClient
from tests.core.mpd.conftest import Connect
from tests.core.mpd.shelf import TRACKS, ShelfLocker

ENDLESS = "(x+x+)+y"


def found(pattern: str, text: str, *, folded: bool = False) -> bool:
    return Patience().finds(compile_pattern(pattern, folded=folded), text)


def refusal(pattern: str) -> str:
    with pytest.raises(AckError) as refused:
        compile_pattern(pattern, folded=False)
    return refused.value.message.removeprefix("Error in regex at offset ")


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"\Qa.b\E+", "a.bbb"),
        (r"\x{263a}", "a ☺"),
        (r"^a\z", "a"),
        (r"^a\Z", "a"),
        ("a{,2}b", "aab"),
        ("a{x", "a{x"),
        ("a{e<=1}", "a{e<=1}"),
        (r"(a)\g1\g{1}", "aaa"),
        (r"(?<n>a)\k<n>\k{n}\k'n'", "aaaa"),
        (r"[[:alpha:]{]{3}", "a{b"),
        (r"(?i)É(?-i:x)", "éx"),
        (r"\p{Lu}{2}", "ÄÖ"),
        ("(?>a+)b", "aab"),
        ("(?#why)a", "a"),
    ],
)
def test_what_pcre_writes_in_another_way_is_understood(pattern: str, text: str) -> None:
    assert found(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("(a", "2: missing closing parenthesis"),
        ("é(", "3: missing closing parenthesis"),
        ("a)", "1: unmatched closing parenthesis"),
        ("[a", "2: missing terminating ] for character class"),
        ("[z-a]", "3: range out of order in character class"),
        ("*", "0: quantifier does not follow a repeatable item"),
        ("a\\", "2: \\ at end of pattern"),
        ("(?", "2: missing closing parenthesis"),
        ("(?z)", "2: unrecognized character after (? or (?-"),
        (r"\1", "1: reference to non-existent subpattern"),
        (r"\q", "1: unrecognized character follows \\"),
        ("a{65536}", "7: number too big in {} quantifier"),
    ],
)
def test_what_is_no_pattern_gets_mpds_error(pattern: str, message: str) -> None:
    assert refusal(pattern) == message


@pytest.mark.parametrize(
    "pattern",
    [
        "x" * 256,
        "x{301}",
        "((x{10}){10}){10}",
        "(?:" * 100 + ")" * 100 + "x{250}",
        "[[::]{60000}]",
        r"(?:\Qab\E{9}){90}",
    ],
)
def test_what_would_take_much_room_is_refused(pattern: str) -> None:
    assert refusal(pattern).endswith("regular expression is too large")


@pytest.mark.parametrize("pattern", ["(?R)", "(a(?1))", "(?+1)(a)", "(?&n)", "(?P>n)", r"\g<1>(a)"])
def test_patterns_that_call_themselves_are_refused(pattern: str) -> None:
    assert refusal(pattern).endswith("recursion is not supported")


PIECES = st.sampled_from(
    (
        *("(", ")", "(?:", "(?=", "(?<!", "(?>", "(?|", "(?P<n>", "(?i)", "(?(", "[", "]", "[^", "a", "é", ".", "|"),
        *(
            "\\",
            r"\1",
            r"\g1",
            r"\k<n>",
            r"\p{L}",
            r"\b",
            r"\Q",
            r"\E",
            "*",
            "+",
            "??",
            "{2}",
            "{3,}",
            "{,2}",
            "{",
            "}",
        ),
    )
)


@given(st.lists(PIECES, max_size=12).map("".join), st.text(max_size=20), st.booleans())
def test_every_pattern_is_searched_for_or_refused(pattern: str, text: str, folded: bool) -> None:
    with suppress(AckError):
        found(pattern, text, folded=folded)


def test_a_search_ends_when_its_time_is_up() -> None:
    patience = Patience(0.01)
    pattern = compile_pattern(ENDLESS, folded=False)
    for _ in range(2):
        with pytest.raises(AckError, match=r"^Regular expression took longer than 0\.01 s$"):
            patience.finds(pattern, "x" * 3000)


async def test_other_clients_are_answered_while_one_searches(core: Core, locker: ShelfLocker, connect: Connect) -> None:
    locker.all_tracks = [replace(TRACKS[0], title="x" * 3000)]
    await core.sync("shelf")
    (await index_of(core.library)).turn = Turn(seconds=0.1)
    searching, waiting, other = [await connect() for _ in range(3)]
    first = asyncio.create_task(searching.ask(f"find \"(title =~ '{ENDLESS}')\""))
    second = asyncio.create_task(waiting.ask("search \"(title =~ '^X+$')\" window 0:1"))
    assert await other.ask("ping") == ["OK"]
    assert (await other.ask("search title xxx")).values("Artist") == ["Björk"]
    assert not first.done()
    assert not second.done()
    assert await first == ["ACK [2@0] {find} Regular expression took longer than 0.1 s"]
    assert (await second).values("Artist") == ["Björk"]


async def test_other_clients_are_answered_while_one_searches_a_playlist(
    core: Core, player: Player, connect: Connect
) -> None:
    (await index_of(core.library)).turn = Turn(seconds=0.1)
    searching, other = [await connect() for _ in range(2)]
    assert await searching.ask(f"playlistadd Mine http://127.0.0.1:9/{'x' * 3000}") == ["OK"]
    search = asyncio.create_task(searching.ask(f"searchplaylist Mine \"(file =~ '{ENDLESS}')\""))
    assert await other.ask("ping") == ["OK"]
    assert not search.done()
    assert await search == ["ACK [2@0] {searchplaylist} Regular expression took longer than 0.1 s"]
    assert (await other.ask("searchplaylist Mine \"(file =~ 'X$')\"")).values("Pos") == ["0"]


async def test_a_search_that_nobody_waits_for_ends(core: Core, locker: ShelfLocker, connect: Connect) -> None:
    locker.all_tracks = [replace(TRACKS[0], title="x" * 3000)]
    await core.sync("shelf")
    (await index_of(core.library)).turn = Turn(seconds=0.1)
    leaving, other = [await connect() for _ in range(2)]
    leaving.send(f"find \"(title =~ '{ENDLESS}')\"\n")
    await leaving.close()
    assert (await other.ask("find \"(title =~ '^x+$')\"")).values("Artist") == ["Björk"]


async def test_queued_songs_are_searched_for_regular_expressions(client: RawClient) -> None:
    await client.ask("add Shelf")
    assert (await client.ask("playlistfind \"(title =~ '^[HJ]')\"")).values("Title") == ["Hunter", "Jóga"]
    assert (await client.ask("playlistsearch \"(title =~ '^j')\"")).values("Pos") == ["1"]
    answer = await client.ask("playlistfind \"(title =~ '(')\"")
    assert answer == ["ACK [2@0] {playlistfind} Error in regex at offset 1: missing closing parenthesis"]
