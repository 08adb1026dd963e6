"""The command line as a whole: its list of commands, its help, completion in shells."""

import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from mpd_bridge.cli import COMMANDS, cli


def completed(*words: str) -> list[str]:
    """Return what bash is offered for the last word, as the script that it loads asks."""
    result = CliRunner().invoke(
        cli,
        prog_name="mpd-bridge",
        env={
            "_MPD_BRIDGE_COMPLETE": "bash_complete",
            "COMP_WORDS": " ".join(("mpd-bridge", *words)),
            "COMP_CWORD": str(len(words)),
        },
    )
    return [line.partition(",")[2] for line in result.output.splitlines()]


def test_every_command_is_listed_with_what_it_does_and_has_help() -> None:
    listed = CliRunner().invoke(cli, ["--help"]).output
    for name, entry in COMMANDS.items():
        assert entry.summary in listed
        shown = CliRunner().invoke(cli, [name, "--help"])
        assert (shown.exit_code, entry.summary[:-1].split()[0] in shown.output) == (0, True), name


def test_an_unknown_command_is_a_usage_error() -> None:
    result = CliRunner().invoke(cli, ["runn"])
    assert result.exit_code == 2
    assert "No such command 'runn'" in result.output


def test_shells_complete_commands_and_options() -> None:
    assert completed("r") == ["run"]
    assert completed("") == sorted(COMMANDS)
    assert completed("run", "--log") == ["--log-level"]
    assert completed("run", "--log-level", "w") == ["warning"]
    assert "account" in completed("locker-server", "acc")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(shell: str) -> None:
    result = CliRunner().invoke(cli, prog_name="mpd-bridge", env={"_MPD_BRIDGE_COMPLETE": f"{shell}_source"})
    assert result.exit_code == 0
    assert "_MPD_BRIDGE_COMPLETE" in result.output


def test_listing_commands_imports_none_of_them() -> None:
    code = "import sys, mpd_bridge.cli; print({'av', 'aiohttp', 'rich'} & sys.modules.keys() or 'none')"
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ), timeout=30
    )
    assert shown.stdout == "none\n"
