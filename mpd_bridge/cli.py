"""The command line: which commands there are. Each lives beside what it runs and is imported when it is called."""

from importlib import import_module
from typing import override

import click

_COMMANDS = {
    "demo-music": "mpd_bridge.demo_music.command",
    "locker-server": "mpd_bridge.locker_server.command",
    "run": "mpd_bridge.run_command",
}


class _Commands(click.Group):
    """Import a command's module (its attribute ``command``) when the command is asked for."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if (module := _COMMANDS.get(cmd_name)) is None:
            return None
        command: click.Command = import_module(module).command
        return command


@click.group(cls=_Commands)
@click.version_option(package_name="music-locker", prog_name="mpd-bridge")
def cli() -> None:
    """Play your online music lockers with any MPD client."""
