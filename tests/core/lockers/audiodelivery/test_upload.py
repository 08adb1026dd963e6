"""Uploads by sessions: what is asked for, what is sent where, and what ends too early."""

import asyncio
import uuid
from pathlib import Path
from typing import Any

import pytest

from mpd_bridge.locker_server import AudiodeliveryOptions, Fault
from music_locker_core.errors import (
    AuthenticationError,
    LockerConnectionError,
    LockerError,
    NotFound,
    ServiceError,
    UploadRejected,
)
from music_locker_core.lockers import audiodelivery_upload as uploads
from music_locker_core.lockers.audiodelivery import UPLOADS
from music_locker_core.lockers.audiodelivery_items import Progress
from music_locker_core.lockers.audiodelivery_parse import Target
from music_locker_core.lockers.base import UploadMetadata
from tests.core.lockers import sounds
from tests.core.lockers.audiodelivery.conftest import Connect, Network

TAGS = {
    "title": "Summer",
    "artist": "Newcomer",
    "album": "2024",
    "albumartist": "Various",
    "tracknumber": "3/9",
    "discnumber": "2",
    "date": "2024-06-01",
    "genre": "Pop",
}


@pytest.fixture
def song(tmp_path: Path) -> Path:
    return sounds.make(tmp_path / "new" / "a song.mp3", seconds=0.7, cover=True, tags=TAGS)


@pytest.mark.row("U1", "U2", "U10", "U11", "U12", "U19", side="adapter")
async def test_one_session_takes_a_batch_and_each_file_one_track_with_its_tags(
    network: Network, song: Path, tmp_path: Path
) -> None:
    other = sounds.make(tmp_path / "new" / "other.mp3", seconds=0.8)
    first = await network.adapter.upload(song)
    second = await network.adapter.upload(other, UploadMetadata("Ours", "Us", "Together", 7, 1999))
    assert [network.calls(name) for name in ("post upload_session", "post upload/track", "put upload")] == [1, 2, 2]
    tracks = await network.tracks()
    summer = tracks["Summer"]
    assert (summer.id, summer.artist, summer.album, summer.album_artist) == (
        first.track_id,
        "Newcomer",
        "2024",
        "Various",
    )
    assert (summer.number, summer.disc, summer.year, summer.genre) == (3, 2, 2024, "Pop")
    assert (summer.file_name, summer.available) == ("a song.mp3", True)
    ours = tracks["Ours"]
    assert (ours.id, ours.artist, ours.album, ours.number, ours.year) == (
        second.track_id,
        "Us",
        "Together",
        7,
        1999,
    )
    assert await network.heard("Summer") == song.read_bytes()
    (collection,) = [one for one in await network.adapter.playlists() if one.title == UPLOADS]
    assert set(await network.adapter.playlist_tracks(collection.id)) == {summer.id, ours.id}
    again = await network.adapter.upload(song)
    assert (again.track_id, again.already_there) == (first.track_id, True)


@pytest.mark.row("U15", side="adapter")
@pytest.mark.row("U16")
async def test_the_cover_of_the_tags_is_posted_where_the_answer_says(network: Network, song: Path) -> None:
    uploaded = await network.adapter.upload(song)
    assert network.calls("post upload/cover") == 1
    assert {request.verb for request in network.sent if "/ingest/" in request.url.path} == {"PUT", "POST"}
    picture = await network.adapter.artwork(f"track-{uploaded.track_id}")
    assert (picture.content, picture.mime_type) == (sounds.PICTURE, "image/jpeg")


@pytest.mark.row("U16")
def test_a_cover_that_is_to_be_put_is_sent_as_it_is() -> None:
    assert uploads.cover_body(sounds.PICTURE, Target("PUT", "url")) == (sounds.PICTURE, {"Content-Type": "image/jpeg"})


async def test_a_cover_that_is_refused_does_not_cost_the_music(network: Network, song: Path) -> None:
    network.server.faults.add(Fault("post upload/cover", status=500))
    uploaded = await network.adapter.upload(song)
    assert (await network.tracks())["Summer"].id == uploaded.track_id


@pytest.mark.row("U3", "U4", "U5", "U8", "U9", side="adapter")
async def test_what_is_told_of_a_session_comes_back(network: Network) -> None:
    collection = (await network.adapter.playlists())[0].id
    told: dict[str, Any] = {"organization_index": "batch 7", "metadata": {"batch_name": "Summer 2024", "n": [1]}}
    made = await network.client.upload_session(collection, creator_id=str(uuid.uuid4()), **told)
    again = await network.client.upload_session_again(made)
    assert (again.id, again.until) == (made.id, made.until)
    assert made.until is not None
    (seen,) = [request for request in network.sent if request.verb == "GET" and made.id in request.url.path]
    assert "Authorization" not in seen.headers


@pytest.mark.row("X6")
async def test_a_session_and_a_track_whose_answers_are_lost_are_not_made_twice(network: Network) -> None:
    collection = (await network.adapter.playlists())[0].id
    made = await network.client.upload_session(collection)
    for method in ("post upload_session", "post upload/track"):
        network.server.faults.add(Fault(method, lose_answer=True))
    with pytest.raises(LockerConnectionError):
        await network.client.upload_session(collection)
    with pytest.raises(LockerConnectionError):
        await network.client.announce(made, {"filename": "a.mp3"})
    assert [network.calls(method) for method in ("post upload_session", "post upload/track")] == [2, 1]


@pytest.mark.row("U17")
async def test_a_file_that_is_late_gets_another_address(connect: Connect, song: Path) -> None:
    network = await connect(AudiodeliveryOptions(address_lifetime=10))
    network.server.faults.add(Fault("put upload", drop_after=10))
    uploaded = await network.adapter.upload(song)
    assert (network.calls("post upload/track"), network.calls("put upload")) == (2, 2)
    assert [track.id for track in (await network.tracks()).values() if track.title == "Summer"] == [uploaded.track_id]


@pytest.mark.row("U18", side="adapter")
async def test_a_session_that_has_ended_is_replaced(network: Network, song: Path, tmp_path: Path) -> None:
    await network.adapter.upload(song)
    network.server.expire_sessions()
    other = sounds.make(tmp_path / "new" / "other.mp3", seconds=0.8)
    uploaded = await network.adapter.upload(other)
    assert network.calls("post upload_session") == 2
    network.server.faults.add(Fault("put upload", expire_sessions=True))
    third = sounds.make(tmp_path / "new" / "third.mp3", seconds=0.9)
    assert uploaded.track_id != (await network.adapter.upload(third)).track_id
    assert network.calls("post upload_session") == 3
    network.server.faults.add(Fault("post upload/track", expire_sessions=True, count=None))
    fourth = sounds.make(tmp_path / "new" / "fourth.mp3", seconds=1.0)
    with pytest.raises(LockerError) as refusal:
        await network.adapter.upload(fourth)
    assert refusal.value.request_id


@pytest.mark.row("U18", side="adapter")
@pytest.mark.row("U22", side="adapter")
async def test_a_session_that_has_ended_is_seen_without_an_http_status(
    connect: Connect, song: Path, tmp_path: Path
) -> None:
    network = await connect(AudiodeliveryOptions(http_errors=False))
    await network.adapter.upload(song)
    network.server.expire_sessions()
    await network.adapter.upload(sounds.make(tmp_path / "new" / "other.mp3", seconds=0.8))
    assert network.calls("post upload_session") == 2
    with pytest.raises(ServiceError) as refusal:
        await network.client.upload_session(str(uuid.uuid4()))
    assert (refusal.value.code, bool(refusal.value.request_id)) == (None, True)


@pytest.mark.row("U20", side="adapter")
@pytest.mark.row("U24")
async def test_ids_that_nobody_knows_are_errors_with_their_request_id(network: Network, song: Path) -> None:
    for collection_id, status in ((str(uuid.uuid4()), 404), ("no-uuid", 400)):
        with pytest.raises(LockerError) as refusal:
            await network.client.upload_session(collection_id)
        assert (refusal.value.code, bool(refusal.value.request_id)) == (status, True)
    with pytest.raises(NotFound):
        await network.adapter.playlist_tracks("../organization")
    other = Network(network.server, network.key, network.adapter, network.client)
    assert other.sent == []
    assert song.exists()


@pytest.mark.row("U21")
async def test_the_key_goes_to_the_api_only(connect: Connect, song: Path, unused_tcp_port: int) -> None:
    elsewhere = f"http://storage.test:{unused_tcp_port}"
    network = await connect(AudiodeliveryOptions(base_url=elsewhere), port=unused_tcp_port)
    await network.adapter.login()
    await network.adapter.upload(song)
    await network.heard("Summer")
    await network.adapter.artwork((await network.tracks())["Summer"].artwork or "none")
    with_key = [request for request in network.sent if "Authorization" in request.headers]
    without = [request for request in network.sent if "Authorization" not in request.headers]
    assert {request.headers["Authorization"] for request in with_key} == {f"Bearer {network.key}"}
    assert {request.url.host for request in with_key} == {"127.0.0.1"}
    assert {"PUT", "POST", "GET"} <= {request.verb for request in without if request.url.host == "storage.test"}
    assert not [request for request in network.sent if network.key in str(request.url)]
    assert not [request for request in with_key if request.url.path.startswith(("/v1/upload/", "/v1/play/"))]


async def test_a_collection_of_the_settings_takes_the_uploads(connect: Connect, song: Path) -> None:
    network = await connect()
    target = next(one for one in await network.adapter.playlists() if one.title == "Arrival")
    chosen = await connect(collection_id=f" {target.id} ")
    uploaded = await chosen.adapter.upload(song)
    assert uploaded.track_id in await chosen.adapter.playlist_tracks(target.id)
    assert UPLOADS not in {one.title for one in await chosen.adapter.playlists()}
    wrong = await connect(collection_id="not an id")
    with pytest.raises(NotFound):
        await wrong.adapter.upload(song)


async def test_a_track_is_waited_for_until_the_service_has_read_it(connect: Connect, song: Path) -> None:
    network = await connect(AudiodeliveryOptions(processing_time=0.1))
    uploaded = await network.adapter.upload(song)
    assert network.calls("get track") > 1
    assert uploaded.track_id is not None
    assert (await network.client.state(uploaded.track_id)).progress is Progress.READY


async def test_a_file_that_the_service_cannot_read_leaves_nothing(network: Network, tmp_path: Path) -> None:
    noise = tmp_path / "noise.mp3"
    noise.write_bytes(b"no music at all " * 50)
    before = set(await network.tracks())
    with pytest.raises(UploadRejected):
        await network.adapter.upload(noise)
    assert set(await network.tracks()) == before
    assert network.calls("delete track") == 1


async def test_files_that_are_sent_at_once_share_one_session(network: Network, tmp_path: Path) -> None:
    songs = [sounds.make(tmp_path / f"new/{number}.mp3", seconds=1 + number / 10) for number in range(3)]
    sent = await asyncio.gather(*map(network.adapter.upload, songs))
    assert len({one.track_id for one in sent}) == 3
    assert network.calls("post upload_session") == 1


async def test_a_file_whose_track_was_deleted_is_sent_again(network: Network, song: Path) -> None:
    first = await network.adapter.upload(song)
    assert first.track_id is not None
    await network.client.delete_track(first.track_id)
    second = await network.adapter.upload(song)
    assert (second.already_there, second.track_id == first.track_id) == (False, False)


async def test_a_key_that_may_not_add_is_told_before_anything_is_sent(network: Network, song: Path) -> None:
    network.server.faults.add(Fault("post upload_session", status=403))
    with pytest.raises(AuthenticationError):
        await network.adapter.upload(song)
    assert network.calls("post upload/track") == 0


@pytest.mark.parametrize("kind", ["m4a", "ogg", "mp3"])
def test_tags_of_every_kind_of_file_are_read(tmp_path: Path, kind: str) -> None:
    path = sounds.make(tmp_path / f"a.{kind}", tags={"title": "T", "artist": "A", "tracknumber": "4"})
    file = uploads.describe(path)
    assert (file.tags["title"], file.tags["artist"], file.tags["track_number"]) == ("T", "A", 4)
    assert (file.cover, file.size) == (None, path.stat().st_size)


def test_what_has_no_tags_tells_its_name_on_one_line(tmp_path: Path) -> None:
    path = tmp_path / "two\nlines.wav"
    path.write_bytes(b"RIFF")
    told = uploads.describe(path).announcement(UploadMetadata(title="a\r\nb"))
    assert (told["file_name"], told["metadata"], told["file_size"]) == ("two lines.wav", {"title": "a b"}, 4)
