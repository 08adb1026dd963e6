"""Passwords, and what they permit."""

import logging
from collections.abc import AsyncIterator

import pytest

from music_locker_core.hub import Core
from music_locker_core.mpd.access import Access
from music_locker_core.mpd.permissions import ALL_PERMISSIONS, Permission, permissions_named
from music_locker_core.mpd.server import MpdServer
from music_locker_core.playback.player import Player
from tests.core.mpd.client import RawClient
from tests.core.mpd.conftest import Connect

ALL, GUEST, REMOTE = "correct horse", "look at it", "battery staple"
ACCESS = Access(
    {ALL: ALL_PERMISSIONS, GUEST: permissions_named(["read", "add"]), REMOTE: permissions_named(["control"])}
)
REFUSED = 'ACK [4@0] {%s} you don\'t have permission for "%s"'


@pytest.fixture
def access() -> Access:
    return ACCESS


@pytest.fixture
async def server(core: Core, player: Player, kitchen: Player, access: Access) -> AsyncIterator[MpdServer]:
    server = MpdServer(core, host="127.0.0.1", port=0, access=access)
    await server.start()
    yield server
    await server.close()


async def allowed(client: RawClient, line: str) -> bool:
    name = line.partition(" ")[0]
    answer = (await client.ask(line))[-1]
    listed = name in (await client.ask("commands")).values("command")
    assert listed is not (name in (await client.ask("notcommands")).values("command"))
    assert listed is (answer != REFUSED % (name, name))
    return listed


async def test_without_a_password_little_is_allowed(client: RawClient) -> None:
    for line in ("status", "add Shelf", "play", "update", "outputs", "idle"):
        assert not await allowed(client, line)
    assert await client.ask("ping") == ["OK"]
    assert (await client.ask("commands")).values("command") == [
        "binarylimit",
        "close",
        "commands",
        "notcommands",
        "password",
        "ping",
        "protocol",
        "stringnormalization",
        "tagtypes",
    ]


async def test_a_password_permits_what_it_is_for(client: RawClient) -> None:
    assert await client.ask(f'password "{GUEST}"') == ["OK"]
    assert [await allowed(client, line) for line in ("status", "add Shelf", "play", "update")] == [
        True,
        True,
        False,
        False,
    ]
    assert await client.ask(f'password "{ALL}"') == ["OK"]
    assert await client.ask("notcommands") == ["OK"]


async def test_another_password_permits_what_it_is_for_and_no_more_what_the_first_was(client: RawClient) -> None:
    await client.ask(f'password "{GUEST}"')
    await client.ask(f'password "{REMOTE}"')
    assert [await allowed(client, line) for line in ("status", "add Shelf", "stop", "update")] == [
        False,
        False,
        True,
        True,
    ]


async def test_a_wrong_password_takes_nothing_away_and_is_never_logged(
    client: RawClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        await client.ask(f'password "{ALL}"')
        assert await client.ask('password "wrong horse"') == ["ACK [3@0] {password} incorrect password"]
        assert (await client.ask("status"))[-1] == "OK"
    assert "horse" not in caplog.text
    assert "horse" not in repr(ACCESS)


class TestDefaultPermissions:
    @pytest.fixture
    def access(self) -> Access:
        return Access({ALL: ALL_PERMISSIONS}, default=Permission.READ)

    async def test_who_gives_no_password_may_do_that(self, connect: Connect) -> None:
        client = await connect()
        assert await allowed(client, "status")
        assert not await allowed(client, "play")
        await client.ask(f'password "{ALL}"')
        assert await allowed(client, "play")
        assert not await allowed(await connect(), "play")


class TestWithoutPasswords:
    @pytest.fixture
    def access(self) -> Access:
        return Access.of(None)

    async def test_everything_is_allowed_and_no_password_is_right(self, client: RawClient) -> None:
        assert await client.ask("notcommands") == ["OK"]
        assert await client.ask("password x") == ["ACK [3@0] {password} incorrect password"]
        assert await client.ask('password ""') == ["ACK [3@0] {password} incorrect password"]


def test_a_name_that_is_no_permission_is_told() -> None:
    with pytest.raises(KeyError):
        permissions_named(["read", "nonsense"])
