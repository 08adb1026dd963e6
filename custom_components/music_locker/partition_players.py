"""The players of partitions that MPD clients made: they come and go while the MPD server's entry runs."""

from collections.abc import Callable, Iterable

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo

from .const import DOMAIN, NAME
from .core.hub import CoreEvent, PlayersChanged
from .core.playback.player import Player
from .entity import device_of
from .runtime import MusicLockerConfigEntry


def partition_id(entry: MusicLockerConfigEntry, name: str) -> str:
    """Return what identifies a partition of an entry, as a device and as a player."""
    return f"{entry.entry_id}_{name}"


@callback
def partition_device(hass: HomeAssistant, entry: MusicLockerConfigEntry, player: Player) -> DeviceInfo:
    """Return the device of a partition, which is behind the MPD server's."""
    server = dr.async_get(hass).async_get_or_create(config_entry_id=entry.entry_id, **device_of(entry))
    return DeviceInfo(
        identifiers={(DOMAIN, partition_id(entry, player.id))},
        name=player.name,
        manufacturer=NAME,
        entry_type=DeviceEntryType.SERVICE,
        via_device_id=server.id,
    )


@callback
def show_partitions(
    hass: HomeAssistant, entry: MusicLockerConfigEntry, show: Callable[[Iterable[Player]], None]
) -> None:
    """Call ``show`` with the players of an entry's partitions as they come; forget devices of those that are gone."""
    core, owner = entry.runtime_data.core, entry.runtime_data.player.id
    known: set[Player] = set()

    @callback
    def update() -> None:
        names = core.partitions.of(owner)
        _forget_others(hass, entry, names)
        present = [core.players[name] for name in names if name in core.players]
        added = [player for player in present if player not in known]
        known.clear()
        known.update(present)
        show(added)

    @callback
    def told(event: CoreEvent) -> None:
        if isinstance(event, PlayersChanged):
            update()

    entry.async_on_unload(core.subscribe(told))
    update()


@callback
def _forget_others(hass: HomeAssistant, entry: MusicLockerConfigEntry, names: list[str]) -> None:
    """Remove the devices of partitions that there are no more, and with them their entities."""
    kept = {(DOMAIN, entry.entry_id), *((DOMAIN, partition_id(entry, name)) for name in names)}
    registry = dr.async_get(hass)
    for device in dr.async_entries_for_config_entry(registry, entry.entry_id):
        if device.identifiers.isdisjoint(kept):
            registry.async_remove_device(device.id)
