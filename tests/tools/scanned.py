"""The state of a locker server that has looked through its music once, so that tests need not do it again."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mpd_bridge.locker_server import LockerServer


def scan(music: Path, state: Path, clock: Callable[[], float] = time.time) -> None:
    """Index a folder of music; what is copied with its times later is as it was."""

    async def start_and_close() -> None:
        server = LockerServer(music, state, clock=clock)
        await server.start()
        await server.close()

    with ThreadPoolExecutor(1) as pool:  # a session's fixture has no loop, and leaves the tests' loops alone
        pool.submit(asyncio.run, start_and_close()).result()
