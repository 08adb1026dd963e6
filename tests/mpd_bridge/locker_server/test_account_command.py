"""mpd-bridge locker-server account: made by hand, taken over by a running server, and nothing lost on the way."""

import asyncio
import fcntl
import json
import os
import pty
import resource
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner, Result

from mpd_bridge.cli import cli
from mpd_bridge.locker_server import shared_file
from mpd_bridge.locker_server.accounts import Accounts, password_digest
from tests.mpd_bridge.locker_server import audio
from tests.mpd_bridge.locker_server.conftest import PASSWORD, READER, TOKEN, USER, Client

pytestmark = pytest.mark.usefixtures("cheap_passwords")

BOB, WORD = "bob@example.com", "a word & another"
LIMIT = 30  # seconds


def account(state: Path, *words: str, typed: str = f"{WORD}\n") -> Result:
    return CliRunner().invoke(cli, ["locker-server", "account", *words, "--state", str(state)], input=typed)


def kept(state: Path) -> Accounts:
    return Accounts(state / "accounts.json")


def refused(result: Result, line: str) -> None:
    """Check that the command says one line and nothing else."""
    assert (result.exit_code, result.output) == (1, f"Error: {line}\n")


class TestByHand:
    def test_an_account_is_made_listed_changed_and_removed(self, state: Path) -> None:
        made = account(state, "add", BOB, "--quota", "1.5G")
        assert (made.exit_code, made.output) == (0, f"Made the account {BOB}.\n")
        assert stat.S_IMODE((state / "accounts.json").stat().st_mode) == 0o600
        listed = account(state, "list").output.splitlines()
        assert listed == [
            f"{USER}  read-write  no quota  0.0M used",
            f"{READER}  read-only  no quota  0.0M used",
            f"{BOB}  read-write  quota 1536M  0.0M used",
        ]
        assert account(state, "change", BOB.upper(), "--quota", "none", "--read-only").output == (
            f"{BOB}  read-only  no quota\n"
        )
        assert account(state, "change", BOB, "--read-write", "--quota", "0").exit_code == 0
        assert kept(state).check(BOB, password_digest(WORD)) is not None
        assert account(state, "passwd", BOB, typed="new\n").output == f"Changed the password of {BOB}.\n"
        changed = kept(state).check(BOB, password_digest("new"))
        assert changed is not None
        assert (changed.read_only, changed.quota) == (False, 0)
        bob = {"user": BOB, "read_only": False, "quota": 0, "folder": None, "used": 0}
        assert json.loads(account(state, "list", "--json").stdout)[2] == bob
        assert account(state, "remove", BOB).output == f"Removed the account {BOB}.\n"
        assert list(kept(state).names()) == [USER, READER]

    def test_it_begins_with_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        state = tmp_path / "new" / "state"
        assert "no account yet" in account(state, "list").stderr
        assert account(state, "add", BOB).exit_code == 0
        assert stat.S_IMODE(state.stat().st_mode) == 0o700
        assert kept(state).check(BOB, password_digest(WORD)) is not None

    def test_the_password_comes_from_a_file_too(self, state: Path, tmp_path: Path) -> None:
        file = tmp_path / "password"
        file.write_bytes(WORD.encode() + b"\r\n")
        assert account(state, "add", BOB, "--password-file", str(file), typed="").exit_code == 0
        assert account(state, "passwd", USER, "--password-file", "-").exit_code == 0
        for user in (BOB, USER):
            assert kept(state).check(user, password_digest(WORD)) is not None

    @pytest.mark.slow  # a whole process at a terminal
    def test_the_password_is_typed_twice_and_unseen(self, state: Path) -> None:
        leader, follower = pty.openpty()
        command = [
            sys.executable,
            "-m",
            "mpd_bridge",
            "locker-server",
            "account",
            "passwd",
            USER,
            "--state",
            str(state),
        ]
        with subprocess.Popen(command, stdin=follower, stdout=follower, stderr=follower) as process:
            os.close(follower)
            seen = b""
            for question in (b"Password: ", b"confirmation: "):
                while not seen.endswith(question):
                    seen += os.read(leader, 1024)
                os.write(leader, f"{WORD}\n".encode())
            assert process.wait(LIMIT) == 0
            seen += os.read(leader, 1024)
        os.close(leader)
        assert WORD.encode() not in seen
        assert seen.endswith(f"Changed the password of {USER}.\r\n".encode())

    @pytest.mark.parametrize(
        ("typed", "line"),
        [
            ("", "there is no password: type it, or give it with --password-file"),
            ("\n", "there is no password: type it, or give it with --password-file"),
            ("a\tb\n", "a password is one line of at most 1024 letters"),
            ("a" * 1025, "a password is one line of at most 1024 letters"),
        ],
    )
    def test_a_password_that_is_none_is_refused(self, state: Path, typed: str, line: str) -> None:
        before = (state / "accounts.json").read_bytes()
        refused(account(state, "add", BOB, typed=typed), line)
        refused(account(state, "passwd", USER, typed=typed), line)
        assert (state / "accounts.json").read_bytes() == before

    def test_a_password_file_that_is_no_text_is_refused(self, state: Path, tmp_path: Path) -> None:
        file = tmp_path / "password"
        file.write_bytes(b"\xff\xfe")
        refused(account(state, "add", BOB, "--password-file", str(file)), "the password is not UTF-8")
        file.write_text("two\nlines\n")
        refused(
            account(state, "add", BOB, "--password-file", str(file)), "a password is one line of at most 1024 letters"
        )

    @pytest.mark.parametrize("name", ["", " ", "a\nb", "a\x00b", "\x1b[2J", "a\u202eb"])
    def test_a_name_with_control_characters_is_refused(self, state: Path, name: str) -> None:
        refused(account(state, "add", name), "an account needs a name, without control characters")

    @pytest.mark.parametrize(
        "name", [USER, USER.upper(), f" {USER} "], ids=["the same", "in another case", "with blanks"]
    )
    def test_a_name_that_is_taken_keeps_its_account(self, state: Path, name: str) -> None:
        refused(account(state, "add", name), f"there is an account {USER} already")
        assert kept(state).check(USER, password_digest(PASSWORD)) is not None

    def test_an_account_that_is_not_there(self, state: Path) -> None:
        for words in (["passwd", BOB], ["remove", BOB], ["change", BOB, "--read-only"]):
            refused(account(state, *words), f"there is no account '{BOB}'")

    def test_a_change_must_say_what(self, state: Path) -> None:
        result = account(state, "change", USER)
        assert result.exit_code == 2
        assert result.output.endswith("Error: say what to change: --quota, --folder, --read-only or --read-write\n")

    @pytest.mark.parametrize("size", ["", "-1", "5X", "1e3", "9" * 16])
    def test_a_quota_that_is_no_size(self, state: Path, size: str) -> None:
        result = account(state, "change", USER, "--quota", size)
        assert result.exit_code == 2
        assert result.output.endswith(f"{size!r} is no size: write 500M or 5G, or none\n")

    @pytest.mark.parametrize(
        ("size", "expected"), [("5G", 5 * 2**30), ("500m", 500 * 2**20), ("1KiB", 1024), ("0.5 k", 512), ("7", 7)]
    )
    def test_a_quota_is_written_as_people_do(self, state: Path, size: str, expected: int) -> None:
        assert account(state, "change", USER, "--quota", size).exit_code == 0
        assert kept(state).names()[USER].quota == expected


ENTRY = {"user": "Ann", "salt": "00", "secret": "00"}


class TestDamage:
    @pytest.mark.parametrize(
        ("content", "line"),
        [
            ("{", "accounts.json is not a file of accounts"),
            ("[" * 100_000, "accounts.json is not a file of accounts"),
            (b"\xff", "accounts.json is not a file of accounts"),
            ({"version": "2", "accounts": []}, "accounts.json is not a file of accounts"),
            ({"accounts": [ENTRY | {"quota": "5G"}]}, "accounts.json is not a file of accounts"),
            ({"accounts": [ENTRY | {"read_only": 1}]}, "accounts.json is not a file of accounts"),
            ({"accounts": [ENTRY | {"first_name": 1}]}, "accounts.json is not a file of accounts"),
            ({"accounts": [ENTRY | {"salt": "xyz"}]}, "accounts.json is not a file of accounts"),
            ({"version": 2, "people": []}, "accounts.json was written by a newer version of Music Locker"),
            ({"accounts": [ENTRY, ENTRY | {"user": "ANN"}]}, "accounts.json has two accounts of one name: Ann and ANN"),
        ],
    )
    def test_a_file_that_cannot_be_used_is_one_line_and_stays(
        self, state: Path, content: str | bytes | dict[str, object], line: str
    ) -> None:
        written = content if isinstance(content, bytes) else str(content).encode()
        if isinstance(content, dict):
            written = json.dumps(content).encode()
        (state / "accounts.json").write_bytes(written)
        for words in (["add", BOB], ["list"], ["passwd", "Ann"], ["change", "Ann", "--read-only"], ["remove", "Ann"]):
            refused(account(state, *words), line)
        assert (state / "accounts.json").read_bytes() == written

    def test_a_full_disk_loses_no_account(self, state: Path) -> None:
        before, files = (state / "accounts.json").read_bytes(), set(state.iterdir())
        limit = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, limit[1]))  # bytes a file may have
        try:
            result = account(state, "add", BOB)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        refused(result, "accounts.json cannot be read or written: File too large")
        assert (state / "accounts.json").read_bytes() == before
        assert set(state.iterdir()) == files

    def test_a_file_that_another_program_does_not_let_go_of(self, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(shared_file, "_PATIENCE", 0.0)
        descriptor = os.open(state, os.O_RDONLY)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        try:
            line = "accounts.json cannot be read or written: another program is changing accounts.json"
            refused(account(state, "remove", USER), line)
        finally:
            os.close(descriptor)
        assert account(state, "remove", USER).exit_code == 0

    def test_programs_that_write_at_once_lose_nothing(self, state: Path) -> None:
        path = state / "accounts.json"
        names = [f"{number}@example.com" for number in range(12)]
        with ThreadPoolExecutor(4) as programs:
            list(programs.map(lambda name: Accounts(path, cost=2).add(name, WORD), names))
            changes = [programs.submit(Accounts(path).set_quota, name, 7) for name in names]
            changes += [programs.submit(Accounts(path).set_read_only, name, read_only=True) for name in names]
            for change in changes:
                change.result()
        everyone = kept(state).names()
        assert list(everyone)[:2] == [USER, READER]
        assert sorted(everyone)[:-2] == sorted(names)
        assert {(everyone[name].quota, everyone[name].read_only) for name in names} == {(7, True)}


class TestWhileTheServerRuns:
    async def run(self, state: Path, *words: str) -> None:
        assert (await asyncio.to_thread(account, state, *words)).exit_code == 0

    async def may(self, client: Client, sid: str) -> bool:
        return "user" in (await client.get(client.signed("/api/v0/accountData", sid))).json()

    async def login(self, client: Client, user: str, password: str) -> str | None:
        form = {"username": user, "password": password, "partner_token": TOKEN}
        sid: str | None = (await client.send("POST", "/api/v0/login", data=form)).json()["session_id"]
        return sid

    async def test_an_account_is_there_when_it_is_made_and_gone_when_it_is_removed(
        self, client: Client, state: Path
    ) -> None:
        assert await self.login(client, BOB, WORD) is None
        await self.run(state, "add", BOB)
        bob = await self.login(client, BOB, WORD)
        assert bob is not None
        track = (await client.server.locker.catalog()).tracks[0]
        assert (await client.get(f"/storage/lockerGet/{track.key}?sid={bob}")).status == 200
        await self.run(state, "remove", BOB)
        assert (await client.get(f"/storage/lockerGet/{track.key}?sid={bob}")).error_no == "401001"
        assert not await self.may(client, bob)
        assert await self.login(client, BOB, WORD) is None
        await self.run(state, "add", BOB)
        assert not await self.may(client, bob)
        assert await self.may(client, client.sid)

    async def test_the_list_tells_what_they_have_uploaded(self, client: Client, state: Path) -> None:
        song = audio.encoded("mp3", 0.4)
        assert (await client.put(song)).status == 200
        listed = json.loads((await asyncio.to_thread(account, state, "list", "--json")).stdout)
        assert [(one["user"], one["used"]) for one in listed] == [(USER, len(song)), (READER, 0)]
        await client.server.close()
        for path in state.glob("locker.sqlite3*"):
            path.write_bytes(b"damaged")
        damaged = json.loads((await asyncio.to_thread(account, state, "list", "--json")).stdout)
        assert [one["used"] for one in damaged] == [0, 0]

    async def test_another_password_ends_the_sessions_and_other_rights_do_not(
        self, client: Client, state: Path
    ) -> None:
        await self.run(state, "change", USER, "--quota", "5", "--read-only")
        user = (await client.call("/api/v1/accountData")).json()["user"]
        assert (user["lockerType"], user["maxLockerSize"]) == ("read-only", 5)
        await self.run(state, "passwd", USER)
        assert not await self.may(client, client.sid)
        assert await self.login(client, USER, PASSWORD) is None
        assert await self.login(client, USER, WORD) is not None

    async def test_what_the_server_changes_itself_counts_too(self, client: Client) -> None:
        await asyncio.to_thread(client.server.accounts.remove, USER)
        assert not await self.may(client, client.sid)

    async def test_a_file_that_is_damaged_meanwhile_changes_nothing(
        self, client: Client, state: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        good = (state / "accounts.json").read_bytes()
        (state / "accounts.json").write_text("{")
        assert await self.may(client, client.sid)
        assert await self.may(client, client.sid)
        said = [record.getMessage() for record in caplog.records if "accounts" in record.getMessage()]
        assert said == ["The accounts stay as they were: accounts.json is not a file of accounts"]
        (state / "accounts.json").write_bytes(good)
        await self.run(state, "remove", USER)
        assert not await self.may(client, client.sid)


class TestTwoForms:
    def test_help_shows_both(self) -> None:
        shown = CliRunner().invoke(cli, ["locker-server", "--help"]).output
        assert "locker-server DIR [OPTIONS]" in shown
        assert "locker-server account COMMAND" in shown
        assert all(option in shown for option in ("--account", "--read-only", "--port", "--state"))

    def test_the_first_word_may_be_a_folder_or_an_option(self, tmp_path: Path) -> None:
        state = ["--state", str(tmp_path / "s")]
        (tmp_path / "account").mkdir()
        for words in ([str(tmp_path / "account"), *state], [*state, str(tmp_path / "account")]):
            refused(
                CliRunner().invoke(cli, ["locker-server", *words]),
                "there is no account yet: make one with locker-server account add NAME",
            )
        missing = CliRunner().invoke(cli, ["locker-server", "--port", "0", str(tmp_path / "nowhere")])
        assert missing.exit_code == 2
        assert "does not exist" in missing.output

    @pytest.mark.parametrize(
        ("line", "offered"),
        [
            ("acc", {"account"}),
            ("--read", {"--read-only"}),
            ("account pa", {"passwd"}),
            ("/music --fault", {"--fault-api"}),
        ],
    )
    def test_a_shell_completes_both(self, line: str, offered: set[str]) -> None:
        words = ["locker-server", *line.split()]
        complete = ShellComplete(cli, {}, "mpd-bridge", "_COMPLETE")
        assert {item.value for item in complete.get_completions(words[:-1], words[-1])} - {words[-1]} == offered

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
    def test_what_root_writes_stays_the_servers(self, state: Path, tmp_path: Path) -> None:
        os.chown(state / "accounts.json", 1234, 1235)
        assert account(state, "change", USER, "--read-only").exit_code == 0
        new = tmp_path / "new"
        new.mkdir()
        os.chown(new, 1234, 1235)
        assert account(new, "add", BOB).exit_code == 0
        for folder in (state, new):
            status = (folder / "accounts.json").stat()
            assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (1234, 1235, 0o600)
