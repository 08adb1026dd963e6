"""The outputs of all players: which belongs to which player, and which of them it plays to.

An output belongs to the player that it was given to, until another player takes it; then the first keeps an empty place
for it. A player plays to one of its outputs, or to none. What is chosen counts at once; the players follow, one after
the other: an output is started by its new player only after the old one has let go of it.
"""

import asyncio
import contextlib
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .choices import Choices
from .no_output import NoOutput
from .output import AttributeRefused, Output, OutputError
from .persistence import PlayerStore
from .player import Player

_LOGGER = logging.getLogger(__name__)


class UnknownOutput(LookupError):  # noqa: N818 - says what it is
    """No player has an output of this name."""


@dataclass(frozen=True, slots=True)
class Place:
    """Show where an output is, or was before another player took it: then it is not ``here``."""

    output: Output
    name: str
    here: bool
    enabled: bool


class Outputs:
    """Hold the outputs of the players that there are."""

    def __init__(self, store: PlayerStore) -> None:
        """Keep what is chosen in ``store``."""
        self._choices = Choices(store)
        self._players: dict[str, Player] = {}
        self._given: dict[str, Sequence[Output]] = {}
        self._places: dict[str, list[Output]] = {}
        self._holders: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._following = asyncio.Lock()

    async def load(self) -> None:
        """Read what was chosen before; raise LibraryError."""
        await self._choices.load()

    async def save(self) -> None:
        """Keep what was chosen, with the present volumes."""
        for home in self._given:
            self._note_volumes(home)
        await self._choices.save()

    def _note_volumes(self, home: str) -> None:
        for output in self._given[home]:
            self._choices.output(home, output.id).volume = output.volume

    # Players come and go

    async def give(self, player_id: str, outputs: Sequence[Output]) -> Output:
        """Take the outputs of a player that is about to be there; return the one that it begins with."""
        self._given[player_id] = outputs
        self._places[player_id] = list(outputs)
        for output in outputs:
            self._names[output.id] = self._free_name(output)
            self._holders[output.id] = player_id
            taker = self._choices.output(player_id, output.id).taken_by
            if taker is not None and taker in self._players:
                self._put(output, taker)
        for output in outputs:
            await self._restore(output, player_id)
        return self._chosen(player_id) or NoOutput()

    async def _restore(self, output: Output, player_id: str) -> None:
        """Set an output as it was."""
        kept = self._choices.output(player_id, output.id)
        if kept.volume is not None:
            output.restore_volume(kept.volume)
        for name, value in kept.attributes.items():
            with contextlib.suppress(AttributeRefused):  # of an older version
                await output.set_attribute(name, value)

    async def attach(self, player: Player) -> None:
        """Let a player have what it took before, and others have what they took of it."""
        self._players[player.id] = player
        concerned = {self._holders[output.id] for output in self._given[player.id]}
        for home, output in list(self._all()):
            if self._choices.output(home, output.id).taken_by == player.id:
                concerned.add(self._holders[output.id])
                self._put(output, player.id)
        await self._follow(*concerned - {player.id}, player.id)

    async def close_player(self, player: Player) -> None:
        """Close a player, so that from then on it follows no choice; :meth:`detach` is what comes after that."""
        async with self._following:
            self._players.pop(player.id, None)
            await player.close()

    async def detach(self, player_id: str) -> None:
        """Take the outputs of a player that has gone from whoever has them, and give back what it had of others."""
        self._note_volumes(player_id)
        del self._places[player_id]
        concerned = set()
        for output in self._given.pop(player_id):
            concerned.add(self._holders.pop(output.id))
            del self._names[output.id]
            for places in self._places.values():
                if output in places:
                    places.remove(output)
        for home, output in self._all():
            if self._holders[output.id] == player_id:
                self._holders[output.id] = home
                concerned.add(home)
        await self._follow(*concerned)

    async def forget(self, player_id: str) -> None:
        """Forget what was chosen for a player; others that shared outputs with it play to their own again."""
        concerned = self._choices.forget(player_id)
        await self._choices.save()
        await self._follow(*concerned)

    def _all(self) -> Iterator[tuple[str, Output]]:
        """Return every output, and to which player it was given."""
        return ((home, output) for home, given in self._given.items() for output in given)

    def _free_name(self, output: Output) -> str:
        """Return the output's name; a second one of this name tells its kind, or a number."""
        taken = set(self._names.values())
        name, number = output.name, 1
        while name in taken:
            name = f"{output.name} ({output.plugin if number == 1 else number})"
            number += 1
        return name

    # What there is

    def given(self, player_id: str) -> Sequence[Output]:
        """Return the outputs that a player was given, none where there is no such player."""
        return self._given.get(player_id, ())

    def places(self, player_id: str) -> list[Place]:
        """Return the outputs of a player, and the places of those that another has taken, in a lasting order."""
        chosen = self._chosen(player_id)
        return [
            Place(output, self._names[output.id], self._holders[output.id] == player_id, output is chosen)
            for output in self._places.get(player_id, ())
        ]

    def has_taken(self, player_id: str) -> bool:
        """Tell whether a player has an output that was given to another one."""
        return any(place.here and place.output not in self.given(player_id) for place in self.places(player_id))

    def _chosen(self, player_id: str) -> Output | None:
        """Return the output that a player shall play to: the last that it was given, where nobody chose."""
        here = [output for output in self._places.get(player_id, ()) if self._holders[output.id] == player_id]
        player = self._choices.player(player_id)
        if player.choice and not self._lent_to_nobody(player_id):
            return next((output for output in here if output.id == player.enabled), None)
        return next((output for output in reversed(self.given(player_id)) if output in here), None)

    def _lent_to_nobody(self, player_id: str) -> bool:
        """Tell whether a player is silent because of one that took its output, and that is not there now."""
        if self._choices.player(player_id).enabled is not None:
            return False
        takers = {self._choices.output(player_id, output.id).taken_by for output in self.given(player_id)} - {None}
        return not takers <= self._players.keys()

    # What users do

    async def enable(self, player_id: str, output: Output | None) -> None:
        """Have a player play to this output of its own, and to no other; raise OutputError."""
        self._choose(player_id, output)
        await self._follow(player_id)
        await self.save()

    async def take(self, name: str, player_id: str) -> None:
        """Move an output to a player, where it is enabled if it was before; raise UnknownOutput, OutputError."""
        home, output = self._named(name)
        holder = self._holders[output.id]
        if holder == player_id != home:
            return
        if holder == player_id:
            self._choose(home, self._chosen(home))
            self._choices.output(home, output.id).taken_by = None  # one who is not there does not get it back
            await self.save()
            return
        enabled = self._chosen(holder) is output
        if enabled:
            self._choose(holder, None)
            self._choose(player_id, output)
        self._put(output, player_id)
        self._choices.output(home, output.id).taken_by = None if player_id == home else player_id
        for player in self._players.values():
            if not enabled or player.id != player_id:  # which tells it when it has the output
                player.outputs_changed()
        await self._follow(holder, player_id)
        await self.save()

    async def set_attribute(self, output: Output, name: str, value: str) -> None:
        """Set an attribute of an output, for good; raise AttributeRefused."""
        await output.set_attribute(name, value)
        home = next(home for home, each in self._all() if each is output)
        self._choices.output(home, output.id).attributes[name] = value
        self._players[self._holders[output.id]].outputs_changed()
        await self.save()

    def _named(self, name: str) -> tuple[str, Output]:
        for home, output in self._all():
            if self._names[output.id] == name:
                return home, output
        raise UnknownOutput(name)

    def _choose(self, player_id: str, output: Output | None) -> None:
        player = self._choices.player(player_id)
        player.choice, player.enabled = True, None if output is None else output.id

    def _put(self, output: Output, player_id: str) -> None:
        self._holders[output.id] = player_id
        if output not in self._places[player_id]:
            self._places[player_id].append(output)

    async def _follow(self, *player_ids: str) -> None:
        """Bring players to the outputs that are chosen for them, in this order; raise OutputError of the last."""
        async with self._following:
            for player in self._present(player_ids):
                output = self._chosen(player.id)
                if output is not None:
                    await self._let_go(output, player)
                try:
                    await player.set_output(output or _silence(player))
                except OutputError:
                    if player.id == player_ids[-1]:
                        raise
                    _LOGGER.debug("%s could not go on", player.id)  # which its state tells
                await player.settle()

    async def _let_go(self, output: Output, taker: Player) -> None:
        """Silence another player that still plays to an output: it is about to follow, behind this one."""
        for player in tuple(self._players.values()):
            if player is not taker and player.output is output:
                await player.set_output(_silence(player))
                await player.settle()

    def _present(self, player_ids: Iterable[str]) -> Iterator[Player]:
        return (player for player_id in player_ids if (player := self._players.get(player_id)) is not None)


def _silence(player: Player) -> Output:
    """Return what a player plays to when no output is enabled: the same again, where it plays to nothing already."""
    return player.output if isinstance(player.output, NoOutput) else NoOutput()
