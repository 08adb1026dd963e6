"""The switches of the 7digital part: strict as its page, or as other servers and older answers of the service are."""

from collections.abc import Mapping
from dataclasses import dataclass, field

DEFAULT_DOWNLOADS = 10
DEFAULT_WINDOW = 300


@dataclass(frozen=True, slots=True)
class SevendigitalOptions:
    """How to treat clients.

    ``downloads``: how often an account may download a track (rows S20, S29); ``downloads_by_licensor`` is that for
    the releases of a licensor, in any case of its letters. ``licensors``: the licensor of a label; a label without
    one is its own.
    ``timestamp_window``: seconds that a client's clock may be wrong, and for which its nonces are remembered (S42).
    ``rate_limit``: how many calls a consumer may make in a day, told in X-RateLimit headers; None is no limit.
    ``http_errors``: errors and error pages come with a 4xx status, else with 200 as they once did (S38).
    ``conversions``: offer and serve other formats than a file's own. ``shop_id`` stands in download URLs.
    ``older_xml``: XML without barcode, purchaseId and completeAlbumPurchase, as the first XML example has it (S21).
    ``json_from_xml``: JSON as it was when it was made from XML: every number and boolean a text, a list of one an
    object, an empty one absent (S28).
    ``request_token_lifetime``: seconds in which a user must have allowed access.
    ``base_url``: the public URL, for a server behind a proxy: signatures are made for it, and answers name it.
    """

    downloads: int = DEFAULT_DOWNLOADS
    downloads_by_licensor: Mapping[str, int] = field(default_factory=dict)
    licensors: Mapping[str, str] = field(default_factory=dict)
    timestamp_window: int = DEFAULT_WINDOW
    rate_limit: int | None = None
    http_errors: bool = True
    conversions: bool = True
    shop_id: int = 1064
    older_xml: bool = False
    json_from_xml: bool = False
    request_token_lifetime: float = 600.0
    base_url: str | None = None
