"""mpd-bridge sync and login: what they do and say, by themselves and beside a bridge that runs."""

import json
import os
import pty
import select
import sys
from pathlib import Path
from subprocess import Popen

import pytest

from mpd_bridge.config import load
from tests.mpd_bridge.site import MPD_PASSWORD, PARTNER_TOKEN, PASSWORD, Bridge, Site

pytestmark = pytest.mark.slow  # runs whole commands before a running server

GIVEN = f'password = "{PASSWORD}"\npartner_token = "{PARTNER_TOKEN}"\n'
TYPED = f"{PASSWORD}\n{PARTNER_TOKEN}\n"


@pytest.fixture
def secretless(bridge: Bridge) -> Bridge:
    """Return a bridge whose configuration gives no secret of the locker."""
    bridge.change(GIVEN, "")
    return bridge


class TestSync:
    def test_it_reads_what_has_changed(self, bridge: Bridge) -> None:
        result = bridge.run("sync")
        assert result.exit_code == 0
        assert result.stdout == "Home holds 3 tracks in 1 albums; 5 added, 0 changed, 0 removed.\n"
        assert bridge.run("sync", "Home").stdout == "Home holds 3 tracks in 1 albums; nothing has changed.\n"
        told = json.loads(bridge.run("sync", "--force", "--json").stdout)["Home"]
        assert (told["error"], told["result"]["tracks"]) == (None, 3)

    def test_it_asks_the_bridge_that_runs(self, site: Site, bridge: Bridge) -> None:
        with site.running(bridge):
            for words in ((), ("Home",), ("--force",)):
                result = bridge.run("sync", *words)
                assert (result.exit_code, result.stdout.partition(";")[0]) == (0, "Home holds 3 tracks in 1 albums")

    def test_one_locker_is_read_by_the_bridge_that_runs(self, site: Site, bridge: Bridge) -> None:
        text = bridge.configuration.read_text()
        second = text[text.index("[[locker]]") : text.index("[[player]]")].replace('"Home"', '"Home/2"')
        bridge.configuration.write_text(text + second)
        with site.running(bridge):
            assert bridge.run("sync", "Home/2").stdout.startswith("Home/2 holds 3 tracks")
            bridge.change('"Home"', '"Elsewhere"')
            result = bridge.run("sync", "Elsewhere")
            assert (result.exit_code, result.output) == (
                1,
                "Error: Elsewhere: The bridge that runs does not know this locker: restart it\n",
            )

    def test_the_bridge_that_runs_may_have_another_password(self, site: Site, bridge: Bridge) -> None:
        with site.running(bridge):
            bridge.change(MPD_PASSWORD, "another")
            result = bridge.run("sync")
        assert (result.exit_code, result.output) == (1, "Error: The bridge that runs refuses: incorrect password\n")

    def test_a_service_that_refuses_is_one_line(self, bridge: Bridge) -> None:
        bridge.change(PASSWORD, "another")
        result = bridge.run("sync")
        assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (1, "", 1)
        assert result.stderr.startswith("Error: Home: ")

    def test_a_service_that_is_away_leaves_the_index_as_it_was(self, bridge: Bridge, site: Site) -> None:
        bridge.run("sync")
        bridge.change(site.server.url, "http://127.0.0.1:1")
        told = bridge.run("sync", "--json")
        assert told.exit_code == 1
        assert json.loads(told.stdout)["Home"]["error"]
        assert "Zwei" in bridge.run("search", "zwei").stdout

    def test_an_unknown_locker_is_wrong_usage(self, bridge: Bridge) -> None:
        result = bridge.run("sync", "Nowhere")
        assert (result.exit_code, "no locker Nowhere" in result.stderr) == (2, True)


class TestLogin:
    def test_secrets_are_kept_for_the_other_commands(self, secretless: Bridge) -> None:
        assert "or run mpd-bridge login" in secretless.run("sync").output
        result = secretless.run("login", "Home", input=TYPED)
        file = secretless.configuration.parent / "state" / "secrets.json"
        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout.splitlines()[1] == f"The secrets are kept in {file}."
        assert file.stat().st_mode & 0o777 == 0o600
        assert secretless.run("sync").exit_code == 0

    def test_it_may_be_named_by_its_service(self, secretless: Bridge) -> None:
        assert secretless.run("login", "mp3tunes", input=TYPED).exit_code == 0
        text = secretless.configuration.read_text()
        second = text[text.index("[[locker]]") : text.index("[[player]]")].replace('"Home"', '"Second"')
        secretless.configuration.write_text(text + second)
        result = secretless.run("login", "mp3tunes")
        assert (result.exit_code, "Say which locker of mp3tunes: Home, Second" in result.output) == (2, True)
        secretless.configuration.write_text(text[: text.index("[[locker]]")])
        result = secretless.run("login", "mp3tunes")
        assert (result.exit_code, "has no locker of mp3tunes" in result.output) == (2, True)

    def test_what_the_configuration_gives_is_not_asked_for_and_comes_first(self, bridge: Bridge) -> None:
        result = bridge.run("login", "Home")
        assert (result.exit_code, "nothing is kept" in result.stdout) == (0, True)
        bridge.change(f'password = "{PASSWORD}"\n', "")
        assert bridge.run("login", "Home", input=f"{PASSWORD}\n").exit_code == 0
        bridge.change("partner_token", 'password = "another"\npartner_token')
        assert load(bridge.configuration, {}).lockers[0].settings["password"] == "another"

    def test_another_login_takes_the_place_of_the_first(self, secretless: Bridge) -> None:
        for _ in range(2):
            assert secretless.run("login", "Home", input=TYPED).exit_code == 0
        assert load(secretless.configuration, {}).lockers[0].settings["password"] == PASSWORD

    @pytest.mark.parametrize(
        "typed",
        ["wrong\ntoken\n", "", f"{PASSWORD}\n", "x\x1b\nx\n", "x" * 2000],
        ids=["wrong", "nothing", "one", "escape", "long"],
    )
    def test_nothing_is_kept_that_is_refused_or_missing(self, secretless: Bridge, typed: str) -> None:
        result = secretless.run("login", "Home", input=typed)
        assert (result.exit_code, result.output.count("\n")) == (1, 1), result.output
        assert not (secretless.configuration.parent / "state" / "secrets.json").exists()

    @pytest.mark.parametrize("kept", ["{", '{"Home": 1}', "[]", '{"Home": {"password": 1}}'])
    def test_a_damaged_file_is_one_line(self, bridge: Bridge, kept: str) -> None:
        file = bridge.configuration.parent / "state" / "secrets.json"
        file.parent.mkdir()
        file.write_text(kept)
        result = bridge.run("sync")
        assert (result.exit_code, result.output) == (2, f"Error: {file}: is damaged: remove it, and log in again\n")

    def test_a_bridge_that_runs_is_told_how_to_use_them(self, site: Site, bridge: Bridge) -> None:
        with site.running(bridge):
            bridge.change(GIVEN, "")
            assert f"kill -HUP {os.getpid()}" in bridge.run("login", "Home", input=TYPED).stdout

    def test_what_is_typed_is_not_shown(self, secretless: Bridge, tmp_path: Path) -> None:
        ours, theirs = pty.openpty()
        command = [sys.executable, "-m", "mpd_bridge", "login", "Home", "--config", str(secretless.configuration)]
        with Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True) as process:
            os.close(theirs)
            shown = until(ours, b"Password: ")
            os.write(ours, f"{PASSWORD}\n".encode())
            shown += until(ours, b"token: ")
            os.write(ours, f"{PARTNER_TOKEN}\n".encode())
            shown += until(ours, b"secrets.json")
            assert process.wait(30) == 0
        os.close(ours)
        assert b"Logged in to Home as " in shown
        assert PASSWORD.encode() not in shown
        assert PARTNER_TOKEN.encode() not in shown


def until(terminal: int, words: bytes) -> bytes:
    """Read what a terminal shows until these words are there."""
    shown = b""
    while words not in shown:
        assert select.select([terminal], [], [], 30)[0], shown
        shown += os.read(terminal, 4096)
    return shown
