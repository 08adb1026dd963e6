"""Tags of a song's own, and parts of songs, as other clients see them."""

import asyncio

import pytest

from music_locker_core.hub import Core
from music_locker_core.playback.output import OutputFeature, OutputState, StateChanged
from music_locker_core.playback.player import Player
from tests.core.mpd.client import RawClient
from tests.core.mpd.conftest import Connect
from tests.core.mpd.speaker import Speaker

URL = "http://127.0.0.1:9/radio"


@pytest.fixture
async def queued(client: RawClient, core: Core) -> RawClient:
    """A song of a locker (id 1, 101 seconds), a URL (id 2) and another song (id 3)."""
    first, second = [track.uri for track in core.library.catalog.tracks if track.title in {"Hunter", "Bachelorette"}]
    for line in (f'addid "{first}"', f"addid {URL}", f'addid "{second}"'):
        assert (await client.ask(line))[-1] == "OK"
    return client


async def test_a_url_has_the_tags_that_clients_give_it(queued: RawClient, connect: Connect) -> None:
    other = await connect()
    for line in ("addtagid 2 artist One", "addtagid 2 Artist Two", "addtagid 2 name Radio"):
        assert await queued.ask(line) == ["OK"]

    song = ["file: " + URL, "Artist: One", "Artist: Two", "Name: Radio", "Pos: 1", "Id: 2", "OK"]
    assert await other.ask("playlistid 2") == song
    assert await other.ask('playlistfind "(artist == \\"One\\")"') == song
    assert await queued.ask("cleartagid 2 artist") == ["OK"]
    assert await other.ask("playlistid 2") == ["file: " + URL, "Name: Radio", "Pos: 1", "Id: 2", "OK"]
    assert await other.ask("tagtypes disable name") == ["OK"]
    assert await other.ask("playlistid 2") == ["file: " + URL, "Pos: 1", "Id: 2", "OK"]
    assert await queued.ask("cleartagid 2") == ["OK"]
    assert await queued.ask("playlistid 2") == ["file: " + URL, "Pos: 1", "Id: 2", "OK"]


async def test_tags_that_are_given_are_a_change_of_the_queue(queued: RawClient, connect: Connect) -> None:
    other = await connect()
    version = (await other.ask("status")).pairs["playlist"]
    other.send("idle playlist\n")

    assert await queued.ask("addtagid 2 title News") == ["OK"]

    assert await other.answer() == ["changed: playlist", "OK"]
    assert (await other.ask(f"plchangesposid {version}")).values("Id") == ["2"]


async def test_a_part_of_a_song_shows_and_plays(queued: RawClient, speaker: Speaker, player: Player) -> None:
    assert await queued.ask("rangeid 1 10:30.5") == ["OK"]
    song = await queued.ask("playlistid 1")
    assert song[1] == "Range: 10.000-30.500"
    assert song[-5:] == ["Time: 21", "duration: 20.500", "Pos: 0", "Id: 1", "OK"]

    assert await queued.ask("play 0") == ["OK"]
    assert (await queued.ask("currentsong")).pairs["Range"] == "10.000-30.500"
    status = (await queued.ask("status")).pairs
    assert (status["duration"], status["time"].partition(":")[2]) == ("20.500", "20")
    assert await queued.ask("rangeid 1 :") == ["ACK [4@0] {rangeid} Cannot edit the current song"]
    speaker.emit(StateChanged(OutputState.PLAYING, 31.0))
    async with asyncio.timeout(10):
        while (await queued.ask("status")).pairs["songid"] != "2":
            pass


async def test_a_range_without_an_end_or_none_at_all(queued: RawClient) -> None:
    assert await queued.ask("rangeid 1 90:500") == ["OK"]
    assert "Range: 90.000-" in await queued.ask("playlistid 1")
    assert await queued.ask("rangeid 1 :") == ["OK"]
    whole = await queued.ask("playlistid 1")
    assert not whole.values("Range")
    assert whole.values("duration") == ["101.000"]
    assert await queued.ask("rangeid 2 1:2") == ["OK"]
    assert (await queued.ask("playlistid 2"))[1:4] == ["Range: 1.000-2.000", "Time: 1", "duration: 1.000"]


async def test_a_song_takes_so_many_tags(queued: RawClient) -> None:
    answer = await queued.ask("command_list_ok_begin\n" + "addtagid 2 artist x\n" * 300 + "command_list_end")
    assert answer[-1] == "ACK [2@256] {addtagid} Too many tags"
    assert len((await queued.ask("playlistid 2")).values("Artist")) == 256


async def test_a_speaker_that_cannot_begin_within_a_song(queued: RawClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Speaker, "features", OutputFeature.PAUSE)

    assert await queued.ask("rangeid 1 10:") == ["ACK [52@0] {rangeid} Speaker cannot begin within a song"]
    assert await queued.ask("rangeid 1 :10") == ["OK"]


REFUSED = (
    ("addtagid 1 artist x", "[4@0] {addtagid} Cannot edit tags of local file"),
    ("addtagid 2 bla x", "[2@0] {addtagid} Unknown tag type: bla"),
    ("addtagid 9 artist x", "[50@0] {addtagid} No such song"),
    ("addtagid x artist y", "[2@0] {addtagid} Integer expected: x"),
    ("cleartagid 1", "[4@0] {cleartagid} Cannot edit tags of local file"),
    ("cleartagid 9", "[50@0] {cleartagid} No such song"),
    ("cleartagid 2 bla", "[2@0] {cleartagid} Unknown tag type: bla"),
    ("rangeid 9 1:", "[50@0] {rangeid} No such song"),
    *((f"rangeid 1 {text}", "[2@0] {rangeid} Bad range") for text in ("x", "1", "-1:2", "5:2", "1:1", ".:")),
    ("rangeid 1 999:", "[2@0] {rangeid} Invalid start offset"),
)


async def test_what_cannot_be_is_refused_in_the_words_of_mpd(queued: RawClient, subtests: pytest.Subtests) -> None:
    for line, ack in REFUSED:
        with subtests.test(line=line):
            assert await queued.ask(line) == [f"ACK {ack}"]
