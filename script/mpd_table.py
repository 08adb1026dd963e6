"""Write the table of MPD commands in docs/mpd.md from the commands that there are."""

from pathlib import Path

from music_locker_core.mpd import commands as commands  # noqa: PLC0414 - registers them
from music_locker_core.mpd.permissions import Permission
from music_locker_core.mpd.registry import ABSENT, COMMANDS, Command

PAGE = Path(__file__).resolve().parent.parent / "docs" / "mpd.md"
_BEGIN = "<!-- commands: written by script/mpd_table.py -->\n"
_END = "<!-- end of commands -->\n"


def page() -> str:
    """Return what docs/mpd.md should be: its own text around a new table."""
    before, _, rest = PAGE.read_text().partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return before + _BEGIN + table() + _END + after


def table() -> str:
    """Return the table, one row for each command."""
    rows = sorted(COMMANDS.values(), key=lambda command: command.name)
    head = "| command | section | arguments | permission | since | what it does |\n|---|---|---|---|---|---|\n"
    return head + "".join(map(_row, rows)) + _absent()


def _absent() -> str:
    """Return the commands of the protocol that are not here, each with the reason."""
    if not ABSENT:
        return ""
    head = "\nAbsent, because they have no meaning here:\n\n| command | why |\n|---|---|\n"
    return head + "".join(f"| `{name}` | {reason} |\n" for name, reason in sorted(ABSENT.items()))


def _row(command: Command) -> str:
    permission = "" if command.permission is Permission.NONE else str(command.permission.name).lower()
    does = (command.handler.__doc__ or "").partition("\n")[0].replace("|", "\\|").replace("``", "`")
    return f"| `{command.name}` | {command.section} | {_count(command)} | {permission} | {command.since} | {does} |\n"


def _count(command: Command) -> str:
    if command.maximum is None:
        return "any" if command.minimum == 0 else f"{command.minimum} or more"
    if command.minimum == command.maximum:
        return str(command.minimum)
    return f"{command.minimum} to {command.maximum}"


if __name__ == "__main__":
    PAGE.write_text(page())
