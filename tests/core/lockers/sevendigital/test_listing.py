"""The whole locker, read from a real server: signed, page by page, in either format, whatever happens meanwhile."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from mpd_bridge.locker_server import Fault
from music_locker_core.errors import AuthenticationError, LockerConnectionError, NotFound, RateLimited
from music_locker_core.lockers.sevendigital_parse import LockerPage
from music_locker_core.lockers.sevendigital_walk import Walk
from music_locker_core.models import Downloads, Track
from tests.core.lockers.sevendigital.conftest import MORE, USER, Open, Shop
from tests.mpd_bridge.locker_server import audio


@pytest.mark.row("S1", "S2", "S3", "S4", "S5", "S42", side="adapter")
async def test_a_user_who_has_authorised_us_is_asked_for_with_the_token(shop: Shop) -> None:
    await shop.client(country="DE").locker(page=2, page_size=3, sort="purchaseDate desc")
    (sent,) = shop.sent
    assert sent.url.path == "/1.2/user/locker"
    assert sent.url.raw_query_string == "pageSize=3&page=2&sort=purchaseDate%20desc&country=DE"
    header = sent.headers["Authorization"]
    assert header.startswith("OAuth ")
    assert f'oauth_token="{shop.token[0]}"' in header
    assert 'oauth_signature_method="HMAC-SHA1"' in header
    assert sent.headers["Accept"] == "application/json"


@pytest.mark.row("S5", "S42", side="adapter")
async def test_a_user_whom_the_application_manages_is_asked_for_by_number(shop: Shop) -> None:
    adapter = shop.adapter(shop.managed())
    account = await adapter.login()
    assert account.unique_id == shop.managed()["user_id"]
    (sent,) = shop.sent
    assert sent.url.query["userId"] == account.unique_id
    assert "oauth_token=" not in sent.headers["Authorization"]
    assert len(await shop.tracks(adapter)) == MORE + 4
    async with adapter.stream((await shop.tracks(adapter))["Hero"].id) as reader:
        assert await anext(reader.chunks)
    assert shop.sent[-1].url.query["userId"] == account.unique_id


@pytest.mark.row("S5", side="adapter")
async def test_a_release_a_track_and_a_purchase_can_be_asked_for(shop: Shop) -> None:
    client = shop.client()
    release, track = (await shop.tracks())["First"].id.split("-")
    (whole,) = (await client.locker(release_id=release)).releases
    assert len(whole.tracks) == 2
    (part,) = (await client.locker(release_id=release, track_id=track)).releases
    assert [bought.track.title for bought in part.tracks] == ["First"]
    with pytest.raises(NotFound):
        await client.locker(purchase_id="1")
    assert {"releaseId", "trackId"} <= set(shop.sent[-2].url.query)
    assert shop.sent[-1].url.query["purchaseId"] == "1"


@pytest.mark.row("S6", "S7", "S8", "S9", "S11", "S12", "S13", "S14", "S15", "S17", "S20", "S24", side="adapter")
@pytest.mark.row("S18", "S19", "S21", "S22", "S28", "S39", "S41")
async def test_both_formats_old_and_new_give_the_same_locker(open_shop: Open) -> None:
    pages: list[LockerPage] = []
    seen: list[set[Track]] = []
    for older in (False, True):
        shop = await open_shop(older_xml=older, json_from_xml=older)
        pages += [await shop.client(xml=xml).locker(page_size=50) for xml in (False, True)]
        accepted = [sent.headers["Accept"] for sent in shop.sent]
        assert accepted == ["application/json", "application/xml"]
    assert [page.total for page in pages] == [MORE + 3] * 4
    for page in pages:  # the addresses of pictures name the port
        tracks = (bought.track for release in page.releases for bought in release.tracks)
        seen.append({replace(track, artwork=None) for track in tracks})
    assert seen[0] == seen[1] == seen[2] == seen[3]
    assert pages[0] == pages[1]
    found = {release.album.title: release for release in pages[1].releases}
    awake, smith, box = (found[title] for title in ("Awake", "Original Album Classics", "Box"))
    hero, gloria = awake.tracks[0], smith.tracks[0].track
    assert (awake.album.artist, awake.album.year, smith.album.year) == ("Skillet", 2013, 2008)
    assert (hero.track.number, hero.track.disc, hero.track.duration) == (1, 1, None)
    assert [one.format.mime_type for one in hero.downloads] == ["audio/mpeg"]
    assert hero.track.added is not None
    assert hero.track.added.tzinfo is not None
    assert (gloria.title, gloria.mime_type, gloria.number) == ("Gloria (Digitally Remastered 1996)", "audio/flac", 2)
    assert {(bought.track.title, bought.track.disc) for bought in box.tracks} == {("First", 1), ("Zoë's Last", 2)}
    assert {artist.name for artist in box.artists} >= {"Abba", "Björk"}


@pytest.mark.row("S9", side="adapter")
@pytest.mark.row("S10")
async def test_one_reading_asks_for_every_page_once(shop: Shop) -> None:
    adapter = shop.adapter()
    async with adapter.reading():
        artists = [artist async for page in adapter.artists() for artist in page]
        albums = [album async for page in adapter.albums() for album in page]
        tracks = [track async for page in adapter.tracks() for track in page]
    assert [sent.url.query["page"] for sent in shop.sent] == ["1", "2"]
    assert (len(albums), len(tracks)) == (MORE + 3, MORE + 4)
    assert len(artists) == len({artist.id for artist in artists})
    assert {track.artist_id for track in tracks} <= {artist.id for artist in artists}
    assert {track.album_id for track in tracks} == {album.id for album in albums}
    await shop.tracks(adapter)
    assert len(shop.sent) == 4


@pytest.mark.row("S10")
async def test_releases_that_come_and_go_between_two_pages_are_neither_missed_nor_doubled(
    open_shop: Open, music: Path
) -> None:
    shop = await open_shop(music)
    walk = Walk(shop.client(), page_size=20)
    pages = walk.pages()
    titles = [release.album.title for release in await anext(pages)]
    gone = [number for number in range(MORE) if f"More {number}" in titles][:5]
    for number in gone:
        (music / f"more{number}.mp3").unlink()
    await shop.server.scan()
    titles += [release.album.title for release in await anext(pages)]
    audio.make(music / "late.mp3", title="Late", artist="Newcomer", album="Late")
    await shop.server.scan()
    titles += [release.album.title async for releases in pages for release in releases]
    assert len(titles) == len(set(titles))
    assert set(titles) == {"Awake", "Original Album Classics", "Box", "Late", *(f"More {n}" for n in range(MORE))}
    again = [release async for releases in walk.pages() for release in releases]
    assert len(again) == len(titles)


@pytest.mark.row("S10")
async def test_an_empty_page_is_the_end(open_shop: Open, music: Path) -> None:
    shop = await open_shop(music)
    pages = Walk(shop.client(), page_size=20).pages()
    first = await anext(pages)
    for path in music.iterdir():
        path.unlink()
    await shop.server.scan()
    assert [releases async for releases in pages] == []
    assert len(first) == 20
    assert len(shop.sent) <= 3
    assert [release async for releases in Walk(shop.client()).pages() for release in releases] == []


async def test_a_change_shows_in_the_marker_and_costs_one_request(open_shop: Open, music: Path) -> None:
    shop = await open_shop(music)
    adapter = shop.adapter()
    before = await adapter.change_marker()
    assert before is not None
    assert await adapter.change_marker() == before
    assert len(shop.sent) == 2
    assert before.count("-") == 2, "a locker of several pages is read once a day in any case"
    newest = next(iter((await shop.client().locker(sort="purchaseDate desc")).releases))
    shop.server.sevendigital.withdraw(int(newest.album.id))
    withdrawn = await adapter.change_marker()
    for number in range(3, MORE):
        (music / f"more{number}.mp3").unlink()
    await shop.server.scan()
    short = await adapter.change_marker()
    assert len({before, withdrawn, short}) == 3
    assert short is not None
    assert "-" not in short, "a locker of one page is seen whole"


@pytest.mark.row("S32", "S29", "S30")
async def test_the_last_download_is_told_in_a_word(shop: Shop) -> None:
    before = (await shop.tracks())["Hero"]
    assert before.downloads is Downloads.ALLOWED
    track = int(before.id.split("-")[1])
    shop.server.sevendigital.set_remaining(USER, track, 1)
    assert (await shop.tracks())["Hero"].downloads is Downloads.LAST
    shop.server.sevendigital.set_remaining(USER, track, 0)
    used_up = (await shop.tracks())["Hero"]
    assert (used_up.downloads, used_up.available) == (Downloads.USED_UP, True)


@pytest.mark.row("S42", side="adapter")
async def test_a_clock_that_is_wrong_is_told_with_both_times(open_shop: Open) -> None:
    shop = await open_shop(clock=lambda: time.time() - 7200)
    with pytest.raises(AuthenticationError, match=r"the clock here shows 20\d\d-.* UTC, the service's 20\d\d-.* UTC"):
        await shop.adapter().login()


@pytest.mark.row("S42", side="adapter")
@pytest.mark.parametrize(
    ("wrong", "setting"),
    [
        ({"consumer_key": "another"}, "consumer_key"),
        ({"consumer_secret": "another"}, "consumer_secret"),
        ({"token": "another"}, None),
        ({"token_secret": "another"}, "consumer_secret"),
        ({"token": "", "token_secret": "", "user_id": "987654"}, "user_id"),
        ({"country": "Elbonia"}, "country"),
    ],
    ids=str,
)
async def test_what_is_refused_is_named(shop: Shop, wrong: dict[str, str], setting: str | None) -> None:
    with pytest.raises(AuthenticationError) as refusal:
        await shop.adapter(shop.settings(**wrong)).login()
    assert refusal.value.setting == setting
    assert len(shop.sent) == 1


@pytest.mark.row("S42", side="adapter")
async def test_a_request_that_was_sent_again_below_us_is_signed_anew(shop: Shop) -> None:
    """Do what aiohttp does by itself where a connection that it had kept breaks: the service has seen the nonce."""
    adapter = shop.adapter()
    await adapter.login()
    shop.server.faults.add(Fault("user/locker", lose_answer=True))
    assert await adapter.login()
    assert shop.server.calls["user/locker"] == 4
    shop.server.faults.add(Fault("user/locker", lose_answer=True, count=None))
    with pytest.raises(LockerConnectionError):
        await adapter.login()


async def test_a_key_that_has_asked_too_often_is_told_for_how_long_to_wait(open_shop: Open) -> None:
    shop = await open_shop(rate_limit=1)
    await shop.adapter().login()
    with pytest.raises(RateLimited) as refusal:
        await shop.adapter().login()
    assert refusal.value.retry_after is not None
    assert 0 < refusal.value.retry_after <= 86_400
