"""Home Assistant's quality scale: what is said to be done is proved by a test or told in the documentation."""

import ast
import importlib
import json
import re
import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from homeassistant.components.binary_sensor import BinarySensorDeviceClass
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util.yaml import load_yaml_dict

from custom_components.music_locker import PLATFORMS
from custom_components.music_locker.const import DOMAIN
from custom_components.music_locker.runtime import MusicLockerConfigEntry
from tests.documents.pages import anchors

from .conftest import SetUp
from .texts import COMPONENT

ROOT = COMPONENT.parents[1]
RULES: dict[str, Any] = load_yaml_dict(str(COMPONENT / "quality_scale.yaml"))["rules"]

BRONZE = """
    action-setup appropriate-polling brands common-modules config-flow-test-coverage config-flow
    dependency-transparency docs-actions docs-conditions docs-high-level-description docs-installation-instructions
    docs-removal-instructions docs-triggers entity-event-setup entity-unique-id has-entity-name runtime-data
    test-before-configure test-before-setup unique-config-entry
"""
SILVER = """
    action-exceptions config-entry-unloading docs-configuration-parameters docs-installation-parameters
    entity-unavailable integration-owner log-when-unavailable parallel-updates reauthentication-flow test-coverage
"""
GOLD = """
    devices diagnostics discovery-update-info discovery docs-data-update docs-examples docs-known-limitations
    docs-supported-devices docs-supported-functions docs-troubleshooting docs-use-cases dynamic-devices
    entity-category entity-device-class entity-disabled-by-default entity-translations exception-translations
    icon-translations reconfiguration-flow repair-issues stale-devices
"""
PLATINUM = "async-dependency inject-websession strict-typing"

PROOF = re.compile(r"(?P<path>[\w/.-]+\.(?:py|md))(?P<kind>::|#)(?P<name>[\w:-]+)")


@cache
def names_of_tests(path: Path) -> frozenset[str]:
    """Return the tests of a file as pytest names them: function, or Class::function."""

    def names(body: list[ast.stmt], before: str = "") -> Iterator[str]:
        for node in body:
            if isinstance(node, ast.ClassDef):
                yield from names(node.body, f"{before}{node.name}::")
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                yield before + node.name

    return frozenset(names(ast.parse(path.read_text(encoding="utf-8")).body))


def exists(proof: re.Match[str]) -> bool:
    path = ROOT / proof["path"]
    return path.is_file() and proof["name"] in (names_of_tests(path) if proof["kind"] == "::" else anchors(path))


def test_every_rule_has_a_status_and_no_other_has() -> None:
    assert list(RULES) == f"{BRONZE} {SILVER} {GOLD} {PLATINUM}".split()
    assert {rule["status"] for rule in RULES.values()} <= {"done", "exempt", "todo"}


@pytest.mark.parametrize("rule", RULES)
def test_what_is_done_names_its_proof_and_what_is_not_its_reason(rule: str) -> None:
    comment = RULES[rule]["comment"]
    proofs = list(PROOF.finditer(comment))

    assert [proof[0] for proof in proofs if not exists(proof)] == []
    assert proofs or RULES[rule]["status"] != "done"
    assert comment.strip()


def test_a_proof_that_is_not_there_is_noticed() -> None:
    for wrong in ("tests/test_docs.py::test_nothing", "README.md#nothing", "docs/nothing.md#nothing"):
        proof = PROOF.fullmatch(wrong)
        assert proof is not None
        assert not exists(proof)


@pytest.mark.parametrize(
    ("name", "width"), [("icon", 256), ("icon@2x", 512), ("dark_icon", 256), ("dark_icon@2x", 512)]
)
def test_every_picture_of_the_brand_has_its_size(name: str, width: int) -> None:
    head = (COMPONENT / "brand" / f"{name}.png").read_bytes()[:24]

    assert head.startswith(b"\x89PNG")
    assert struct.unpack(">II", head[16:24]) == (width, width)


def test_the_manifest_names_an_owner() -> None:
    owners = json.loads((COMPONENT / "manifest.json").read_text(encoding="utf-8"))["codeowners"]

    assert owners
    assert all(owner.startswith("@") for owner in owners)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_platform_says_how_much_it_does_at_once(platform: str) -> None:
    module = importlib.import_module(f"custom_components.{DOMAIN}.{platform}")

    assert isinstance(module.PARALLEL_UPDATES, int)


def test_no_web_session_is_made_but_home_assistants() -> None:
    maker = re.compile(
        r"\bClientSession\(|create_clientsession|^(?:from|import) (?:requests|httpx|urllib\.request)\b", re.MULTILINE
    )

    assert [path.name for path in COMPONENT.rglob("*.py") if maker.search(path.read_text(encoding="utf-8"))] == []


async def test_every_entity_has_an_id_and_a_name_of_its_own(
    hass: HomeAssistant, player: MusicLockerConfigEntry, set_up: SetUp, entity_registry: er.EntityRegistry
) -> None:
    await set_up("Radio")
    entities = [entity for entity in entity_registry.entities.values() if entity.platform == DOMAIN]

    assert len({(entity.domain, entity.unique_id) for entity in entities}) == len(entities) > 8
    assert all(entity.has_entity_name for entity in entities)
    named_after_device = [entity for entity in entities if entity.original_name is None]
    assert {entity.domain for entity in named_after_device} == {"media_player"}


async def test_what_is_about_the_service_is_diagnostic(
    hass: HomeAssistant, locker: MusicLockerConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    found = {
        entity.entity_id: entity.original_device_class
        for entity in er.async_entries_for_config_entry(entity_registry, locker.entry_id)
        if entity.entity_category is EntityCategory.DIAGNOSTIC
    }

    assert found == {
        "binary_sensor.mp3tunes_service": BinarySensorDeviceClass.CONNECTIVITY,
        "sensor.mp3tunes_last_sync": SensorDeviceClass.TIMESTAMP,
    }
