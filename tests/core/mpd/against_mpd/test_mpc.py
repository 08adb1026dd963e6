"""Every subcommand of mpc (0.34): what it prints and how it ends is what it is with MPD."""

import asyncio
import contextlib
import itertools
from pathlib import Path

import pytest

from . import programs
from .both import Both
from .guarded import guarded
from .programs import Mpcs

INK = "'Locker/Marta Quill/Ink'"
BLUE, ROOM, SONG = (f"'Locker/Marta Quill/Ink/{title}.mp3'" for title in ("01 Blue Ink", "02 Paper Room", "03 Ink"))
FORMAT = (
    "[%artist%|%albumartist%] %title% %album% %track% [%disc%] [%date%] [%genre%] [%composer%] %time% %file% "
    "[%position%] [%prio%] [%name%] [%performer%]"
)


@pytest.fixture
def mpc(both: Both) -> Mpcs:
    return Mpcs(both)


async def test_the_queue_is_filled(mpc: Mpcs) -> None:
    await mpc.same(f"add {BLUE}", f"add {INK} {BLUE}", "playlist", "status", "", "clear", "playlist")
    await mpc.run(["add"], entered="Locker/Marta Quill/Ink/03 Ink.mp3\nLocker/Marta Quill/Ink\n")
    await mpc.same("playlist", f"-f '{FORMAT}' playlist", "clear", "add /", "playlist", "status")
    await mpc.same(
        "clear", f"add {INK}", "play 2", f"insert {BLUE}", "playlist", "random on", f"insert {SONG}", "queued"
    )
    await mpc.run(["insert"], entered="Locker/Marta Quill/Ink/03 Ink.mp3\nLocker/Marta Quill/Ink/02 Paper Room.mp3\n")
    await mpc.same("stop", "playlist", "random off", f"insert {ROOM}", "playlist")
    await mpc.refused("add nothing", f"add {BLUE} nothing", "insert nothing", "add file:///etc/passwd", "add foo://x")
    await mpc.same("add http://127.0.0.1:9/gone.mp3", "playlist")


async def test_the_queue_is_edited(mpc: Mpcs) -> None:
    await mpc.same(f"add {INK}", "del 3", "playlist", "del 1-2", "playlist", "del 1 2", "playlist")
    await mpc.run(["del"], entered="1\n")
    await mpc.same(
        "playlist", f"add {INK}", "move 1 4", "playlist", "mv 5 2", "playlist", "play 3", "del 0", "playlist"
    )
    await mpc.same("status", "crop", "playlist", "status", "stop", "crop", "playlist", "clear", "crop", "status")
    await mpc.refused("del 99", "del x", "move 1 99", "move 99 1", "move x 1", "move 1")


async def test_the_queue_is_shuffled(mpc: Mpcs) -> None:
    await mpc.same(f"add {INK}", "-q shuffle")
    await mpc.run(["playlist"], ordered=False)


async def test_priorities(mpc: Mpcs) -> None:
    await mpc.same(f"add {INK}", "prio 10 3", "-f '%prio% %title%' playlist", "prio 255 1-2 5", "prio 0 3")
    await mpc.same("-f '%prio% %title%' playlist")
    await mpc.refused("prio 256 1", "prio x 1", "prio 1", "prio 1 99", "prio 1 x")


async def test_playing(mpc: Mpcs) -> None:
    await mpc.same(f"add {INK}", "play", "current", "queued", "next", "current", "prev", "current", "pause", "status")
    await mpc.same("play 3", "status", f"-f '{FORMAT}' current", "toggle", "toggle", "toggle", "prev", "next", "stop")
    await mpc.same("toggle", "pause-if-playing", "pause-if-playing", "play", "cdprev", "current", "seek 4", "cdprev")
    await mpc.same("play 9", "queued", "next", "status", "current", "play 2", "stop", "current", "pause")
    await mpc.refused("play 99", "play x", "play 0")
    await mpc.same("-q play 1", "-v status", "--no-status next", "--quiet stop", "-v add " + BLUE)


async def test_nothing_plays(mpc: Mpcs) -> None:
    await mpc.same("status", "current", "queued", "play", "pause", "stop", "toggle", "crop", "clearerror")
    await mpc.same("next", "prev", "cdprev", "seek 3", "seekthrough +3", "pause-if-playing", "play 1")


async def test_seeking(mpc: Mpcs) -> None:
    await mpc.same(f"add {INK}", "play 2", "pause")
    for place in ("4", "+2", "-3", "50%", "+10%", "-20%", "0:00:05", "00:03", "0", "-99", "100%", "+0:1"):
        await mpc.same(f"seek {place}", "status '%currenttime% %songpos% %state%'")
    for place in ("3", "+15", "-15", "+0:00:20", "-0:02", "+1:00", "-9:00"):
        await mpc.same(f"seekthrough {place}", "status '%currenttime% %songpos%'")
    await mpc.refused("seek x", "seek 120%", "seek 1:2:3:4", "seek", "seekthrough x", "seek 1:99")


async def test_formats_of_status(mpc: Mpcs) -> None:
    formats = "%totaltime% %percenttime% %songpos% %length% %state% %volume% %random% %repeat% %single% %consume%"
    await mpc.same(f"status '{formats}'", f"add {INK}", f"status '{formats}'", "play", f"status '{formats}'")
    await mpc.same(
        "-f '[[%artist% - ]%title%]|[%file%]' current", "-f '%nothing%' current", r"-f '\[%title%\t#x' current"
    )
    await mpc.same("-f '[%artist%&%album%]' playlist", "-f '%mtime%' stop", "-f '%id%' stop")


async def test_outputs(mpc: Mpcs) -> None:
    await mpc.same("outputs", "disable 2", "outputs", "enable 2", "toggleoutput 2", "toggleoutput Speaker")
    await mpc.same("enable only Default", "outputs", "enable only 2", "disable Speaker Default", "enable Speaker")
    await mpc.same("disable only Default", "outputs")
    await mpc.refused("enable", "enable 9", "enable nothing", "disable x", "toggleoutput 9", "outputset 9 a=b")
    await mpc.refused("outputset Speaker nothing=1", "outputset Speaker x", "outputset")


async def test_the_volume(mpc: Mpcs) -> None:
    await mpc.same("volume", "volume 30", "volume +5", "volume -10", "volume 100", "volume +5", "volume 0", "volume -1")
    await mpc.refused("volume 101", "volume x")


async def test_modes(mpc: Mpcs) -> None:
    for mode in ("repeat", "random", "consume", "single"):
        await mpc.same(f"{mode} on", mode, mode, f"{mode} off", f"{mode} 1", f"{mode} no", f"{mode} yes", f"{mode} 0")
        await mpc.refused(f"{mode} x")
    await mpc.same("single once", "status", "single", "single off")


async def test_mixing(mpc: Mpcs) -> None:
    await mpc.same("crossfade", "crossfade 5", "crossfade", "crossfade 0", "mixrampdb", "mixrampdb -17", "mixrampdb")
    await mpc.same("mixrampdelay", "mixrampdelay 2", "mixrampdelay", "mixrampdelay -1", "mixrampdelay")
    await mpc.same("replaygain", "replaygain album", "replaygain", "replaygain track", "replaygain off")
    await mpc.refused("crossfade x", "crossfade -1", "mixrampdb x", "mixrampdelay x", "replaygain loud")


async def test_folders(mpc: Mpcs) -> None:
    for path in ("", "Locker", "'Locker/Marta Quill'", INK, BLUE, "/", "Locker/"):
        for command in ("ls", "listall", "tab"):
            arguments = [command, *([path.strip("'")] if path else [])]
            if arguments != ["tab"]:
                await mpc.run(arguments, ordered=False)
    await mpc.same("ls 'Locker/Marta Quill/Ink'", "tab 'Locker/M'", "tab Locker/J", "tab x", f"-f '{FORMAT}' ls {INK}")
    await mpc.same("tab", f"ls {BLUE} {INK}", f"listall {BLUE} {INK}", f"-f '{FORMAT}' listall")
    await mpc.refused("ls nothing", "listall nothing", "ls Locker/nothing")


@pytest.mark.parametrize("command", ["search", "find"])
async def test_finding(mpc: Mpcs, command: str) -> None:
    await mpc.same(
        f"{command} artist 'Marta Quill'",
        f"{command} artist 'marta quill' album Ink",
        f"{command} any ink",
        f"{command} filename 'Locker/Marta Quill/Ink/01 Blue Ink.mp3'",
        f"{command} base 'Locker/Marta Quill'",
        f"{command} title 'Blaue Tür'",
        f"{command} title TÜR",
        f"{command} composer x",
        f"{command} artist 夜行列車",
        f"{command} artist 'DJ \"Null\" Pointer'",
        f"-f '{FORMAT}' {command} albumartist 'Marta Quill'",
        f"""{command} '((artist == "Marta Quill") AND (title == "Ink"))'""",
        f"""{command} '(title =~ "^Blue")'""",
        f"""{command} '(!(artist contains "a"))'""",
    )
    await mpc.refused(command, f"{command} artist", f"{command} nothing x", f"{command} '(artist'")


async def test_what_is_found_is_queued_and_played(mpc: Mpcs) -> None:
    await mpc.same("findadd artist 'Marta Quill' album Ink", "playlist", "searchadd title lighthouse", "playlist")
    await mpc.same("findadd title nothing", """searchadd '(title contains "night")'""", "playlist")
    await mpc.same(
        "searchplay title room", "current", "searchplay ink", "current", "searchplay artist quill title coat"
    )
    await mpc.refused("searchplay nothing", "findadd nothing x", "searchadd artist")


async def test_lists(mpc: Mpcs) -> None:
    for tag in ("artist", "album", "albumartist", "title", "track", "genre", "date", "disc", "composer", "performer"):
        await mpc.same(f"list {tag}", f"list {tag} artist 'Marta Quill'", f"list {tag} group artist")
    await mpc.same(
        "list artist album Ink", "list album artist 'Marta Quill' group date", "list title group album group artist"
    )
    await mpc.same("""list album '(artist == "Marta Quill")'""", "list filename artist 'Marta Quill'")
    await mpc.refused("list", "list nothing", "list artist nothing x", "list artist group")


async def test_playlists(mpc: Mpcs) -> None:
    await mpc.run(["lsplaylists"], ordered=False)
    await mpc.same("playlist 'Late Evening'", "load 'Frühstück & Café'", "playlist", "clear")
    await mpc.same(
        "--range=1:3 load 'Late Evening'", "-r 4: load 'Late Evening'", "playlist", "load 'Late Evening' 'First Tracks'"
    )
    await mpc.run(["load"], entered="First Tracks\n")
    await mpc.same("playlist", "clear", f"add {INK}", "save mine", "playlist mine", "clear", "load mine")
    await mpc.same("playlist", f"-f '{FORMAT}' playlist mine", "lstab m", "loadtab m", "lstab", "rm mine", "lstab m")
    await mpc.refused(
        "load nothing", "rm nothing", "rm mine", "playlist nothing", "save a/b", "save 'Late Evening'", "save"
    )


async def test_stickers(mpc: Mpcs) -> None:
    await mpc.same(f"sticker {BLUE} set rating 8", f"sticker {BLUE} set name 'a = b'", f"sticker {BLUE} get rating")
    await mpc.same(f"sticker {BLUE} get name", f"sticker {SONG} set rating 2", f"sticker {INK} find rating")
    await mpc.run(["sticker", "Locker/Marta Quill/Ink/01 Blue Ink.mp3", "list"], ordered=False)
    await mpc.same("sticker '' find rating", f"sticker {BLUE} delete rating", f"sticker {BLUE} list")
    await mpc.refused(f"sticker {BLUE} get rating", f"sticker {BLUE} delete rating", "sticker nothing get rating")
    await mpc.refused(f"sticker {BLUE}", f"sticker {BLUE} get", f"sticker {BLUE} set rating", f"sticker {BLUE} x y")


async def test_pictures(mpc: Mpcs) -> None:
    for command in ("albumart", "readpicture"):
        await mpc.same(f"{command} {BLUE}", command)
        await mpc.refused(f"{command} nothing", f"{command} nothing/nothing.mp3")
        for track in (await mpc.same("--format %file% find track 1")).lines:
            await mpc.run([command, track])


async def test_numbers(mpc: Mpcs) -> None:
    await mpc.same("stats", "version", "channels", "help", "nothing", "-x")


async def test_the_library_is_read_again(mpc: Mpcs) -> None:
    await mpc.same("-w update", "-w rescan", "-w update Locker", "-w rescan Locker", "-w update 'Locker/Marta Quill'")
    await mpc.same("-q update", "-w -q update", "-w update Locker/nothing")


async def test_mounts(mpc: Mpcs) -> None:
    for port in mpc.ports:
        assert (await programs.mpc(port, ["mount"])).lines[0] == "\t[unknown]"
    for arguments in (["mount", "there", "nfs://127.0.0.1/music"], ["unmount", "nothing"], ["listneighbors"]):
        for port in mpc.ports:
            ran = await programs.mpc(port, arguments)
            assert (ran.code, ran.printed) == (1, b"")
            assert ran.complaints.startswith("MPD error: ")


async def told(mpc: Mpcs, waiting: list[str], *causes: list[str]) -> None:
    """Let mpc wait, and run each of the causes in turn until it is told; both print the same."""
    waiters = [await programs.start(port, waiting) for port in mpc.ports]
    ended = asyncio.gather(*(waiter.communicate() for waiter in waiters))
    async with asyncio.timeout(10):
        while not ended.done():
            for cause in causes:
                await mpc.run(cause)
            await asyncio.wait([ended], timeout=0.02)  # mpc may not yet have been waiting
    theirs, ours = await ended
    assert ours == theirs
    assert ours[0]


async def test_waiting_for_changes(mpc: Mpcs) -> None:
    await mpc.same(f"add {INK}", "play")
    await told(mpc, ["idle", "mixer"], ["volume", "41"], ["volume", "42"])
    await told(mpc, ["idle", "options", "sticker"], ["random", "on"], ["random", "off"])


async def test_waiting_for_another_song(mpc: Mpcs) -> None:
    await mpc.same(f"add {INK}", "play")
    for port in mpc.ports:
        waiter = await programs.start(port, ["--wait", "current"])
        ended = asyncio.ensure_future(waiter.communicate())
        async with asyncio.timeout(10):
            for song in itertools.cycle(("2", "3")):  # mpc may not yet have been waiting
                await programs.mpc(port, ["play", song])
                await asyncio.wait([ended], timeout=0.02)
                if ended.done():
                    break
        assert (await ended)[0] in {b"Marta Quill - Paper Room\n", b"Marta Quill - Ink\n"}


async def test_waiting_for_every_change(mpc: Mpcs) -> None:
    for port in mpc.ports:
        waiter = await programs.start(port, ["idleloop", "mixer", "options"])
        assert waiter.stdout is not None
        try:
            for cause, subsystem in ((["volume"], b"mixer\n"), (["random"], b"options\n")) * 2:
                assert await _next_line(waiter.stdout, port, cause) == subsystem
        finally:
            waiter.terminate()
            await waiter.communicate()


async def _next_line(reader: asyncio.StreamReader, port: int, cause: list[str]) -> bytes:
    """Run mpc until the other one, which waits, prints another line."""
    line = asyncio.create_task(reader.readline())
    values = {"volume": ("43", "44"), "random": ("on", "off")}[cause[0]]
    async with asyncio.timeout(10):
        while not line.done():
            for value in values:
                await programs.mpc(port, [*cause, value])
                await asyncio.wait([line], timeout=0.02)
                if line.done():
                    break
    await _drain(reader, await line)
    return await line


async def _drain(reader: asyncio.StreamReader, line: bytes) -> None:
    """Take the same line again where a change came twice."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.05):
            while await reader.readline() == line:
                pass


async def test_messages(mpc: Mpcs) -> None:
    for waiting in ("waitmessage", "subscribe"):
        waiters = [await programs.start(port, [waiting, "talk"]) for port in mpc.ports]
        for port in mpc.ports:
            async with asyncio.timeout(10):
                while (await programs.mpc(port, ["channels"])).lines != ["talk"]:
                    pass
        await mpc.same("channels", "sendmessage talk 'good morning'")
        for waiter in waiters:
            assert waiter.stdout is not None
            assert await asyncio.wait_for(waiter.stdout.readline(), 10) == b"good morning\n"
            if waiting == "subscribe":
                waiter.terminate()
            await waiter.communicate()
    await mpc.refused("sendmessage nobody hello", "sendmessage 'bad name' x", "waitmessage", "subscribe 'bad name'")


async def test_passwords(tmp_path: Path, socket_enabled: None) -> None:
    everything = {"secret": ("read", "add", "player", "control", "admin")}
    async with guarded(tmp_path, everything, default=()) as both:
        mpc = Mpcs(both)
        await mpc.same("-P secret lsplaylists", "-h secret@127.0.0.1 ls", "-q --password=secret random on", "version")
        await mpc.refused("lsplaylists", "-P wrong lsplaylists", "random on")
