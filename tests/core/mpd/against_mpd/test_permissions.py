"""Passwords: what each permits is what MPD permits for the same words in its configuration."""

from collections.abc import AsyncIterator, Iterator

import pytest
from pytest_socket import enable_socket

from music_locker_core.mpd.access import Access
from music_locker_core.mpd.permissions import permissions_named
from tests.tools.background import Background

from .both import Both
from .reference import Bridge, Mpd

PASSWORDS = {
    "all": ("read", "add", "player", "control", "admin"),
    "guest": ("read",),
    "adder": ("read", "add"),
    "remote": ("control",),
    "dj": ("player", "read"),
    "host": ("admin",),
}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, int]]:
    """Run both servers with passwords and without music; the ports of both."""
    enable_socket()
    background = Background("against MPD with passwords")
    access = Access({word: permissions_named(names) for word, names in PASSWORDS.items()})
    bridge = Bridge(tmp_path_factory.mktemp("ours"), access=access)
    lines = (f'password "{word}@{",".join(names)}"' for word, names in PASSWORDS.items())
    mpd = Mpd(tmp_path_factory.mktemp("mpd"), "\n".join(lines))
    try:
        background.wait(bridge.start(None))
        mpd.start()
        yield mpd.port, bridge.port
    finally:
        mpd.close()
        background.wait(bridge.close())
        background.close()


@pytest.fixture
async def strangers(guarded: tuple[int, int]) -> AsyncIterator[Both]:
    """A connection to each of the servers that has given no password."""
    both = await Both.connect(*guarded)
    yield both
    await both.close()


async def permitted(both: Both) -> None:
    """Compare what may be done of all that both can do."""
    theirs, ours = await both.ask("commands")
    not_theirs, not_ours = await both.ask("notcommands")
    common = set(theirs + not_theirs) & set(ours + not_ours)
    assert set(ours) & common == set(theirs) & common
    for line in sorted(common - {"OK", "command: kill", "command: close", "command: password"}):
        name = line.removeprefix("command: ")
        await both.same(f"{name} {'x ' * 70}")


async def test_a_stranger_may_do_next_to_nothing(strangers: Both) -> None:
    await permitted(strangers)
    await strangers.same_error("status", "play", "clear", "idle", "sticker", "nonsense", "update x y z")
    await strangers.same_list("ping", "status", "ping")


@pytest.mark.parametrize("password", PASSWORDS)
async def test_each_password_permits_the_same(strangers: Both, password: str) -> None:
    await strangers.same(f"password {password}")
    await permitted(strangers)


async def test_another_password_takes_the_place_of_the_first(strangers: Both) -> None:
    await strangers.same("password all", "playlist", "password guest", "clear", "password wrong", "playlist", "clear")
    await strangers.same_error('password ""', "password", "password a b", "password all@read", "password Guest")
