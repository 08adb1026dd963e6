"""The same lines to MPD and to ours, and answers of the same shape from both.

    await both.same('add "Locker/Marta Quill"', "play 1", "currentsong")
    await both.same_error("play 99", "play x")

Ids and versions of queues are each server's own. The first id that a server has told is #0, the next new one #1, and so
on: ``moveid #0 2`` sends each the id that is its #0. Versions are counted likewise: @0, @1 in ``plchanges @0``.
"""

import asyncio
import contextlib
import difflib
import itertools
import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Self, override

from music_locker_core.mpd.tags import CANONICAL
from tests.core.mpd.client import Answer, RawClient

from . import lawful
from .reference import LOCKER

_PLACE = re.compile(r"(?<=[ \"])([#@])(\d+)(?=[ \"]|$)")
_ID = re.compile(r"(Id|songid|nextsongid): (\d+)")
_VERSION = re.compile(r"(playlist): (\d+)")
_NUMBER = re.compile(r"(duration|elapsed|Time|time|playtime|db_playtime): (\d[\d.:]*)")
_TOLERANCE = {"elapsed": 3.0, "time": 3.0, "playtime": 10.0, "db_playtime": 10.0}
"""Seconds by which times may differ: more for clocks that run and for sums; of a song's own length see below."""
_TOLERANCE_OF_SONGS = 1.0
_TOLD_SECONDS = 2.0
_LONGEST = 40  # lines of a difference are shown


class Client(RawClient):
    """Take binary answers too: ``data`` holds the bytes of the last one."""

    data = b""

    @override
    async def line(self) -> str:
        line = await super().line()
        if line.startswith("binary: "):
            async with asyncio.timeout(10):
                self.data = await self.reader.readexactly(int(line.removeprefix("binary: ")))
                assert await self.reader.readexactly(1) == b"\n"
        return line


class Names:
    """Give ids and versions of one server the names that both servers have."""

    def __init__(self) -> None:
        self.known: dict[str, list[str]] = {"#": [], "@": []}

    def name(self, kind: str, value: str) -> str:
        known = self.known[kind]
        if value not in known:
            known.append(value)
        return f"{kind}{known.index(value)}"

    def sent(self, line: str) -> str:
        """Return a line with this server's own ids and versions."""
        return _PLACE.sub(lambda match: self.known[match[1]][int(match[2])], line)

    def told(self, commands: AbstractSet[str], line: str) -> str:
        """Return a line of an answer with names for this server's own ids and versions."""
        if "status" in commands:
            line = _VERSION.sub(lambda match: f"{match[1]}: {self.name('@', match[2])}", line)
        return _ID.sub(lambda match: f"{match[1]}: {self.name('#', match[2])}", line)


class Both:
    """Speak to both servers at once."""

    def __init__(self, mpd: Client, ours: Client, names: tuple[Names, Names] | None = None) -> None:
        self.mpd = mpd
        self.ours = ours
        self._names = names or (Names(), Names())
        self._more: list[Both] = []

    @classmethod
    async def connect(cls, mpd: int, ours: int) -> Self:
        return cls(await Client.connect(mpd), await Client.connect(ours))

    async def other(self) -> Both:
        """Return a second connection to both, closed with the first."""
        ports = [client.writer.get_extra_info("peername")[1] for client in (self.mpd, self.ours)]
        more = Both(await Client.connect(ports[0]), await Client.connect(ports[1]), self._names)
        self._more.append(more)
        return more

    def seen(self, kind: str) -> int:
        """Return how many ids ("#") or versions ("@") have been told."""
        return len(self._names[0].known[kind])

    async def close(self) -> None:
        for each in self._more:
            await each.close()
        await self.mpd.close()
        await self.ours.close()

    async def same(self, *lines: str) -> Answer:
        """Send these lines, one by one; both answer the same. Return our last answer."""
        last, different = Answer(), []
        for line in lines:
            theirs, last = await self.ask(line)
            if difference := self.difference(line, theirs, last):
                different += [f"=== {line}", *difference[2:_LONGEST]]
        assert not different, "\n".join(different)
        return last

    async def same_error(self, *lines: str) -> None:
        """Send these lines; each is the same error with both."""
        await self.same(*lines)
        for line in lines:
            answer = await self.same(line)
            assert answer[-1].startswith("ACK"), (line, answer)

    async def same_list(self, *lines: str, begin: str = "command_list_ok_begin") -> Answer:
        """Send these lines as a command list."""
        return await self.same("\n".join((begin, *lines, "command_list_end")))

    async def same_bytes(self, *requests: bytes) -> None:
        """Send each on a connection of its own, and no more; both say the same to the end of the connection."""
        different = []
        ports = [client.writer.get_extra_info("peername")[1] for client in (self.mpd, self.ours)]
        for request in requests:
            theirs, ours = [await _conversation(port, request) for port in ports]
            if difference := self.difference("", theirs, ours):
                different += [f"=== {request[:200]!r}", *difference[2:_LONGEST]]
        assert not different, "\n".join(different)

    async def differs(self, name: str, *lines: str) -> Answer:
        """Send these lines; each answer differs, as lawful.ANSWERS explains under this name."""
        assert name in lawful.ANSWERS
        last = Answer()
        for line in lines:
            theirs, last = await self.ask(line)
            assert self.difference(line, theirs, last), f"No difference any more: {line}"
        return last

    async def told(self, *lines: str, of: str = "") -> set[str]:
        """Send these lines while another connection waits in idle; both are told of the same changes."""
        watching = await self.other()
        for client in (watching.mpd, watching.ours):
            client.send(f"idle {of}\n")
        await self.same(*lines)
        ours = await _changes(watching.ours, of, None)
        theirs = await _changes(watching.mpd, of, ours)
        assert ours == theirs, (lines, theirs, ours)
        return ours

    async def ask(self, line: str) -> tuple[Answer, Answer]:
        """Return what MPD and what we answer."""
        theirs, ours = self._names
        self.mpd.data = self.ours.data = b""
        return await self.mpd.ask(theirs.sent(line)), await self.ours.ask(ours.sent(line))

    def compare(self, line: str, theirs: Sequence[str], ours: Sequence[str]) -> None:
        """Fail, and show how, if these are not the same answer to a line."""
        difference = self.difference(line, theirs, ours)
        assert not difference, "\n".join((line, *difference))

    def difference(self, line: str, theirs: Sequence[str], ours: Sequence[str]) -> list[str]:
        """Return in what way two answers to a line differ, as lines to read; nothing if they do not."""
        commands = {each.split(" ", 1)[0] for each in line.splitlines()}
        wanted = self._comparable(self._names[0], commands, theirs)
        found = _closer(self._comparable(self._names[1], commands, ours), wanted)
        if wanted == found and self.mpd.data != self.ours.data:
            return [f"- {len(self.mpd.data)} bytes", f"+ {len(self.ours.data)} other bytes"]
        return [] if wanted == found else list(difflib.unified_diff(wanted, found, "MPD", "ours", lineterm="", n=2))

    def _comparable(self, names: Names, commands: AbstractSet[str], answer: Sequence[str]) -> list[str]:
        lines = []
        for line in answer:
            lawful_here = next((each for each in lawful.LINES if each.covers(commands, line)), None)
            if lawful_here is None:
                lines.append(names.told(commands, line))
            elif lawful_here.key_counts:
                lines.append(line.partition(": ")[0] + ": ...")
        return _with_tags_sorted(_with_playlists_sorted(lines))


def _with_playlists_sorted(lines: list[str]) -> list[str]:
    """Return an answer with neighbouring playlists in order: MPD's is that of its file system."""
    by_kind = itertools.groupby(lines, lambda line: line.startswith("playlist: "))
    return [line for playlists, group in by_kind for line in (sorted(group) if playlists else group)]


def _with_tags_sorted(lines: list[str]) -> list[str]:
    """Return an answer with the tags of each song in order: MPD's is that of the file."""
    if not any(line.startswith("file: ") for line in lines):
        return lines
    by_kind = itertools.groupby(lines, lambda line: line.partition(":")[0].lower() in CANONICAL)
    return [line for tags, group in by_kind for line in (sorted(group) if tags else group)]


def _closer(ours: list[str], theirs: Sequence[str]) -> list[str]:
    """Return our lines, with MPD's numbers where ours are close enough to them."""
    wanted_keys, keys = ([line.partition(":")[0] for line in lines] for lines in (theirs, ours))
    closer = list(ours)
    for at, begin, count in difflib.SequenceMatcher(None, wanted_keys, keys, autojunk=False).get_matching_blocks():
        for wanted, number in zip(theirs[at : at + count], range(begin, begin + count), strict=True):
            if _close(ours[number], wanted):
                closer[number] = wanted
    return closer


def _close(ours: str, theirs: str) -> bool:
    found, wanted = _NUMBER.fullmatch(ours), _NUMBER.fullmatch(theirs)
    if found is None or wanted is None or found[1] != wanted[1] or found[2].count(":") != wanted[2].count(":"):
        return False
    tolerance = _TOLERANCE.get(found[1], _TOLERANCE_OF_SONGS)
    pairs = zip(found[2].split(":"), wanted[2].split(":"), strict=True)
    return all(abs(float(a) - float(b)) <= tolerance for a, b in pairs)


async def _conversation(port: int, request: bytes) -> list[str]:
    """Send this and no more, and return what is said before the connection ends; a reset is an end."""
    client = await Client.connect(port)
    client.send(request)
    with contextlib.suppress(OSError):  # the server was quicker
        client.writer.write_eof()
    said = await client.closed()
    await client.close()
    return said.decode(errors="replace").splitlines()


async def _changes(client: Client, of: str, expected: set[str] | None) -> set[str]:
    """Collect what idle tells until no more comes, or until all that is expected has come and a ping is answered."""
    found: set[str] = set()
    while True:
        client.send("noidle\n")
        found |= set((await client.answer()).values("changed"))
        if expected is None or found >= expected:
            return found
        client.send(f"idle {of}\n")
        try:
            async with asyncio.timeout(_TOLD_SECONDS):
                found |= set((await client.answer()).values("changed"))
        except TimeoutError:
            return found
        client.send(f"idle {of}\n")


async def clean(both: Both, own_playlists: frozenset[str]) -> None:
    """Bring both servers to what they are before the first test; what a server does not have it need not take back."""
    for client in (both.mpd, both.ours):
        await _clean(client, own_playlists)


_DEFAULTS = (
    "partition default",
    "stop",
    "clear",
    "clearerror",
    "random 0",
    "repeat 0",
    "single 0",
    "consume 0",
    "crossfade 0",
    "mixrampdb 0",
    "mixrampdelay nan",
    "replay_gain_mode off",
    "enableoutput 1",
    "disableoutput 0",
    "setvol 50",
)


async def _clean(client: Client, own_playlists: frozenset[str]) -> None:
    for line in _DEFAULTS:
        client.send(f"{line}\n")
    for _ in _DEFAULTS:
        await client.answer()
    for name in (await client.ask("listplaylists")).values("playlist"):
        if name not in own_playlists:
            await client.ask(f"rm {quoted(name)}")
    await _clean_partitions(client)
    await _clean_stickers(client)
    await client.updated()


async def _clean_partitions(client: Client) -> None:
    partitions = [name for name in (await client.ask("listpartitions")).values("partition") if name != "default"]
    for name in partitions:
        await client.ask(f"partition {name}")
        outputs = (await client.ask("outputs")).values("outputname")
        await client.ask("partition default")
        for output in outputs:
            await client.ask(f"moveoutput {quoted(output)}")
        await client.ask(f"delpartition {name}")


async def _clean_stickers(client: Client) -> None:
    known: Any = await client.ask("stickernamestypes")
    for name, kind in zip(known.values("name"), known.values("type"), strict=True):
        found = await client.ask(f'sticker find {kind} "" {quoted(name)}')
        for line in found:
            key, _, uri = line.partition(": ")
            if key not in {"sticker", "OK"} and not line.startswith("ACK"):
                await client.ask(f"sticker delete {kind} {quoted(uri)} {quoted(name)}")


def quoted(text: str) -> str:
    """Return an argument in quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def uri(path: str) -> str:
    """Return the path of a track or folder of the locker, quoted: ``uri("Marta Quill/Ink")``."""
    return quoted(f"{LOCKER}/{path}")
