"""The switches of the MP3tunes part: strict as its documents, or lenient for old clients."""

from dataclasses import dataclass

DEFAULT_FILE_LIMIT = 20 * 2**20


@dataclass(frozen=True, slots=True)
class Bases:
    """The public URLs of the three hosts, without a slash at the end ("https://shop.example.org")."""

    authentication: str
    general: str
    storage: str


@dataclass(frozen=True, slots=True)
class Mp3tunesOptions:
    """How to treat clients. Sizes are bytes.

    ``partner_tokens``: the tokens that are good; none given means that every token is, but there must be one.
    ``partner_token_optional``: take calls without a token, as the documents' own examples make them (row M8).
    ``success_headers``: send X-MP3tunes-ErrorNo 200001 with good storage answers; old clients take it for a fault
    (M66).
    ``http_errors``: answer 401 instead of 200 where a call without a session or token is refused (M24).
    ``file_limit``: the largest file that is taken (M64). ``capacity``: what the whole locker may hold (M77).
    ``bases``: the three hosts where they differ; then a method on the wrong one is refused (M6). ``base_url``: one
    public URL for all three, for a server behind a proxy. Without either, URLs begin as the client's request did.
    ``versions``: of the API, those that it speaks; a server of the first documents has 0 only.
    """

    partner_tokens: frozenset[str] = frozenset()
    partner_token_optional: bool = False
    success_headers: bool = True
    http_errors: bool = False
    file_limit: int = DEFAULT_FILE_LIMIT
    capacity: int | None = None
    bases: Bases | None = None
    base_url: str | None = None
    versions: frozenset[int] = frozenset({0, 1})
