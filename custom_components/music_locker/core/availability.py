"""What a locker lists and does not give: no service is asked for it, and the user hears why."""

from collections.abc import Iterable

from .errors import Unavailable, UnavailableReason
from .models import Track


def require_available(track: Track) -> None:
    """Raise Unavailable, with the reason in words, for a track that its locker lists only."""
    if not track.available:
        raise Unavailable(f"The locker does not give {track.title} any more", reason=UnavailableReason.WITHDRAWN)


def available(tracks: Iterable[Track]) -> list[Track]:
    """Return the tracks that can be played; raise Unavailable where there are tracks, but no such."""
    given = list(tracks)
    found = [track for track in given if track.available]
    if given and not found:
        require_available(given[0])
    return found
