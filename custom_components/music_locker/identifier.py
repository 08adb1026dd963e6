"""The ids of nodes in the browse tree: short ASCII, safe in URLs and JSON, the same in both browsers.

Media sources call them ``media-source://music_locker/<identifier>``; the players of this component take just those.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import override
from urllib.parse import quote, unquote

from .const import DOMAIN
from .core.models import MediaKind

URI_PREFIX = f"media-source://{DOMAIN}"
_LIVE = "live"  # no locker id: those are the ids of config entries
_SEGMENT = re.compile(r"(?:[A-Za-z0-9_.-]|~[0-9A-F]{2})*")
_REPEATED = 100  # characters
_PAGE = re.compile(r"[1-9][0-9]{0,8}")


class Shelf(StrEnum):
    """Name the lists of a locker."""

    ARTISTS = "artists"
    ALBUMS = "albums"
    TRACKS = "tracks"
    GENRES = "genres"
    PLAYLISTS = "playlists"
    DYNAMIC = "dynamic_playlists"
    RECOMMENDED = "recommended"
    FRIENDS = "friends"
    COLLECTIONS = "collections"
    PURCHASES = "purchases"
    RECENTLY_ADDED = "recently_added"
    RECENTLY_PLAYED = "recently_played"
    TOP_RATED = "top_rated"
    RANDOM_ALBUMS = "random_albums"


class InvalidIdentifierError(ValueError):
    """Tell that a text is no identifier of ours."""


@dataclass(frozen=True, slots=True)
class RootNode:
    """Name the list of lockers."""

    @override
    def __str__(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class LiveNode:
    """Name the list of live streams, or with ``player`` one of them."""

    player: str | None = None

    @override
    def __str__(self) -> str:
        return _LIVE if self.player is None else _join(_LIVE, self.player)


@dataclass(frozen=True, slots=True)
class LockerNode:
    """Name a locker."""

    locker: str

    @override
    def __str__(self) -> str:
        return escape(self.locker)


@dataclass(frozen=True, slots=True)
class ShelfNode:
    """Name a list of a locker, what begins with ``letter`` in it, or a page of that (from 1).

    The letters of purchases are months, such as ``2026-11``.
    """

    locker: str
    shelf: Shelf
    letter: str | None = None
    page: int | None = None

    @override
    def __str__(self) -> str:
        return _join(self.locker, self.shelf, self.letter, self.page)


@dataclass(frozen=True, slots=True)
class ItemNode:
    """Name an artist, album, track, playlist or genre of a locker, or a page of it (from 1)."""

    locker: str
    kind: MediaKind
    id: str
    page: int | None = None

    @override
    def __str__(self) -> str:
        return _join(self.locker, self.kind, self.id, self.page)


type Identifier = RootNode | LiveNode | LockerNode | ShelfNode | ItemNode


def parse(text: str) -> Identifier:
    """Read what ``str`` of an identifier gave; raise InvalidIdentifierError."""
    if not text:
        return RootNode()
    first, *rest = (unescape(segment) for segment in text.split("/"))
    if first == _LIVE:
        return _parse_live(rest)
    if not rest:
        return LockerNode(first)
    return _parse_inside(first, *rest)


def _parse_live(rest: list[str]) -> LiveNode:
    match rest:
        case []:
            return LiveNode()
        case [player]:
            return LiveNode(player)
        case _:
            raise InvalidIdentifierError(_LIVE)


def _parse_inside(locker: str, name: str, key: str | None = None, page: str | None = None, *more: str) -> Identifier:
    number = None if page is None else _page(page)
    if not more and name in Shelf:
        return ShelfNode(locker, Shelf(name), key, number)
    if not more and name in MediaKind and key is not None:
        return ItemNode(locker, MediaKind(name), key, number)
    raise InvalidIdentifierError(name)


def uri(identifier: Identifier) -> str:
    """Return the id that media sources and players know a node by."""
    text = str(identifier)
    return f"{URI_PREFIX}/{text}" if text else URI_PREFIX


def parse_uri(text: str) -> Identifier | None:
    """Read what :func:`uri` gave; None for ids that are not of this domain; raise InvalidIdentifierError."""
    if text == URI_PREFIX:
        return RootNode()
    if text.startswith(f"{URI_PREFIX}/"):
        return parse(text.removeprefix(f"{URI_PREFIX}/"))
    return None


def shortened(text: str | None) -> str:
    """Return an id as an error repeats it: somebody may have sent anything."""
    return str(text) if text is None or len(text) <= _REPEATED else f"{text[:_REPEATED]}\N{HORIZONTAL ELLIPSIS}"


def escape(text: str) -> str:
    """Write any text with letters, digits and ``_.-~`` only, and so that no URL parser takes it for ``.`` or ``..``."""
    quoted = quote(text, safe="").replace("~", "%7E").replace("%", "~")
    return quoted.replace(".", "~2E") if not quoted.strip(".") else quoted


def unescape(text: str) -> str:
    """Read what :func:`escape` gave; raise InvalidIdentifierError."""
    if not _SEGMENT.fullmatch(text):
        raise InvalidIdentifierError(text)
    try:
        return unquote(text.replace("~", "%"), errors="strict")
    except UnicodeDecodeError as error:
        raise InvalidIdentifierError(text) from error


def _join(*segments: str | int | None) -> str:
    return "/".join(escape(str(segment)) for segment in segments if segment is not None)


def _page(text: str) -> int:
    if not _PAGE.fullmatch(text):
        raise InvalidIdentifierError(text)
    return int(text)
