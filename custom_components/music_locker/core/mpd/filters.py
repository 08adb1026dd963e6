"""What a filter means: its parts, and how one song is tested."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import lru_cache

from ..models import Track
from .forms import Form, in_form
from .patterns import Patience, compile_pattern
from .tags import SHOWN, own_value, value_or_fallback

ANY = "any"
FILE = "file"
NO_PRIORITY = 256
"""More than any song has."""

_formed = lru_cache(maxsize=65536)(in_form)


class Operator(Enum):
    """Tell how a text is compared."""

    EQUAL = "eq"
    CONTAINS = "contains"
    STARTS_WITH = "starts_with"
    MATCHES = "=~"


@dataclass(frozen=True, slots=True)
class TextTest:
    """Describe one comparison of a text with ``value``, both in this form."""

    operator: Operator
    value: str
    form: Form = Form.EXACT
    negated: bool = False

    @property
    def needle(self) -> str:
        """Return the value in the form in which it is compared."""
        return in_form(self.value, self.form)

    @property
    def text_form(self) -> Form:
        """Return the form in which texts are compared; a pattern knows by itself what case means."""
        return Form.EXACT if self.operator is Operator.MATCHES else self.form

    @property
    def takes_missing(self) -> bool:
        """Tell whether a song without the tag is taken, negation left aside: where no value is asked for."""
        return not self.value

    def function(self, patience: Patience) -> Callable[[str], bool]:
        """Return the comparison without its negation; it takes a text that is in ``text_form``."""
        needle = self.needle
        match self.operator:
            case Operator.EQUAL:
                return needle.__eq__
            case Operator.CONTAINS:
                return lambda text: needle in text
            case Operator.STARTS_WITH:
                return lambda text: text.startswith(needle)
            case Operator.MATCHES:
                pattern = compile_pattern(self.value, folded=Form.FOLDED in self.form)
                return lambda text: patience.finds(pattern, text)


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
    """Take songs by their audio format. Lockers do not tell sample formats, so it takes none, as MPD for such songs."""

    format: str
    mask: bool = False


@dataclass(frozen=True, slots=True)
class PriorityFilter:
    """Take songs of a queue that have this priority or a higher one; the songs of the database have 0."""

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


def leaves(node: Filter) -> Sequence[Filter]:
    """Return the filters of which a filter is put together."""
    match node:
        case NotFilter(inner):
            return leaves(inner)
        case AllFilter(inner):
            return [leaf for each in inner for leaf in leaves(each)]
        case _:
            return (node,)


def has_pattern(node: Filter) -> bool:
    """Tell whether a filter searches for regular expressions."""
    return any(isinstance(leaf, TagFilter) and leaf.test.operator is Operator.MATCHES for leaf in leaves(node))


def compile_filter(node: Filter, patience: Patience | None = None) -> Matcher:  # noqa: PLR0911 - one for each kind
    """Return a function that tells whether a filter takes a song; it raises AckError if its time is up."""
    match node:
        case TagFilter():
            return _compile_tag(node, patience or Patience())
        case SinceFilter(added, moment):
            return lambda song: _is_since(song.track, moment, added=added)
        case BaseFilter(path):
            return lambda song: is_below(song.uri, path)
        case FormatFilter():
            return lambda _song: False
        case PriorityFilter(least):
            return lambda song: song.priority >= least
        case NotFilter(inner):
            matches = compile_filter(inner, patience)
            return lambda song: not matches(song)
        case AllFilter(inner):
            matchers = [compile_filter(each, patience) for each in inner]
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


def _compile_tag(node: TagFilter, patience: Patience) -> Matcher:
    test = node.test
    matches = test.function(patience)
    values = _values_of(node.tag)
    form = test.text_form
    negated = test.negated

    def takes(song: Song) -> bool:
        return any(matches(_formed(value, form)) if value else test.takes_missing for value in values(song))

    return lambda song: takes(song) != negated


def _values_of(tag: str) -> Callable[[Song], Sequence[str]]:
    if tag == FILE:
        return lambda song: (song.uri,)
    if tag == ANY:
        return lambda song: () if song.track is None else all_values(song.track)
    return lambda song: ("" if song.track is None else value_or_fallback(song.track, tag),)


def all_values(track: Track) -> tuple[str, ...]:
    """Return the values of all tags that a track has."""
    return tuple(value for name in SHOWN if (value := own_value(track, name.lower())))
