"""Everything that can be shown has a text, and every text can be shown."""

import ast
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from homeassistant.helpers.entity import EntityDescription

from custom_components.music_locker import binary_sensor, button, event, issues, media_player, sensor
from custom_components.music_locker.config_flow import MusicLockerConfigFlow
from custom_components.music_locker.core.lockers import ADAPTERS

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
        keywords = {keyword.arg: keyword.value for keyword in call.keywords}
        key = keywords.get("translation_key")
        if "translation_domain" in keywords and isinstance(key, ast.Constant):
            keys.add(str(key.value))
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


def test_every_entity_has_a_name_and_an_icon_and_no_other_has() -> None:
    described: dict[str, Sequence[EntityDescription]] = {
        "binary_sensor": [binary_sensor.REACHABLE],
        "button": [button.SYNC],
        "event": [event.TRACK],
        "media_player": [media_player.PLAYER],
        "sensor": sensor.SENSORS,
    }
    keys = {platform: {entity.translation_key for entity in entities} for platform, entities in described.items()}
    assert {platform: set(names) for platform, names in TEXTS["entity"].items()} == keys
    icons = json.loads((COMPONENT / "icons.json").read_text(encoding="utf-8"))["entity"]
    # The class of a binary sensor has icons of its own.
    assert {platform: set(names) for platform, names in icons.items()} == {
        platform: names for platform, names in keys.items() if platform != "binary_sensor"
    }


def test_every_error_of_a_form_is_used() -> None:
    assert set(TEXTS["config"]["error"]) | set(TEXTS["options"]["error"]) <= _strings()


def test_every_step_of_a_service_has_a_text_and_no_other_has() -> None:
    asked = [service for service, adapter in ADAPTERS.items() if adapter.info.authorisation is not None]
    steps = {f"{prefix}{service}" for service in ADAPTERS for prefix in ("", "reconfigure_", "reauth_")}
    steps |= {f"authorise_{service}" for service in asked}
    others = {"user", "redirect", "player", "assist", "mpd_server", "reconfigure_player", "reconfigure_mpd_server"}
    assert set(TEXTS["config"]["step"]) == steps | others
    assert all(hasattr(MusicLockerConfigFlow, f"async_step_{step}") for step in TEXTS["config"]["step"])


def test_every_name_in_the_browse_tree_is_used() -> None:
    assert set(TEXTS["common"]) <= _strings()


def test_every_issue_has_texts_and_every_text_an_issue() -> None:
    keys = {issues.DISK_FULL, issues.INDEX_REBUILT, issues.NEWER_VERSION}
    keys |= {issues.NO_ADDRESS, issues.PORT_TAKEN, issues.SPEAKER_EXPOSED}
    assert set(TEXTS["issues"]) == keys


def test_texts_follow_home_assistants_rules() -> None:
    for where, text in _leaves(TEXTS):
        assert text == text.strip(), where
        assert text, where
        assert not re.search(r"<[a-z]|https?://|'\{", text), where
