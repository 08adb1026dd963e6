"""Requests drawn by chance, the same ones every time."""

import random
import re
from collections.abc import Iterator

import pytest

from .both import Both, quoted, uri

SONGS = [uri(f"Marta Quill/Ink/{name}.mp3") for name in ("01 Blue Ink", "02 Paper Room", "03 Ink", "04 Paper Ink")]
FOLDERS = [uri("Marta Quill/Marta Quill"), uri("Low Tide Choir/Evensong")]
STEPS = 110
WORDS = [
    *("0", "1", "2", "-1", "+1", "+0", "-0", "0:1", "1:", ":", ":3", "2:1", "1:2:3", "99", "4294967296", "1e3", "0x1"),
    *('""', '"0"', '"a b"', "'0'", '"', '\\"', '"a\\"b"', "a'b", "x" * 99, "é", "\t1", '" 1"', "1.5", "nan", "oneshot"),
    *(
        '"(artist == \\"Marta Quill\\")"',
        "artist",
        "(",
        "!",
        "artist Ink",
        "sort",
        "window",
        "position",
        "group",
        "any",
    ),
]
COMMANDS = [
    *("add", "addid", "delete", "deleteid", "move", "moveid", "swap", "swapid", "shuffle", "prio", "prioid", "clear"),
    *("play", "playid", "pause", "stop", "next", "previous", "seek", "seekid", "seekcur", "setvol", "volume", "getvol"),
    *("playlistinfo", "playlistid", "playlist", "plchanges", "plchangesposid", "playlistfind", "playlistsearch"),
    *("random", "repeat", "single", "consume", "find", "search", "list", "count", "lsinfo", "listall", "searchcount"),
    *("idle", "ping", "tagtypes", "binarylimit", "protocol", "partition", "outputs", "enableoutput", "listplaylist"),
    *("load", "listplaylistinfo", "readcomments", "findadd", "searchadd", "update", "nonsense", "commands", "status"),
]
KEPT = [
    *("save", "rm", "rename", "playlistadd", "playlistclear", "playlistdelete", "playlistmove", "searchaddpl", "load"),
    *(
        "playlistlength",
        "searchplaylist",
        "listplaylist",
        "listplaylistinfo",
        "listplaylists",
        "sticker",
        "stickertypes",
    ),
    *("sticker get", "sticker set", "sticker list", "sticker find", "sticker inc", "sticker dec", "stickernamestypes"),
    *(
        "stickernames",
        "partition",
        "listpartitions",
        "moveoutput",
        "outputset",
        "subscribe",
        "channels",
    ),
    *("unsubscribe", "sendmessage", "readmessages", "addtagid", "cleartagid", "readpicture", "tagtypes"),
]
"""Commands about what outlives a queue."""
NAMES = [
    *("song", "playlist", "filter", "mine", "other", "mine", "Artist", "title", "create", "append", "replace", "="),
    *("contains", "value", '"Locker/Marta Quill/Ink"', '"Locker/Marta Quill/Ink/01 Blue Ink.mp3"', "song", "10", "9"),
]
OUT_OF_TURN = {"idle", "update", "status", "shuffle", "commands", "lsinfo", "listall", "enableoutput", "outputs"}
"""What waits, works for a while or by chance: these lines get arguments too many."""

_NUMBER = re.compile(r"""["\t +-]*[01249]+"?""")


class Script:
    """Draw edits that fit the length that the queue has by then, and some that do not."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - the same steps every time
        self.length = 0
        self.ids = 0

    def steps(self) -> Iterator[str]:
        for _ in range(STEPS):
            yield self._step()

    def _position(self, *, more: int = 0) -> int:
        return self._chance.randrange(max(self.length + more, 1))

    def _range(self) -> str:
        start = self._position(more=1)
        return self._chance.choice([f"{start}", f"{start}:{start + self._chance.randrange(4)}", f"{start}:"])

    def _id(self) -> str:
        return f"#{self._chance.randrange(self.ids)}" if self.ids else "0"

    def _step(self) -> str:
        chance = self._chance
        if self.length < 3:
            return f"add {chance.choice(FOLDERS)}"
        start = self._position()
        more = [
            f"add {chance.choice(SONGS)}",
            f"add {chance.choice(SONGS)} {self._position(more=2)}",
            f"addid {chance.choice(SONGS)} {self._position(more=2)}",
            f"addid {chance.choice(SONGS)}",
        ]
        less = [f"delete {start}", f"delete {start}:{start + chance.randrange(3)}", f"deleteid {self._id()}"]
        others = [
            f"delete {self._range()}" if chance.random() < 0.2 else f"move {start} {self._position(more=1)}",
            f"move {start}:{start + chance.randrange(4)} {self._position(more=1)}",
            f"move {self._range()} {self._position()}",
            f"moveid {self._id()} {self._position()}",
            f"swap {start} {self._position(more=1)}",
            f"swapid {self._id()} {self._id()}",
            f"shuffle {start}:{start + 1}",
            f"prio {chance.randrange(4)} {self._range()}",
            f"prioid {chance.randrange(256)} {self._id()} {self._id()}",
            "clear" if chance.random() < 0.1 else "playlist",
        ]
        return chance.choice([*more, *more, *less, *others] if self.length < 12 else [*more, *less, *less, *others])


@pytest.mark.parametrize("seed", range(3))
async def test_the_same_edits_leave_the_same_queue(both: Both, seed: int) -> None:
    script = Script(seed)
    await both.same("status")
    versions = 1
    for step in script.steps():
        await both.same(step, "status")
        songs = await both.same("playlistinfo")
        script.length, script.ids = len(songs.values("Id")), both.seen("#")
        new = both.seen("@") - versions
        versions += new
        for version in (versions - 2, versions - 7, random.Random(step).randrange(versions)):  # noqa: S311 - same
            await both.same(f"plchangesposid @{max(version, 0)}")
        await both.same(f"plchanges @{max(versions - 2, 0)}")


@pytest.mark.parametrize("seed", range(4))
async def test_the_same_nonsense_gets_the_same_answer(both: Both, seed: int) -> None:
    await both.same(f"add {FOLDERS[0]}")
    await both.same(*_nonsense(seed, COMMANDS, WORDS))
    await both.same(f"find title {quoted('Ink')}", "playlistinfo")


@pytest.mark.parametrize("seed", range(4))
async def test_the_same_nonsense_is_kept_alike(both: Both, seed: int) -> None:
    await both.same(f"add {FOLDERS[0]}", f"save {quoted('mine')}")
    await both.same(*_nonsense(seed, KEPT, [*WORDS, *NAMES, *NAMES, *NAMES]))
    await both.same("listplaylists", "listplaylist mine", "stickernames", "listpartitions")


def _nonsense(seed: int, commands: list[str], some_words: list[str]) -> Iterator[str]:
    chance = random.Random(seed)  # noqa: S311 - the same lines every time
    for _ in range(150):
        name = chance.choice(commands)
        words = [chance.choice(some_words) for _ in range(chance.choice((0, 1, 1, 1, 2, 2, 3, 5)))]
        if name in OUT_OF_TURN:
            words = ["x", *words, "y", "z"]
        if name.startswith("seek"):  # C reads these as numbers
            words = [word for word in words if word not in {"0x1", "nan"}]
        if name.endswith("id"):  # each server has ids of its own
            words = ["777777" if _NUMBER.fullmatch(word) else word for word in words]
        yield " ".join([name, *words])
