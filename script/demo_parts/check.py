"""Try what the demo runs, the way that its users do, and say what was seen."""

import asyncio
import hashlib
from pathlib import Path

import aiohttp

from mpd_bridge.demo_music import tracks
from tests.tools.tone_code import Mp3StreamDecoder

from .home_assistant import HomeAssistantClient, Json
from .processes import LOOPBACK, DemoError, output_of, until
from .stage import Stage

_LISTEN_LIMIT = 60.0  # seconds
_SPEAKER_LIMIT = 30.0
_ENOUGH = 5.0


def _saw(what: str) -> None:
    print(f"  {what}", flush=True)


async def check(stage: Stage) -> None:
    """Try every way to the music; raise DemoError with what failed."""
    async with aiohttp.ClientSession() as session:
        if stage.home_assistant is not None:
            print("Home Assistant:", flush=True)
            await _check_home_assistant(stage, session)
        print("MPD:", flush=True)
        await _check_mpd(stage, session)
    print("All is well.", flush=True)


async def _check_home_assistant(stage: Stage, session: aiohttp.ClientSession) -> None:
    assert stage.home_assistant and stage.home_assistant_user and stage.home_assistant_password  # noqa: S101, PT018
    client = await HomeAssistantClient.log_in(
        stage.home_assistant, session, stage.home_assistant_user, stage.home_assistant_password
    )
    try:
        track = await _browse_to_a_track(client)
        await _fetch(client, track, Path(stage.music))
        await _play_on_the_speaker(client, stage)
    finally:
        await client.close()


async def _browse_to_a_track(client: HomeAssistantClient) -> Json:
    """Walk from the root of the media source to the first track of the first album of the first artist."""
    path: list[str] = []
    node: Json = {"media_content_id": "media-source://music_locker"}
    for wanted in ("locker", "Artists", None, None, None):
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
    _saw(f"browsed to {' > '.join(path)}")
    return node


async def _fetch(client: HomeAssistantClient, track: Json, music: Path) -> None:
    """Resolve a track, fetch it without a log-in, and find the very file in the folder."""
    resolved = await client.call("media_source/resolve_media", media_content_id=track["media_content_id"])
    content = await client.get(resolved["url"])
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
    file = await asyncio.to_thread(_file_with, music, len(content), digest)
    if file is None:
        raise DemoError(f"{track['title']!r} came as {len(content)} bytes (MD5 {digest}): no file of {music} is that.")
    _saw(f"fetched {track['title']!r}: {len(content)} bytes, {resolved['mime_type']}, MD5 {digest} = {file.name}")


def _file_with(folder: Path, size: int, digest: str) -> Path | None:
    for file in folder.rglob("*"):
        if file.is_file() and file.stat().st_size == size:
            with file.open("rb") as opened:
                if hashlib.file_digest(opened, "md5").hexdigest() == digest:
                    return file
    return None


async def _play_on_the_speaker(client: HomeAssistantClient, stage: Stage) -> None:
    """Play an album on the player, and see the speaker fetch it from Home Assistant and play it."""
    assert stage.player  # noqa: S101 - with Home Assistant there is one
    album = await _first_album(client, stage.player)
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
    _saw(f"played {album['title']!r} on {stage.player}: the speaker plays {state['attributes'].get('media_title')!r}")
    await client.action("media_player.media_stop", stage.player)


async def _first_album(client: HomeAssistantClient, player: str) -> Json:
    """Browse a player to the first album of the locker."""
    node: Json = {}
    for wanted in (None, "Albums", None):
        where = {key: node[key] for key in ("media_content_id", "media_content_type") if key in node}
        children = (await client.call("media_player/browse_media", entity_id=player, **where))["children"]
        if not children:
            raise DemoError(f"{player} has nothing to browse at {node.get('title', 'its root')}.")
        node = next((child for child in children if child["title"] == wanted), children[0])
        if node["can_play"] and node["media_class"] == "album":
            break
    return node


async def _check_mpd(stage: Stage, session: aiohttp.ClientSession) -> None:
    """Queue a track with mpc, listen to the live stream until it is that track, and stop."""
    mpc = ("mpc", "-h", LOOPBACK, "-p", str(stage.mpd_port))
    songs = (await output_of(*mpc, "-f", "%file%", "listall")).splitlines()
    if not songs:
        raise DemoError("MPD lists no track.")
    _saw(f"{len(songs)} tracks, {len((await output_of(*mpc, 'list', 'artist')).splitlines())} artists")
    await output_of(*mpc, "clear")
    await output_of(*mpc, "add", songs[len(songs) // 2])
    await output_of(*mpc, "play")
    title, artist, album = (
        (await output_of(*mpc, "-f", "%title%\t%artist%\t%album%", "current")).strip("\n").split("\t")
    )
    _saw(f"queued and started {title!r} by {artist!r} with mpc")
    numbers = {
        track.number for track in tracks() if (track.title, track.artist, track.album or "") == (title, artist, album)
    }
    _saw(await _listen(stage, session, numbers if stage.demo_music else None))
    await output_of(*mpc, "stop")


async def _listen(stage: Stage, session: aiohttp.ClientSession, expected: set[int] | None) -> str:
    """Read the live stream until the track's tone code is heard, or, in music that carries none, any sound."""
    decoder = Mp3StreamDecoder()
    heard: list[int] = []
    try:
        async with asyncio.timeout(_LISTEN_LIMIT), session.get(stage.live_stream) as response:
            response.raise_for_status()
            async for chunk in response.content.iter_any():
                heard += [code.number for code in decoder.feed(chunk)]
                if expected is None and decoder.seconds > _ENOUGH:
                    return f"the live stream decodes: {decoder.seconds:.1f} s of MP3"
                if expected is not None and expected & set(heard):
                    return f"the live stream plays it: tone code {heard[-1]} after {decoder.seconds:.1f} s of MP3"
    except TimeoutError:
        pass
    raise DemoError(f"The live stream is not the track that was queued: heard {heard or 'nothing'}, not {expected}.")
