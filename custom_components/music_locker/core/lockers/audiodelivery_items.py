"""What the Audio Delivery Network keeps, as the models: collections, tracks, variants and how they are delivered.

Converters of single objects: none of them raises; an object without its id is None.

Sources: the service's own interface description, for what seed 003 names but does not describe.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import PurePosixPath

from ..models import UNKNOWN_ARTIST, Playlist, PlaylistKind, Track
from . import convert
from .derived import named_id
from .media import mime_type

ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,63}")
"""What may stand in a path; the service's ids are UUIDs, and the examples of its page read ``uuid``."""

_ORIGINAL = "original"
_VARIANT_FILE = re.compile(r".*_([A-Za-z0-9-]{1,64})\.([a-z0-9]{2,5})")
_BIT_RATE_IN_NAME = re.compile(r"(?:^|[^0-9])([0-9]{2,3})k?$")
_COVER_SIZES = ("url", "large", "regular", "small")
_NO_AUDIO = re.compile(r"preview|levels|analysis|waveform|cover|transcri|image", re.IGNORECASE)

type Fields = Mapping[str, object]


class Progress(Enum):
    """Tell how far the service is with a track."""

    ANNOUNCED = auto()  # no file has come
    WORKING = auto()
    READY = auto()
    FAILED = auto()


# Both lists of names: ``track_status_id`` of the guides, ``status`` of the interface description.
_PROGRESS: Mapping[str, Progress] = {
    "initialized": Progress.ANNOUNCED,
    "initializing": Progress.ANNOUNCED,
    "init_error": Progress.ANNOUNCED,
    "processing": Progress.WORKING,
    "fallback": Progress.WORKING,
    "fallback_processing": Progress.WORKING,
    "ready": Progress.READY,
    "incomplete": Progress.FAILED,
    "error": Progress.FAILED,
    "failed": Progress.FAILED,
}


@dataclass(frozen=True, slots=True)
class Variant:
    """Describe one form in which tracks are delivered: its index, MIME type and kbit/s, each None where not told."""

    index: str
    mime_type: str | None = None
    bit_rate: int | None = None
    original: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """Hold one variant of one track, at an address that is signed and soon ends (secret)."""

    index: str
    url: str = field(repr=False)
    mime_type: str | None = None
    bit_rate: int | None = None


@dataclass(frozen=True, slots=True)
class Playing:
    """Hold what a play session gives of a track: its variants, and its cover's address (secret) or None."""

    deliveries: Sequence[Delivery]
    cover: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class State:
    """Tell how far a track is, and the client's own id of it (``organization_index``)."""

    track_id: str
    progress: Progress
    index: str | None


def id_text(value: object) -> str | None:
    """Return an id as the service gives them, or None for anything else."""
    text = convert.text(value)
    return text if text is not None and ID.fullmatch(text) else None


def collection(fields: Fields) -> Playlist | None:
    """Return one collection."""
    collection_id = id_text(fields.get("id"))
    if collection_id is None:
        return None
    return Playlist(
        id=collection_id,
        title=convert.text(fields.get("title")) or collection_id,
        track_count=convert.integer(fields.get("track_count")),
        modified=convert.moment(fields.get("updated_at")),
        kind=PlaylistKind.COLLECTION,
    )


def _progress(fields: Fields) -> Progress:
    """Return how far a track is; a status that nobody knows is not ready, and without one playing it will tell."""
    told = convert.text(fields.get("track_status_id")) or convert.text(fields.get("status")) or "ready"
    return _PROGRESS.get(told.casefold(), Progress.WORKING)


def state(fields: Fields) -> State | None:
    """Return how far one track is."""
    track_id = id_text(fields.get("id"))
    if track_id is None:
        return None
    return State(track_id, _progress(fields), convert.text(fields.get("organization_index")))


def track(fields: Fields, collection: Playlist, best: Variant | None) -> Track | None:
    """Return one track of a collection, or None where its file never came; ``best`` is the variant to be played."""
    track_id = id_text(fields.get("id"))
    progress = _progress(fields)
    if track_id is None or progress is Progress.ANNOUNCED:
        return None
    info = convert.mapping(fields.get("info"))
    tags = _folded(info) | _folded(convert.mapping(fields.get("metadata")))
    file_name = convert.text(fields.get("file_name"))
    artist = _tag(tags, "artist") or convert.text(fields.get("player_subtitle")) or UNKNOWN_ARTIST
    album, album_artist = _tag(tags, "album", "albumtitle"), _tag(tags, "albumartist")
    played = best or Variant("", original=True)
    own = dict(info) | {name: value for name, value in fields.items() if value is not None} if played.original else {}
    return Track(
        id=track_id,
        title=_tag(tags, "title")
        or convert.text(fields.get("player_title"))
        or PurePosixPath(file_name or track_id).stem,
        artist=artist,
        artist_id=named_id(artist),
        album=album or collection.title,
        album_id=_album_id(collection, album, album_artist),
        album_artist=album_artist,
        number=convert.positive(_first(tags, "tracknumber", "track", "number")),
        disc=convert.positive(_first(tags, "discnumber", "disc")),
        year=convert.year(_first(tags, "year", "date")),
        genre=_tag(tags, "genre"),
        duration=_seconds(fields.get("duration")),
        size=convert.positive(own.get("file_size")) or convert.positive(own.get("size")),
        mime_type=(None if played.original else played.mime_type)
        or mime_type(file_name, convert.text(own.get("content_type"))),
        bit_rate=convert.positive(own.get("bitrate")) if played.original else played.bit_rate,
        file_name=file_name,
        artwork=f"track-{track_id}" if _may_have_cover(fields) else None,
        added=convert.moment(fields.get("created_at")),
        modified=convert.moment(fields.get("updated_at")),
        available=progress is Progress.READY,
    )


def _folded(tags: Fields) -> dict[str, object]:
    """Return the tags that say something, by names without case and underscores."""
    return {name.casefold().replace("_", ""): value for name, value in tags.items() if value not in (None, "", [])}


def _may_have_cover(fields: Fields) -> bool:
    """Tell whether a track can have a cover: a list says at most that there is none."""
    return all(fields.get(name, "untold") not in (None, "", False) for name in ("cover_image", "cover_image_prefix"))


def _album_id(collection: Playlist, album: str | None, album_artist: str | None) -> str:
    """Return the id of a track's album: a collection is an album, and may hold others by their titles."""
    if album is None or album.casefold() == collection.title.casefold():
        return collection.id
    return named_id(collection.id, album, album_artist or "")


def _first(tags: Fields, *names: str) -> object:
    """Return the first of these tags that is there; of a list its first value."""
    for name in names:
        value = tags.get(name)
        if isinstance(value, list):
            value = next(iter(value), None)
        if convert.text(value) is not None:
            return value
    return None


def _tag(tags: Fields, *names: str) -> str | None:
    return convert.text(_first(tags, *names))


def _seconds(value: object) -> float | None:
    seconds = convert.number(value)
    return seconds if seconds is not None and seconds > 0 else None


def variant(fields: Fields) -> Variant | None:
    """Return one variant, or None for one that cannot be heard whole: a preview, a picture, an analysis."""
    index = convert.text(fields.get("index")) or convert.text(fields.get("name"))
    kind = convert.text(fields.get("variant_type_id")) or convert.text(fields.get("type")) or ""
    if index is None or _NO_AUDIO.search(kind):
        return None
    told = convert.text(fields.get("format")) or convert.text(fields.get("codec"))
    return Variant(
        index=index,
        mime_type=mime_type(f"x.{told}") if told else None,
        bit_rate=_bit_rate(fields, index),
        original=_ORIGINAL in {kind.casefold(), index.casefold()},
    )


def _bit_rate(fields: Fields, index: str) -> int | None:
    """Return kbit/s as they are told, or as many indexes name them: ``128``, ``mp3-64k``."""
    told = convert.positive(fields.get("bitrate")) or convert.positive(fields.get("bit_rate"))
    in_name = _BIT_RATE_IN_NAME.search(index)
    return told or (int(in_name[1]) if in_name else None)


def playing(fields: Fields) -> Playing:
    """Return the variants of a track: a list of objects, or objects or addresses by their indexes."""
    value = fields.get("variants")
    if isinstance(value, Mapping) and "url" not in value:
        value = [
            {"index": index, **(inner if isinstance(inner, Mapping) else {"url": inner})}
            for index, inner in value.items()
        ]
    deliveries = [delivery for delivery in map(_delivery, convert.objects(value)) if delivery is not None]
    return Playing(deliveries, _cover(fields.get("cover_image")))


def _cover(value: object) -> str | None:
    """Return the address of a cover: alone, in an object, or of several sizes the largest."""
    sizes = convert.mapping(value)
    inner = next((sizes[name] for name in _COVER_SIZES if sizes.get(name)), None)
    if sizes and inner is None:
        inner = next(iter(sizes.values()))
    found = (convert.mapping(inner).get("url") or inner) if sizes else value
    return convert.text(found)


def _delivery(fields: Fields) -> Delivery | None:
    """Return one variant; where nothing names it, its index is the end of its file's name: ``…_hq.mp3``."""
    url = convert.text(fields.get("url"))
    if url is None:
        return None
    variant = convert.mapping(fields.get("variant"))
    path = convert.text(fields.get("path")) or url
    named = _VARIANT_FILE.fullmatch(PurePosixPath(path.partition("?")[0]).name)
    told = (variant.get("index"), *(fields.get(name) for name in ("index", "variant_index", "name")))
    index = next((text for value in told if (text := convert.text(value))), named[1] if named else "")
    kind = convert.text(fields.get("format")) or convert.text(variant.get("format")) or (named[2] if named else None)
    of_file = mime_type(f"x.{kind}", convert.text(fields.get("content_type"))) if kind else None
    return Delivery(index, url, of_file, _bit_rate(fields, index) or convert.positive(variant.get("bitrate")))


def best_variant(variants: Sequence[Variant], *, mp3: bool = False, bit_rate: int | None = None) -> Variant | None:
    """Return the variant to be heard: the original, or the one of most kbit/s.

    With ``bit_rate`` it is the best of at most so many kbit/s, or the smallest; with ``mp3`` one in that format where
    there is one.
    """
    fit = [one for one in variants if not one.original and one.mime_type == "audio/mpeg"] if mp3 else []
    fit = fit or list(variants)
    sized = [one for one in fit if one.bit_rate is not None]
    if bit_rate is not None and sized:
        small = [one for one in sized if (one.bit_rate or 0) <= bit_rate]
        return max(small, key=_kbit) if small else min(sized, key=_kbit)
    return max(fit, key=lambda one: (one.original, _kbit(one), one.index == "hq"), default=None)


def chosen_delivery(
    deliveries: Sequence[Delivery], variants: Sequence[Variant], *, mp3: bool = False, bit_rate: int | None = None
) -> Delivery | None:
    """Return the delivery of the best variant that a track has; of those that no variant describes, the best."""
    by_index = {delivery.index: delivery for delivery in deliveries}
    described = [one for one in variants if one.index in by_index]
    told = [Variant(one.index, one.mime_type, one.bit_rate, one.index == _ORIGINAL) for one in deliveries]
    best = best_variant(described or told, mp3=mp3, bit_rate=bit_rate)
    return None if best is None else by_index[best.index]


def _kbit(variant: Variant) -> int:
    return variant.bit_rate or 0
