"""Stickers (protocol, "Stickers"): names and values that clients write on songs, playlists, tags and filters."""

import asyncio
from collections.abc import Sequence
from itertools import batched

from ...library.stickers import StickerKey, Stickers
from ..errors import AckCode, AckError, quoted
from ..registry import Permission, command, optional, several
from ..reply import format_pair
from ..session import Session
from ..sticker_search import Search, parse_search
from ..sticker_types import TYPES, StickerType, parse_type, parse_type_name
from ..tags import clean

_SECTION = "stickers"
_PIECE = 1000  # lines


@command(
    "sticker",
    str,
    parse_type,
    str,
    several(at_least=0),
    section=_SECTION,
    permission=Permission.ADMIN,
    since="0.15",
)
async def sticker(session: Session, action: str, kind: StickerType, uri: str, *rest: str) -> None:
    """Show, write, count up or down, take off or find stickers: `get set inc dec delete list find`."""
    stickers = session.core.library.stickers
    match action, *rest:
        case "get", name:
            key = await kind.key(session.core, uri)
            value = stickers.get(key, name)
            if not value:
                raise _missing(name)
            session.reply.pair("sticker", f"{name}={value}")
        case ("list",):
            key = await kind.key(session.core, uri)
            for name, value in stickers.all(key).items():
                session.reply.pair("sticker", f"{name}={value}")
        case "set", name, value:
            await stickers.set(await _key(session, kind, uri, name), name, value)
        case (("inc" | "dec"), name, value):
            key = await _key(session, kind, uri, name)
            await stickers.add(key, name, value, sign=1 if action == "inc" else -1)
        case "delete", *names if len(names) <= 1:
            await _delete(stickers, await kind.key(session.core, uri), names)
        case "find", name, *how:
            await _find(session, kind, uri, parse_search(name, how))
        case _:
            raise AckError(AckCode.ARG, "bad request")


async def _key(session: Session, kind: StickerType, uri: str, name: str) -> StickerKey:
    """Return what gets a sticker of this name; raise AckError."""
    if not name:
        raise AckError(AckCode.ARG, "empty sticker name")
    return await kind.key(session.core, uri)


async def _delete(stickers: Stickers, key: StickerKey, names: Sequence[str]) -> None:
    if not await stickers.delete(key, *names):
        raise _missing(*names)


def _missing(name: str = "") -> AckError:
    return AckError(AckCode.NO_EXIST, f"no such sticker: {quoted(name)}")


async def _find(session: Session, kind: StickerType, base: str, search: Search) -> None:
    """Show what has a sticker; whatever takes time is done in a thread."""
    values = session.core.library.stickers.named(kind.name, search.name)
    hits = await kind.hits(session.core, base)

    def pieces() -> list[bytes]:
        lines: dict[str, bytes] = {}
        blocks: list[bytes] = []
        for item, value in search.select(hits(search.wanted(values()))):
            if value not in lines:
                lines[value] = format_pair("sticker", f"{search.name}={value}")
            blocks += f"{kind.label}: {clean(item)}\n".encode(errors="replace"), lines[value]
        return [b"".join(piece) for piece in batched(blocks, _PIECE, strict=False)]

    session.reply.raw(await asyncio.to_thread(pieces))


@command("stickernames", section=_SECTION, permission=Permission.ADMIN, since="0.24")
def stickernames(session: Session) -> None:
    """Show the names of all stickers."""
    for name in dict.fromkeys(name for name, _ in session.core.library.stickers.names()):
        session.reply.pair("name", name)


@command("stickertypes", section=_SECTION, permission=Permission.ADMIN, since="0.24")
def stickertypes(session: Session) -> None:
    """Show the types of stickers that there can be."""
    for each in TYPES:
        session.reply.pair("stickertype", each)


@command("stickernamestypes", optional(parse_type_name), section=_SECTION, permission=Permission.ADMIN, since="0.24")
def stickernamestypes(session: Session, wanted: str | None = None) -> None:
    """Show the names of all stickers with the types that have them, or those of one type."""
    for name, kind in session.core.library.stickers.names():
        if wanted in {None, kind}:
            session.reply.pair("name", name)
            session.reply.pair("type", kind)
