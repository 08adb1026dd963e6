"""Names that the component's modules share."""

from enum import StrEnum
from typing import Final

DOMAIN: Final = "music_locker"
NAME: Final = "Music Locker"

CONF_BASE_URL: Final = "base_url"
CONF_KIND: Final = "kind"
CONF_LIVE_TOKEN: Final = "live_token"  # noqa: S105 - the name of a setting
CONF_ANNOUNCE: Final = "announce"
CONF_DEFAULT_PERMISSIONS: Final = "default_permissions"
CONF_MAXIMUM_CONNECTIONS: Final = "maximum_connections"
CONF_PLAYER_ID: Final = "player_id"
CONF_SERVICE: Final = "service"
CONF_SETTINGS: Final = "settings"
CONF_SYNC_INTERVAL: Final = "sync_interval"  # minutes
CONF_TIMEOUT: Final = "timeout"  # seconds
CONF_UNEXPOSED: Final = "unexposed"  # the speaker is hidden from Assist, to be undone

DEFAULT_SYNC_INTERVAL: Final = 15  # minutes

STREAM_URL: Final = "/api/music_locker/stream/{token}/{file}"
LIVE_URL: Final = "/api/music_locker/live/{token}/{player}.mp3"
ARTWORK_URL: Final = "/api/music_locker/artwork/{token}/{locker}/{artwork}"
AUTHORISED_URL: Final = "/api/music_locker/authorised/{state}"


class EntryKind(StrEnum):
    """Tell what a config entry is."""

    LOCKER = "locker"
    PLAYER = "player"
    MPD_SERVER = "mpd_server"
