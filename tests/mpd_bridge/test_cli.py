"""The command line as a whole: its list of commands, its help, completion in shells."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from mpd_bridge.cli import COMMANDS, cli

pytestmark = pytest.mark.slow  # starts other processes


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


@pytest.mark.parametrize("words", [("status",), ("status", "--json")])
def test_an_output_that_takes_nothing_is_one_line(tmp_path: Path, words: tuple[str, ...]) -> None:
    configuration = tmp_path / "bridge.toml"
    configuration.write_text('[state]\ndirectory = "state"')
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            [sys.executable, "-m", "mpd_bridge", *words, "--config", str(configuration)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=30,
        )
    assert (result.returncode, result.stderr) == (1, "Error: No space left on device\n")


def test_a_reload_during_the_start_does_not_end_the_bridge(tmp_path: Path) -> None:
    code = """
import signal, sys
import mpd_bridge.__main__ as program
program.cli = lambda **_: signal.raise_signal(signal.SIGHUP)
sys.argv = ["mpd-bridge", sys.argv[1]]
program.main()
"""
    ended = {
        name: subprocess.run([sys.executable, "-c", code, name], check=False, cwd=tmp_path, timeout=30).returncode
        for name in ("run", "status")
    }
    assert ended == {"run": 0, "status": -signal.SIGHUP}
