"""Covers of a real locker server, as MPD clients read them."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from mutagen.id3 import APIC, ID3

from mpd_bridge.locker_server import Fault, LockerServer
from music_locker_core.hub import Core
from music_locker_core.lockers.mp3tunes import Mp3tunes
from music_locker_core.lockers.web import Retry
from music_locker_core.mpd.commands import artwork
from tests.core.mpd.client import RawClient
from tests.mpd_bridge.locker_server import audio

PICTURE = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 90
WITH_COVER = '"Shelf/Abba/Arrival/01 Queen.mp3"'
WITHOUT_COVER = '"Shelf/Solo/Bare/01 Nothing.mp3"'


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of music and an account: encoding and hashing take their time."""
    template = tmp_path_factory.mktemp("locker")
    music = template / "music"
    queen = audio.make(music / "queen.mp3", title="Queen", artist="Abba", album="Arrival", tracknumber="1")
    tags = ID3(queen)
    tags.add(APIC(mime="image/jpeg", type=3, data=PICTURE))
    tags.save(queen)
    audio.make(music / "nothing.mp3", title="Nothing", artist="Solo", album="Bare", tracknumber="1")
    LockerServer(music, template / "state", password_cost=2).add_account("user@example.com", "password")
    return template


@pytest.fixture
async def service(tmp_path: Path, template: Path) -> AsyncIterator[LockerServer]:
    shutil.copytree(template, tmp_path / "locker")
    server = LockerServer(tmp_path / "locker/music", tmp_path / "locker/state", password_cost=2)
    await server.start()
    yield server
    await server.close()


@pytest.fixture
async def locker(service: LockerServer) -> AsyncIterator[Mp3tunes]:
    settings = {
        "url": service.url,
        "username": "user@example.com",
        "password": "password",
        "partner_token": "9999999999",
    }
    async with aiohttp.ClientSession() as session:
        yield Mp3tunes(settings, session, Retry(delay=0.0))


async def picture(client: RawClient, command: str, uri: str, offset: int = 0) -> tuple[dict[str, str], bytes]:
    """Ask for one chunk, and return what is said about it and the chunk."""
    client.send(f"{command} {uri} {offset}\n")
    said: dict[str, str] = {}
    async with asyncio.timeout(10):
        while not (line := (await client.reader.readline()).decode()).startswith(("OK", "ACK")):
            key, _, value = line.rstrip("\n").partition(": ")
            said[key] = value
            if key == "binary":
                chunk = await client.reader.readexactly(int(value) + 1)
                assert chunk.endswith(b"\n")
                assert await client.line() == "OK"
                return said, chunk[:-1]
    return {"answer": line.rstrip("\n")}, b""


async def whole(client: RawClient, command: str, uri: str) -> bytes:
    content = b""
    while True:
        said, chunk = await picture(client, command, uri, len(content))
        content += chunk
        if len(content) >= int(said["size"]):
            return content


@pytest.mark.parametrize("command", ["albumart", "readpicture"])
async def test_a_cover_is_read_in_chunks(client: RawClient, command: str) -> None:
    assert await whole(client, command, WITH_COVER) == PICTURE


async def test_a_chunk_is_as_large_as_the_client_allows(client: RawClient) -> None:
    said, chunk = await picture(client, "albumart", WITH_COVER)
    assert (said["size"], said["binary"]) == (str(len(PICTURE)), "8192")
    await client.ask("binarylimit 100")
    assert await picture(client, "albumart", WITH_COVER, 50) == (
        {"size": str(len(PICTURE)), "binary": "100"},
        PICTURE[50:150],
    )
    assert chunk == PICTURE[:8192]


async def test_a_picture_has_its_type(client: RawClient) -> None:
    said, _ = await picture(client, "readpicture", WITH_COVER)
    assert said["type"] == "image/jpeg"


@pytest.mark.parametrize(("command", "refusal"), [("albumart", "Offset too large"), ("readpicture", "Bad file offset")])
async def test_the_end_of_a_picture(client: RawClient, command: str, refusal: str) -> None:
    said, chunk = await picture(client, command, WITH_COVER, len(PICTURE))
    assert (said["binary"], chunk) == ("0", b"")
    assert (await client.ask(f"{command} {WITH_COVER} {len(PICTURE) + 1}"))[-1] == f"ACK [2@0] {{{command}}} {refusal}"


async def test_a_directory_has_the_cover_of_its_songs(client: RawClient) -> None:
    for uri in ("Shelf/Abba/Arrival", "Shelf/Abba", "Shelf"):
        assert await whole(client, "albumart", uri) == PICTURE


async def test_a_path_of_no_song_has_the_cover_of_its_directory(client: RawClient) -> None:
    for uri in ("Shelf/Abba/Arrival/", "Shelf/Abba/Arrival/cover.jpg"):
        assert await whole(client, "albumart", uri) == PICTURE


@pytest.mark.parametrize("command", ["albumart", "readpicture"])
async def test_files_of_the_computer_are_not_shown(client: RawClient, command: str) -> None:
    for uri in ("/etc/passwd", "/", "file:///etc/passwd"):
        answer = await client.ask(f"{command} {uri} 0")
        assert answer == [f"ACK [4@0] {{{command}}} Access to local files via TCP is not allowed"]


async def test_what_is_not_in_the_cache_is_not_fetched_for_a_picture(client: RawClient, service: LockerServer) -> None:
    calls = service.calls.total()
    assert await client.ask(f"readpicture {WITHOUT_COVER} 0") == ["OK"]
    assert service.calls.total() == calls


async def test_a_song_without_a_picture(client: RawClient) -> None:
    assert await client.ask(f"readpicture {WITHOUT_COVER} 0") == ["OK"]
    assert await client.ask(f"albumart {WITHOUT_COVER} 0") == ["ACK [50@0] {albumart} No file exists"]


async def test_a_song_that_is_not_there(client: RawClient) -> None:
    for uri in ("nowhere", '""', "http://example.org/a.mp3"):
        assert await client.ask(f"readpicture {uri} 0") == ["ACK [50@0] {readpicture} No such song"]
        assert await client.ask(f"albumart {uri} 0") == ["ACK [50@0] {albumart} No file exists"]


class TestSlowService:
    """A service that takes its time for pictures."""

    @pytest.fixture
    async def service(self, service: LockerServer, monkeypatch: pytest.MonkeyPatch) -> LockerServer:
        monkeypatch.setattr(artwork, "_PATIENCE", 0.1)
        service.faults.add(Fault("albumArtGet", latency=0.5))
        return service

    async def test_a_client_waits_for_a_moment_only_and_finds_the_picture_later(
        self, client: RawClient, core: Core, service: LockerServer
    ) -> None:
        refused, read = await asyncio.gather(
            client.ask(f"albumart {WITH_COVER} 0"),
            (await RawClient.connect(_port(client))).ask(f"readpicture {WITH_COVER} 0"),
        )
        assert refused == ["ACK [50@0] {albumart} No file exists"]
        assert read == ["ACK [50@0] {readpicture} No picture available yet"]
        track = core.library.catalog.track_by_uri(WITH_COVER.strip('"'))
        assert track is not None
        async with asyncio.timeout(5):
            await core.streams.artwork("shelf", track.artwork or "")
        assert await whole(client, "albumart", WITH_COVER) == PICTURE
        assert service.calls["albumartget"] == 1


class TestServiceWithoutCovers:
    """A service that has no cover for a file with a picture in it."""

    @pytest.fixture
    async def service(self, service: LockerServer) -> LockerServer:
        service.faults.add(Fault("albumArtGet", status=404, count=None))
        return service

    async def test_the_picture_of_a_file_that_was_played_is_shown(
        self, client: RawClient, core: Core, service: LockerServer
    ) -> None:
        assert await client.ask(f"readpicture {WITH_COVER} 0") == ["OK"]
        track = core.library.catalog.track_by_uri(WITH_COVER.strip('"'))
        assert track is not None
        async for _ in core.streams.read(track):
            pass
        calls = service.calls.total()
        for command in ("readpicture", "albumart"):
            assert await whole(client, command, WITH_COVER) == PICTURE
        assert service.calls.total() == calls


class TestBrokenService:
    """A service that answers with errors."""

    @pytest.fixture
    async def service(self, service: LockerServer) -> LockerServer:
        service.faults.add(Fault("albumArtGet", status=500, count=None))
        return service

    async def test_a_picture_that_cannot_be_read(self, client: RawClient) -> None:
        assert await client.ask(f"albumart {WITH_COVER} 0") == ["ACK [50@0] {albumart} No file exists"]
        assert (await client.ask(f"readpicture {WITH_COVER} 0"))[0].startswith("ACK [50@0] {readpicture}")


def _port(client: RawClient) -> int:
    port: int = client.writer.get_extra_info("peername")[1]
    return port
