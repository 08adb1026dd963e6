"""Outputs and their mixer."""

from .both import Both


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
