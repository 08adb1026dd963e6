"""Every text that the programs can say: the translations, and the strings in the code."""

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from tests.documents.pages import ROOT

_LEAST_SAID = 10  # letters of its own that a text with holes must have, so that it does not fit everything
_HOLE = re.compile(r"\{\w*\}|%[sd]")


@cache
def _texts() -> tuple[frozenset[str], tuple[tuple[str, ...], ...]]:
    whole, holed = set(), set()
    for parts in (*_translated(), *_coded()):
        if len(parts) == 1:
            whole.add(parts[0])
        elif sum(map(len, parts)) >= _LEAST_SAID:
            holed.add(tuple(parts))
    return frozenset(whole), tuple(sorted(holed))


def _translated() -> Iterator[list[str]]:
    content = json.loads((ROOT / "custom_components/music_locker/translations/en.json").read_text(encoding="utf-8"))
    for text in _leaves(content):
        yield _HOLE.split(text)


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _leaves(one)
    else:
        yield value


def _coded() -> Iterator[list[str]]:
    for folder in ("custom_components/music_locker", "mpd_bridge"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_bytes())):
                if isinstance(node, ast.JoinedStr):
                    yield _parts(node)
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield _HOLE.split(node.value)


def _parts(text: ast.JoinedStr) -> list[str]:
    parts = [""]
    for value in text.values:
        if isinstance(value, ast.Constant):
            parts[-1] += str(value.value)
        else:
            parts.append("")
    return parts


def _fits(text: str, parts: tuple[str, ...]) -> bool:
    if not (text.startswith(parts[0]) and text.endswith(parts[-1])):  # an expression for each costs much more
        return False
    return re.fullmatch(".+".join(map(re.escape, parts)), text) is not None


def is_said(line: str) -> bool:
    """Tell whether a program can say this; a place in front, such as a file and a key, is not looked at."""
    whole, holed = _texts()
    pieces = line.removeprefix("Error: ").split(": ")
    candidates = [": ".join(pieces[first:]) for first in range(len(pieces))]
    return any(text in whole or any(_fits(text, parts) for parts in holed) for text in candidates)
