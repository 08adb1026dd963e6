"""What a filter means: its parts, and how one song is tested."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from functools import lru_cache

from ..models import Track
from .tags import SHOWN, fold, own_value, value_or_fallback

ANY = "any"
FILE = "file"

_fold = lru_cache(maxsize=65536)(fold)


class Operator(Enum):
    """Tell how a text is compared."""

    EQUAL = auto()
    CONTAINS = auto()
    STARTS_WITH = auto()


@dataclass(frozen=True, slots=True)
class TextTest:
    """Describe one comparison; ``folded`` ones do not see case. The value is folded already."""

    operator: Operator
    value: str
    folded: bool = False
    negated: bool = False

    def function(self) -> Callable[[str], bool]:
        """Return the comparison without its negation; it takes a text that is folded where the test is."""
        value = self.value
        match self.operator:
            case Operator.EQUAL:
                return lambda text: text == value
            case Operator.CONTAINS:
                return lambda text: value in text
            case Operator.STARTS_WITH:
                return lambda text: text.startswith(value)


@dataclass(frozen=True, slots=True)
class TagFilter:
    """Take songs by a tag (lower-case name), by any tag, or by their path (``file``)."""

    tag: str
    test: TextTest


@dataclass(frozen=True, slots=True)
class SinceFilter:
    """Take songs that were changed, or added, at ``moment`` or later; songs whose time is not known are not taken."""

    added: bool
    moment: datetime


@dataclass(frozen=True, slots=True)
class BaseFilter:
    """Take songs in or below a directory."""

    path: str


@dataclass(frozen=True, slots=True)
class FormatFilter:
    """Take songs by their audio format. Lockers do not tell formats, so it takes none."""


@dataclass(frozen=True, slots=True)
class PriorityFilter:
    """Take songs of a queue that have this priority or a higher one."""

    least: int


@dataclass(frozen=True, slots=True)
class NotFilter:
    """Take what ``inner`` does not."""

    inner: Filter


@dataclass(frozen=True, slots=True)
class AllFilter:
    """Take what every one of ``inner`` takes."""

    inner: tuple[Filter, ...]


type Filter = TagFilter | SinceFilter | BaseFilter | FormatFilter | PriorityFilter | NotFilter | AllFilter


@dataclass(frozen=True, slots=True)
class Song:
    """Hold what a filter can see of one song; ``track`` is None for an address that a client queued."""

    uri: str
    track: Track | None
    priority: int = 0


type Matcher = Callable[[Song], bool]


def compile_filter(node: Filter) -> Matcher:  # noqa: PLR0911 - one answer for each kind of filter
    """Return a function that tells whether a filter takes a song."""
    match node:
        case TagFilter():
            return _compile_tag(node)
        case SinceFilter(added, moment):
            return lambda song: _is_since(song.track, moment, added=added)
        case BaseFilter(path):
            return lambda song: is_below(song.uri, path)
        case FormatFilter():
            return lambda _song: False
        case PriorityFilter(least):
            return lambda song: song.priority >= least
        case NotFilter(inner):
            matches = compile_filter(inner)
            return lambda song: not matches(song)
        case AllFilter(inner):
            matchers = [compile_filter(each) for each in inner]
            return lambda song: all(matches(song) for matches in matchers)


def is_below(uri: str, directory: str) -> bool:
    """Tell whether a path is this directory or below it; every path is below the root, ``""``."""
    return not directory or uri == directory or (uri.startswith(directory) and uri[len(directory)] == "/")


def is_since(track: Track, moment: datetime, *, added: bool) -> bool:
    """Tell whether a track was changed (or added) at ``moment`` or later."""
    when = track.added if added else track.modified
    return when is not None and when >= moment


def _is_since(track: Track | None, moment: datetime, *, added: bool) -> bool:
    return track is not None and is_since(track, moment, added=added)


def _compile_tag(node: TagFilter) -> Matcher:
    test = node.test
    matches = test.function()
    values = _values_of(node.tag)
    if test.folded:
        return lambda song: any(matches(_fold(value)) for value in values(song)) != test.negated
    return lambda song: any(matches(value) for value in values(song)) != test.negated


def _values_of(tag: str) -> Callable[[Song], Sequence[str]]:
    if tag == FILE:
        return lambda song: (song.uri,)
    if tag == ANY:
        return lambda song: () if song.track is None else all_values(song.track)
    return lambda song: ("" if song.track is None else value_or_fallback(song.track, tag),)


def all_values(track: Track) -> tuple[str, ...]:
    """Return the values of all tags that a track has."""
    return tuple(value for name in SHOWN if (value := own_value(track, name.lower())))
