"""The unit for systemd: it starts what exists, and lets it do no more than it needs."""

from configparser import ConfigParser
from pathlib import Path

import pytest

from tests.documents.shell import check, commands

ROOT = Path(__file__).parents[2]
CLOSED = """
LockPersonality MemoryDenyWriteExecute NoNewPrivileges PrivateDevices PrivateTmp PrivateUsers ProtectClock
ProtectControlGroups ProtectHome ProtectHostname ProtectKernelLogs ProtectKernelModules ProtectKernelTunables RemoveIPC
RestrictNamespaces RestrictRealtime RestrictSUIDSGID
"""


@pytest.fixture(scope="module")
def unit() -> ConfigParser:
    parser = ConfigParser(strict=False, interpolation=None, delimiters=["="], comment_prefixes=["#", ";"])
    parser.optionxform = str  # type: ignore[assignment,method-assign] # as configparser's documentation shows
    parser.read(ROOT / "contrib" / "mpd-bridge.service", encoding="utf-8")
    return parser


def test_it_starts_a_command_that_exists(unit: ConfigParser) -> None:
    ((program, *arguments),) = commands(unit["Service"]["ExecStart"])
    assert program.startswith("/")
    check([Path(program).name, *arguments])
    assert unit["Service"]["ExecReload"] == "/bin/kill -HUP $MAINPID"
    assert unit["Install"]["WantedBy"] == "multi-user.target"


def test_a_wrong_configuration_is_not_tried_again(unit: ConfigParser) -> None:
    assert unit["Service"]["Restart"] == "on-failure"
    assert unit["Service"]["RestartPreventExitStatus"] == "2"


def test_it_is_hardened(unit: ConfigParser) -> None:
    service = unit["Service"]
    assert [key for key in CLOSED.split() if service.get(key) != "yes"] == []
    assert service["User"] not in {"", "root"}
    assert service["ProtectSystem"] == "strict"
    assert service["ProtectProc"] == "invisible"
    assert service["CapabilityBoundingSet"] == service["AmbientCapabilities"] == ""
    assert service["SystemCallArchitectures"] == "native"
    assert (service["UMask"], service["StateDirectoryMode"]) == ("0077", "0700")
