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


async def test_crossfade_and_mixramp(both: Both) -> None:
    for seconds in ("5", "4294967295", "0"):
        await both.same(f"crossfade {seconds}", "status")
    await both.same_error("crossfade", "crossfade -1", "crossfade x", "crossfade 1.5", "crossfade 99999999999")
    for decibels in ("-17.25", "nan", "inf", "1e-7", "0.1", "1234567.891", "1e20", "-0", '" 3"', "0"):
        await both.same(f"mixrampdb {decibels}", "status")
    for seconds in ("2", "17.2", "0.0001", "16777217", "inf", "0", "-1", "NaN", "-inf"):
        await both.same(f"mixrampdelay {seconds}", "status")
    for name in ("mixrampdb", "mixrampdelay"):
        await both.same_error(name, f"{name} x", f"{name} 3x", f'{name} ""', f"{name} 1 2")


async def test_replay_gain(both: Both) -> None:
    for mode in ("off", "track", "album", "auto"):
        await both.same(f"replay_gain_mode {mode}", "replay_gain_status", "status")
    await both.same_error("replay_gain_status x", "replay_gain_mode", "replay_gain_mode AUTO", "replay_gain_mode x")


async def test_others_are_told_of_mixing_even_if_nothing_changes(both: Both) -> None:
    for line in ("crossfade 3", "mixrampdb 1", "mixrampdelay 1", "replay_gain_mode track"):
        assert await both.told(line) == await both.told(line) == {"options"}


async def test_each_partition_is_mixed_in_its_own_way(both: Both) -> None:
    await both.same("crossfade 3", "mixrampdb 1", "replay_gain_mode track", "newpartition other", "partition other")
    await both.same("replay_gain_status", "crossfade 4", "partition default", "status", "replay_gain_status")
