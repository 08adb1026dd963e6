"""Modes of playing."""

from .both import Both


async def test_modes_are_kept(both: Both) -> None:
    for mode in ("random", "repeat"):
        await both.same(f"{mode} 1", "status", f"{mode} 0", "status")
    for mode in ("single", "consume"):
        await both.same(f"{mode} 1", "status", f"{mode} oneshot", "status", f"{mode} 0", "status")


async def test_what_is_no_mode(both: Both) -> None:
    for mode in ("random", "repeat", "single", "consume"):
        await both.same_error(
            mode, f"{mode} 2", f"{mode} -1", f"{mode} x", f"{mode} ONESHOT", f"{mode} 0 1", f'{mode} ""'
        )


async def test_others_are_told_of_modes(both: Both) -> None:
    for line in ("random 1", "repeat 1", "single 1", "consume 1", "single oneshot"):
        assert await both.told(line) == {"options"}
    assert await both.told("repeat 1") == await both.told("single oneshot")


async def test_replay_gain(both: Both) -> None:
    await both.same("replay_gain_status")
    await both.same_error("replay_gain_status x")
