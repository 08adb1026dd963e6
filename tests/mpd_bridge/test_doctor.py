"""mpd-bridge doctor: a healthy bridge has no fault, and each fault is told with what to do."""

import json
import socket
from typing import Any

import pytest

from tests.mpd_bridge.site import PASSWORD, Bridge, Site

pytestmark = pytest.mark.slow  # runs whole commands before a running server


def wrong(bridge: Bridge) -> dict[str, Any]:
    """Return the one fault that there is."""
    result = bridge.run("doctor", "--json")
    (fault,) = [one for one in json.loads(result.stdout) if not one["ok"]]
    assert result.exit_code == 1
    shown = bridge.run("doctor")
    assert shown.exit_code == 1
    (line,) = [line for line in shown.stdout.splitlines() if line.startswith("WRONG")]
    assert line == f"WRONG  {fault['check']}: {fault['message']}; {fault['advice']}"
    return dict(fault)


def test_a_healthy_bridge(site: Site, bridge: Bridge, synced: Bridge) -> None:
    before = bridge.run("doctor")
    assert before.exit_code == 0
    assert "ok     index: there is none yet" in before.stdout
    assert not (bridge.configuration.parent / "state").exists()

    told = json.loads(synced.run("doctor", "--json").stdout)
    assert all(one["ok"] and one["advice"] is None for one in told)
    assert [one["check"] for one in told] == [
        "configuration",
        "state folder",
        "secrets",
        "disk",
        "index",
        "MPD port",
        "HTTP port",
        "locker Home",
    ]
    assert "whole, 3 tracks" in [one["message"] for one in told]

    with site.running(synced) as ready:
        shown = synced.run("doctor")
        assert shown.exit_code == 0
        assert f"ok     MPD port: {ready.mpd.port} is the bridge's, and it answers" in shown.stdout


def test_a_wrong_configuration(bridge: Bridge) -> None:
    bridge.change("[http]", "[htp]")
    result = bridge.run("doctor")
    assert result.exit_code == 2
    assert result.stdout.startswith(f"WRONG  configuration: {bridge.configuration}: [htp]: is not a setting; ")
    assert json.loads(bridge.run("doctor", "--json").stdout)[0]["ok"] is False


def test_a_secret_that_other_users_can_read(bridge: Bridge) -> None:
    bridge.configuration.chmod(0o644)
    assert wrong(bridge)["advice"] == f"chmod 600 {bridge.configuration}"
    bridge.configuration.chmod(0o600)
    secret = bridge.configuration.parent / "home.secret"
    secret.write_text(PASSWORD)
    secret.chmod(0o604)
    bridge.change(f'password = "{PASSWORD}"\n', 'password_file = "home.secret"\n')
    assert wrong(bridge)["message"] == f"{secret} is open to other users"


def test_a_password_that_is_refused(bridge: Bridge) -> None:
    bridge.change(PASSWORD, "another")
    fault = wrong(bridge)
    assert fault["check"] == "locker Home"
    assert "run mpd-bridge login" in fault["advice"]


def test_a_service_that_is_away(bridge: Bridge, site: Site) -> None:
    bridge.change(site.server.url, "http://127.0.0.1:1")
    assert "url" in wrong(bridge)["advice"]


def test_a_port_that_is_taken(bridge: Bridge) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        bridge.change("[http]\nport = 0", f"[http]\nport = {port}")
        assert wrong(bridge) == {
            "check": "HTTP port",
            "ok": False,
            "message": f"another program listens on 127.0.0.1 port {port}",
            "advice": "end it, or choose another port in [http]",
        }


def test_a_host_that_is_not_of_this_machine(bridge: Bridge) -> None:
    bridge.change("[http]\nport = 0", '[http]\nport = 0\nhost = "192.0.2.1"')
    assert wrong(bridge)["message"].startswith("cannot listen on 192.0.2.1 port 0: ")


def test_an_index_that_is_damaged(bridge: Bridge) -> None:
    state = bridge.configuration.parent / "state"
    state.mkdir()
    (state / "library.db").write_bytes(b"no index at all" * 500)
    assert "run mpd-bridge sync" in wrong(bridge)["advice"]
    assert bridge.run("sync").exit_code == 0
    assert bridge.run("doctor").exit_code == 0


def test_a_state_folder_that_is_none(bridge: Bridge) -> None:
    (bridge.configuration.parent / "state").write_text("a file")
    assert wrong(bridge)["check"] == "state folder"


def test_a_bridge_that_runs_with_another_password(site: Site, bridge: Bridge) -> None:
    with site.running(bridge):
        bridge.change("a marked word for MPD", "another")
        assert wrong(bridge)["advice"] == "restart the bridge"
