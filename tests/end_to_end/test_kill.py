"""kill -9 in the middle of a queue: what was there is there again, and plays on."""

import asyncio
import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import mpd
import pytest

from mpd_bridge.demo_music import tracks
from script.demo_parts.home_assistant import HomeAssistantClient, home_assistant
from script.demo_parts.processes import LOOPBACK
from script.demo_parts.stage import Options, Stage, bridge, set_stage
from tests.end_to_end.running import eventually, titled
from tests.tools.tone_code import Mp3StreamDecoder

_LOST = 11.0  # seconds of playing: core writes the place every 10 s, and that takes a while
_SETTLED = 2.0  # seconds: core writes what changed within one
_LISTEN = 20.0
_LONGEST, _SECOND = sorted(tracks(), key=lambda track: -track.duration)[:2]
_OPTIONS = ("random", "repeat", "single", "consume", "volume")


@dataclass(frozen=True)
class Queue:
    """What an MPD client sees of a player that shall not change."""

    items: list[tuple[str, str]]
    current: str
    options: dict[str, str]


class Partition:
    """One player, as an MPD client sees it."""

    def __init__(self, port: int, name: str = "default") -> None:
        self._where = LOOPBACK, port
        self._name = name
        self.client = mpd.MPDClient()

    def __enter__(self) -> mpd.MPDClient:
        self.client.connect(*self._where)
        self.client.partition(self._name)
        return self.client

    def __exit__(self, *_: object) -> None:
        self.client.disconnect()

    @property
    def queue(self) -> Queue:
        with self as client:
            status = client.status()
            items = [(song["id"], song["file"]) for song in client.playlistinfo()]
        return Queue(items, status["songid"], {name: status[name] for name in _OPTIONS if name in status})

    def play(self, album: str, title: str, elapsed: float) -> None:
        with self as client:
            client.clear()
            client.findadd("album", album)
            titles = [song["title"] for song in client.playlistinfo()]
            client.random(1)
            client.repeat(1)
            client.single("oneshot")
            client.seek(titles.index(title), elapsed)

    @property
    def elapsed(self) -> float:
        with self as client:
            return float(client.status().get("elapsed", 0))

    async def plays_past(self, elapsed: float) -> None:
        async def past() -> bool:
            return self.elapsed > elapsed

        await eventually(f"{self._name} plays past {elapsed} s", past, 40.0)


async def hears(session: aiohttp.ClientSession, url: str, number: int) -> None:
    """Listen to a live stream until it is the track with this tone code."""
    decoder = Mp3StreamDecoder()
    async with asyncio.timeout(_LISTEN), session.get(url) as response:
        response.raise_for_status()
        async for chunk in response.content.iter_any():
            if number in [code.number for code in decoder.feed(chunk)]:
                return
    pytest.fail("the live stream ended")


def options(state: Path, music: str, *, bridge_only: bool) -> Options:
    return Options(
        state=state,
        music=Path(music),
        make_music=False,
        bridge_only=bridge_only,
        mpd_port=None,
        http_port=None,
        stream_port=None,
        home_assistant_port=None,
    )


async def kill(stage: Stage, name: str) -> None:
    process = stage.processes[name]
    os.kill(process, signal.SIGKILL)

    async def gone() -> bool:
        return not Path(f"/proc/{process}").exists()

    await eventually(f"{name} is gone", gone)


async def log_in(stage: Stage, session: aiohttp.ClientSession) -> HomeAssistantClient:
    assert stage.home_assistant
    return await HomeAssistantClient.log_in(stage.home_assistant, session, "demo", "demo")


async def entries_of(client: HomeAssistantClient) -> set[tuple[str, str, str]]:
    return {(entry["entry_id"], entry["title"], entry["state"]) for entry in await client.entries()}


async def entities_of(client: HomeAssistantClient) -> set[tuple[str, str]]:
    return {
        (entity["unique_id"], entity["entity_id"])
        for entity in await client.call("config/entity_registry/list")
        if entity["platform"] in ("music_locker", "mpd")
    }


async def attributes(client: HomeAssistantClient, entity_id: str) -> dict[str, Any]:
    state = await client.state(entity_id)
    assert state is not None
    return {name: state["attributes"].get(name) for name in ("media_title", "media_content_id", "shuffle", "repeat")}


def given_to(speaker: mpd.MPDClient) -> str:
    """Return the address that the speaker plays from, or nothing."""
    status = speaker.status()
    return str(speaker.currentsong().get("file", "")) if status["state"] == "play" else ""


async def test_home_assistant_goes_on_where_it_was_killed(demo: dict[str, Any], tmp_path: Path) -> None:
    async with (
        aiohttp.ClientSession() as session,
        set_stage(options(tmp_path, demo["music"], bridge_only=False)) as stage,
    ):
        assert stage.player
        assert stage.speaker_port
        default, kitchen = Partition(stage.mpd_port), Partition(stage.mpd_port, "kitchen")
        loudspeaker = Partition(stage.speaker_port)

        async def address() -> str:
            with loudspeaker as client:
                return given_to(client)

        client = await log_in(stage, session)
        kitchen.play(_LONGEST.album or "", _LONGEST.title, 1.0)
        default.play(_SECOND.album or "", _SECOND.title, 1.0)
        with default as mpd_client:
            mpd_client.setvol(40)
        stream = await eventually("the speaker plays", address)
        track = await titled(client, "MP3tunes", "Albums", "Ink", "Paper Ink")
        page = (await client.call("media_source/resolve_media", media_content_id=track["media_content_id"]))["url"]
        sound = await client.get(page)
        await hears(session, stage.live_stream, _SECOND.number)
        await kitchen.plays_past(1.0 + _LOST + 1.0)

        queues = kitchen.queue, default.queue
        entries, entities = await entries_of(client), await entities_of(client)
        shown = await attributes(client, stage.player)
        elapsed = kitchen.elapsed, default.elapsed
        await kill(stage, "Home Assistant")
        await client.close()

        port = int(stage.home_assistant.rpartition(":")[2]) if stage.home_assistant else 0
        async with home_assistant(tmp_path / "home-assistant", port):
            client = await log_in(stage, session)

            async def loaded() -> bool:
                return await entries_of(client) == entries

            await eventually("every entry is loaded again", loaded, 30.0)
            assert await entities_of(client) == entities
            assert (kitchen.queue, default.queue) == queues
            for partition, before in zip((kitchen, default), elapsed, strict=True):
                assert before - _LOST <= partition.elapsed <= before + 0.5
            assert await attributes(client, stage.player) == shown

            assert await client.get(page) == sound
            kept = kitchen.elapsed
            await client.action("media_player.media_play", stage.player)

            async def plays_on() -> bool:
                with loudspeaker as speaker:
                    return given_to(speaker) == stream and float(speaker.status()["elapsed"]) >= kept

            await eventually("the speaker plays on, from the same address", plays_on, 20.0)
            with default as mpd_client:
                mpd_client.play()
            await hears(session, stage.live_stream, _SECOND.number)
            await client.action("media_player.media_next_track", stage.player)

            async def another() -> bool:
                return await address() not in ("", stream)

            await eventually("the speaker plays the next track", another)
            await client.close()


async def test_the_daemon_goes_on_where_it_was_killed(demo: dict[str, Any], tmp_path: Path) -> None:
    async with (
        aiohttp.ClientSession() as session,
        set_stage(options(tmp_path, demo["music"], bridge_only=True)) as stage,
    ):
        default = Partition(stage.mpd_port)
        default.play(_LONGEST.album or "", _LONGEST.title, 5.0)
        with default as client:
            client.setvol(40)
        await hears(session, stage.live_stream, _LONGEST.number)
        await default.plays_past(5.0 + _SETTLED)
        queue, elapsed = default.queue, default.elapsed
        await kill(stage, "bridge")
        async with bridge(tmp_path, stage):
            assert default.queue == queue
            assert 5.0 <= default.elapsed <= elapsed + 0.5
            with default as client:
                assert client.status()["state"] == "pause"
                client.play()
            await hears(session, stage.live_stream, _LONGEST.number)
