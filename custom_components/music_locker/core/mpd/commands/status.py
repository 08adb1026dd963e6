"""Commands that ask for or wait for the state (protocol, "Querying MPD's status")."""

import time

from ...playback.player import Player, PlayerState
from ..errors import AckCode, AckError
from ..idle import SUBSYSTEMS
from ..numbers import shortest, shortest_single
from ..registry import Permission, command, several
from ..session import Session
from ..songs import queue_block
from ..tags import clean
from ..totals import totals_of

_SECTION = "status"
_STATES = {PlayerState.STOPPED: "stop", PlayerState.PLAYING: "play", PlayerState.PAUSED: "pause"}


def _subsystem(text: str) -> str:
    """Return the name of a subsystem, written in whatever case; raise AckError."""
    name = text.lower()
    if name not in SUBSYSTEMS:
        raise AckError(AckCode.ARG, f"Unrecognized idle event: {text}")
    return name


@command("idle", several(_subsystem, at_least=0), section=_SECTION, permission=Permission.READ, since="0.14")
def idle(session: Session, *subsystems: str) -> None:
    """Wait for a change of the named subsystems, or of any."""
    session.idle.wait(subsystems)


@command("clearerror", section=_SECTION, permission=Permission.PLAYER, since="0.10")
def clearerror(session: Session) -> None:
    """Forget the last error of the player."""
    session.player.clear_error()


@command("currentsong", section=_SECTION, permission=Permission.READ, since="0.11")
def currentsong(session: Session) -> None:
    """Print the song that plays, or that would play."""
    player = session.player
    item = player.current
    if item is not None:
        session.reply.raw(queue_block(item, player.queue.position_of(item.id), session.tag_mask, session.tag_types))


@command("status", section=_SECTION, permission=Permission.READ, since="0.10")
def status(session: Session) -> None:
    """Print the state of the partition: volume 0 to 100, times in seconds, bit rate in kbit/s."""
    player = session.player
    queue, mixing, state, job = player.queue, player.mixing, player.state, session.core.update_job
    text = "" if player.volume is None else f"volume: {player.volume}\n"
    # One piece for what is always there: clients ask for it all the time.
    text += (
        f"repeat: {player.repeat:d}\nrandom: {player.random:d}\n"
        f"single: {player.single.value}\nconsume: {player.consume.value}\n"
        f"partition: {player.id}\nplaylist: {queue.version}\nplaylistlength: {len(queue)}\n"
        f"mixrampdb: {shortest_single(mixing.mixramp_db)}\nstate: {_STATES[state]}\n"
        f"lastloadedplaylist: {clean(queue.last_loaded_playlist)}\n"
    )
    if mixing.crossfade:
        text += f"xfade: {mixing.crossfade}\n"
    if mixing.mixramp_delay:
        text += f"mixrampdelay: {shortest(mixing.mixramp_delay)}\n"
    if (current := player.current) is not None:
        text += f"song: {queue.position_of(current.id)}\nsongid: {current.id}\n"
    if state is not PlayerState.STOPPED:
        text += _times(player)
    if job is not None:
        text += f"updating_db: {job}\n"
    session.reply.raw(text.encode())
    if player.error is not None:
        session.reply.pair("error", player.error)
    if (following := player.next_item) is not None:
        session.reply.raw(b"nextsong: %d\nnextsongid: %d\n" % (queue.position_of(following.id), following.id))


def _times(player: Player) -> str:
    """Return the lines that a player has only while it plays or is paused."""
    elapsed, duration = player.elapsed, player.duration
    track = None if player.current is None else player.current.track
    bit_rate = (track.bit_rate if track is not None else None) or 0
    text = f"time: {round(elapsed)}:{round(duration or 0)}\nelapsed: {elapsed:.3f}\nbitrate: {bit_rate}\n"
    return text if duration is None else f"{text}duration: {duration:.3f}\n"


@command("stats", section=_SECTION, permission=Permission.READ, since="0.10")
async def stats(session: Session) -> None:
    """Print how much the library holds; times in seconds."""
    catalog = session.core.library.catalog
    totals = await totals_of(catalog)
    syncs = [when for locker in catalog.locker_ids if (when := catalog.last_sync(locker)) is not None]
    reply = session.reply
    reply.pair("uptime", int(time.monotonic() - session.instance.started))
    reply.pair("playtime", int(session.player.playtime))
    reply.pair("artists", totals.artists)
    reply.pair("albums", totals.albums)
    reply.pair("songs", totals.songs)
    reply.pair("db_playtime", totals.seconds)
    if syncs:
        reply.pair("db_update", int(max(syncs).timestamp()))
