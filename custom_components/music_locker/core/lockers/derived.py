"""Ids for what a service names but does not number."""

import hashlib

_BYTES = 8


def named_id(*names: str) -> str:
    """Return an id for names, the same for every writing of them in upper and lower case."""
    folded = "\x00".join(name.casefold() for name in names)
    return hashlib.blake2b(folded.encode("utf-8", "replace"), digest_size=_BYTES).hexdigest()
