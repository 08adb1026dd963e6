"""Try Home Assistant: browse, fetch, send a file, and play on a speaker, with every locker."""

import asyncio
import hashlib
from collections.abc import Mapping
from pathlib import Path

import aiohttp

from .home_assistant import HomeAssistantClient, Json
from .processes import DemoError, output_of, saw, until
from .stage import Stage

_SPEAKER_LIMIT = 30.0  # seconds


async def check_home_assistant(stage: Stage, session: aiohttp.ClientSession, files: Mapping[str, Path]) -> None:
    """Try every locker; ``files`` are sent to those of these titles. Raise DemoError with what failed."""
    assert stage.home_assistant and stage.home_assistant_user and stage.home_assistant_password  # noqa: S101, PT018
    client = await HomeAssistantClient.log_in(
        stage.home_assistant, session, stage.home_assistant_user, stage.home_assistant_password
    )
    try:
        for locker in stage.lockers:
            track = await _browse_to_a_track(client, locker.title)
            await _fetch(client, track, Path(stage.music))
            await _play_on_the_speaker(client, stage, locker.title)
            if locker.title in files:
                await _send(client, locker.title, files[locker.title])
    finally:
        await client.close()


async def _send(client: HomeAssistantClient, locker: str, file: Path) -> None:
    """Have a file sent to a locker, and find its track."""
    entry = next(entry for entry in await client.entries() if entry["title"] == locker)
    told = await client.call(
        "call_service",
        domain="music_locker",
        service="upload",
        service_data={"config_entry_id": entry["entry_id"], "path": str(file)},
        return_response=True,
    )
    (outcome,) = told["response"]["files"]
    if outcome["status"] != "uploaded":
        raise DemoError(f"{locker} does not take {file.name}: {outcome['status']}, {outcome['reason']}")
    saw(f"sent {file.name!r} to {locker}: {outcome['status']}")


async def _browse_to_a_track(client: HomeAssistantClient, locker: str) -> Json:
    """Walk from the root of the media source to the first track of the first album of a locker's first artist."""
    path: list[str] = []
    node: Json = {"media_content_id": "media-source://music_locker"}
    for wanted in (locker, "Artists", None, None, None):
        children = (await client.call("media_source/browse_media", media_content_id=node["media_content_id"]))[
            "children"
        ]
        if not children:
            raise DemoError(f"Home Assistant browses to {' > '.join(path)}, and nothing is there.")
        named = [child for child in children if wanted in (child["title"], None)]
        node = named[0] if named else children[0]
        path.append(node["title"])
        if node["media_class"] == "track":
            break
    if node["media_class"] != "track":
        raise DemoError(f"Home Assistant browses to {' > '.join(path)}, which is no track.")
    saw(f"browsed to {' > '.join(path)}")
    return node


async def _fetch(client: HomeAssistantClient, track: Json, music: Path) -> None:
    """Resolve a track, fetch it without a log-in, and find the very file in the folder."""
    resolved = await client.call("media_source/resolve_media", media_content_id=track["media_content_id"])
    content = await client.get(resolved["url"])
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
    file = await asyncio.to_thread(_file_with, music, len(content), digest)
    if file is None:
        raise DemoError(f"{track['title']!r} came as {len(content)} bytes (MD5 {digest}): no file of {music} is that.")
    saw(f"fetched {track['title']!r}: {len(content)} bytes, {resolved['mime_type']}, MD5 {digest} = {file.name}")


def _file_with(folder: Path, size: int, digest: str) -> Path | None:
    for file in folder.rglob("*"):
        if file.is_file() and file.stat().st_size == size:
            with file.open("rb") as opened:
                if hashlib.file_digest(opened, "md5").hexdigest() == digest:
                    return file
    return None


async def _play_on_the_speaker(client: HomeAssistantClient, stage: Stage, locker: str) -> None:
    """Play an album on the player, and see the speaker fetch it from Home Assistant and play it."""
    assert stage.player  # noqa: S101 - with Home Assistant there is one
    album = await _first_album(client, stage.player, locker)
    await client.action(
        "media_player.play_media",
        stage.player,
        media_content_id=album["media_content_id"],
        media_content_type=album["media_content_type"],
    )
    speaker = ("mpc", "-p", str(stage.speaker_port))

    async def plays() -> str | None:
        status = await output_of(*speaker, "status", "%state% %currenttime%")
        file = (await output_of(*speaker, "-f", "%file%", "current")).strip()
        return file if status.startswith("playing") and not status.strip().endswith("0:00") else None

    file = await until("Waiting for the speaker to play", plays, _SPEAKER_LIMIT)
    if "/api/music_locker/stream/" not in file:
        raise DemoError("The speaker plays something that does not come from Music Locker.")
    state = await client.state(stage.player)
    if state is None or state["state"] != "playing":
        raise DemoError(f"The speaker plays, but {stage.player} says {state and state['state']}.")
    saw(f"played {album['title']!r} on {stage.player}: the speaker plays {state['attributes'].get('media_title')!r}")
    await client.action("media_player.media_stop", stage.player)


async def _first_album(client: HomeAssistantClient, player: str, locker: str) -> Json:
    """Browse a player to the first album of a locker."""
    node: Json = {}
    for wanted in (locker, "Albums", None):
        where = {key: node[key] for key in ("media_content_id", "media_content_type") if key in node}
        children = (await client.call("media_player/browse_media", entity_id=player, **where))["children"]
        if not children:
            raise DemoError(f"{player} has nothing to browse at {node.get('title', 'its root')}.")
        node = next((child for child in children if child["title"] == wanted), children[0])
        if node["can_play"] and node["media_class"] == "album":
            break
    return node
