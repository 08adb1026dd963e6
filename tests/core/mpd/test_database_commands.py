"""The music database as clients see it."""

import asyncio
from dataclasses import replace

import pytest

from music_locker_core.hub import Core
from music_locker_core.library import CatalogChanged
from music_locker_core.mpd.index import index_of
from music_locker_core.playback.player import Player
from tests.core.mpd.client import RawClient
from tests.core.mpd.conftest import Connect
from tests.core.mpd.shelf import TRACKS, ShelfLocker

HUNTER = "Shelf/Björk/Homogenic/01 Hunter.mp3"


def queued(player: Player) -> list[str]:
    return [item.track.title for item in player.queue.items if item.track is not None]


async def test_the_root_shows_the_lockers_and_the_playlists(client: RawClient) -> None:
    for command in ("lsinfo", 'lsinfo ""', "lsinfo /"):
        assert await client.ask(command) == ["directory: Shelf", "playlist: Evening", "OK"]


async def test_a_directory_shows_its_songs_and_directories(client: RawClient) -> None:
    assert (await client.ask("lsinfo Shelf")).values("directory") == ["Shelf/Björk", "Shelf/The Quotes", "Shelf/東京"]
    answer = await client.ask("lsinfo Shelf/Björk/Homogenic")
    assert answer.values("Title") == ["Hunter", "Jóga", "Bachelorette"]
    assert answer.values("duration") == ["101.000", "102.000", "103.000"]


async def test_a_song_shows_itself(client: RawClient) -> None:
    for command in ("lsinfo", "listallinfo"):
        assert (await client.ask(f'{command} "{HUNTER}"')).values("Title") == ["Hunter"]


async def test_everything_is_listed_below_its_directory(client: RawClient) -> None:
    listed = await client.ask("listall")
    assert listed[:4] == [
        "directory: Shelf",
        "directory: Shelf/Björk",
        "directory: Shelf/Björk/Homogenic",
        f"file: {HUNTER}",
    ]
    assert len(listed.values("file")) == len(TRACKS)
    informed = await client.ask("listallinfo")
    assert informed.values("file") == listed.values("file")
    assert informed.values("directory") == listed.values("directory")
    assert await client.ask("listall nowhere") == ["ACK [50@0] {listall} No such directory"]


async def test_files_are_listed_without_their_path(client: RawClient) -> None:
    assert await client.ask("listfiles") == ["directory: Shelf", "OK"]
    answer = await client.ask("listfiles Shelf/Björk/Homogenic")
    assert answer[:2] == ["file: 01 Hunter.mp3", "size: 1000"]
    assert await client.ask(f'listfiles "{HUNTER}"') == ["ACK [50@0] {listfiles} No such directory"]


async def test_what_is_found_has_the_tags_that_the_client_wants(client: RawClient) -> None:
    await client.ask("tagtypes clear")
    await client.ask("tagtypes enable Title")
    answer = await client.ask("find artist Björk")
    assert answer.values("Title") == ["Hunter", "Jóga", "Bachelorette"]
    assert answer.values("Artist") == []


async def test_find_and_search(client: RawClient) -> None:
    assert (await client.ask("find title hunter")).values("Title") == []
    assert (await client.ask("search title hunt")).values("Title") == ["Hunter"]
    assert (await client.ask("search any QUOTES sort title window 1:3")).values("Title") == [
        'It\'s "Quoted"',
        "No Album",
    ]


async def test_counting(client: RawClient) -> None:
    assert await client.ask("count artist Björk") == ["songs: 3", "playtime: 306", "OK"]
    assert await client.ask("searchcount artist björk") == ["songs: 3", "playtime: 306", "OK"]
    assert await client.ask("searchcount artist björk group album") == [
        "Album: Homogenic",
        "songs: 3",
        "playtime: 306",
        "OK",
    ]
    assert await client.ask("count (base") == ["ACK [2@0] {count} Quoted string expected"]
    assert await client.ask("count base nowhere") == ["ACK [50@0] {count} No such directory"]


async def test_values_in_groups(client: RawClient) -> None:
    assert (await client.ask("list album group artist"))[:4] == [
        "Artist: Björk",
        "Album: Homogenic",
        "Artist: The Quotes",
        "Album: ",
    ]
    assert await client.ask("list base") == ["ACK [2@0] {list} Unknown tag type: base"]
    assert (await client.ask("list file base nowhere"))[0].startswith("ACK [50@0]")
    assert (await client.ask("list artist base nowhere"))[0].startswith("ACK [50@0]")


async def test_what_is_found_is_queued(client: RawClient, player: Player) -> None:
    assert await client.ask("findadd artist Björk sort -title") == ["OK"]
    assert queued(player) == ["Jóga", "Hunter", "Bachelorette"]
    assert await client.ask("searchadd title RAIN") == ["OK"]
    assert await client.ask("searchadd title album position 1") == ["OK"]
    assert queued(player) == ["Jóga", "No Album", "Hunter", "Bachelorette"]


async def test_the_queue_is_searched(client: RawClient, player: Player) -> None:
    await client.ask("findadd artist Björk")
    await client.ask('addid "http://radio.example/live"')
    answer = await client.ask("playlistfind title Jóga")
    assert (answer.values("Title"), answer.values("Pos")) == (["Jóga"], ["1"])
    assert (await client.ask("playlistsearch any BJÖRK")).values("Pos") == ["0", "1", "2"]
    assert (await client.ask("playlistsearch file radio")).values("Pos") == ["3"]
    for order, positions in {
        "title": ["3", "2", "0", "1"],
        "-track": ["2", "1", "0", "3"],
        "added": ["3", "0", "1", "2"],
        "-Last-Modified window 0:1": ["0"],
        "prio": ["0", "1", "2", "3"],
    }.items():
        assert (await client.ask(f"playlistfind \"(file != '')\" sort {order}")).values("Pos") == positions
    assert await client.ask("find artist Björk sort prio") == ["ACK [2@0] {find} Unknown sort tag"]


async def test_sorting_by_the_time_of_adding(client: RawClient) -> None:
    assert len((await client.ask("find \"(file != '')\" sort -added")).values("file")) == len(TRACKS)


async def test_comments_are_the_tags_of_the_index(client: RawClient) -> None:
    answer = await client.ask(f'readcomments "{HUNTER}"')
    assert answer.pairs == {
        "ARTIST": "Björk",
        "ALBUMARTIST": "Björk",
        "TITLE": "Hunter",
        "ALBUM": "Homogenic",
        "TRACKNUMBER": "1",
        "DATE": "1997",
        "GENRE": "Pop",
    }
    assert await client.ask("readcomments nothing") == ["ACK [50@0] {readcomments} No such song"]


async def test_clients_that_ask_at_once_share_one_index(core: Core) -> None:
    indexes = await asyncio.gather(*[index_of(core.library) for _ in range(5)])
    assert len({id(index) for index in indexes}) == 1


async def test_a_new_catalog_has_a_new_index(core: Core, locker: ShelfLocker) -> None:
    old = await index_of(core.library)
    versions: list[int] = []
    core.subscribe(lambda event: versions.append(event.version) if isinstance(event, CatalogChanged) else None)
    locker.all_tracks = TRACKS[:3]
    await core.sync("shelf")
    new = await index_of(core.library)
    assert versions == [new.catalog.version]
    assert (len(old.tracks), len(new.tracks)) == (len(TRACKS), 3)


async def test_a_window_of_values_is_one_of_the_outermost(client: RawClient) -> None:
    artists = (await client.ask("list artist")).values("Artist")
    assert (await client.ask("list artist window 1:3")).values("Artist") == artists[1:3]
    grouped = await client.ask("list album group artist window 0:1")
    assert grouped.values("Artist") == artists[:1]
    assert grouped.values("Album") == ["Homogenic"]
    assert await client.ask("list artist window 9:") == ["OK"]
    assert (await client.ask("list file window 0:1")).values("file") == [HUNTER]


async def test_searches_do_not_see_diacritics_for_the_client_that_wants_it(client: RawClient, connect: Connect) -> None:
    other = await connect()
    await client.ask("stringnormalization enable strip_diacritics")
    assert (await client.ask("search title joga")).values("Title") == ["Jóga"]
    assert (await client.ask("searchcount artist bjork")).values("songs") == ["3"]
    await client.ask("searchadd title joga")
    await client.ask("searchaddpl Found title joga")
    assert (await client.ask("playlistsearch title joga")).values("Title") == ["Jóga"]
    assert (await client.ask("listplaylistinfo Found")).values("Title") == ["Jóga"]
    assert await other.ask("search title joga") == ["OK"]
    assert await other.ask("playlistsearch title joga") == ["OK"]


async def test_what_finds_exactly_sees_diacritics_always_and_so_does_searchplaylist(client: RawClient) -> None:
    await client.ask("searchadd title jóga")
    await client.ask("searchaddpl Found title jóga")
    await client.ask("stringnormalization enable strip_diacritics")
    chosen = "\"(title == 'Joga')\""
    for line in f"find {chosen}", f"playlistfind {chosen}", f"list artist {chosen}", "searchplaylist Found title joga":
        assert await client.ask(line) == ["OK"]
    assert (await client.ask(f"count {chosen}")).values("songs") == ["0"]
    assert await client.ask(f"findadd {chosen}") == ["OK"]
    assert (await client.ask("status")).pairs["playlistlength"] == "1"


async def test_answers_that_are_kept_are_of_the_present_library(
    core: Core, locker: ShelfLocker, client: RawClient
) -> None:
    lines = ("list artist", "count group artist", "find \"(file != '')\" sort title", "list file")
    before = [await client.ask(line) for line in lines]
    assert [await client.ask(line) for line in lines] == before
    locker.all_tracks = TRACKS[:3]
    await core.sync("shelf")
    assert (await client.ask("list artist")).values("Artist") == ["Björk"]
    assert (await client.ask("count group artist")).values("songs") == ["3"]
    for line in lines[2:]:
        assert len((await client.ask(line)).values("file")) == 3


async def test_only_paths_in_the_database_are_shown(client: RawClient) -> None:
    for command in ("lsinfo", "listfiles", "readcomments"):
        for path in ("/etc", "file:///etc", "FILE:///x"):
            refused = f"ACK [4@0] {{{command}}} Access to local files via TCP is not allowed"
            assert await client.ask(f"{command} {path}") == [refused]
        assert await client.ask(f"{command} http://x/y") == [f"ACK [2@0] {{{command}}} Unsupported URI scheme"]
    assert await client.ask("listfiles Shelf/") == await client.ask("listfiles Shelf")


@pytest.mark.slow
async def test_a_large_selection_is_sorted_as_a_small_one(core: Core, locker: ShelfLocker, client: RawClient) -> None:
    locker.all_tracks = [
        replace(TRACKS[number % 3], id=str(number), title=f"{number * 7919 % 9000:05}", number=number % 50)
        for number in range(9000)
    ]
    await core.sync("shelf")
    titles = [f"{number:05}" for number in range(9000)]
    line = "find artist Björk sort"
    assert (await client.ask(f"{line} title window 100:200")).values("Title") == titles[100:200]
    assert (await client.ask(f"{line} -title window 0:50")).values("Title") == titles[:-51:-1]
    assert (await client.ask(f"{line} -track window 0:200")).values("Track") == ["49"] * 180 + ["48"] * 20
    assert (await client.ask("list title")).values("Title") == titles
    assert (await client.ask("list title \"(title starts_with '000')\" group artist")).values("Title") == titles[:100]
    found = (await client.ask("search \"(title contains_ci '0123')\" sort title")).values("Title")
    assert found == [title for title in titles if "0123" in title]
