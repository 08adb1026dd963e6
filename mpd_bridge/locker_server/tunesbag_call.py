"""One call of the tunesBag API: who calls, with which parameters and files."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web

from .accounts import Account
from .accounts_file import account_key
from .tunesbag_errors import CallError, Fault, invalid
from .tunesbag_writer import Value
from .uploads import Received

_NUMBER = re.compile(r"\d{1,12}(?:\.0+)?", re.ASCII)

type Fields = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent as a field of a form: its name and type as the sender says."""

    name: str
    content_type: str
    received: Received


@dataclass(frozen=True, slots=True)
class Form:
    """The parameters of a request, their names in lower case, and its files."""

    parameters: Mapping[str, str]
    files: Mapping[str, Upload] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """One call after its credentials were checked; ``caller`` is None where none are asked for."""

    request: web.Request
    form: Form
    caller: Account | None = None

    @property
    def account(self) -> Account:
        """Return who calls; raise CallError."""
        if self.caller is None:
            raise CallError(Fault.FORBIDDEN)
        return self.caller

    @property
    def user(self) -> str:
        """Return the key of the caller's account; raise CallError."""
        return account_key(self.account.user)

    def text(self, name: str) -> str:
        """Return a parameter without the blanks around it, "" when it is absent."""
        return self.form.parameters.get(name, "").strip()

    def required(self, name: str) -> str:
        """Return a parameter that must be there; raise CallError."""
        value = self.text(name)
        if not value:
            raise invalid(name)
        return value

    def number(self, name: str, default: int = 0) -> int:
        """Return a whole number that is not negative; raise CallError for anything else."""
        value = self.text(name)
        if not value:
            return default
        if not _NUMBER.fullmatch(value):
            raise invalid(name)
        return int(value.partition(".")[0])

    def flag(self, name: str) -> bool:
        """Return a parameter that is true or false, or 1 or 0; raise CallError."""
        match self.text(name).lower():
            case "true" | "1" | "yes":
                return True
            case "" | "false" | "0" | "no":
                return False
            case _:
                raise invalid(name)

    def words(self, name: str) -> list[str]:
        """Return the parts of a list that commas part, without blanks and line ends around them."""
        return [part.strip() for part in self.text(name).split(",") if part.strip()]

    def keys(self, name: str) -> list[str]:
        """Return the keys of a list, in upper case."""
        return [word.upper() for word in self.words(name)]

    def options(self) -> set[str]:
        """Return the constants of ``options``, in lower case."""
        return {word.lower() for word in self.words("options")}

    def short(self, name: str, most: int) -> str:
        """Return a text of at most so many letters; raise CallError for a longer one."""
        value = self.text(name)
        if len(value) > most:
            raise CallError(Fault.GENERAL, f"The parameter {name} is longer than {most} letters")
        return value
