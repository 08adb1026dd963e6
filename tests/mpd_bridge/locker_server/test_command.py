"""mpd-bridge locker-server as a process: what it says, and how it ends."""

import json
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from click.testing import CliRunner

from mpd_bridge.cli import cli

pytestmark = pytest.mark.slow


LIMIT = 30  # seconds


@pytest.fixture
def folder(music: Path) -> Path:
    return music


def command(folder: Path, state: Path, *options: str) -> list[str]:
    start = [sys.executable, "-m", "mpd_bridge", "locker-server", str(folder), "--port", "0", "--state", str(state)]
    return [*start, *options]


def run(folder: Path, state: Path, *options: str) -> tuple[int, str]:
    """Run the command to its end; return its exit code and what it wrote."""
    result = CliRunner().invoke(cli, command(folder, state, *options)[3:])
    return result.exit_code, result.output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_is_serves_and_ends_at_a_signal(folder: Path, tmp_path: Path, number: signal.Signals) -> None:
    with subprocess.Popen(
        command(folder, tmp_path / "s", "--read-only", "--account", "ann@example.com:pass:word"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().removeprefix("Locker server at ").strip()
        login = f"{url}/api/v0/login?username=ann@example.com&password=pass:word&partner_token=x&output=json"
        with urlopen(login, timeout=LIMIT) as answer:  # noqa: S310 - our own server
            sid = json.load(answer)["session_id"]
        with pytest.raises(HTTPError) as refusal:
            urlopen(f"{url}/api/v1/playlistAdd?title=mine&sid={sid}&partner_token=x", timeout=LIMIT)  # noqa: S310 - same
        assert (refusal.value.status, refusal.value.headers["Retry-After"]) == (503, "900")
        refusal.value.close()
        process.send_signal(number)
        assert process.wait(LIMIT) == 0


def test_a_taken_port_is_one_line(folder: Path, tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        code, text = run(folder, tmp_path / "s", "--account", "a:b", "--port", str(port))
    assert (code, text.splitlines()[-1]) == (
        1,
        f"Error: port {port} of 127.0.0.1 is taken: choose another with --port",
    )


def test_without_an_account_it_says_how_to_make_one(folder: Path, tmp_path: Path) -> None:
    code, text = run(folder, tmp_path / "s")
    assert (code, text) == (1, "Error: there is no account yet: make one with locker-server account add NAME\n")


@pytest.mark.parametrize("account", ["ann", "ann:", ":word", ""])
def test_an_account_without_a_password_is_refused(folder: Path, tmp_path: Path, account: str) -> None:
    code, text = run(folder, tmp_path / "s", "--account", account)
    assert code == 2
    assert text.endswith("an account is USER:PASSWORD\n")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"Ann:first\nbob:word\nann:second\n", "two accounts of one name: Ann and ann"),
        (b"ann:w\xffrd\n", "accounts.txt is not UTF-8"),
        (b"ann\n", "an account is USER:PASSWORD"),
    ],
)
def test_a_file_of_accounts_that_is_wrong_makes_none(folder: Path, tmp_path: Path, content: bytes, line: str) -> None:
    file = tmp_path / "accounts.txt"
    file.write_bytes(content)
    code, text = run(folder, tmp_path / "s", "--account-file", str(file))
    assert (code, text.splitlines()[-1]) == (2, f"Error: Invalid value for '--account-file': {line}")
    assert not (tmp_path / "s").exists()


def test_a_name_with_control_characters_is_one_line(folder: Path, tmp_path: Path) -> None:
    line = "Error: an account needs a name, without control characters\n"
    assert run(folder, tmp_path / "s", "--account", "a\x1b[2J:word") == (1, line)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    code, text = run(tmp_path / "nowhere", tmp_path / "s", "--account", "a:b")
    assert code == 2
    assert "does not exist" in text


def test_damaged_accounts_are_one_line_and_stay_as_they_are(folder: Path, tmp_path: Path) -> None:
    accounts = tmp_path / "s" / "accounts.json"
    accounts.parent.mkdir()
    accounts.write_text("{")
    code, text = run(folder, tmp_path / "s", "--account", "a:b")
    assert (code, text) == (1, "Error: accounts.json is not a file of accounts\n")
    assert accounts.read_text() == "{"


@pytest.mark.parametrize(
    ("write", "line"),
    [
        (
            "PRAGMA user_version = 99",
            "the index in the state folder cannot be used: a newer version of Music Locker wrote it",
        ),
        (None, "the index in the state folder cannot be used: file is not a database"),
    ],
)
def test_an_index_that_cannot_be_used_is_one_line_and_stays(
    folder: Path, state: Path, write: str | None, line: str
) -> None:
    index = state / "locker.sqlite3"
    if write is None:
        index.write_bytes(b"no database" * 100)
    else:
        with closing(sqlite3.connect(index)) as database:
            database.execute(write)
    before = index.read_bytes()
    assert run(folder, state) == (1, f"Error: {line}\n")
    assert index.read_bytes() == before


def test_accounts_may_come_from_a_file_and_are_kept_as_hashes(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "accounts.txt"
    file.write_text("# ours\nann@example.com:first word\n\nbob@example.com:second word\n")
    with subprocess.Popen(
        command(folder, tmp_path / "s", "--account-file", str(file)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.terminate()
        assert process.wait(LIMIT) == 0
    kept = tmp_path / "s" / "accounts.json"
    assert kept.stat().st_mode & 0o077 == 0
    assert "word" not in kept.read_text()
    assert "bob@example.com" in kept.read_text()


def test_it_speaks_every_service_but_those_that_are_left_out(folder: Path, tmp_path: Path) -> None:
    state = tmp_path / "s"
    made = CliRunner().invoke(cli, ["locker-server", "key", "add", "audiodelivery", "--state", str(state)])
    key = made.stdout.removeprefix("api_key: ").strip()
    with subprocess.Popen(
        command(folder, state, "--without", "tunesbag", "--calls-per-minute", "2"), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().removeprefix("Locker server at ").strip()

        def status(target: str) -> int:
            asked = Request(url + target, headers={"Authorization": f"Bearer {key}"})  # noqa: S310 - our own server
            try:
                with urlopen(asked, timeout=LIMIT) as answer:  # noqa: S310 - same
                    return int(answer.status)
            except HTTPError as refusal:
                with refusal:
                    return refusal.code

        assert [status("/v1/collection") for _ in range(3)] == [200, 200, 429]
        assert status("/1.2/user/locker?country=GB") == 401
        assert status("/api/rest/test/ping/?appkey=x") == 404
        assert status("/api/v0/login") == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(LIMIT) == 0
