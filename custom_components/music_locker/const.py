"""Names that the component's modules share."""

from enum import StrEnum
from typing import Final

DOMAIN: Final = "music_locker"
NAME: Final = "Music Locker"

CONF_KIND: Final = "kind"
CONF_LIVE_TOKEN: Final = "live_token"  # noqa: S105 - the name of a setting
CONF_PLAYER_ID: Final = "player_id"
CONF_SERVICE: Final = "service"
CONF_SETTINGS: Final = "settings"

STREAM_URL: Final = "/api/music_locker/stream/{token}/{file}"
LIVE_URL: Final = "/api/music_locker/live/{token}/{player}.mp3"
ARTWORK_URL: Final = "/api/music_locker/artwork/{locker}/{artwork}"


class EntryKind(StrEnum):
    """Tell what a config entry is."""

    LOCKER = "locker"
    PLAYER = "player"
    MPD_SERVER = "mpd_server"
