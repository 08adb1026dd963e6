"""What config entries run, kind by kind: a locker, a player, the MPD server."""

import asyncio
import errno
from contextlib import AsyncExitStack, suppress
from typing import Any, Final

from homeassistant.const import CONF_HOST, CONF_PASSWORD, CONF_PORT, CONF_TARGET
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryNotReady
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.event import async_track_entity_registry_updated_event

from .announcing import announce
from .const import (
    CONF_ANNOUNCE,
    CONF_BASE_URL,
    CONF_DEFAULT_PERMISSIONS,
    CONF_KIND,
    CONF_MAXIMUM_CONNECTIONS,
    CONF_PLAYER_ID,
    CONF_SERVICE,
    CONF_SETTINGS,
    CONF_SYNC_INTERVAL,
    CONF_TIMEOUT,
    DEFAULT_SYNC_INTERVAL,
    DOMAIN,
    EntryKind,
)
from .core.errors import AuthenticationError, LockerError
from .core.hub import Core, CoreEvent
from .core.library import LibraryError, SyncEnded
from .core.lockers import create_adapter
from .core.lockers.base import Adapter
from .core.mpd.access import Access
from .core.mpd.limits import CONNECTION_TIMEOUT, MAXIMUM_CONNECTIONS, Limits
from .core.mpd.permissions import ALL_PERMISSIONS, permissions_named
from .core.mpd.server import MpdServer
from .core.playback.output import Output
from .core.playback.player import Player
from .exposure import expose_again, take_area
from .issues import forget_issues, storage_error, tell_of_newer_version, tell_of_port, watch_address
from .listening import is_loopback
from .output import HomeAssistantOutput
from .runtime import MusicLockerConfigEntry, MusicLockerData, shared_core

LOGIN_TIMEOUT: Final = 30.0  # seconds


async def open_entry(hass: HomeAssistant, entry: MusicLockerConfigEntry, resources: AsyncExitStack) -> MusicLockerData:
    """Open what an entry runs, and have ``resources`` close it; raise ConfigEntryAuthFailed, ConfigEntryNotReady."""
    try:
        core = await resources.enter_async_context(shared_core(hass).use())
        return await _open(hass, entry, core, resources)
    except LibraryError as error:
        raise storage_error(hass, entry, error) from error


async def _open(
    hass: HomeAssistant, entry: MusicLockerConfigEntry, core: Core, resources: AsyncExitStack
) -> MusicLockerData:
    speaker: HomeAssistantOutput | None = None
    locker_id: str | None = None
    match entry.data[CONF_KIND]:
        case EntryKind.LOCKER:
            await _open_locker(hass, entry, core, resources)
            locker_id = entry.entry_id
        case EntryKind.PLAYER if CONF_TARGET in entry.data:
            address = entry.options.get(CONF_BASE_URL)
            speaker = HomeAssistantOutput(hass, entry.entry_id, entry.data[CONF_TARGET], core.streams, address=address)
            resources.callback(_follow_new_ids(hass, entry))
            resources.callback(watch_address(hass, entry))
            take_area(hass, entry)
    player = await _open_player(entry, core, resources, speaker)
    if entry.data[CONF_KIND] == EntryKind.MPD_SERVER:
        await _open_mpd_server(hass, entry, core, resources)
    tell_of_newer_version(hass, entry, newer=False)
    return MusicLockerData(core, player, AsyncExitStack(), locker_id=locker_id, speaker=speaker)


async def _open_player(
    entry: MusicLockerConfigEntry, core: Core, resources: AsyncExitStack, output: Output | None
) -> Player:
    player_id = entry.data[CONF_PLAYER_ID]
    player = await core.add_player(player_id, entry.title, output)
    resources.push_async_callback(core.remove_player, player_id)
    return player


@callback
def _follow_new_ids(hass: HomeAssistant, entry: MusicLockerConfigEntry) -> CALLBACK_TYPE:
    """Keep to the speaker when a user gives it a new entity id; the answer ends that."""

    @callback
    def note(event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        if (new_id := event.data["entity_id"]) != entry.data[CONF_TARGET] and event.data["action"] == "update":
            hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_TARGET: new_id})
            hass.config_entries.async_schedule_reload(entry.entry_id)

    return async_track_entity_registry_updated_event(hass, entry.data[CONF_TARGET], note)


async def _open_locker(
    hass: HomeAssistant, entry: MusicLockerConfigEntry, core: Core, resources: AsyncExitStack
) -> None:
    """Log in, and let the index be read behind; a locker that was read before is there without its service too."""
    adapter = create_adapter(entry.data[CONF_SERVICE], entry.data[CONF_SETTINGS], async_get_clientsession(hass))
    try:
        await _log_in(entry, core, adapter)
        minutes = entry.options.get(CONF_SYNC_INTERVAL, DEFAULT_SYNC_INTERVAL)
        await core.add_locker(entry.entry_id, entry.title, adapter, sync_interval=minutes * 60.0)
    except BaseException:
        await adapter.close()
        raise
    resources.push_async_callback(core.close_locker, entry.entry_id)

    @callback
    def ask_for_login(event: CoreEvent) -> None:
        match event:
            case SyncEnded(locker=entry.entry_id, error=AuthenticationError()):
                entry.async_start_reauth(hass)

    resources.callback(core.subscribe(ask_for_login))


async def _log_in(entry: MusicLockerConfigEntry, core: Core, adapter: Adapter) -> None:
    try:
        async with asyncio.timeout(LOGIN_TIMEOUT):
            await adapter.login()
    except AuthenticationError as error:
        raise ConfigEntryAuthFailed(
            translation_domain=DOMAIN,
            translation_key="login_refused",
            translation_placeholders={"name": entry.title, "error": str(error)},
        ) from error
    except (LockerError, TimeoutError) as error:
        if core.library.catalog.last_sync(entry.entry_id) is None:
            raise _not_ready("locker_unreachable", name=entry.title, error=str(error)) from error


async def _open_mpd_server(
    hass: HomeAssistant, entry: MusicLockerConfigEntry, core: Core, resources: AsyncExitStack
) -> None:
    data = entry.data
    await core.partitions.open(data[CONF_PLAYER_ID])
    resources.push_async_callback(core.partitions.close, data[CONF_PLAYER_ID])
    server = MpdServer(
        core,
        host=data[CONF_HOST],
        port=data[CONF_PORT],
        access=_access(entry),
        default_player=data[CONF_PLAYER_ID],
        limits=Limits(
            max_connections=entry.options.get(CONF_MAXIMUM_CONNECTIONS, MAXIMUM_CONNECTIONS),
            connection_timeout=entry.options.get(CONF_TIMEOUT, CONNECTION_TIMEOUT),
        ),
    )
    try:
        await server.start()
    except OSError as error:
        tell_of_port(hass, entry, taken=error.errno == errno.EADDRINUSE)
        raise _not_ready("port_not_free", host=data[CONF_HOST], port=str(data[CONF_PORT])) from error
    tell_of_port(hass, entry, taken=False)
    resources.push_async_callback(server.close)
    if entry.options.get(CONF_ANNOUNCE, True) and not is_loopback(data[CONF_HOST]):
        resources.push_async_callback(await announce(hass, entry.title, data[CONF_HOST], server.port))


def _access(entry: MusicLockerConfigEntry) -> Access:
    """Return what clients may do with the password and without it."""
    password = entry.data.get(CONF_PASSWORD)
    if password is None:
        return Access()
    return Access(
        {password: ALL_PERMISSIONS}, default=permissions_named(entry.options.get(CONF_DEFAULT_PERMISSIONS, ()))
    )


def _not_ready(key: str, **placeholders: Any) -> ConfigEntryNotReady:
    return ConfigEntryNotReady(translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders)


async def forget_entry(hass: HomeAssistant, entry: MusicLockerConfigEntry) -> None:
    """Drop what an entry left in the index, and undo what was done for it."""
    expose_again(hass, entry)
    forget_issues(hass, entry)
    with suppress(LibraryError):  # nothing can be dropped from an index that does not open
        async with shared_core(hass).use() as core:
            await core.forget_player(entry.data[CONF_PLAYER_ID])
            await core.partitions.forget(entry.data[CONF_PLAYER_ID])
            if entry.data[CONF_KIND] == EntryKind.LOCKER:
                await core.remove_locker(entry.entry_id)
