"""Reading a tunesBag account at once: its items, those of friends, and what its playlists hold.

A library's answer holds all its items, so artists, albums and tracks come out of one request; and a playlist can lead
to items of libraries that may not be loaded, which only the playlist tells.
"""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import orjson

from ..errors import NotFound, Unavailable
from ..models import Playlist, Track
from . import tunesbag_listing as listing
from .tunesbag_client import TunesbagClient
from .tunesbag_connection import Identity
from .tunesbag_parse import Friend, Set


@dataclass(frozen=True, slots=True)
class Reading:
    """Hold what was read: the tracks of the user's libraries, those of others, and the playlists with their tracks."""

    own: Sequence[Track]
    others: Sequence[Track]
    playlists: Sequence[Playlist]
    playlist_tracks: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Shelves:
    """Hold what there is to read: playlists, friends whose libraries may be loaded, and the user's libraries."""

    sets: Sequence[Set]
    friends: Sequence[Friend]
    names: dict[str, str]
    libraries: Sequence[str]


async def shelves(client: TunesbagClient, me: Identity) -> Shelves:
    """Ask for playlists and friends. The user's further libraries are known by the playlists in them.

    The playlists that the service makes itself come with the user's own, those of friends with all that are accessible.
    """
    own = await client.sets(options=["notemporary"])
    accessible = await client.sets(accessible=True)
    sets = list(({one.key: one for one in accessible} | {one.key: one for one in own}).values())
    friends = await client.friends()
    mine = {one.library: None for one in sets if one.user == me.user and one.library is not None}
    return Shelves(
        sets,
        listing.readable(friends, me.library),
        {friend.user: friend.name for friend in friends},
        list({me.library: None} | mine),
    )


async def marker(client: TunesbagClient, me: Identity) -> str:
    """Return what differs when a library has changed, the user's or a friend's, a playlist, or what is recommended.

    What the service calculates from plays is left out: it would change with every track that is heard.
    """
    found = await shelves(client, me)
    libraries = [*found.libraries, *(friend.library or "" for friend in found.friends)]
    last_keys = await client.last_keys(libraries)
    sets = [(one.key, one.name, one.dynamic, one.user) for one in found.sets]
    counts = [(one.item_count, str(one.modified), one.items) for one in found.sets if not one.dynamic]
    friends = [(friend.library, friend.name) for friend in found.friends]
    recommended: Sequence[str] = ()
    if any(one.key == listing.RECOMMENDATIONS for one in found.sets):
        recommended = (await client.set_items(listing.RECOMMENDATIONS, simple=True)).keys()
    told = orjson.dumps([sorted(last_keys.items()), sorted(friends), sets, counts, recommended], default=str)
    return hashlib.sha256(told).hexdigest()


async def read(client: TunesbagClient, me: Identity) -> Reading:
    """Read everything; raise LockerError."""
    found = await shelves(client, me)
    items = (await client.items(found.libraries, unique=True)).items
    covers = await _covers(client, found.libraries)
    own = await asyncio.to_thread(listing.tracks, items, me.library, covers)
    others: dict[str, Track] = {}
    held: dict[str, Sequence[str]] = {}
    playlists: list[Playlist] = []
    for friend in found.friends:
        with suppress(NotFound, Unavailable):  # the friend has closed the library meanwhile
            theirs = await library_tracks(client, me, friend.library or "")
            others |= {track.id: track for track in theirs}
            playlists.append(listing.friends_library(friend))
            held[playlists[-1].id] = [track.id for track in theirs]
    known = {track.id for track in own}
    for one in found.sets:
        with suppress(NotFound, Unavailable):  # it went while the rest was read
            keys, of_set = await set_tracks(client, me, one.key)
            others |= {track.id: track for track in of_set if track.id not in known and track.id not in others}
            playlists.append(listing.playlist(one, me.user, found.names))
            held[one.key] = keys
    return Reading(own, list(others.values()), playlists, held)


async def library_tracks(client: TunesbagClient, me: Identity, library: str) -> list[Track]:
    """Return the tracks of a friend's library; raise NotFound, Unavailable."""
    items = (await client.items([library], unique=True)).items

    def placed() -> list[Track]:
        return listing.tracks((replace(item, library=library) for item in items), me.library, listed=False)

    return await asyncio.to_thread(placed)


async def set_tracks(client: TunesbagClient, me: Identity, key: str) -> tuple[Sequence[str], list[Track]]:
    """Return the track ids of a playlist in its order, and the tracks that the answer describes; raise NotFound."""
    held = await client.set_items(key)
    libraries = {item.key: item.library for item in held.items}
    ids = [listing.track_id(item, libraries.get(item), me.library) for item in held.keys()]  # noqa: SIM118 - no mapping
    return ids, await asyncio.to_thread(listing.tracks, held.items, me.library, listed=False)


async def _covers(client: TunesbagClient, libraries: Sequence[str]) -> frozenset[str]:
    """Return which albums have covers; none where the service does not tell that."""
    try:
        return await client.covers(libraries)
    except NotFound, Unavailable:
        return frozenset()
