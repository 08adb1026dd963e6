"""What is told to the user under *Repairs*, and taken back once it is solved."""

from collections.abc import Callable
from typing import Any

from homeassistant.components.homeassistant.exposed_entities import async_listen_entity_updates
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST, CONF_PORT, CONF_TARGET, EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryError, ConfigEntryNotReady, HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir

from .const import CONF_BASE_URL, DOMAIN
from .core.library import LibraryError, NewerVersionError, StorageFullError
from .exposure import ASSIST, area_of, is_exposed, own_entity_id
from .reachability import speakers_reach
from .speaker import Speaker

DISK_FULL = "disk_full"
INDEX_REBUILT = "index_rebuilt"
NEWER_VERSION = "newer_version"
NO_ADDRESS = "no_address"
PORT_TAKEN = "port_taken"
SPEAKER_EXPOSED = "speaker_exposed"

_OF_AN_ENTRY = (NEWER_VERSION, NO_ADDRESS, PORT_TAKEN, SPEAKER_EXPOSED)
ENTRY_ID = "entry_id"


@callback
def _create(  # noqa: PLR0913 - keywords, each a property of an issue
    hass: HomeAssistant,
    key: str,
    entry: ConfigEntry | None = None,
    *,
    fixable: bool = False,
    persistent: bool = False,
    severity: ir.IssueSeverity = ir.IssueSeverity.ERROR,
    **placeholders: str,
) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        key if entry is None else f"{key}_{entry.entry_id}",
        data=None if entry is None else {ENTRY_ID: entry.entry_id},
        is_fixable=fixable,
        is_persistent=persistent,
        severity=severity,
        translation_key=key,
        translation_placeholders=placeholders or None,
    )


@callback
def _delete(hass: HomeAssistant, key: str, entry: ConfigEntry | None = None) -> None:
    ir.async_delete_issue(hass, DOMAIN, key if entry is None else f"{key}_{entry.entry_id}")


@callback
def forget_issues(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take back what was told about an entry that is removed."""
    for key in _OF_AN_ENTRY:
        _delete(hass, key, entry)


# What is kept


@callback
def tell_of_rebuilt_index(hass: HomeAssistant) -> None:
    """Tell that the index was damaged and is read again, until the user has seen it."""
    _create(hass, INDEX_REBUILT, fixable=True, persistent=True, severity=ir.IssueSeverity.WARNING)


@callback
def tell_of_full_disk(hass: HomeAssistant, *, full: bool) -> None:
    """Tell that nothing can be kept, or take that back."""
    if full:
        _create(hass, DISK_FULL)
    else:
        _delete(hass, DISK_FULL)


@callback
def tell_of_newer_version(hass: HomeAssistant, entry: ConfigEntry, *, newer: bool) -> None:
    """Tell that a newer version has written what an entry needs, or take that back."""
    if newer:
        _create(hass, NEWER_VERSION, entry, name=entry.title)
    else:
        _delete(hass, NEWER_VERSION, entry)


@callback
def storage_error(hass: HomeAssistant, entry: ConfigEntry, error: LibraryError) -> HomeAssistantError:
    """Tell of it, as far as the user can help, and return the error to end an entry's set-up with."""
    match error:
        case NewerVersionError():
            tell_of_newer_version(hass, entry, newer=True)
            return ConfigEntryError(translation_domain=DOMAIN, translation_key="newer_version")
        case StorageFullError():
            tell_of_full_disk(hass, full=True)
            return ConfigEntryNotReady(translation_domain=DOMAIN, translation_key="disk_full")
    return ConfigEntryNotReady(
        translation_domain=DOMAIN,
        translation_key="storage_failed",
        translation_placeholders={"error": str(error)},
    )


# The MPD server


@callback
def tell_of_port(hass: HomeAssistant, entry: ConfigEntry, *, taken: bool) -> None:
    """Tell that another program has the port of the MPD server, or take that back."""
    if taken:
        port = str(entry.data[CONF_PORT])
        _create(hass, PORT_TAKEN, entry, fixable=True, name=entry.title, host=entry.data[CONF_HOST], port=port)
    else:
        _delete(hass, PORT_TAKEN, entry)


# Players


@callback
def watch_address(hass: HomeAssistant, entry: ConfigEntry) -> CALLBACK_TYPE:
    """Tell while a player's speaker has no address to reach Home Assistant at; the answer ends that."""

    @callback
    def look(_: Event | None = None) -> None:
        if CONF_BASE_URL in entry.options or speakers_reach(hass):
            _delete(hass, NO_ADDRESS, entry)
        else:
            _create(hass, NO_ADDRESS, entry, fixable=True, name=entry.title)

    look()
    return hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, look)


@callback
def watch_exposure(hass: HomeAssistant, entry: ConfigEntry) -> CALLBACK_TYPE:
    """Tell while Assist knows a player and its speaker in one area; the answer ends that."""
    target = entry.data[CONF_TARGET]

    @callback
    def look(_: Event[Any] | None = None) -> None:
        if _both_known(hass, target, own_entity_id(hass, entry)):
            speaker = Speaker(hass, target).name
            severity = ir.IssueSeverity.WARNING
            _create(hass, SPEAKER_EXPOSED, entry, fixable=True, severity=severity, name=entry.title, speaker=speaker)
        else:
            _delete(hass, SPEAKER_EXPOSED, entry)

    look()
    unsubscribe: list[Callable[[], None]] = [
        async_listen_entity_updates(hass, ASSIST, look),
        hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, look),
        hass.bus.async_listen(dr.EVENT_DEVICE_REGISTRY_UPDATED, look),
    ]

    @callback
    def stop() -> None:
        for end in unsubscribe:
            end()

    return stop


def _both_known(hass: HomeAssistant, speaker: str, player: str | None) -> bool:
    area = area_of(hass, speaker)
    return (
        player is not None
        and area is not None
        and area == area_of(hass, player)
        and is_exposed(hass, player)
        and is_exposed(hass, speaker)
    )
