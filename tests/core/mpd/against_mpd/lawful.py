"""The differences from MPD that are meant, with reasons; ``python -m`` this module writes them into docs/mpd.md."""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parents[4] / "docs" / "mpd.md"
_BEGIN = "<!-- differences: written by tests/core/mpd/against_mpd/lawful.py -->\n"
_END = "<!-- end of differences -->\n"


@dataclass(frozen=True)
class Difference:
    """Lines of answers to ``commands`` (to all if there are none) in which only the key counts, or not even that."""

    what: str
    reason: str
    line: str
    commands: tuple[str, ...] = ()
    key_counts: bool = False

    def covers(self, commands: AbstractSet[str], line: str) -> bool:
        """Tell whether this line of an answer to some commands is one of them."""
        return (not self.commands or not commands.isdisjoint(self.commands)) and re.fullmatch(
            self.line, line
        ) is not None


LINES = (
    Difference("`Format` of songs", "No service tells it, and a song is not fetched to look.", r"Format: .*"),
    Difference(
        "`Last-Modified`, `Added`", "A locker tells less of that than a file system.", r"(Last-Mod|Add)[^:]*: .*"
    ),
    Difference(
        "`audio` while playing",
        "What is sent to an output is decoded there.",
        r"audio: .*",
        ("status",),
    ),
    Difference("`bitrate`", "MPD tells that of a moment, we that of a track.", r"bitrate: .*", key_counts=True),
    Difference("`attribute` of outputs", "Each kind of output has its own.", r"attribute: .*", ("outputs",)),
    Difference("`plugin`", "The outputs are other ones than MPD's.", r"plugin: .*", key_counts=True),
    Difference(
        "`uptime`, `playtime`, `db_update`",
        "Each server's own.",
        r"(uptime|playtime|db_update): .*",
        ("stats",),
        key_counts=True,
    ),
)
"""What does not count when two answers are compared."""

ALLOWED: dict[str, str] = {
    "The order of the tags in a song": "MPD shows that of the file, ours is always the same.",
    "The order of stored playlists": "MPD shows that of its folder, ours is that of their names.",
    "`duration`, `Time`, `elapsed` and sums of them": "A service tells them as it likes: a song's is within a second.",
    "Ids and versions of the queue": "They begin anywhere; the same are the same, a greater one is later.",
}
"""What the comparison itself allows for in every answer."""

ANSWERS: dict[str, str] = {
    "Regular expressions": "They know all letters; what cannot be bounded in time is refused; some errors.",
    "`AudioFormat`": "No service tells it: no song has one, as with MPD where it is not known.",
    "`modified-since`, `added-since`": "Songs of whom a locker does not tell that time are not found.",
    "A new partition": "It has a live stream of its own at once, MPD's has no output.",
    "The cover of a folder": "A folder has the cover of its songs.",
    "URLs where MPD would fetch them": "What a client names is never fetched: `lsinfo`, `readcomments`, `albumart`.",
    "`listfiles`": "It shows the tracks that a folder has, in their order; MPD all of the file system, as that has it.",
    "`readcomments`": "It shows what the index knows.",
    "More than one enabled output": "A player plays to one output: enabling one disables the other.",
    "An output that is disabled while it plays": "Both are paused; MPD says that it fails to open an output.",
    "Enabling a `dummy`": "MPD takes it, without effect.",
    "The volume while no output is enabled": "It is the output's own here; MPD's software mixer is the partition's.",
    "More than one value that `addtagid` gives": "All are shown, filters see the first.",
    "`decoders`": "They are those of the live stream.",
    "`list` with a `window`": "It is of MPD 0.25, and clients like it.",
    "`listmounts`": "Every locker is a mount.",
    "Schemes other than `http` and `https`": "No output of ours plays them.",
    "Addresses of playlists": "MPD fetches what `load` and `listplaylist` name, we fetch nothing that a client names.",
    "Stickers of a playlist that is renamed": "They stay with it; MPD leaves them with the old name.",
    "`nan` as a time": "MPD takes it; it is no time.",
    "`nextsong` with `repeat`, `single` and `consume`": "MPD names the song that goes then, we the one that plays.",
}
"""Whole answers that differ, by a name under which a test proves that they do: ``both.differs(name, line)``."""


def page() -> str:
    """Return what docs/mpd.md should be: its own text around a new list of differences."""
    before, _, rest = PAGE.read_text().partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return before + _BEGIN + differences() + _END + after


def differences() -> str:
    """Return the list of the differences."""
    rows = [*((each.what, each.reason) for each in LINES), *ALLOWED.items(), *ANSWERS.items()]
    return "| what differs | why |\n|---|---|\n" + "".join(f"| {what} | {reason} |\n" for what, reason in rows)


if __name__ == "__main__":
    PAGE.write_text(page())
