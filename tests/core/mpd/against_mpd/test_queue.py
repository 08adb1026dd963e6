"""Editing and showing the queue."""

from .both import Both, quoted, uri

FOLDER = uri("Marta Quill/Ink")
SONG = uri("Marta Quill/Ink/03 Ink.mp3")
STREAM = "http://127.0.0.1:9/stream"


async def test_adding(both: Both) -> None:
    await both.same(f"add {FOLDER}", f"addid {SONG}", f"addid {SONG} 0", f"add {SONG} 2", "playlist", "playlistinfo")
    await both.same(f"add {uri('Marta Quill/Marta Quill')} 1", "playlist", "clear", "add /", "status", "clear")
    await both.same(
        'add ""', "status", "clear", f"add {STREAM}", f"addid {STREAM} 0", f"addid HTTP://{STREAM[7:]}", "playlist"
    )
    await both.same('add "http://127.0.0.1:9/a b"', f"addid http://user:word@{STREAM[7:]}", "playlistinfo", "playlist")


async def test_adding_beside_the_current_song(both: Both) -> None:
    await both.same(f"add {FOLDER}", f"add {SONG} +0", f"addid {SONG} -0", "play 2", f"add {SONG} +0", f"add {SONG} -0")
    await both.same(
        f"add {SONG} +1", f"addid {SONG} -1", f"addid {SONG} -99", f"addid {SONG} +99", "playlist", "status"
    )


async def test_what_cannot_be_added(both: Both) -> None:
    await both.same_error("add", "addid", "add a b c", "addid a b c", "add nope", "addid nope", f"addid {FOLDER}")
    await both.same_error(
        "add Locker/", "add Locker/nope", "addid Locker/nope.mp3", "add Locker//x", "add ../x", "add ./x"
    )
    await both.same_error('addid ""', "addid /", "addid /x", "addid ../x", "add /x", f"add {quoted('/Locker')}")
    await both.same_error(
        "add file:///x", "add file://x", "add file:x", "addid file:///x", "add gopher-not://x", "addid a://x"
    )
    await both.same_error('add "a b://x"', "add ://x", "add http:/x", "add http:", f"add {SONG} 7", f"addid {SONG} 9")
    await both.same_error(f"add {SONG} x", f"add {SONG} 0:1", f"addid {SONG} x", f"addid {SONG} +", f"addid {SONG} -")
    await both.same("playlist", f"add {SONG} 0", "playlist")


async def test_a_foreign_scheme_that_no_output_takes(both: Both) -> None:
    await both.differs("Schemes other than `http` and `https`", "add ftp://127.0.0.1:9/x", "urlhandlers")


async def test_deleting(both: Both) -> None:
    await both.same(
        f"add {FOLDER}", "playlistinfo", "delete 0", "playlist", "delete 0:2", "delete 3:99", "playlist", "status"
    )
    await both.same(
        "deleteid #3", "playlist", "delete 1:1", "delete 0:", "playlist", "status", "delete 0:", "clear", "status"
    )


async def test_deleting_nothing(both: Both) -> None:
    await both.same(f"add {FOLDER}", "delete 9:", "delete 9:9", "delete -1", "playlist", f"add {FOLDER}")
    await both.same_error(
        "delete", "delete 1 2", "delete 99", "delete 99:", "delete 2:1", "delete :", "delete :2", "delete x"
    )
    await both.same_error("delete 1:x", 'delete "0: "', "delete 0.5", "delete -2", "delete 99999999999")
    await both.same_error("deleteid", "deleteid 7777777", "deleteid x", "deleteid -1", "deleteid 1:2", "clear x")


async def test_moving(both: Both) -> None:
    await both.same(
        f"add {uri('Marta Quill')}", "playlistinfo", "move 0 2", "move 0:3 2", "move 2:5 0", "move 3 3", "move 0:0 0"
    )
    await both.same(
        "playlist", "moveid #4 0", "moveid #4 17", "swap 0 5", "swap 0 0", "swapid #1 #2", "playlist", "status"
    )


async def test_moving_no_songs(both: Both) -> None:
    await both.same(f"add {FOLDER}", "status")
    for line in ("0:0 0", "0:0 1", "1:1 0", "1:1 1", "4:4 2", "2:2 4", "9:9 0", "8:8 8", "4:4 9", "4:4 10", "0:0 99"):
        await both.same(f"move {line}", "status", "playlist", "plchangesposid @0")


async def test_moving_beside_the_current_song(both: Both) -> None:
    await both.same(
        f"add {uri('Marta Quill')}", "playlistinfo", "move 0 +0", "move 3 -0", "play 4", "move 0 +0", "move 9 +0"
    )
    await both.same("move 0 -0", "move 0:2 +1", "move 0:2 -1", "move 9:12 +0", "move 8:10 -0", "move 4 +0", "playlist")
    await both.same(
        "moveid #7 +0", "moveid #8 -0", "moveid #9 +99", "moveid #9 -99", "move 3:6 +0", "move 9 +99", "playlist"
    )


async def test_what_cannot_be_moved(both: Both) -> None:
    await both.same(f"add {FOLDER}")
    await both.same_error("move", "move 0", "move 0 1 2", "move 99 0", "move 0 9", "move 0 99", "move x 0", "move 0 x")
    await both.same_error(
        "move 5: 0", "move 5:99 0", "move 0:2 8", "move 99: 0", "move 3:1 0", "move -1 0", "move 0 -1x"
    )
    await both.same_error(
        "moveid 7777777 0", "moveid x 0", "moveid 1", "moveid 1 x", "swap 0", "swap 0 99", "swap 99 0", "swap x 0"
    )
    await both.same_error("swap 0 x", "swap -1 0", "swapid 1", "swapid 7777777 7777778", "swapid x 1", "swapid 1 x")


async def test_showing(both: Both) -> None:
    await both.same(
        f"add {FOLDER}", "playlist", "playlistinfo", "playlistinfo 3", "playlistinfo 2:4", "playlistinfo 5:"
    )
    await both.same(
        "playlistinfo 5:99", "playlistinfo -1", "playlistinfo 0:0", "playlistid", "playlistid #4", "playlistinfo 9:"
    )
    await both.same_error(
        "playlistinfo 99", "playlistinfo 99:", "playlistinfo -2", "playlistinfo 3:1", "playlistinfo :3"
    )
    await both.same_error(
        "playlistinfo x", "playlistinfo 1 2", "playlistinfo 1:-2", "playlistid 7777777", "playlistid x"
    )
    await both.same_error("playlistid -1", "playlistid 1 2", "playlist x")


async def test_what_changed_since(both: Both) -> None:
    await both.same(
        "status",
        f"add {FOLDER}",
        "status",
        "playlistinfo",
        "move 1 4",
        "status",
        "delete 7",
        "status",
        "prio 3 2",
        "status",
    )
    for version in ("@0", "@1", "@2", "@3", "@4", "0", "-1", "4294967296", "4294967295", "99999"):
        await both.same(f"plchanges {version}", f"plchangesposid {version}")
    await both.same(
        "plchanges @1 1:3", "plchangesposid 0 2:4", "plchangesposid 0 3", "plchanges 0 0:1", "plchanges 0 99:"
    )
    await both.same_error(
        "plchanges", "plchanges x", "plchanges 0 x", "plchanges 0 1 2", "plchangesposid 0 3:1", "plchanges 0 3:1"
    )
    await both.same_error("plchangesposid", "plchangesposid x", "plchangesposid 0 x", "plchangesposid 1.5")


async def test_priorities(both: Both) -> None:
    await both.same(
        f"add {FOLDER}", "playlistinfo", "prio 10 0", "prio 5 1:3", "prio 6 1:3 4:6", "prio 5 7:99", "playlistinfo"
    )
    await both.same(
        "prioid 7 #1 #2", "prio 0 0:", "playlistinfo", "prioid 255 #8", "playlistinfo 8", "prio 1 -1", "status"
    )
    await both.same_error(
        "prio", "prio 5", "prio 256 0", "prio -1 0", "prio x 0", "prio 5 x", "prio 5 99", "prio 5 2:1"
    )
    await both.same_error("prioid 5", "prioid 7 7777777", "prioid 7 x", "prioid 256 1", "prioid x 1")


async def test_shuffling(both: Both) -> None:
    await both.same(
        "shuffle", f"add {FOLDER}", "playlistinfo", "shuffle 3:4", "shuffle 0:0", "shuffle 3", "playlist", "status"
    )
    await both.same_error("shuffle 99", "shuffle 99:", "shuffle 3:1", "shuffle x", "shuffle 1 2", "shuffle -2")


async def test_finding_in_the_queue(both: Both) -> None:
    await both.same(f"add {uri('Marta Quill')}", "prio 5 0:4", "prio 9 2", 'playlistfind artist "Marta Quill"')
    await both.same("playlistfind \"(artist == 'Marta Quill')\" window 0:2", "playlistfind title Ink sort -track")
    await both.same(
        'playlistsearch title "ink" sort title window 1:3', "playlistsearch any INK", "playlistfind any ink"
    )
    await both.same_error(
        "playlistfind", "playlistfind foo bar", "playlistfind artist", "playlistfind artist x sort foo"
    )
    await both.same_error("playlistfind artist x window x", "playlistsearch", "playlistsearch artist")


async def test_tags_of_a_url(both: Both) -> None:
    await both.same(
        f"add {STREAM}", "playlistinfo", "addtagid #0 artist x", 'addtagid #0 Title "A title"', "playlistinfo"
    )
    await both.same("addtagid #0 title Another", 'addtagid #0 genre ""', "playlistinfo", 'playlistfind title "A title"')
    await both.same(
        "cleartagid #0 artist", "playlistinfo", "cleartagid #0", "playlistinfo", "addtagid #0 composer é", "status"
    )
    await both.same_error(
        "addtagid 7777777 artist x", "addtagid x artist x", "addtagid #0 nonsense x", 'addtagid #0 "" x'
    )
    await both.same_error(
        "addtagid #0 artist", "addtagid #0 artist a b", "cleartagid", "cleartagid #0 a b", "cleartagid 7777777"
    )
    await both.same_error("cleartagid x", "cleartagid #0 nonsense")
    await both.same(f"add {FOLDER}", "playlistinfo", "playlistinfo 0")
    await both.same_error("addtagid #3 artist x", "cleartagid #3", "cleartagid #3 artist")


async def test_filters_see_one_value_of_each_tag_of_a_url(both: Both) -> None:
    await both.same(
        f"add {STREAM}", "playlistinfo", "addtagid #0 title One", "addtagid #0 title Two", "playlistfind title One"
    )
    await both.differs("More than one value that `addtagid` gives", "playlistfind title Two")


async def test_parts_of_a_song(both: Both) -> None:
    await both.same(f"add {FOLDER}", "playlistinfo")
    for part in (
        "1:3",
        "1:",
        ":3",
        ":",
        "0:0",
        "1.5:2.5",
        "2:2",
        "2:999",
        "500:999",
        "5:0",
        "0.0001:0.0002",
        ".5:1.",
        "3:1",
    ):
        await both.same(f"rangeid #3 {part}", "playlistinfo 3", "status")
    await both.same("rangeid #2 1.25:3.125", "play 2", "status", "seekcur 1", "status", "currentsong", "playlistinfo 2")
    await both.same_error(
        "rangeid #3 -1:3", "rangeid #3 x", "rangeid #3 1", "rangeid #3 1:x", "rangeid #3 x:1", "rangeid #3 .:2"
    )
    await both.same_error("rangeid #3 1:2:3", "rangeid #3", "rangeid x 1:2", "rangeid 7777777 1:2", "rangeid #3 1:2 3")
    await both.same_error("rangeid #2 2:3")


async def test_empty_arguments(both: Both) -> None:
    await both.same_error('delete " x "', 'playlistinfo " 1:2:3 : "', 'play " 1 "', 'seekcur " x "', 'setvol "\t7 x\t"')
    await both.same(f"add {FOLDER}")
    for line in (
        "play",
        "playid",
        "pause",
        "setvol",
        "random",
        "delete",
        "deleteid",
        "seekcur",
        "binarylimit",
        "plchanges",
    ):
        await both.same_error(f'{line} ""', f'{line} " "')
    await both.same(
        'prio "" 0', 'move "" ""', 'idle ""', 'list ""', 'find "" x', 'partition ""', 'enableoutput ""', 'load ""'
    )
    await both.same(
        'subscribe ""', 'single ""', 'playlistinfo ""', 'playlistid ""', 'add "" ""', 'protocol ""', 'tagtypes ""'
    )


async def test_long_command_lists(both: Both) -> None:
    lines = [f"addid {SONG}"] * 20
    await both.same_list(*lines)
    await both.same_list(*lines, begin="command_list_begin")
    await both.same_list(*[f"addid {SONG} {position}" for position in range(7, 20)], "playlist")
    await both.same_list(*lines[:12], f"addid {SONG} 999", *lines)
    await both.same_list(*[f"add {SONG}"] * 9, f"add {FOLDER}", *[f"add {SONG} 0"] * 9, "status")
    await both.same_list(*lines[:12], 'addid "open', *lines)
    await both.same("playlist", "status")
