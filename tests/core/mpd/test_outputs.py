"""Outputs: which there are, which is enabled, how they are set, and to which partition they belong."""

import asyncio
from pathlib import Path

import pytest

from music_locker_core.hub import Core
from music_locker_core.playback.player import Player, PlayerState
from tests.core.mpd.client import RawClient
from tests.core.mpd.conftest import Connect
from tests.core.mpd.speaker import Speaker

DISABLED = "All audio outputs are disabled"


@pytest.fixture
async def album(client: RawClient) -> RawClient:
    """A client of a partition with three songs in its queue."""
    assert await client.ask("add Shelf/Björk") == ["OK"]
    return client


async def names(client: RawClient) -> list[str]:
    return (await client.ask("outputs")).values("outputname")


async def enabled(client: RawClient) -> list[str]:
    return (await client.ask("outputs")).values("outputenabled")


async def plugins(client: RawClient) -> list[str]:
    return (await client.ask("outputs")).values("plugin")


async def state(client: RawClient) -> tuple[str, str | None]:
    """Return what the partition does, and its error."""
    pairs = (await client.ask("status")).pairs
    return pairs["state"], pairs.get("error")


async def test_a_player_has_its_live_stream_and_its_speaker(client: RawClient) -> None:
    assert await client.ask("outputs") == [
        "outputid: 0",
        "outputname: Default",
        "plugin: httpd",
        "outputenabled: 0",
        "attribute: bitrate=192",
        "outputid: 1",
        "outputname: Speaker",
        "plugin: speaker",
        "outputenabled: 1",
        "OK",
    ]


async def test_no_two_outputs_have_one_name(client: RawClient) -> None:
    await client.ask("partition kitchen")
    assert await names(client) == ["Kitchen", "Kitchen (speaker)"]


@pytest.mark.parametrize("command", ["enableoutput 0", "toggleoutput 0"])
async def test_the_sound_goes_to_one_output_at_a_time(album: RawClient, player: Player, command: str) -> None:
    await album.ask("play 1")
    assert await album.ask(command) == ["OK"]
    assert await enabled(album) == ["1", "0"]
    assert player.output.plugin == "httpd"
    assert (await album.ask("status")).pairs["song"] == "1"
    assert await state(album) == ("play", None)


@pytest.mark.parametrize("command", ["disableoutput 1", "toggleoutput 1"])
async def test_what_plays_is_paused_by_disabling_its_output(album: RawClient, speaker: Speaker, command: str) -> None:
    await album.ask("play 1")
    assert await album.ask(command) == ["OK"]
    assert await enabled(album) == ["0", "0"]
    assert await state(album) == ("pause", DISABLED)
    assert speaker.media is None
    assert "volume" not in (await album.ask("status")).pairs


async def test_without_an_output_nothing_plays(album: RawClient) -> None:
    await album.ask("disableoutput 1")
    assert await state(album) == ("stop", None)
    for command in ("play 1", "play", "pause 0", "next", "seekcur 3", "previous"):
        assert await album.ask(command) == ["OK"]
        assert (await state(album))[0] == "pause"
    assert await album.ask("play") == ["OK"]
    assert await state(album) == ("pause", DISABLED)
    assert await album.ask("setvol 20") == ["ACK [5@0] {setvol} No mixer"]


async def test_enabling_an_output_lets_it_go_on_where_it_was(album: RawClient, speaker: Speaker) -> None:
    await album.ask("play 1")
    await album.ask("seekcur 30")
    await album.ask("disableoutput 1")
    assert await album.ask("enableoutput 1") == ["OK"]
    assert await state(album) == ("pause", DISABLED)  # as MPD, which does not begin by itself
    assert await album.ask("play") == ["OK"]
    assert await state(album) == ("play", None)
    assert speaker.media is not None
    assert float((await album.ask("status")).pairs["elapsed"]) >= 30


async def test_what_changes_nothing_is_not_told(client: RawClient) -> None:
    for command in ("enableoutput 1", "disableoutput 0", "moveoutput Speaker"):
        assert await client.ask(command) == ["OK"]
    client.send("idle\n")
    assert await client.ask("noidle") == ["OK"]


async def test_the_clients_of_the_partition_are_told(connect: Connect) -> None:
    client, same, other = await connect(), await connect(), await connect()
    await other.ask("partition kitchen")
    await other.ask("idle")
    for each in (same, other):
        each.send("idle\n")
    await client.ask("disableoutput 1")
    assert await same.answer() == ["changed: mixer", "changed: output", "OK"]
    assert await other.ask("noidle") == ["OK"]


async def test_what_there_is_not_is_refused(client: RawClient) -> None:
    for command, error in (
        ("enableoutput 2", "[50@0] {enableoutput} No such audio output"),
        ("disableoutput 2", "[50@0] {disableoutput} No such audio output"),
        ("toggleoutput x", "[2@0] {toggleoutput} Integer expected: x"),
        ("outputset 2 a b", "[50@0] {outputset} No such audio output"),
        ("outputset 0 a-b c", "[2@0] {outputset} Illegal attribute name"),
        ('outputset 0 "" c', "[2@0] {outputset} Illegal attribute name"),
        ("outputset 1 bitrate 128", "[2@0] {outputset} Unsupported attribute"),
        ("outputset 0 colour red", "[2@0] {outputset} Unsupported attribute"),
        ("moveoutput Nothing", "[50@0] {moveoutput} No such output"),
    ):
        assert await client.ask(command) == [f"ACK {error}"]


async def test_a_live_stream_has_a_bit_rate(client: RawClient, connect: Connect) -> None:
    other = await connect()
    other.send("idle output\n")
    assert await client.ask("outputset 0 bitrate 128") == ["OK"]
    assert await other.answer() == ["changed: output", "OK"]
    assert (await other.ask("outputs")).values("attribute") == ["bitrate=128"]
    refused = await client.ask("outputset 0 bitrate 129")
    assert refused[0].startswith("ACK [2@0] {outputset} A bit rate is one of 64, 80")


# Outputs that go to another partition


async def test_an_output_goes_to_the_partition_that_takes_it(
    album: RawClient, connect: Connect, player: Player, kitchen: Player, speaker: Speaker
) -> None:
    await album.ask("play 0")
    other = await connect()
    await other.ask("partition kitchen")
    assert await other.ask("moveoutput Speaker") == ["OK"]
    assert await names(other) == ["Kitchen", "Kitchen (speaker)", "Speaker"]
    assert await enabled(other) == ["0", "0", "1"]
    assert await names(album) == ["Default", "Speaker"]
    assert await plugins(album) == ["httpd", "dummy"]
    assert await enabled(album) == ["0", "0"]
    assert await state(album) == ("pause", DISABLED)
    assert (player.state, kitchen.output) == (PlayerState.PAUSED, speaker)
    assert await album.ask("enableoutput 1") == ["ACK [50@0] {enableoutput} This audio output is in another partition"]
    assert await album.ask("outputset 1 a b") == ["ACK [5@0] {outputset} Cannot set attribute on dummy output"]


async def test_an_output_goes_back_to_its_place(album: RawClient, connect: Connect) -> None:
    other = await connect()
    await other.ask("partition kitchen")
    await other.ask("moveoutput Speaker")
    assert await album.ask("moveoutput Speaker") == ["OK"]
    assert await plugins(album) == ["httpd", "speaker"]
    assert await enabled(album) == ["0", "1"]
    assert await plugins(other) == ["httpd", "speaker", "dummy"]
    assert await enabled(other) == ["0", "0", "0"]
    await album.ask("play 0")
    assert await state(album) == ("play", None)


async def test_a_disabled_output_takes_nothing_from_another(album: RawClient, connect: Connect) -> None:
    other = await connect()
    await other.ask("partition kitchen")
    await other.ask("moveoutput Default")
    assert await enabled(other) == ["0", "1", "0"]
    assert await plugins(other) == ["httpd", "speaker", "httpd"]
    await album.ask("play 0")
    assert await state(album) == ("play", None)


async def test_all_partitions_are_told_of_an_output_that_moves(connect: Connect, core: Core) -> None:
    await core.add_player("bath", "Bath")
    clients = [await connect() for _ in range(3)]
    for client, partition in zip(clients, ("default", "kitchen", "bath"), strict=True):
        if partition != "default":
            await client.ask(f"partition {partition}")
            await client.ask("idle")
        client.send("idle output\n")
    mover = await connect()
    await mover.ask("partition kitchen")
    await mover.ask("moveoutput Speaker")
    for client in clients:
        assert await client.answer() == ["changed: output", "OK"]
        client.send("idle output\n")
        assert await client.ask("noidle") == ["OK"]


async def test_what_a_removed_player_took_goes_home(client: RawClient, connect: Connect, core: Core) -> None:
    other = await connect()
    await other.ask("partition kitchen")
    await other.ask("moveoutput Speaker")
    await core.remove_player("kitchen")
    assert await plugins(client) == ["httpd", "speaker"]
    assert await enabled(client) == ["0", "1"]
    await core.add_player("kitchen", "Kitchen", Speaker("speaker.kitchen", "Kitchen"))
    assert await plugins(client) == ["httpd", "dummy"]
    assert await enabled(client) == ["0", "0"]
    await core.remove_player("kitchen")
    await core.forget_player("kitchen")
    assert await enabled(client) == ["0", "1"]


async def test_what_is_taken_back_in_absence_stays(client: RawClient, connect: Connect, core: Core) -> None:
    other = await connect()
    await other.ask("partition kitchen")
    await other.ask("moveoutput Speaker")
    await core.remove_player("kitchen")
    assert await client.ask("moveoutput Speaker") == ["OK"]
    await core.add_player("kitchen", "Kitchen", Speaker("speaker.kitchen", "Kitchen"))
    assert await plugins(client) == ["httpd", "speaker"]
    assert await enabled(client) == ["0", "1"]


async def test_an_output_that_is_gone_is_gone_everywhere(client: RawClient, connect: Connect, core: Core) -> None:
    await client.ask('moveoutput "Kitchen (speaker)"')
    assert await enabled(client) == ["0", "0", "1"]
    await core.remove_player("kitchen")
    assert await names(client) == ["Default", "Speaker"]
    assert await enabled(client) == ["0", "0"]
    await core.forget_player("kitchen")
    assert await enabled(client) == ["0", "1"]


async def test_an_output_has_one_player_however_fast_it_is_moved(
    album: RawClient, core: Core, player: Player, speaker: Speaker, kitchen: Player
) -> None:
    bath = await core.add_player("bath", "Bath")
    horn = kitchen.output
    await album.ask("enableoutput 0")
    await album.ask("play")
    speaker.ready.clear()  # what comes now waits for it
    commands = [
        core.outputs.enable(player.id, speaker),
        core.outputs.enable(bath.id, None),
        core.outputs.enable(bath.id, core.live_output(bath.id)),
        core.outputs.take("Kitchen (speaker)", bath.id),
    ]
    given = [asyncio.Task(command, loop=asyncio.get_running_loop(), eager_start=True) for command in commands]
    speaker.ready.set()
    await asyncio.gather(*given)
    assert bath.output is horn
    assert kitchen.output is not horn
    bath.add(["http://localhost/one"])
    await bath.play()
    assert (bath.state, bath.error) == (PlayerState.PLAYING, None)
    assert horn.listener is not None


async def test_what_was_chosen_is_chosen_after_a_restart(tmp_path: Path) -> None:
    core = await Core.open(tmp_path / "again")
    kitchen = await core.add_player("kitchen", "Kitchen", Speaker("speaker.kitchen", "Speaker"))
    bath = await core.add_player("bath", "Bath")
    hall = await core.add_player("hall", "Hall", Speaker("speaker.hall", "Horn"))
    await core.outputs.take("Speaker", "bath")
    live = core.live_output("bath")
    assert live is not None
    await core.outputs.set_attribute(live, "bitrate", "64")
    await live.set_volume(30)
    await core.outputs.enable("hall", None)
    assert [each.output.id for each in (kitchen, bath, hall)] == ["", "speaker.kitchen", ""]
    await core.remove_player("bath")
    await core.close()

    core = await Core.open(tmp_path / "again")
    bath = await core.add_player("bath", "Bath")
    assert bath.output.id == ""
    kitchen = await core.add_player("kitchen", "Kitchen", Speaker("speaker.kitchen", "Speaker"))
    hall = await core.add_player("hall", "Hall", Speaker("speaker.hall", "Horn"))
    assert [each.output.id for each in (kitchen, bath, hall)] == ["", "speaker.kitchen", ""]
    live = core.live_output("bath")
    assert live is not None
    assert (live.attributes, live.volume) == ({"bitrate": "64"}, 30)
    await core.close()
