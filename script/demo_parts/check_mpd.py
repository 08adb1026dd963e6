"""Try the MPD server: queue a track of every locker with mpc, and listen to the live stream until it is that track."""

import asyncio
import sys
from pathlib import Path

import aiohttp

from mpd_bridge.demo_music import tracks
from tests.tools.tone_code import Mp3StreamDecoder

from .processes import LOOPBACK, DemoError, output_of, saw, until
from .stage import Stage

_LISTEN_LIMIT = 60.0  # seconds
_UPLOAD_LIMIT = 30.0
_ENOUGH = 5.0


async def check_mpd(stage: Stage, session: aiohttp.ClientSession) -> None:
    """Try every locker; raise DemoError with what failed."""
    songs = (await mpc(stage, "-f", "%file%", "listall")).splitlines()
    saw(f"{len(songs)} tracks, {len((await mpc(stage, 'list', 'artist')).splitlines())} artists")
    for locker in stage.lockers:
        own = [song for song in songs if song.startswith(f"{locker.title}/")]
        if not own:
            raise DemoError(f"MPD lists no track of {locker.title}.")
        await _play(stage, session, own[len(own) // 2])


async def mpc(stage: Stage, *arguments: str) -> str:
    """Return what mpc prints."""
    return await output_of("mpc", "-h", LOOPBACK, "-p", str(stage.mpd_port), *arguments)


async def _play(stage: Stage, session: aiohttp.ClientSession, song: str) -> None:
    await mpc(stage, "clear")
    await mpc(stage, "add", song)
    await mpc(stage, "play")
    title, artist = (await mpc(stage, "-f", "%title%\t%artist%", "current")).strip("\n").split("\t")
    saw(f"queued and started {title!r} by {artist!r}: {song.partition('/')[0]}")
    numbers = {track.number for track in tracks() if (track.title, track.artist) == (title, artist)}
    saw(await _listen(stage, session, numbers if stage.demo_music else None))
    await mpc(stage, "stop")


async def check_upload(stage: Stage, locker: str, file: Path) -> None:
    """See a file that was sent to a locker in MPD; without Home Assistant it is sent first, by the bridge's command."""
    if stage.home_assistant is None:
        config = Path(stage.state) / "bridge.toml"
        await output_of(sys.executable, "-m", "mpd_bridge", "upload", locker, file, "--config", config)

    async def listed() -> str | None:
        return (await mpc(stage, "-f", "%file%", "find", "title", file.stem)).strip() or None

    saw(f"found what was sent: {await until(f'Waiting for {file.name} in MPD', listed, _UPLOAD_LIMIT)}")


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
