"""Nodes of the browse tree as our own players show them."""

from homeassistant.components.media_player import BrowseMedia
from homeassistant.core import HomeAssistant

from .browse import Node
from .identifier import LiveNode, uri
from .searching import SEARCH_CLASSES
from .views import artwork_path


def browse_media(hass: HomeAssistant, node: Node) -> BrowseMedia:
    """Return a node as our own players show it: what is inside can be played as a whole."""
    children = None
    if node.children is not None:
        children = [browse_media(hass, child) for child in node.children if not isinstance(child.identifier, LiveNode)]
    return BrowseMedia(
        media_content_id=uri(node.identifier),
        title=node.title,
        media_class=node.media_class,
        media_content_type=node.media_type,
        can_play=node.playable,
        can_expand=node.expandable,
        can_search=node.searchable,
        search_media_classes=SEARCH_CLASSES if node.searchable else None,
        thumbnail=artwork_path(hass, node.artwork),
        # With the children at hand Home Assistant sees for itself: a long list holds letters.
        children_media_class=node.children_class if node.children is None else None,
        children=children,
    )
