"""python-mpd2 (3.1), sync and asyncio: every command of its API, with the same results from MPD and from ours."""

import asyncio
import inspect
from collections.abc import AsyncIterator
from typing import Any

import mpd
import mpd.asyncio
import mpd.base
import pytest

from .conftest import Pair

INK = "Locker/Marta Quill/Ink"
BLUE, ROOM, SONG = (f"{INK}/{title}.mp3" for title in ("01 Blue Ink", "02 Paper Room", "03 Ink"))
STREAM = "http://127.0.0.1:9/a.mp3"

type Call = tuple[str, ...]

CALLS: tuple[Call, ...] = (
    *((name,) for name in ("ping", "status", "stats", "commands", "notcommands", "tagtypes", "urlhandlers", "outputs")),
    *((name,) for name in ("currentsong", "listplaylists", "channels", "listpartitions", "replay_gain_status")),
    *((name,) for name in ("decoders", "config", "listneighbors", "listmounts", "clearerror")),
    ("mount", "there", "nfs://127.0.0.1/there"),
    ("unmount", "there"),
    ("binarylimit", "64"),
    ("albumart", BLUE),
    ("readpicture", BLUE),
    ("binarylimit", "100000"),
    ("readpicture", BLUE),
    ("albumart", "nothing"),
    ("readcomments", BLUE),
    ("lsinfo",),
    ("lsinfo", INK),
    ("listall", "Locker/Marta Quill"),
    ("listallinfo", "Locker/夜行列車"),
    ("listfiles", INK),
    ("find", "artist", "Marta Quill", "title", "Ink"),
    ("find", "(title == 'Blaue Tür')"),
    ("find", "artist", 'DJ "Null" Pointer', "window", "0:2"),
    ("search", "any", "СИНИЙ"),
    ("search", "title", "TÜR"),
    ("find", "nothing", "x"),
    ("list", "artist"),
    ("list", "album", "group", "albumartist"),
    ("list", "album", "artist", "Marta Quill"),
    ("count", "artist", "Marta Quill"),
    ("add", INK),
    ("addid", STREAM),
    ("addtagid", "#9", "title", "Ein Lied für Åse"),
    ("playlistid", "#9"),
    ("cleartagid", "#9"),
    ("playlistinfo",),
    ("playlistinfo", "1:3"),
    ("playlist",),
    ("playlistfind", "title", "Ink"),
    ("playlistsearch", "title", "in"),
    ("plchanges", "0"),
    ("plchangesposid", "0"),
    ("findadd", "title", "Ink"),
    ("searchadd", "title", "lighthouse"),
    ("searchaddpl", "mine", "title", "lighthouse"),
    ("delete", "9:"),
    ("move", "0", "2"),
    ("moveid", "#0", "1"),
    ("swap", "0", "1"),
    ("swapid", "#0", "#1"),
    ("prio", "10", "0:2"),
    ("prioid", "20", "#3"),
    ("deleteid", "#8"),
    ("rangeid", "#2", "1:3"),
    ("playlistinfo",),
    *((mode, "1") for mode in ("random", "repeat", "single", "consume")),
    ("status",),
    *((mode, "0") for mode in ("random", "repeat", "single", "consume")),
    ("setvol", "40"),
    ("volume", "-5"),
    ("play", "0"),
    ("pause", "1"),
    ("next",),
    ("previous",),
    ("playid", "#3"),
    ("pause",),
    ("seek", "1", "1.5"),
    ("seekid", "#2", "2"),
    ("seekcur", "+1"),
    ("status",),
    ("currentsong",),
    ("stop",),
    ("shuffle",),
    ("toggleoutput", "1"),
    ("disableoutput", "1"),
    ("enableoutput", "1"),
    ("outputvolume", "x"),
    ("save", "saved"),
    ("rename", "saved", "gespeichert"),
    ("listplaylist", "mine"),
    ("listplaylistinfo", "mine"),
    ("playlistadd", "mine", BLUE),
    ("playlistmove", "mine", "1", "0"),
    ("playlistdelete", "mine", "0"),
    ("listplaylist", "mine"),
    ("clear",),
    ("load", "mine"),
    ("playlistinfo",),
    ("load", "nothing"),
    ("playlistclear", "mine"),
    ("rm", "mine"),
    ("rm", "gespeichert"),
    ("sticker set", "song", BLUE, "note", "grün = schön"),
    ("sticker get", "song", BLUE, "note"),
    ("sticker list", "song", BLUE),
    ("sticker find", "song", INK, "note"),
    ("sticker delete", "song", BLUE, "note"),
    ("sticker get", "song", BLUE, "note"),
    ("subscribe", "talk"),
    ("channels",),
    ("sendmessage", "talk", "ütf"),
    ("readmessages",),
    ("unsubscribe", "talk"),
    ("newpartition", "kitchen"),
    ("listpartitions",),
    ("partition", "kitchen"),
    ("partition", "default"),
    ("delpartition", "kitchen"),
    ("moveoutput", "Speaker"),
    ("password", "wrong"),
    ("update",),
    ("rescan", "Locker"),
    ("crossfade", "3"),
    ("mixrampdb", "-10"),
    ("mixrampdelay", "1"),
    ("replay_gain_mode", "track"),
    ("replay_gain_status",),
    ("crossfade", "0"),
    ("mixrampdb", "0"),
    ("mixrampdelay", "nan"),
    ("replay_gain_mode", "off"),
)
_ELSEWHERE = {"idle", "noidle", "close", "kill"}  # tests of their own; and the ends of connection and server
_OTHER_WORDS = {"config", "mount", "unmount", "listneighbors"}  # refused by both, see lawful.py
_OWN = {"commands", "notcommands", "urlhandlers", "decoders", "listmounts", "listfiles", "readcomments", "tagtypes"}
"""Lists of each server's own, see lawful.py: all of their parts look alike, and those in common are the same."""
_OWN_KEYS = {"format", "last-modified", "added", "audio", "attribute", "plugin", "uptime", "playtime", "db_update"}
_OWN_KEYS |= {"bitrate", "id", "songid", "nextsongid"}
_NUMBERS = {"duration", "elapsed", "time", "db_playtime"}


class Sync:
    """Call the sync client off the loop."""

    def __init__(self) -> None:
        self.client: Any = mpd.MPDClient()

    async def connect(self, port: int) -> None:
        self.client.timeout = 10
        await asyncio.to_thread(self.client.connect, "127.0.0.1", port)

    async def call(self, name: str, *arguments: str) -> Any:
        return await asyncio.to_thread(getattr(self.client, name.replace(" ", "_")), *arguments)

    def close(self) -> None:
        self.client.disconnect()


class Async:
    """Call the asyncio client."""

    def __init__(self) -> None:
        self.client: Any = mpd.asyncio.MPDClient()

    async def connect(self, port: int) -> None:
        await self.client.connect("127.0.0.1", port)

    async def call(self, name: str, *arguments: str) -> Any:
        async with asyncio.timeout(10):
            answer = await getattr(self.client, name.replace(" ", "_"))(*arguments)
        return list(answer) if inspect.isgenerator(answer) else answer

    def close(self) -> None:
        self.client.disconnect()


def every_command() -> set[str]:
    """Return all that the API has."""
    methods = inspect.getmembers(mpd.base.MPDClientBase, lambda member: hasattr(member, "mpd_commands"))
    return {command for _, method in methods for command in method.mpd_commands}


def test_every_command_of_the_api_is_called() -> None:
    assert {call[0] for call in CALLS} == every_command() - _ELSEWHERE


@pytest.mark.usefixtures("both")  # which brings both servers to their beginning
@pytest.mark.parametrize("kind", [Sync, Async])
async def test_the_results_are_the_same(pair: Pair, kind: type[Sync | Async]) -> None:
    theirs, ours = kind(), kind()
    await theirs.connect(pair.mpd.port)
    await ours.connect(pair.bridge.port)
    try:
        different = []
        for call in CALLS:
            wanted, found = [await result(client, call) for client in (theirs, ours)]
            if shape(call[0], found, wanted) != shape(call[0], wanted, found):
                different.append(f"{call}\n  MPD:  {wanted}\n  ours: {found}")
        assert not different, "\n".join(different)
    finally:
        theirs.close()
        ours.close()


async def result(client: Sync | Async, call: Call) -> Any:
    """Return what comes of a call, an error as its text; #0 in a call is the id of the first song in the queue."""
    queue = await client.call("playlistinfo") if any(word.startswith("#") for word in call) else []
    words = [queue[int(word[1:])]["id"] if word.startswith("#") else word for word in call]
    try:
        return await client.call(*words)
    except mpd.CommandError as error:
        return "an error" if call[0] in _OTHER_WORDS else f"error: {error}"


def shape(name: str, answer: Any, other: Any) -> Any:
    """Return what of a result has to be the same."""
    if name in {"shuffle", "update", "rescan"}:
        return type(answer)
    if name in _OWN and not isinstance(answer, str):
        return {type(part) for part in (answer.values() if isinstance(answer, dict) else answer)} or {str}
    if isinstance(answer, dict):
        version = {"playlist"} if name == "status" else set()
        return {key: _value(key, value) for key, value in answer.items() if key not in _OWN_KEYS | version}
    if isinstance(answer, list):
        parts = [shape("", part, None) for part in answer]
        return sorted(parts, key=str) if name in {"listplaylists", "lsinfo", "listall", "listallinfo"} else parts
    return type(other) if name == "addid" else answer


def _value(key: str, value: Any) -> Any:
    if key in _NUMBERS:
        return "a number"  # test_playback.py compares them
    return sorted(value) if isinstance(value, list) else value


async def test_command_lists_and_iterating(both: object, pair: Pair) -> None:
    titles = []
    for port in (pair.mpd.port, pair.bridge.port):
        client = Sync()
        await client.connect(port)
        titles.append(await asyncio.to_thread(_listed_and_iterated, client.client))
        client.close()
    assert titles[0] == titles[1]
    assert titles[0][-1] == ["Blue Ink", "Paper Room", "Ink"]


def _listed_and_iterated(client: Any) -> list[Any]:
    client.command_list_ok_begin()
    for file in (BLUE, ROOM, SONG):
        client.add(file)
    client.playlist()
    client.find("title", "Ink")
    listed = client.command_list_end()
    client.command_list_ok_begin()
    client.ping()
    client.play(99)
    client.ping()
    with pytest.raises(mpd.CommandError) as error:
        client.command_list_end()
    client.iterate = True
    iterated = [song["title"] for song in client.playlistinfo()]
    client.iterate = False
    return [[part if isinstance(part, list) else None for part in listed[:4]], str(error.value), iterated]


@pytest.fixture
async def clients(both: object, pair: Pair) -> AsyncIterator[tuple[Any, Any]]:
    """Two asyncio clients of our server."""
    one, other = Async(), Async()
    await one.connect(pair.bridge.port)
    await other.connect(pair.bridge.port)
    yield one.client, other.client
    one.close()
    other.close()


async def test_idle_tells_of_the_subsystems_that_were_asked_for(clients: tuple[Any, Any]) -> None:
    watching, acting = clients
    found: set[str] = set()
    changes = watching.idle(["mixer", "options", "playlist", "player"])
    next_change = asyncio.ensure_future(anext(changes))
    await watching.ping()  # leaves idle, and goes back to it
    await acting.setvol(41)
    await acting.random(1)
    await acting.add(BLUE)
    await acting.play()
    async with asyncio.timeout(10):
        while not found >= {"mixer", "options", "playlist", "player"}:
            found |= set(await next_change)
            next_change = asyncio.ensure_future(anext(changes))
    assert found == {"mixer", "options", "playlist", "player"}
    next_change.cancel()


async def test_many_requests_are_under_way_at_once(clients: tuple[Any, Any]) -> None:
    client, other = clients

    async def found() -> Any:
        return await client.find("title", "Blaue Tür")

    async with asyncio.timeout(10):
        answers = await asyncio.gather(
            *(found() for _ in range(30)), client.readpicture(BLUE), *(other.status() for _ in range(30))
        )
    assert {songs[0]["title"] for songs in answers[:30]} == {"Blaue Tür"}
    assert answers[30]["binary"][:3] == b"\xff\xd8\xff"
