"""The switches of the tunesBag part: strict as its document, or as its clients need it."""

from dataclasses import dataclass

DEFAULT_FILE_LIMIT = 200 * 2**20
DEFAULT_TICKET_LIFETIME = 900.0


@dataclass(frozen=True, slots=True)
class TunesbagOptions:
    """How to treat clients. Sizes are bytes, times seconds.

    ``app_keys``: the application keys that are good; none given means that every one is, but there must be one.
    ``privileged_keys``: the applications that may send Hashpassword instead of a remote key (row T6).
    ``outdated_keys``: the applications that are told that they are too old.
    ``short_codes``: 204, 420 and 430 instead of 4005, 4100 and 4101 (T60 to T62).
    ``metadata_only``: answer 204 in checkhashvalues for a file that another library has (T76).
    ``json_objects``: lists of objects in JSON instead of {"COLUMNS", "DATA"}. ``english_months``: in dates of JSON.
    ``result_everywhere``: send ``result`` also where the printed examples are without it (T18).
    ``listed_after``: how long after its upload an item is not listed yet, "will be added soon" (T59).
    ``ticket_lifetime``: how long a delivery ticket lives after its last use (T72).
    ``preview_seconds``: where a preview ends (T68). ``file_limit``: the largest file that is taken.
    ``base_url``: the public URL, for a server behind a proxy.
    ``public_feeds``: news as RSS for everybody who knows a name (T7).
    """

    app_keys: frozenset[str] = frozenset()
    privileged_keys: frozenset[str] = frozenset()
    outdated_keys: frozenset[str] = frozenset()
    short_codes: bool = False
    metadata_only: bool = False
    json_objects: bool = False
    english_months: bool = False
    result_everywhere: bool = True
    listed_after: float = 0.0
    ticket_lifetime: float = DEFAULT_TICKET_LIFETIME
    preview_seconds: float = 30.0
    file_limit: int = DEFAULT_FILE_LIMIT
    public_feeds: bool = True
    base_url: str | None = None
