"""Commands that change one song of the queue: tags of its own, and the part that is played (protocol, "The Queue")."""

import re

from ...playback.output import OutputFeature
from ...playback.player import Player, PlayerState
from ...playback.queue import QueueItem
from ..arguments import parse_unsigned
from ..errors import AckCode, AckError
from ..queue_listing import position_of
from ..registry import Permission, command, optional
from ..selection import parse_tag
from ..session import Session
from ..tags import CANONICAL, clean

_SECTION = "queue"
_MOST_VALUES = 256  # of one song
_SECONDS = r"([0-9]{1,9}\.?[0-9]*|\.[0-9]+|)"
_PART = re.compile(f"{_SECONDS}:{_SECONDS}", re.ASCII)

type Part = tuple[float, float | None]
"""Seconds of the track: the first, and the last, None for all that follows."""


def parse_part(text: str) -> Part:
    """Return a part of a song; the whole is ":", and an end of 0 is that of the song. Raise AckError."""
    match = _PART.fullmatch(text)
    if match is None:
        raise AckError(AckCode.ARG, "Bad range")
    start, end = (int(float(each or 0) * 1000) / 1000 for each in match.groups())
    if 0 < end <= start:
        raise AckError(AckCode.ARG, "Bad range")
    return start, end or None


@command("addtagid", parse_unsigned, parse_tag, str, section=_SECTION, permission=Permission.ADD, since="0.19")
def addtagid(session: Session, item_id: int, tag: str, value: str) -> None:
    """Give a song of the queue that is a URL another value of a tag; songs of a locker have the locker's."""
    position, item = _foreign_item(session.player, item_id)
    if len(item.tags) >= _MOST_VALUES:
        raise AckError(AckCode.ARG, "Too many tags")
    if value:
        session.player.set_tags(position, (*item.tags, (CANONICAL[tag], clean(value))))


@command("cleartagid", parse_unsigned, optional(parse_tag), section=_SECTION, permission=Permission.ADD, since="0.19")
def cleartagid(session: Session, item_id: int, tag: str | None = None) -> None:
    """Take away the values of a tag, or all, that ``addtagid`` has given."""
    position, item = _foreign_item(session.player, item_id)
    kept = tuple(each for each in item.tags if tag is not None and each[0] != CANONICAL[tag])
    session.player.set_tags(position, kept)


def _foreign_item(player: Player, item_id: int) -> tuple[int, QueueItem]:
    position = position_of(player, item_id)
    item = player.queue[position]
    if item.track is not None:
        raise AckError(AckCode.PERMISSION, "Cannot edit tags of local file")
    return position, item


@command("rangeid", parse_unsigned, parse_part, section=_SECTION, permission=Permission.ADD, since="0.19")
def rangeid(session: Session, item_id: int, part: Part) -> None:
    """Play a song of the queue, which must not be playing, from one second to another only."""
    player = session.player
    position = position_of(player, item_id)
    if player.state is not PlayerState.STOPPED and player.current == player.queue[position]:
        raise AckError(AckCode.PERMISSION, "Cannot edit the current song")
    start, end = part
    if start and OutputFeature.SEEK not in player.output.features:
        raise AckError(AckCode.SYSTEM, f"{player.output.name} cannot begin within a song")
    track = player.queue[position].track
    if track is not None and track.duration is not None:
        if start > track.duration:
            raise AckError(AckCode.ARG, "Invalid start offset")
        end = None if end is None or end >= track.duration else end
    player.set_part(position, start, end)
