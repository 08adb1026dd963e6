"""The same edits and modes given to the real MPD and to a player leave the same queue."""

import asyncio
import os
import random
import signal
import subprocess
import time
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mpd
import pytest

from music_locker_core.models import Track
from music_locker_core.playback.output import OutputFeature
from music_locker_core.playback.player import Player
from music_locker_core.playback.programme import Mode
from tests.core.mpd.against_mpd.reference import program
from tests.core.playback.room import Store
from tests.tools.fake_speaker import FakeSpeaker

pytestmark = pytest.mark.slow


SONGS = [f"{letter}.wav" for letter in "abcdef"]
STEPS = 120
CONFIG = """
music_directory "{folder}/music"
db_file "{folder}/db"
bind_to_address "127.0.0.1"
port "{port}"
audio_output {{
  type "null"
  name "null"
}}
"""

type Step = tuple[str, *tuple[int | str, ...]]
type Seen = tuple[list[int], list[int], int | None]
"""The ids in their order, the positions that the step changed, and the id of the current song."""


@pytest.fixture
def real(tmp_path: Path, unused_tcp_port: int) -> Iterator[Any]:
    folder, port = tmp_path, unused_tcp_port
    (folder / "music").mkdir()
    for song in SONGS:
        with wave.open(str(folder / "music" / song), "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            file.writeframes(bytes(16000 * 60))
    (folder / "conf").write_text(CONFIG.format(folder=folder, port=port))
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([program(), "--no-daemon", "--stderr", str(folder / "conf")], stderr=log)
    client: Any = mpd.MPDClient()
    try:
        _until(lambda: _connects(client, port))
        client.update()
        _until(lambda: "updating_db" not in client.status())
        yield client
    finally:
        client.disconnect()
        os.kill(server.pid, signal.SIGTERM)
        server.wait(10)


def _until(condition: Any) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def _connects(client: Any, port: int) -> bool:
    try:
        client.connect("127.0.0.1", port)
    except OSError:
        return False
    return True


def script(chance: random.Random) -> list[Step]:
    """Draw steps that fit the length the queue has by then; ``play`` now and then, so that edits meet what plays."""
    steps: list[Step] = []
    length = 0
    for _ in range(STEPS):
        if length < 4:
            steps.append(("addid", chance.choice(SONGS), chance.randint(0, length)))
            length += 1
            continue
        start = chance.randrange(length)
        stop = chance.randint(start + 1, min(length, start + 3))
        to = chance.randrange(length)
        possible: list[Step] = [
            ("add", chance.choice(SONGS)),
            ("addid", chance.choice(SONGS), start),
            ("delete", start, stop),
            # One song only: MPD loses the current song where a range is moved to just before it.
            ("move", start, start + 1, to),
            ("swap", start, to),
            ("prio", chance.randrange(4), start, stop),
            ("play", start),
            ("stop",),
            ("next",),
            ("previous",),
            ("single", chance.choice(["0", "1", "oneshot"])),
            ("repeat", chance.randrange(2)),
        ]
        step = chance.choice(possible)
        length += {"add": 1, "addid": 1, "delete": start - stop}.get(step[0], 0)
        steps.append(step)
    return steps


def on_mpd(client: Any, steps: list[Step]) -> list[Seen]:
    client.clear()
    seen, first, version = [], None, int(client.status()["playlist"])
    for name, *values in steps:
        match name, values:
            case "delete", [start, stop]:
                client.delete(f"{start}:{stop}")
            case "move", [start, stop, to]:
                client.move(f"{start}:{stop}", to)
            case "prio", [priority, start, stop]:
                client.prio(priority, f"{start}:{stop}")
            case "next" | "previous", _ if client.status()["state"] == "stop":
                pass  # MPD refuses, a player does nothing
            case _:
                getattr(client, name)(*values)
        status = client.status()
        ids = [int(item["id"]) for item in client.playlistid()]
        if first is None and ids:
            first = ids[0] - 1
        changed = [int(item["cpos"]) for item in client.plchangesposid(version)]
        current = int(status["songid"]) - (first or 0) if "songid" in status else None
        seen.append(([item_id - (first or 0) for item_id in ids], changed, current))
        version = int(status["playlist"])
    return seen


async def on_player(steps: list[Step]) -> list[Seen]:
    speaker = FakeSpeaker(features=OutputFeature.PAUSE)
    player = Player("p", "P", speaker, store=Store(), resolve=lambda _key: None)
    seen = []
    for step in steps:
        version = player.queue.version
        await apply(player, step)
        current = None if player.current is None else player.current.id
        seen.append(([item.id for item in player.queue], list(player.queue.changes_since(version)), current))
    await player.close()
    return seen


async def apply(player: Player, step: Any) -> None:
    match step:
        case "add", song:
            player.add([Track(song, song)])
        case "addid", song, position:
            player.add([Track(song, song)], position)
        case "prio", priority, start, stop:
            player.set_priority(start, stop, priority)
        case "single", mode:
            player.set_single(Mode(mode))
        case "repeat", on:
            player.set_repeat(bool(on))
        case ("play" | "stop" | "next" | "previous") as name, *values:
            await getattr(player, name)(*values)
        case name, *values:
            getattr(player, name)(*values)


@pytest.mark.parametrize("seed", range(8))
async def test_the_same_steps_leave_the_same_queue(real: Any, seed: int) -> None:
    steps = script(random.Random(seed))  # noqa: S311 - the same steps every time
    theirs = await asyncio.to_thread(on_mpd, real, [("stop",), ("repeat", 0), ("single", "0"), *steps])
    ours = await on_player(steps)

    played: set[int | None] = set()
    for number, (step, expected, found) in enumerate(zip(steps, theirs[3:], ours, strict=True)):
        played |= {expected[2], found[2]}
        assert without(played, found) == without(played, expected), (number, step)


def without(played: set[int | None], seen: Seen) -> Seen:
    """Leave out changes of what has played: MPD's decoder adds the sound format to a song some time after it began."""
    ids, changed, current = seen
    return ids, [position for position in changed if ids[position] not in played], current
