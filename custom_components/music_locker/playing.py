"""What an id that a player is asked to play stands for: tracks of lockers, or an address for its speaker."""

from collections.abc import Iterable, Sequence

from homeassistant.components import media_source
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from yarl import URL

from .browse import BrowseTree
from .const import DOMAIN
from .core.availability import available
from .core.errors import Unavailable
from .core.hub import Core
from .core.models import Album, MediaKind, Playlist, Track, TrackKey
from .identifier import Identifier, InvalidIdentifierError, ItemNode, ShelfNode, parse_uri, shortened
from .shelves import PLAYABLE, Shelves


async def find_media(hass: HomeAssistant, core: Core, tree: BrowseTree, media_id: str) -> list[Track] | str:
    """Return the tracks that an id stands for, or an address that only a speaker can open.

    Our own stream URLs become their tracks again. Media of other sources are left for the speaker's own integration to
    resolve when it plays them: what they resolve to often holds a secret, and often lasts for a short time only. Raise
    ServiceValidationError.
    """
    try:
        identifier = parse_uri(media_id)
    except InvalidIdentifierError as error:
        raise _invalid("unknown_media", media_id) from error
    if identifier is not None:
        _check_open(core, identifier)
        tracks = await hass.async_add_executor_job(_given, tree.shelves(), identifier, frozenset(core.locker_ids))
        if not tracks:
            raise _invalid("nothing_to_play", media_id)
        return tracks
    if (key := core.streams.track_of(media_id)) is not None and (track := core.library.catalog.track(key)) is not None:
        return _playable([track])
    if media_source.is_media_source_id(media_id) or _is_web_address(media_id):
        return media_id
    raise _invalid("unknown_media", media_id)


def _playable(tracks: Iterable[Track]) -> list[Track]:
    """Return the tracks that can be played; raise ServiceValidationError with the reason where there are none."""
    given = list(tracks)
    try:
        return available(given)
    except Unavailable as error:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="track_not_available",
            translation_placeholders={"title": given[0].title},
        ) from error


def _check_open(core: Core, identifier: Identifier) -> None:
    """Refuse what is in a locker that is known but not set up now: its service would not be asked for the sound."""
    match identifier:
        case ItemNode(locker) | ShelfNode(locker) if locker not in core.locker_ids:
            contents = core.library.catalog.contents.get(locker)
            if contents is not None:
                raise ServiceValidationError(
                    translation_domain=DOMAIN,
                    translation_key="locker_not_loaded",
                    translation_placeholders={"name": contents.title},
                )


def _invalid(key: str, media_id: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders={"id": shortened(media_id)}
    )


def _is_web_address(text: str) -> bool:
    try:
        url = URL(text)
    except ValueError:
        return False
    return url.scheme in {"http", "https"} and bool(url.host)


def _given(shelves: Shelves, identifier: Identifier, lockers: frozenset[str]) -> list[Track]:
    """Return the tracks of open lockers that can be played for a node; raise ServiceValidationError as above."""
    return _playable(track for track in _tracks(shelves, identifier) if track.locker in lockers)


def _tracks(shelves: Shelves, identifier: Identifier) -> list[Track]:
    """Return the tracks to play for a node, none where it is unknown or no node to play."""
    match identifier:
        case ItemNode():
            tracks = _tracks_of_item(shelves, identifier)
        case ShelfNode() if identifier.shelf in PLAYABLE:
            tracks = _tracks_of_shelf(shelves, identifier)
        case _:
            tracks = []
    return list(tracks)


def _tracks_of_item(shelves: Shelves, node: ItemNode) -> Sequence[Track]:
    catalog = shelves.catalog
    match node.kind:
        case MediaKind.TRACK:
            track = catalog.track(TrackKey(node.locker, node.id))
            return () if track is None else (track,)
        case MediaKind.ARTIST:
            return catalog.artist_tracks(node.locker, node.id)
        case MediaKind.ALBUM:
            return catalog.album_tracks(node.locker, node.id)
        case MediaKind.PLAYLIST:
            return catalog.playlist_tracks(node.locker, node.id)
        case MediaKind.GENRE:
            return catalog.genre_tracks(node.locker, node.id)


def _tracks_of_shelf(shelves: Shelves, node: ShelfNode) -> Sequence[Track]:
    """Return the tracks of everything in a list, each once."""
    tracks: list[Track] = []
    for entry in shelves.whole(node):
        match entry:
            case Track():
                tracks.append(entry)
            case Album():
                tracks.extend(shelves.catalog.album_tracks(node.locker, entry.id))
            case Playlist():
                tracks.extend(shelves.catalog.playlist_tracks(node.locker, entry.id))
    return list({track.key: track for track in tracks}.values())
