"""Values of filters that are no text: times and audio formats (``time/ISO8601.cxx``, ``pcm/AudioParser.cxx``)."""

import re
from datetime import UTC, datetime, timedelta

from .errors import AckCode, AckError

__all__ = ["check_audio_format", "parse_time_stamp"]

# as the C library reads numbers: a second digit belongs to the first if no larger number begins with that
_MONTH = r"(1[0-2]|0[1-9]|[2-9]|1(?!\d))"
_DAY = r"(3[01]|[12]\d|0[1-9]|[4-9]|[1-3](?!\d))"
_HOUR = r"(2[0-3]|[01]\d|[3-9]|[0-2](?!\d))"
_MINUTE = r"([0-5]\d|[6-9]|[0-5](?!\d))"
_SECOND = r"(6[01]|[0-5]\d|[7-9]|[0-6](?!\d))"
_DATE = re.compile(rf"\s*(?:(\d{{1,4}})-{_MONTH}(?:-{_DAY}|\Z)|(\d{{4}}){_MONTH}{_DAY})", re.ASCII)
_TIME = re.compile(rf"{_HOUR}(?::{_MINUTE}(?::{_SECOND})?|{_MINUTE}{_SECOND}?)?", re.ASCII)
_ZONE = re.compile(r"(\d\d)(?::?(\d\d))?(?!\d|:)", re.ASCII)
_SECONDS = re.compile(r"[ \t-\r]*([+-]?)(\d+)", re.ASCII)
_MOST_HOURS = 13  # of a zone
_MOST_MINUTES = 59
_LATEST = datetime.max.replace(tzinfo=UTC)
_EARLIEST = datetime.min.replace(tzinfo=UTC)

_MOST_RATE = 1 << 30  # Hz, exclusive
_MOST_CHANNELS = 8
_SAMPLE_FORMATS = frozenset({"8", "16", "24", "24_3", "32", "f", "dsd"})


def _bad(text: str) -> AckError:
    return AckError(AckCode.ARG, text)


def parse_time_stamp(text: str) -> datetime:
    """Return a time given as ISO 8601 (UTC where it names no zone) or in seconds since 1970; raise AckError."""
    try:
        return _parse_iso8601(text)
    except AckError:
        seconds = _SECONDS.fullmatch(text)
        if seconds is None:
            raise
    if seconds[1] == "-":  # a very large number to MPD, and that a time before all songs
        return _EARLIEST
    try:
        return datetime.fromtimestamp(int(seconds[2]), UTC)
    except ValueError, OverflowError, OSError:
        return _LATEST


def _parse_iso8601(text: str) -> datetime:
    date = _DATE.match(text)
    if date is None:
        raise _bad("Failed to parse date")
    year, month, day = (int(date[group] or date[group + 3] or 1) for group in (1, 2, 3))
    after = timedelta(days=day - 1)
    rest = text[date.end() :]
    if rest.startswith("T"):
        clock = _TIME.match(rest, 1)
        if clock is None:
            raise _bad("Failed to parse time of day")
        hours, minutes, seconds = clock[1], clock[2] or clock[4] or 0, clock[3] or clock[5] or 0
        after += timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds))
        rest = rest[clock.end() :]
    if rest.startswith(("+", "-")):
        after -= _parse_zone(rest)
    elif rest not in {"", "Z"}:
        raise _bad("Garbage at end of time stamp")
    try:
        return datetime(year, month, 1, tzinfo=UTC) + after
    except ValueError, OverflowError:
        return _EARLIEST if year < 2 else _LATEST  # noqa: PLR2004 - the first and the last year of a datetime


def _parse_zone(text: str) -> timedelta:
    match = _ZONE.match(text, 1)
    if match is None:
        raise _bad("Failed to parse time zone offset")
    hours, minutes = int(match[1]), int(match[2] or 0)
    if hours > _MOST_HOURS:
        raise _bad("Time offset hours out of range")
    if minutes > _MOST_MINUTES:
        raise _bad("Time offset minutes out of range")
    if match.end() != len(text):
        raise _bad("Garbage at end of time stamp")
    offset = timedelta(hours=hours, minutes=minutes)
    return -offset if text[0] == "-" else offset


def check_audio_format(text: str, *, mask: bool) -> None:
    """Raise AckError if this is no audio format; a mask may have ``*`` for each of its parts."""
    if text.startswith("dsd"):
        rate, colon, channels = text.removeprefix("dsd").partition(":")
        if not colon:
            raise _bad("Channel count missing")
        if re.fullmatch(r"\d+", rate, re.ASCII) is None:
            raise _bad("Failed to parse the DSD rate")
    else:
        rate, colon, rest = text.partition(":")
        _check_rate(rate, mask=mask)
        if not colon:
            raise _bad("Sample format missing")
        sample_format, colon, channels = rest.partition(":")
        if sample_format not in _SAMPLE_FORMATS and not (mask and sample_format == "*"):
            raise _bad(f'Invalid sample format: "{sample_format}"')
        if not colon:
            raise _bad("Channel count missing")
    _check_channels(channels, mask=mask)


def _check_rate(text: str, *, mask: bool) -> None:
    if mask and text == "*":
        return
    if re.fullmatch(r"\d{1,10}", text, re.ASCII) is None:
        raise _bad("Failed to parse the sample rate")
    if not 0 < int(text) < _MOST_RATE:
        raise _bad(f"Invalid sample rate: {text}")


def _check_channels(text: str, *, mask: bool) -> None:
    if mask and text == "*":
        return
    if re.fullmatch(r"\d{1,3}", text, re.ASCII) is None:
        raise _bad("Failed to parse the channel count")
    if not 0 < int(text) <= _MOST_CHANNELS:
        raise _bad(f"Invalid channel count: {int(text)}")
