"""The same tags, asked of MPD itself and of ours: the answers are the same lines."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from mutagen import id3

from music_locker_core.hub import Core
from music_locker_core.models import UNKNOWN_ARTIST, Album, Artist, Track
from tests.core.mpd.against_mpd.reference import Mpd
from tests.core.mpd.client import RawClient
from tests.core.mpd.shelf import ShelfLocker

FRAME = b"\xff\xfb\x90\x64" + bytes(413)  # MPEG 1 layer 3, 128 kbit/s, 44.1 kHz, silence
CHANGED = datetime(2020, 4, 1, 12, tzinfo=UTC)
LATER = datetime(2021, 4, 1, 12, tzinfo=UTC)
ALBUMS = (
    ("Alpha", "One", 1999, "Rock", ("a \"quoted\" 'title'", "Bé\\b", "Third", "back/slash")),
    ("Alpha", "Two", 2001, "Pop", ("Alpha", "zulu", "Über", "_under", "(bracket)", "10 Ten")),
    ("Björk", "Homogenic", 1997, "Electronic", ("Hunter", "Jóga", "Straße", "STRASSE")),
    ("björn", "One", None, None, ("ЮЛИЯ", "юлия", "夜", "I")),
    ("The Band", "", 2010, "Folk", ("No album", "none")),
    (UNKNOWN_ARTIST, "Anonymous", 1980, "Rock", ("Lost", "Found")),
)
FRAMES = (20, 40, 60, 100)


def tracks() -> Iterator[Track]:
    number = 0
    for artist, album, year, genre, titles in ALBUMS:
        for position, title in enumerate(titles, 1):
            number += 1
            yield Track(
                str(number),
                title,
                artist if position != 3 else f"{artist} feat. Gamma",
                album=album or None,
                album_artist=None if position != 3 else artist,
                number=position if album != "Two" else None,
                disc=position % 2 + 1 if album == "One" and artist == "Alpha" else None,
                year=year,
                genre=genre,
                file_name=f"{title}.mp3",
                modified=CHANGED if number % 3 else LATER,
            )


class TaggedLocker(ShelfLocker):
    """Hold the tracks of this module."""

    async def albums(self) -> AsyncIterator[Sequence[Album]]:
        yield ()

    async def artists(self) -> AsyncIterator[Sequence[Artist]]:
        yield ()


COMMANDS = r"""
listall
listall Shelf
listall Shelf/Alpha
listall nowhere
listall ..
listallinfo
listallinfo /
listallinfo "Shelf/Björk"
listallinfo "Shelf/Björk/"
listallinfo /Shelf
lsinfo Shelf
lsinfo Shelf/Alpha/One
lsinfo nowhere
list artist
list albumartist
list album
list title
list genre
list date
list track
list disc
list composer
list musicbrainz_albumid
list file
list file artist Alpha
list album Alpha
list album ""
list album nobody
list album artist Alpha
list album "(artist == 'Alpha')"
list album albumartist Alpha group date
list artist album One
list album group albumartist
list album group artist group date
list albumartist group album group date
list title "(album == 'One')" group disc group albumartist
list artistsort
list foo
list
list artist Alpha
list artist group artist
list artist group foo
list artist foo bar
list any
list album Alpha group date
count artist Alpha
count "(artist == 'Alpha')"
count artist nobody
count group album
count group albumartist
count artist Alpha group album
count artist nobody group album
count
count artist
count artist Alpha group foo
count foo bar
count artist Alpha sort title
find artist Alpha
find artist alpha
find Artist Alpha album Two
find album ""
find artist ""
find any Alpha
find any ""
find "(artist == 'Alpha')"
find "(artist != 'Alpha')"
find "(!(artist == 'Alpha'))"
find "((artist == 'Alpha') AND (album == 'Two'))"
find "((artist == 'Alpha') AND (!(title contains 'l')))"
find "((artist contains 'l') AND (album != '') AND (date != '1999'))"
find "(((artist == 'Alpha')))"
find "(artist == 'Alpha')" album One
find "(albumartist == 'Alpha')"
find "(albumartist != 'Alpha')"
find "(artist contains 'lph')"
find "(artist CONTAINS 'lph')"
find "(artist !contains 'lph')"
find "(title contains '')"
find "(title == 'a \\\"quoted\\\" \\\\'title\\\\'')"
find "(title == 'Bé\\\\\\\\b')"
find "(any == 'Rock')"
find "(any != 'Rock')"
find "(any contains 'ock')"
find "(genre == '')"
find "(file contains 'Alpha')"
find "(base 'Shelf/Alpha/One')"
find base Shelf/Alpha
find base nowhere
find "(base 'nowhere')"
find "(base '../Shelf')"
find base /Shelf
find base ../Shelf
find modified-since 2020-12-31T00:00:00Z
find modified-since 1600000000
find "(modified-since '2020-04-01T12:00:00Z')"
find "(modified-since '2020-04-01T12:00:01Z')"
find modified-since foo
find "(modified-since 'foo')"
find "(AudioFormat == 'foo')"
find "(AudioFormat contains '44100:24:2')"
find "(artist == 'Alpha'"
find "(artist == 'Alpha') x"
find "(artist 'Alpha')"
find "(foo == 'Alpha')"
find "( == 'Alpha')"
find "(artist == Alpha)"
find "(artist == 'Alpha)"
find "((artist == 'Alpha') OR (album == 'One'))"
find "((artist == 'Alpha')"
find "(!artist == 'Alpha')"
find artist
find foo bar
find artist Alpha album
find
find artist Alpha sort title
find artist Alpha sort -title
find "(file != '')" sort artist
find "(file != '')" sort -artist
find "(file != '')" sort albumartist
find "(file != '')" sort AlbumArtistSort
find "(file != '')" sort track
find "(file != '')" sort -track
find "(file != '')" sort date window 3:9
find "(file != '')" sort Last-Modified
find "(file != '')" sort -Last-Modified window 0:4
find artist Alpha sort foo
find artist Alpha window 0:1
find artist Alpha window 1
find artist Alpha window 1:
find artist Alpha window 1:1
find artist Alpha window 5:90
find artist Alpha window 50:90
find artist Alpha window 3:2
find artist Alpha window x
find artist Alpha window -1
find artist Alpha window 0:1 sort title
find sort title
find window 0:1
search any alpha
search any strasse
search any ЮЛИЯ
search any be
search any bÉ
search any joga
search any ""
search album ""
search title STRASSE
search artist BJÖ
search filename ALPHA
search "(file contains 'ALPHA')"
search "(title == 'STRASSE')"
search "(title != 'STRASSE')"
search "(artist contains 'BJ')" sort title window 1:5
search "(albumartist contains 'gamma')"
search "(!(any contains 'a'))"
readcomments nowhere
update ..
listplaylist nope
listplaylist a/b
listplaylistinfo ""
listplaylists
listplaylist Evening
listplaylistinfo Evening
load nope
load Evening 1:0
load Evening x
load Evening 0:1 99
load Evening 0:1 +0
findadd artist Alpha position 99
findadd artist Alpha position +0
findadd artist Alpha position x
findadd foo bar
searchadd artist alpha sort foo
searchadd artist alpha position 0 window 0:1
load Evening 1:9
findadd artist Alpha window 0:1
searchadd "(title contains 'ALP')" position 0
load Evening 0:1 0
searchadd title third sort -album window 0:1 position 1
playlistinfo
playlistfind artist Alpha
playlistsearch any alpha
playlistfind foo bar
playlistfind artist
albumart nowhere 0
albumart Shelf/Alpha/One x
albumart Shelf/Alpha/One -1
readpicture nowhere 0
""".strip().splitlines()


@pytest.fixture
async def locker() -> AsyncIterator[TaggedLocker]:
    async with aiohttp.ClientSession() as session:
        locker = TaggedLocker(session)
        locker.all_tracks = list(tracks())
        yield locker


def write_music(directory: Path, track: Track) -> None:
    path = directory / track.uri
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(FRAME * FRAMES[int(track.id) % len(FRAMES)])
    known = {
        "TPE1": None if track.artist == UNKNOWN_ARTIST else track.artist,
        "TPE2": track.album_artist if track.album_artist != UNKNOWN_ARTIST else None,
        "TIT2": track.title,
        "TALB": track.album,
        "TRCK": track.number,
        "TDRC": track.year,
        "TCON": track.genre,
        "TPOS": track.disc,
    }
    tags = id3.ID3()
    for name, value in known.items():
        if value is not None:
            frame: Any = getattr(id3, name)
            tags.add(frame(encoding=3, text=str(value)))
    tags.save(path)
    assert track.modified is not None
    os.utime(path, (track.modified.timestamp(),) * 2)


@asynccontextmanager
async def running_mpd(mpd: Mpd) -> AsyncIterator[RawClient]:
    """Run MPD and wait until it knows every song."""
    try:
        await asyncio.to_thread(mpd.start)
        client = await RawClient.connect(mpd.port)
        await client.updated()
        yield client
        await client.close()
    finally:
        mpd.close()


def comparable(answer: list[str]) -> list[str]:
    """Leave out what a locker does not tell: the audio format, and when a directory or playlist was changed."""
    lines: list[str] = []
    of_song = True
    for line in answer:
        key = line.partition(": ")[0]
        if key in {"file", "directory", "playlist"}:
            of_song = key == "file"
        if key not in {"Format", "Added"} and (of_song or key != "Last-Modified"):
            lines.append(line)
    return lines


async def test_every_answer_is_mpds(core: Core, locker: TaggedLocker, client: RawClient, tmp_path: Path) -> None:
    uris = {track.id: track.uri for track in core.library.catalog.tracks}
    for track in core.library.catalog.tracks:
        write_music(tmp_path / "mpd" / "music", track)
    program = Mpd(tmp_path / "mpd")
    program.write_playlists({"Evening": [uris[each] for each in ("7", "2", "8")]})
    async with running_mpd(program) as mpd:
        await take_durations(core, locker, mpd)
        different = {
            command: (theirs, ours)
            for command in COMMANDS
            if (theirs := comparable(await mpd.ask(command))) != (ours := comparable(await client.ask(command)))
        }
    assert different == {}


async def take_durations(core: Core, locker: TaggedLocker, mpd: RawClient) -> None:
    """Give the locker's tracks the durations that MPD reads from the files."""
    answer = await mpd.ask("listallinfo")
    found = dict(zip(answer.values("file"), map(float, answer.values("duration")), strict=True))
    ids = {track.id: track.uri for track in core.library.catalog.tracks}
    locker.all_tracks = [replace(track, duration=found[ids[track.id]]) for track in locker.all_tracks]
    await core.sync("shelf", force=True)
