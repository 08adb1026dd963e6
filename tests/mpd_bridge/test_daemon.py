"""mpd-bridge run, as a process of its own, over a real locker server: what it says, what it does, how it ends."""

import asyncio
import json
import re
import signal
import sqlite3
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from mpd.asyncio import MPDClient

from mpd_bridge.config import load
from mpd_bridge.daemon import StartError, daemon
from mpd_bridge.locker_server import LockerServer
from tests.mpd_bridge.locker_server import audio

pytestmark = pytest.mark.slow


USER, PASSWORD = "ann@example.com", "a marked password"
LIMIT = 30.0  # seconds

CONFIGURATION = """
[state]
directory = "state"
[mpd]
port = 0
[http]
port = 0
[[locker]]
name = "Home"
service = "mp3tunes"
url = "{url}"
username = "ann@example.com"
password = "{password}"
partner_token = "1"
[[player]]
name = "Kitchen"
"""


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("music")
    for number, title in enumerate(("Eins", "Zwei"), 1):
        audio.make(folder / f"{number}.mp3", title=title, artist="Ann", album="Zahlen", tracknumber=str(number))
    return folder


@pytest.fixture
async def server(music: Path, tmp_path: Path) -> AsyncIterator[LockerServer]:
    server = LockerServer(music, tmp_path / "server", password_cost=2)
    server.add_account(USER, PASSWORD)
    await server.start()
    yield server
    await server.close()


@pytest.fixture
def configuration(server: LockerServer, tmp_path: Path) -> Path:
    file = tmp_path / "bridge.toml"
    file.write_text(CONFIGURATION.format(url=server.url, password=PASSWORD))
    return file


async def start(configuration: Path, *options: str) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "mpd_bridge", "run", "--config", configuration, *options, stdout=PIPE, stderr=PIPE
    )


async def ended(process: Process) -> tuple[int | None, str]:
    """Return the exit code and what the process wrote, once it has ended."""
    out, err = await asyncio.wait_for(process.communicate(), LIMIT)
    return process.returncode, (out + err).decode()


@asynccontextmanager
async def running(configuration: Path, *options: str) -> AsyncIterator[tuple[Process, dict[str, Any]]]:
    process = await start(configuration, *options)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(LIMIT):
            line = (await process.stdout.readline()).decode()
        assert line.startswith("ready "), line + (await ended(process))[1]
        yield process, json.loads(line.removeprefix("ready "))
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@asynccontextmanager
async def client_of(ready: dict[str, Any]) -> AsyncIterator[MPDClient]:
    client = MPDClient()
    await client.connect(ready["mpd"]["host"], ready["mpd"]["port"])
    yield client
    client.disconnect()


async def synced(client: MPDClient, songs: int) -> None:
    """Wait for idle's word until the database holds as many songs."""
    async with asyncio.timeout(LIMIT):
        changes = client.idle(["database"])
        while int((await client.stats())["songs"]) != songs:
            await anext(changes)


async def test_it_plays_a_locker_to_a_listener(configuration: Path) -> None:
    async with running(configuration) as (_, ready), client_of(ready) as client, aiohttp.ClientSession() as session:
        await synced(client, 2)
        await client.findadd("album", "Zahlen")
        await client.play()
        assert (await client.currentsong())["title"] == "Eins"
        async with session.get(ready["live"]["default"]) as live:
            assert live.content_type == "audio/mpeg"
            assert len(await live.content.readexactly(10_000)) == 10_000
        async with session.get(re.sub("/live/.*", "/health", ready["live"]["default"])) as health:
            assert (await health.json())["status"] == "ok"


async def test_every_player_is_a_partition_with_a_live_stream_of_its_own(configuration: Path) -> None:
    async with running(configuration) as (_, ready), client_of(ready) as client:
        assert [each["partition"] for each in await client.listpartitions()] == ["default", "kitchen"]
        assert set(ready["live"]) == {"default", "kitchen"}


async def test_a_partition_that_a_client_made_outlives_a_restart(configuration: Path) -> None:
    async with running(configuration) as (process, ready), client_of(ready) as client:
        await client.newpartition("bath")
        await client.partition("bath")
        await synced(client, 2)
        await client.findadd("album", "Zahlen")
        process.terminate()
        assert (await ended(process))[0] == 0
    async with running(configuration) as (_, ready), client_of(ready) as client, aiohttp.ClientSession() as session:
        assert [each["partition"] for each in await client.listpartitions()] == ["default", "kitchen", "bath"]
        await client.partition("bath")
        assert [song["title"] for song in await client.playlistinfo()] == ["Eins", "Zwei"]
        async with session.get(ready["live"]["bath"]) as live:
            assert len(await live.content.readexactly(1000)) == 1000
        state = json.loads((Path(ready["state"]) / "running.json").read_text())
        assert set(state["live"]) == {"default", "kitchen", "bath"}
        await client.partition("default")
        await client.delpartition("bath")
        assert [each["partition"] for each in await client.listpartitions()] == ["default", "kitchen"]
        state = json.loads((Path(ready["state"]) / "running.json").read_text())
        assert set(state["live"]) == {"default", "kitchen"}
        async with session.get(ready["live"]["bath"]) as live:
            assert live.status == 404


async def test_an_mpd_client_ends_it(configuration: Path) -> None:
    async with running(configuration) as (process, ready):
        _, writer = await asyncio.open_connection(ready["mpd"]["host"], ready["mpd"]["port"])
        writer.write(b"kill\n")
        code, text = await ended(process)
        writer.close()
        assert (code, "Traceback" in text) == (0, False), text


async def test_it_ends_at_sigterm_and_keeps_the_queue(configuration: Path) -> None:
    async with running(configuration) as (process, ready), client_of(ready) as client:
        await synced(client, 2)
        await client.findadd("title", "Zwei")
        process.send_signal(signal.SIGTERM)
        code, text = await ended(process)
        assert code == 0
        assert "Traceback" not in text
    async with running(configuration) as (process, ready), client_of(ready) as client:
        assert [song["title"] for song in await client.playlistinfo()] == ["Zwei"]
        assert (await client.status())["state"] == "stop"


async def test_what_it_knows_is_served_while_the_service_is_away(configuration: Path, server: LockerServer) -> None:
    async with running(configuration) as (_, ready), client_of(ready) as client:
        await synced(client, 2)
    await server.close()
    async with running(configuration) as (_, ready), client_of(ready) as client:
        assert (await client.stats())["songs"] == "2"


async def test_a_wrong_password_is_one_line(configuration: Path) -> None:
    configuration.write_text(configuration.read_text().replace(PASSWORD, "not the password"))
    code, text = await ended(await start(configuration, "--log-level", "error"))
    assert code == 1
    assert text.startswith("Error: Home: ")
    assert len(text.splitlines()) == 1
    assert "not the password" not in text


async def test_a_taken_port_is_one_line(configuration: Path) -> None:
    other = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = other.sockets[0].getsockname()[1]
    configuration.write_text(configuration.read_text().replace("[mpd]\nport = 0", f"[mpd]\nport = {port}"))
    code, text = await ended(await start(configuration, "--log-level", "error"))
    other.close()
    assert (code, text) == (
        1,
        f"Error: [mpd] cannot listen on 127.0.0.1 port {port}: another program listens there\n",
    )


async def test_a_state_folder_belongs_to_one_process(configuration: Path) -> None:
    async with running(configuration):
        code, text = await ended(await start(configuration, "--log-level", "error"))
    assert code == 1
    assert re.fullmatch(r"Error: The state folder \S+ is in use by another mpd-bridge\n", text)


async def test_a_wrong_configuration_is_one_line_and_another_exit_code(tmp_path: Path) -> None:
    file = tmp_path / "bridge.toml"
    file.write_text("[mpd]\nport = 'x'")
    code, text = await ended(await start(file))
    assert (code, text) == (2, f"Error: {file}: [mpd] port: must be a whole number from 0 to 65535\n")


async def test_a_locker_that_the_configuration_drops_is_forgotten(configuration: Path) -> None:
    async with running(configuration) as (_, ready), client_of(ready) as client:
        await synced(client, 2)
    configuration.write_text(configuration.read_text().partition("[[locker]]")[0])
    async with running(configuration) as (_, ready), client_of(ready) as client:
        assert (await client.stats())["songs"] == "0"


async def logged(process: Process, words: str) -> str:
    """Wait for a line of the log."""
    assert process.stderr is not None
    async with asyncio.timeout(LIMIT):
        while words not in (line := (await process.stderr.readline()).decode()):
            assert line, "the process has ended"
    return line


async def test_sighup_takes_what_the_configuration_says_now(configuration: Path) -> None:
    before = configuration.read_text()
    async with running(configuration) as (process, ready), client_of(ready) as client:
        await synced(client, 2)
        await client.findadd("title", "Zwei")

        configuration.write_text(before.replace("Kitchen", "Attic").replace("[http]\nport = 0", "[http]\nport = 1"))
        process.send_signal(signal.SIGHUP)
        assert "player Kitchen removed, player Attic added" in await logged(process, "read again")
        assert "[http] has changed: restart the bridge to use it" in await logged(process, "WARNING")
        assert [each["partition"] for each in await client.listpartitions()] == ["default", "attic"]

        configuration.write_text("[mpd]\nport = 'x'")
        process.send_signal(signal.SIGHUP)
        line = await logged(process, "ERROR")
        assert line.endswith("[mpd] port: must be a whole number from 0 to 65535; the old configuration stays\n")
        assert (await client.stats())["songs"] == "2"

        configuration.write_text(before.partition("[[locker]]")[0])
        process.send_signal(signal.SIGHUP)
        assert "locker Home removed" in await logged(process, "read again")
        assert (await client.stats())["songs"] == "0"

        configuration.write_text(before.replace(PASSWORD, "not the password"))
        process.send_signal(signal.SIGHUP)
        assert "; it is left out" in await logged(process, "ERROR Home: ")

        configuration.write_text(before)
        process.send_signal(signal.SIGHUP)
        await logged(process, "read again: locker Home added")
        await synced(client, 2)
        process.send_signal(signal.SIGTERM)
        code, text = await ended(process)
        assert (code, "Traceback" in text) == (0, False), text


async def test_no_secret_is_written_at_debug_level(configuration: Path, tmp_path: Path) -> None:
    async with running(configuration, "--log-level", "debug") as (process, ready), client_of(ready) as client:
        await synced(client, 2)
        await client.findadd("title", "Zwei")
        await client.play()
        process.send_signal(signal.SIGTERM)
        code, text = await ended(process)
    assert code == 0
    assert PASSWORD not in text
    assert "sid=" not in text


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Make the state folder of the configuration, before the daemon does."""
    folder = tmp_path / "state"
    folder.mkdir()
    return folder


async def test_a_damaged_index_is_told_in_one_line_and_read_again(
    configuration: Path, state: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (state / "library.db").write_bytes(b"this is no database" * 500)

    async with daemon(load(configuration)) as started, client_of(started.ready.as_dict()) as client:
        await synced(client, 2)

    (said,) = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert "was damaged" in said


async def test_a_full_disk_is_one_line(configuration: Path, state: Path) -> None:
    (state / "stream.key").symlink_to("/dev/full")  # every write to it fails as on a full disk

    with pytest.raises(StartError, match=r"^The folder state cannot be used: the disk is full$"):
        async with daemon(load(configuration)):
            pass


async def test_a_state_of_a_newer_version_is_told_in_one_line_and_kept(configuration: Path, state: Path) -> None:
    with sqlite3.connect(state / "library.db") as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()
    before = (state / "library.db").read_bytes()

    with pytest.raises(StartError, match=r"^The index library\.db was made by a newer version .*$"):
        async with daemon(load(configuration)):
            pass

    assert (state / "library.db").read_bytes() == before
