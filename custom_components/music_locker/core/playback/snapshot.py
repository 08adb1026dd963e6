"""What of a player is kept, and how it is put back: queue, modes and place."""

from .persistence import Saved
from .programme import Programme
from .transport import PlayerState, Transport


def snapshot(programme: Programme, transport: Transport, elapsed: float) -> Saved:
    """Return what is to be kept; ``elapsed`` seconds of the current item have played."""
    queue = programme.queue
    return Saved(
        items=queue.items,
        queue_version=queue.version,
        last_id=queue.last_id,
        current=programme.current_id,
        last_loaded_playlist=queue.last_loaded_playlist,
        paused=transport.state is not PlayerState.STOPPED,
        elapsed=elapsed,
        modes=programme.modes,
        random=programme.random,
        volume=transport.output.volume,
    )


def put_back(saved: Saved, programme: Programme, transport: Transport) -> None:
    """Make a new player what it was; what played is paused, and nothing sounds by itself."""
    programme.queue.restore(saved.items, saved.queue_version, saved.last_id)
    programme.modes = saved.modes
    programme.current_id = saved.current if saved.current in programme.queue else None
    programme.queue.last_loaded_playlist = saved.last_loaded_playlist
    if saved.random:
        programme.set_random(on=True)
    if saved.volume is not None:
        transport.output.restore_volume(saved.volume)
    if saved.paused and programme.current is not None:
        transport.state = PlayerState.PAUSED
        transport.position.set(saved.elapsed)
