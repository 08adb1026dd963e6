"""Reading, playing and pictures: what is asked for, how often, and what is kept."""

from pathlib import Path

import pytest
from yarl import URL

from mpd_bridge.locker_server import AudiodeliveryOptions, Fault
from music_locker_core.errors import LockerError, NotFound, ServiceError, Unavailable
from music_locker_core.library import Library
from music_locker_core.lockers.audiodelivery_items import (
    Delivery,
    Variant,
    best_variant,
    chosen_delivery,
)
from music_locker_core.lockers.base import Capability
from music_locker_core.models import PlaylistKind
from tests.core.lockers import sounds
from tests.core.lockers.audiodelivery.conftest import Connect, Network
from tests.core.lockers.conftest import USER

QUEEN = "Dancing Queen"


async def test_collections_are_playlists_and_their_tracks_have_albums_and_artists(
    network: Network, tmp_path: Path
) -> None:
    library = await Library.open(tmp_path / "library.db")
    await library.add_locker("adn", "Network")
    await library.sync("adn", network.adapter)
    contents = library.catalog.contents["adn"]
    arrival = next(playlist for playlist in contents.playlists if playlist.title == "Arrival")
    assert (arrival.kind, arrival.editable) == (PlaylistKind.COLLECTION, False)
    assert {track.title for track in contents.playlist_tracks(arrival.id)} >= {QUEEN, "Früh"}
    album = next(album for album in contents.albums if album.id == arrival.id)
    assert (album.title, album.artist, album.year, album.track_count) == ("Arrival", "Abba", 1976, 3)
    assert {"Abba", "Björk", "Cream"} <= {artist.name for artist in contents.artists}
    assert Capability.CHANGE_MARKER not in network.adapter.capabilities
    await library.close()


async def test_lists_are_read_to_their_end_page_by_page(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = set(await network.tracks())
    for module in ("audiodelivery", "audiodelivery_client"):
        monkeypatch.setattr(f"music_locker_core.lockers.{module}.PAGE", 1)
    paged = await network.tracks()
    assert (set(paged), len(whole) > 4) == (whole, True)


async def test_a_play_session_is_kept_for_a_track_and_its_addresses_are_asked_for_anew(network: Network) -> None:
    whole = await network.heard(QUEEN)
    track = (await network.tracks())[QUEEN]
    async with network.adapter.stream(track.id, offset=1000) as reader:
        assert (reader.info.offset, reader.info.ranges, reader.info.length) == (1000, True, len(whole))
        assert b"".join([chunk async for chunk in reader.chunks]) == whole[1000:]
    assert [network.calls(name) for name in ("post play_session", "get play", "get delivery")] == [1, 1, 2]
    assert network.calls("get variant") == 1


async def test_a_play_session_that_has_ended_is_replaced_unseen_and_not_for_ever(network: Network) -> None:
    whole = await network.heard(QUEEN)
    network.server.expire_sessions()
    assert await network.heard(QUEEN) == whole
    network.server.faults.add(Fault("get delivery", expire_sessions=True))
    assert await network.heard(QUEEN) == whole
    assert network.calls("post play_session") == 3
    network.server.faults.add(Fault("get delivery", expire_sessions=True, count=None))
    with pytest.raises(ServiceError) as refusal:
        await network.heard(QUEEN)
    assert (refusal.value.code, network.calls("get delivery")) == (403, 6)


async def test_a_session_that_is_about_to_end_is_not_used(connect: Connect) -> None:
    network = await connect(AudiodeliveryOptions(address_lifetime=5))
    whole = await network.heard(QUEEN)
    assert await network.heard(QUEEN) == whole


async def test_the_bit_rate_chooses_a_smaller_variant(network: Network) -> None:
    whole, small = await network.heard("loose"), await network.heard("loose", bit_rate=40)
    assert len(small) < len(whole)
    assert [request.url.path[-7:] for request in network.sent if "/delivery/" in request.url.path] == [
        "_hq.mp3",
        "_32.mp3",
    ]


async def test_a_download_is_the_original(network: Network) -> None:
    track = (await network.tracks())["Früh"]
    async with network.adapter.download(track.id) as reader:
        content = b"".join([chunk async for chunk in reader.chunks])
    assert content == await network.heard("Früh")
    assert network.calls("get play/download") == 1
    network.server.faults.add(Fault("get play/download", status=403))
    with pytest.raises(Unavailable, match="allows no downloads"):
        async with network.adapter.download(track.id):
            pass


async def test_a_cover_whose_address_has_ended_is_asked_for_anew(network: Network) -> None:
    track = (await network.tracks())[QUEEN]
    assert track.artwork is not None
    network.server.faults.add(Fault("get delivery", expire_sessions=True))
    assert (await network.adapter.artwork(track.artwork)).content == sounds.PICTURE
    network.server.faults.add(Fault("get delivery", status=403, count=None))
    with pytest.raises(ServiceError):
        await network.adapter.artwork(track.artwork)
    loose = (await network.tracks())["loose"]
    with pytest.raises(NotFound):
        await network.adapter.artwork(f"track-{loose.id}")


async def test_what_is_being_worked_on_is_listed_and_not_available(connect: Connect, tmp_path: Path) -> None:
    network = await connect(AudiodeliveryOptions(processing_time=60))
    collection = (await network.adapter.playlists())[0].id
    session = await network.client.upload_session(collection)
    announced = await network.client.announce(session, {"file_name": "a.mp3"})
    assert announced.track_id not in {track.id for track in (await network.tracks()).values()}
    assert announced.track_id not in await network.adapter.playlist_tracks(collection)
    await network.client.send_file(announced.file, sounds.encoded("mp3", 0.9), {})
    (track,) = [track for track in (await network.tracks()).values() if track.id == announced.track_id]
    assert not track.available
    with pytest.raises(Unavailable) as refusal:
        async with network.adapter.stream(track.id):
            pass
    assert refusal.value.code == 422


async def test_what_is_no_id_is_not_asked_for(network: Network) -> None:
    await network.adapter.login()
    network.sent.clear()
    for track_id in ("", "..", "a/b", "ä"):
        with pytest.raises(NotFound):
            async with network.adapter.stream(track_id):
                pass
        with pytest.raises(NotFound):
            await network.adapter.artwork(f"track-{track_id}")
    assert network.sent == []


async def test_a_key_is_known_by_its_organization_or_where_there_is_none_by_its_server(network: Network) -> None:
    account = await network.adapter.login()
    assert account.name == USER
    network.server.faults.add(Fault("get organization", status=404, count=None))
    assert (await network.adapter.login()).unique_id == str(URL(network.server.url).authority)
    assert network.key not in repr(account)
    network.server.faults.clear()
    for method in ("post play_session", "get play", "get variant"):
        network.server.faults.add(Fault(method, body="html"))  # type: ignore[arg-type]
    with pytest.raises(LockerError):
        await network.adapter.login()


@pytest.mark.parametrize(
    ("mp3", "bit_rate", "index"),
    [(False, None, "src"), (False, 200, "128"), (False, 20, "32"), (True, None, "320"), (True, 100, "32")],
)
def test_the_best_variant_that_was_asked_for_is_chosen(mp3: bool, bit_rate: int | None, index: str) -> None:
    variants = [
        Variant("src", original=True),
        Variant("aac", "audio/mp4", 256),
        Variant("128", "audio/mp4", 128),
        Variant("320", "audio/mpeg", 320),
        Variant("32", "audio/mpeg", 32),
    ]
    best = best_variant(variants, mp3=mp3, bit_rate=bit_rate)
    assert best is not None
    assert best.index == index


def test_a_track_that_lacks_the_best_variant_plays_in_another() -> None:
    lq, hq = Delivery("lq", "http://a/lq"), Delivery("hq", "http://a/hq")
    assert chosen_delivery([lq], [Variant("hq"), Variant("lq")]) == lq
    assert chosen_delivery([lq, hq], [Variant("other")]) == hq
    assert chosen_delivery([], [Variant("hq")]) is None


async def test_one_reading_reads_each_collection_once(network: Network) -> None:
    async with network.adapter.reading():
        before = network.calls("get collection/track")
        tracks = await network.tracks()
        collections = await network.adapter.playlists()
        listed = [await network.adapter.playlist_tracks(collection.id) for collection in collections]
        assert network.calls("get collection/track") - before == len(collections)
    assert {track_id for ids in listed for track_id in ids} == {track.id for track in tracks.values()}
    assert listed == [await network.adapter.playlist_tracks(collection.id) for collection in collections]
    assert network.calls("get collection/track") - before == 2 * len(collections)
