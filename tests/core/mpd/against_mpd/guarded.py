"""Both servers, without music, with passwords."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from music_locker_core.mpd.access import Access
from music_locker_core.mpd.permissions import permissions_named

from .both import Both
from .reference import Bridge, Mpd


@asynccontextmanager
async def guarded(
    folder: Path, passwords: Mapping[str, Sequence[str]], *, default: Sequence[str] | None
) -> AsyncIterator[Both]:
    """Run both with the permissions that each password gives, and what needs none: MPD's own choice, or these."""
    lines = [f'password "{password}@{",".join(names)}"' for password, names in passwords.items()]
    lines += [] if default is None else [f'default_permissions "{",".join(default)}"']
    access = Access(
        {password: permissions_named(names) for password, names in passwords.items()},
        default=None if default is None else permissions_named(default),
    )
    mpd = Mpd(folder / "mpd", "\n".join([*lines, ""]))
    bridge = Bridge(folder / "ours", access=access)
    try:
        await bridge.start(None)
        mpd.start()
        both = await Both.connect(mpd.port, bridge.port)
        yield both
        await both.close()
    finally:
        mpd.close()
        await bridge.close()
