"""Stored playlists at a real service over HTTP, and those of the library, edited by MPD clients."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import aiohttp
import pytest

from music_locker_core.hub import Core
from music_locker_core.library import LIBRARY, snapshot
from music_locker_core.models import MediaKind
from music_locker_core.mpd.playlist_edits import Slots
from music_locker_core.mpd.server import MpdServer
from tests.core.bag import Bag
from tests.core.mpd.client import RawClient
from tests.core.mpd.shelf import TRACKS, ShelfLocker

ZAHLEN = "Bag/Ann/Zahlen"
EINS, ZWEI, DREI, VIER = (
    f'"{ZAHLEN}/{number:02} {title}.mp3"' for number, title in enumerate(("Eins", "Zwei", "Drei", "Vier"), 1)
)
HUNTER = '"Shelf/Björk/Homogenic/01 Hunter.mp3"'
URL = "http://127.0.0.1:9/stream.mp3"
IN_TIME = 10.0  # seconds


@pytest.fixture
async def locker(session: aiohttp.ClientSession) -> ShelfLocker:
    return ShelfLocker(session)


@pytest.fixture
async def core(tmp_path: Path, bag: Bag, locker: ShelfLocker) -> AsyncIterator[Core]:
    core = await Core.open(tmp_path / "core")
    await core.add_locker("shelf", "Shelf", locker)
    await core.add_locker("bag", "Bag", bag.adapter())
    await core.sync("shelf")
    await core.sync("bag")
    await core.add_player("default", "Default")
    yield core
    await core.close()


@pytest.fixture
async def server(core: Core) -> AsyncIterator[MpdServer]:
    server = MpdServer(core, host="127.0.0.1", port=0)
    await server.start()
    yield server
    await server.close()


@pytest.fixture
async def client(server: MpdServer) -> AsyncIterator[RawClient]:
    client = await RawClient.connect(server.port)
    yield client
    await client.close()


@pytest.fixture
async def watching(server: MpdServer) -> AsyncIterator[RawClient]:
    """A second client, which is told of changes."""
    client = await RawClient.connect(server.port)
    yield client
    await client.close()


async def told(core: Core) -> None:
    async with asyncio.timeout(IN_TIME):
        await core.outbox.told("bag")


async def ok(client: RawClient, *lines: str) -> None:
    for line in lines:
        assert await client.ask(line) == ["OK"], line


async def refused(client: RawClient, line: str) -> str:
    (answer,) = await client.ask(line)
    assert answer.startswith("ACK"), answer
    return answer


async def titles(client: RawClient, name: str) -> Sequence[str]:
    return (await client.ask(f"listplaylistinfo {name}")).values("Title")


async def test_a_queue_of_one_locker_is_saved_at_its_service(client: RawClient, core: Core, bag: Bag) -> None:
    await ok(client, f"add {DREI}", f"add {EINS}", "save Mix")
    assert await titles(client, "Mix") == ["Drei", "Eins"]
    await told(core)
    assert await bag.titles("Mix") == ["Drei", "Eins"]
    await core.sync("bag")
    assert await titles(client, "Mix") == ["Drei", "Eins"]
    assert not core.library.catalog.playlists(LIBRARY)


async def test_waiting_clients_are_told_of_an_edit_once(
    client: RawClient, watching: RawClient, core: Core, bag: Bag
) -> None:
    watching.send("idle stored_playlist\n")
    await ok(client, f"playlistadd Mix {EINS}")
    assert await watching.answer() == ["changed: stored_playlist", "OK"]
    watching.send("idle stored_playlist\n")
    await told(core)  # it has the id that the service has given it, and nothing else is new
    assert await bag.titles("Mix") == ["Eins"]
    await ok(client, "ping")
    watching.send("noidle\n")
    assert await watching.answer() == ["OK"]


async def test_what_clients_edit_is_edited_at_the_service(client: RawClient, core: Core, bag: Bag) -> None:
    await ok(client, f"playlistadd Mix {EINS}", f"playlistadd Mix {ZAHLEN}", f"playlistadd Mix {VIER} 0")
    await ok(client, "playlistdelete Mix 1:3", "playlistmove Mix 0 1", "searchaddpl Mix title zwei")
    expected = ["Zwei", "Vier", "Drei", "Vier", "Zwei"]
    assert await titles(client, "Mix") == expected
    await told(core)
    assert await bag.titles("Mix") == expected
    await ok(client, 'rename Mix "Another mix"', "add Bag", 'save "Another mix" replace', f"playlistadd Rest {EINS}")
    await ok(client, "playlistclear Rest")
    await told(core)
    assert await bag.titles("Another mix") == ["Eins", "Zwei", "Drei", "Vier"]
    assert await bag.titles("Rest") == []
    assert set(await bag.playlists()) == {"Another mix", "Rest"}


@pytest.mark.slow
async def test_edits_wait_for_a_service_that_is_down(client: RawClient, core: Core, bag: Bag) -> None:
    await ok(client, f"playlistadd Mix {EINS}")
    await told(core)
    await bag.stop()
    await ok(client, f"playlistadd Mix {ZWEI}", f"playlistadd Late {DREI}", "rename Late Later", "playlistdelete Mix 0")
    assert await titles(client, "Mix") == ["Zwei"]
    await bag.start_again()
    await core.sync("bag")
    await told(core)
    assert await bag.titles("Mix") == ["Zwei"]
    assert await bag.titles("Later") == ["Drei"]


@pytest.mark.slow
async def test_a_refused_edit_is_taken_back_and_told(
    client: RawClient, watching: RawClient, core: Core, bag: Bag
) -> None:
    await ok(client, f"playlistadd Mix {EINS}")
    await told(core)
    bag.allow_changes(False)
    await ok(client, f"playlistadd Mix {ZWEI}")
    watching.send("idle stored_playlist\n")
    assert await watching.answer() == ["changed: stored_playlist", "OK"]
    await told(core)
    assert await titles(client, "Mix") == ["Eins"]


async def test_a_playlist_that_a_service_does_not_make_is_kept_here(client: RawClient, core: Core, bag: Bag) -> None:
    bag.allow_changes(False)
    await ok(client, f"playlistadd Mix {ZAHLEN}")
    await told(core)
    assert await titles(client, "Mix") == ["Eins", "Zwei", "Drei", "Vier"]
    assert [each.title for each in core.library.catalog.playlists(LIBRARY)] == ["Mix"]
    await ok(client, "playlistdelete Mix 0", "rm Mix")


async def test_songs_of_several_lockers_and_urls_live_in_the_library(
    client: RawClient, core: Core, bag: Bag, tmp_path: Path
) -> None:
    await ok(client, f"add {HUNTER}", f"add {EINS}", f"add {URL}", "save Mix", f"playlistadd Shelf {HUNTER}")
    await ok(client, f"playlistadd Shelf {URL}", "clear", "save Nothing", "load Mix")
    before = (await client.ask("playlist"))[:-1]
    assert [line.partition("file: ")[2] for line in before] == [HUNTER.strip('"'), EINS.strip('"'), URL]
    await told(core)
    assert not await bag.playlists()
    await core.close()
    again = await Core.open(tmp_path / "core")
    try:
        found = {
            each.title: again.library.catalog.own_playlists[each.id]
            for each in again.library.catalog.playlists(LIBRARY)
        }
        assert {title: [entry.uri for entry in entries] for title, (_, entries) in found.items()} == {
            "Mix": [HUNTER.strip('"'), EINS.strip('"'), URL],
            "Nothing": [],
            "Shelf": [HUNTER.strip('"'), URL],
        }
    finally:
        await again.close()


async def test_what_a_service_cannot_hold_or_do_is_refused_in_words(client: RawClient, core: Core, bag: Bag) -> None:
    await ok(client, f"playlistadd Mix {EINS}")
    await told(core)
    for line in (f"playlistadd Mix {HUNTER}", f"playlistadd Mix {URL}", "searchaddpl Mix title hunter"):
        assert "ACK [2@0]" in (answer := await refused(client, line))
        assert '"Mix" is kept by Bag, which cannot hold songs from elsewhere' in answer
    assert '"Mix" is kept by Bag, which lets no program delete playlists' in await refused(client, "rm Mix")
    assert '"Evening" is kept by Shelf, which lets no program change it' in await refused(
        client, "playlistclear Evening"
    )
    dynamic = next(
        name for name in (await client.ask("listplaylists")).values("playlist") if name not in {"Mix", "Evening"}
    )
    assert f'"{dynamic}" is made by Bag itself' in await refused(client, f'playlistadd "{dynamic}" {EINS}')
    assert f'"{dynamic}" is made by Bag itself' in await refused(client, f'rename "{dynamic}" Mine')
    await core.close_locker("bag")
    assert '"Mix" is kept by Bag, which is not open' in await refused(client, f"playlistadd Mix {ZWEI}")
    assert await bag.titles("Mix") == ["Eins"]


async def test_a_song_that_goes_shows_its_path_and_is_found_when_it_comes_back(
    client: RawClient, core: Core, locker: ShelfLocker
) -> None:
    await ok(client, f"playlistadd Mix {HUNTER}", f"playlistadd Mix {EINS}", f"playlistadd Mix {HUNTER}")
    locker.all_tracks = TRACKS[1:]
    await core.sync("shelf")
    path = HUNTER.strip('"')
    assert (await client.ask("listplaylistinfo Mix"))[0:2] == [f"file: {path}", f"file: {ZAHLEN}/01 Eins.mp3"]
    await ok(client, "load Mix", "playlistdelete Mix 2")
    assert len(core.players["default"].queue) == 1
    locker.all_tracks = TRACKS
    await core.sync("shelf")
    assert await titles(client, "Mix") == ["Hunter", "Eins"]


async def test_two_clients_that_edit_at_once_undo_nothing(client: RawClient, watching: RawClient, core: Core) -> None:
    for line in (f"playlistadd Own {HUNTER}", f"playlistadd Mix {EINS}"):
        await ok(client, line)
    for _ in range(10):
        for each in (client, watching):
            each.send(f"playlistadd Own {EINS}\nplaylistadd Mix {ZWEI}\n")
    for _ in range(20):
        for each in (client, watching):
            assert await each.answer() == ["OK"]
    for name in ("Own", "Mix"):
        assert (await client.ask(f"playlistlength {name}")).values("songs") == ["21"]


async def test_searches_find_playlists_of_the_library(client: RawClient, core: Core, tmp_path: Path) -> None:
    await ok(client, f"playlistadd Sunday {HUNTER}", "rename Sunday Monday")
    assert [item.id for item in await core.library.search("monday")] == [core.library.catalog.playlists(LIBRARY)[0].id]
    assert not await core.library.search("sunday")
    index = tmp_path / "core/library.db"
    (found,) = await asyncio.to_thread(snapshot.find, index, "monday", kinds=[MediaKind.PLAYLIST], limit=5)
    assert (found.title, found.locker) == ("Monday", None)
    await ok(client, "rm Monday")
    assert not await core.library.search("monday")


def test_what_is_not_shown_of_a_playlist_stays_where_it_is() -> None:
    slots = Slots(["-", "a", "b", "-", "c"], [1, 2, 4])
    slots.insert(2, ["x"])
    assert slots.items == ["-", "a", "b", "-", "x", "c"]
    assert slots.take(1, 3) == ["b", "x"]
    assert slots.items == ["-", "a", "-", "c"]
    slots.insert(2, ["y"])
    assert (slots.items, len(slots)) == (["-", "a", "-", "c", "y"], 3)
    assert slots.take(0, 99) == ["a", "c", "y"]
    slots.insert(0, ["z"])
    assert slots.items == ["-", "-", "z"]
