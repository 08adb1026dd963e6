"""The folder as people keep it: it changes, and holds more than music."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.mpd_bridge.locker_server import audio
from tests.mpd_bridge.locker_server.conftest import Client, Serve


async def titles(client: Client) -> set[str]:
    return set(await client.tracks())


async def test_new_changed_and_removed_files_are_found(client: Client, music: Path) -> None:
    audio.make(music / "new.mp3", seconds=0.4, title="Brand new")
    audio.make(music / "Box/a.mp3", seconds=0.4, title="Eins, again", artist="Björk", album="Box")
    (music / "Box/b.mp3").unlink()
    await client.server.scan()
    found = await titles(client)
    assert {"Brand new", "Eins, again"} <= found
    assert not {"Eins", "Zwei"} & found


async def test_a_moved_file_keeps_its_key_and_its_number(client: Client, music: Path) -> None:
    before = (await client.tracks())["Dancing Queen"]
    (music / "elsewhere").mkdir()
    (music / "Abba/Arrival/01 Queen.mp3").rename(music / "elsewhere/queen.mp3")
    await client.server.scan()
    after = (await client.tracks())["Dancing Queen"]
    assert after["trackFileKey"] == before["trackFileKey"]
    assert after["trackId"] == before["trackId"]


async def test_two_copies_are_one_track_until_both_are_gone(client: Client, music: Path) -> None:
    original, copy = music / "Abba/Arrival/01 Queen.mp3", music / "copy.mp3"
    copy.write_bytes(original.read_bytes())
    await client.server.scan()
    original.unlink()
    await client.server.scan()
    assert "Dancing Queen" in await titles(client)
    copy.unlink()
    await client.server.scan()
    assert "Dancing Queen" not in await titles(client)


async def test_hidden_files_pipes_and_links_to_nowhere_are_left_out(serve: Serve, tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    audio.make(folder / "song.mp3", title="Song")
    audio.make(folder / ".hidden.mp3", title="Hidden")
    audio.make(folder / ".hidden/song.mp3", title="Hidden too")
    os.mkfifo(folder / "pipe.mp3")
    (folder / "nowhere.mp3").symlink_to(tmp_path / "nowhere")
    (folder / "round").symlink_to(folder)
    assert await titles(await serve(folder)) == {"Song"}


async def test_a_name_that_is_no_text_is_left_out_and_the_rest_is_served(serve: Serve, tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    audio.make(folder / "song.mp3", title="Song")
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.mp3")).write_bytes(audio.encoded("mp3", 0.5))
    assert await titles(await serve(folder)) == {"Song"}


async def test_no_key_reaches_a_file_that_is_not_listed(client: Client, music: Path) -> None:
    secret = music.parent / "secret.mp3"
    secret.write_bytes(audio.encoded("mp3", 0.7))
    for key in ("..%2Fsecret.mp3", "%2E%2E/secret.mp3", str(secret).replace("/", "%2F"), "notes.txt"):
        answer = await client.call(f"/storage/lockerGet/{key}")
        assert answer.status in {400, 404}
        assert answer.body != secret.read_bytes()


async def test_an_index_of_the_first_version_is_taken_over(serve: Serve, state: Path) -> None:
    first = await serve()
    before = await first.tracks()
    await first.server.close()
    with closing(sqlite3.connect(state / "locker.sqlite3")) as database:
        for column in ("imprint", "sha1", "comment"):
            database.execute(f"ALTER TABLE track DROP {column}")
        database.executescript("DROP TABLE upload; PRAGMA user_version = 1;")
    again = await serve()
    numbers = {title: track["trackId"] for title, track in (await again.tracks()).items()}
    assert numbers == {title: track["trackId"] for title, track in before.items()}
    assert (await again.put(audio.encoded("mp3", 0.4))).status == 200
