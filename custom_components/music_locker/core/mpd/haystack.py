"""Many texts in one, for finding those that contain something: one long search is quicker than many short ones."""

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

__all__ = ["Haystack"]

_END = "\0"  # of a text; no line of the protocol has one in it
_MANY = 16  # of so many texts one contains what is looked for: from there on this is no quicker


class Haystack:
    """Hold texts as UTF-8, in which one text is part of another exactly where it is in characters."""

    __slots__ = ("_begins", "_bytes")

    def __init__(self, texts: Sequence[str]) -> None:
        """Join the texts; takes some 200 nanoseconds for each."""
        self._bytes = _encode(_END.join([*texts, ""]))
        self._begins = array("I", accumulate(map(_room, texts), initial=0))

    def containing(self, needle: str) -> list[int] | None:
        """Return the places of the texts that contain the needle; None if so many do that each is better asked."""
        if not needle or _END in needle:
            return None
        places: list[int] = []
        begins, find, wanted = self._begins, self._bytes.find, _encode(needle)
        most = len(begins) // _MANY
        found = find(wanted)
        while found >= 0:
            if len(places) > most:
                return None
            place = bisect_right(begins, found)
            places.append(place - 1)
            found = find(wanted, begins[place])
        return places


def _room(text: str) -> int:
    """Return how many bytes a text takes, with its end."""
    return 1 + (len(text) if text.isascii() else len(_encode(text)))


def _encode(text: str) -> bytes:
    return text.encode(errors="surrogatepass")
