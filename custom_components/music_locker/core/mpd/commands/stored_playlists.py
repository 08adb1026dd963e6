"""Stored playlists (protocol, "Stored playlists"): the lockers' playlists and the library's own."""

import asyncio
from collections.abc import Iterable, Sequence
from itertools import batched

from ...availability import require_available
from ...library import PlaylistEntry
from ...models import Track
from ..adding import find_addition, insert_position, queue_things
from ..arguments import ALL, Range, parse_range, parse_unsigned
from ..errors import AckCode, AckError
from ..filter_parser import parse_filter
from ..filters import Filter, Matcher, compile_filter, has_pattern
from ..filters import Song as FilterSong
from ..index import index_of
from ..playlist_edits import add_songs, check_position, create, delete_songs, move_songs, remove, rename, replace_songs
from ..playlists import Song, check_name, editing, find_playlist, songs_of, stored_playlists
from ..registry import Permission, command, optional, several
from ..selection import parse_selection, parse_window
from ..session import Session
from ..songs import shown_url, song_block
from ..tags import clean
from .database import show_playlists

_SECTION = "stored playlists"
_PIECE, _SEARCHED = 250, 100  # songs after which others have their turn
_MODES = frozenset({"create", "append", "replace"})


# Reading


@command("listplaylists", section=_SECTION, permission=Permission.READ, since="0.14")
async def listplaylists(session: Session) -> None:
    """Show the names of all stored playlists."""
    await show_playlists(session)


@command("listplaylist", str, optional(parse_window), section=_SECTION, permission=Permission.READ, since="0.12")
async def listplaylist(session: Session, name: str, window: Range = ALL) -> None:
    """Show the paths of a playlist's songs, all or a range."""
    for piece in batched(await _songs(session, name, window), _PIECE, strict=False):
        session.reply.raw([_file_line(song) for song in piece])
        await asyncio.sleep(0)


@command("listplaylistinfo", str, optional(parse_window), section=_SECTION, permission=Permission.READ, since="0.12")
async def listplaylistinfo(session: Session, name: str, window: Range = ALL) -> None:
    """Show a playlist's songs, all or a range."""
    for piece in batched(await _songs(session, name, window), _PIECE, strict=False):
        session.reply.raw([_block(session, song) for song in piece])
        await asyncio.sleep(0)


@command("playlistlength", str, section=_SECTION, permission=Permission.READ, since="0.24")
async def playlistlength(session: Session, name: str) -> None:
    """Count a playlist's songs, and how many seconds they last."""
    songs = await _songs(session, name)
    session.reply.pair("songs", len(songs))
    session.reply.pair("playtime", int(sum(song.duration or 0.0 for song in songs if isinstance(song, Track))))


@command(
    "searchplaylist",
    str,
    str,
    optional(str),
    optional(str),
    section=_SECTION,
    permission=Permission.READ,
    since="0.24",
)
async def searchplaylist(session: Session, name: str, *arguments: str) -> None:
    """Show the songs of a playlist that a filter takes, with their positions, case being of no significance."""
    rest, window = list(arguments), ALL
    if len(rest) > 2 and rest[-2] == "window":  # noqa: PLR2004 - behind a filter
        window = parse_window(rest[-1])
        del rest[-2:]
    chosen = parse_filter(rest, folded=True)  # which sees diacritics, whatever the client has enabled: so does MPD
    songs = await _songs(session, name)
    found = await _find(session, songs, chosen)
    for piece in batched(found[window.start : window.end], _PIECE, strict=False):
        session.reply.raw([b"%sPos: %d\n" % (_block(session, songs[position]), position) for position in piece])
        await asyncio.sleep(0)


async def _find(session: Session, songs: Sequence[Song], chosen: Filter) -> Sequence[int]:
    """Return the positions of the songs that a filter takes; raise AckError."""
    if has_pattern(chosen):
        index = await index_of(session.core.library)
        return await index.turn.run(lambda patience: _taken(songs, range(len(songs)), compile_filter(chosen, patience)))
    takes = compile_filter(chosen)
    found: list[int] = []
    for piece in batched(range(len(songs)), _SEARCHED, strict=False):
        found += _taken(songs, piece, takes)
        await asyncio.sleep(0)
    return found


def _taken(songs: Sequence[Song], positions: Iterable[int], takes: Matcher) -> list[int]:
    def is_taken(song: Song) -> bool:
        return takes(FilterSong(song.uri, song if isinstance(song, Track) else None))

    return [position for position in positions if is_taken(songs[position])]


async def _songs(session: Session, name: str, window: Range = ALL) -> Sequence[Song]:
    """Return the songs of a playlist in a range; raise AckError."""
    library = session.core.library
    songs = await songs_of(library, await find_playlist(library, name))
    return songs if window is ALL else songs[window.start : window.end]


def _block(session: Session, song: Song) -> bytes:
    return song_block(song, session.tag_mask) if isinstance(song, Track) else _file_line(song)


def _file_line(song: Song) -> bytes:
    uri = song.uri if isinstance(song, Track) else shown_url(song.uri)
    return f"file: {clean(uri)}\n".encode(errors="replace")


# Queueing


@command("load", str, optional(parse_window), optional(str), section=_SECTION, permission=Permission.ADD, since="0.10")
async def load(session: Session, name: str, window: Range = ALL, position: str | None = None) -> None:
    """Queue a playlist, or a range of it, at the end or at a position."""
    if position is not None:  # it is wrong before anything else is
        insert_position(session.player, position)
    things = _playable(await _songs(session, name, window))
    if things:
        await queue_things(session, things, position)
    session.player.loaded(name)


def _playable(songs: Iterable[Song]) -> list[Track | str]:
    """Return what can be queued: no song that is gone; raise Unavailable where all are withdrawn."""
    things: list[Track | str] = []
    withdrawn = None
    for song in songs:
        if isinstance(song, Track):
            if song.available:
                things.append(song)
            elif withdrawn is None:
                withdrawn = song
        elif song.key is None:
            things.append(song.uri)
    if withdrawn is not None and not things:
        require_available(withdrawn)
    return things


# Editing


def _parse_mode(text: str) -> str:
    if text not in _MODES:
        raise AckError(AckCode.ARG, "Unrecognized save mode, expected one of 'create', 'append', 'replace'")
    return text


@command("save", str, optional(_parse_mode), section=_SECTION, permission=Permission.CONTROL, since="0.10")
async def save(session: Session, name: str, mode: str = "create") -> None:
    """Make a playlist of the queue, or put the queue behind or instead of what a playlist holds."""
    songs = [PlaylistEntry(item.url or "") if item.track is None else item.track for item in session.player.queue]
    library = session.core.library
    check_name(name)
    async with editing(library):
        if mode == "create":
            if name in await stored_playlists(library):
                raise AckError(AckCode.EXIST, "Playlist already exists")
            await create(session, name, songs)
        elif mode == "append":
            await find_playlist(library, name)
            await add_songs(session, name, songs)
        else:
            await replace_songs(session, name, songs)


def _kept(thing: Track | str) -> Song:
    return PlaylistEntry(thing) if isinstance(thing, str) else thing


@command(
    "playlistadd", str, str, optional(parse_unsigned), section=_SECTION, permission=Permission.CONTROL, since="0.13"
)
async def playlistadd(session: Session, name: str, uri: str, position: int | None = None) -> None:
    """Put a song, all songs below a directory, or a URL into a playlist, which is made if there is none."""
    if position is not None:
        await check_position(session, name, position)
    if uri != "/" and (uri.startswith("/") or uri.endswith("/")) and "://" not in uri:
        raise AckError(AckCode.NO_EXIST, "No such directory")
    songs = [_kept(thing) for thing in await find_addition(session, uri)]
    async with editing(session.core.library):
        await add_songs(session, name, songs, position)


@command("searchaddpl", str, several(at_least=1), section=_SECTION, permission=Permission.CONTROL, since="0.17")
async def searchaddpl(session: Session, name: str, *arguments: str) -> None:
    """Put what `search` shows into a playlist, which is made if there is none."""
    position = parse_unsigned(arguments[-1]) if arguments[-2:-1] == ("position",) else None
    selection = parse_selection(arguments, folded=True, stripped=session.strip_diacritics, takes_position=True)
    index = await index_of(session.core.library)
    songs = [index.tracks[row] for row in await selection.rows(index)]
    if songs:
        async with editing(session.core.library):
            await add_songs(session, name, songs, position)
    elif position is not None:
        await check_position(session, name, position)


@command("playlistclear", str, section=_SECTION, permission=Permission.CONTROL, since="0.13")
async def playlistclear(session: Session, name: str) -> None:
    """Take all songs out of a playlist."""
    async with editing(session.core.library):
        await replace_songs(session, name, [])


@command("playlistdelete", str, parse_range, section=_SECTION, permission=Permission.CONTROL, since="0.13")
async def playlistdelete(session: Session, name: str, positions: Range) -> None:
    """Take the songs at these positions out of a playlist."""
    async with editing(session.core.library):
        await delete_songs(session, name, positions.start, positions.end)


def _parse_bounded_range(text: str) -> range:
    positions = parse_range(text)
    if positions.end is None:
        raise AckError(AckCode.ARG, "Open-ended range not supported")
    return range(positions.start, positions.end)


@command(
    "playlistmove",
    str,
    _parse_bounded_range,
    parse_unsigned,
    section=_SECTION,
    permission=Permission.CONTROL,
    since="0.13",
)
async def playlistmove(session: Session, name: str, positions: range, to: int) -> None:
    """Move songs of a playlist to another position."""
    if positions.start == to:
        return
    async with editing(session.core.library):
        await move_songs(session, name, positions.start, positions.stop, to)


@command("rename", str, str, section=_SECTION, permission=Permission.CONTROL, since="0.13")
async def rename_playlist(session: Session, name: str, new_name: str) -> None:
    """Give a playlist another name."""
    check_name(name)
    check_name(new_name)
    async with editing(session.core.library):
        await rename(session, name, new_name)


@command("rm", str, section=_SECTION, permission=Permission.CONTROL, since="0.10")
async def rm(session: Session, name: str) -> None:
    """Delete a playlist of the library."""
    async with editing(session.core.library):
        await remove(session, name)
