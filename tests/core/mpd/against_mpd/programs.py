"""mpc, the program, with the same arguments to MPD and to ours: what it prints, and how it ends."""

import asyncio
import re
import shlex
from dataclasses import dataclass

from .both import Both

_SECONDS = 60  # MPD reads its music when the machine has nothing else to do
_TIME = re.compile(r"(?:\d+:)+\d\d|\(\d+%\)")
_TOLERANCE = 3  # seconds: of clocks that run, and of songs' lengths
_DEMO_SONGS_LAST = 12  # seconds, some of them: one second of a song is up to 25 % of it
_LAWFUL = re.compile(r'^(?:mpd version:|Play Time:|Uptime:|DB Updated:|DB Play Time:).*$|^\t\w+=".*"\n', re.MULTILINE)
"""What mpc prints of the lawful differences (see lawful.py): each server's own numbers, attributes of outputs."""


@dataclass(frozen=True)
class Ran:
    """How a run of mpc ended."""

    printed: bytes
    complaints: str
    code: int

    @property
    def lines(self) -> list[str]:
        return self.printed.decode().splitlines()


class Mpcs:
    """Run mpc against both servers at once."""

    def __init__(self, both: Both) -> None:
        self.ports: list[int] = [client.writer.get_extra_info("peername")[1] for client in (both.mpd, both.ours)]

    async def same(self, *commands: str) -> Ran:
        """Run these, one by one, as they are typed in a shell; both print and end the same. Return our last run."""
        return [await self.run(shlex.split(command)) for command in commands][-1]

    async def refused(self, *commands: str) -> None:
        """Run these; mpc complains of each, with the same words (it does not always end with an error)."""
        for command in commands:
            ours = await self.run(shlex.split(command))
            assert ours.complaints, (command, ours)

    async def run(self, arguments: list[str], *, entered: str = "", ordered: bool = True) -> Ran:
        """Run one, with what is ``entered``; what it prints has no order of its own unless ``ordered``."""
        theirs, ours = await asyncio.gather(*(mpc(port, arguments, entered) for port in self.ports))
        assert comparable(ours, ordered) == comparable(theirs, ordered) or close(ours, theirs), (
            f"mpc {arguments}\nMPD:  {theirs}\nours: {ours}"
        )
        return ours


async def mpc(port: int, arguments: list[str], entered: str = "") -> Ran:
    """Run mpc once."""
    process = await start(port, arguments)
    async with asyncio.timeout(_SECONDS):
        printed, complaints = await process.communicate(entered.encode())
    assert process.returncode is not None
    return Ran(printed, complaints.decode(), process.returncode)


async def start(port: int, arguments: list[str]) -> asyncio.subprocess.Process:
    """Start mpc, for those commands that wait; it prints line by line."""
    return await asyncio.create_subprocess_exec(
        "stdbuf", "-oL", "mpc", "-p", str(port), *arguments,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "TZ": "UTC"},
    )  # fmt: skip


def comparable(ran: Ran, ordered: bool) -> tuple[object, str, int]:
    """Return what of a run has to be the same."""
    if b"\0" in ran.printed:
        return ran.printed, ran.complaints, ran.code
    text = _LAWFUL.sub("", ran.printed.decode())
    return (text if ordered else sorted(text.splitlines())), ran.complaints, ran.code


def close(ours: Ran, theirs: Ran) -> bool:
    """Tell whether two runs printed the same but for times that are close."""
    if b"\0" in ours.printed + theirs.printed or (ours.complaints, ours.code) != (theirs.complaints, theirs.code):
        return False
    found, wanted = (_LAWFUL.sub("", ran.printed.decode()) for ran in (ours, theirs))
    if _TIME.sub("", found) != _TIME.sub("", wanted):
        return False
    return all(_near(*pair) for pair in zip(_TIME.findall(found), _TIME.findall(wanted), strict=True))


def _near(ours: str, theirs: str) -> bool:
    if ours.startswith("("):
        return abs(int(ours[1:-2]) - int(theirs[1:-2])) <= _TOLERANCE * 100 // _DEMO_SONGS_LAST
    return abs(_seconds(ours) - _seconds(theirs)) <= _TOLERANCE


def _seconds(time: str) -> int:
    seconds = 0
    for part in time.split(":"):
        seconds = seconds * 60 + int(part)
    return seconds
