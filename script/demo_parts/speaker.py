"""A real speaker without a loudspeaker: Debian's MPD, which fetches what it is told to and plays it to nowhere."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from .processes import LOOPBACK, DemoError, Process, answers, running

_CONFIGURATION = """\
bind_to_address "{host}"
port "{port}"
music_directory "{folder}"
db_file "{folder}/database"
state_file "{folder}/state"
pid_file "{folder}/pid"
auto_update "no"
audio_output {{
    type "null"
    name "Kitchen speaker"
    mixer_type "software"
}}
"""


def configure(folder: Path, port: int) -> Path:
    """Write the speaker's configuration, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "mpd.conf"
    path.write_text(_CONFIGURATION.format(host=LOOPBACK, port=port, folder=folder))
    return path


@asynccontextmanager
async def speaker(folder: Path, port: int) -> AsyncIterator[Process]:
    """Run the speaker for the time of the block; it answers when the block begins."""
    mpd = shutil.which("mpd")
    if mpd is None:
        raise DemoError("The program mpd is missing: run script/setup debian.")
    command: list[str | Path] = [mpd, "--no-daemon", "--stderr", configure(folder, port)]
    async with running("speaker", command, folder / "speaker.out") as process:

        async def listening() -> bool:
            return await answers(port)

        await process.ready(listening)
        yield process
