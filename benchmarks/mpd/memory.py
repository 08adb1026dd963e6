"""What a process holds in memory."""

import re
from dataclasses import dataclass
from pathlib import Path

_KIBI = 1024


@dataclass(frozen=True, slots=True)
class Memory:
    """Hold the resident memory of a process now and at its highest, in MB."""

    now: float
    peak: float


def memory_of(pid: int) -> Memory:
    """Return what a process holds."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    now, peak = (int(re.findall(rf"^{name}:\s+(\d+) kB", status, re.MULTILINE)[0]) for name in ("VmRSS", "VmHWM"))
    return Memory(now / _KIBI, peak / _KIBI)
