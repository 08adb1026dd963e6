"""docs/locker-server.md, done as it says."""

import json
import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from mpd_bridge.cli import cli
from tests.documents.pages import ROOT, blocks
from tests.documents.shell import commands
from tests.mpd_bridge.locker_server.conftest import Serve

PAGE = ROOT / "docs" / "locker-server.md"
BLOCKS = [block for block in blocks("sh") if block.page == PAGE]
CURL = [words[1:] for block in BLOCKS for words in commands(block.text) if words[:1] == ["curl"]]


def test_it_names_every_command_and_every_switch() -> None:
    page = PAGE.read_text(encoding="utf-8")
    group = cli.get_command(click.Context(cli), "locker-server")
    assert isinstance(group, click.Group)
    accounts = group.commands["account"]
    assert isinstance(accounts, click.Group)
    assert [name for name in accounts.commands if f"locker-server account {name}" not in page] == []
    rows = "".join(line for line in page.splitlines(keepends=True) if line.startswith("| `--"))
    options = [option for parameter in group.commands["serve"].params for option in parameter.opts]
    assert set(re.findall(r"`(--[a-z-]+)", rows)) == {option for option in options if option.startswith("--")}
    others = [parameter.opts[0] for command in accounts.commands.values() for parameter in command.params]
    assert [option for option in others if option.startswith("--") and option not in page] == []


def test_its_accounts_are_made_and_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bob.password").write_text("word\n")
    for block in BLOCKS:
        environment = {"XDG_STATE_HOME": str(tmp_path / str(block.line))}
        for words in commands(block.text):
            if words[1:3] == ["locker-server", "account"]:
                result = CliRunner().invoke(cli, words[1:], input="password\n", env=environment)
                assert result.exit_code == 0, f"{shlex.join(words)}: {result.output}"


async def test_its_requests_are_answered(serve: Serve) -> None:
    client = await serve(options=None, fault_api=True)
    client.server.add_account("ann@example.com", "password")
    sid = ""
    assert len(CURL) >= 3
    for words in CURL:
        address, *options = words
        target = re.sub(r"<session_id.*?>", sid, address.removeprefix("http://127.0.0.1:8090"))
        if options[:1] == ["-d"]:
            answer = await client.send("POST", target, data=options[1])
        else:
            answer = await client.get(target.replace("partner_token=any", "partner_token=9999999999"))
        assert answer.status in {200, 201, 204}, shlex.join(words)
        content = json.loads(answer.body) if answer.body else {}
        if "login" in target:
            sid = content["session_id"]
        assert not isinstance(content, dict) or content.get("status", 1) == 1, content
