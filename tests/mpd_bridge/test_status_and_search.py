"""mpd-bridge status and search: what they show of the index, whether the bridge runs or not."""

import json
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from mpd_bridge.cli import cli
from tests.mpd_bridge.site import Bridge, Site


def test_status_shows_lockers_and_players(synced: Bridge) -> None:
    result = synced.run("status")
    assert result.exit_code == 0
    assert "The bridge does not run." in result.stdout
    assert "Home" in result.stdout
    assert "Küche" in result.stdout

    told = json.loads(synced.run("status", "--json").stdout)
    (locker,) = told["lockers"]
    assert datetime.fromisoformat(locker.pop("synced")) <= datetime.now(UTC)
    assert locker == {"name": "Home", "service": "mp3tunes", "artists": 1, "albums": 1, "tracks": 3, "playlists": 0}
    assert told["running"] is None
    assert [player["id"] for player in told["players"]] == ["default", "kuche"]


def test_status_before_the_first_sync(bridge: Bridge) -> None:
    assert "never" in bridge.run("status").stdout
    assert json.loads(bridge.run("status", "--json").stdout)["lockers"][0]["tracks"] == 0
    bridge.configuration.write_text('[state]\ndirectory = "state"')
    assert "names no locker" in bridge.run("status").stdout


def test_both_answer_while_the_bridge_runs(site: Site, synced: Bridge) -> None:
    with site.running(synced) as ready:
        told = json.loads(synced.run("status", "--json").stdout)
        assert told["running"] == {
            "pid": os.getpid(),
            "mpd": {"host": "127.0.0.1", "port": ready.mpd.port},
            "http": {"host": "127.0.0.1", "port": ready.http.port},
        }
        assert {player["id"]: player["live"] for player in told["players"]} == ready.live
        assert f"connect to 127.0.0.1 port {ready.mpd.port}." in synced.run("status").stdout
        assert "Zwei" in synced.run("search", "zwei").stdout
    assert json.loads(synced.run("status", "--json").stdout)["running"] is None


def test_search_finds_all_kinds_the_best_first(synced: Bridge) -> None:
    found = json.loads(synced.run("search", "--json", "zahlen").stdout)
    assert [one["kind"] for one in found] == ["album", "track", "track", "track"]
    assert [one["title"] for one in json.loads(synced.run("search", "--json", "ann").stdout)][:2] == ["Ann", "Zahlen"]
    (eins,) = json.loads(synced.run("search", "--json", "eins").stdout)
    assert (eins["artist"], eins["album"], eins["locker"]) == ("Ann", "Zahlen", "Home")
    assert eins["uri"].startswith("Home/Ann/Zahlen/")


def test_search_can_be_narrowed(synced: Bridge) -> None:
    found = synced.run("search", "--json", "zahlen", "--kind", "track", "--limit", "2", "--locker", "Home")
    assert [one["kind"] for one in json.loads(found.stdout)] == ["track", "track"]


def test_what_a_terminal_would_obey_is_not_printed(synced: Bridge) -> None:
    assert "31mDrei" in synced.run("search", "drei").stdout  # and Bridge.run looks for what stood before it
    assert "\\u009b31mDrei" in synced.run("search", "--json", "drei").stdout


def test_a_search_without_a_result(synced: Bridge) -> None:
    result = synced.run("search", "nothing like it")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "Nothing is found.\n")
    assert json.loads(synced.run("search", "--json", "nothing like it").stdout) == []


@pytest.mark.parametrize(
    "query",
    ["x" * 10_000, '"', "' OR 1 --", "\udcff", "*", "NEAR("],
    ids=["long", "quote", "sql", "bytes", "star", "near"],
)
def test_no_query_is_too_much(synced: Bridge, query: str) -> None:
    assert synced.run("search", query).exit_code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("search", " "), "say what to search for"),
        (("search", "x", "--locker", "Nowhere"), "The configuration has no locker Nowhere; it has: Home"),
        (("search", "x", "--limit", "0"), "0 is not in the range"),
    ],
)
def test_wrong_usage(synced: Bridge, words: tuple[str, ...], said: str) -> None:
    result = synced.run(*words)
    assert (result.exit_code, said in result.stderr) == (2, True), result.stderr


def test_a_search_before_the_first_sync_is_one_line(bridge: Bridge) -> None:
    result = bridge.run("search", "x")
    assert (result.exit_code, result.output) == (1, "Error: There is no index yet: sync first\n")


@pytest.mark.parametrize("command", [("status",), ("search", "x")])
def test_an_index_that_cannot_be_read_is_one_line(bridge: Bridge, command: tuple[str, ...]) -> None:
    index = bridge.configuration.parent / "state" / "library.db"
    index.parent.mkdir()
    for version, said in ((99, "a newer version"), (1, "an older version")):
        with closing(sqlite3.connect(index)) as connection:
            connection.execute(f"PRAGMA user_version = {version}")
        result = bridge.run(*command)
        assert (result.exit_code, said in result.output, result.output.count("\n")) == (1, True, 1)
    index.write_bytes(b"no index at all" * 500)
    result = bridge.run(*command)
    assert (result.exit_code, "cannot be read" in result.output, result.output.count("\n")) == (1, True, 1)


def test_a_wrong_configuration_is_one_line(bridge: Bridge) -> None:
    bridge.configuration.write_text("[mdp]")
    for command in (("status",), ("search", "x")):
        result = bridge.run(*command)
        assert (result.exit_code, result.output) == (2, f"Error: {bridge.configuration}: [mdp]: is not a setting\n")


def test_a_shell_completes_the_names_of_lockers(synced: Bridge) -> None:
    words = {"COMP_WORDS": "mpd-bridge search x --locker H", "COMP_CWORD": "4"}
    env = {"_MPD_BRIDGE_COMPLETE": "bash_complete", "MUSIC_LOCKER_CONFIG": str(synced.configuration), **words}
    assert CliRunner().invoke(cli, prog_name="mpd-bridge", env=env).output == "plain,Home\n"
