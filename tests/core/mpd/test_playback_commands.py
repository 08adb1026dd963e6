"""Playing, options, volume, outputs: what clients ask for and what the speaker gets."""

import mpd.asyncio
import pytest

from music_locker_core.mpd.commands import playback
from music_locker_core.mpd.server import MpdServer
from music_locker_core.playback.output import OutputError
from music_locker_core.playback.player import Player
from tests.core.mpd.client import RawClient
from tests.core.mpd.conftest import Connect
from tests.core.mpd.speaker import Speaker


@pytest.fixture
async def album(client: RawClient) -> RawClient:
    assert await client.ask('add "Shelf/Björk"') == ["OK"]
    return client


async def status(client: RawClient) -> dict[str, str]:
    return (await client.ask("status")).pairs


async def test_a_stopped_player_has_no_times(client: RawClient) -> None:
    pairs = await status(client)
    assert pairs["state"] == "stop"
    assert not {"elapsed", "time", "duration", "song", "nextsong", "error"} & pairs.keys()
    assert await client.ask("currentsong") == ["OK"]


async def test_playing_a_position(album: RawClient) -> None:
    assert await album.ask("play 1") == ["OK"]
    pairs = await status(album)
    assert (pairs["state"], pairs["song"], pairs["nextsong"]) == ("play", "1", "2")
    assert pairs["bitrate"] == "192"
    assert float(pairs["duration"]) == 102.0
    assert pairs["time"].endswith(":102")
    assert len(pairs["elapsed"].partition(".")[2]) == 3
    song = (await album.ask("currentsong")).pairs
    assert (song["Title"], song["Pos"], song["Id"]) == ("Jóga", "1", pairs["songid"])


async def test_playing_an_id_or_from_where_it_was(album: RawClient) -> None:
    last = (await album.ask("playlistinfo")).values("Id")[-1]
    assert await album.ask(f"playid {last}") == ["OK"]
    assert (await status(album))["songid"] == last
    await album.ask("stop")
    assert (await status(album))["songid"] == last
    for command in ("play", "play -1", "playid", "playid -1"):
        await album.ask("stop")
        assert await album.ask(command) == ["OK"]
        assert (await status(album))["state"] == "play"


async def test_next_and_previous(album: RawClient) -> None:
    await album.ask("play 0")
    assert await album.ask("next") == ["OK"]
    assert (await status(album))["song"] == "1"
    assert await album.ask("previous") == ["OK"]
    assert (await status(album))["song"] == "0"


async def test_pause_and_resume(album: RawClient) -> None:
    await album.ask("play")
    for command, state in (("pause 1", "pause"), ("pause 0", "play"), ("pause", "pause"), ("pause", "play")):
        assert await album.ask(command) == ["OK"]
        assert (await status(album))["state"] == state


async def test_seeking(album: RawClient) -> None:
    assert await album.ask("seek 1 20.5") == ["OK"]
    pairs = await status(album)
    assert pairs["song"] == "1"
    assert 20 <= float(pairs["elapsed"]) < 30
    assert await album.ask(f"seekid {pairs['songid']} 40") == ["OK"]
    assert 40 <= float((await status(album))["elapsed"]) < 50
    assert await album.ask("seekcur +20") == ["OK"]
    assert 60 <= float((await status(album))["elapsed"]) < 70
    assert await album.ask("seekcur -50") == ["OK"]
    assert 10 <= float((await status(album))["elapsed"]) < 20
    assert await album.ask("seekcur 5") == ["OK"]
    assert 5 <= float((await status(album))["elapsed"]) < 10


async def test_options_are_kept(client: RawClient) -> None:
    for option in ("random", "repeat", "single", "consume"):
        assert await client.ask(f"{option} 1") == ["OK"]
        assert (await status(client))[option] == "1"
    for option in ("single", "consume"):
        assert await client.ask(f"{option} oneshot") == ["OK"]
        assert (await status(client))[option] == "oneshot"
        assert await client.ask(f"{option} 2") == [
            f"ACK [2@0] {{{option}}} Unrecognized {option} mode, expected 0, 1, or oneshot"
        ]


async def test_the_volume_is_the_speakers(client: RawClient, speaker: Speaker) -> None:
    assert await client.ask("setvol 30") == ["OK"]
    assert speaker.volume == 30
    assert await client.ask("volume +5") == ["OK"]
    assert await client.ask("getvol") == ["volume: 35", "OK"]
    assert (await status(client))["volume"] == "35"
    assert await client.ask("volume -100") == ["OK"]
    assert speaker.volume == 0


async def test_without_a_volume_there_is_none_to_set(client: RawClient, speaker: Speaker) -> None:
    speaker.has_volume = False
    assert "volume" not in await status(client)
    assert await client.ask("getvol") == ["OK"]
    assert await client.ask("setvol 10") == ["ACK [5@0] {setvol} No mixer"]
    assert await client.ask("volume 10") == ["ACK [52@0] {volume} No mixer"]


async def test_what_the_speaker_refuses_is_told(album: RawClient, speaker: Speaker) -> None:
    speaker.refusal = OutputError("out of order")
    assert await album.ask("play 0") == ["ACK [52@0] {play} out of order"]


async def test_nobody_waits_for_a_slow_speaker(
    album: RawClient, speaker: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playback, "_PATIENCE", 0.01)
    speaker.ready.clear()
    assert await album.ask("play 0") == ["OK"]
    assert (await status(album))["state"] == "play"
    speaker.ready.set()


async def test_what_came_meanwhile_is_answered_in_order(album: RawClient, speaker: Speaker) -> None:
    speaker.ready.clear()
    album.send("play 0\nping\nnonsense\n")
    album.writer.write_eof()
    speaker.ready.set()
    assert await album.closed() == b'OK\nOK\nACK [5@0] {} unknown command "nonsense"\n'


async def test_a_server_that_closes_does_not_wait_for_a_speaker(
    album: RawClient, speaker: Speaker, server: MpdServer, connect: Connect
) -> None:
    other = await connect()
    speaker.ready.clear()
    other.send("idle player\n")
    album.send("play 0\n")
    assert await other.answer() == ["changed: player", "OK"]
    await server.close()
    speaker.ready.set()
    assert await album.closed() == b""


async def test_a_fault_of_ours_is_an_answer_too(
    client: RawClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(Player, "set_random", None)
    assert await client.ask("random 1") == ["ACK [52@0] {random} Internal error"]
    assert "MPD command random failed" in caplog.text
    assert await client.ask("ping") == ["OK"]


async def test_stats_count_the_library(client: RawClient) -> None:
    pairs = (await client.ask("stats")).pairs
    assert (pairs["artists"], pairs["albums"], pairs["songs"]) == ("3", "3", "8")
    assert int(pairs["db_update"]) > 0
    assert int(pairs["db_playtime"]) == 740


async def test_an_error_is_shown_until_it_is_cleared(album: RawClient, player: Player, speaker: Speaker) -> None:
    await album.ask("play 0")
    current = player.current
    assert current is not None
    speaker.fail("broken\nspeaker")
    album.send("idle player\n")
    await album.answer()
    assert "broken speaker" in (await status(album))["error"]
    assert await album.ask("clearerror") == ["OK"]
    assert "error" not in await status(album)


async def test_a_client_library_understands_it(server: MpdServer) -> None:
    library = mpd.asyncio.MPDClient()
    await library.connect("127.0.0.1", server.port)
    assert library.mpd_version == "0.24.0"
    await library.add("Shelf/Björk")
    await library.play(0)
    assert (await library.status())["state"] == "play"
    assert (await library.currentsong())["title"] == "Hunter"
    assert [song["title"] for song in await library.playlistinfo()] == ["Hunter", "Jóga", "Bachelorette"]
    assert "status" in await library.commands()
    library.disconnect()


async def test_partitions_have_their_own_queue(album: RawClient, connect: Connect) -> None:
    other = await connect()
    await other.ask("partition kitchen")
    assert (await status(other))["playlistlength"] == "0"
    assert (await status(album))["playlistlength"] == "3"
