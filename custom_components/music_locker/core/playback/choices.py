"""What users have chosen for outputs, kept over restarts: which is enabled, who has taken it, how it is set."""

import logging
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import orjson

from ..library.errors import LibraryError, NewerVersionError
from .persistence import PlayerStore

_LOGGER = logging.getLogger(__name__)
_NAME: Final = "outputs"
_VERSION: Final = 1


@dataclass(slots=True)
class OutputChoices:
    """Hold what was chosen for one output: the player that took it, its volume 0 to 100, its attributes."""

    taken_by: str | None = None
    volume: int | None = None
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class PlayerChoices:
    """Hold what was chosen for one player: the output that is ``enabled`` once there was a ``choice``, or none.

    ``outputs`` are those that it was given, by their ids, whoever has them now.
    """

    choice: bool = False
    enabled: str | None = None
    outputs: dict[str, OutputChoices] = field(default_factory=dict)


class Choices:
    """Read and write the choices of all players, also of those that are not there now."""

    def __init__(self, store: PlayerStore) -> None:
        """Begin with no choice; :meth:`load` reads what was kept."""
        self._store = store
        self._players: dict[str, PlayerChoices] = {}
        self._written = b""

    def player(self, player_id: str) -> PlayerChoices:
        """Return what was chosen for a player, to be read and changed."""
        return self._players.setdefault(player_id, PlayerChoices())

    def output(self, player_id: str, output_id: str) -> OutputChoices:
        """Return what was chosen for an output that a player was given, to be read and changed."""
        return self.player(player_id).outputs.setdefault(output_id, OutputChoices())

    def forget(self, player_id: str) -> list[str]:
        """Forget a player; return those that had an output of it or gave it one, which play to their own again."""
        forgotten = self._players.pop(player_id, PlayerChoices())
        concerned = []
        for other_id, other in self._players.items():
            lent = [output for output in other.outputs.values() if output.taken_by == player_id]
            for output in lent:
                output.taken_by = None
            if (lent and other.enabled is None) or other.enabled in forgotten.outputs:
                other.choice, other.enabled = False, None
                concerned.append(other_id)
        return concerned

    async def load(self) -> None:
        """Read what was kept; raise LibraryError, NewerVersionError among them."""
        kept = await self._store.load_state(_NAME)
        if kept is None:
            return
        try:
            self._players = _decode(orjson.loads(kept))
            self._written = kept
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            _LOGGER.warning("What was chosen for outputs cannot be read (%s); each player plays to its own", error)

    async def save(self) -> None:
        """Write it if it is different; a disk that is full is told, and the choice counts until the next start."""
        encoded = _encode(self._players)
        if encoded == self._written:
            return
        try:
            await self._store.save_state(_NAME, encoded)
            self._written = encoded
        except LibraryError as error:
            _LOGGER.warning("What was chosen for outputs cannot be kept now: %s", error)


def _encode(players: dict[str, PlayerChoices]) -> bytes:
    chosen = {player_id: asdict(player) for player_id, player in players.items() if player != PlayerChoices()}
    return orjson.dumps({"format": _VERSION, "players": chosen})


def _decode(kept: dict[str, Any]) -> dict[str, PlayerChoices]:
    if kept["format"] > _VERSION:
        raise NewerVersionError("A newer version of Music Locker has kept what outputs play: update this one")
    return {player_id: _decode_player(player) for player_id, player in kept["players"].items()}


def _decode_player(kept: dict[str, Any]) -> PlayerChoices:
    return PlayerChoices(
        choice=bool(kept["choice"]),
        enabled=kept["enabled"],
        outputs={output_id: OutputChoices(**output) for output_id, output in kept["outputs"].items()},
    )
