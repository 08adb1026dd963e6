"""The command line: which commands there are. Each lives beside what it runs and is imported when it is called."""

import logging
from importlib import import_module
from typing import NamedTuple, override

import click
from click.shell_completion import CompletionItem


class _Entry(NamedTuple):
    """Say where a command is, and what it does: a list of commands must not import what they need."""

    module: str
    summary: str


COMMANDS = {
    "demo-music": _Entry("mpd_bridge.demo_music.command", "Make a folder of invented music."),
    "doctor": _Entry("mpd_bridge.doctor_command", "Look for what is wrong, and say what to do about it."),
    "locker-server": _Entry("mpd_bridge.locker_server.command", "Serve a folder of music as an online locker."),
    "login": _Entry("mpd_bridge.login_command", "Log in to a locker, and keep its secrets."),
    "run": _Entry("mpd_bridge.run_command", "Run the bridge."),
    "search": _Entry("mpd_bridge.search_command", "Find music in your lockers."),
    "status": _Entry("mpd_bridge.status_command", "Show what runs, and what is known of each locker."),
    "sync": _Entry("mpd_bridge.sync_command", "Read the lockers anew where they changed."),
    "upload": _Entry("mpd_bridge.upload_command", "Send files to a locker."),
}


class _Commands(click.Group):
    """Import a command's module (its attribute ``command``) when the command is asked for."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if (entry := COMMANDS.get(cmd_name)) is None:
            return None
        command: click.Command = import_module(entry.module).command
        return command

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name].summary) for name in self.list_commands(ctx)])

    @override
    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        options = click.Command.shell_complete(self, ctx, incomplete)
        names = (name for name in self.list_commands(ctx) if name.startswith(incomplete))
        return [*(CompletionItem(name, help=COMMANDS[name].summary) for name in names), *options]


@click.group(cls=_Commands)
@click.version_option(package_name="music-locker", prog_name="mpd-bridge")
def cli() -> None:
    """Play your online music lockers with any MPD client."""
    # Commands tell in their own words what fails; ``run`` has a log.
    logging.getLogger("music_locker_core").addHandler(logging.NullHandler())
