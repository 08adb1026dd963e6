"""Commands that read lockers anew (protocol, "The music database")."""

from collections.abc import Sequence

from ..errors import AckCode, AckError
from ..registry import Permission, command, optional
from ..session import Session

_SECTION = "database"


def _parse_path(text: str) -> Sequence[str]:
    """Return the segments of a path, none for the root; raise AckError."""
    if text in {"", "/"}:
        return ()
    segments = text.split("/")
    if any(segment in {"", ".", ".."} for segment in segments):
        raise AckError(AckCode.ARG, "Malformed path")
    return segments


@command("update", optional(_parse_path), section=_SECTION, permission=Permission.CONTROL, since="0.10")
def update(session: Session, path: Sequence[str] = ()) -> None:
    """Start to read the lockers anew where they changed; a path in one of them means the whole of it."""
    _start_sync(session, path, force=False)


@command("rescan", optional(_parse_path), section=_SECTION, permission=Permission.CONTROL, since="0.16")
def rescan(session: Session, path: Sequence[str] = ()) -> None:
    """Start to read the lockers anew, changed or not; a path in one of them means the whole of it."""
    _start_sync(session, path, force=True)


def _start_sync(session: Session, path: Sequence[str], *, force: bool) -> None:
    """Answer with a job number; it is gone from ``status`` at once where the path is in no locker."""
    catalog = session.core.library.catalog
    known = set(catalog.locker_ids)
    lockers = [
        locker
        for locker in session.core.locker_ids
        if not path or (locker in known and catalog.locker_title(locker) == path[0])
    ]
    session.reply.pair("updating_db", session.core.start_sync(lockers, force=force, again=True))
