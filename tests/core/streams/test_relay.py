"""What a speaker gets over HTTP."""

import asyncio
import logging

import aiohttp
import pytest
from multidict import CIMultiDictProxy

from music_locker_core.errors import (
    AuthenticationError,
    LockerConnectionError,
    LockerError,
    NotFound,
    RateLimited,
    ServiceError,
    Unavailable,
    UnavailableReason,
)
from music_locker_core.models import Track
from tests.core.streams.conftest import Site


async def fetch(
    site: Site, track: Track, method: str = "GET", **headers: str
) -> tuple[int, CIMultiDictProxy[str], bytes]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with site.http.request(method, site.url(track), headers=named) as response:
        return response.status, response.headers, await response.read()


async def test_a_track_is_served_whole(site: Site, megabyte: bytes) -> None:
    track = site.add(content=megabyte)
    status, headers, body = await fetch(site, track)
    assert (status, body) == (200, megabyte)
    assert headers["Content-Length"] == str(len(megabyte))
    assert headers["Content-Type"] == "audio/mpeg"
    assert headers["Accept-Ranges"] == "bytes"


async def test_head_tells_the_same_without_a_body(site: Site, megabyte: bytes) -> None:
    track = site.add(content=megabyte)
    status, headers, body = await fetch(site, track, "HEAD", Range="bytes=5-9")
    assert (status, body) == (200, b"")
    assert headers["Content-Length"] == str(len(megabyte))
    assert headers["ETag"] == (await fetch(site, track))[1]["ETag"]


@pytest.mark.parametrize(
    ("header", "first", "end"),
    [("bytes=0-", 0, 1000), ("bytes=10-19", 10, 20), ("bytes=990-2000", 990, 1000), ("bytes=-10", 990, 1000)],
)
async def test_a_range_is_served(site: Site, megabyte: bytes, header: str, first: int, end: int) -> None:
    track = site.add(content=megabyte[:1000])
    status, headers, body = await fetch(site, track, Range=header)
    assert (status, body) == (206, megabyte[first:end])
    assert headers["Content-Range"] == f"bytes {first}-{end - 1}/1000"
    assert headers["Content-Length"] == str(end - first)


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=-0", "bytes=5-2", "bytes=x"])
async def test_a_range_that_is_not_there_gets_416(site: Site, megabyte: bytes, header: str) -> None:
    status, headers, _ = await fetch(site, site.add(content=megabyte[:1000]), Range=header)
    assert (status, headers["Content-Range"]) == (416, "bytes */1000")


async def test_several_ranges_get_the_whole(site: Site, megabyte: bytes) -> None:
    status, _, body = await fetch(site, site.add(content=megabyte), Range="bytes=0-1,5-6")
    assert (status, body) == (200, megabyte)


async def test_an_empty_file_is_served(site: Site) -> None:
    track = site.add(content=b"")
    status, headers, body = await fetch(site, track)
    assert (status, headers["Content-Length"], body) == (200, "0", b"")
    assert (await fetch(site, track, Range="bytes=0-"))[0] == 416


async def test_who_has_the_file_already_is_told_so(site: Site, megabyte: bytes) -> None:
    track = site.add(content=megabyte)
    etag = (await fetch(site, track))[1]["ETag"]
    for header in (etag, f'"other", W/{etag}', "*"):
        status, headers, body = await fetch(site, track, If_None_Match=header)
        assert (status, headers["ETag"], body) == (304, etag, b"")
    assert (await fetch(site, track, If_None_Match='"other"'))[0] == 200


async def test_a_range_of_an_older_file_gets_the_whole_new_one(site: Site, megabyte: bytes) -> None:
    track = site.add(content=megabyte)
    etag = (await fetch(site, track))[1]["ETag"]
    assert (await fetch(site, track, Range="bytes=5-9", If_Range=etag))[0] == 206
    for other in ('"other"', f"W/{etag}", "Sat, 21 Nov 2026 07:00:00 GMT"):
        status, _, body = await fetch(site, track, Range="bytes=5-9", If_Range=other)
        assert (status, body) == (200, megabyte)


@pytest.mark.parametrize("ranges", [True, False], ids=["ranges", "no ranges"])
async def test_a_broken_upstream_goes_on_at_the_byte_where_it_broke(site: Site, megabyte: bytes, ranges: bool) -> None:
    track = site.add(content=megabyte)
    site.locker.ranges = ranges
    site.locker.drop_at = [0, 1, 100_000, 700_000, len(megabyte) - 1]
    assert (await fetch(site, track))[2] == megabyte
    assert site.locker.opened == [0, 0, 1, 100_000, 700_000, len(megabyte) - 1]


async def test_a_service_that_tells_no_length_is_served_whole_and_in_ranges(site: Site, megabyte: bytes) -> None:
    track = site.add(content=megabyte)
    site.locker.tells_length = False
    status, headers, body = await fetch(site, track, Range="bytes=1000-1999")
    assert (status, body) == (206, megabyte[1000:2000])
    status, headers, body = await fetch(site, track, Range="bytes=-1000")
    assert (status, body) == (206, megabyte[-1000:])
    assert headers["Content-Range"].endswith(f"/{len(megabyte)}")
    status, _, body = await fetch(site, track)
    assert (status, body) == (200, megabyte)


async def test_while_no_length_is_known_none_is_told(site: Site, megabyte: bytes) -> None:
    track = site.add(content=megabyte)
    site.locker.tells_length = False
    site.locker.hold_at = 500_000
    status, headers, _ = await fetch(site, track, "HEAD")
    assert status == 200
    assert "Content-Length" not in headers
    assert "ETag" not in headers
    status, headers, body = await fetch(site, track, Range="bytes=1000-1999")
    assert (status, headers["Content-Range"], body) == (206, "bytes 1000-1999/*", megabyte[1000:2000])
    async with site.http.get(site.url(track)) as response:
        assert "Content-Length" not in response.headers
        site.locker.released.set()
        assert await response.read() == megabyte


async def test_a_range_far_ahead_does_not_wait_for_the_bytes_before_it(site: Site, megabyte: bytes) -> None:
    track = site.add(content=megabyte)
    site.locker.hold_at = 100_000
    status, _, body = await fetch(site, track, Range="bytes=900000-900999")
    assert (status, body) == (206, megabyte[900_000:901_000])
    assert site.locker.opened == [0, 900_000]


async def test_a_range_far_ahead_survives_a_broken_upstream(site: Site, megabyte: bytes) -> None:
    track = site.add(content=megabyte)
    site.locker.hold_at = 100_000
    site.locker.drop_at = [800_000]
    status, _, body = await fetch(site, track, Range="bytes=700000-900000")
    assert (status, body) == (206, megabyte[700_000:900_001])
    assert site.locker.opened == [0, 700_000, 800_000]


async def test_without_ranges_at_the_service_a_range_far_ahead_waits(site: Site, megabyte: bytes) -> None:
    track = site.add(content=megabyte)
    site.locker.ranges = False
    site.locker.hold_at = 100_000
    asking = asyncio.create_task(fetch(site, track, Range="bytes=900000-900999"))
    async with site.http.get(site.url(track)) as response:
        await response.content.readexactly(100_000)
        site.locker.released.set()
        assert (await asking)[2] == megabyte[900_000:901_000]
    assert site.locker.opened == [0]


async def test_many_speakers_share_one_fetch(site: Site, megabyte: bytes) -> None:
    track = site.add(content=megabyte)
    site.locker.hold_at = 10
    asking = [asyncio.create_task(fetch(site, track)) for _ in range(8)]
    async with site.http.get(site.url(track)):
        site.locker.released.set()
    assert {answer[2] for answer in await asyncio.gather(*asking)} == {megabyte}
    assert site.locker.opened == [0]


@pytest.mark.parametrize("version", ["1.0", "1.1"])
async def test_the_oldest_speakers_are_served(site: Site, megabyte: bytes, version: str) -> None:
    track = site.add(content=megabyte)
    site.locker.tells_length = False
    site.locker.hold_at = 1000
    reader, writer = await asyncio.open_connection(site.server.host, site.server.port)
    path = site.streams.path("kitchen", track)
    writer.write(f"GET {path} HTTP/{version}\r\nHost: h\r\nConnection: close\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    site.locker.released.set()
    body = await reader.read()
    writer.close()
    chunked = b"chunked" in head
    assert b" 200 " in head.partition(b"\r\n")[0]
    assert chunked is (version == "1.1")
    assert chunked or body == megabyte


async def test_a_bad_token_gets_403(site: Site, megabyte: bytes) -> None:
    track = site.add(content=megabyte)
    good = site.streams.path("kitchen", track)
    token = good.split("/")[4]
    for path in (good.replace(token, "x" * 22), good.replace(token, token[:-1]), good + "x.y", good[:-5] + ".mp3"):
        async with site.http.get(site.server.make_url(path)) as response:
            assert response.status == 403
            assert token not in await response.text()
    assert site.locker.opened == []


async def test_raising_the_generation_revokes_what_an_output_was_given(site: Site, megabyte: bytes) -> None:
    track = site.add(content=megabyte)
    url = site.url(track)
    site.streams.register_output("kitchen", 1)
    async with site.http.get(url) as response:
        assert response.status == 403
    assert (await fetch(site, track))[0] == 200


async def test_a_track_that_the_library_lost_gets_404(site: Site, megabyte: bytes) -> None:
    track = site.add(content=megabyte)
    site.tracks.clear()
    assert (await fetch(site, track))[0] == 404


async def test_a_track_that_the_service_does_not_play_gets_410(site: Site, megabyte: bytes) -> None:
    assert (await fetch(site, site.add(content=megabyte, available=False)))[0] == 410


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NotFound("x"), b"The locker does not give this track any more\n"),
        (Unavailable("x"), b"The locker does not give this track any more\n"),
        (Unavailable(reason=UnavailableReason.DOWNLOADS_USED_UP), b"The downloads of this track are used up\n"),
    ],
)
async def test_a_track_that_the_service_gives_no_more_gets_410(site: Site, error: LockerError, said: bytes) -> None:
    track = site.add(content=b"x")
    site.locker.errors = [error]
    status, _, body = await fetch(site, track)
    assert (status, body) == (410, said)


@pytest.mark.parametrize(
    ("errors", "seconds"),
    [
        ([LockerConnectionError("secret")] * 3, "10"),
        ([ServiceError("secret")] * 3, "10"),
        ([AuthenticationError("secret")], "10"),
        ([RateLimited("secret", retry_after=90)], "90"),
    ],
)
async def test_trouble_with_the_service_gets_503_and_when_to_ask_again(
    site: Site, errors: list[LockerError], seconds: str
) -> None:
    track = site.add(content=b"x")
    site.locker.errors = list(errors)
    status, headers, body = await fetch(site, track)
    assert (status, headers["Retry-After"]) == (503, seconds)
    assert b"secret" not in body
    assert (await fetch(site, track))[0] == 200


async def test_a_locker_that_is_not_connected_gets_503(site: Site) -> None:
    track = site.add(content=b"x")
    site.connected = False
    assert (await fetch(site, track))[0] == 503


async def test_a_service_that_is_gone_for_good_cuts_the_response(
    site: Site, megabyte: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    track = site.add(content=megabyte)
    site.locker.drop_at = [500_000] * 9
    caplog.set_level(logging.DEBUG)
    async with site.http.get(site.url(track)) as response:
        assert response.status == 200
        with pytest.raises(aiohttp.ClientPayloadError):
            await response.read()
    assert [record.levelname for record in caplog.records if "could not be fetched" in record.message] == ["WARNING"]
    assert site.streams.path("kitchen", track).split("/")[4] not in "".join(
        record.getMessage() for record in caplog.records if record.name.startswith("music_locker")
    )
    site.locker.drop_at = []
    assert (await fetch(site, track))[2] == megabyte
    assert site.locker.opened[-1] == 499_999  # the byte before: what is there might be all, and services refuse an end


async def test_a_file_that_changes_under_way_is_not_mixed(site: Site, megabyte: bytes) -> None:
    track = site.add(content=megabyte)
    site.locker.drop_at = [500_000]
    site.locker.hold_at = 400_000
    async with site.http.get(site.url(track)) as response:
        etag = response.headers["ETag"]
        site.locker.files["t1"] = megabyte[:-9]
        site.locker.released.set()
        body = await read_until_cut(response)
    assert megabyte.startswith(body)
    status, headers, body = await fetch(site, track, Range="bytes=5-", If_Range=etag)
    assert (status, body) == (200, megabyte[:-9])
    assert headers["ETag"] != etag


async def read_until_cut(response: aiohttp.ClientResponse) -> bytes:
    received = b""
    try:
        async for chunk in response.content.iter_any():
            received += chunk
    except aiohttp.ClientPayloadError:
        return received
    pytest.fail("The response was not cut")


async def test_closing_the_streams_ends_what_is_served(site: Site, megabyte: bytes) -> None:
    track = site.add(content=megabyte)
    site.locker.hold_at = 100_000
    async with site.http.get(site.url(track)) as response:
        await response.content.readexactly(100_000)
        await site.streams.close()
        await read_until_cut(response)
    assert (await fetch(site, track))[0] == 503


async def test_a_speaker_that_stops_reading_or_vanishes_does_not_stop_the_others(site: Site, megabyte: bytes) -> None:
    track = site.add(content=megabyte * 16)
    _, paused = await ask_without_reading(site, track)
    _, vanished = await ask_without_reading(site, track)
    vanished.transport.abort()
    assert (await fetch(site, track))[2] == megabyte * 16
    paused.close()
    assert site.locker.opened == [0]


async def ask_without_reading(site: Site, track: Track) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection(site.server.host, site.server.port, limit=1024)
    writer.write(f"GET {site.streams.path('kitchen', track)} HTTP/1.1\r\nHost: h\r\n\r\n".encode())
    await reader.readuntil(b"\r\n\r\n")
    return reader, writer
