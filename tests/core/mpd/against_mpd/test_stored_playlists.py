"""Stored playlists that the library keeps, beside MPD's files."""

import pytest

from .both import Both, uri

INK = uri("Marta Quill/Ink")
GONE = '"http://127.0.0.1:9/gone.mp3"'
NAMES = ('""', "a/b")
WITHOUT = ("listplaylists", "status")


async def fill(both: Both) -> None:
    """Let both have a playlist of one folder, and of two songs by the first of it and a URL."""
    await both.same(f"add {INK}", "save mix", "clear", f"playlistadd two {GONE}")


async def test_the_queue_is_saved(both: Both) -> None:
    await both.same("save empty", "listplaylist empty", "playlistlength empty")
    await both.same(f"add {INK}", "save mix", "listplaylist mix", "listplaylistinfo mix", "playlistlength mix")
    await both.same_error("save mix", "save mix create")
    await both.same("save mix append", "listplaylist mix", "save mix replace", "listplaylist mix", "listplaylists")
    await both.same_error(
        "save new append", "save new replace", "save mix other", "save mix APPEND", "save mix append x"
    )
    await both.same_error("save", *(f"save {name}" for name in NAMES))
    await both.same('save "with blanks"', "save .", "save ..", "listplaylists")


async def test_ranges_are_listed(both: Both) -> None:
    await fill(both)
    for command in ("listplaylist", "listplaylistinfo"):
        await both.same(*(f"{command} mix {window}" for window in ("0", "1:2", "2:", "50:60", "-1", "1:1")))
        await both.same_error(*(f"{command} mix {window}" for window in ("2:1", "x", ":2", "-1:", "1:x")))
        await both.same_error(f"{command} none", f"{command} a/b", f'{command} ""', command, f"{command} mix 1 2")
    await both.same_error("playlistlength none", "playlistlength a/b", "playlistlength", "playlistlength mix 1")


async def test_playlists_are_queued(both: Both) -> None:
    await fill(both)
    await both.same("load mix", "playlist", "load mix 1:2 0", "playlist", "load mix 50:60", "playlist", "load two")
    await both.same("play 1", "pause 1", "load mix 0:1 +0", "playlist", "load mix 0:1 -0", "playlist", "stop")
    await both.same_error(
        "load none", "load a/b", "load mix x", "load mix 2:1", "load mix 0:1 9999", "load mix 0 x", "load"
    )


async def test_songs_folders_and_urls_are_added(both: Both) -> None:
    song = uri("Marta Quill/Ink/nothing.mp3")
    await both.same(f"playlistadd new {INK}", "listplaylist new", f"playlistadd new {GONE}", "listplaylistinfo new")
    await both.same(f"playlistadd new {GONE} 0", f"playlistadd new {INK} 1", "listplaylist new", "playlistlength new")
    await both.same('playlistadd new "http://ann:secret@127.0.0.1:9/x"', "listplaylist new")
    await both.same_error(f"playlistadd other {song}", f"playlistadd other {song} 0", "playlistadd new foo://x")
    await both.same_error(f"playlistadd other {GONE} 1", f"playlistadd new {GONE} 999", f"playlistadd new {GONE} x")
    await both.same_error("playlistadd new /nothing", "playlistadd new nothing/", f"playlistadd new {GONE} -1")
    await both.same_error("playlistadd new", "playlistadd", *(f"playlistadd {name} {GONE}" for name in NAMES))
    await both.same(f"playlistadd first {GONE} 0", "listplaylist first", "listplaylists")


async def test_songs_are_deleted(both: Both) -> None:
    await fill(both)
    await both.same("playlistdelete mix 1", "listplaylist mix", "playlistdelete mix 0:2", "listplaylist mix")
    await both.same("save long append", "playlistadd mix 0", "listplaylist mix")
    await both.same(f"playlistadd mix {INK}", "playlistdelete mix 1:", "listplaylist mix", "playlistdelete mix 1")
    await both.same("playlistdelete mix 0:50", "listplaylist mix", "playlistdelete mix 0", "playlistdelete mix -1")
    await both.same_error(
        "playlistdelete mix 5", "playlistdelete mix 5:", "playlistdelete mix 5:9", "playlistdelete mix x"
    )
    await both.same_error(
        "playlistdelete mix 2:1", "playlistdelete none 0", "playlistdelete mix", "playlistdelete mix 1 2"
    )
    await both.same_error(*(f"playlistdelete {name} 0" for name in NAMES))


async def test_songs_are_moved(both: Both) -> None:
    await fill(both)
    for where in ("0 1", "0 0", "1 0", "0:2 1", "1:3 0", "0:1 2"):
        await both.same(f"playlistmove mix {where}", "listplaylist mix")
    await both.same_error(
        *(f"playlistmove mix {where}" for where in ("0 99", "99 0", "0:99 1", "0: 1", "-1 0", "x 0", "0 x"))
    )
    await both.same("playlistmove none 0 0")
    await both.same_error("playlistmove none 0 1", "playlistmove mix 0", "playlistmove mix", "playlistmove mix 0 1 2")
    await both.same_error(*(f"playlistmove {name} 0 1" for name in NAMES))


async def test_playlists_are_cleared_renamed_and_removed(both: Both) -> None:
    await fill(both)
    await both.same("playlistclear mix", "listplaylist mix", "playlistclear mix", "rename mix mixed", "listplaylists")
    await both.same_error(
        "playlistclear none", "rename none other", "rename mixed mixed", "rename two mixed", "rm none"
    )
    await both.same_error(*(f"playlistclear {name}" for name in NAMES), *(f"rm {name}" for name in NAMES))
    await both.same_error(*(f"rename {name} x" for name in NAMES), *(f"rename mixed {name}" for name in NAMES))
    await both.same_error("rename mixed", "rm", "playlistclear", "rm a b")
    await both.same("rm mixed", "listplaylists", "rm two", "listplaylists")


@pytest.mark.parametrize("chosen", ["\"(title contains 'e')\"", "title e", "\"(artist == 'marta quill')\"", "file ink"])
async def test_songs_of_a_playlist_are_found(both: Both, chosen: str) -> None:
    await fill(both)
    await both.same(
        f"searchplaylist mix {chosen}", f"searchplaylist mix {chosen} window 1:2", f"searchplaylist two {chosen}"
    )
    await both.same(
        f"searchaddpl found {chosen}", "listplaylist found", f"searchaddpl found {chosen} window 0:2 position 1"
    )
    await both.same("listplaylist found", f"searchaddpl found {chosen} sort title window 0:1", "listplaylist found")
    await both.same_error(f"searchplaylist none {chosen}", f"searchaddpl found {chosen} position 9999")


async def test_what_is_wrong_with_a_search(both: Both) -> None:
    await fill(both)
    await both.same_error(
        "searchplaylist mix", 'searchplaylist mix "(bad"', "searchplaylist mix title", "searchplaylist"
    )
    await both.same_error("searchplaylist mix title x window 0:1 x", "searchplaylist mix title x window")
    await both.same_error("searchplaylist mix \"(title contains 'a')\" sort title", "searchaddpl new", "searchaddpl")
    await both.same_error(*(f"searchaddpl {name} title e" for name in NAMES), "searchaddpl new title e position 5")
    await both.same("searchaddpl new title zzzzzz", "listplaylists")


async def test_waiting_clients_are_told(both: Both) -> None:
    changed = {"stored_playlist"}
    for line in (
        "save mix",
        f"playlistadd mix {INK}",
        "save mix append",
        "playlistmove mix 0 1",
        "playlistdelete mix 0",
    ):
        assert await both.told(line) == changed, line
    for line in ("playlistmove mix 0 0", "searchaddpl mix title zzzzzz", "listplaylist mix", "playlistdelete mix 99"):
        assert not await both.told(line), line
    for line in (
        "playlistclear mix",
        "rename mix mixed",
        "searchaddpl mixed title e",
        "save mixed replace",
        "rm mixed",
    ):
        assert await both.told(line) == changed, line


async def test_the_root_lists_them_unless_the_client_wants_none(both: Both) -> None:
    await fill(both)
    await both.same("lsinfo", "protocol enable hide_playlists_in_root", "lsinfo")


async def test_addresses_of_playlists_are_not_fetched(both: Both) -> None:
    address = "http://127.0.0.1:9/list.m3u"
    for line in (f"load {address}", f"listplaylist {address}", f"listplaylistinfo {address}"):
        assert "No such playlist" in (await both.differs("Addresses of playlists", line))[-1]


async def test_of_several_errors_the_same_is_told(both: Both) -> None:
    folder = '"Locker/Marta Quill/Ink"'
    await both.same(f"playlistadd mine {folder}")
    for target in (
        "new nope 2",
        "new nope 0",
        "a/b nope",
        "a/b nope 0",
        "a/b nope 5",
        f"a/b {folder} 0",
        f"a/b {folder}",
    ):
        await both.same_error(f"playlistadd {target}")
    for target in ("new /x", "new /x 0", "new file:///x", "new x://y", '"" nope', f'"" {folder} 0', f'"" {folder}'):
        await both.same_error(f"playlistadd {target}")
    await both.same_error("playlistadd mine nope 99", f"playlistadd mine {folder} 99", f"playlistadd mine {folder} x")
    for search in (
        "a/b title Ink",
        "a/b title",
        "a/b foo bar",
        "a/b title nobody",
        '"" title nobody',
        "mine position x",
    ):
        await both.same(f"searchaddpl {search}")
    await both.same_error("searchaddpl new title nobody position 7", "searchaddpl mine title ink position 99")
    await both.same_error("searchaddpl mine title nobody position 99", "searchaddpl mine foo bar position x")
    for places in (
        "mine 1: -1",
        "mine 1: 0",
        "mine x -1",
        "mine 1 x",
        "nope 1: x",
        "a/b 0 1",
        "mine 99 0",
        "mine 2:1 x",
    ):
        await both.same_error(f"playlistmove {places}")
    await both.same_error(
        "rename nope mine", "rename nope nope2", "rename a/b mine", "rename mine a/b", "rename nope a/b"
    )
    await both.same_error(
        "rename mine mine", 'rename "" mine', "save a/b x", "save mine x", "load nope x", "load a/b x"
    )
    await both.same_error(
        "load nope 0: x", "searchplaylist nope foo bar", "searchplaylist nope \"(a == 'x')\" window x"
    )
    await both.same("listplaylists", "rm mine")
