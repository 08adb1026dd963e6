"""A terminal program under test: tmux runs it, types into it and reads its screen."""

import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

_LIMIT = 10.0  # seconds
_LOOK_EVERY = 0.05


class Terminal:
    """Hold one program in a terminal of its own."""

    def __init__(self, command: Sequence[str | Path], *, columns: int = 120, rows: int = 36) -> None:
        # Not in the test's own folder: the path of a socket has 107 bytes at most.
        self._folder = tempfile.TemporaryDirectory(prefix="tmux-")
        self._tmux = ["tmux", "-S", f"{self._folder.name}/tmux", "-f", "/dev/null"]
        size = ["-x", str(columns), "-y", str(rows)]
        words = ["env", "-u", "COLUMNS", "-u", "LINES", "LC_ALL=C.UTF-8", *map(str, command)]
        self._run("-u", "new-session", "-d", *size, *words)

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self._tmux, *arguments], capture_output=True, text=True, check=True, timeout=_LIMIT, encoding="utf-8"
        )
        return done.stdout

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._run("kill-server")
        finally:
            self._folder.cleanup()

    @property
    def screen(self) -> str:
        """Return what the screen shows."""
        return self._run("capture-pane", "-p")

    def press(self, *keys: str) -> None:
        """Press keys by tmux's names of them (``Enter``, ``Down``, ``a``)."""
        self._run("send-keys", *keys)

    def type(self, text: str) -> None:
        """Type text as it is."""
        self._run("send-keys", "-l", text)

    def wait_for(self, *texts: str) -> str:
        """Wait until the screen shows every text, and return it; raise AssertionError with the screen."""
        deadline = time.monotonic() + _LIMIT
        while True:
            screen = self.screen
            if all(text in screen for text in texts):
                return screen
            if time.monotonic() > deadline:
                raise AssertionError(f"not on the screen: {[text for text in texts if text not in screen]}\n{screen}")
            time.sleep(_LOOK_EVERY)
