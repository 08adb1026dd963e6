"""The switches of the Audio Delivery Network's part."""

from dataclasses import dataclass

DEFAULT_FILE_LIMIT = 2 * 2**30


@dataclass(frozen=True, slots=True)
class AudiodeliveryOptions:
    """How to treat clients. Sizes are bytes, times seconds.

    ``file_limit``: the largest file that is taken. ``address_lifetime``: how long an upload address is good, at most as
    long as its session, and a media address, at most as long as its play session. ``processing_time``: how long a
    track is told to be in processing at least, as with the service, whose clients must ask again. ``http_errors``:
    answer errors with their HTTP status; without, with 200, where ``ok`` alone tells (row U22). ``calls_per_minute``:
    how often one key may call, None for as often as it likes. ``base_url``: how clients reach the server, behind a
    proxy.
    """

    file_limit: int = DEFAULT_FILE_LIMIT
    address_lifetime: int = 3600
    processing_time: float = 0.0
    http_errors: bool = True
    calls_per_minute: int | None = None
    base_url: str | None = None
