"""What may stand in the configuration file; every message goes on after ``FILE: KEY:``."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import voluptuous as vol
from yarl import URL

from music_locker_core.errors import LockerError
from music_locker_core.lockers.addresses import base_url
from music_locker_core.lockers.base import Setting, SettingKind
from music_locker_core.mpd.command_list import LARGEST_LIST
from music_locker_core.mpd.limits import CONNECTION_TIMEOUT, LARGEST_OUTPUT, MAXIMUM_CONNECTIONS
from music_locker_core.mpd.permissions import PERMISSION_NAMES, Permission, permissions_named

LOOPBACK: Final = "127.0.0.1"
MPD_PORT: Final = 6600
HTTP_PORT: Final = 8600
SYNC_INTERVAL: Final = 900.0  # seconds
KIB: Final = 1024  # bytes
_SHORTEST_INTERVAL: Final = 10
_HIGHEST_PORT: Final = 65535
# voluptuous has no class for an unknown key, only a message; Home Assistant's drop-in for it, which replaces it in
# every process that imports Home Assistant, has another one.
_OWN_WORDS: Final = {
    "required key not provided": "is missing",
    "extra keys not allowed": "is not a setting",
    "not a valid option": "is not a setting",
}


def text(value: object) -> str:
    """Take a text, without the blanks around it."""
    if not isinstance(value, str) or not value.strip():
        raise vol.Invalid("must be a text in quotes that is not empty")
    return value.strip()


def secret(value: object) -> str:
    """Take a text as it is: a password may begin with a blank."""
    if not isinstance(value, str) or not value:
        raise vol.Invalid("must be a text in quotes that is not empty")
    return value


def port(value: object) -> int:
    """Take a port; 0 lets the system choose."""
    if type(value) is not int or not 0 <= value <= _HIGHEST_PORT:
        raise vol.Invalid(f"must be a whole number from 0 to {_HIGHEST_PORT}")
    return value


def switch(value: object) -> bool:
    """Take what is on or off."""
    if not isinstance(value, bool):
        raise vol.Invalid("must be true or false")
    return value


def permissions(value: object) -> Permission:
    """Take a list of MPD's names of permissions."""
    known = ", ".join(PERMISSION_NAMES)
    if not isinstance(value, list):
        raise vol.Invalid(f"must be a list of: {known}")
    try:
        return permissions_named(value)
    except (KeyError, TypeError) as error:
        raise vol.Invalid(f"must be a list of: {known}") from error


def at_least(least: int) -> Callable[[object], int]:
    """Return what takes a whole number."""

    def take(value: object) -> int:
        if type(value) is not int or value < least:
            raise vol.Invalid(f"must be a whole number, at least {least}")
        return value

    return take


def interval(value: object) -> float:
    """Take seconds between two syncs."""
    if type(value) not in {int, float} or not value >= _SHORTEST_INTERVAL:  # type: ignore[operator] # it is a number
        raise vol.Invalid(f"must be a number of seconds, at least {_SHORTEST_INTERVAL}")
    return float(value)  # type: ignore[arg-type] # same


def web_address(value: object) -> str:
    """Take the address of a service, as adapters do."""
    typed = text(value)
    try:
        base_url(typed)
    except LockerError as error:
        raise vol.Invalid(str(error)) from error
    return typed


def listener_address(value: object) -> str:
    """Take the http(s) address of a host, and a path before ours if a proxy adds one; without a slash at its end."""
    typed = text(value)
    try:
        url = URL(typed)
    except ValueError as error:
        raise vol.Invalid("must be an http or https address") from error
    if url.scheme not in {"http", "https"} or not url.host or url.query or url.fragment:
        raise vol.Invalid("must be an http or https address")
    return typed.rstrip("/")


def with_file(key: str) -> dict[vol.Marker, Any]:
    """Allow a secret in the file itself, or the name of a file that holds nothing else."""
    return {vol.Exclusive(key, key): secret, vol.Exclusive(f"{key}_file", key): text}


TABLES: Final = vol.Schema(
    {
        vol.Optional("state", default=dict): vol.Schema({vol.Optional("directory"): text}),
        vol.Optional("mpd", default=dict): vol.Schema(
            {
                vol.Optional("host", default=LOOPBACK): text,
                vol.Optional("port", default=MPD_PORT): port,
                vol.Optional("announce", default=True): switch,
                **with_file("password"),
                vol.Optional("default_permissions"): permissions,
                vol.Optional("guest", default=list): [
                    vol.Schema({**with_file("password"), vol.Required("permissions"): permissions})
                ],
                # MPD's own names and units.
                vol.Optional("max_connections", default=MAXIMUM_CONNECTIONS): at_least(1),
                vol.Optional("connection_timeout", default=int(CONNECTION_TIMEOUT)): at_least(1),
                vol.Optional("max_command_list_size", default=LARGEST_LIST // KIB): at_least(1),
                vol.Optional("max_output_buffer_size", default=LARGEST_OUTPUT // KIB): at_least(64),
            }
        ),
        vol.Optional("http", default=dict): vol.Schema(
            {
                vol.Optional("host", default=LOOPBACK): text,
                vol.Optional("port", default=HTTP_PORT): port,
                vol.Optional("base_url"): listener_address,
            }
        ),
        # The rest of a locker's keys is its service's affair: locker().
        vol.Optional("locker", default=list): [
            vol.Schema({vol.Required("name"): text, vol.Required("service"): text}, extra=vol.ALLOW_EXTRA)
        ],
        vol.Optional("player", default=list): [{vol.Required("name"): text}],
    }
)


def locker(settings: Sequence[Setting]) -> vol.Schema:
    """Return what a ``[[locker]]`` of a service may hold; secrets may also come from elsewhere."""
    keys: dict[vol.Marker, Any] = {
        vol.Required("name"): text,
        vol.Required("service"): text,
        vol.Optional("sync_interval", default=SYNC_INTERVAL): interval,
    }
    for setting in settings:
        if setting.secret:
            keys |= with_file(setting.key)
            continue
        marker = vol.Required if setting.required and setting.default is None else vol.Optional
        keys[marker(setting.key)] = web_address if setting.kind is SettingKind.URL else text
    return vol.Schema(keys)


def explain(error: vol.Invalid) -> tuple[list[object], str]:
    """Return the path of keys that the first error is about, and its message."""
    first = error.errors[0] if isinstance(error, vol.MultipleInvalid) else error
    if isinstance(first, vol.ExclusiveInvalid):
        *table, group = first.path
        key = str(group).strip("<>")  # it is a group's name, and written as one
        return [*table, key], f"give {key} or {key}_file, not both"
    if isinstance(first, vol.DictInvalid):
        return list(first.path), "must be a table"
    if isinstance(first, vol.SequenceTypeInvalid):
        return list(first.path), f"must be written [[{first.path[-1]}]]"
    return list(first.path), _OWN_WORDS.get(first.msg.partition(",")[0], first.msg)
