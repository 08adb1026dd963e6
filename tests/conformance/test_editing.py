"""Making, naming and filling playlists: another adapter sees what one has done."""

import pytest

from music_locker_core.errors import LockerConnectionError, LockerError, NotFound
from music_locker_core.lockers.base import Adapter, Capability
from music_locker_core.models import Playlist, PlaylistKind
from tests.conformance.folder import LONG, QUEEN, SONGS
from tests.conformance.harness import Site
from tests.conformance.subject import Call

pytestmark = pytest.mark.needs(Capability.PLAYLIST_EDIT)


async def seen(site: Site, playlist_id: str) -> tuple[Playlist, list[str]]:
    """A playlist, and the titles of its tracks, as an adapter finds them that has changed nothing."""
    other = site.another(site.subject.settings())
    titles = {track.id: title for title, track in (await site.tracks()).items()}
    (playlist,) = [playlist for playlist in await other.playlists() if playlist.id == playlist_id]
    return playlist, [titles[track_id] for track_id in await other.playlist_tracks(playlist_id)]


async def ids(site: Site, *titles: str) -> list[str]:
    tracks = await site.tracks()
    return [tracks[title].id for title in titles]


async def test_a_playlist_that_was_made_is_empty_and_can_be_edited(site: Site) -> None:
    made = await site.adapter.create_playlist("Größer & <neu>, 早い")
    playlist, titles = await seen(site, made)
    assert (playlist.title, titles) == ("Größer & <neu>, 早い", [])
    assert (playlist.editable, playlist.kind, playlist.owner) == (True, PlaylistKind.PLAYLIST, None)


async def test_tracks_stand_in_the_order_in_which_they_were_added(site: Site) -> None:
    made = await site.adapter.create_playlist("Order")
    titles = [song.title for song in SONGS]
    await site.adapter.add_to_playlist(made, await ids(site, *titles))
    await site.adapter.add_to_playlist(made, [])
    assert (await seen(site, made))[1] == titles


async def test_a_playlist_is_filled_with_other_tracks(site: Site) -> None:
    made = await site.adapter.create_playlist("Others")
    await site.adapter.add_to_playlist(made, await ids(site, LONG.title, QUEEN.title))
    await site.adapter.replace_playlist(made, await ids(site, QUEEN.title))
    assert (await seen(site, made))[1] == [QUEEN.title]
    await site.adapter.replace_playlist(made, [])
    assert (await seen(site, made))[1] == []


async def test_a_renamed_playlist_keeps_its_id_and_its_tracks(site: Site) -> None:
    made = await site.adapter.create_playlist("Before")
    await site.adapter.add_to_playlist(made, await ids(site, LONG.title))
    await site.adapter.rename_playlist(made, "After")
    playlist, titles = await seen(site, made)
    assert (playlist.title, titles) == ("After", [LONG.title])


async def test_a_playlist_that_nobody_knows_is_not_found(site: Site) -> None:
    track = await ids(site, LONG.title)

    async def refused(adapter: Adapter, playlist_id: str) -> None:
        with pytest.raises(NotFound):
            await adapter.rename_playlist(playlist_id, "Title")
        with pytest.raises(NotFound):
            await adapter.add_to_playlist(playlist_id, track)
        with pytest.raises(NotFound):
            await adapter.replace_playlist(playlist_id, track)

    for playlist_id in ("", "unknown", "../login", "ä"):
        await refused(site.adapter, playlist_id)


@pytest.mark.row("X6")
async def test_an_edit_that_fails_is_an_error_and_is_not_sent_again(site: Site) -> None:
    made, track = await site.adapter.create_playlist("Once"), await ids(site, LONG.title)
    for fault in ({"status": 500}, {"body": "html"}, {"body": "malformed"}):
        before = await site.asked(Call.EDIT)
        await site.break_next(Call.EDIT, count=None, **fault)
        with pytest.raises(LockerError):
            await site.adapter.add_to_playlist(made, track)
        await site.mend()
        assert await site.asked(Call.EDIT) == before + 1, fault
    assert (await seen(site, made))[1] == []
    await site.break_next(Call.EDIT, lose_answer=True)
    with pytest.raises(LockerConnectionError):
        await site.adapter.add_to_playlist(made, track)
    assert (await seen(site, made))[1] == [LONG.title]
