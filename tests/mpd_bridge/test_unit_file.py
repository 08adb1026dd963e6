"""contrib/mpd-bridge.service: it starts what there is, finds its state, and is shut in."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from mpd_bridge.config import load
from tests.documents.pages import ROOT
from tests.documents.shell import check

UNIT = ROOT / "contrib" / "mpd-bridge.service"
GUIDE = ROOT / "docs" / "bridge.md"
SWITCHES = """
LockPersonality MemoryDenyWriteExecute NoNewPrivileges PrivateDevices PrivateTmp ProtectClock ProtectControlGroups
ProtectHome ProtectHostname ProtectKernelLogs ProtectKernelModules ProtectKernelTunables RemoveIPC RestrictNamespaces
RestrictRealtime RestrictSUIDSGID
"""


@pytest.fixture(scope="module")
def service() -> Mapping[str, Sequence[str]]:
    """Return the settings of [Service]; systemd, unlike configparser, takes a key more than once."""
    return sections()["Service"]


def sections() -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for line in UNIT.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = found.setdefault(line.strip("[]"), {})
        elif line and not line.startswith("#"):
            key, equals, value = line.partition("=")
            assert (equals, key.isalpha()) == ("=", True), line
            section.setdefault(key, []).append(value)
    return found


def test_it_has_the_three_sections_and_says_a_key_once() -> None:
    found = sections()
    assert list(found) == ["Unit", "Service", "Install"]
    repeated = {key for section in found.values() for key, values in section.items() if len(values) > 1}
    assert repeated == {"SystemCallFilter"}


def test_it_starts_a_command_that_exists(service: Mapping[str, Sequence[str]]) -> None:
    (start,) = service["ExecStart"]
    program, *_arguments = words = shlex.split(start)
    assert Path(program).is_absolute()
    check(words)


def test_it_reloads_by_the_signal_that_the_bridge_takes(service: Mapping[str, Sequence[str]]) -> None:
    assert service["ExecReload"] == ["/bin/kill -HUP $MAINPID"]


def test_only_another_start_that_can_help_is_tried(service: Mapping[str, Sequence[str]]) -> None:
    assert service["Restart"] == ["on-failure"]
    assert service["RestartPreventExitStatus"] == ["2"]


def test_the_state_lies_where_it_may_be_written(
    service: Mapping[str, Sequence[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder,), (variable,) = service["StateDirectory"], service["Environment"]
    name, _equals, value = variable.partition("=")
    monkeypatch.setenv(name, value)
    configuration = tmp_path / "bridge.toml"
    configuration.touch()
    assert load(configuration, {}).state_directory.is_relative_to(f"/var/lib/{folder}")
    assert service["StateDirectoryMode"] == ["0700"]
    assert service["UMask"] == ["0077"]


def test_it_is_shut_in(service: Mapping[str, Sequence[str]]) -> None:
    assert [switch for switch in SWITCHES.split() if service.get(switch) != ["yes"]] == []
    assert service["ProtectSystem"] == ["strict"]
    assert service["ProtectProc"] == ["invisible"]
    assert service["CapabilityBoundingSet"] == service["AmbientCapabilities"] == [""]
    assert service["SystemCallFilter"] == ["@system-service", "~@privileged"]
    assert service["SystemCallArchitectures"] == ["native"]
    assert set(service["RestrictAddressFamilies"][0].split()) == {"AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK"}
    assert service["User"] != ["root"]


def test_the_guide_makes_what_it_names(service: Mapping[str, Sequence[str]]) -> None:
    (start,), (user,), (folder,) = service["ExecStart"], service["User"], service["StateDirectory"]
    program, _run, _config, configuration = shlex.split(start)
    guide = GUIDE.read_text(encoding="utf-8")
    assert f"{Path(program).parent}/pip install" in guide
    assert f"/var/lib/{folder} " in guide
    assert f"--system --home-dir /var/lib/{folder} --shell /usr/sbin/nologin {user}" in guide
    assert configuration in guide
