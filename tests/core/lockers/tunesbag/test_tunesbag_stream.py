"""Delivery: tickets, formats and bit rates, before a real locker server, in XML and in JSON."""

from io import BytesIO

import av
import pytest
from yarl import URL

from mpd_bridge.locker_server import Fault
from music_locker_core.errors import LockerConnectionError, NotFound, ServiceError, Unavailable
from music_locker_core.lockers import tunesbag_links as links
from music_locker_core.lockers.tunesbag import Tunesbag
from music_locker_core.lockers.tunesbag_parse import Delivery
from tests.conformance.folder import LONG, QUEEN, SONGS
from tests.core.lockers.tunesbag.conftest import ANN, BOB, Account


async def key_of(account: Account, title: str = LONG.title) -> str:
    return next(item.key for item in (await account.client.items()).items if item.name == title)


async def heard(adapter: Tunesbag, track_id: str, *, mp3: bool = False, bit_rate: int | None = None) -> bytes:
    async with adapter.stream(track_id, mp3=mp3, bit_rate=bit_rate) as reader:
        return b"".join([chunk async for chunk in reader.chunks])


def format_of(content: bytes) -> str:
    with av.open(BytesIO(content), "r") as container:
        return container.format.name


@pytest.mark.row("T63", side="adapter")
@pytest.mark.row("T67", side="adapter")
@pytest.mark.row("T69", side="adapter")
@pytest.mark.row("T71", side="adapter")
@pytest.mark.row("T73")
async def test_the_original_comes_by_a_ticket_with_its_type_and_length(ann: Account) -> None:
    key, content = await key_of(ann), ann.server.content[LONG.path]
    for library in ("", ann.library(ANN)):
        delivery = await ann.client.deliver(key, library)
        assert (delivery.mime_type, delivery.length) == ("audio/mpeg", len(content))
        assert links.located(ann.client.base, delivery.location) is not None
    async with ann.adapter.stream(key, offset=1000) as reader:
        assert (reader.info.offset, reader.info.length, reader.info.ranges) == (1000, len(content), True)
        assert b"".join([chunk async for chunk in reader.chunks]) == content[1000:]
    assert ann.sent[-1].headers["Range"] == "bytes=1000-"
    assert "remotekey" not in ann.sent[-1].url.query


@pytest.mark.row("T66", side="adapter")
@pytest.mark.row("T67", side="adapter")
@pytest.mark.row("T71", side="adapter")
async def test_a_slow_output_gets_what_it_can_take_converted_on_the_fly(ann: Account) -> None:
    key = await key_of(ann)
    for wanted, sent in ((8, "32"), (70, "64"), (320, "96")):
        async with ann.adapter.stream(key, offset=500, bit_rate=wanted) as reader:
            assert (reader.info.length, reader.info.offset, reader.info.ranges) == (None, 0, False)
            content = b"".join([chunk async for chunk in reader.chunks])
        asked = ann.calls("items/get/deliver")[-1].form
        assert (asked["targetformat"], asked["targetbitrate"]) == ("mp3", sent)
        assert "Range" not in ann.sent[-1].headers
        assert format_of(content) == "mp3"
        assert len(content) < 4.5 * int(sent) * 1000 / 8


@pytest.mark.row("T66", side="adapter")
async def test_only_what_is_no_mp3_is_converted_to_it(ann: Account) -> None:
    assert await heard(ann.adapter, await key_of(ann), mp3=True) == ann.server.content[LONG.path]
    ogg = next(song for song in SONGS if song.mime_type == "audio/ogg")
    assert format_of(await heard(ann.adapter, await key_of(ann, ogg.title), mp3=True)) == "mp3"
    delivery = await ann.client.deliver(await key_of(ann), target_format="aac", bit_rate=64)
    assert delivery.mime_type in {"audio/aac", "audio/aacp", "audio/mp4"}


@pytest.mark.row("T72")
async def test_each_play_asks_for_a_ticket_and_one_that_is_over_is_renewed(ann: Account) -> None:
    key, content = await key_of(ann), ann.server.content[LONG.path]
    ann.sent.clear()
    for _ in range(2):
        assert await heard(ann.adapter, key) == content
    assert len({request.url for request in ann.sent if request.url.path.startswith("/deliver/")}) == 2
    faults = ann.locker_server.faults
    await ann.server.call(faults.add, Fault("deliver/ticket", expire_sessions=True))
    ann.sent.clear()
    assert await heard(ann.adapter, key) == content
    assert len(ann.calls("items/get/deliver")) == 2
    await ann.server.call(faults.add, Fault("deliver/ticket", expire_sessions=True, count=None))
    with pytest.raises(Unavailable):
        await heard(ann.adapter, key)


@pytest.mark.row("T64", side="adapter")
async def test_playing_counts_only_where_it_is_asked_for(ann: Account) -> None:
    key = await key_of(ann, QUEEN.title)

    async def plays() -> int:
        return (await ann.client.items(keys=[key])).items[0].times or 0

    before = await plays()
    await heard(ann.adapter, key)
    assert await plays() == before
    await ann.client.deliver(key, options=["LOGPLAYED"])
    assert await plays() == before + 1


@pytest.mark.row("T65", side="adapter")
@pytest.mark.row("T68", side="adapter")
async def test_a_delivery_can_forward_and_give_a_preview(ann: Account) -> None:
    key, content = await key_of(ann), ann.server.content[LONG.path]
    forwarded = await ann.client.deliver(key, options=["FORWARDTOPLAYURL"])
    async with ann.client.fetch(forwarded, 0) as response:
        assert await response.read() == content
    ann.sent.clear()
    preview = await ann.client.deliver(key, preview=True)
    assert ann.sent[-1].form["preview"] == "true"
    async with ann.client.fetch(preview, 0) as response:
        assert await response.read()


@pytest.mark.row("T63", side="adapter")
async def test_a_friends_track_is_asked_for_in_the_friends_library(ann: Account) -> None:
    library = ann.library(BOB)
    item = next(item for item in (await ann.client.items([library])).items if item.name == LONG.title)
    ann.sent.clear()
    assert await heard(ann.adapter, f"{item.key}@{library}") == ann.server.content[LONG.path]
    assert ann.sent[0].form["libraryKey"] == library
    for wrong in (f"{item.key}@", f"@{library}", f"{item.key}@../x", "a b"):
        with pytest.raises(NotFound):
            await heard(ann.adapter, wrong)


@pytest.mark.row("T69", side="adapter")
@pytest.mark.parametrize(
    ("base", "location", "leads_to"),
    [
        ("http://a.example", "/deliver/x/y.pl?a=1&b=%2F", "http://a.example/deliver/x/y.pl?a=1&b=%2F"),
        ("http://a.example", "http://media.example:8030/x", "http://media.example:8030/x"),
        ("https://a.example", "/x", "https://a.example/x"),
        ("https://a.example", "http://a.example/x", "https://a.example/x"),
        ("https://a.example", "http://a.example:8030/x", "https://a.example:8030/x"),
        ("https://a.example", "file:///etc/passwd", None),
        ("https://a.example", "http://", None),
        ("https://a.example", "http://a.example:99999/x", None),
    ],
)
def test_a_location_is_resolved_and_never_leaves_https(base: str, location: str, leads_to: str | None) -> None:
    found = links.located(URL(base), location)
    assert (None if found is None else str(found)) == leads_to


async def test_a_location_that_leads_nowhere_is_an_error_without_it(ann: Account) -> None:
    with pytest.raises(ServiceError) as refusal:
        async with ann.client.fetch(Delivery("ftp://secret-ticket/"), 0):
            pass
    assert "secret-ticket" not in str(refusal.value)
    with pytest.raises(LockerConnectionError) as lost:
        async with ann.client.fetch(Delivery("http://127.0.0.1:9/secret-ticket"), 0):
            pass
    assert "secret-ticket" not in str(lost.value)
