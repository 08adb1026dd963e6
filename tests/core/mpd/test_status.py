"""What status and stats tell."""

from music_locker_core.hub import Core
from music_locker_core.mpd.totals import totals_of
from tests.core.mpd.client import RawClient
from tests.core.mpd.conftest import Connect
from tests.core.mpd.shelf import TRACKS


async def test_the_library_is_counted_as_mpd_does(client: RawClient, core: Core) -> None:
    pairs = (await client.ask("stats")).pairs
    assert list(pairs) == ["uptime", "playtime", "artists", "albums", "songs", "db_playtime", "db_update"]
    assert (pairs["artists"], pairs["albums"], pairs["songs"]) == ("3", "3", "8")
    assert int(pairs["db_playtime"]) == int(sum(track.duration or 0 for track in TRACKS))
    assert await totals_of(core.library.catalog) is await totals_of(core.library.catalog)


async def test_the_playlist_that_was_loaded_is_told_until_the_queue_is_cleared(connect: Connect) -> None:
    client, other = await connect(), await connect()
    assert (await client.ask("status")).pairs["lastloadedplaylist"] == ""
    await client.ask("load Evening")
    await client.ask("delete 0:")
    assert (await other.ask("status")).pairs["lastloadedplaylist"] == "Evening"
    await other.ask("partition kitchen")
    assert (await other.ask("status")).pairs["lastloadedplaylist"] == ""
    await client.ask("clear")
    assert (await client.ask("status")).pairs["lastloadedplaylist"] == ""
