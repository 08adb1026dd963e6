"""What a music file says about itself: its tags, its length and its picture."""

import base64
import binascii
import logging
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import av
import mutagen
from mutagen.asf import ASF
from mutagen.easyid3 import EasyID3
from mutagen.flac import FLAC, Picture
from mutagen.id3 import ID3
from mutagen.mp4 import MP4, MP4Cover

LOGGER = logging.getLogger(__name__)

MIME_TYPES = {
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "mp4": "audio/mp4",
    "ogg": "audio/ogg",
    "oga": "audio/ogg",
    "opus": "audio/ogg",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "wma": "audio/x-ms-wma",
    "flv": "video/x-flv",
}
VARIOUS_ARTISTS = "Various Artists"


@dataclass(frozen=True, slots=True)
class Imprint:
    """What a file says about its release: numbers, label, and which version it is; ``released`` as the tag has it."""

    isrc: str | None = None
    barcode: str | None = None
    label: str | None = None
    version: str | None = None
    released: str | None = None


@dataclass(frozen=True, slots=True)
class Tags:
    """What one file says: ``length`` milliseconds, ``bit_rate`` bit/s."""

    title: str | None
    artist: str | None
    album: str | None
    album_artist: str | None
    number: int | None
    disc: int | None
    year: int | None
    genre: str | None
    length: float
    bit_rate: int
    cover: bool
    imprint: Imprint = Imprint()
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Cover:
    """One picture."""

    content: bytes
    mime_type: str


class UnreadableFileError(Exception):
    """The file holds no audio that can be read."""


_ASF_NAMES = {
    "title": "Title",
    "artist": "Author",
    "album": "WM/AlbumTitle",
    "albumartist": "WM/AlbumArtist",
    "tracknumber": "WM/TrackNumber",
    "discnumber": "WM/PartOfSet",
    "date": "WM/Year",
    "genre": "WM/Genre",
    "comment": "Description",
}
"""The names of tags in Windows Media files, for which mutagen has no easy ones."""


def read_tags(path: Path) -> Tags:
    """Read a file's tags; raise UnreadableFileError for what is no audio."""
    try:
        audio = mutagen.File(path, easy=True)
    except Exception as error:  # damaged files make mutagen raise many kinds
        raise UnreadableFileError(str(error)) from error
    if audio is None or audio.info is None:
        return _probe(path)
    return Tags(
        title=_text(audio, "title"),
        artist=_text(audio, "artist"),
        album=_text(audio, "album"),
        album_artist=_text(audio, "albumartist") or (VARIOUS_ARTISTS if _text(audio, "compilation") == "1" else None),
        number=leading_number(_text(audio, "tracknumber")),
        disc=leading_number(_text(audio, "discnumber")),
        year=year_of(_text(audio, "date") or _text(audio, "originaldate")),
        genre=_text(audio, "genre"),
        length=audio.info.length * 1000,
        bit_rate=int(getattr(audio.info, "bitrate", 0) or 0),
        cover=read_cover(path) is not None,
        imprint=Imprint(
            isrc=_text(audio, "isrc"),
            barcode=_text(audio, "barcode"),
            label=_text(audio, "label") or _text(audio, "organization"),
            version=_text(audio, "version"),
            released=_text(audio, "date"),
        ),
        comment=_comment(audio),
    )


def _probe(path: Path) -> Tags:
    """Read what mutagen does not know (FLV) with PyAV."""
    try:
        with av.open(path) as container:
            if not container.streams.audio:
                raise UnreadableFileError("no audio stream")
            found = {name.lower(): value for name, value in container.metadata.items()}
            length = (container.duration or 0) / 1000
            bit_rate = container.bit_rate
    except (av.FFmpegError, OSError, ValueError) as error:
        raise UnreadableFileError(str(error)) from error
    return Tags(
        title=found.get("title") or None,
        artist=found.get("artist") or None,
        album=found.get("album") or None,
        album_artist=found.get("album_artist") or None,
        number=leading_number(found.get("track")),
        disc=leading_number(found.get("disc")),
        year=year_of(found.get("date")),
        genre=found.get("genre") or None,
        length=length,
        bit_rate=bit_rate,
        cover=False,
    )


def _text(audio: Any, name: str) -> str | None:
    try:
        values = audio.get(_ASF_NAMES.get(name) if isinstance(audio, ASF) else name)
    except KeyError, ValueError:
        return None
    text = str(values[0]).strip() if values else ""
    return text or None


def _comment(audio: Any) -> str | None:
    """Return what somebody wrote into a file; what programs keep in such frames ("iTunNORM") is left out."""
    tags = audio.tags
    if isinstance(tags, EasyID3):
        frames = cast("ID3", vars(tags)["_EasyID3__id3"]).getall("COMM")  # its own names know no comments
        texts = [str(frame.text[0]) for frame in frames if frame.text and not frame.desc.startswith("iTun")]
        return (texts[0].strip() or None) if texts else None
    return _text(audio, "comment")


def leading_number(text: str | None) -> int | None:
    """Return the number a text begins with ("3/12" is 3), or None."""
    match = re.match(r"\s*(\d{1,6})", text or "")
    return int(match[1]) if match else None


def year_of(text: str | None) -> int | None:
    """Return the first four digits of a date as a year, or None."""
    match = re.search(r"\d{4}", text or "")
    return int(match[0]) if match else None


def read_cover(path: Path) -> Cover | None:
    """Return the picture inside a file, or None."""
    try:
        audio = mutagen.File(path)
    except Exception:  # noqa: BLE001 - damaged files make mutagen raise many kinds
        return None
    match audio:
        case None:
            return None
        case MP4():
            return _mp4_cover(audio)
        case FLAC():
            return _picture(audio.pictures)
        case _:
            return _id3_cover(audio) or _vorbis_cover(audio)


def _mp4_cover(audio: MP4) -> Cover | None:
    covers: list[MP4Cover] = audio.tags.get("covr", []) if audio.tags is not None else []
    if not covers:
        return None
    is_png = getattr(covers[0], "imageformat", None) == MP4Cover.FORMAT_PNG
    return Cover(bytes(covers[0]), "image/png" if is_png else "image/jpeg")


def _picture(pictures: list[Picture]) -> Cover | None:
    return Cover(pictures[0].data, pictures[0].mime or "image/jpeg") if pictures else None


def _id3_cover(audio: Any) -> Cover | None:
    get_all = getattr(audio.tags, "getall", None)
    frames = get_all("APIC") if get_all else []
    return Cover(frames[0].data, frames[0].mime or "image/jpeg") if frames else None


def _vorbis_cover(audio: Any) -> Cover | None:
    if audio.tags is None or not hasattr(audio.tags, "get"):
        return None
    for encoded in audio.tags.get("metadata_block_picture") or []:
        try:
            return _picture([Picture(base64.b64decode(encoded))])
        except binascii.Error, mutagen.MutagenError, TypeError:
            LOGGER.debug("A picture in a comment cannot be read")
    return None
