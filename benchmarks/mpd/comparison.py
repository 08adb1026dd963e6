"""Rounds in alternation, and what they say: per workload the ratio to the faster MPD, and whether that does."""

import statistics
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field

from benchmarks.mpd.client import AckError
from benchmarks.mpd.placement import on_one_processor
from benchmarks.mpd.server import Server
from benchmarks.mpd.work import Sample, Work, Workload

LONG = 0.5  # milliseconds: what takes MPD so long must not take the bridge longer
_ROUND_TRIP = 2.5
_SHUFFLE_KEY, _SHUFFLE_LIMIT = "shuffle", 5.0  # milliseconds
_NEVER_LONGER = frozenset({"addid", "mixed", "mixed_p99"})
_TIMES_FASTER_THAN_MOPIDY = 10.0
_UNSTEADY = 1.5

# What Mopidy 4.0.5 with Mopidy-MPD 4.0.1 and Mopidy-Local took, and MPD 0.24.4 beside it, in milliseconds, on a library
# of 20,000 tracks; both on the same machine in one run, so that only their ratio is used.
_MOPIDY = {
    "connect": (0.336, 0.027),
    "ping": (0.084, 0.008),
    "status": (0.627, 0.017),
    "listallinfo": (24472, 42.7),
    "lsinfo": (2.552, 0.056),
    "list_artist": (14.2, 1.481),
    "find": (19.7, 0.784),
    "search_any": (41.1, 124.1),
    "search_window": (18.6, 19.5),
    "findadd": (3.662, 1.020),
    "addid": (9307, 51.4),
    "status_queued": (0.564, 0.021),
    "playlistinfo": (405.6, 22.7),
    "window": (1.940, 0.148),
    "plchangesposid": (24.9, 0.897),
    "plchanges": (432.0, 0.078),
    "move": (1.738, 0.018),
    "shuffle": (4.201, 0.130),
    "delete": (418.3, 1.869),
    "clear": (1.637, 2.908),
    "idle_1": (0.952, 0.186),
    "idle_100": (3.828, 0.749),
    "mixed": (364.9, 318.2),
    "mixed_p99": (3270.2, 735.6),
}
_BESIDE_MOPIDY = "MPD 0.24"


@dataclass(slots=True)
class Measured:
    """Hold what one workload took on one server: milliseconds, one number for each round."""

    medians: list[float] = field(default_factory=list)
    highs: list[float] = field(default_factory=list)
    """The time within which 95 of 100 were done."""
    songs: int = 0
    note: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.medians)


@dataclass(slots=True)
class Row:
    """Hold what one workload took on every server; the bridge is the first."""

    key: str
    title: str
    measured: dict[str, Measured]
    refused: dict[str, str] = field(default_factory=dict)

    @property
    def _bridge(self) -> Measured | None:
        return next(iter(self.measured.values())) if self._complete else None

    @property
    def _complete(self) -> bool:
        return not self.refused and all(each.medians for each in self.measured.values())

    def ratio_to(self, label: str) -> float | None:
        """Return the median of the paired ratios to one of the others."""
        other = self.measured.get(label)
        if self._bridge is None or other is None:
            return None
        return statistics.median(
            ours / theirs for ours, theirs in zip(self._bridge.medians, other.medians, strict=True)
        )

    @property
    def ratio(self) -> float | None:
        """Return the median ratio to the faster of the others."""
        ratios = [ratio for label in list(self.measured)[1:] if (ratio := self.ratio_to(label)) is not None]
        return max(ratios, default=None)

    @property
    def target(self) -> str:
        """Return what is promised."""
        if self.key == _SHUFFLE_KEY:
            return f"<= {_SHUFFLE_LIMIT:g} ms"
        return f"<= {self._limit:.1f}"

    @property
    def _limit(self) -> float:
        fastest = min((each.median for each in list(self.measured.values())[1:] if each.medians), default=0.0)
        return 1.0 if self.key in _NEVER_LONGER or fastest >= LONG else _ROUND_TRIP

    @property
    def verdict(self) -> str:
        """Tell whether the promise is kept, and if not, by how much it is missed."""
        if self._bridge is None or self.ratio is None:
            return f"not measured: {self.refused}" if self.refused else "not measured"
        if self.key == _SHUFFLE_KEY:
            return "kept" if self._bridge.median <= _SHUFFLE_LIMIT else f"missed: {self._bridge.median:.1f} ms"
        return "kept" if self.ratio <= self._limit else f"missed: {self.ratio / self._limit:.2f} times the target"

    @property
    def beside_mopidy(self) -> float | None:
        """Return how many times faster than Mopidy-MPD the bridge is, by way of the MPD that both stood beside."""
        ratio, figures = self.ratio_to(_BESIDE_MOPIDY), _MOPIDY.get(self.key)
        return None if ratio is None or figures is None else figures[0] / figures[1] / ratio

    @property
    def mopidy_text(self) -> str:
        """Return what stands in the table."""
        times = self.beside_mopidy
        if times is None:
            return "no answer" if self.key not in _MOPIDY else "n/a"
        return f"{times:,.1f}" + ("" if times >= _TIMES_FASTER_THAN_MOPIDY else " (< 10)")

    @property
    def notes(self) -> str:
        """Return what else is to be known."""
        notes = [f"{label}: {reason}" for label, reason in self.refused.items()]
        songs = {label: each.songs for label, each in self.measured.items() if each.songs}
        if len(set(songs.values())) > 1:
            notes.append("songs: " + ", ".join(f"{label} {count:,}" for label, count in songs.items()))
        notes += [f"{label}: {each.note}" for label, each in self.measured.items() if each.note]
        for label, each in self.measured.items():
            if each.medians and (spread := max(each.medians) / min(each.medians)) > _UNSTEADY:
                notes.append(f"{label}: rounds differ by {spread:.1f}")
        return "; ".join(notes)


def compare(
    workloads: Sequence[Workload], servers: Sequence[Server], work: Work, rounds: int, say: Callable[[str], None]
) -> list[Row]:
    """Do every workload on every server, so many rounds in alternation."""
    rows = []
    for workload in workloads:
        title = workload.title.format(queue=f"{len(servers[0].queue):,}", clients=work.clients)
        row = Row(workload.key, title, {server.label: Measured() for server in servers})
        high = Row(f"{row.key}_p99", title.replace("(per request)", "(99th of 100)"), dict(row.measured))
        high.measured = {server.label: Measured() for server in servers}
        for number in range(rounds):
            for server in servers if number % 2 == 0 else reversed(servers):
                _do(workload, server, work, row, high)
        rows.append(row)
        if not row.refused and any(each.medians for each in high.measured.values()):
            rows.append(high)
        say(f"{title}: {'n/a' if row.ratio is None else f'{row.ratio:.2f}'} ({row.verdict})")
    return rows


def _do(workload: Workload, server: Server, work: Work, row: Row, high: Row) -> None:
    if server.label in row.refused:
        return
    server.reconnect()  # while the others worked, this one may have taken the client for dead
    free = work.spread or workload.crowd
    try:
        with nullcontext() if free else on_one_processor(server.pid):
            sample = workload.run(server, work)
    except (AckError, OSError) as error:
        row.refused[server.label] = str(error)
        return
    if not sample.times:
        row.refused[server.label] = "nothing came"
        return
    _note(row.measured[server.label], sample)
    if sample.p99 is not None:
        high.measured[server.label].medians.append(sample.p99)
        high.measured[server.label].highs.append(sample.p99)


def _note(measured: Measured, sample: Sample) -> None:
    times = sorted(sample.times)
    measured.medians.append(statistics.median(times))
    measured.highs.append(times[min(len(times) - 1, int(len(times) * 0.95))])
    measured.songs, measured.note = sample.songs, sample.note
