"""Run the command line: ``python -m mpd_bridge``."""

import os
import signal
import sys

from .cli import cli


def main() -> None:
    """Run the command that the process was started with, and exit."""
    if sys.argv[1:2] == ["run"]:
        # SIGHUP would end it until its handler is there, and most of that time goes by before it reads its file.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        cli(prog_name="mpd-bridge")
    except OSError as error:
        # Commands explain the files that they use; what is left is an output that takes nothing, such as a full disk.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python tries once more at its end
        sys.exit(f"Error: {error.strerror or error}")


if __name__ == "__main__":
    main()
