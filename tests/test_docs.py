"""The documentation is true: its code parses, its commands exist, its links lead somewhere, its errors are said."""

import json
import re
import tomllib
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from mpd_bridge.config import load
from tests.documents.pages import PAGES, ROOT, Block, anchors, blocks, code_spans, links
from tests.documents.shell import WrongCommandError, check, commands
from tests.documents.texts import is_said

SHELL = ("sh", "bash", "shell", "console")
CONFIGURATION = {"state", "mpd", "http", "locker", "player"}
FILE_SETTING = re.compile(r'^(\s*#?\s*\w+_file\s*=\s*)"(?:[^"]*/)?([^"/]+)"', re.MULTILINE)
COMMAND = re.compile(r"(?:mpd-bridge|script/\w+|python3? -m mpd_bridge)(?: .*)?")

by_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


class Home(yaml.SafeLoader):
    """YAML as Home Assistant reads it: with tags such as !secret and !input."""


Home.add_multi_constructor("!", lambda _loader, _tag, node: node.value)


def test_every_block_says_of_what_kind_it_is() -> None:
    known = {*SHELL, "yaml", "json", "toml", "ini", "text", "error", "jinja"}
    assert [str(block) for block in blocks() if block.kind not in known] == []


@pytest.mark.parametrize("block", blocks("yaml"), ids=str)
def test_yaml_parses_and_holds_something(block: Block) -> None:
    assert isinstance(yaml.load(block.text, Home), (dict, list))  # noqa: S506 - a SafeLoader with tags


def test_actions_of_ours_exist_and_know_their_data() -> None:
    services = yaml.safe_load((ROOT / "custom_components/music_locker/services.yaml").read_text(encoding="utf-8"))
    found = [step for block in blocks("yaml") for step in steps(yaml.load(block.text, Home))]  # noqa: S506 - as above
    for step in found:
        name = step["action"].removeprefix("music_locker.")
        assert name in services, name
        assert set(step.get("data", {})) <= set((services[name] or {}).get("fields", {})), name


def steps(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every step of an automation that calls an action of ours."""
    if isinstance(value, dict):
        if str(value.get("action", "")).startswith("music_locker."):
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from steps(one)


def test_json_parses() -> None:
    for block in blocks("json"):
        json.loads(block.text)


@pytest.mark.parametrize("block", blocks("toml"), ids=str)
def test_a_configuration_is_one_that_the_bridge_takes(block: Block, tmp_path: Path) -> None:
    if not CONFIGURATION & tomllib.loads(block.text).keys():
        return
    text = FILE_SETTING.sub(r'\1"\2"', block.text)
    for _start, name in FILE_SETTING.findall(text):
        (tmp_path / name).write_text("secret\n")
    file = tmp_path / "bridge.toml"
    file.write_text(text, encoding="utf-8")
    load(file, {}, secrets=False)  # a login may give them


def test_unit_files_parse() -> None:
    for block in blocks("ini"):
        parser = ConfigParser(strict=False, interpolation=None, delimiters=["="], comment_prefixes=["#", ";"])
        parser.read_string(block.text)
        assert parser.sections(), block
        for words in commands(parser.get("Service", "ExecStart", fallback="")):
            check(words)


@pytest.mark.parametrize("block", blocks(*SHELL), ids=str)
def test_every_command_exists_and_takes_what_it_is_given(block: Block) -> None:
    found = list(commands(block.text, prompted=block.kind == "console"))
    assert any(found)
    for words in found:
        check(words)


@by_page
def test_commands_in_a_sentence_exist(page: Path) -> None:
    for span in filter(COMMAND.fullmatch, code_spans(page)):
        for words in commands(span):
            check(words, whole=False)


@by_page
def test_links_lead_to_what_is_there(page: Path) -> None:
    for link in links(page):
        if re.match(r"[a-z]+:", link):
            continue
        path, _hash, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        assert not anchor or anchor in anchors(target), link


def test_every_page_is_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached:
            continue
        reached.add(page)
        paths = [link.partition("#")[0] for link in links(page) if "://" not in link]
        targets = [(page.parent / path).resolve() for path in paths if path]
        folders = [file for target in targets if target.is_dir() for file in target.glob("*.md")]
        waiting += [target for target in [*targets, *folders] if target in PAGES]
    assert sorted(page.name for page in set(PAGES) - reached - {ROOT / "info.md"}) == []  # which HACS shows


@pytest.mark.parametrize("block", blocks("error"), ids=str)
def test_an_error_that_is_quoted_is_one_that_is_said(block: Block) -> None:
    assert [line for line in block.text.splitlines() if not is_said(line)] == []


@pytest.mark.parametrize(
    "line",
    [
        "mpd-bridge runn",
        "mpd-bridge run --config",
        "mpd-bridge run --config a.toml --log-level loud",
        "mpd-bridge run --config a.toml extra",
        "mpd-bridge locker-server account ad x",
        "mpd-bridge locker-server account add",
        "mpd-bridge locker-server account change ann --quota 5X",
        "mpd-bridge locker-server ~/Music --prot 1",
        "mpd-bridge locker-server ~/Music --port 70000",
        "python -m mpd_bridge runn",
        "cd x && script/nothing",
        "script/demo --chek",
        "mpc -p 6600 plya",
        "cp -r custom_components/music_lokcer /config",
        "frobnicate now",
    ],
)
def test_a_command_that_would_not_work_is_noticed(line: str) -> None:
    *right, wrong = commands(line)
    for words in right:
        check(words)
    with pytest.raises(WrongCommandError):
        check(wrong)


def test_a_text_that_nobody_says_is_noticed() -> None:
    assert not is_said("The frobnicator cannot be reached.")
    assert is_said("Error: port 8090 of 127.0.0.1 is taken: choose another with --port")
    assert is_said("bridge.toml: [mpd] password: is missing: 0.0.0.0 is open to other machines")
    assert is_said("The server cannot be reached.")
