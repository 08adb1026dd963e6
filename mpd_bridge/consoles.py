"""Tables and progress on a terminal: for the commands that show some, the daemon does without."""

import sys
from typing import Final

from rich.console import Console

_WIDE: Final = 1000  # columns


def table_console() -> Console:
    """Return a console that takes texts as they are, and cuts lines only where somebody looks at them."""
    width = None if sys.stdout.isatty() else _WIDE
    return Console(markup=False, highlight=False, emoji=False, width=width)


def progress_console() -> Console:
    """Return a console for what comes and goes: progress is no result."""
    return Console(stderr=True, markup=False, highlight=False, emoji=False)
