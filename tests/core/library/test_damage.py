"""Damaged files, files of newer versions, and what others keep in the index."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from music_locker_core.library import Library, LibraryError, NewerVersionError, StorageChanged, StorageFullError
from music_locker_core.library.database import Database


async def test_a_damaged_file_is_moved_aside_and_a_new_index_begun(path: Path) -> None:
    path.write_bytes(b"this is no database" * 500)
    library = await Library.open(path)
    try:
        assert library.rebuilt
        await library.add_locker("one", "One")
        assert list(library.catalog.locker_ids) == ["one"]
    finally:
        await library.close()
    assert path.with_name("library.db.damaged").read_bytes().startswith(b"this is no database")


async def test_a_whole_file_with_rows_that_cannot_be_read_is_damaged_too(library: Library, path: Path) -> None:
    await library.add_locker("one", "One")
    await library.close()
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO items VALUES (1, 'one', 'track', '1', '1', '', '', CAST('{' AS BLOB), 1)")
    connection.close()
    again = await Library.open(path)
    try:
        assert again.rebuilt
        assert not list(again.catalog.locker_ids)
    finally:
        await again.close()
    assert path.with_name("library.db.damaged").exists()


async def test_a_full_disk_is_told_apart_and_leaves_what_was_there(path: Path) -> None:
    database = await asyncio.to_thread(Database.open, path)

    async def execute(statement: str) -> list[tuple[object]]:
        return await database.write(lambda connection: connection.execute(statement).fetchall())

    try:
        await execute("INSERT INTO state VALUES ('key', x'01')")
        await execute("PRAGMA max_page_count = 1")  # SQLite takes no less than the file has
        with pytest.raises(StorageFullError, match="the disk is full"):
            await execute("UPDATE state SET value = zeroblob(1000000)")
        assert await execute("SELECT value FROM state") == [(b"\x01",)]
    finally:
        await database.close()


async def test_a_full_disk_is_told_and_that_it_is_full_no_more(library: Library) -> None:
    told: list[object] = []
    library.subscribe(told.append)

    await limit_pages(library, 1)
    for _ in range(2):
        with pytest.raises(StorageFullError):
            await library.save_state("queue", bytes(1_000_000))
    await limit_pages(library, 1 << 20)
    for _ in range(2):
        await library.save_state("queue", bytes(1_000_000))

    full, free = StorageChanged(full=True), StorageChanged(full=False)
    assert told == [full, full, free]


async def limit_pages(library: Library, pages: int) -> None:
    await library._database.write(lambda connection: connection.execute(f"PRAGMA max_page_count = {pages}").fetchone())


async def test_an_index_of_a_newer_version_is_refused_and_left_alone(library: Library, path: Path) -> None:
    await library.close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    with pytest.raises(NewerVersionError, match="newer version"):
        await Library.open(path)
    assert not path.with_name("library.db.damaged").exists()


async def test_a_place_that_cannot_be_written_is_a_library_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(LibraryError):
        await Library.open(tmp_path / "file" / "library.db")


async def test_state_is_kept_over_restarts(library: Library, path: Path) -> None:
    assert not library.rebuilt
    await library.save_state("queue", b"old")
    await library.save_state("queue", b"\x00new")
    await library.save_state("gone", b"x")
    await library.delete_state("gone")
    await library.close()
    again = await Library.open(path)
    try:
        assert await again.load_state("queue") == b"\x00new"
        assert await again.load_state("gone") is None
    finally:
        await again.close()


async def test_a_closed_library_says_so_and_closes_twice(library: Library) -> None:
    await library.close()
    await library.close()
    with pytest.raises(LibraryError, match="closed"):
        await library.search("anything")
    with pytest.raises(LibraryError, match="closed"):
        await library.save_state("key", b"")
