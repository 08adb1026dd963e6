"""Streams, downloads and pictures of a real server: what is asked for, what is not, and what comes in their place."""

import logging
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from io import BytesIO
from pathlib import Path

import av
import pytest
from yarl import URL

from mpd_bridge.locker_server import Fault
from mpd_bridge.locker_server.faults import WrongBody
from music_locker_core.errors import LockerError, NotFound, ServiceError, Unavailable, UnavailableReason
from music_locker_core.lockers.base import StreamReader
from music_locker_core.lockers.sevendigital_client import hosts, is_the_service
from music_locker_core.lockers.sevendigital_formats import Format
from music_locker_core.lockers.sevendigital_parse import Download
from music_locker_core.models import Downloads
from tests.core.lockers.sevendigital.conftest import USER, Open, Shop
from tests.mpd_bridge.locker_server import audio

GLORIA = "Gloria (Digitally Remastered 1996)"
STREAM, DOWNLOAD = "stream/locker", "media/user/downloadtrack"


async def whole(opened: AbstractAsyncContextManager[StreamReader]) -> bytes:
    async with opened as reader:
        return b"".join([chunk async for chunk in reader.chunks])


def kind(content: bytes) -> str:
    with av.open(BytesIO(content), "r") as container:
        return str(container.format.name)


@pytest.mark.row("S4", "S42", side="adapter")
@pytest.mark.row("S33", "S34")
async def test_playing_streams_and_spends_no_download(shop: Shop, shop_music: Path) -> None:
    adapter = shop.adapter()
    gloria = (await shop.tracks(adapter))[GLORIA]
    track = int(gloria.id.split("-")[1])
    shop.server.sevendigital.set_remaining(USER, track, 1)
    file = (shop_music / "gloria.flac").read_bytes()
    assert await whole(adapter.stream(gloria.id)) == file
    async with adapter.stream(gloria.id, offset=100) as reader:
        assert reader.info.mime_type == gloria.mime_type
        assert b"".join([chunk async for chunk in reader.chunks]) == file[reader.info.offset :]
    first, second = shop.asked(STREAM)
    for sent in (first, second):
        assert {"releaseId", "trackId", "country", "oauth_token", "oauth_signature"} <= set(sent.url.query)
        assert "Authorization" not in sent.headers
    assert first.url.query["oauth_nonce"] != second.url.query["oauth_nonce"]
    assert second.headers["Range"] == "bytes=100-"
    assert shop.asked(DOWNLOAD) == []
    assert (await shop.tracks())[GLORIA].downloads is Downloads.LAST


@pytest.mark.row("S33", "S31", "S29")
async def test_what_has_no_download_left_streams_and_is_not_downloaded(shop: Shop, shop_music: Path) -> None:
    adapter = shop.adapter()
    hero = (await shop.tracks(adapter))["Hero"]
    shop.server.sevendigital.set_remaining(USER, int(hero.id.split("-")[1]), 0)
    with pytest.raises(Unavailable, match="All downloads of this track are used up") as refusal:
        await whole(adapter.download(hero.id))
    assert refusal.value.reason == UnavailableReason.DOWNLOADS_USED_UP
    assert shop.asked(DOWNLOAD) == []
    assert await whole(adapter.stream(hero.id)) == (shop_music / "awake.mp3").read_bytes()


@pytest.mark.row("S25", "S26", "S30", "S32", "S34")
async def test_a_download_takes_the_best_file_and_spends_one(shop: Shop, shop_music: Path) -> None:
    adapter = shop.adapter()
    gloria = (await shop.tracks(adapter))[GLORIA]
    track = int(gloria.id.split("-")[1])
    shop.server.sevendigital.set_remaining(USER, track, 2)
    assert await whole(adapter.download(gloria.id)) == (shop_music / "gloria.flac").read_bytes()
    (sent,) = shop.asked(DOWNLOAD)
    assert sent.url.query["formatid"] == "45"
    assert sent.url.query["shopid"] == "1064"
    assert "oauth_signature" in sent.url.query
    last = (await shop.tracks(adapter))[GLORIA]
    assert last.downloads is Downloads.LAST
    with pytest.raises(NotFound):
        await whole(adapter.download("1-999999"))


@pytest.mark.row("S26", "S27")
async def test_nothing_is_signed_for_a_host_that_an_answer_names(shop: Shop) -> None:
    release, track = (await shop.tracks())["Hero"].id.split("-")
    told = (
        "https://evil.example/media/user/downloadtrack?formatid=17&shopid=6",
        f"{shop.server.url}/media/user/downloadtrack...",
        "downloadtrack...",
        "http://[::",
        None,
    )
    for url in told:
        download = Download(url, Format("26", "audio/mpeg", 128))
        shop.sent.clear()
        async with shop.client().download(release, track, 0, download) as response:
            await response.read()
        (sent,) = shop.sent
        assert sent.url.origin() == URL(shop.server.url)
        assert "shopid" not in sent.url.query


@pytest.mark.row("S26")
def test_the_services_own_hosts_are_asked_over_tls() -> None:
    own = hosts({"url": "https://api.7digital.com/1.2/", "media_url": "http://127.0.0.1:9"})
    assert str(own.api) == "https://api.7digital.com"
    assert str(own.stream) == "https://stream.svc.7digital.net"
    assert str(own.account) == "https://account.7digital.com"
    assert str(own.media) == "http://127.0.0.1:9"
    assert str(hosts({"url": "http://api.7digital.com"}).media) == "https://media.geo.7digital.com"
    mine = hosts({"url": "http://192.168.1.20:8090", "stream_url": "streams.example"})
    assert {str(mine.api), str(mine.media), str(mine.account)} == {"http://192.168.1.20:8090"}
    assert str(mine.stream) == "https://streams.example"
    assert is_the_service({"url": "api.7digital.com"})
    assert not is_the_service({"url": "http://192.168.1.20:8090"})


@pytest.mark.row("S35", "S36", side="adapter")
@pytest.mark.row("S37")
async def test_a_withdrawn_release_is_listed_and_nothing_is_asked_for_it(shop: Shop) -> None:
    adapter = shop.adapter()
    hero = (await shop.tracks(adapter))["Hero"]
    shop.server.sevendigital.withdraw(int(hero.album_id or ""))
    for xml in (False, True):
        (release,) = (await shop.client(xml=xml).locker(release_id=hero.album_id)).releases
        (bought,) = release.tracks
        assert (bought.track.available, bought.track.downloads, bought.downloads) == (False, Downloads.NONE, [])
    listed = (await shop.tracks(adapter))["Hero"]
    assert (listed.available, listed.title, listed.added) == (False, hero.title, hero.added)
    shop.sent.clear()
    for opened in (adapter.stream(hero.id), adapter.download(hero.id)):
        with pytest.raises(Unavailable, match="does not offer this release any more") as refusal:
            await whole(opened)
        assert refusal.value.reason == UnavailableReason.WITHDRAWN
    assert shop.sent == []
    shop.server.sevendigital.withdraw(int(hero.album_id or ""), withdrawn=False)
    assert (await shop.tracks(adapter))["Hero"].available
    assert await whole(adapter.stream(hero.id))


@pytest.mark.row("S35", "S38", side="adapter")
@pytest.mark.parametrize("http_errors", [True, False])
async def test_a_page_in_place_of_a_withdrawn_track_is_an_error(open_shop: Open, http_errors: bool) -> None:
    shop = await open_shop(http_errors=http_errors)
    hero = (await shop.tracks())["Hero"]
    shop.server.sevendigital.withdraw(int(hero.album_id or ""))
    adapter = shop.adapter()  # which has not read the locker
    with pytest.raises(LockerError) as refusal:
        await whole(adapter.stream(hero.id))
    assert isinstance(refusal.value, (Unavailable, ServiceError))
    with pytest.raises(Unavailable, match="does not offer"):
        await whole(adapter.download(hero.id))
    assert shop.asked(DOWNLOAD) == []


@pytest.mark.row("S38", side="adapter")
async def test_any_page_in_place_of_a_download_is_an_error(shop: Shop) -> None:
    adapter = shop.adapter()
    hero = (await shop.tracks(adapter))["Hero"]
    for body in (WrongBody.HTML, WrongBody.MALFORMED):
        shop.server.faults.add(Fault(DOWNLOAD, body=body))
        with pytest.raises(ServiceError):
            await whole(adapter.download(hero.id))


@pytest.mark.row("S25")
async def test_a_slow_output_gets_the_small_mp3(shop: Shop) -> None:
    adapter = shop.adapter()
    gloria = (await shop.tracks(adapter))[GLORIA]
    small = await whole(adapter.stream(gloria.id, bit_rate=64))
    assert kind(small) == kind(await whole(adapter.stream(gloria.id, mp3=True))) == "mp3"
    assert kind(await whole(adapter.stream(gloria.id, bit_rate=320))) == "flac"
    assert [sent.url.query.get("formatId") for sent in shop.asked(STREAM)] == ["26", "26", None]


@pytest.mark.row("S25", "S33")
async def test_the_service_itself_streams_an_mp3_of_what_it_has_sold_and_lists_it_as_one(shop: Shop) -> None:
    own = {"url": "http://api.7digital.com", "stream_url": shop.server.url, "media_url": shop.server.url}
    adapter = shop.adapter(shop.settings(**own))
    gloria = (await shop.tracks(adapter))[GLORIA]
    assert (gloria.mime_type, gloria.bit_rate) == ("audio/mpeg", 128)
    assert kind(await whole(adapter.stream(gloria.id))) == "mp3"
    assert kind(await whole(adapter.download(gloria.id))) == "flac"


async def test_a_track_that_is_offered_in_no_format_that_plays_is_not_downloaded(open_shop: Open, music: Path) -> None:
    audio.make(music / "film.flv")
    shop = await open_shop(music, conversions=False)
    adapter = shop.adapter()
    film = (await shop.tracks(adapter))["film"]
    assert film.downloads is Downloads.NONE
    with pytest.raises(Unavailable, match="no file of this track"):
        await whole(adapter.download(film.id))
    assert shop.asked(DOWNLOAD) == []


@pytest.mark.row("S16", "S39")
async def test_a_picture_is_asked_for_larger_than_it_is_named_and_unsigned(shop: Shop) -> None:
    adapter = shop.adapter()
    tracks = await shop.tracks(adapter)
    named = tracks["Hero"].artwork
    assert named is not None
    assert named.endswith("_50.jpg")
    picture = await adapter.artwork(named)
    assert (picture.content, picture.mime_type) == (audio.PICTURE, "image/jpeg")
    sent = shop.sent[-1]
    assert sent.url.path.endswith("_800.jpg")
    assert "Authorization" not in sent.headers
    assert not sent.url.query
    shop.sent.clear()
    shop.server.faults.add(Fault("static", status=404, count=2))
    assert await adapter.artwork(named) == picture
    assert [sent.url.path.rpartition("_")[2] for sent in shop.sent] == ["800.jpg", "350.jpg", "50.jpg"]
    assert await adapter.artwork(named.replace("_50.jpg", "_100.jpg")) == picture


@pytest.mark.row("S39")
async def test_a_picture_elsewhere_is_not_fetched(shop: Shop) -> None:
    adapter = shop.adapter()
    for name in (
        "http://127.0.0.1:1/a_50.jpg",
        "https://7static.com.evil.example/x_50.jpg",
        "file:///etc/x_50.jpg",
        "/x",
        "http://[",
    ):
        with pytest.raises(NotFound):
            await adapter.artwork(name)
    assert shop.sent == []


@pytest.fixture
async def noted(shop: Shop, caplog: pytest.LogCaptureFixture) -> AsyncIterator[list[str]]:
    """Texts that must hold no secret."""
    caplog.set_level(logging.DEBUG)
    texts: list[str] = []
    yield texts
    said = " ".join(texts) + caplog.text
    signatures = {sent.url.query.get("oauth_signature", "") for sent in shop.sent} - {""}
    assert signatures
    for secret in (shop.consumer.secret, *shop.token, *signatures):
        assert secret not in said
    assert "remaining" not in " ".join(texts).casefold()


@pytest.mark.row("S30")
async def test_no_text_tells_a_secret_or_how_many_downloads_are_left(shop: Shop, noted: list[str]) -> None:
    adapter = shop.adapter()
    hero = (await shop.tracks(adapter))["Hero"]
    shop.server.sevendigital.set_remaining(USER, int(hero.id.split("-")[1]), 777_777)
    noted += [repr(await shop.client().locker()), repr(await shop.tracks(adapter)), repr(adapter)]
    async with adapter.stream(hero.id) as reader:
        noted.append(repr(reader))
    for fault in (
        {"status": 401},
        {"status": 500, "count": 3},
        {"body": WrongBody.HTML},
        {"drop_after": 3, "count": 3},
    ):
        shop.server.faults.add(Fault(STREAM, **fault))
        with pytest.raises(LockerError) as refusal:
            await whole(adapter.stream(hero.id))
        noted.append(f"{refusal.value} {refusal.value!r} {refusal.value.__cause__}")
        shop.server.faults.clear()
    assert "777777" not in " ".join(noted)
