"""The bytes of a track: as the adapter gives them, and as a speaker gets them whatever happens to the service."""

from collections.abc import AsyncIterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import av
import pytest

from music_locker_core.errors import (
    AuthenticationError,
    LockerConnectionError,
    LockerError,
    NotFound,
    RateLimited,
    ServiceError,
)
from music_locker_core.lockers.base import Adapter, Capability
from music_locker_core.models import Track
from tests.conformance.folder import LONG, SONGS
from tests.conformance.harness import Site
from tests.conformance.speaker import Speaker, open_speaker
from tests.conformance.subject import Call

pytestmark = pytest.mark.needs(Capability.STREAM)


@pytest.fixture
async def speaker(site: Site, tmp_path: Path) -> AsyncIterator[Speaker]:
    async with open_speaker(site, tmp_path / "cache") as made:
        yield made


@pytest.fixture
async def track(site: Site) -> Track:
    return (await site.tracks())[LONG.title]


@pytest.fixture
def content(site: Site) -> bytes:
    return site.server.content[LONG.path]


async def heard(adapter: Adapter, track_id: str, offset: int = 0, *, mp3: bool = False) -> tuple[int, bytes]:
    """Where a stream began, and all its bytes."""
    async with adapter.stream(track_id, offset=offset, mp3=mp3) as reader:
        return reader.info.offset, b"".join([chunk async for chunk in reader.chunks])


# The adapter


async def test_every_track_streams_as_it_lies_in_the_folder(site: Site) -> None:
    tracks = await site.tracks()
    for song in SONGS:
        async with site.adapter.stream(tracks[song.title].id) as reader:
            assert reader.info.mime_type == song.mime_type
            assert reader.info.length in {len(site.server.content[song.path]), None}
            assert b"".join([chunk async for chunk in reader.chunks]) == site.server.content[song.path]


async def test_a_stream_begins_at_an_offset_or_before(site: Site, track: Track, content: bytes) -> None:
    for offset in (0, 1, 1000, len(content) - 1):
        start, body = await heard(site.adapter, track.id, offset)
        assert start <= offset
        assert content[start:] == body


async def test_an_offset_at_the_end_is_an_error_of_the_one_family(site: Site, track: Track, content: bytes) -> None:
    try:
        assert await heard(site.adapter, track.id, len(content)) == (0, content)
    except LockerError as error:
        assert error.code == 416  # noqa: PT017 - a service without ranges sends the whole file


@pytest.mark.needs(Capability.TRANSCODE)
async def test_a_track_is_converted_to_mp3_on_request(site: Site) -> None:
    ogg = next(song for song in SONGS if song.mime_type == "audio/ogg")
    _, body = await heard(site.adapter, (await site.tracks())[ogg.title].id, mp3=True)
    with av.open(BytesIO(body), "r") as container:
        assert container.format.name == "mp3"


async def test_a_track_that_is_not_there_is_not_found(site: Site, track: Track) -> None:
    unknown = "".join(chr(ord(letter) ^ 1) if letter.isalnum() else letter for letter in track.id)
    for track_id in (unknown, "", "../login", "a/b?c=d", "ä" * 40):
        with pytest.raises(NotFound):
            await heard(site.adapter, track_id)


async def test_a_stream_that_breaks_off_goes_on_where_it_ended(site: Site, track: Track, content: bytes) -> None:
    await site.break_next(Call.STREAM, drop_after=5000)
    received = bytearray()

    async def receive() -> None:
        async with site.adapter.stream(track.id) as reader:
            async for chunk in reader.chunks:
                received.extend(chunk)

    with pytest.raises(LockerConnectionError):
        await receive()
    assert content.startswith(received)
    start, rest = await heard(site.adapter, track.id, len(received))
    assert bytes(received[:start]) + rest == content


@pytest.mark.row("X7")
async def test_a_session_is_renewed_once_for_a_stream_and_not_for_ever(site: Site, track: Track) -> None:
    logins = await site.asked(Call.LOGIN)
    await site.expire_sessions()
    await heard(site.adapter, track.id)
    assert await site.asked(Call.LOGIN) == logins + site.subject.sessions
    if not site.subject.sessions:
        return
    await site.break_next(Call.STREAM, expire_sessions=True, count=None)
    with pytest.raises(AuthenticationError):
        await heard(site.adapter, track.id)
    assert await site.asked(Call.LOGIN) == logins + 2


async def test_what_comes_in_place_of_a_file_is_an_error_with_its_code(site: Site, track: Track) -> None:
    for body in ("html", "malformed"):
        await site.break_next(Call.STREAM, body=body)
        with pytest.raises(ServiceError):
            await heard(site.adapter, track.id)
    for status in (418, 500, 507):
        await site.break_next(Call.STREAM, status=status, count=3)
        with pytest.raises(ServiceError) as refusal:
            await heard(site.adapter, track.id)
        assert refusal.value.code == status
        await site.mend()
    await site.break_next(Call.STREAM, status=503, retry_after=99)
    with pytest.raises(RateLimited) as busy:
        await heard(site.adapter, track.id)
    assert busy.value.retry_after == 99


# The speaker


@pytest.mark.row("X8")
async def test_a_speakers_address_holds_nothing_of_the_services(site: Site, speaker: Speaker, track: Track) -> None:
    answer = await speaker.ask(track)
    secrets = site.subject.secrets() | site.secrets
    said = f"{answer.address} {answer.headers}"
    assert not [secret for secret in secrets if secret in said]


async def test_a_speaker_gets_the_whole_file(speaker: Speaker, track: Track, content: bytes) -> None:
    answer = await speaker.ask(track)
    assert (answer.status, answer.body) == (200, content)
    assert answer.headers["Content-Type"] == LONG.mime_type
    assert answer.headers["Accept-Ranges"] == "bytes"


async def test_head_tells_the_same_without_a_body(speaker: Speaker, track: Track, content: bytes) -> None:
    answer = await speaker.ask(track, "HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers.get("Content-Length", str(len(content))) == str(len(content))


@pytest.mark.parametrize(
    ("header", "first", "end"),
    [("bytes=0-", 0, None), ("bytes=10-19", 10, 20), ("bytes=5000-999999999", 5000, None), ("bytes=-100", -100, None)],
)
async def test_a_speaker_gets_a_range(
    speaker: Speaker, track: Track, content: bytes, header: str, first: int, end: int | None
) -> None:
    answer = await speaker.ask(track, Range=header)
    assert (answer.status, answer.body) == (206, content[first:end])
    begin, stop, _ = slice(first, end).indices(len(content))
    assert answer.headers["Content-Range"].rpartition("/")[0] == f"bytes {begin}-{stop - 1}"


async def test_a_range_that_is_not_there_gets_416(speaker: Speaker, track: Track, content: bytes) -> None:
    for header in (f"bytes={len(content)}-", "bytes=-0", "bytes=9-3"):
        assert (await speaker.ask(track, Range=header)).status == 416


@pytest.mark.parametrize("at", [0, 1, 5000, -1])
async def test_a_service_that_breaks_off_is_not_heard(
    site: Site, speaker: Speaker, track: Track, content: bytes, at: int
) -> None:
    await site.break_next(Call.STREAM, drop_after=at % len(content))
    assert (await speaker.ask(track)).body == content


async def test_a_session_that_expires_in_the_middle_is_not_heard(
    site: Site, speaker: Speaker, track: Track, content: bytes
) -> None:
    await site.break_next(Call.STREAM, drop_after=5000)
    await site.break_next(Call.STREAM, expire_sessions=True)
    logins = await site.asked(Call.LOGIN)
    answer = await speaker.ask(track)
    assert (answer.status, answer.body) == (200, content)
    assert await site.asked(Call.LOGIN) == logins + site.subject.sessions


@pytest.mark.parametrize(
    "fault",
    [{"status": 500}, {"status": 503, "retry_after": 0}, {"body": "html"}, {"latency": 0.05}, {"lose_answer": True}],
    ids=str,
)
async def test_trouble_in_the_middle_is_not_heard(
    site: Site, speaker: Speaker, track: Track, content: bytes, fault: dict[str, object]
) -> None:
    await site.break_next(Call.STREAM, drop_after=5000)
    await site.break_next(Call.STREAM, **fault)
    assert (await speaker.ask(track)).body == content


async def test_a_service_that_is_busy_or_gone_is_told_with_a_status(site: Site, speaker: Speaker, track: Track) -> None:
    await site.break_next(Call.STREAM, status=503, retry_after=77)
    answer = await speaker.ask(track)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "77")
    for fault in ({"body": "html"}, {"status": 500}):
        await site.break_next(Call.STREAM, count=None, **fault)
        assert (await speaker.ask(track)).status == 503, fault
        await site.mend()
    await site.break_next(Call.STREAM, count=None, status=404)
    assert (await speaker.ask(track)).status == 410


async def test_a_track_that_was_heard_once_is_heard_without_the_service(
    site: Site, speaker: Speaker, track: Track, content: bytes
) -> None:
    assert (await speaker.ask(track)).body == content
    await site.break_next(Call.STREAM, status=500, count=None)
    assert (await speaker.ask(track)).body == content
    assert (await speaker.ask(track, Range="bytes=-9")).body == content[-9:]


async def test_a_track_that_went_from_the_service_is_gone(site: Site, speaker: Speaker, track: Track) -> None:
    (site.music / LONG.path).unlink()
    await site.look()
    assert (await speaker.ask(track)).status == 410
    with pytest.raises(NotFound):
        await heard(site.adapter, replace(track).id)
