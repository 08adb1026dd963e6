"""Changing and printing the queue."""

import pytest

from music_locker_core.hub import Core
from music_locker_core.playback.player import Player
from tests.core.mpd.client import RawClient

URLS = [f"http://127.0.0.1:9/{name}" for name in "abcde"]


@pytest.fixture
async def five(client: RawClient) -> RawClient:
    for url in URLS:
        assert await client.ask(f"add {url}") == ["OK"]
    return client


async def names(client: RawClient) -> str:
    return "".join(url[-1] for url in (await client.ask("playlistinfo")).values("file"))


async def ids(client: RawClient) -> list[str]:
    return (await client.ask("playlistinfo")).values("Id")


def uri(core: Core, title: str) -> str:
    return next(track.uri for track in core.library.catalog.tracks if track.title == title)


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


async def test_a_track_is_added_by_its_path(client: RawClient, core: Core) -> None:
    path = uri(core, "Jóga")
    assert await client.ask(f"add {quoted(path)}") == ["OK"]
    song = (await client.ask("playlistinfo")).pairs
    assert song["file"] == path
    assert song["Title"] == "Jóga"
    assert song["Artist"] == "Björk"
    assert song["Pos"] == "0"


async def test_a_folder_is_added_with_all_below_it(client: RawClient, core: Core) -> None:
    assert await client.ask(f"add {quoted('Shelf/Björk')}") == ["OK"]
    titles = (await client.ask("playlistinfo")).values("Title")
    assert titles == ["Hunter", "Jóga", "Bachelorette"]


@pytest.mark.parametrize("root", ['""', "/", "Shelf"])
async def test_everything_is_added_from_the_root(client: RawClient, core: Core, root: str) -> None:
    assert await client.ask(f"add {root}") == ["OK"]
    assert (await client.ask("status")).pairs["playlistlength"] == str(len(core.library.catalog.tracks)) == "8"


async def test_a_stream_url_of_ours_becomes_its_track_again(client: RawClient, core: Core, player: Player) -> None:
    track = core.library.catalog.tracks[0]
    url = "http://example.org:8123" + core.streams.path(player.output.id, track)
    assert await client.ask(f"add {quoted(url)}") == ["OK"]
    assert (await client.ask("playlistinfo")).pairs["file"] == track.uri


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("http://ann:secret@radio.example/live", "http://radio.example/live"),
        ("http://ann:s@cret@radio.example:80?x=a@b", "http://radio.example:80?x=a@b"),
        ("http://radio.example/ann:secret@x", "http://radio.example/ann:secret@x"),
    ],
)
async def test_credentials_in_a_foreign_url_are_for_the_output_only(
    core: Core, client: RawClient, typed: str, shown: str
) -> None:
    await client.ask(f'add "{typed}"')
    assert (await client.ask("playlistinfo")).pairs["file"] == shown
    assert (await client.ask("playlist"))[0] == f"0:file: {shown}"
    assert [item.url for item in core.players["default"].queue] == [typed]


async def test_a_foreign_url_stays_as_it_is(client: RawClient) -> None:
    assert await client.ask("add http://radio.example/live?x=1") == ["OK"]
    assert (await client.ask("playlistinfo")).pairs["file"] == "http://radio.example/live?x=1"


async def test_addid_tells_the_id_and_takes_a_position(five: RawClient) -> None:
    added = (await five.ask("addid http://127.0.0.1:9/x 1")).pairs["Id"]
    assert await names(five) == "axbcde"
    assert (await five.ask("playlistinfo 1")).pairs["Id"] == added


async def test_addid_behind_the_end_adds_nothing(five: RawClient) -> None:
    assert await five.ask("addid http://127.0.0.1:9/x 6") == ["ACK [2@0] {addid} Number too large: 6"]
    assert await names(five) == "abcde"


async def test_positions_count_from_the_current_song(five: RawClient) -> None:
    await five.ask("play 2")
    await five.ask("add http://127.0.0.1:9/x +0")
    assert await names(five) == "abcxde"
    await five.ask("add http://127.0.0.1:9/y -0")
    assert await names(five) == "abycxde"
    await five.ask("move 0 +0")
    assert await names(five) == "bycaxde"
    await five.ask("move 6 -1")
    assert await names(five) == "beycaxd"
    assert await five.ask("move 3 +0") == ["ACK [2@0] {move} Cannot move current song relative to itself"]


async def test_an_id_survives_moves_and_is_never_used_again(five: RawClient) -> None:
    before = await ids(five)
    await five.ask("move 0 4")
    assert await ids(five) == before[1:] + before[:1]
    await five.ask(f"deleteid {before[0]}")
    added = (await five.ask("addid http://127.0.0.1:9/x")).pairs["Id"]
    assert added not in before


async def test_songs_are_taken_out_moved_and_exchanged(five: RawClient) -> None:
    a, b, *_ = await ids(five)
    await five.ask(f"swapid {a} {b}")
    assert await names(five) == "bacde"
    await five.ask("swap 0 4")
    assert await names(five) == "eacdb"
    await five.ask("move 1:3 3")
    assert await names(five) == "edbac"
    await five.ask(f"moveid {a} 0")
    assert await names(five) == "aedbc"
    await five.ask("delete 1:3")
    assert await names(five) == "abc"
    await five.ask("delete 1")
    assert await names(five) == "ac"
    await five.ask("clear")
    assert await names(five) == ""


async def test_shuffle_keeps_every_song(five: RawClient) -> None:
    before = await ids(five)
    await five.ask("shuffle 1:")
    after = await ids(five)
    assert after[0] == before[0]
    assert sorted(after) == sorted(before)
    assert await five.ask("shuffle") == ["OK"]


async def test_priorities_are_shown(five: RawClient) -> None:
    last = (await ids(five))[-1]
    assert await five.ask("prio 10 0:2") == ["OK"]
    assert await five.ask(f"prioid 20 {last}") == ["OK"]
    assert (await five.ask("playlistinfo")).values("Prio") == ["10", "10", "20"]
    assert "Prio" not in (await five.ask("playlistinfo 2")).pairs


async def test_parts_of_the_queue_are_printed(five: RawClient) -> None:
    assert (await five.ask("playlistinfo 1:3")).values("Pos") == ["1", "2"]
    assert (await five.ask("playlistinfo 4:99")).values("Pos") == ["4"]
    second = (await ids(five))[1]
    assert (await five.ask(f"playlistid {second}")).pairs["Pos"] == "1"
    assert len((await five.ask("playlistid")).values("Pos")) == 5
    assert (await five.ask("playlist"))[0] == "0:file: http://127.0.0.1:9/a"


async def test_only_what_changed_since_a_version_is_printed(five: RawClient) -> None:
    version = (await five.ask("status")).pairs["playlist"]
    assert await five.ask(f"plchanges {version}") == ["OK"]
    await five.ask("swap 1 3")
    assert (await five.ask(f"plchanges {version}")).values("Pos") == ["1", "3"]
    assert (await five.ask(f"plchangesposid {version}")).values("cpos") == ["1", "3"]
    assert (await five.ask(f"plchanges {version} 2:")).values("Pos") == ["3"]
    assert len((await five.ask("plchanges 0")).values("Pos")) == 5
    assert len((await five.ask("plchanges 4000000000")).values("Pos")) == 5


async def test_hidden_tags_are_hidden_in_the_queue(client: RawClient, core: Core) -> None:
    await client.ask(f"add {quoted(uri(core, 'Hunter'))}")
    await client.ask("tagtypes clear")
    await client.ask("tagtypes enable Title")
    song = (await client.ask("playlistinfo")).pairs
    assert song["Title"] == "Hunter"
    assert "Artist" not in song
