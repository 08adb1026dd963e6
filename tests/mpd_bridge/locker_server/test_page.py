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

pytestmark = pytest.mark.usefixtures("cheap_passwords")

PAGE = ROOT / "docs" / "locker-server.md"
BLOCKS = [block for block in blocks("sh") if block.page == PAGE]
CURL = [words[1:] for block in BLOCKS for words in commands(block.text) if words[:1] == ["curl"]]


def test_it_names_every_command_and_every_switch() -> None:
    page = PAGE.read_text(encoding="utf-8")
    group = cli.get_command(click.Context(cli), "locker-server")
    assert isinstance(group, click.Group)
    others: list[click.Command] = []
    for name in ("account", "key"):
        found = group.commands[name]
        assert isinstance(found, click.Group)
        assert [one for one in found.commands if f"locker-server {name} {one}" not in page] == []
        others += found.commands.values()
        others += [one for inner in others if isinstance(inner, click.Group) for one in inner.commands.values()]
    rows = "".join(line for line in page.splitlines(keepends=True) if line.startswith("| `--"))
    options = [option for parameter in group.commands["serve"].params for option in parameter.opts]
    assert set(re.findall(r"`(--[a-z-]+)", rows)) == {option for option in options if option.startswith("--")}
    switches = [parameter.opts[0] for command in others for parameter in command.params]
    assert [option for option in switches if option.startswith("--") and option not in page] == []


def test_its_accounts_are_made_and_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bob.password").write_text("word\n")
    add = ["locker-server", "account", "add"]
    for block in BLOCKS:
        environment = {"XDG_STATE_HOME": str(tmp_path / str(block.line))}
        done = [words[1:] for words in commands(block.text) if words[1:3] == add[:2]]
        named = [] if any(words[:3] == add for words in done) else ["ann@example.com", "bob@example.com"]
        for words in [*([*add, name] for name in named), *done]:
            result = CliRunner().invoke(cli, words, input="password\n", env=environment)
            assert result.exit_code == 0, f"{shlex.join(words)}: {result.output}"


def test_its_keys_are_made_and_removed(tmp_path: Path) -> None:
    environment = {"XDG_STATE_HOME": str(tmp_path)}

    def run(*words: str) -> str:
        result = CliRunner().invoke(cli, words, input="password\n", env=environment)
        assert result.exit_code == 0, f"{shlex.join(words)}: {result.output}"
        return result.stdout

    run("locker-server", "account", "add", "ann@example.com")
    (block,) = [block for block in BLOCKS if "key list" in block.text]
    for words in commands(block.text):
        api_keys = json.loads(run("locker-server", "key", "list", "audiodelivery", "--json"))
        name = api_keys[0]["name"] if api_keys else ""
        run(*(word.replace("1a2b3c4d", name) for word in words[1:]))
    left = json.loads(run("locker-server", "key", "list", "--json"))
    assert {entry["service"] for entry in left} == {"tunesbag", "sevendigital"}


async def test_its_requests_are_answered(serve: Serve) -> None:
    client = await serve(options=None, fault_api=True)
    client.server.add_account("ann@example.com", "password")
    sid = ""
    assert len(CURL) >= 3
    for words in CURL:
        address, *options = words
        target = re.sub(r"<session_id.*?>", sid, address.removeprefix("http://127.0.0.1:8090"))
        if options[:1] == ["-H"]:
            name, value = options[1].split(": ")
            api_key = client.server.audiodelivery.add_key()
            answer = await client.get(target, headers={name: re.sub("<api_key.*?>", api_key, value)})
        elif options[:1] == ["-d"]:
            answer = await client.send("POST", target, data=options[1])
        else:
            answer = await client.get(target.replace("partner_token=any", "partner_token=9999999999"))
        assert answer.status in {200, 201, 204}, shlex.join(words)
        content = json.loads(answer.body) if answer.body else {}
        if "login" in target:
            sid = content["session_id"]
        assert not isinstance(content, dict) or content.get("status", 1) == 1, content
