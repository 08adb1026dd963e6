"""Commands about where the database comes from (protocol, "Mounts and neighbors"): each locker is a mount."""

from ..registry import Permission, absent, command
from ..session import Session

_SECTION = "mounts"
_ELSEWHERE = "lockers are added and removed in Home Assistant, or in the configuration of the daemon"

absent("mount", _ELSEWHERE)
absent("unmount", _ELSEWHERE)
absent("listneighbors", "lockers are named by their owners; nothing looks for them in the network")


@command("listmounts", section=_SECTION, permission=Permission.READ, since="0.19")
def listmounts(session: Session) -> None:
    """Print the root and each locker, with its service."""
    session.reply.pair("mount", "")
    catalog = session.core.library.catalog
    for locker_id in catalog.locker_ids:
        session.reply.pair("mount", catalog.locker_title(locker_id))
        service = session.core.service(locker_id)
        if service is not None:
            session.reply.pair("storage", f"{service}://")
