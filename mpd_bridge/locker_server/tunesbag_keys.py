"""Keys as tunesBag has them: ColdFusion UUIDs, 35 characters, 8-4-4-16 hexadecimal digits in upper case."""

import hashlib
import secrets


def key_of(*names: str) -> str:
    """Return the key of what these names name; it is always the same."""
    return _formed(hashlib.sha256("\0".join(names).encode()).hexdigest())


def new_key() -> str:
    """Return a key that nobody can guess."""
    return _formed(secrets.token_hex(16))


def _formed(digits: str) -> str:
    digits = digits.upper()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:32]}"
