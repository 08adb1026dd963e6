"""Commands by which clients of one partition talk to each other (protocol, "Client to client")."""

from ..errors import AckCode, AckError
from ..mailbox import MOST_CHANNELS, is_channel_name
from ..registry import Permission, command
from ..session import Session

_SECTION = "client to client"


def _channel(text: str) -> str:
    """Return the name of a channel; raise AckError."""
    if not is_channel_name(text):
        raise AckError(AckCode.ARG, "invalid channel name")
    return text


@command("subscribe", _channel, section=_SECTION, permission=Permission.READ, since="0.17")
def subscribe(session: Session, channel: str) -> None:
    """Hear a channel from now on, and make it if it is new."""
    channels = session.mailbox.channels
    if len(channels) >= MOST_CHANNELS:
        raise AckError(AckCode.EXIST, "subscription list is full")
    if channel in channels:
        raise AckError(AckCode.EXIST, "already subscribed to this channel")
    channels.add(channel)
    _tell_of_channels(session)


@command("unsubscribe", str, section=_SECTION, permission=Permission.READ, since="0.17")
def unsubscribe(session: Session, channel: str) -> None:
    """Hear a channel no more."""
    if channel not in session.mailbox.channels:
        raise AckError(AckCode.NO_EXIST, "not subscribed to this channel")
    session.mailbox.channels.remove(channel)
    _tell_of_channels(session)


def _tell_of_channels(session: Session) -> None:
    session.instance.notify(session.instance.partition(session.player), "subscription")


@command("channels", section=_SECTION, permission=Permission.READ, since="0.17")
def channels(session: Session) -> None:
    """Print the channels that clients of the partition hear."""
    heard = {channel for member in session.instance.partition(session.player) for channel in member.mailbox.channels}
    for channel in sorted(heard):
        session.reply.pair("channel", channel)


@command("sendmessage", _channel, str, section=_SECTION, permission=Permission.CONTROL, since="0.17")
def sendmessage(session: Session, channel: str, text: str) -> None:
    """Send a message to every client of the partition that hears a channel."""
    hearers = [member for member in session.instance.partition(session.player) if member.mailbox.push(channel, text)]
    if not hearers:
        raise AckError(AckCode.NO_EXIST, "nobody is subscribed to this channel")
    session.instance.notify([each for each in hearers if each.mailbox.waiting == 1], "message")


@command("readmessages", section=_SECTION, permission=Permission.READ, since="0.17")
def readmessages(session: Session) -> None:
    """Print the messages that have come, and forget them."""
    for channel, text in session.mailbox.read():
        session.reply.pair("channel", channel)
        session.reply.pair("message", text)
