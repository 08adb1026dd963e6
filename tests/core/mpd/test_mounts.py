"""Lockers as mounts."""

import aiohttp

from music_locker_core.hub import Core
from tests.core.mpd.client import RawClient
from tests.core.mpd.shelf import ShelfLocker


async def test_each_locker_is_a_mount(client: RawClient, core: Core) -> None:
    assert await client.ask("listmounts") == ["mount: ", "mount: Shelf", "storage: shelf://", "OK"]
    await core.close_locker("shelf")
    assert await client.ask("listmounts") == ["mount: ", "mount: Shelf", "OK"]


async def test_lockers_that_come_and_go_are_told(client: RawClient, core: Core) -> None:
    client.send("idle mount\n")
    async with aiohttp.ClientSession() as session:
        await core.add_locker("second", "Second", ShelfLocker(session))
        assert await client.answer() == ["changed: mount", "OK"]
        client.send("idle mount\n")
        await core.sync("second")
        client.send("noidle\n")
        assert await client.answer() == ["OK"]
        await core.remove_locker("second")
        assert await client.ask("idle mount") == ["changed: mount", "OK"]


async def test_a_client_mounts_nothing_and_is_told_where_lockers_are_added(client: RawClient) -> None:
    for command in ("mount a smb://x/y", "unmount Shelf"):
        (answer,) = await client.ask(command)
        assert answer.startswith("ACK [5@0] {} unknown command")
        assert answer.endswith(
            ": lockers are added and removed in Home Assistant, or in the configuration of the daemon"
        )
    assert not {"mount", "unmount", "listneighbors"} & set((await client.ask("commands")).values("command"))
