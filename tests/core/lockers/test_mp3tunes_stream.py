"""Streams: whole files, ranges, conversion, refusals in headers, and what breaks off."""

import asyncio
from io import BytesIO

import av
import pytest

from mpd_bridge.locker_server import Fault
from mpd_bridge.locker_server.faults import WrongBody
from music_locker_core.errors import AuthenticationError, LockerConnectionError, NotFound, ServiceError
from music_locker_core.lockers.base import StreamInfo, StreamReader
from tests.core.lockers.conftest import TOKEN, Connect, Locker


async def keys(locker: Locker) -> dict[str, str]:
    """The file keys by titles."""
    return {track.title: track.id async for page in locker.adapter.tracks() for track in page}


async def content(reader: StreamReader) -> bytes:
    return b"".join([chunk async for chunk in reader.chunks])


@pytest.fixture
def queen(music_template: object) -> bytes:
    return (music_template / "Abba/2.mp3").read_bytes()  # type: ignore[operator,no-any-return]


@pytest.mark.row("M45", side="adapter")
@pytest.mark.row("M48", side="adapter")
@pytest.mark.row("M49", side="adapter")
@pytest.mark.row("M66", side="adapter")
async def test_a_stream_is_the_file_by_its_key_in_the_path(locker: Locker, queen: bytes) -> None:
    key = (await keys(locker))["Dancing Queen"]
    async with locker.adapter.stream(key) as reader:
        assert reader.info == StreamInfo("audio/mpeg", len(queen), 0, ranges=True)
        assert await content(reader) == queen
    (sent,) = locker.calls("lockerGet")
    assert (sent.verb, sent.url.path) == ("GET", f"/storage/lockerGet/{key}")
    assert set(sent.url.query) == {"sid", "partner_token"}
    assert sent.url.query["partner_token"] == TOKEN


@pytest.mark.row("M47", side="adapter")
async def test_a_file_comes_in_the_format_in_which_it_was_uploaded(locker_v1: Locker) -> None:
    found = await keys(locker_v1)
    for title, mime_type in (("Früh", "audio/ogg"), ("...Money & <More> - Don't", "audio/mp4")):
        async with locker_v1.adapter.stream(found[title]) as reader:
            assert (reader.info.mime_type, reader.info.ranges) == (mime_type, True)


@pytest.mark.row("M46", side="adapter")
async def test_a_file_is_converted_to_mp3_on_request(locker: Locker) -> None:
    key = (await keys(locker))["Früh"]
    async with locker.adapter.stream(key, mp3=True) as reader:
        assert reader.info == StreamInfo("audio/mpeg", None, 0, ranges=False)
        converted = await content(reader)
    with av.open(BytesIO(converted), "r") as container:
        assert container.format.name == "mp3"
        assert next(container.decode(audio=0)).samples > 0
    assert locker.calls("lockerGet")[-1].url.query["fileformat"] == "mp3"


@pytest.mark.row("M48", side="adapter")
@pytest.mark.parametrize("offset", [1, 1000])
async def test_a_stream_begins_at_an_offset(locker: Locker, queen: bytes, offset: int) -> None:
    key = (await keys(locker))["Dancing Queen"]
    async with locker.adapter.stream(key, offset=offset) as reader:
        assert (reader.info.offset, reader.info.length) == (offset, len(queen))
        assert await content(reader) == queen[offset:]
    assert locker.calls("lockerGet")[-1].headers["Range"] == f"bytes={offset}-"


async def test_an_offset_behind_the_end_is_a_service_error(locker_v1: Locker, queen: bytes) -> None:
    key = (await keys(locker_v1))["Dancing Queen"]
    with pytest.raises(ServiceError, match="another part") as refusal:
        async with locker_v1.adapter.stream(key, offset=len(queen)):
            pass
    assert refusal.value.code == 416


async def test_a_conversion_ignores_ranges_and_says_so(locker_v1: Locker) -> None:
    key = (await keys(locker_v1))["Früh"]
    async with locker_v1.adapter.stream(key, offset=500, mp3=True) as reader:
        assert (reader.info.offset, reader.info.ranges) == (0, False)


async def test_a_stream_that_broke_off_goes_on_where_it_ended(locker_v1: Locker, queen: bytes) -> None:
    key = (await keys(locker_v1))["Dancing Queen"]
    locker_v1.server.faults.add(Fault("lockerGet", drop_after=700))
    received = bytearray()

    async def receive() -> None:
        async with locker_v1.adapter.stream(key) as reader:
            async for chunk in reader.chunks:
                received.extend(chunk)

    with pytest.raises(LockerConnectionError, match="broke off"):
        await receive()
    assert received == queen[: len(received)]
    async with locker_v1.adapter.stream(key, offset=len(received)) as reader:
        assert bytes(received) + await content(reader) == queen


@pytest.mark.row("M48", side="adapter")
async def test_a_stream_can_be_left_before_its_end(locker_v1: Locker) -> None:
    key = (await keys(locker_v1))["Dancing Queen"]
    async with locker_v1.adapter.stream(key) as reader:
        assert await anext(reader.chunks)
    async with locker_v1.adapter.stream(key) as reader:
        assert await content(reader)


@pytest.mark.row("M68", side="adapter")
@pytest.mark.row("M38")
@pytest.mark.row("X7")
async def test_an_expired_session_is_renewed_once_for_a_stream(locker: Locker, version: int, queen: bytes) -> None:
    key = (await keys(locker))["Dancing Queen"]
    locker.server.sessions.expire_all()
    locker.sent.clear()
    async with locker.adapter.stream(key) as reader:
        assert await content(reader) == queen
    assert [sent.method for sent in locker.sent] == ["lockerGet", "login", "lockerGet"]
    assert locker.calls("login")[0].url.path == f"/api/v{version}/login"


@pytest.mark.row("M68", side="adapter")
async def test_a_session_that_stays_expired_needs_the_user_after_one_login(locker_v1: Locker) -> None:
    key = (await keys(locker_v1))["Dancing Queen"]
    locker_v1.server.faults.add(Fault("lockerGet", count=None, expire_sessions=True))
    locker_v1.sent.clear()
    with pytest.raises(AuthenticationError) as refusal:
        async with locker_v1.adapter.stream(key):
            pass
    assert refusal.value.code == 401001
    assert [sent.method for sent in locker_v1.sent] == ["lockerGet", "login", "lockerGet"]


@pytest.mark.row("M82")
async def test_a_bare_401_means_an_expired_session_too(locker_v1: Locker) -> None:
    key = (await keys(locker_v1))["Dancing Queen"]
    locker_v1.server.faults.add(Fault("lockerGet", status=401))
    locker_v1.sent.clear()
    async with locker_v1.adapter.stream(key) as reader:
        assert await content(reader)
    assert [sent.method for sent in locker_v1.sent] == ["lockerGet", "login", "lockerGet"]


@pytest.mark.row("M74", side="adapter")
async def test_a_file_that_is_gone_is_not_found(locker: Locker) -> None:
    with pytest.raises(NotFound, match="File Not Found Error") as refusal:
        async with locker.adapter.stream("0" * 32):
            pass
    assert refusal.value.code == 404001


@pytest.mark.row("M45", side="adapter")
@pytest.mark.parametrize("key", ["", "../login", "a/b", "k?x=1", "ä" * 32, "0" * 65])
async def test_what_is_no_file_key_is_not_asked_for(locker_v1: Locker, key: str) -> None:
    locker_v1.sent.clear()
    with pytest.raises(NotFound):
        async with locker_v1.adapter.stream(key):
            pass
    assert locker_v1.sent == []


@pytest.mark.parametrize("body", [WrongBody.HTML, WrongBody.MALFORMED])
async def test_a_page_in_place_of_a_file_is_a_service_error(locker_v1: Locker, body: WrongBody) -> None:
    key = (await keys(locker_v1))["Dancing Queen"]
    locker_v1.server.faults.add(Fault("lockerGet", body=body))
    with pytest.raises(ServiceError, match="page in place of the file"):
        async with locker_v1.adapter.stream(key):
            pass


@pytest.mark.row("M81")
async def test_a_status_of_no_table_is_a_service_error_with_its_code(locker_v1: Locker) -> None:
    key = (await keys(locker_v1))["Dancing Queen"]
    locker_v1.server.faults.add(Fault("lockerGet", status=507))
    with pytest.raises(ServiceError) as refusal:
        async with locker_v1.adapter.stream(key):
            pass
    assert refusal.value.code == 507


async def test_a_stream_whose_reader_is_cancelled_leaves_nothing_open(connect: Connect) -> None:
    locker = await connect()
    key = (await keys(locker))["Dancing Queen"]
    begun = asyncio.Event()

    async def listen() -> None:
        async with locker.adapter.stream(key) as reader:
            await anext(reader.chunks)
            begun.set()
            await asyncio.Event().wait()

    listener = asyncio.create_task(listen())
    async with asyncio.timeout(5):
        await begun.wait()
        listener.cancel()
        with pytest.raises(asyncio.CancelledError):
            await listener
    async with locker.adapter.stream(key) as reader:
        assert await content(reader)
