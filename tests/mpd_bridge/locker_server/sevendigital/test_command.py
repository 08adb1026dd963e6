"""The command line: releases that are withdrawn, beside a server that runs."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from mpd_bridge.locker_server.command import command
from tests.mpd_bridge.locker_server.sevendigital.conftest import Shop


@pytest.mark.row("S35", side="server")
async def test_releases_are_withdrawn_and_put_back_beside_a_running_server(shop: Shop, tmp_path: Path) -> None:
    client = await shop()
    (state,) = tmp_path.glob("state*")

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(command, ["withdraw", "--state", str(state), *arguments], catch_exceptions=False)
        assert result.exit_code == 0
        return result.output

    numbers = [entry["release"]["id"] for entry in (await client.locker()).releases[:2]]
    assert run(*map(str, numbers)) == ""
    assert run() == "".join(f"{number}\n" for number in sorted(numbers))
    assert [entry["available"] for entry in (await client.locker()).releases[:3]] == [False, False, True]
    run("--back", str(numbers[0]))
    assert [entry["available"] for entry in (await client.locker()).releases[:3]] == [True, False, True]


def test_a_state_folder_that_is_damaged_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "sevendigital.sqlite3").write_bytes(b"no database" * 100)
    result = CliRunner().invoke(command, ["withdraw", "--state", str(tmp_path), "1"])
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert "7digital" in result.output
