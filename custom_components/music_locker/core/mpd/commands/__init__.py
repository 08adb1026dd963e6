"""The commands of the MPD protocol, one module per section of its documentation; importing this registers them."""

from . import (
    artwork,
    connection,
    database,
    messages,
    mixer,
    negotiation,
    options,
    outputs,
    partitions,
    playback,
    queue,
    queue_database,
    reflection,
    status,
    stored_playlists,
)

__all__ = [
    "artwork",
    "connection",
    "database",
    "messages",
    "mixer",
    "negotiation",
    "options",
    "outputs",
    "partitions",
    "playback",
    "queue",
    "queue_database",
    "reflection",
    "status",
    "stored_playlists",
]
