"""Passwords, and what each of them permits (MPD's ``password`` and ``default_permissions``)."""

import hmac
from collections.abc import Mapping
from hashlib import sha256
from typing import Self, override

from .permissions import ALL_PERMISSIONS, Permission

__all__ = ["Access"]


class Access:
    """Say what clients may do, by the password that they give. It shows no password."""

    __slots__ = ("_digests", "default")

    def __init__(self, passwords: Mapping[str, Permission] | None = None, *, default: Permission | None = None) -> None:
        """Give each password its permissions, and ``default`` to clients without one.

        Without ``default`` these may do nothing where there are passwords, and everything where there are none.
        """
        known = passwords or {}
        self._digests = [(_digest(password), permissions) for password, permissions in known.items()]
        self.default = default if default is not None else Permission.NONE if known else ALL_PERMISSIONS

    @classmethod
    def of(cls, password: str | None) -> Self:
        """Let everybody do everything, or those who know the one password."""
        return cls() if password is None else cls({password: ALL_PERMISSIONS})

    def permissions(self, password: str) -> Permission | None:
        """Return what a password permits, None if it is none; how long that takes tells nothing of the others."""
        given = _digest(password)
        found = None
        for digest, permissions in self._digests:
            if hmac.compare_digest(digest, given):
                found = permissions
        return found

    @override
    def __repr__(self) -> str:
        return f"<Access with {len(self._digests)} passwords>"


def _digest(password: str) -> bytes:
    return sha256(password.encode(errors="replace")).digest()
