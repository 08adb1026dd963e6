"""The MPD server entry: MPD clients and Home Assistant have the same players and queues."""

import asyncio
import socket
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant

from custom_components.music_locker.runtime import MusicLockerConfigEntry

from .conftest import SetUp, make_entry
from .players import act, shown

MPD = "media_player.mpd_server"


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        found: int = listening.getsockname()[1]
        return found


class Client:
    """Speak MPD's protocol, a line at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def connect(cls, port: int) -> Client:
        client = cls(*await asyncio.open_connection("127.0.0.1", port))
        assert (await client._line()).startswith("OK MPD ")
        return client

    async def _line(self) -> str:
        async with asyncio.timeout(10):
            return (await self._reader.readline()).decode().rstrip("\n")

    async def send(self, command: str) -> list[str]:
        """Return the lines of the answer, with an ACK as the last one."""
        self._writer.write(f"{command}\n".encode())
        lines: list[str] = []
        while (line := await self._line()) != "OK":
            lines.append(line)
            if line.startswith("ACK ") or not line:
                break
        return lines

    async def value(self, command: str, key: str) -> str | None:
        pairs = (line.partition(": ") for line in await self.send(command))
        return next((value for name, _, value in pairs if name == key), None)

    async def close(self) -> None:
        self._writer.close()
        await self._writer.wait_closed()


@pytest.fixture
async def server(locker: MusicLockerConfigEntry, set_up: SetUp, port: int) -> MusicLockerConfigEntry:
    return await set_up("MPD server", **mpd_server(port))


def mpd_server(port: int, **data: Any) -> dict[str, Any]:
    return {"kind": "mpd_server", "player_id": "default", "host": "127.0.0.1", "port": port, **data}


async def test_a_client_browses_the_lockers(hass: HomeAssistant, server: MusicLockerConfigEntry, port: int) -> None:
    client = await Client.connect(port)

    songs = [line for line in await client.send("listall") if line.startswith("file: ")]

    assert len(songs) == 6
    assert "file: MP3tunes/The Paper Lanterns/Harbour Songs/01 Wooden Orchard.mp3" in songs
    await client.close()


async def test_what_a_client_queues_home_assistant_plays(
    hass: HomeAssistant, server: MusicLockerConfigEntry, port: int
) -> None:
    client = await Client.connect(port)
    await client.send('findadd album "Harbour Songs"')
    await client.send("play 1")
    await hass.async_block_till_done()

    assert shown(hass, MPD).attributes["media_title"] == "Quiet Window"
    await act(hass, "media_next_track", MPD)
    assert await client.value("currentsong", "Title") == "Mother's Kitchen"

    await client.send("stop")
    await client.close()


async def test_a_change_in_home_assistant_wakes_an_idle_client(
    hass: HomeAssistant, server: MusicLockerConfigEntry, port: int
) -> None:
    client = await Client.connect(port)
    idle = asyncio.create_task(client.send("idle options"))

    await act(hass, "shuffle_set", MPD, shuffle=True)

    assert await idle == ["changed: options"]
    await client.close()


async def test_every_player_is_a_partition(
    hass: HomeAssistant, server: MusicLockerConfigEntry, player: MusicLockerConfigEntry, port: int
) -> None:
    client = await Client.connect(port)

    partitions = await client.send("listpartitions")

    assert {"partition: default", "partition: kitchen", "partition: mp3tunes"} == set(partitions)
    await client.close()


async def test_a_password_is_asked_for(hass: HomeAssistant, set_up: SetUp, port: int) -> None:
    await set_up("MPD server", **mpd_server(port, password="sesame, open"))
    client = await Client.connect(port)

    assert (await client.send("status"))[-1].startswith("ACK [4@0]")
    assert (await client.send("password wrong"))[-1].startswith("ACK [3@0]")
    await client.send('password "sesame, open"')
    assert await client.value("status", "state") == "stop"
    await client.close()


async def test_a_port_that_is_taken_is_tried_again_later(hass: HomeAssistant) -> None:
    with socket.create_server(("127.0.0.1", 0)) as used:
        entry = make_entry("MPD server", **mpd_server(used.getsockname()[1]))
        entry.add_to_hass(hass)
        await hass.config_entries.async_setup(entry.entry_id)

    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "port_not_free"


async def test_unloading_lets_the_clients_go_and_frees_the_port(
    hass: HomeAssistant, server: MusicLockerConfigEntry, port: int
) -> None:
    client = await Client.connect(port)

    assert await hass.config_entries.async_unload(server.entry_id)

    assert await client.send("status") == [""]
    with socket.create_server(("127.0.0.1", port)):
        pass
    await client.close()
