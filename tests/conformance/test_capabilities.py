"""What a service cannot do is absent from its adapter, and what it can is there."""

import inspect
from collections.abc import Awaitable, Callable

import pytest

from music_locker_core.errors import Unavailable
from music_locker_core.lockers.base import Adapter, Capability
from tests.conformance import files
from tests.conformance.harness import Site
from tests.conformance.subject import Call

# What the contract offers for each capability, and what it does where the capability is absent.
OFFERED: dict[Capability, str] = {
    Capability.SEARCH: "search",
    Capability.STREAM: "stream",
    Capability.TRANSCODE: "stream",
    Capability.DOWNLOAD: "stream",
    Capability.UPLOAD: "upload",
    Capability.ARTWORK: "artwork",
    Capability.PLAYLISTS: "playlists",
    Capability.CHANGE_MARKER: "change_marker",
}
REFUSED: dict[Capability, tuple[Call, Callable[[Adapter], Awaitable[object]]]] = {
    Capability.SEARCH: (Call.SEARCH, lambda adapter: adapter.search("abba")),
    Capability.ARTWORK: (Call.ART, lambda adapter: adapter.artwork("album-1")),
    Capability.PLAYLISTS: (Call.LIST, lambda adapter: adapter.playlist_tracks("1")),
}


async def test_an_adapter_says_what_its_service_can(site: Site) -> None:
    assert site.adapter.capabilities == site.subject.capabilities


async def test_an_adapter_overrides_what_it_claims_and_claims_what_it_overrides(site: Site) -> None:
    """A service may lack in one version what it has in another: then the class overrides what one of them claims."""
    for flag, name in OFFERED.items():
        overridden = getattr(type(site.adapter), name) is not getattr(Adapter, name)
        assert overridden or flag not in site.adapter.capabilities, flag


async def test_what_the_contract_has_no_call_for_is_claimed_by_nobody(site: Site) -> None:
    """A new call of the contract brings its tests here, and its line to the table above."""
    without = ~Capability(0) & ~Capability(sum(flag.value for flag in OFFERED))
    assert not site.adapter.capabilities & without
    offered = {name for name, _ in inspect.getmembers(Adapter, inspect.isfunction) if not name.startswith("_")}
    assert offered == {*OFFERED.values(), "login", "artists", "albums", "tracks", "playlist_tracks", "close"}


async def test_what_is_absent_is_refused_before_the_service_is_asked(site: Site) -> None:
    for flag, (call, refused) in REFUSED.items():
        if flag not in site.adapter.capabilities:
            before = await site.asked(call)
            with pytest.raises(Unavailable):
                await refused(site.adapter)
            assert await site.asked(call) == before, flag
    if Capability.PLAYLISTS not in site.adapter.capabilities:
        assert await site.adapter.playlists() == ()
    if Capability.CHANGE_MARKER not in site.adapter.capabilities:
        assert await site.adapter.change_marker() is None
        assert await site.asked(Call.MARKER) == 0
    if Capability.UPLOAD not in site.adapter.capabilities:
        with pytest.raises(Unavailable):
            await site.adapter.upload(files.absent(site.music))
