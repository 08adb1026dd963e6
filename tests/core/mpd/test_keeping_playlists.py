"""What was answered of edits of playlists is in the file, and what is not in the file is neither answered nor shown."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import orjson
import pytest

from music_locker_core.hub import Core
from tests.core.mpd.client import RawClient
from tests.core.mpd.conftest import Connect

SONG = '"http://127.0.0.1:9/{}"'


def in_file(folder: Path) -> list[str]:
    """Return what another process reads of the playlists, as it would after this one was killed."""
    (file,) = folder.glob("*.db")
    with closing(sqlite3.connect(file)) as connection:
        blocks = connection.execute("SELECT entries FROM playlist_blocks ORDER BY number").fetchall()
    return [uri for (block,) in blocks for uri, *_ in orjson.loads(block)]


def adding(count: int, first: int = 0) -> str:
    lines = [f"playlistadd Mix {SONG.format(number)}" for number in range(first, first + count)]
    return "\n".join(["command_list_begin", *lines, "command_list_end"])


async def fill_disk(core: Core, *, full: bool) -> None:
    pages = 1 if full else 1_000_000  # SQLite takes no less than the file has
    database = core.library._database
    await database.write(lambda connection: connection.execute(f"PRAGMA max_page_count = {pages}").fetchone())


async def test_all_edits_of_a_list_are_kept_when_it_is_answered(client: RawClient, tmp_path: Path) -> None:
    assert await client.ask(adding(700)) == ["OK"]

    kept = in_file(tmp_path)
    assert kept == [f"http://127.0.0.1:9/{number}" for number in range(700)]
    assert (await client.ask("listplaylist Mix")).values("file") == kept


async def test_edits_before_one_that_fails_are_kept(client: RawClient, tmp_path: Path) -> None:
    lines = [f"playlistadd Mix {SONG.format(1)}", "playlistdelete Mix 7"]
    answer = await client.ask("\n".join(["command_list_begin", *lines, "command_list_end"]))

    assert answer == ["ACK [2@1] {playlistdelete} Bad song index"]
    assert in_file(tmp_path) == ["http://127.0.0.1:9/1"]


@pytest.mark.parametrize("count", [1, 500])
async def test_what_cannot_be_kept_is_refused_and_taken_back(
    client: RawClient, core: Core, tmp_path: Path, count: int
) -> None:
    await client.ask(f"playlistadd Mix {SONG.format(0)}")
    await fill_disk(core, full=True)
    long = SONG.format("x" * 3000)
    answer = await client.ask(
        "\n".join(["command_list_begin", *[f"playlistadd Mix {long}"] * count, "command_list_end"])
    )
    assert answer[0].startswith(f"ACK [52@{count - 1}] {{playlistadd}} ")
    assert "the disk is full" in answer[0]
    assert (await client.ask("listplaylist Mix")).values("file") == in_file(tmp_path) == ["http://127.0.0.1:9/0"]

    await fill_disk(core, full=False)
    assert await client.ask(adding(2, first=1)) == ["OK"]
    assert (await client.ask("listplaylist Mix")).values("file") == in_file(tmp_path)
    assert len(in_file(tmp_path)) == 3


async def test_a_playlist_that_could_not_be_made_is_not_there(client: RawClient, core: Core, tmp_path: Path) -> None:
    await fill_disk(core, full=True)
    lines = [f"playlistadd New {SONG.format('x' * 3000)}"] * 9
    answer = await client.ask("\n".join(["command_list_begin", *lines, "command_list_end"]))
    assert "the disk is full" in answer[0]
    assert "New" not in (await client.ask("listplaylists")).values("playlist")
    assert in_file(tmp_path) == []


async def test_edits_of_several_clients_are_all_kept(connect: Connect, core: Core, tmp_path: Path) -> None:
    clients = [await connect() for _ in range(4)]
    await asyncio.gather(
        *(client.ask(adding(50, first=100 * number)) for number, client in enumerate(clients)),
        core.sync("shelf", force=True),
    )

    assert sorted(in_file(tmp_path)) == sorted(
        f"http://127.0.0.1:9/{100 * number + each}" for number in range(4) for each in range(50)
    )


async def test_a_playlist_that_was_removed_is_gone(client: RawClient, tmp_path: Path) -> None:
    lines = [f"playlistadd Mix {SONG.format(1)}", "rm Mix", f"playlistadd Other {SONG.format(2)}", "rename Other Mix"]
    assert await client.ask("\n".join(["command_list_begin", *lines, "command_list_end"])) == ["OK"]

    assert in_file(tmp_path) == ["http://127.0.0.1:9/2"]
    assert await client.ask("rm Mix") == ["OK"]
    assert in_file(tmp_path) == []


async def test_a_playlist_that_cannot_be_removed_stays_with_its_stickers(client: RawClient, core: Core) -> None:
    await client.ask(f"playlistadd Mix {SONG.format(1)}")
    await client.ask("sticker set playlist Mix a 1")
    await fill_disk(core, full=True)
    lines = ["rm Mix", *[f"playlistadd New {SONG.format('x' * 3000)}"] * 9]  # one transaction
    answer = await client.ask("\n".join(["command_list_begin", *lines, "command_list_end"]))

    assert "the disk is full" in answer[0]
    assert await client.ask("sticker find playlist Mix a") == ["playlist: Mix", "sticker: a=1", "OK"]
