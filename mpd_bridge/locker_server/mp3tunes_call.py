"""One call of the MP3tunes API: who calls, with which parameters, and the URLs that its answer may hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from .accounts import Account
from .mp3tunes_errors import invalid_parameter

_DIGITS = 18  # what SQLite can hold


def number_of(text: str) -> int | None:
    """Return a number as ids are, ASCII digits and not too many of them, or None."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None


@dataclass(frozen=True, slots=True)
class Links:
    """Make the URLs of an answer; they hold the session, and end with it."""

    storage: str
    sid: str

    def download(self, key: str) -> str:
        """Return a file's URL as Example 2.11 prints it: the method in lower case, no partner token."""
        return f"{self.storage}/storage/lockerget/{key}?sid={quote(self.sid)}"

    def with_token(self, method: str, key: str) -> str:
        """Return a URL of v1: it ends in an empty partner_token, to which clients append theirs."""
        return f"{self.storage}/storage/{method}/{key}?sid={quote(self.sid)}&partner_token="


@dataclass(frozen=True, slots=True)
class Page:
    """One set of a list: ``count`` entries a set, None for all; the first set is 0."""

    count: int | None
    number: int

    def of[Entry](self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """Return the entries of this set."""
        if self.count is None:
            return entries
        return entries[self.number * self.count : (self.number + 1) * self.count]

    def sets(self, total: int) -> int:
        """Return how many sets there are."""
        return -(-total // self.count) if self.count else 1


@dataclass(frozen=True, slots=True)
class Call:
    """One call after its token and session were checked; ``account`` is None for methods without a session."""

    parameters: Mapping[str, str]
    links: Links
    account: Account | None = None

    def text(self, name: str) -> str:
        """Return a parameter that must be there; raise CallError."""
        value = self.parameters.get(name, "").strip()
        if not value:
            raise invalid_parameter(name)
        return value

    def number(self, name: str) -> int | None:
        """Return an id, or None where the parameter is absent; raise CallError for what is no number."""
        value = self.parameters.get(name, "").strip()
        if not value:
            return None
        number = number_of(value)
        if number is None:
            raise invalid_parameter(name)
        return number

    @property
    def folder(self) -> str | None:
        """Return the folder that the account sees, None for everything."""
        return self.account.folder if self.account is not None else None

    @property
    def page(self) -> Page:
        """Return the set that is asked for; raise CallError."""
        return Page(self.number("count") or None, self.number("set") or 0)
