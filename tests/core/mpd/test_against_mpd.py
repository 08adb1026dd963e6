"""The same lines to a real MPD 0.23 and to ours: the same errors, the same keys of status."""

import asyncio
import re
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.core.mpd.client import Answer, RawClient

pytestmark = pytest.mark.slow


CONFIGURATION = """
music_directory "{folder}/music"
playlist_directory "{folder}/playlists"
db_file "{folder}/database"
bind_to_address "127.0.0.1"
port "{port}"
audio_output {{
    type "null"
    name "null"
    mixer_type "software"
}}
"""
QUEUE = ('add "http://127.0.0.1:9/a"', 'add "http://127.0.0.1:9/b"', 'add "http://127.0.0.1:9/c"')
ERRORS = (
    "nonsense",
    'nonsense "',
    "command_list_end",
    "command_list_begin x",
    "ping 'a'",
    "ping x",
    'play "1',
    'play "1"x',
    'play a"',
    "play 1 2",
    "play x",
    "play 7",
    "play -2",
    "playid 777",
    "playid x",
    "pause 2",
    "pause x",
    "next",
    "previous",
    "stop x",
    "seek 9 1",
    "seek 0 -1",
    "seek 0",
    "seekid 777 1",
    "seekcur 1",
    "seekcur x",
    "enableoutput 7",
    "disableoutput x",
    "toggleoutput 7",
    "setvol 101",
    "setvol -1",
    "setvol x",
    "volume 200",
    "single 2",
    "random 2",
    "repeat x",
    "idle nonsense",
    "password wrong",
    "binarylimit 1",
    "binarylimit x",
    "tagtypes nonsense",
    "tagtypes enable",
    "tagtypes enable nonsense",
    "tagtypes clear x",
    "partition nonsense",
    "partition",
    "commands x",
    "status x",
    "add",
    "add nonsense",
    "add nonsense/more",
    "add ../x",
    "add gopher-not://x",
    "add a 7",
    "add a x",
    "add a +0",
    "addid nonsense",
    "addid nonsense 9",
    "addid nonsense 0",
    "addid http://127.0.0.1:9/d 9",
    "addid http://127.0.0.1:9/d +0",
    "delete",
    "delete 7",
    "delete 7:",
    "delete 2:1",
    "delete x",
    "deleteid 777",
    "deleteid -1",
    "move 0",
    "move 7 0",
    "move 0 7",
    "move 0 3",
    "move 0: 1",
    "move 7: 1",
    "move 7:7 0",
    "move 0:9 0",
    "move 0:2 2",
    "move 0 +0",
    "move 0 x",
    "moveid 777 0",
    "swap 0 9",
    "swap 9 0",
    "swap 0",
    "swapid 777 778",
    "shuffle 7",
    "shuffle 7:9",
    "shuffle x",
    "prio 256 0",
    "prio 1",
    "prio 1 7",
    "prio x 0",
    "prioid 1 777",
    "playlistinfo 7",
    "playlistinfo 7:",
    "playlistinfo 2:1",
    "playlistinfo -2",
    "playlistinfo :2",
    "playlistinfo 1:-2",
    "playlistid 777",
    "playlistid x",
    "plchanges",
    "plchanges x",
    "plchanges 0 x",
    "plchangesposid x",
)
WORKING = (
    "ping",
    "status",
    "playlist",
    "playlistinfo",
    "playlistinfo 1",
    "playlistinfo 3",
    "playlistinfo 1:",
    "playlistinfo 1:99",
    "playlistinfo 0:0",
    "playlistinfo -1",
    "playlistid",
    "plchanges 0",
    "plchanges 0 1:2",
    "plchanges 0 9:",
    "plchangesposid 0",
    "plchangesposid -1",
    "move 0 2",
    "playlist",
    "move 0:2 1",
    "playlist",
    "move 1:1 0",
    "swap 0 2",
    "playlist",
    "delete 3",
    "delete 1:1",
    "prio 5 0 2",
    "prio 0 0:99",
    "prio 7 1:",
    "playlistinfo",
    "shuffle 0:1",
    "delete 1:99",
    "playlist",
    "addid http://127.0.0.1:9/e 0",
    "add http://127.0.0.1:9/f 1",
    "playlist",
    "random 1",
    "single oneshot",
    "status",
    "getvol",
    "setvol 40",
    "volume -50",
    "getvol",
    "listpartitions",
    "partition default",
    "replay_gain_status",
    "clear",
    "status",
    "currentsong",
    "clearerror",
    "stop",
)


@pytest.fixture
async def mpd(tmp_path: Path) -> AsyncIterator[RawClient]:
    program = shutil.which("mpd")
    assert program is not None, "script/setup installs Debian's mpd"
    folder = tmp_path / "mpd"
    for name in ("music", "playlists"):
        (folder / name).mkdir(parents=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    configuration = folder / "mpd.conf"
    configuration.write_text(CONFIGURATION.format(folder=folder, port=port))
    with (folder / "log").open("w") as log:
        process = await asyncio.create_subprocess_exec(
            program, "--no-daemon", "--stderr", str(configuration), stdout=log, stderr=log
        )
    try:
        async with asyncio.timeout(20):
            client = await _connect(port)
            while "updating_db" in (await client.ask("status")).pairs:
                assert await client.ask("ping") == ["OK"]
        yield client
        await client.close()
    finally:
        process.terminate()
        await process.wait()


async def _connect(port: int) -> RawClient:
    while True:
        try:
            return await RawClient.connect(port)
        except ConnectionRefusedError:
            await asyncio.sleep(0.02)


async def test_errors_are_those_of_mpd(client: RawClient, mpd: RawClient) -> None:
    for line in QUEUE:
        assert await client.ask(line) == await mpd.ask(line) == ["OK"]
    ours = {line: (await client.ask(line))[-1] for line in ERRORS}
    theirs = {line: (await mpd.ask(line))[-1] for line in ERRORS}
    assert ours == theirs
    assert all(answer.startswith("ACK") for answer in theirs.values())


async def test_answers_are_those_of_mpd(client: RawClient, mpd: RawClient) -> None:
    for line in QUEUE:
        assert await client.ask(line) == await mpd.ask(line) == ["OK"]
    for line in WORKING:
        ours, theirs = await client.ask(line), await mpd.ask(line)
        assert _comparable(ours) == _comparable(theirs), line


_NEWER = {"partition: kitchen", "lastloadedplaylist: "}  # than this MPD, or ours


def _comparable(answer: Answer) -> list[str]:
    """Leave out what is each server's own: ids, versions, names."""
    own = re.compile(r"(Id|playlist|outputname|plugin|partition|volume|error): .*")
    return [own.sub(r"\1: ...", line) for line in answer if line not in _NEWER and line[:5] != "error"]
