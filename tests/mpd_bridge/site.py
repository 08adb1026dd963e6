"""A locker server, and bridges beside it, in the event loop of a thread: commands bring an event loop of their own."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, override

from click.testing import CliRunner, Result

from mpd_bridge.cli import cli
from mpd_bridge.config import load
from mpd_bridge.daemon import Ready, daemon
from mpd_bridge.locker_server import LockerServer
from tests.mpd_bridge.locker_server import audio
from tests.tools.background import Background

USER, PASSWORD, PARTNER_TOKEN = "ann@example.com", "a marked password", "marked-partner-token"
MPD_PASSWORD = "a marked word for MPD"
SECRETS = (PASSWORD, PARTNER_TOKEN, MPD_PASSWORD)
OBEYED = "\x9b31m"  # a terminal would write red from here on
_SECONDS = 30
_CONFIGURATION = """
[state]
directory = "state"
[mpd]
port = 0
password = "{mpd_password}"
[http]
port = 0
[[locker]]
name = "Home"
service = "mp3tunes"
url = "{url}"
username = "{user}"
password = "{password}"
partner_token = "{partner_token}"
[[player]]
name = "Küche"
"""


@dataclass
class Bridge:
    """A folder with a configuration, and what the command line does there."""

    configuration: Path

    def run(self, *words: str, **given: Any) -> Result:
        """Run a command; whatever it is, it says no secret and shows no trace."""
        result = CliRunner().invoke(cli, [*words, "--config", str(self.configuration)], prog_name="mpd-bridge", **given)
        assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
        assert not [secret for secret in SECRETS if secret in result.output], words
        assert OBEYED[0] not in result.output
        return result

    def change(self, before: str, after: str) -> None:
        text = self.configuration.read_text()
        assert before in text
        self.configuration.write_text(text.replace(before, after))


class Site(Background):
    """Run a locker server with an account; make bridges that know it."""

    def __init__(self, folder: Path) -> None:
        super().__init__("site")
        titles = ("Eins", "Zwei", f"{OBEYED}Drei")
        for number, title in enumerate(titles, 1):
            path = folder / "music" / f"{number}.mp3"
            audio.make(path, title=title, artist="Ann", album="Zahlen", tracknumber=str(number))
        self.state = folder / "server"
        self.server = LockerServer(folder / "music", self.state, password_cost=2)
        self.server.add_account(USER, PASSWORD)
        self.wait(self.server.start())

    @override
    def close(self) -> None:
        self.wait(self.server.close())
        super().close()

    def bridge(self, folder: Path) -> Bridge:
        folder.mkdir(exist_ok=True)
        file = folder / "bridge.toml"
        file.write_text(
            _CONFIGURATION.format(
                url=self.server.url,
                user=USER,
                password=PASSWORD,
                partner_token=PARTNER_TOKEN,
                mpd_password=MPD_PASSWORD,
            )
        )
        file.chmod(0o600)
        return Bridge(file)

    @contextmanager
    def running(self, bridge: Bridge) -> Iterator[Ready]:
        """Let the bridge run for the time of the block."""
        started: asyncio.Future[Ready] = asyncio.Future(loop=self.loop)
        stop = asyncio.Event()

        async def run() -> None:
            try:
                async with daemon(load(bridge.configuration, {})) as one:
                    started.set_result(one.ready)
                    await stop.wait()
            except Exception as error:
                if started.done():
                    raise
                started.set_exception(error)

        async def wait() -> Ready:
            return await started

        ended = asyncio.run_coroutine_threadsafe(run(), self.loop)
        try:
            yield self.wait(wait())
        finally:
            self.loop.call_soon_threadsafe(stop.set)
            ended.result(_SECONDS)
