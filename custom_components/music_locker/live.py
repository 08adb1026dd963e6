"""The live streams of players, each at an address of its own that nobody can guess."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field

from homeassistant.core import HomeAssistant, callback

from .const import CONF_LIVE_TOKEN, DOMAIN, LIVE_URL
from .runtime import MusicLockerConfigEntry

_TOKEN_BYTES = 16


@dataclass(frozen=True, slots=True)
class LiveStream:
    """Describe the live stream of a player; the ``token`` guards it."""

    player_id: str
    title: str
    token: str = field(repr=False)

    @property
    def path(self) -> str:
        """Return where a speaker finds it."""
        return LIVE_URL.format(token=self.token, player=self.player_id)


@callback
def live_streams(hass: HomeAssistant) -> Iterator[LiveStream]:
    """Return the live streams of all players: those of entries, and of the partitions that MPD clients made."""
    entries: list[MusicLockerConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    for entry in entries:
        yield live_stream_of(entry)
        data = entry.runtime_data
        for name in data.core.partitions.of(data.player.id):
            if name in data.core.players:
                yield LiveStream(name, name, _token_of_partition(entry, name))


@callback
def live_stream(hass: HomeAssistant, player_id: str) -> LiveStream | None:
    """Return the live stream of a player, None where there is none."""
    return next((stream for stream in live_streams(hass) if stream.player_id == player_id), None)


@callback
def live_stream_of(entry: MusicLockerConfigEntry) -> LiveStream:
    """Return the live stream of an entry's own player."""
    return LiveStream(entry.runtime_data.player.id, entry.title, entry.data[CONF_LIVE_TOKEN])


def _token_of_partition(entry: MusicLockerConfigEntry, name: str) -> str:
    """Sign a partition's name with the token of its server's entry: it is the same after a restart."""
    signed = hmac.digest(entry.data[CONF_LIVE_TOKEN].encode(), name.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(signed[:_TOKEN_BYTES]).decode().rstrip("=")
