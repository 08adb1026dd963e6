"""Outputs and their mixer."""

import asyncio

from .both import Both, Client, uri

DISABLED = "All audio outputs are disabled"


async def test_outputs_are_numbered_and_named(both: Both) -> None:
    await both.same("outputs", "disableoutput 0", "outputs")


async def test_one_output_at_a_time(both: Both) -> None:
    await both.same("enableoutput 0")
    await both.differs("More than one enabled output", "outputs")


async def test_what_is_no_output(both: Both) -> None:
    await both.same_error("enableoutput", "enableoutput 9", "enableoutput x", "enableoutput -1", "enableoutput 0 1")
    await both.same_error("disableoutput", "disableoutput 9", "disableoutput x", "disableoutput -1", "toggleoutput")
    await both.same_error("toggleoutput 9", "toggleoutput x", "toggleoutput -1", "outputs x", "disableoutput 0 1")


async def test_the_volume(both: Both) -> None:
    await both.same(
        "getvol", "setvol 30", "getvol", "status", "volume +5", "volume -10", "volume 1", "getvol", "status"
    )
    await both.same(
        "setvol 0", "getvol", "volume -1", "getvol", "setvol 100", "volume 1", "getvol", "volume -100", "getvol"
    )
    await both.same_error(
        "setvol", "setvol x", "setvol 101", "setvol -1", "setvol 1 2", "volume", "volume x", "volume 101"
    )
    await both.same_error("volume -101", "volume 1 2", "getvol x")


async def test_others_are_told_of_the_volume_and_of_outputs(both: Both) -> None:
    assert await both.told("setvol 33") == {"mixer"}
    assert await both.told("volume 2") == {"mixer"}
    assert await both.told("enableoutput 0", of="output") == {"output"}
    assert await both.told("disableoutput 0", of="output") == {"output"}


async def error(client: Client) -> str:
    """Wait until the player has an error, and return it."""
    async with asyncio.timeout(5):
        while (found := (await client.ask("status")).pairs.get("error")) is None:
            await client.ask("idle player")
    return found


async def same_but_for_the_volume(both: Both, line: str) -> None:
    """Compare two answers of players that have no output."""
    theirs, ours = await both.ask(line)
    both.compare(line, [each for each in theirs if not each.startswith("volume: ")], ours)


async def test_playing_without_an_output(both: Both) -> None:
    await both.same(f"add {uri('Marta Quill/Ink')}", "playlistinfo", "disableoutput 1", "outputs")
    await both.differs("The volume while no output is enabled", "getvol", "setvol 20")
    await same_but_for_the_volume(both, "status")
    await both.ask("play")  # MPD says OK, or the error already, whichever of its threads is the faster
    assert await error(both.mpd) == await error(both.ours) == DISABLED
    await same_but_for_the_volume(both, "status")
    await both.same("enableoutput 1", "outputs", "setvol 40", "status", "play", "status", "toggleoutput 1")
    for client in (both.mpd, both.ours):
        assert await error(client)
    await both.differs("An output that is disabled while it plays", "status")
    await both.same("toggleoutput 1", "clearerror", "pause 0", "stop", "status")


async def test_attributes(both: Both) -> None:
    await both.same_error("outputset 9 a b", "outputset x a b", "outputset 1 a b", 'outputset 1 "" b', "outputset 1 a")
    await both.same_error("outputset 1 a-b c", "outputset 1 a b c")
