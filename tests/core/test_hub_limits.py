"""Core where something is missing: folders that cannot be used, and ids that nobody knows."""

from pathlib import Path

import pytest

from music_locker_core.errors import (
    AuthenticationError,
    LockerError,
    NotFound,
    RateLimited,
    ServiceError,
    Unavailable,
    UnavailableReason,
)
from music_locker_core.hub import Core, UnknownLocker
from music_locker_core.library import LibraryError
from music_locker_core.streams.deck import reason
from music_locker_core.streams.sound import DecodeError
from music_locker_core.uploads import upload


async def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "core").write_text("a file")
    with pytest.raises(LibraryError, match="folder core cannot be used"):
        await Core.open(tmp_path / "core")


async def test_a_cache_that_cannot_be_opened_is_told_and_the_index_is_closed(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(LibraryError, match="cache cannot be opened"):
        await Core.open(tmp_path)
    (tmp_path / "cache").unlink()
    core = await Core.open(tmp_path)
    await core.close()
    await core.close()


async def test_what_nobody_knows_is_told_or_absent(tmp_path: Path) -> None:
    core = await Core.open(tmp_path)
    with pytest.raises(UnknownLocker):
        core.adapter("nowhere")
    with pytest.raises(UnknownLocker):
        await upload(core, "nowhere", [])
    assert core.reachable("nowhere") is None
    assert core.live_output("nowhere") is None
    await core.forget_player("nowhere")
    await core.close()


async def test_a_queue_that_is_forgotten_does_not_come_back(tmp_path: Path) -> None:
    core = await Core.open(tmp_path)
    player = await core.add_player("kitchen", "Kitchen")
    player.add(["http://radio.example/x"])
    await core.remove_player("kitchen")
    await core.forget_player("kitchen")
    assert len((await core.add_player("kitchen", "Kitchen")).queue) == 0
    await core.close()


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (NotFound(), "The locker does not give this track any more"),
        (Unavailable("http://secret"), "The locker does not give this track any more"),
        (Unavailable(reason=UnavailableReason.DOWNLOADS_USED_UP), "The downloads of this track are used up"),
        (AuthenticationError("sid=secret"), "The locker refuses the login"),
        (RateLimited("http://secret"), "The locker is busy"),
        (DecodeError("No sound"), "No sound"),
        (ServiceError("http://secret"), "The locker does not answer now"),
        (OSError("http://secret"), "The locker does not answer now"),
    ],
)
def test_a_user_is_told_in_our_own_words(error: LockerError | OSError | DecodeError, told: str) -> None:
    assert reason(error) == told
