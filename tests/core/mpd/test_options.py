"""Crossfade, MixRamp and replay gain: what clients are told, and what the output is."""

from typing import override

import pytest

from music_locker_core.playback.output import OutputFeature
from music_locker_core.playback.player import Player
from music_locker_core.streams.mixing import Mixing, ReplayGain
from tests.core.mpd.client import RawClient
from tests.core.mpd.conftest import Connect
from tests.core.mpd.speaker import Speaker


class Mixer(Speaker):
    """A speaker that could mix."""

    def __init__(self) -> None:
        super().__init__("mixer", "Mixer")
        self.told: list[Mixing] = []

    @property
    @override
    def features(self) -> OutputFeature:
        return super().features | OutputFeature.MIXING

    @override
    def set_mixing(self, mixing: Mixing) -> None:
        self.told.append(mixing)


@pytest.fixture
def speaker() -> Mixer:
    return Mixer()


async def test_other_clients_see_how_songs_are_mixed(connect: Connect) -> None:
    one, other = await connect(), await connect()
    pairs = (await other.ask("status")).pairs
    assert pairs["mixrampdb"] == "0"
    assert not {"xfade", "mixrampdelay"} & pairs.keys()
    other.send("idle options\n")
    for line in ("crossfade 5", "mixrampdb -17.25", "mixrampdelay 1.5", "replay_gain_mode auto"):
        assert await one.ask(line) == ["OK"]
    assert await other.answer() == ["changed: options", "OK"]
    pairs = (await other.ask("status")).pairs
    assert (pairs["xfade"], pairs["mixrampdb"], pairs["mixrampdelay"]) == ("5", "-17.25", "1.5")
    assert await other.ask("replay_gain_status") == ["replay_gain_mode: auto", "OK"]
    await one.ask("mixrampdelay nan")
    await one.ask("crossfade 0")
    assert not {"xfade", "mixrampdelay"} & (await other.ask("status")).pairs.keys()


async def test_the_output_is_told_before_it_plays_and_at_every_change(client: RawClient, speaker: Mixer) -> None:
    for line in ("crossfade 5", 'add "Shelf/Björk"'):
        await client.ask(line)
    assert speaker.told == []
    await client.ask("play")
    assert speaker.told == [Mixing(crossfade=5)]
    await client.ask("replay_gain_mode auto")
    assert speaker.told[-1] == Mixing(5, replay_gain=ReplayGain.ALBUM)
    await client.ask("random 1")
    assert speaker.told[-1] == Mixing(5, replay_gain=ReplayGain.TRACK)
    await client.ask("mixrampdb 3")
    assert speaker.told[-1] == Mixing(5, 3.0, replay_gain=ReplayGain.TRACK)


async def test_what_was_set_while_another_output_played_holds_for_the_next(
    client: RawClient, player: Player, speaker: Mixer
) -> None:
    await client.ask('add "Shelf/Björk"')
    await player.set_output(Speaker("plain", "Plain"))
    await client.ask("play")
    await client.ask("crossfade 7")
    await player.set_output(speaker)
    assert speaker.told == [Mixing(crossfade=7)]
