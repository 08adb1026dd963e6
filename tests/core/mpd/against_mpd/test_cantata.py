"""Cantata (2.5), Qt's large client, without a screen: it reads our library, controls the player, and follows it."""

import asyncio
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from tests.core.mpd.client import Answer
from tests.tools.session_bus import MISSING, SessionBus

from .both import Both, quoted, uri
from .conftest import Pair

_NEEDED = [*MISSING, *(["cantata"] if shutil.which("cantata") is None else [])]
pytestmark = pytest.mark.skipif(
    bool(_NEEDED), reason=f"script/setup installs them on Debian; this machine has no {' '.join(_NEEDED)}"
)
_CONFIGURATION = """[General]
version=2.5.0
currentConnection=
page=LibraryPage
[Connection]
host=127.0.0.1
port={port}
passwd=
dir=
"""
_SECONDS = 15
_SONGS = 153
_NAME, _PLAYER = "org.mpris.MediaPlayer2.cantata", "/org/mpris/MediaPlayer2"


class Cantata:
    """Hold a running Cantata, and speak to it as a desktop does (MPRIS)."""

    def __init__(self, bus: SessionBus, port: int) -> None:
        self._bus = bus
        configuration = bus.home / ".config" / "cantata" / "cantata.conf"
        configuration.parent.mkdir(parents=True)
        configuration.write_text(_CONFIGURATION.format(port=port))
        self._database = bus.home / ".local" / "share" / "cantata" / "library" / f"127.0.0.1_{port}.sql"
        bus.start("cantata")

    def call(self, method: str, *arguments: str) -> None:
        self._bus.call(_NAME, _PLAYER, f"org.mpris.MediaPlayer2.Player.{method}", *arguments)

    def do(self, action: str) -> None:
        """Do what an entry of its menus does."""
        self._bus.call(_NAME, "/cantata", "mpd.cantata.triggerAction", f"string:{action}")

    def change(self, name: str, value: str) -> None:
        self._bus.set(_NAME, _PLAYER, f"org.mpris.MediaPlayer2.Player.{name}", value)

    def get(self, name: str) -> str:
        """Return a property, its parts with single spaces between them."""
        return " ".join(self._bus.get(_NAME, _PLAYER, f"org.mpris.MediaPlayer2.Player.{name}").split())

    def cover(self, artist: str, album: str) -> bytes:
        """Return the picture that it keeps of an album; it can have it from our server only."""
        return (self._bus.home / ".cache" / "cantata" / "covers" / artist / f"{album}.jpg").read_bytes()

    def songs(self) -> set[tuple[str, ...]]:
        """Return what its own library has of every song, as far as it is read."""
        if not self._database.exists():
            return set()
        with closing(sqlite3.connect(f"file:{self._database}?mode=ro", uri=True)) as database:
            try:
                rows = database.execute(
                    "SELECT file, artist, albumArtist, albumId, title, trim(genre1, '-'), track FROM songs"
                )
                return {tuple(str(value or "") for value in row) for row in rows}
            except sqlite3.OperationalError:  # it is writing
                return set()


@pytest.fixture(scope="module")
def cantata(pair: Pair, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cantata]:
    with SessionBus(tmp_path_factory.mktemp("cantata")) as bus:
        yield Cantata(bus, pair.bridge.port)


async def eventually[T](what: str, probe: Callable[[], T], wanted: Callable[[T], bool]) -> None:
    """Wait until what another process shows is as wanted."""
    found = None
    try:
        async with asyncio.timeout(_SECONDS):
            while not wanted(found := await asyncio.to_thread(probe)):  # noqa: ASYNC110 - it sets no event of ours
                await asyncio.sleep(0.02)
    except TimeoutError:
        pytest.fail(f"{what}: {found}")


async def status(both: Both, **wanted: str) -> Answer:
    """Wait until our own status has these values."""
    async with asyncio.timeout(_SECONDS):
        while not wanted.items() <= (answer := await both.ours.ask("status")).pairs.items():
            await both.ours.ask("idle")
    return answer


async def test_it_has_read_the_whole_library(both: Both, cantata: Cantata) -> None:
    tags = ("Artist", "AlbumArtist", "Album", "Title", "Genre", "Track")
    wanted = set()
    for file in (await both.ours.ask("listall")).values("file"):
        song = (await both.ours.ask(f"lsinfo {quoted(file)}")).pairs
        song.setdefault("Album", "Unknown")  # that is what Cantata calls it
        wanted.add((file, *(song.get(tag, "") for tag in tags)))
    assert len(wanted) == _SONGS
    await eventually("its library", cantata.songs, lambda found: len(found) == len(wanted))
    assert cantata.songs() == wanted


async def test_a_desktop_controls_the_player_through_it(both: Both, cantata: Cantata) -> None:
    await both.ours.ask(f"add {uri('Marta Quill/Ink')}")
    await eventually("it can play", lambda: cantata.get("CanPlay"), lambda text: text.endswith("true"))
    cantata.call("PlayPause")
    await status(both, state="play", song="0")
    await eventually("it plays", lambda: cantata.get("PlaybackStatus"), lambda text: text.endswith("Playing"))
    cantata.call("Next")
    await status(both, state="play", song="1")
    cantata.call("Previous")
    await status(both, state="play", song="0")
    cantata.call("Pause")
    before = await status(both, state="pause")
    cantata.call("Seek", "int64:5000000")
    async with asyncio.timeout(_SECONDS):
        while float((await both.ours.ask("status")).pairs["elapsed"]) < float(before.pairs["elapsed"]) + 4:
            await both.ours.ask("idle player")
    cantata.change("Volume", "double:0.33")
    await status(both, volume="33")
    cantata.change("Shuffle", "boolean:true")
    cantata.change("LoopStatus", "string:Playlist")
    await status(both, random="1", repeat="1")
    cantata.do("consumeplaylist")
    cantata.do("singleplaylist")
    await status(both, consume="1", single="1")
    cantata.call("Stop")
    await status(both, state="stop")


async def test_it_shows_what_others_do(both: Both, cantata: Cantata) -> None:
    await both.ours.ask(f"add {uri('Marta Quill/Ink')}")
    await both.ours.ask("play 4")
    title, artist = "xesam:title variant Sunday Coat", "xesam:artist variant array [ Marta Quill ] ) dict entry("
    await eventually("the song", lambda: cantata.get("Metadata"), lambda text: title in text)
    assert artist in cantata.get("Metadata")
    assert "xesam:album variant Ink" in cantata.get("Metadata")
    await eventually("the cover", lambda: cantata.get("Metadata"), lambda text: "mpris:artUrl variant file://" in text)
    assert cantata.cover("Marta Quill", "Ink")[:3] == b"\xff\xd8\xff"
    await both.ours.ask("next")
    titles = ["variant " + title for title in (await both.ours.ask("currentsong")).values("Title")]
    await eventually("the next title", lambda: cantata.get("Metadata"), lambda text: titles[0] in text)
    await both.ours.ask("setvol 71")
    await eventually("the volume", lambda: cantata.get("Volume"), lambda text: "0.71" in text)
    await both.ours.ask("random 1")
    await eventually("random", lambda: cantata.get("Shuffle"), lambda text: text.endswith("true"))
    await both.ours.ask("pause 1")
    await eventually("pause", lambda: cantata.get("PlaybackStatus"), lambda text: text.endswith("Paused"))
    await both.ours.ask("clear")
    await eventually("stop", lambda: cantata.get("PlaybackStatus"), lambda text: text.endswith("Stopped"))


async def test_it_queues_an_album_by_chance(both: Both, cantata: Cantata) -> None:
    await eventually("its library", cantata.songs, lambda found: len(found) == _SONGS)
    cantata.do("addrandomalbumtoplayqueue")
    async with asyncio.timeout(_SECONDS):
        while not (queued := await both.ours.ask("playlistinfo")).values("Album"):
            await both.ours.ask("idle playlist")
    assert len(set(queued.values("Album"))) == 1
