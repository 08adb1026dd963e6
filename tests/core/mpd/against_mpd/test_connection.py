"""Lines, words, quotes and command lists: what a connection makes of bytes."""

import pytest

from .both import Both

LINES = (
    b"ping\r\nping\n",
    b"ping \r\n",
    b"ping\t\n",
    b"ping\x00x\nping\n",
    b"ping \xff\nping\n",
    b"pin\xc3\xa9\nping\n",
    b"ping_\nping\n",
    b"ping9\nping\n",
    b"ping-\nping\n",
    b'ping"x"\nping\n',
    b"ping'\nping\n",
    b"noidle\nping\n",
    b"noidle x\nping\n",
    b"noidle\nnoidle\nping\n",
    b"ping\nclose\n",
    b"close\nping\n",
    b"close x\nping\n",
    b"ping",
    b"ping " + b"x" * 8185 + b"\nping\n",
    b"ping " + b"x" * 8186 + b"\nping\n",
)
NO_COMMAND = (
    b"\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"Ping\n",
    b"1\n",
    b" ping\n",
    b"\tping\n",
    b"\xff\n",
    b"x" * 9000,
    b"ping " + b"x" * 8200 + b"\n",
)
WORDS = (
    b'ping "a\\\nping\n',
    b'ping "a" "b"\n',
    b'play "0"\t"1"\nping\n',
    b'play "0" \t\t  1\nping\n',
    b'play "0"1\nping\n',
    b'play "\nping\n',
    b'play ""\nping\n',
    b"play ''\nping\n",
    b'play "\\0"\nping\n',
    b'find artist "a\\"b"\nping\n',
    b'find artist "a\\\\b"\nping\n',
    b"find artist a'b\nping\n",
    b'find artist a"b\nping\n',
    b"find artist \"a\" 'b'\nping\n",
    b"find artist \x7f\nping\n",
    b'find artist "a\x01b"\nping\n',
    b"find" + b" artist x" * 35 + b"\nping\n",
    b"find" + b" artist x" * 36 + b"\nping\n",
    b"ping" + b" x" * 71 + b"\nping\n",
    b"ping" + b" x" * 72 + b"\nping\n",
)
INVALID_UTF8 = (
    b'find artist "\xff"\nping\n',
    b"find \"(artist == '\xff')\"\nping\n",
    b"nonsense\xff\nping\n",
    b'add "\xff"\nping\n',
    b'partition "\xff"\nping\n',
    b'list artist artist "\xc3\x28"\nping\n',
    b'search title "\xf0\x28\x8c\x28"\nping\n',
    b"playlistfind artist \xff\nping\n",
    b'listplaylist "\xff"\nping\n',
)
LISTS = (
    b"command_list_begin\ncommand_list_end\nping\n",
    b"command_list_ok_begin\ncommand_list_end\nping\n",
    b"command_list_begin\nping\nping\ncommand_list_end\nping\n",
    b"command_list_ok_begin\nping\nping\ncommand_list_end\nping\n",
    b"command_list_ok_begin\r\nping\r\nping\r\ncommand_list_end\r\nping\n",
    b"command_list_ok_begin \nping\ncommand_list_end \nping\n",
    b"command_list_ok_begin x\nping\ncommand_list_end\nping\n",
    b"command_list_end\nping\n",
    b"command_list_end x\nping\n",
    b"command_list_ok_begin\nping\ncommand_list_end x\nping\ncommand_list_end\nping\n",
    b"command_list_begin\nping\ncommand_list_begin\ncommand_list_end\nping\n",
    b"command_list_begin\nping\ncommand_list_ok_begin\nping\ncommand_list_end\nping\n",
    b"command_list_ok_begin\nping\nping\nnonsense\nping\ncommand_list_end\nping\n",
    b"command_list_begin\nping\nping\nplay 77\nping\ncommand_list_end\nping\n",
    b"command_list_ok_begin\nping\nping\nplay x\nping\ncommand_list_end\nping\n",
    b"command_list_ok_begin\nping\nping x\nping\ncommand_list_end\nping\n",
    b'command_list_ok_begin\nping\nping "\nping\ncommand_list_end\nping\n',
    b"command_list_ok_begin\nping\nclose\nping\ncommand_list_end\nping\n",
    b"command_list_ok_begin\nping\n\nping\ncommand_list_end\nping\n",
    b"command_list_ok_begin\nping\n ping\nping\ncommand_list_end\nping\n",
    b"command_list_ok_begin\nping\n1ping\nping\ncommand_list_end\nping\n",
    b"command_list_begin\nidle\ncommand_list_end\nping\n",
    b"command_list_begin\nnoidle\ncommand_list_end\nping\n",
    b"command_list_begin\nping\nidle player\nping\n",
)
IDLE = (
    b"idle\nnoidle\nping\n",
    b"idle\nnoidle\r\nping\n",
    b"idle\nnoidle\nnoidle\nping\n",
    b"idle\nping\nping\n",
    b"idle\nidle\nping\n",
    b"idle player\nnoidle x\nping\n",
    b"idle\ncommand_list_begin\nping\n",
    b"idle nonsense\nping\n",
    b"idle player nonsense\nping\n",
    b"idle PLAYER\nnoidle\nping\n",
    b"idle player player\nnoidle\nping\n",
    b'idle "player"\nnoidle\nping\n',
    b'idle "\nping\n',
    b"idle\nclose\n",
)


@pytest.mark.parametrize("requests", [LINES, NO_COMMAND, WORDS, INVALID_UTF8, LISTS, IDLE])
async def test_the_same_bytes_get_the_same_answer(both: Both, requests: tuple[bytes, ...]) -> None:
    await both.same_bytes(*requests)


async def test_a_list_is_carried_out_up_to_the_command_that_fails(both: Both) -> None:
    await both.same_list('add "Locker/Marta Quill/Ink"', "move 0 2", "delete 99", "clear")
    await both.same("playlist")


async def test_a_list_without_confirmations_is_one_answer(both: Both) -> None:
    lines = ('add "Locker/Marta Quill/Ink"', "playlistinfo 0", "status")
    await both.same_list(*lines, begin="command_list_begin")
    await both.same_list(*lines)


async def test_the_connections_own_settings(both: Both) -> None:
    await both.same("ping", "binarylimit 64", "binarylimit 8192")
    await both.same_error("ping x", "binarylimit", "binarylimit 1", "binarylimit x", "binarylimit -1", "password wrong")
    await both.same_error("password", "password a b", "binarylimit 1 2", "binarylimit 99999999999")


async def test_tags_are_shown_as_the_client_wishes(both: Both) -> None:
    song = 'find title "Blue Ink"'
    await both.same("tagtypes clear", "tagtypes", song, "tagtypes enable Artist title", "tagtypes", song)
    await both.same("tagtypes disable artist", song, "tagtypes all", song, "tagtypes", "tagtypes available")
    await both.same("tagtypes reset Title Album", "tagtypes", song, 'find artist "Marta Quill" window 0:1')
    await both.same("tagtypes all", "tagtypes enable mood", "tagtypes disable mood", "tagtypes", "tagtypes available x")
    await both.same_error(
        "tagtypes nonsense",
        "tagtypes enable",
        "tagtypes disable",
        "tagtypes reset",
        "tagtypes enable nonsense",
        "tagtypes disable Artist nonsense",
        "tagtypes clear x",
        "tagtypes all x",
    )


async def test_features_of_the_protocol(both: Both) -> None:
    await both.same("protocol", "protocol available", "protocol all", "protocol", "protocol clear", "protocol")
    await both.same("protocol enable hide_playlists_in_root", "protocol", "lsinfo", "lsinfo /")
    await both.same("protocol disable hide_playlists_in_root", "protocol", "lsinfo")
    await both.same_error(
        "protocol nonsense", "protocol enable", "protocol disable", "protocol enable nonsense", "protocol clear x"
    )
    await both.same_error("protocol all x", "protocol available x")
