"""Marked secrets are planted in what the daemon is told and answered; nothing that it writes has them."""

import asyncio
import hashlib
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import aiohttp
import orjson
import pytest

from mpd_bridge.config import ConfigError, load
from mpd_bridge.locker_server import Fault, LockerServer, Mp3tunesOptions
from mpd_bridge.locker_server.faults import WrongBody
from tests.mpd_bridge.locker_server import audio
from tests.tools.repeating import SESSION, repeating_service

pytestmark = pytest.mark.slow


USER = "planted@example.com"
PASSWORD = "planted-pass word/&ü+%"
PARTNER_TOKEN = "planted-partner/token=="
MPD_PASSWORD = "planted-mpd-password"
IN_URL, IN_QUERY = "planted-in-userinfo", "planted-in-query"
PLANTED = {PASSWORD, PARTNER_TOKEN, MPD_PASSWORD, IN_URL, IN_QUERY, SESSION}
LIMIT = 30.0  # seconds
READ = (
    "status stats currentsong playlistinfo playlist outputs commands notcommands urlhandlers decoders listpartitions "
    "tagtypes listall listallinfo lsinfo listplaylists config plchanges%0 count%artist%Ann search%any%a list%album "
    "find%title%Eins playlistfind%any%x replay_gain_status channels albumart%x%0 readpicture%x%0 nonsense%x"
)
TOML = """
[state]
directory = "state"
[mpd]
port = 0
password_file = "mpd.password"
[http]
port = 0
[[locker]]
name = "Home"
service = "mp3tunes"
url = "{home}"
username = "{user}"
password_file = "locker.password"
[[locker]]
name = "Echo"
service = "mp3tunes"
url = "{echo}/?key={query}"
username = "{user}"
password = '{password}'
partner_token = "{token}"
[[locker]]
name = "Away"
service = "mp3tunes"
url = "https://127.0.0.1:1/?key={query}"
username = "{user}"
password = '{password}'
partner_token = "{token}"
"""


def leaks(text: str, secrets: set[str]) -> set[tuple[str, str]]:
    """Return the secrets in a text, plain or quoted, each with its line."""
    return {
        (secret, line[:200])
        for line in text.splitlines()
        for secret in secrets
        for form in (secret, quote(secret), quote(secret, safe=""), quote_plus(secret), repr(secret)[1:-1])
        if form in line or orjson.dumps(secret).decode()[1:-1] in line
    }


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[LockerServer]:
    """A locker server whose only account has the planted secrets; its first answers are spoilt."""
    music = tmp_path / "music"
    audio.make(music / "1.mp3", title="Eins", artist="Ann", album="Zahlen")
    options = Mp3tunesOptions(partner_tokens=frozenset({PARTNER_TOKEN}))
    server = LockerServer(music, tmp_path / "server", mp3tunes=options, password_cost=2)
    server.add_account(USER, PASSWORD)
    await server.start()
    server.faults.add(Fault("lockerData", skip=1, expire_sessions=True))
    server.faults.add(Fault("lockerGet", drop_after=100))
    yield server
    await server.close()


@pytest.fixture
async def echo() -> AsyncIterator[str]:
    """A service that lets everybody in, and answers any other call with all that it was sent."""
    async with repeating_service(USER) as url:
        yield url


@pytest.fixture
def configuration(home: LockerServer, echo: str, tmp_path: Path) -> Path:
    (tmp_path / "mpd.password").write_text(f"{MPD_PASSWORD}\n")
    (tmp_path / "locker.password").write_text(f"{PASSWORD}\n", encoding="utf-8")
    file = tmp_path / "bridge.toml"
    given = {"user": USER, "password": PASSWORD, "token": PARTNER_TOKEN, "query": IN_QUERY}
    file.write_text(TOML.format(home=home.url, echo=echo, **given), encoding="utf-8")
    return file


async def start(file: Path, *words: str) -> Process:
    environment = {**os.environ, "MUSIC_LOCKER_HOME_PARTNER_TOKEN": PARTNER_TOKEN}
    command = (sys.executable, "-m", "mpd_bridge", *words, "--config", str(file))
    return await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE, env=environment)


async def written(process: Process) -> str:
    out, err = await asyncio.wait_for(process.communicate(), LIMIT)
    return (out + err).decode()


class Client:
    """Speak MPD's protocol and keep all answers."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.answers = ""
        self._reader = reader
        self._writer = writer

    @classmethod
    async def connect(cls, port: int) -> Client:
        client = cls(*await asyncio.open_connection("127.0.0.1", port))
        await client._reader.readline()
        return client

    async def ask(self, command: str) -> str:
        self._writer.write(f"{command}\n".encode())
        answer = line = ""
        async with asyncio.timeout(LIMIT):
            while not line.startswith(("OK\n", "ACK ")):
                line = (await self._reader.readline()).decode()
                assert line, "the connection was closed"
                answer += line
        self.answers += answer
        return answer

    async def synced(self, songs: int) -> None:
        while f"songs: {songs}" not in await self.ask("stats"):
            await self.ask("idle database")

    def close(self) -> None:
        self._writer.close()


async def life(process: Process, home: LockerServer) -> str:
    """Use the daemon with an MPD client and a listener, then end it; return all that it has said."""
    assert process.stdout is not None
    async with asyncio.timeout(LIMIT):
        line = (await process.stdout.readline()).decode()
    assert line.startswith("ready "), line + await written(process)
    ready: dict[str, Any] = orjson.loads(line.removeprefix("ready "))
    client = await Client.connect(ready["mpd"]["port"])
    for command in ("password planted-wrong", "status", f'password "{MPD_PASSWORD}"'):
        await client.ask(command)
    await client.synced(1)
    for command in ('findadd title "Eins"', f'add "http://{USER}:{IN_URL}@radio.example/x"', "play 0"):
        await client.ask(command)
    async with aiohttp.ClientSession() as http, http.get(ready["live"]["default"]) as live:
        assert await live.content.readexactly(5000)
    home.faults.add(Fault("lastUpdate", count=9, body=WrongBody.HTML))
    for command in READ.split():
        await client.ask(command.replace("%", " "))
    await client.ask("update")
    client.close()
    process.send_signal(signal.SIGTERM)
    return line + await written(process) + client.answers


async def test_the_daemon_tells_no_secret(configuration: Path, home: LockerServer) -> None:
    process = await start(configuration, "run", "--log-level", "debug")
    try:
        text = await life(process, home)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    sessions = {*home.sessions._open, *home.sessions._over}
    key = (configuration.parent / "state" / "stream.key").read_bytes()
    secrets = PLANTED | sessions | {key.hex(), "planted-wrong", hashlib.md5(PASSWORD.encode()).hexdigest()}  # noqa: S324 - a service's own form of it
    assert process.returncode == 0
    assert len(sessions) > 1
    assert "***" in text
    assert "file: http://radio.example/x" in text
    assert leaks(text, secrets) == set()


WRONG = {
    "a user name in an address": ('url = "{home}"', f'url = "http://{USER}:{IN_URL}@127.0.0.1"'),
    "no address": ('url = "{home}"', f'url = "http://{IN_URL}:no-port"'),
    "another type": ("password = '{password}'", f'password = ["{PASSWORD}"]'),
    "no TOML": ("password = '{password}'", f"password = '{PASSWORD}"),
    "no TOML either": ("password = '{password}'", f"password = {PASSWORD}"),
    "two passwords": ("password = '{password}'", f"password = '{PASSWORD}'\npassword_file = 'x'"),
    "an unknown key": ("password = '{password}'", f"pasword = '{PASSWORD}'"),
    "a file that is not there": ('"mpd.password"', '"absent"'),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_in_a_configuration_is_not_repeated(
    wrong: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mpd.password").write_text(MPD_PASSWORD)
    (tmp_path / "locker.password").write_text(PASSWORD, encoding="utf-8")
    monkeypatch.setenv("MUSIC_LOCKER_HOME_PARTNER_TOKEN", PARTNER_TOKEN)
    given = {"user": USER, "password": PASSWORD, "token": PARTNER_TOKEN, "query": IN_QUERY}
    file = tmp_path / "bridge.toml"
    before, after = WRONG[wrong]
    assert before in TOML
    text = TOML.replace(before, after.replace("{", "{{").replace("}", "}}"))
    file.write_text(text.format(home="http://127.0.0.1:1", echo="http://127.0.0.1:1", **given), encoding="utf-8")
    with pytest.raises(ConfigError) as refusal:
        load(file)
    assert leaks(f"{refusal.value} {refusal.value!r}", PLANTED) == set()


def test_a_configuration_does_not_show_its_secrets(tmp_path: Path) -> None:
    (tmp_path / "mpd.password").write_text(MPD_PASSWORD)
    (tmp_path / "locker.password").write_text(PASSWORD, encoding="utf-8")
    given = {"user": USER, "password": PASSWORD, "token": PARTNER_TOKEN, "query": IN_QUERY}
    file = tmp_path / "bridge.toml"
    file.write_text(TOML.format(home="http://127.0.0.1:1", echo="http://127.0.0.1:1", **given), encoding="utf-8")
    config = load(file, {"MUSIC_LOCKER_HOME_PARTNER_TOKEN": PARTNER_TOKEN})
    assert config.lockers[0].settings["partner_token"] == PARTNER_TOKEN
    assert leaks(f"{config!r} {config}", PLANTED) == set()


async def test_no_command_tells_a_secret(configuration: Path, home: LockerServer) -> None:
    said = ""
    for words in (("sync", "--json", "--force"), ("search", "--json", "Eins")):
        said += await written(await start(configuration, *words))
    others = [await start(configuration, *words) for words in (("doctor",), ("doctor", "--json"), ("status", "--json"))]
    said += "".join(await asyncio.gather(*map(written, others)))
    assert "Eins" in said
    assert "Echo" in said
    sessions = {*home.sessions._open, *home.sessions._over}
    assert sessions
    assert leaks(said, PLANTED | sessions) == set()
