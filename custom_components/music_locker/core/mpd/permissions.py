"""What a client may do, in MPD's five levels."""

from collections.abc import Iterable, Mapping
from enum import IntFlag


class Permission(IntFlag):
    """Name MPD's permissions; a client without a password that is needed has NONE."""

    NONE = 0
    READ = 1
    ADD = 2
    CONTROL = 4
    ADMIN = 8
    PLAYER = 16


ALL_PERMISSIONS = Permission.READ | Permission.ADD | Permission.CONTROL | Permission.ADMIN | Permission.PLAYER

PERMISSION_NAMES: Mapping[str, Permission] = {
    "read": Permission.READ,
    "add": Permission.ADD,
    "player": Permission.PLAYER,
    "control": Permission.CONTROL | Permission.PLAYER,
    "admin": Permission.ADMIN,
}
"""What MPD calls them where they are given to passwords; who has ``control`` has ``player`` too."""


def permissions_named(names: Iterable[str]) -> Permission:
    """Return the permissions of these names together; raise KeyError for a name that there is not."""
    permissions = Permission.NONE
    for name in names:
        permissions |= PERMISSION_NAMES[name]
    return permissions
