"""What idle tells of each command."""

import pytest

from .both import Both, uri

FOLDER = uri("Marta Quill/Ink")
SONG = uri("Marta Quill/Ink/03 Ink.mp3")
EDITS = (
    f"add {FOLDER}",
    f"addid {SONG} 0",
    "move 0 3",
    "move 0:2 3",
    "move 2 2",
    "swap 0 1",
    "shuffle",
    "shuffle 1:2",
    "prio 5 0:2",
    "prio 5 0:2",
    "delete 0",
    "delete 3:3",
    "delete 99:",
    "findadd title Ink",
    "searchadd title nobody",
    "clear",
    "clear",
)
OTHERS = (
    ("random 1", "options"),
    ("repeat 1", "options"),
    ("consume oneshot", "options"),
    ("setvol 12", "mixer"),
    ("volume 3", "mixer"),
    ("disableoutput 0", ""),
    ("save told", "stored_playlist"),
    (f"playlistadd told {SONG}", "stored_playlist"),
    (f"playlistadd told {SONG}", "stored_playlist"),
    ("playlistmove told 0 1", "stored_playlist"),
    ("playlistdelete told 0", "stored_playlist"),
    ("rename told untold", "stored_playlist"),
    ("load untold", "playlist"),
    ("save untold append", "stored_playlist"),
    ("playlistclear untold", "stored_playlist"),
    ("rm untold", "stored_playlist"),
    ("rm untold", ""),
    (f"sticker set song {SONG} told 1", "sticker"),
    (f"sticker set song {SONG} told 1", "sticker"),
    (f"sticker inc song {SONG} told 1", "sticker"),
    (f"sticker delete song {SONG} told", "sticker"),
    ("subscribe told", "subscription"),
    ("sendmessage told x", ""),
    ("unsubscribe told", "subscription"),
    ("newpartition told", "partition"),
    ("partition told", ""),
    ("partition default", ""),
    ("delpartition told", "partition"),
    ("clearerror", ""),
    ("tagtypes clear", ""),
    ("lsinfo", ""),
)


async def test_edits_of_the_queue(both: Both) -> None:
    for line in EDITS:
        assert await both.told(line) <= {"playlist"}, line


@pytest.mark.parametrize("silent", ["player", "options"])
async def test_what_was_not_asked_for_is_not_told(both: Both, silent: str) -> None:
    assert await both.told(f"add {FOLDER}", "clear", of=silent) == set()


async def test_each_command_tells_its_subsystem(both: Both) -> None:
    for line, subsystem in OTHERS:
        assert await both.told(line) == ({subsystem} if subsystem else set()), line


async def test_a_command_list_is_one_change(both: Both) -> None:
    watching = await both.other()
    for client in (watching.mpd, watching.ours):
        client.send("idle\n")
    await both.same_list(f"add {FOLDER}", "random 1", "delete 0", f"add {SONG}")
    for client in (watching.mpd, watching.ours):
        assert await client.answer() == ["changed: playlist", "changed: options", "OK"]
        client.send("idle\nnoidle\n")
        assert await client.answer() == ["OK"]
