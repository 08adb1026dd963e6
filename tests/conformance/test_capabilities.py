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
    Capability.PLAYLIST_EDIT: "replace_playlist",
    Capability.RATE: "rate",
    Capability.REPORT_PLAY: "report_play",
    Capability.SOCIAL: "playlists",  # of friends, and what they recommend
}
EDITS = {"create_playlist", "rename_playlist", "add_to_playlist"}
REFUSED: dict[Capability, tuple[Call, Callable[[Adapter], Awaitable[object]]]] = {
    Capability.SEARCH: (Call.SEARCH, lambda adapter: adapter.search("abba")),
    Capability.ARTWORK: (Call.ART, lambda adapter: adapter.artwork("album-1")),
    Capability.PLAYLISTS: (Call.LIST, lambda adapter: adapter.playlist_tracks("1")),
    Capability.PLAYLIST_EDIT: (Call.EDIT, lambda adapter: adapter.create_playlist("New")),
    Capability.RATE: (Call.RATE, lambda adapter: adapter.rate("1", 10)),
    Capability.REPORT_PLAY: (Call.REPORT, lambda adapter: adapter.report_play("1", 60.0)),
}


async def test_an_adapter_says_what_its_service_can(site: Site) -> None:
    assert site.adapter.capabilities == site.subject.capabilities


async def test_an_adapter_overrides_what_it_claims_and_claims_what_it_overrides(site: Site) -> None:
    """A service may lack in one version what it has in another: then the class overrides what one of them claims."""
    for flag, name in OFFERED.items():
        overridden = getattr(type(site.adapter), name) is not getattr(Adapter, name)
        assert overridden or flag not in site.adapter.capabilities, flag


async def test_every_call_of_the_contract_belongs_to_a_capability(site: Site) -> None:
    """A new call of the contract brings its tests here, and its line to the table above."""
    assert site.adapter.capabilities in type(site.adapter).info.capabilities
    offered = {name for name, _ in inspect.getmembers(Adapter, inspect.isfunction) if not name.startswith("_")}
    always = {"login", "reading", "artists", "albums", "tracks", "playlist_tracks", "download", "close"}
    assert offered == {*OFFERED.values(), *EDITS, *always}


async def test_who_edits_playlists_can_do_all_of_it(site: Site) -> None:
    if Capability.PLAYLIST_EDIT in site.adapter.capabilities:
        assert all(getattr(type(site.adapter), name) is not getattr(Adapter, name) for name in EDITS)


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
