"""myMPD and M.A.L.P., which do not run here: what their sources send when they connect and browse, line by line.

myMPD (jcorporation/myMPD, 2026): src/mympd_client/connection.c, features.c, tags.c, idle.c, search.c, stickerdb.c,
and src/mympd_worker/album_cache.c; libmpdclient, which it sends by, quotes arguments so.
M.A.L.P. 25 (gateship-one/malp, 2018, the newest one on GitHub): MPDCommands.java and MPDConnection.java of mpdprotocol.
"""

from .both import Both

BLUE = "Locker/Marta Quill/Ink/01 Blue Ink.mp3"
_MYMPD_TAGS = '"Artist" "Album" "AlbumArtist" "Title" "Track" "Name" "Genre" "Date" "Disc" "Composer" "Performer"'
_MYMPD_IDLE = 'idle "database" "stored_playlist" "playlist" "player" "mixer" "output" "options" "update" "partition"'
_ALBUM = "((AlbumArtist == 'Marta Quill') AND (Album == 'Ink'))"

MYMPD = (
    'command_list_begin\nbinarylimit "8192"\nprotocol "all"\ncommand_list_end',
    'tagtypes "available"',
    f'tagtypes "reset" {_MYMPD_TAGS}',
    "tagtypes",
    "listpartitions",
    'partition "default"',
    "status",
    "currentsong",
    "stats",
    "listplaylists",
    "outputs",
    "replay_gain_status",
    "getvol",
    f"{_MYMPD_IDLE}\nnoidle",
)
MYMPD_BROWSES = (
    "search \"((Album != '') AND (AlbumArtist != ''))\" window 0:1000",
    "search \"((AlbumArtist != ''))\" window 1000:2000",
    "list Album group AlbumArtist",
    "list AlbumArtist \"(AlbumArtist starts_with 'M')\"",
    "list Genre",
    f'search "{_ALBUM}" sort Disc window 0:1000',
    f'search "{_ALBUM}" sort Track',
    f'find "{_ALBUM}" window 0:1',
    "search \"((any contains 'ink'))\" sort Title window 0:100",
    "search \"((Title contains 'It\\\\'s Not'))\" sort TitleSort window 0:100",
    'lsinfo ""',
    'lsinfo "Locker"',
    'listplaylist "First Tracks" "0:5"',
    'listplaylistinfo "First Tracks" "0:5"',
    'playlistlength "First Tracks"',
    'searchplaylist "First Tracks" "((Title contains \'in\'))" window 0:100',
    f'albumart "{BLUE}" "0"',
    f'readpicture "{BLUE}" "0"',
)
MYMPD_PLAYS = (
    f'searchadd "{_ALBUM}" sort Track',
    'playlistinfo "0:100"',
    'playid "#3"',
    'pause "1"',
    f'searchadd "{_ALBUM}" sort -Track window 0:2 position +0',
    f'searchadd "{_ALBUM}" window 0:1 position 0',
    "playlistsearch \"((Title contains 'ink'))\" sort Title window 0:100",
    'playlistfind "((prio >= 1))" window 0:100',
    'plchangesposid "0"',
    'prioid "10" "#1"',
    'playid "#2"',
    'pause "1"',
    'seekcur "3"',
    "status",
    "currentsong",
    'consume "oneshot"',
    'single "oneshot"',
    "status",
    'moveid "#0" "+0"',
    'command_list_begin\ndeleteid "#0"\ndeleteid "#1"\ncommand_list_end',
    'save "Mine" "create"',
    'save "Mine" "append"',
    f'searchaddpl "Mine" "{_ALBUM}" sort Title window 0:3 position 1',
    'playlistmove "Mine" "0" "2"',
    'playlistdelete "Mine" "0:2"',
    'listplaylistinfo "Mine"',
    'rename "Mine" "Mine too"',
    'rm "Mine too"',
    'newpartition "kitchen"',
    "listpartitions",
    'delpartition "kitchen"',
)
MYMPD_STICKERS = (
    "stickertypes",
    'stickernamestypes "song"',
    f'sticker "list" "song" "{BLUE}"',
    f'sticker "inc" "song" "{BLUE}" "skipCount" "1"',
    f'sticker "set" "song" "{BLUE}" "like" "2"',
    f'sticker "set" "song" "{BLUE}" "elapsed" "12"',
    f'sticker "dec" "song" "{BLUE}" "skipCount" "1"',
    f'sticker "list" "song" "{BLUE}"',
    'sticker "find" "song" "" "like" "=" "2"',
    'sticker "find" "song" "" "like" "gt" "1" "sort" "value_int" "window" "0:10"',
    f'sticker "delete" "song" "{BLUE}" "like"',
    'idle "sticker"\nnoidle',
)
MALP = (
    "tagtypes",
    "idle\nnoidle",
    "status",
    "currentsong",
    "playlistinfo",
    "list artist group MUSICBRAINZ_ARTISTID",
    "list albumartist group MUSICBRAINZ_ARTISTID",
    "list album group albumartist group musicbrainz_albumid",
    'list album artist "Marta Quill" group AlbumArtist group musicbrainz_albumid',
    'list album AlbumArtist "DJ \\"Null\\" Pointer" group AlbumArtist group musicbrainz_albumid',
    'list album base "Locker/Marta Quill" group albumartist group musicbrainz_albumid',
    'list album "Marta Quill"',
    'find album "Ink"',
    'lsinfo ""',
    'lsinfo "Locker/Marta Quill"',
    "listplaylists",
    'listplaylistinfo "First Tracks"',
    'search title "ink"',
    'search album "ink"',
    'search artist "marta"',
    'search file "ink"',
    'search any "夜行"',
    "outputs",
    "stats",
    f'command_list_begin\nadd "{BLUE}"\nadd "Locker/Marta Quill/Ink"\ncommand_list_end',
    f'addid "{BLUE}"  1',
    "playlistinfo 0:5",
    "play 2",
    "pause 1",
    "seek 2 3",
    "status",
    "next",
    "random 1",
    "random 0",
    "setvol 30",
    "move 0 3",
    "delete 1",
    'save "Mine"',
    f'playlistadd "Mine" "{BLUE}"',
    'playlistdelete "Mine" 0',
    'listplaylistinfo "Mine"',
    "clear",
    'load "Mine"',
    'searchadd any "lighthouse"',
    "playlistinfo",
    'rm "Mine"',
    "stop",
)


async def work(both: Both, *lines: str) -> None:
    """Send these, one by one; both answer the same, and take them."""
    for line in lines:
        answer = await both.same(line)
        assert answer[-1] == "OK", (line, answer)


async def test_mympd_finds_the_commands_that_it_looks_for(both: Both) -> None:
    for answer in await both.ask("commands"):
        assert {"listplaylists", "sticker"} <= set(answer.values("command"))


async def test_mympd_connects(both: Both) -> None:
    await work(both, *MYMPD)


async def test_mympd_browses(both: Both) -> None:
    await work(both, *MYMPD, *MYMPD_BROWSES)


async def test_mympd_plays(both: Both) -> None:
    await work(both, *MYMPD, *MYMPD_PLAYS)


async def test_mympd_keeps_stickers(both: Both) -> None:
    await work(both, *MYMPD_STICKERS)


async def test_malp_connects_browses_and_plays(both: Both) -> None:
    await work(both, *MALP)
