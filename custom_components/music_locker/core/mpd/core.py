"""What the MPD face needs of the object that holds everything; :class:`..hub.Core` is one."""

from collections.abc import Callable, Iterable
from typing import Protocol

from ..library import Library
from ..outbox import Outbox
from ..partitions import Partitions
from ..playback.outputs import Outputs
from ..playback.player import Player
from ..streams import Streams


class Core(Protocol):
    """Hold the library, the streams and the players; partitions are the players."""

    library: Library
    streams: Streams
    outbox: Outbox
    partitions: Partitions

    @property
    def players(self) -> dict[str, Player]:
        """Return the players that there are, by their ids."""

    @property
    def outputs(self) -> Outputs:
        """Return the outputs of the players, and which belongs to whom."""

    @property
    def locker_ids(self) -> Iterable[str]:
        """Return the lockers that are open now."""

    def service(self, locker_id: str) -> str | None:
        """Return the service of an open locker, None where it is not open."""

    @property
    def update_job(self) -> int | None:
        """Return the job number of the oldest sync that runs, or None."""

    def start_sync(self, locker_ids: Iterable[str] | None = None, *, force: bool = False, again: bool = False) -> int:
        """Start to sync these lockers (all if None) without waiting, and return the job number.

        With ``again`` a sync that runs begins once more after its end.
        """

    def subscribe(self, listener: Callable[[object], None]) -> Callable[[], None]:
        """Call ``listener`` with every event; the answer ends that."""
