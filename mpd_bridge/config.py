"""The daemon's configuration: one TOML file, checked before anything starts."""

import os
import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

import platformdirs
import voluptuous as vol

from music_locker_core.lockers import ADAPTERS
from music_locker_core.mpd.access import Access
from music_locker_core.mpd.limits import Limits
from music_locker_core.mpd.permissions import ALL_PERMISSIONS, Permission

from . import config_schema as schema
from . import secrets_file

DEFAULT_PLAYER: Final = "default"  # MPD's name for the partition that every server has
DEFAULT_PLAYER_NAME: Final = "Default"
ENVIRONMENT_PREFIX: Final = "MUSIC_LOCKER_"
_MPD: Final = "MPD"  # stands for the MPD server where a locker's name would stand in an environment variable


class ConfigError(Exception):
    """Tell which key of which file is wrong, and why, in one line."""

    def __init__(self, file: Path, place: str, message: str) -> None:
        """Put the line together; ``place`` is empty where the file as a whole is meant."""
        super().__init__(": ".join(part for part in (str(file), place, message) if part))


@dataclass(frozen=True, slots=True)
class LockerConfig:
    """Describe a locker: its settings are the service's own; ``sync_interval`` is seconds.

    ``kept`` names the settings that a login has kept and nothing else gives.
    """

    name: str
    service: str
    settings: Mapping[str, str] = field(repr=False)
    sync_interval: float = schema.SYNC_INTERVAL
    kept: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PlayerConfig:
    """Describe a player; ``id`` is its name as an MPD partition."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class MpdConfig:
    """Say where MPD clients connect, and what they may do; port 0 takes a free one.

    ``password`` permits everything, each of ``guests`` what stands behind it, none at all ``default_permissions``.
    ``announce`` lets the local network know, unless only this machine can connect.
    """

    host: str = schema.LOOPBACK
    port: int = schema.MPD_PORT
    password: str | None = field(default=None, repr=False)
    guests: Sequence[tuple[str, Permission]] = field(default=(), repr=False)
    default_permissions: Permission | None = None
    limits: Limits = field(default_factory=Limits)
    announce: bool = True

    @property
    def access(self) -> Access:
        """Return what the passwords permit."""
        owner = {} if self.password is None else {self.password: ALL_PERMISSIONS}
        return Access({**dict(self.guests), **owner}, default=self.default_permissions)

    @property
    def announced(self) -> bool:
        """Tell whether other machines can connect, and are to know it."""
        return self.announce and not _is_loopback(self.host)


@dataclass(frozen=True, slots=True)
class HttpConfig:
    """Say where streams are served; ``base_url`` is how listeners reach it, if that is another address."""

    host: str = schema.LOOPBACK
    port: int = schema.HTTP_PORT
    base_url: str | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """Hold all that the daemon is told; ``secret_files`` are those that secrets came from."""

    state_directory: Path
    lockers: Sequence[LockerConfig] = ()
    players: Sequence[PlayerConfig] = ()
    mpd: MpdConfig = MpdConfig()
    http: HttpConfig = HttpConfig()
    secret_files: Sequence[Path] = ()


def load(file: Path, environ: Mapping[str, str] = os.environ, *, secrets: bool = True) -> Config:
    """Read and check a configuration; paths in it are relative to it, secrets may come from ``environ`` or a login.

    Without ``secrets`` those of the lockers may be missing. Raise ConfigError.
    """
    return _Reader(file, environ, secrets=secrets).read()


def environment_name(name: str) -> str:
    """Return the part of an environment variable that stands for a locker's name: ``My locker`` is ``MY_LOCKER``."""
    return re.sub(r"\W+", "_", name).upper()


def slug(name: str) -> str:
    """Return ``name`` as MPD allows partitions to be called; empty if none of its characters has a place there."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9_-]+", "_", plain.lower()).strip("_")


class _Reader:
    """Read one file; every error names it."""

    def __init__(self, file: Path, environ: Mapping[str, str], *, secrets: bool) -> None:
        self._file = file
        self._environ = environ
        self._secrets = secrets
        self._kept: Mapping[str, Mapping[str, str]] = {}
        self._secret_files: dict[Path, None] = {}

    def read(self) -> Config:
        tables = self._check(schema.TABLES, self._parse(), [])
        state_directory = self._state_directory(tables["state"])
        self._kept = _kept(state_directory)
        lockers = [self._locker(table, index) for index, table in enumerate(tables["locker"])]
        players = [self._player(table, index) for index, table in enumerate(tables["player"])]
        self._require_different("locker", [environment_name(locker.name) for locker in lockers], taken=_MPD)
        self._require_different("player", [player.id for player in players], taken=DEFAULT_PLAYER)
        mpd = self._mpd(tables["mpd"])
        if self._kept:
            self._secret_files[state_directory / secrets_file.SECRETS] = None
        return Config(
            state_directory=state_directory,
            lockers=lockers,
            players=players,
            mpd=mpd,
            http=HttpConfig(**tables["http"]),
            secret_files=tuple(self._secret_files),
        )

    def _error(self, path: Sequence[object], message: str) -> ConfigError:
        return ConfigError(self._file, _place(path), message)

    def _parse(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self._file.read_text(encoding="utf-8"))
        except OSError as error:
            raise self._error([], error.strerror or str(error)) from error
        except ValueError as error:  # TOMLDecodeError and UnicodeDecodeError
            raise self._error([], f"is not TOML: {error}") from error

    def _check(self, rules: vol.Schema, table: object, place: list[object]) -> dict[str, Any]:
        try:
            checked: dict[str, Any] = rules(table)
        except vol.Invalid as error:
            path, message = schema.explain(error)
            raise self._error([*place, *path], message) from error
        return checked

    def _state_directory(self, table: Mapping[str, str]) -> Path:
        if "directory" in table:
            return self._path(table["directory"])
        return platformdirs.user_state_path("music-locker", appauthor=False)

    def _path(self, typed: str) -> Path:
        return self._file.parent / Path(typed).expanduser()

    def _locker(self, table: dict[str, Any], index: int) -> LockerConfig:
        place: list[object] = ["locker", index]
        service = table["service"]
        if service not in ADAPTERS:
            raise self._error([*place, "service"], f"must be one of: {', '.join(sorted(ADAPTERS))}")
        info = ADAPTERS[service].info
        known = info.settings
        checked = self._check(schema.locker(known), table, place)
        settings: dict[str, str] = {}
        of_login = self._kept.get(checked["name"], {})
        kept: set[str] = set()
        for setting in known:
            if not setting.secret:
                value = checked.get(setting.key, setting.default)
            else:
                required = setting.required and self._secrets and setting.key not in of_login
                value = self._secret(checked, setting.key, place, checked["name"], required=required)
                if value is None and (value := of_login.get(setting.key)) is not None:
                    kept.add(setting.key)
            if value is not None:
                settings[setting.key] = value
        if self._secrets and info.lacks_authorisation(settings):
            raise self._error(place, "the service has not let it in yet: run mpd-bridge login")
        return LockerConfig(checked["name"], service, settings, checked["sync_interval"], frozenset(kept))

    def _player(self, table: dict[str, Any], index: int) -> PlayerConfig:
        name = table["name"]
        if not (player_id := slug(name)):
            raise self._error(["player", index, "name"], "must hold a letter from A to Z or a digit, for MPD clients")
        return PlayerConfig(player_id, name)

    def _mpd(self, table: dict[str, Any]) -> MpdConfig:
        password = self._secret(table, "password", ["mpd"], _MPD, required=False)
        if password is None and not _is_loopback(table["host"]):
            raise self._error(["mpd", "password"], f"is missing: {table['host']} is open to other machines")
        return MpdConfig(
            table["host"],
            table["port"],
            password,
            [self._guest(guest, index) for index, guest in enumerate(table["guest"])],
            table.get("default_permissions"),
            Limits(
                max_connections=table["max_connections"],
                connection_timeout=float(table["connection_timeout"]),
                max_command_list_size=table["max_command_list_size"] * schema.KIB,
                max_output_buffer_size=table["max_output_buffer_size"] * schema.KIB,
            ),
            announce=table["announce"],
        )

    def _guest(self, table: Mapping[str, Any], index: int) -> tuple[str, Permission]:
        """Return one more password, and what it permits."""
        place: list[object] = ["mpd", "guest", index]
        password = self._secret(table, "password", place, f"{_MPD} guest {index + 1}", required=False)
        if password is None:
            raise self._error([*place, "password"], "is missing: give it here or in password_file")
        return password, table["permissions"]

    def _secret(
        self, table: Mapping[str, Any], key: str, place: list[object], name: str, *, required: bool
    ) -> str | None:
        """Return a secret from the environment, the file that is named, or the table: in this order."""
        variable = f"{ENVIRONMENT_PREFIX}{environment_name(name)}_{key.upper()}"
        if given := self._environ.get(variable):
            return given
        if (named := table.get(f"{key}_file")) is not None:
            return self._secret_of_file(named, [*place, f"{key}_file"])
        value: str | None = table.get(key)
        if value is not None:
            self._secret_files[self._file] = None
        if value is None and required:
            raise self._error(
                [*place, key], f"is missing: give it here, in {key}_file or in {variable}, or run mpd-bridge login"
            )
        return value

    def _secret_of_file(self, named: str, place: list[object]) -> str:
        try:
            content = self._path(named).read_text(encoding="utf-8").rstrip("\r\n")
        except OSError as error:
            raise self._error(place, f"cannot be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise self._error(place, "does not hold text") from error
        if not content:
            raise self._error(place, "names an empty file")
        self._secret_files[self._path(named)] = None
        return content

    def _require_different(self, table: str, names: Sequence[str], *, taken: str) -> None:
        seen = {taken}
        for index, name in enumerate(names):
            if name in seen:
                raise self._error([table, index, "name"], "is taken, or too much like another one")
            seen.add(name)


def _kept(directory: Path) -> Mapping[str, Mapping[str, str]]:
    """Return the secrets that logins have kept."""
    try:
        return secrets_file.read(directory)
    except secrets_file.SecretsError as error:
        raise ConfigError(directory / secrets_file.SECRETS, "", str(error)) from error


def _place(path: Sequence[object]) -> str:
    """Write a path of keys as the file does: ``[mpd] port``, and ``[[locker]] 2 url`` for the second locker."""
    match path:
        case []:
            return ""
        case [str(table)]:
            return f"[{table}]"
        case [str(table), int(index), *keys]:
            return " ".join([f"[[{table}]]", str(index + 1), *map(str, keys)])
        case [str(table), str(nested), int(index), *keys]:
            return " ".join([f"[[{table}.{nested}]]", str(index + 1), *map(str, keys)])
        case [str(table), *keys]:
            return " ".join([f"[{table}]", *map(str, keys)])
    return ".".join(map(str, path))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
