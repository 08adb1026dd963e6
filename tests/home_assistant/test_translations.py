"""Everything that can be shown has a text, and every text can be shown."""

import ast
import re
from collections.abc import Iterator
from typing import Any

from .texts import COMPONENT, TEXTS

_MODULES = sorted(COMPONENT.glob("*.py"))
_MAKERS = {"_invalid", "_not_ready"}  # they take the key of a text first


def _leaves(texts: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in texts.items():
        where = f"{path}.{key}" if path else key
        if isinstance(value, dict):
            yield from _leaves(value, where)
        else:
            yield where, value


def _calls() -> Iterator[ast.Call]:
    for module in _MODULES:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield node


def _exception_keys() -> set[str]:
    keys = set()
    for call in _calls():
        if isinstance(call.func, ast.Name) and call.func.id in _MAKERS:
            keys.add(ast.literal_eval(call.args[0]))
        for keyword in call.keywords:
            if keyword.arg == "translation_key" and isinstance(keyword.value, ast.Constant):
                keys.add(str(keyword.value.value))
    return keys


def _strings() -> set[str]:
    """Return every text constant of the component."""
    found = set()
    for module in _MODULES:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


def test_every_exception_has_a_text_and_every_text_an_exception() -> None:
    assert _exception_keys() == set(TEXTS["exceptions"])


def test_every_error_of_a_form_is_used() -> None:
    assert set(TEXTS["config"]["error"]) | set(TEXTS["options"]["error"]) <= _strings()


def test_every_name_in_the_browse_tree_is_used() -> None:
    assert set(TEXTS["common"]) <= _strings()


def test_texts_follow_home_assistants_rules() -> None:
    for where, text in _leaves(TEXTS):
        assert text == text.strip(), where
        assert text, where
        assert not re.search(r"<[a-z]|https?://|'\{", text), where
