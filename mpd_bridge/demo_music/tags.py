"""Write a demo track's tags and cover, in each format's own way."""

import base64
from pathlib import Path

from mutagen.flac import Picture
from mutagen.id3 import APIC, COMM, ID3, TALB, TCON, TDRC, TIT2, TPE1, TPE2, TPOS, TRCK, Frame, PictureType
from mutagen.mp4 import MP4, MP4Cover
from mutagen.oggvorbis import OggVorbis

from .catalogue import DemoTrack, Encoding
from .covers import Cover


def comment(number: int) -> str:
    """Return the comment that carries a track's number."""
    return f"Music Locker demo track {number}"


def write_tags(path: Path, track: DemoTrack, picture: Cover | None) -> None:
    """Tag the file at ``path``; raise OSError or mutagen.MutagenError."""
    match track.encoding:
        case Encoding.MP3_CBR | Encoding.MP3_VBR:
            _write_id3(path, track, picture)
        case Encoding.AAC:
            _write_mp4(path, track, picture)
        case Encoding.VORBIS:
            _write_vorbis(path, track, picture)


def _write_id3(path: Path, track: DemoTrack, picture: Cover | None) -> None:
    tags = ID3()
    frames: list[Frame] = [
        TIT2(text=track.title),
        TPE1(text=track.artist),
        TCON(text=track.genre),
        COMM(lang="eng", desc="", text=comment(track.number)),
    ]
    if track.album is not None:
        frames += [TALB(text=track.album), TPE2(text=track.album_artist), TDRC(text=track.date)]
        frames.append(TRCK(text=f"{track.track}/{track.track_total}"))
    if track.disc is not None:
        frames.append(TPOS(text=f"{track.disc}/{track.disc_total}"))
    if picture is not None:
        frames.append(APIC(mime=picture.mime_type, type=PictureType.COVER_FRONT, data=picture.content))
    for frame in frames:
        tags.add(frame)
    tags.save(path)


def _write_mp4(path: Path, track: DemoTrack, picture: Cover | None) -> None:
    file = MP4(path)
    file["\xa9nam"] = track.title
    file["\xa9ART"] = track.artist
    file["\xa9gen"] = track.genre
    file["\xa9cmt"] = comment(track.number)
    if track.album is not None:
        file["\xa9alb"] = track.album
        file["aART"] = track.album_artist
        file["\xa9day"] = track.date
        file["trkn"] = [(track.track, track.track_total)]
    if track.disc is not None:
        file["disk"] = [(track.disc, track.disc_total)]
    if picture is not None:
        is_png = picture.mime_type == "image/png"
        file["covr"] = [MP4Cover(picture.content, MP4Cover.FORMAT_PNG if is_png else MP4Cover.FORMAT_JPEG)]
    file.save()


def _write_vorbis(path: Path, track: DemoTrack, picture: Cover | None) -> None:
    file = OggVorbis(path)
    file["title"] = track.title
    file["artist"] = track.artist
    file["genre"] = track.genre
    file["comment"] = comment(track.number)
    if track.album is not None:
        file["album"] = track.album
        file["albumartist"] = str(track.album_artist)
        file["date"] = str(track.date)
        file["tracknumber"] = str(track.track)
        file["tracktotal"] = str(track.track_total)
    if track.disc is not None:
        file["discnumber"] = str(track.disc)
        file["disctotal"] = str(track.disc_total)
    if picture is not None:
        block = Picture()
        block.data, block.type, block.mime = picture.content, PictureType.COVER_FRONT, picture.mime_type
        file["metadata_block_picture"] = base64.b64encode(block.write()).decode()
    file.save()
