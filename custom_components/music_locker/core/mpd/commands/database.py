"""The music database (protocol, "The music database")."""

import re
from collections.abc import Callable, Sequence
from functools import partial

from ...models import Track
from ..adding import available_of, insert_position, queue_things
from ..calculating import calculate
from ..errors import AckCode, AckError
from ..filter_parser import parse_filter
from ..filters import AllFilter
from ..grouping import render_count, render_counts, render_values
from ..index import Index, Rows, index_of
from ..listing import Directory
from ..local_files import refuse_local_files
from ..playlists import stored_playlists
from ..registry import Permission, command, optional, several
from ..selection import find_rows, parse_selection, parse_tag, pop_group, pop_window
from ..session import Session
from ..songs import song_block
from ..tags import SHOWN, clean, own_value, time_text

_SECTION = "database"
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9.+-]*)://")
_COMMENTS = {"Track": "TRACKNUMBER", "Disc": "DISCNUMBER"}
_GROUP_COST = 4  # rows that are looked at in the time in which one is put into a group


async def _index(session: Session) -> Index:
    return await index_of(session.core.library)


def _parse_directory(text: str) -> str:
    """Return a directory's path; the root is an empty one, or "/"."""
    return "" if text == "/" else text


# By filter


@command("find", several(), section=_SECTION, permission=Permission.READ, since="0.10")
async def find(session: Session, *arguments: str) -> None:
    """Show the songs that a filter takes, case being significant."""
    await _show_matches(session, arguments, folded=False)


@command("search", several(), section=_SECTION, permission=Permission.READ, since="0.10")
async def search(session: Session, *arguments: str) -> None:
    """Show the songs that a filter takes, case being of no significance."""
    await _show_matches(session, arguments, folded=True)


async def _show_matches(session: Session, arguments: Sequence[str], *, folded: bool) -> None:
    selection = parse_selection(arguments, folded=folded, stripped=session.strip_diacritics)
    index = await _index(session)
    rows = await selection.rows(index)
    session.reply.stream(index.songs(rows, session.tag_mask))


@command("findadd", several(), section=_SECTION, permission=Permission.ADD, since="0.16")
async def findadd(session: Session, *arguments: str) -> None:
    """Queue what ``find`` shows."""
    await _add_matches(session, arguments, folded=False)


@command("searchadd", several(), section=_SECTION, permission=Permission.ADD, since="0.17")
async def searchadd(session: Session, *arguments: str) -> None:
    """Queue what ``search`` shows."""
    await _add_matches(session, arguments, folded=True)


async def _add_matches(session: Session, arguments: Sequence[str], *, folded: bool) -> None:
    if arguments[-2:-1] == ("position",):  # it is wrong before anything else is
        insert_position(session.player, arguments[-1])
    selection = parse_selection(arguments, folded=folded, stripped=session.strip_diacritics, takes_position=True)
    index = await _index(session)
    rows = await selection.rows(index)
    tracks = await available_of([index.tracks[row] for row in rows])
    if tracks:
        await queue_things(session, tracks, selection.position)


@command("count", several(), section=_SECTION, permission=Permission.READ, since="0.13")
async def count(session: Session, *arguments: str) -> None:
    """Count the songs that ``find`` shows, and how long they last."""
    await _count_matches(session, arguments, folded=False)


@command("searchcount", several(), section=_SECTION, permission=Permission.READ, since="0.24")
async def searchcount(session: Session, *arguments: str) -> None:
    """Count the songs that ``search`` shows, and how long they last."""
    await _count_matches(session, arguments, folded=True)


async def _count_matches(session: Session, arguments: Sequence[str], *, folded: bool) -> None:
    rest = list(arguments)
    group = pop_group(rest)
    chosen = _filter(session, rest, folded=folded) if rest or group is None else None
    index = await _index(session)
    key = "count", group, chosen
    answer = index.answers.rendered.get(key)
    if answer is None:
        rows = None if chosen is None else await find_rows(index, chosen)
        answer = await _calculate(partial(_count, index, group, rows), index, rows)
        index.answers.rendered.keep(key, answer)
    session.reply.raw(answer)


def _count(index: Index, group: str | None, rows: Rows | None) -> bytes:
    return render_count(index, rows or ()) if group is None else render_counts(index, group, rows)


def _filter(session: Session, arguments: Sequence[str], *, folded: bool = False) -> AllFilter:
    return parse_filter(arguments, folded=folded, stripped=session.strip_diacritics)


async def _calculate[T](function: Callable[[], T], index: Index, rows: Rows | None) -> T:
    """Return the function's result; it looks at these rows, or at all."""
    count = len(index.tracks if rows is None else rows)
    return await calculate(function, rows=count * _GROUP_COST)


@command("list", str, several(at_least=0), section=_SECTION, permission=Permission.READ, since="0.10")
async def list_values(session: Session, name: str, *arguments: str) -> None:
    """Show the different values of a tag, in groups where that is asked for; the last group named is the outermost.

    A window (protocol 0.25) is a range of the outermost values.
    """
    rest = list(arguments)
    if name.lower() in {"file", "filename"}:
        await _list_files(session, rest)
        return
    tags = [parse_tag(name)]
    window = pop_window(rest)
    if len(rest) == 1 and not rest[0].startswith("("):
        if tags != ["album"]:
            raise AckError(AckCode.ARG, 'should be "Album" for 3 arguments')
        rest = ["artist", *rest]
    while (group := pop_group(rest)) is not None:
        if group in tags:
            raise AckError(AckCode.ARG, "Conflicting group")
        tags.insert(-1, group)
    chosen = _filter(session, rest) if rest else None
    index = await _index(session)
    key = "list", tuple(tags), chosen, window
    answer = index.answers.rendered.get(key)
    if answer is None:
        rows = None if chosen is None else await find_rows(index, chosen)
        answer = await _calculate(partial(render_values, index, tags, rows, window), index, rows)
        index.answers.rendered.keep(key, answer)
    session.reply.raw(answer)


async def _list_files(session: Session, arguments: list[str]) -> None:
    window = pop_window(arguments)
    chosen = _filter(session, arguments) if arguments else None
    index = await _index(session)
    rows = range(len(index.tracks)) if chosen is None else await find_rows(index, chosen)
    session.reply.stream(index.files(rows[window.start : window.end]))


# By directory


def _directory_or_track(index: Index, path: str) -> Directory | Track:
    """Return what is at a path; a song that no directory lists is found by its own path. Raise AckError."""
    found = index.directories.get(path) or index.catalog.track_by_uri(path)
    if found is None:
        raise AckError(AckCode.NO_EXIST, "No such directory")
    return found


def _check_path(uri: str) -> None:
    """Raise AckError for what is no path in the database; it is not looked for anywhere else."""
    refuse_local_files(uri)
    if _SCHEME.match(uri) is not None:
        raise AckError(AckCode.ARG, "Unsupported URI scheme")


@command("listall", optional(_parse_directory), section=_SECTION, permission=Permission.READ, since="0.10")
async def listall(session: Session, path: str = "") -> None:
    """Show the paths of all songs and directories below a directory."""
    index = await _index(session)
    found = _directory_or_track(index, path)
    if isinstance(found, Track):
        session.reply.pair("file", clean(found.uri))
        return
    session.reply.stream(index.paths_below(found))


@command("listallinfo", optional(_parse_directory), section=_SECTION, permission=Permission.READ, since="0.10")
async def listallinfo(session: Session, path: str = "") -> None:
    """Show all songs and directories below a directory."""
    index = await _index(session)
    found = _directory_or_track(index, path)
    if isinstance(found, Track):
        session.reply.raw(song_block(found, session.tag_mask))
        return
    session.reply.stream(index.below(found, session.tag_mask))


@command("lsinfo", optional(_parse_directory), section=_SECTION, permission=Permission.READ, since="0.10")
async def lsinfo(session: Session, path: str = "") -> None:
    """Show what is in a directory; in the root, the stored playlists too."""
    _check_path(path)
    index = await _index(session)
    found = _directory_or_track(index, path)
    if isinstance(found, Track):
        session.reply.raw(song_block(found, session.tag_mask))
        return
    session.reply.stream(index.songs_in(found, session.tag_mask))
    session.reply.raw([index.heading(path) for path in found.directories])
    if not found.path and not session.hides_playlists_in_root:
        await show_playlists(session)


async def show_playlists(session: Session) -> None:
    """Show the names of all stored playlists."""
    for stored in (await stored_playlists(session.core.library)).values():
        session.reply.pair("playlist", stored.name)
        if stored.playlist.modified is not None:
            session.reply.pair("Last-Modified", time_text(stored.playlist.modified))


@command("listfiles", optional(str), section=_SECTION, permission=Permission.READ, since="0.19")
async def listfiles(session: Session, path: str = "") -> None:
    """Show the files and directories in a directory, without their paths."""
    _check_path(path)
    index = await _index(session)
    found = _directory_or_track(index, path.removesuffix("/"))
    if isinstance(found, Track):
        raise AckError(AckCode.NO_EXIST, "No such directory")
    for below in found.directories:
        session.reply.pair("directory", below.rpartition("/")[2])
    for row in range(found.start, found.songs_end):
        track = index.tracks[row]
        session.reply.pair("file", track.uri.rpartition("/")[2])
        if track.size is not None:
            session.reply.pair("size", track.size)
        if track.modified is not None:
            session.reply.pair("Last-Modified", time_text(track.modified))


@command("readcomments", str, section=_SECTION, permission=Permission.READ, since="0.18")
async def readcomments(session: Session, uri: str) -> None:
    """Show what the index knows of a song's tags; the file itself is not fetched for that."""
    _check_path(uri)
    track = session.core.library.catalog.track_by_uri(uri)
    if track is None:
        raise AckError(AckCode.NO_EXIST, "No such song")
    for name in SHOWN:
        value = own_value(track, name.lower())
        if value:
            session.reply.pair(_COMMENTS.get(name, name.upper()), value)
