"""Switching named things on and off for one connection: what ``tagtypes`` and ``protocol`` have in common."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from .errors import AckCode, AckError
from .reply import Reply

__all__ = ["Negotiable"]


@dataclass(frozen=True, slots=True)
class Negotiable:
    """Describe what can be switched: ``names`` by their lower-case form, in the order in which they are printed.

    ``key`` begins each line of an answer; ``unknown`` is the text of the error for a name that MPD does not know;
    ``ignored`` are names that MPD knows and that have no effect here.
    """

    key: str
    names: Mapping[str, str]
    unknown: str
    ignored: frozenset[str] = frozenset()

    def negotiate(self, reply: Reply, present: frozenset[str], arguments: Sequence[str]) -> frozenset[str]:
        """Print or change what is on, and return the lower-case names of what is on now; raise AckError."""
        match arguments:
            case []:
                self._print(reply, present)
            case ["available"]:
                self._print(reply, self.names.keys())
            case ["all"]:
                return frozenset(self.names)
            case ["clear"]:
                return frozenset()
            case ["all" | "clear" | "available", *_]:
                raise AckError(AckCode.ARG, "Too many arguments")
            case ["enable" | "disable"]:
                raise AckError(AckCode.ARG, "Not enough arguments")
            case ["enable", *names]:
                return present | self.parse(names)
            case ["disable", *names]:
                return present - self.parse(names)
            case _:
                raise AckError(AckCode.ARG, "Unknown sub command")
        return present

    def parse(self, names: Sequence[str]) -> frozenset[str]:
        """Return the lower-case forms of names that are known, without what is ignored; raise AckError."""
        lower = frozenset(name.lower() for name in names)
        if not lower <= self.names.keys() | self.ignored:
            raise AckError(AckCode.ARG, self.unknown)
        return lower - self.ignored

    def _print(self, reply: Reply, shown: Collection[str]) -> None:
        for lower, name in self.names.items():
            if lower in shown:
                reply.pair(self.key, name)
