"""Edits are there at once, and a real service over HTTP hears of them, once, when it can."""

import asyncio
import json
import sqlite3
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mpd_bridge.locker_server import Fault
from music_locker_core.errors import NotFound, Unavailable
from music_locker_core.hub import Core, CoreEvent
from music_locker_core.library import PlaylistsChanged, SyncStarted, TrackRated
from music_locker_core.lockers.tunesbag import Tunesbag
from music_locker_core.models import Playlist, TrackKey
from tests.core import editing_program
from tests.core.bag import Bag

IN_TIME = 10.0  # seconds


class Program:
    """Our program, which is started and ended."""

    def __init__(self, folder: Path, bag: Bag) -> None:
        self.folder = folder
        self.bag = bag
        self.core: Core
        self.events: list[CoreEvent] = []

    async def start(self) -> Core:
        self.core = await Core.open(self.folder / "core")
        self.core.subscribe(self.events.append)
        await self.core.add_locker("bag", "Bag", self.bag.adapter())
        return self.core

    def ids(self, *titles: str) -> list[str]:
        by_title = {track.title: track.id for track in self.core.library.catalog.tracks}
        return [by_title[title] for title in titles]

    def playlist(self, title: str) -> Playlist | None:
        found = [each for each in self.core.library.catalog.playlists("bag") if each.title == title]
        assert len(found) < 2
        return found[0] if found else None

    def titles(self, title: str) -> list[str]:
        found = self.playlist(title)
        assert found is not None
        return [track.title for track in self.core.library.catalog.playlist_tracks("bag", found.id)]

    async def told(self) -> None:
        async with asyncio.timeout(IN_TIME):
            await self.core.outbox.told("bag")


@pytest.fixture
async def program(tmp_path: Path, bag: Bag) -> AsyncIterator[Program]:
    program = Program(tmp_path, bag)
    await program.start()
    await program.core.sync("bag")
    yield program
    await program.core.close()


async def change(program: Program, title: str, *tracks: str) -> None:
    playlist = program.playlist(title)
    assert playlist is not None
    await program.core.outbox.change_playlist(playlist, track_ids=program.ids(*tracks))


async def test_a_playlist_is_here_at_once_and_then_at_the_service(program: Program, bag: Bag) -> None:
    await bag.stop()
    await program.core.outbox.create_playlist("bag", "Mix", program.ids("Drei", "Eins", "Drei"))
    assert program.titles("Mix") == ["Drei", "Eins", "Drei"]
    await bag.start_again()
    await program.core.sync("bag")
    assert program.titles("Mix") == ["Drei", "Eins", "Drei"]  # a sync undoes nothing
    await program.told()
    assert await bag.titles("Mix") == ["Drei", "Eins", "Drei"]
    await program.core.sync("bag")
    assert program.titles("Mix") == ["Drei", "Eins", "Drei"]
    assert PlaylistsChanged("bag") in program.events


async def test_tracks_that_are_put_behind_the_others_are_added_and_others_written_anew(
    program: Program, bag: Bag
) -> None:
    await program.core.outbox.create_playlist("bag", "Mix", program.ids("Eins"))
    await program.told()
    await change(program, "Mix", "Eins", "Zwei")
    await change(program, "Mix", "Eins", "Zwei", "Drei")
    await program.told()
    assert await bag.titles("Mix") == ["Eins", "Zwei", "Drei"]
    playlist = program.playlist("Mix")
    assert playlist is not None
    await program.core.outbox.change_playlist(playlist, title="Other", track_ids=program.ids("Vier", "Eins"))
    await program.told()
    assert await bag.titles("Other") == ["Vier", "Eins"]
    assert set(await bag.playlists()) == {"Other"}


@pytest.mark.slow
async def test_what_was_not_told_is_told_after_a_restart(program: Program, bag: Bag) -> None:
    (key,) = [track.key for track in program.core.library.catalog.tracks if track.title == "Zwei"]
    await bag.stop()
    await program.core.outbox.create_playlist("bag", "Mix", program.ids("Drei"))
    await program.core.outbox.rate(key, 8)
    await program.core.close()
    await program.start()
    assert program.titles("Mix") == ["Drei"]
    await bag.start_again()
    await program.core.sync("bag")
    await program.told()
    assert await bag.titles("Mix") == ["Drei"]
    assert (await bag.ratings())["Zwei"] == 8


@pytest.mark.slow
@pytest.mark.parametrize("method", ["set/save", "set/additems"])
async def test_nothing_is_doubled_when_an_answer_is_lost(program: Program, bag: Bag, method: str) -> None:
    bag.server.faults.add(Fault(method, lose_answer=True))
    lost = asyncio.create_task(calls(bag, method))
    await program.core.outbox.create_playlist("bag", "Mix", program.ids("Eins"))
    await lost
    await program.core.sync("bag")
    await change(program, "Mix", "Eins", "Eins")
    await program.told()
    assert set(await bag.playlists()) == {"Mix"}
    assert await bag.titles("Mix") == ["Eins", "Eins"]


async def calls(bag: Bag, method: str) -> None:
    async with asyncio.timeout(IN_TIME):
        while not bag.server.calls[method]:  # noqa: ASYNC110 - the server sets no event of ours
            await asyncio.sleep(0)


@pytest.mark.slow
async def test_a_program_that_was_killed_in_between_doubles_nothing(program: Program, bag: Bag, tmp_path: Path) -> None:
    fault = bag.server.faults.add(Fault("set/save", lose_answer=True))
    await program.core.outbox.create_playlist("bag", "Mix", program.ids("Eins"))
    await calls(bag, "set/save")
    await program.core.outbox.close("bag")
    await program.core.close()
    assert fault.hits == 1
    await program.start()
    await program.core.sync("bag")
    assert program.titles("Mix") == ["Eins"]
    await program.told()
    assert set(await bag.playlists()) == {"Mix"}
    assert await bag.titles("Mix") == ["Eins"]


async def test_a_rating_is_here_at_once_and_then_at_the_service(program: Program, bag: Bag) -> None:
    (track,) = [each for each in program.core.library.catalog.tracks if each.title == "Drei"]
    await program.core.outbox.rate(track.key, 6)
    catalog = program.core.library.catalog
    rated = catalog.track(track.key)
    assert rated is not None
    assert rated.rating == 6
    assert catalog.track_by_uri(track.uri) is rated
    assert list(catalog.top_rated("bag")) == [rated]
    assert any(each is rated for each in catalog.tracks)
    assert any(each is rated for each in catalog.album_tracks("bag", rated.album_id or ""))
    assert any(each is rated for each in catalog.artist_tracks("bag", rated.artist_id or ""))
    assert TrackRated(track.key, 6) in program.events
    await program.told()
    assert (await bag.ratings())["Drei"] == 6
    await program.core.outbox.rate(track.key, 0)
    await program.told()
    assert not (await bag.ratings())["Drei"]


async def test_what_a_service_refuses_is_taken_back_and_told_once(
    program: Program, bag: Bag, caplog: pytest.LogCaptureFixture
) -> None:
    await program.core.outbox.create_playlist("bag", "Mix", program.ids("Eins"))
    await program.told()
    (track,) = [each for each in program.core.library.catalog.tracks if each.title == "Drei"]
    bag.allow_changes(False)
    await change(program, "Mix", "Zwei")
    await program.core.outbox.rate(track.key, 6)
    await program.told()
    assert program.titles("Mix") == ["Eins"]
    after = program.core.library.catalog.track(track.key)
    assert after is not None
    assert not after.rating
    messages = [record.message for record in caplog.records if "refused" in record.message]
    assert len(messages) == 2
    assert "Bag has refused the playlist Mix" in messages[0]
    assert "Bag has refused the rating of Drei" in messages[1]
    await program.core.sync("bag")
    assert program.titles("Mix") == ["Eins"]


async def test_a_fault_of_ours_does_not_end_the_telling(
    program: Program, bag: Bag, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = asyncio.Event()

    async def fail(*_: object) -> None:
        failed.set()
        raise RuntimeError

    (track,) = [each for each in program.core.library.catalog.tracks if each.title == "Drei"]
    with monkeypatch.context() as faulty:
        faulty.setattr(Tunesbag, "rate", fail)
        await program.core.outbox.rate(track.key, 6)
        async with asyncio.timeout(IN_TIME):
            await failed.wait()
    await program.core.sync("bag")
    await program.told()
    assert (await bag.ratings())["Drei"] == 6
    assert [record.levelname for record in caplog.records if "tried again" in record.message] == ["ERROR"]


async def test_what_a_service_calls_things_begins_no_line_in_the_log(
    program: Program, bag: Bag, caplog: pytest.LogCaptureFixture
) -> None:
    await program.core.outbox.create_playlist("bag", "Mix\nWARNING \x1b[31mforged", program.ids("Eins"))
    bag.allow_changes(False)
    await program.told()
    (message,) = [record.getMessage() for record in caplog.records if "refused" in record.message]
    assert "Mix WARNING  [31mforged" in message
    assert message.isprintable()


@pytest.mark.slow
async def test_a_service_that_is_busy_hears_of_it_later(program: Program, bag: Bag) -> None:
    bag.server.maintenance = True
    await program.core.outbox.create_playlist("bag", "Mix", program.ids("Eins"))
    await calls(bag, "set/save")
    bag.server.maintenance = False
    await program.core.sync("bag")
    await program.told()
    assert await bag.titles("Mix") == ["Eins"]


async def test_an_edit_while_the_locker_is_read_stays(program: Program, bag: Bag) -> None:
    await program.core.outbox.create_playlist("bag", "Mix", program.ids("Eins"))
    await program.told()
    begun = asyncio.Event()
    program.core.subscribe(lambda event: begun.set() if isinstance(event, SyncStarted) else None)
    slow = bag.server.faults.add(Fault("set/additems", count=None, status=503))
    sync = asyncio.create_task(program.core.sync("bag", force=True))
    await begun.wait()
    await change(program, "Mix", "Zwei", "Drei")
    await sync
    assert program.titles("Mix") == ["Zwei", "Drei"]
    bag.server.faults.remove(slow)
    await program.core.sync("bag")
    await program.told()
    assert await bag.titles("Mix") == ["Zwei", "Drei"]


async def test_what_cannot_be_edited_is_refused_at_once(program: Program) -> None:
    outbox = program.core.outbox
    (dynamic, *_) = [each for each in program.core.library.catalog.playlists("bag") if not each.editable]
    with pytest.raises(Unavailable, match="This playlist cannot be changed"):
        await outbox.change_playlist(dynamic, title="Mine")
    with pytest.raises(NotFound):
        await outbox.change_playlist(Playlist("gone", "Gone", locker="bag", editable=True), title="Mine")
    with pytest.raises(NotFound):
        await outbox.rate(TrackKey("bag", "gone"), 2)
    with pytest.raises(Unavailable, match="The locker is not open"):
        await outbox.rate(TrackKey("nowhere", "1"), 2)


@pytest.mark.slow
async def test_a_locker_that_is_removed_takes_what_it_was_not_told_with_it(program: Program, bag: Bag) -> None:
    await bag.stop()
    await program.core.outbox.create_playlist("bag", "Mix")
    await program.core.remove_locker("bag")
    await bag.start_again()
    await program.core.add_locker("bag", "Bag", bag.adapter())
    await program.core.sync("bag")
    await program.told()
    assert not await bag.playlists()


async def test_an_index_from_before_there_was_an_outbox_gets_one(program: Program, bag: Bag) -> None:
    await program.core.close()
    connection = sqlite3.connect(program.folder / "core/library.db")
    connection.executescript("DROP TABLE outbox; DROP TABLE playlist_blocks; PRAGMA user_version = 4;")
    connection.close()
    core = await program.start()
    assert not core.library.rebuilt
    await core.outbox.create_playlist("bag", "Mix", program.ids("Eins"))
    await program.told()
    assert await bag.titles("Mix") == ["Eins"]


@pytest.mark.slow
async def test_what_is_killed_loses_and_doubles_nothing(program: Program, bag: Bag) -> None:
    await program.core.close()
    for edits in (1, 5, 20):
        done = await run_until_killed(program.folder / "core", bag, edits)
        core = await program.start()
        await core.sync("bag")
        await program.told()
        (playlist,) = [each for each in core.library.catalog.playlists("bag") if each.editable]
        held = [track.id for track in core.library.catalog.playlist_tracks("bag", playlist.id)]
        assert len(held) >= done
        assert held == editing_program.expected(core, len(held))
        assert set(await bag.playlists()) == {editing_program.PLAYLIST}
        assert list(await bag.other.playlist_tracks(playlist.id)) == held
        await core.close()


async def run_until_killed(folder: Path, bag: Bag, edits: int) -> int:
    """Let another program edit a playlist, kill it after so many edits, and return what it has told last."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, editing_program.__file__, stdin=PIPE, stdout=PIPE, limit=1 << 20
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{json.dumps({'folder': str(folder), 'settings': bag.settings})}\n".encode())
    async with asyncio.timeout(6 * IN_TIME):
        for _ in range(edits):
            assert await process.stdout.readline()
        process.kill()
        await process.wait()
    return edits
