"""What was measured, as it stands in the documentation."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.mpd.comparison import Row
from benchmarks.mpd.server import Server

PAGE = Path("docs/performance.md")
_BEGIN = "<!-- what script/bench mpd --write has measured -->"
_END = "<!-- end of what was measured -->"
_PRECISE = 10  # milliseconds
_WHOLE = 1000


def markdown(rows: Sequence[Row], servers: Sequence[Server], conditions: str) -> str:
    """Return the table of times, and a list of what each server held in memory."""
    labels = [server.label for server in servers]
    columns = ["workload", *(f"{label}, ms" for label in labels), f"{labels[0]}'s p95", "ratio", "target", "verdict"]
    columns += ["times faster than Mopidy-MPD", "notes"]
    lines = [conditions, "", _line(columns), _line(["---"] * len(columns))]
    lines += [_line(_cells(row)) for row in rows]
    lines += ["", "Resident memory in MB, and its peak:", ""]
    lines += [f"- {server.label}: {_memory(server)}" for server in servers]
    return "\n".join(lines) + "\n"


def _cells(row: Row) -> list[str]:
    measured = list(row.measured.values())
    times = [_number(each.median if each.medians else None) for each in measured]
    high = _number(sorted(measured[0].highs)[len(measured[0].highs) // 2] if measured[0].highs else None)
    ratio = "n/a" if row.ratio is None else f"{row.ratio:.2f}"
    return [row.title, *times, high, ratio, row.target, row.verdict, row.mopidy_text, row.notes]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _number(milliseconds: float | None) -> str:
    if milliseconds is None:
        return "n/a"
    if milliseconds < _PRECISE:
        return f"{milliseconds:.3f}"
    return f"{milliseconds:.1f}" if milliseconds < _WHOLE else f"{milliseconds:,.0f}"


def _memory(server: Server) -> str:
    return ", ".join(f"{when} {memory.now:.0f} ({memory.peak:.0f})" for when, memory in server.memory.items())


def write(text: str, page: Path = PAGE) -> None:
    """Put a report between the page's markers."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(_BEGIN)
    _, end, after = rest.partition(_END)
    assert begin, f"{page} has lost its marker"
    assert end, f"{page} has lost its marker"
    page.write_text(f"{before}{begin}\n\n{text}\n{end}{after}", encoding="utf-8")
