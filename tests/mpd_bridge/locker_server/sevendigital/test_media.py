"""Streams, downloads and pictures: what is sent, what is counted, and the page that comes instead."""

import asyncio
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import aiohttp
import av
import pytest

from mpd_bridge.locker_server import Fault
from tests.mpd_bridge.locker_server import audio
from tests.mpd_bridge.locker_server.sevendigital.conftest import PASSWORD, USER, Answer, Client, Shop

STREAM = "/stream/locker"
DOWNLOAD = "/media/user/downloadtrack"


def refused(answer: Answer, status: int, code: int) -> None:
    """Check that a page of an error comes instead of media."""
    assert (answer.status, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert f"({code})" in answer.text
    assert "<html" in answer.text


async def remaining(client: Client, title: str) -> int | None:
    """Return how often a track can be downloaded, None where that is not told."""
    for release in (await client.locker("country=GB&pageSize=50")).releases:
        for entry in release["lockerTracks"]["lockerTrack"]:
            if entry["track"]["title"] == title:
                return cast("int | None", entry.get("remainingDownloads"))
    raise LookupError(title)


async def test_a_stream_is_the_file_with_ranges_and_costs_no_download(client: Client, shop_music: Path) -> None:
    file = (shop_music / "awake.mp3").read_bytes()
    track, release = await client.ids("Hero")
    for target in (
        f"{STREAM}?trackId={track}",
        f"{STREAM}/?trackid={track}&releaseid={release}&formatid=17&country=GB",
    ):
        answer = await client.get(target)
        assert (answer.status, answer.headers["Content-Type"], answer.body) == (200, "audio/mpeg", file)
    part = await client.get(f"{STREAM}?trackId={track}", headers={"Range": "bytes=100-199"})
    assert (part.status, part.headers["Content-Range"], part.body) == (206, f"bytes 100-199/{len(file)}", file[100:200])
    head = await client.get(f"{STREAM}?trackId={track}", method="HEAD")
    assert (head.status, head.headers["Content-Length"], head.body) == (200, str(len(file)), b"")
    behind = await client.get(f"{STREAM}?trackId={track}", headers={"Range": f"bytes={len(file)}-"})
    assert (behind.status, behind.headers["Content-Range"]) == (416, f"bytes */{len(file)}")
    client.part.set_remaining(USER, track, 0)
    assert (await client.get(f"{STREAM}?trackId={track}")).body == file
    assert await remaining(client, "Hero") == 0
    assert client.server.calls["stream/locker"] == 6


@pytest.mark.parametrize("target", [STREAM, DOWNLOAD])
async def test_what_is_missing_or_wrong_gets_a_page(client: Client, target: str) -> None:
    track, release = await client.ids("Hero")
    refused(await client.get(target), 400, 1001)
    refused(await client.get(f"{target}?trackid=x"), 400, 1002)
    refused(await client.get(f"{target}?trackid=999"), 404, 2001)
    refused(await client.get(f"{target}?trackid={track}&releaseid={release + 1}"), 404, 2001)
    refused(await client.get(f"{target}?trackid={track}&formatid=99"), 400, 1002)
    refused(await client.get(f"{target}?trackid={track}&formatid=45"), 403, 2002)
    unsigned = await client.send(f"{target}?trackid={track}")
    assert (unsigned.status, unsigned.headers["Content-Type"]) == (401, "text/plain; charset=utf-8")


@pytest.mark.row("S20", "S24", side="server")
async def test_a_listed_url_is_a_download_and_is_counted_for_each_account_alone(
    client: Client, shop_music: Path
) -> None:
    client.server.add_account("bob", PASSWORD)
    bob = client.part.token("bob", client.consumer)
    track, release = await client.ids("Hero")
    (listed,) = (await client.locker(f"country=GB&releaseId={release}")).releases
    (entry,) = listed["lockerTracks"]["lockerTrack"]
    original, smaller = [url["url"] for url in entry["downloadUrls"]["downloadUrl"]]
    assert entry["remainingDownloads"] == 10
    answer = await client.get(original)
    assert (answer.status, answer.body) == (200, (shop_music / "awake.mp3").read_bytes())
    converted = await client.get(smaller)
    assert (converted.headers["Content-Type"], converted.headers["Accept-Ranges"]) == ("audio/mpeg", "none")
    assert audio.decoded_seconds(converted.body) == pytest.approx(0.3, abs=0.1)
    assert (await client.get(original, method="HEAD")).status == 200
    assert await remaining(client, "Hero") == 8
    assert (await client.get(original, token=bob)).status == 200
    assert await remaining(client, "Hero") == 8
    client.part.set_remaining(USER, track, 1)
    assert (await client.get(original)).status == 200
    for method in ("GET", "HEAD"):
        used_up = await client.get(original, method=method)
        assert (used_up.status, used_up.headers["Content-Type"]) == (403, "text/html; charset=utf-8")
    assert await remaining(client, "Hero") == 0


async def test_the_last_download_is_given_to_one_of_many_at_once(client: Client) -> None:
    track, _release = await client.ids("Hero")
    client.part.set_remaining(USER, track, 1)
    answers = await asyncio.gather(*(client.get(f"{DOWNLOAD}?trackid={track}") for _ in range(5)))
    assert sorted(answer.status for answer in answers) == [200, 403, 403, 403, 403]


async def test_the_rest_of_a_download_that_broke_off_is_no_second_one(client: Client) -> None:
    track, _release = await client.ids("Hero")
    client.part.set_remaining(USER, track, 1)
    target, rest = f"{DOWNLOAD}?trackid={track}&formatid=17", {"Range": "bytes=100-"}
    client.server.faults.add(Fault("media/user/downloadtrack", drop_after=100))
    with pytest.raises(aiohttp.ClientError):
        await client.get(target)
    client.clock.now += 3000
    assert (await client.get(target, headers=rest)).status == 206
    refused(await client.get(target), 403, 2002)
    client.clock.now += 3000
    refused(await client.get(target, headers=rest), 403, 2002)
    client.part.set_remaining(USER, track, 2)
    assert (await client.get(target, headers=rest)).status == 206
    assert await remaining(client, "Hero") == 1


@pytest.mark.row("S20", side="server")
async def test_how_often_is_a_matter_of_the_licensor(shop: Shop) -> None:
    client = await shop(downloads=3, downloads_by_licensor={"SONY MUSIC": 1}, licensors={"Epic": "Sony Music"})
    truth = "Do You Want The Truth Or Something Beautiful?"
    assert [await remaining(client, title) for title in (truth, "Hero")] == [1, 3]
    track, _release = await client.ids(truth)
    assert (await client.get(f"{DOWNLOAD}?trackid={track}")).status == 200
    refused(await client.get(f"{DOWNLOAD}?trackid={track}"), 403, 2002)


@pytest.mark.row("S35", "S38", side="server")
async def test_a_release_that_is_withdrawn_is_neither_streamed_nor_downloaded(client: Client) -> None:
    track, release = await client.ids("Hero")
    targets = [f"{STREAM}?trackid={track}", f"{DOWNLOAD}?trackid={track}&releaseid={release}&formatid=17"]
    client.part.withdraw(release)
    for target in targets:
        refused(await client.get(target), 403, 2002)
    assert (await client.get(targets[0], method="HEAD")).status == 403
    client.part.withdraw(release, withdrawn=False)
    assert [(await client.get(target)).status for target in targets] == [200, 200]
    assert await remaining(client, "Hero") == 9


@pytest.mark.row("S36", side="server")
async def test_a_release_that_is_withdrawn_tells_nothing_of_downloads(client: Client) -> None:
    _track, release = await client.ids("Hero")
    client.part.withdraw(release)
    (listed,) = (await client.locker(f"country=GB&releaseId={release}")).releases
    (entry,) = listed["lockerTracks"]["lockerTrack"]
    assert (listed["available"], entry["downloadUrls"]) == (False, None)
    assert "download" not in listed["release"]
    assert "remainingDownloads" not in entry
    root = (await client.get(f"/1.2/user/locker?country=GB&releaseId={release}")).xml
    assert root.findtext(".//available") == "false"
    assert not {"download", "downloadUrls", "remainingDownloads"} & {element.tag for element in root.iter()}


@pytest.mark.row("S38", side="server")
async def test_the_page_comes_with_200_for_clients_of_older_days(shop: Shop) -> None:
    client = await shop(http_errors=False)
    track, release = await client.ids("Hero")
    client.part.withdraw(release)
    refused(await client.get(f"{STREAM}?trackid={track}"), 200, 2002)


async def test_formats_are_the_files_own_or_made_while_they_are_sent(client: Client, shop_music: Path) -> None:
    track, _release = await client.ids("Gloria")
    original = await client.get(f"{STREAM}?trackid={track}&formatid=45")
    assert (original.headers["Content-Type"], original.body) == (
        "audio/flac",
        (shop_music / "gloria.flac").read_bytes(),
    )
    sizes = []
    for number, kind in ((17, "audio/mpeg"), (48, "audio/mpeg"), (56, "audio/aac"), (26, "audio/mpeg")):
        made = await client.get(f"{STREAM}?trackid={track}&formatid={number}")
        assert made.headers["Content-Type"] == kind
        assert audio.decoded_seconds(made.body) == pytest.approx(0.3, abs=0.1)
        sizes.append(len(made.body))
    assert sizes == sorted(sizes, reverse=True)
    refused(await client.get(f"{STREAM}?trackid={track}&formatid=52"), 403, 2002)
    refused(await client.get(f"{DOWNLOAD}?trackid={track}&formatid=26"), 403, 2002)
    ogg, _release = await client.ids("First")
    assert (await client.get(f"{STREAM}?trackid={ogg}")).headers["Content-Type"] == "audio/ogg"


async def test_without_conversions_there_is_the_files_own_format_only(shop: Shop) -> None:
    client = await shop(conversions=False)
    track, _release = await client.ids("Gloria")
    assert (await client.get(f"{DOWNLOAD}?trackid={track}&formatid=45")).status == 200
    for target in (STREAM, DOWNLOAD):
        refused(await client.get(f"{target}?trackid={track}&formatid=17"), 403, 2002)


async def test_a_file_that_is_gone_or_damaged_costs_no_download(shop: Shop, tmp_path: Path) -> None:
    file = audio.make(tmp_path / "music/a.flac", title="A")
    (tmp_path / "state").mkdir()
    client = await shop(tmp_path / "music", state=tmp_path / "state")
    track, _release = await client.ids("A")
    file.write_bytes(b"nothing")
    refused(await client.get(f"{DOWNLOAD}?trackid={track}&formatid=17"), 500, 9001)
    file.unlink()
    for target in (STREAM, DOWNLOAD):
        for query in ("", "&formatid=17"):
            refused(await client.get(f"{target}?trackid={track}{query}"), 404, 2001)
    assert await remaining(client, "A") == 10


@pytest.mark.row("S12", side="server")
async def test_pictures_come_in_the_size_that_the_address_ends_with(shop: Shop, tmp_path: Path) -> None:
    audio.make(tmp_path / "music/a.mp3", title="A", album="B")
    (tmp_path / "music/cover.png").write_bytes(picture(400, 300))
    (tmp_path / "state").mkdir()
    client = await shop(tmp_path / "music", state=tmp_path / "state")
    (listed,) = (await client.locker()).releases
    image = listed["release"]["image"]
    assert image == f"{client.server.url}/static/img/sleeveart/00/000/000/0000000001_50.jpg"
    for size, wanted in ((50, (50, 38)), (350, (350, 262)), (800, (400, 300)), (0, (1, 1))):
        answer = await client.send(image.replace("_50", f"_{size}"))
        assert (answer.status, answer.headers["Content-Type"]) == (200, "image/jpeg")
        assert dimensions(answer.body) == wanted
    refused(await client.send(image.replace("1_50", "2_50")), 404, 2001)


async def test_a_picture_that_cannot_be_made_smaller_is_sent_as_it_is(client: Client) -> None:
    releases = {entry["release"]["title"]: entry["release"] for entry in (await client.locker()).releases}
    answer = await client.send(releases["Awake"]["image"])
    assert (answer.headers["Content-Type"], answer.body) == ("image/jpeg", audio.PICTURE)
    assert "image" not in releases["Box"]


async def test_an_account_with_a_folder_has_what_lies_in_it_only(shop: Shop, tmp_path: Path) -> None:
    audio.make(tmp_path / "music/Bob/a.flac", title="His", album="Both")
    audio.make(tmp_path / "music/b.flac", title="Hers", album="Both")
    (tmp_path / "state").mkdir()
    client = await shop(tmp_path / "music", state=tmp_path / "state")
    client.server.add_account("bob", PASSWORD)
    client.server.accounts.set_folder("bob", "Bob")
    his, hers = await client.ids("His"), await client.ids("Hers")
    client.token = client.part.token("bob", client.consumer)
    (release,) = (await client.locker()).releases
    assert [entry["track"]["id"] for entry in release["lockerTracks"]["lockerTrack"]] == [his[0]]
    for target in (STREAM, DOWNLOAD):
        assert (await client.get(f"{target}?trackid={his[0]}")).status == 200
        refused(await client.get(f"{target}?trackid={hers[0]}"), 404, 2001)


async def test_what_is_streamed_is_known_as_played(client: Client) -> None:
    track, _release = await client.ids("Hero")
    await client.get(f"{STREAM}?trackid={track}", method="HEAD")
    await client.get(f"{STREAM}?trackid={track}", headers={"Range": "bytes=100-"})
    assert not await client.server.locker.plays()
    await client.get(f"{STREAM}?trackid={track}")
    assert [played.title for played, _at in await client.server.locker.plays()] == ["Hero"]


def picture(width: int, height: int) -> bytes:
    """Return a real PNG."""
    encoder = cast("Any", av.CodecContext.create("png", "w"))
    encoder.width, encoder.height, encoder.pix_fmt, encoder.time_base = width, height, "rgb24", Fraction(1)
    frame = av.VideoFrame(width, height, "rgb24")
    return b"".join(bytes(packet) for packet in (*encoder.encode(frame), *encoder.encode(None)))


def dimensions(content: bytes) -> tuple[int, int]:
    """Return width and height of a picture."""
    with av.open(BytesIO(content), "r") as container:
        frame = next(container.decode(video=0))
    return frame.width, frame.height
