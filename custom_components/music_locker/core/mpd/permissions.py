"""What a client may do, in MPD's five levels."""

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
