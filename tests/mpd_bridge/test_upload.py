"""mpd-bridge upload: what it sends and says, by itself and beside a bridge that runs."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from pytest_socket import enable_socket

from mpd_bridge.locker_server import Fault
from mpd_bridge.mpd_client import connected
from tests.mpd_bridge.locker_server import audio
from tests.mpd_bridge.site import MPD_PASSWORD, PASSWORD, USER, Bridge, Site

pytestmark = pytest.mark.slow  # runs whole commands before a running server


@pytest.fixture(scope="module")
def attic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Run a locker server of this module's own: what is sent stays there."""
    enable_socket()
    site = Site(tmp_path_factory.mktemp("attic"))
    yield site
    site.close()


@pytest.fixture
def bridge(attic: Site, tmp_path: Path) -> Bridge:
    return attic.bridge(tmp_path / "bridge")


@pytest.fixture
def song(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Return a file that no other test sends."""
    return audio.make(tmp_path / "song.mp3", title=request.node.name, artist="Bea", album="Neu")


def other_service(attic: Site, bridge: Bridge, service: str) -> None:
    """Let the bridge's locker be at another service of the same server."""
    if service == "tunesbag":
        given = {"app_key": "an-app", "remote_key": attic.server.tunesbag.remote_key(USER, "an-app"), "username": USER}
    elif service == "audiodelivery":
        given = {"api_key": attic.server.audiodelivery.add_key(USER)}
    else:
        given = {"consumer_key": "key", "consumer_secret": "secret", "token": "token", "token_secret": "secret"}
    lines = [f'{name} = "{value}"' for name, value in {"service": service, "url": attic.server.url, **given}.items()]
    text = bridge.configuration.read_text()
    before, after = text[: text.index('service = "mp3tunes"')], text[text.index("[[player]]") :]
    bridge.configuration.write_text(before + "\n".join(lines) + "\n" + after)


def files(result: Result) -> list[dict[str, Any]]:
    return list(json.loads(result.stdout)["files"])


def test_what_was_sent_is_read_and_found(bridge: Bridge, song: Path) -> None:
    result = bridge.run("upload", "Home", str(song))
    assert (result.exit_code, result.stderr) == (0, "")
    uploaded, synced = result.stdout.splitlines()
    assert uploaded == f"{song}: uploaded"
    assert synced.startswith("Home holds 4 tracks in 2 albums; ")
    assert "Bea" in bridge.run("search", "found", "--kind", "track").stdout
    again = bridge.run("upload", "Home", str(song), "--json")
    (told,) = files(again)
    assert told | {"track": None} == {"path": str(song), "status": "already_there", "reason": None, "track": None}
    assert told["track"].startswith("Home/Bea/Neu/")
    assert json.loads(again.stdout)["sync"]["error"] is None


def test_beside_a_bridge_that_runs_its_clients_find_it(attic: Site, bridge: Bridge, song: Path) -> None:
    with attic.running(bridge) as ready:
        (told,) = files(bridge.run("upload", "Home", str(song), "--json", "--artist", "Cora", "--title", "Neueste"))
        assert told["status"] == "uploaded"
        assert told["track"].startswith("Home/Cora/Neu/")

        async def found() -> str | None:
            async with connected("127.0.0.1", ready.mpd.port, MPD_PASSWORD) as client:
                return (await client.ask("find", "title", "Neueste")).get("file")

        assert asyncio.run(found()) == told["track"]


@pytest.mark.parametrize("service", ["tunesbag", "audiodelivery"])
def test_other_services_take_files_too(attic: Site, bridge: Bridge, song: Path, service: str) -> None:
    other_service(attic, bridge, service)
    told = json.loads(bridge.run("upload", "Home", str(song), "--json", "--album", service).stdout)
    assert (told["files"][0]["status"], told["sync"]["error"]) == ("uploaded", None)
    (found,) = json.loads(bridge.run("search", service, "--kind", "album", "--json").stdout)
    assert found["artist"] == "Bea"


def test_a_service_that_takes_no_files_is_wrong_usage(attic: Site, bridge: Bridge, song: Path) -> None:
    other_service(attic, bridge, "sevendigital")
    result = bridge.run("upload", "Home", str(song))
    assert (result.exit_code, "Home takes no uploads" in result.stderr) == (2, True)


def test_one_that_is_not_taken_does_not_end_the_others(attic: Site, bridge: Bridge, song: Path, tmp_path: Path) -> None:
    notes, gone = tmp_path / "notes\x1b.txt", tmp_path / "gone.mp3"
    notes.write_text("no music")
    result = bridge.run("upload", "Home", str(notes), str(gone), str(song))
    assert result.exit_code == 1
    assert result.stdout.startswith(f"{song}: uploaded\nHome holds ")
    first, second = result.stderr.splitlines()
    assert first.endswith("notes\N{REPLACEMENT CHARACTER}.txt: The service takes flv, m4a, mp3, mp4, ogg only")
    assert second == f"Error: {gone}: It cannot be read: No such file or directory"

    calls = attic.server.calls["lockerput"]
    result = bridge.run("upload", "Home", str(notes), "--json")
    assert (result.exit_code, files(result)[0]["status"]) == (1, "rejected")
    assert json.loads(result.stdout)["sync"] is None
    assert attic.server.calls["lockerput"] == calls


def test_a_locker_that_cannot_be_read_after_that_is_told(attic: Site, bridge: Bridge, song: Path) -> None:
    fault = attic.server.faults.add(Fault("lockerData", count=None, status=403))
    try:
        result = bridge.run("upload", "Home", str(song))
    finally:
        attic.server.faults.remove(fault)
    assert (result.exit_code, result.stdout) == (1, f"{song}: uploaded\n")
    assert result.stderr.startswith("Error: Home: ")


def test_a_terminal_sees_bars_and_then_the_lines(bridge: Bridge, song: Path) -> None:
    result = bridge.run("upload", "Home", str(song), str(song), env={"TTY_COMPATIBLE": "1"})
    assert result.exit_code == 0
    assert "1 of 2: song.mp3" in result.stderr
    assert "MB" in result.stderr or "kB" in result.stderr or "bytes" in result.stderr
    assert result.stdout.splitlines()[:2] == [f"{song}: uploaded", f"{song}: already there"]


def test_a_service_that_refuses_is_one_line(bridge: Bridge, song: Path) -> None:
    bridge.change(PASSWORD, "another")
    result = bridge.run("upload", "Home", str(song))
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (1, "", 1)
    assert "mpd-bridge login" in result.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("Nowhere", "a.mp3"), "The configuration has no locker Nowhere"),
        (("Home",), "Missing argument"),
        (("Home", "a.mp3", "b.mp3", "--title", "Same"), "for one file only"),
        (("Home", "a.mp3", "b.mp3", "--number", "1"), "for one file only"),
        (("Home", "a.mp3", "--year", "-1"), "is not in the range"),
    ],
)
def test_wrong_usage(bridge: Bridge, words: tuple[str, ...], said: str) -> None:
    result = bridge.run("upload", *words)
    assert (result.exit_code, said in result.stderr) == (2, True), result.stderr
