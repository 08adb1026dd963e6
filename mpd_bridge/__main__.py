"""Run the command line: ``python -m mpd_bridge``."""

from .cli import cli


def main() -> None:
    """Run the command that the process was started with, and exit."""
    cli(prog_name="mpd-bridge")


if __name__ == "__main__":
    main()
