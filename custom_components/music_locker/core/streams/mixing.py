"""How one track goes over into the next, and how loud each is: crossfade, MixRamp and replay gain, by MPD's rules."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

LONGEST_OVERLAP = 20.0  # seconds: MPD's buffer of PCM, which bounds it there, has room for as much

_SHORTEST_TRACK = 20.0  # seconds; what is shorter is not mixed
_HIGHEST_FACTOR = 15.0
_NO_GAIN = -100.0  # dB
_R128_REFERENCE = 5.0  # dB between EBU R128's loudness and that of replay gain
_R128_STEPS = 256.0  # of a dB
_HIGHEST_NUMBER = 1e9  # of decibels, steps or seconds in a tag


class ReplayGain(StrEnum):
    """Tell whose loudness is evened out; the values are MPD's. AUTO is TRACK in random order, else ALBUM."""

    OFF = "off"
    TRACK = "track"
    ALBUM = "album"
    AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Mixing:
    """Hold how tracks are mixed: ``crossfade`` and ``mixramp_delay`` in seconds, 0 is off; ``mixramp_db`` in dB."""

    crossfade: int = 0
    mixramp_db: float = 0.0
    mixramp_delay: float = 0.0
    replay_gain: ReplayGain = ReplayGain.OFF

    @property
    def limit(self) -> float:
        """Return how long two tracks may overlap at most, in seconds."""
        if not self.crossfade:
            return 0.0
        return LONGEST_OVERLAP if self.mixramp_delay > 0 else min(self.crossfade, LONGEST_OVERLAP)

    def settled(self, *, random: bool) -> Mixing:
        """Return it with TRACK or ALBUM for AUTO."""
        if self.replay_gain is not ReplayGain.AUTO:
            return self
        return replace(self, replay_gain=ReplayGain.TRACK if random else ReplayGain.ALBUM)


@dataclass(frozen=True, slots=True)
class Gain:
    """Hold what a file says of the loudness of its track or album: ``decibels``, and its highest sample (1 is full)."""

    decibels: float
    peak: float = 0.0

    @property
    def factor(self) -> float:
        """Return by what samples are to be multiplied: never so much that the highest is cut off."""
        factor = min(math.pow(10.0, min(self.decibels, 100.0) / 20.0), _HIGHEST_FACTOR)
        return 1.0 / self.peak if factor * self.peak > 1.0 else factor


@dataclass(frozen=True, slots=True)
class SoundTags:
    """Hold the tags of a file that are about its sound; the MixRamps are texts as ``-20.1 0.5;-3 2;``."""

    track: Gain | None = None
    album: Gain | None = None
    mixramp_start: str | None = None
    mixramp_end: str | None = None

    def factor(self, mode: ReplayGain) -> float:
        """Return by what samples are to be multiplied; what one of track and album lacks, the other stands in for."""
        if mode is ReplayGain.OFF:
            return 1.0
        first, second = (self.album, self.track) if mode is ReplayGain.ALBUM else (self.track, self.album)
        gain = first or second
        return 1.0 if gain is None else gain.factor


NO_TAGS = SoundTags()


def read_sound_tags(tags: Mapping[str, str]) -> SoundTags:
    """Read them from all tags of a file, whatever the case of their names."""
    named = {name.lower(): value for name, value in tags.items()}
    return SoundTags(_gain(named, "track"), _gain(named, "album"), named.get("mixramp_start"), named.get("mixramp_end"))


def _gain(named: Mapping[str, str], of: str) -> Gain | None:
    decibels = _number(named.get(f"replaygain_{of}_gain", ""))
    if decibels is not None and decibels > _NO_GAIN:
        return Gain(decibels, max(0.0, _number(named.get(f"replaygain_{of}_peak", "")) or 0.0))
    steps = _number(named.get(f"r128_{of}_gain", ""))  # of Opus, RFC 7845
    if steps is None:
        return None
    decibels = steps / _R128_STEPS + _R128_REFERENCE
    return Gain(decibels) if decibels > _NO_GAIN else None


def _number(text: str) -> float | None:
    """Return the number that a text such as ``-7.3 dB`` begins with; what no file means cannot be reckoned with."""
    try:
        number = float(text.split(maxsplit=1)[0])
    except IndexError, ValueError:
        return None
    return number if abs(number) <= _HIGHEST_NUMBER else None


@dataclass(frozen=True, slots=True)
class Side:
    """Hold what counts of a track on one side of a border: its length in seconds, and its tags."""

    length: float | None
    tags: SoundTags = NO_TAGS


def overlap(mixing: Mixing, leaving: Side, coming: Side) -> float:
    """Return for how many seconds two tracks are heard at once (MPD: src/player/CrossFade.cxx)."""
    if not mixing.crossfade or not all(_long_enough(side.length, mixing.crossfade) for side in (leaving, coming)):
        return 0.0
    if not ramps(mixing, leaving, coming):
        return min(mixing.crossfade, LONGEST_OVERLAP)
    end = _ramp_seconds(leaving.tags.mixramp_end or "", _threshold(mixing, leaving))
    start = _ramp_seconds(coming.tags.mixramp_start or "", _threshold(mixing, coming))
    if start is None or end is None:
        return 0.0
    return min(max(start + end - mixing.mixramp_delay, 0.0), LONGEST_OVERLAP)


def ramps(mixing: Mixing, leaving: Side, coming: Side) -> bool:
    """Tell whether the files' own ramps decide; then nothing is faded."""
    has_tags = leaving.tags.mixramp_end is not None and coming.tags.mixramp_start is not None
    return mixing.mixramp_delay > 0 and has_tags


def share(left: float) -> float:
    """Return the share of the leaving track, 0 to 1, when ``left`` (1 to 0) of the overlap is left."""
    return math.sin(math.pi / 2 * left) ** 2


def _long_enough(length: float | None, crossfade: float) -> bool:
    return length is not None and length >= _SHORTEST_TRACK and length > crossfade


def _threshold(mixing: Mixing, side: Side) -> float:
    """Return the loudness that counts, in dB of the file itself."""
    return mixing.mixramp_db - 20.0 * math.log10(side.tags.factor(mixing.replay_gain))


def _ramp_seconds(ramp: str, threshold: float) -> float | None:
    """Return how long a file is quieter than the threshold at its beginning or end; None if it never gets there."""
    points = list(_points(ramp))
    if points and not threshold >= points[0][0]:
        return points[0][1]
    for (quieter, before), (louder, after) in pairwise(points):
        if quieter <= threshold < louder:
            return before + (threshold - quieter) * (after - before) / (louder - quieter)
    return points[-1][1] if points and points[-1][0] == threshold else None


def _points(ramp: str) -> list[tuple[float, float]]:
    """Read pairs of dB and seconds up to the first that is none."""
    points: list[tuple[float, float]] = []
    for pair in ramp.split(";"):
        numbers = [_number(text) for text in pair.split(" ")]
        if len(numbers) != 2 or numbers[0] is None or numbers[1] is None:  # noqa: PLR2004 - a pair
            break
        points.append((numbers[0], numbers[1]))
    return points
