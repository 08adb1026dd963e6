"""The lockers in Home Assistant's media browser, for any speaker."""

from typing import override

from homeassistant.components.media_player import BrowseError, SearchMedia, SearchMediaQuery
from homeassistant.components.media_source import (
    BrowseMediaSource,
    MediaSource,
    MediaSourceItem,
    PlayMedia,
    Unresolvable,
)
from homeassistant.core import HomeAssistant

from .browse import BrowseTree, Node, UnknownNodeError
from .const import DOMAIN, NAME
from .core.models import MediaKind, TrackKey
from .identifier import Identifier, InvalidIdentifierError, ItemNode, LiveNode, parse, shortened
from .live import live_stream
from .runtime import open_core
from .searching import SEARCH_CLASSES, search
from .targets import target_output
from .views import artwork_path


async def async_get_media_source(hass: HomeAssistant) -> LockerMediaSource:
    """Make the one media source of all lockers."""
    return LockerMediaSource(hass)


class LockerMediaSource(MediaSource):
    """Show all lockers that are set up, and give their tracks to players of other integrations."""

    name = NAME

    def __init__(self, hass: HomeAssistant) -> None:
        """Browse the core of this Home Assistant."""
        super().__init__(DOMAIN)
        self.hass = hass
        self._tree = BrowseTree(hass)

    @override
    async def async_browse_media(self, item: MediaSourceItem) -> BrowseMediaSource:
        """Return a node with its children."""
        try:
            return _media_source_node(self.hass, await self._tree.node(parse(item.identifier)))
        except (InvalidIdentifierError, UnknownNodeError) as error:
            raise _unknown(BrowseError, item) from error

    @override
    async def async_search_media(self, item: MediaSourceItem, query: SearchMediaQuery) -> SearchMedia:
        """Search below a node."""
        try:
            found = await search(self.hass, self._tree, parse(item.identifier), query)
        except (InvalidIdentifierError, UnknownNodeError) as error:
            raise _unknown(BrowseError, item) from error
        return SearchMedia(result=[_media_source_node(self.hass, node) for node in found])

    @override
    async def async_resolve_media(self, item: MediaSourceItem) -> PlayMedia:
        """Return where the player that asked finds a track or a live stream."""
        try:
            identifier = parse(item.identifier)
        except InvalidIdentifierError as error:
            raise _unknown(Unresolvable, item) from error
        match identifier:
            case ItemNode(locker, MediaKind.TRACK, track_id):
                found = self._resolve_track(TrackKey(locker, track_id), item.target_media_player)
            case LiveNode(str(player_id)):
                found = self._resolve_live(player_id)
            case _:
                raise Unresolvable(
                    translation_domain=DOMAIN,
                    translation_key="only_tracks_resolve",
                    translation_placeholders={"id": shortened(item.identifier)},
                )
        if found is None:
            raise _unknown(Unresolvable, item)
        return found

    def _resolve_track(self, key: TrackKey, target: str | None) -> PlayMedia | None:
        core = open_core(self.hass)
        track = core.library.catalog.track(key) if core is not None else None
        if core is None or track is None:
            return None
        if not track.available:
            raise Unresolvable(
                translation_domain=DOMAIN,
                translation_key="track_not_available",
                translation_placeholders={"title": track.title},
            )
        output_id = target_output(self.hass, core.streams, target)
        return PlayMedia(core.streams.path(output_id, track), track.mime_type)

    def _resolve_live(self, player_id: str) -> PlayMedia | None:
        stream = live_stream(self.hass, player_id)
        return None if stream is None else PlayMedia(stream.path, "audio/mpeg")


def _media_source_node(hass: HomeAssistant, node: Node) -> BrowseMediaSource:
    """Return a node as media sources show it: only what resolves to one URL can be played."""
    identifier: Identifier = node.identifier
    return BrowseMediaSource(
        domain=DOMAIN,
        identifier=str(identifier) or None,
        title=node.title,
        media_class=node.media_class,
        media_content_type=node.media_type,
        can_play=not node.expandable and (node.playable or isinstance(identifier, LiveNode)),
        can_expand=node.expandable,
        can_search=node.searchable,
        search_media_classes=SEARCH_CLASSES if node.searchable else None,
        thumbnail=artwork_path(hass, node.artwork),
        # With the children at hand Home Assistant sees for itself: a long list holds letters.
        children_media_class=node.children_class if node.children is None else None,
        children=None if node.children is None else [_media_source_node(hass, child) for child in node.children],
    )


def _unknown[E: (BrowseError, Unresolvable)](error: type[E], item: MediaSourceItem) -> E:
    return error(
        translation_domain=DOMAIN,
        translation_key="unknown_media",
        translation_placeholders={"id": shortened(item.identifier)},
    )
