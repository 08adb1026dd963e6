"""The actions: search, what is in a queue, sync, and the registration of all."""

from typing import Any, Final

import probatio
from homeassistant.components.media_player import DOMAIN as MEDIA_PLAYER_DOMAIN
from homeassistant.components.media_player import SearchMediaQuery
from homeassistant.components.media_source import is_media_source_id
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_register_platform_entity_service

from .action_lockers import loaded_lockers, named_locker
from .browse import BrowseTree, Node
from .const import DOMAIN
from .core.errors import LockerError
from .core.library import Catalog
from .core.models import MediaKind, TrackKey
from .core.playback.queue import QueueItem
from .identifier import Identifier, ItemNode, LockerNode, RootNode, uri
from .media_player import LockerPlayer
from .runtime import open_core
from .searching import MAX_RESULTS, SEARCH_CLASSES, search
from .upload_action import ACTION_UPLOAD, UPLOAD_SCHEMA, upload_files

ACTION_GET_QUEUE: Final = "get_queue"
ACTION_SEARCH: Final = "search"
ACTION_SYNC: Final = "sync"

ATTR_KINDS: Final = "kinds"
ATTR_LIMIT: Final = "limit"
ATTR_OFFSET: Final = "offset"
ATTR_QUERY: Final = "query"

_QUEUE_PAGE: Final = 500  # entries that are told without being asked for more
_LONGEST_PAGE: Final = 10_000
_LONGEST_QUERY: Final = 1_000  # characters

_SEARCH_SCHEMA = probatio.Schema(
    {
        probatio.Required(ATTR_QUERY): probatio.All(cv.string, probatio.Length(min=1, max=_LONGEST_QUERY)),
        probatio.Optional(ATTR_CONFIG_ENTRY_ID): cv.string,
        probatio.Optional(ATTR_KINDS, default=list): probatio.All(cv.ensure_list, [probatio.In(SEARCH_CLASSES)]),
        probatio.Optional(ATTR_LIMIT, default=20): probatio.All(
            probatio.Coerce(int), probatio.Range(min=1, max=MAX_RESULTS)
        ),
    }
)
_SYNC_SCHEMA = probatio.Schema({probatio.Optional(ATTR_CONFIG_ENTRY_ID): cv.string})
_GET_QUEUE_SCHEMA: dict[str | probatio.Marker, Any] = {
    probatio.Optional(ATTR_OFFSET, default=0): probatio.All(probatio.Coerce(int), probatio.Range(min=0)),
    probatio.Optional(ATTR_LIMIT, default=_QUEUE_PAGE): probatio.All(
        probatio.Coerce(int), probatio.Range(min=1, max=_LONGEST_PAGE)
    ),
}


@callback
def register_actions(hass: HomeAssistant) -> None:
    """Register all actions; they are there before an entry is, and say what is missing."""
    hass.services.async_register(
        DOMAIN, ACTION_SEARCH, _search, schema=_SEARCH_SCHEMA, supports_response=SupportsResponse.ONLY
    )
    hass.services.async_register(
        DOMAIN, ACTION_SYNC, _sync, schema=_SYNC_SCHEMA, supports_response=SupportsResponse.OPTIONAL
    )
    hass.services.async_register(
        DOMAIN, ACTION_UPLOAD, upload_files, schema=UPLOAD_SCHEMA, supports_response=SupportsResponse.OPTIONAL
    )
    async_register_platform_entity_service(
        hass,
        DOMAIN,
        ACTION_GET_QUEUE,
        entity_domain=MEDIA_PLAYER_DOMAIN,
        func=_get_queue,
        schema=_GET_QUEUE_SCHEMA,
        supports_response=SupportsResponse.ONLY,
    )


async def _search(call: ServiceCall) -> ServiceResponse:
    """Return what is found, best first, with ids that ``media_player.play_media`` takes."""
    where: Identifier = RootNode()
    if (entry_id := call.data.get(ATTR_CONFIG_ENTRY_ID)) is not None:
        where = LockerNode(named_locker(call.hass, entry_id).entry_id)
    core = open_core(call.hass)
    if core is None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="nothing_set_up")
    query = SearchMediaQuery(search_query=call.data[ATTR_QUERY], media_filter_classes=call.data[ATTR_KINDS])
    found = await search(call.hass, BrowseTree(call.hass), where, query)
    return {"results": [_described(node, core.library.catalog) for node in found[: call.data[ATTR_LIMIT]]]}


def _described(node: Node, catalog: Catalog) -> dict[str, Any]:
    described: dict[str, Any] = {
        "title": node.title,
        "media_class": node.media_class.value,
        "media_content_id": uri(node.identifier),
        "media_content_type": node.media_type,
    }
    match node.identifier:
        case ItemNode(locker, MediaKind.TRACK, item_id) if track := catalog.track(TrackKey(locker, item_id)):
            described |= {
                "title": track.title,
                "artist": track.artist,
                "album": track.album,
                "duration": track.duration,
            }
        case ItemNode(locker, MediaKind.ALBUM, item_id) if album := catalog.album(locker, item_id):
            described |= {"title": album.title, "artist": album.artist}
    return described


async def _sync(call: ServiceCall) -> ServiceResponse:
    """Sync one locker or all of them one after the other, and return what changed.

    One that fails does not keep the others from being read.
    """
    entry_id = call.data.get(ATTR_CONFIG_ENTRY_ID)
    entries = loaded_lockers(call.hass) if entry_id is None else [named_locker(call.hass, entry_id)]
    if not entries:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="nothing_set_up")
    told: dict[str, Any] = {}
    failed: dict[str, LockerError] = {}
    for entry in entries:
        try:
            result = await entry.runtime_data.core.sync(entry.entry_id)
        except LockerError as error:
            failed[entry.title] = error
            continue
        told[entry.title] = {
            "changed": result.changed,
            "added": result.added,
            "updated": result.updated,
            "removed": result.removed,
            "tracks": result.tracks,
        }
    for title, failure in failed.items():
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="sync_failed",
            translation_placeholders={"name": title, "error": str(failure)},
        ) from failure
    return {"lockers": told} if call.return_response else None


async def _get_queue(entity: LockerPlayer, call: ServiceCall) -> ServiceResponse:
    """Return a part of a player's queue, and where it is."""
    player = entity.player
    offset, limit = call.data[ATTR_OFFSET], call.data[ATTR_LIMIT]
    current = player.current
    return {
        "length": len(player.queue),
        "position": None if current is None else player.queue.position_of(current.id),
        "elapsed": round(player.elapsed, 3) if current is not None else None,
        "items": [
            {"position": offset + index, "current": item is current, **_queued(item)}
            for index, item in enumerate(player.queue[offset : offset + limit])
        ],
    }


def _queued(item: QueueItem) -> dict[str, Any]:
    """Describe an entry of the queue; web addresses stay here, for they may hold keys."""
    track = item.track
    if track is None:
        foreign = item.url if item.url is not None and is_media_source_id(item.url) else None
        return {"title": None, "artist": None, "album": None, "duration": None, "media_content_id": foreign}
    return {
        "title": track.title,
        "artist": track.artist,
        "album": track.album,
        "duration": track.duration,
        "media_content_id": uri(ItemNode(track.locker, MediaKind.TRACK, track.id)),
    }
