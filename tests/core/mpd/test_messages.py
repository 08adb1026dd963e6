"""Messages between the clients of a partition."""

import pytest

from music_locker_core.mpd.mailbox import MOST_CHANNELS, MOST_MESSAGES
from tests.core.mpd.client import RawClient
from tests.core.mpd.conftest import Connect


async def test_a_message_reaches_every_client_that_hears_its_channel(connect: Connect) -> None:
    one, other, deaf = await connect(), await connect(), await connect()
    for client in (one, other):
        assert await client.ask("subscribe ring") == ["OK"]
    assert await one.ask('sendmessage ring "three \\"times\\""') == ["OK"]
    for client in (one, other):
        assert await client.ask("readmessages") == ["channel: ring", 'message: three "times"', "OK"]
        assert await client.ask("readmessages") == ["OK"]
    assert await deaf.ask("readmessages") == ["OK"]


async def test_waiting_clients_are_told_of_channels_and_messages(connect: Connect) -> None:
    one, other = await connect(), await connect()
    other.send("idle\n")
    await one.ask("subscribe ring")
    assert await other.answer() == ["changed: subscription", "OK"]
    assert await one.ask("idle subscription") == ["changed: subscription", "OK"]
    one.send("idle\n")
    await other.ask("sendmessage ring 1")
    assert await one.answer() == ["changed: message", "OK"]
    other.send("idle subscription\n")
    await one.ask("unsubscribe ring")
    assert await other.answer() == ["changed: subscription", "OK"]


async def test_a_client_is_told_once_of_messages_that_it_does_not_read(connect: Connect) -> None:
    one, other = await connect(), await connect()
    await one.ask("subscribe ring")
    one.send("idle message\n")
    await other.ask("sendmessage ring 1")
    assert await one.answer() == ["changed: message", "OK"]
    one.send("idle message\n")
    await other.ask("sendmessage ring 2")
    one.send("noidle\n")
    assert await one.answer() == ["OK"]
    assert (await one.ask("readmessages")).values("message") == ["1", "2"]
    await other.ask("sendmessage ring 3")
    assert await one.ask("idle message") == ["changed: message", "OK"]


async def test_each_partition_has_its_own(connect: Connect) -> None:
    one, other = await connect(), await connect()
    await one.ask("subscribe ring")
    await other.ask("partition kitchen")
    assert await other.ask("channels") == ["OK"]
    assert await other.ask("sendmessage ring 1") == ["ACK [50@0] {sendmessage} nobody is subscribed to this channel"]
    await one.ask("partition kitchen")
    assert await other.ask("channels") == ["channel: ring", "OK"]
    assert await other.ask("sendmessage ring 1") == ["OK"]
    assert (await one.ask("readmessages")).values("message") == ["1"]


async def test_channels_go_with_the_connections_that_hear_them(connect: Connect) -> None:
    one, other = await connect(), await connect()
    await one.ask("subscribe b")
    await one.ask("subscribe a")
    await other.ask("subscribe b")
    assert await other.ask("channels") == ["channel: a", "channel: b", "OK"]
    one.send("close\n")
    await one.closed()
    assert await other.ask("channels") == ["channel: b", "OK"]


async def test_a_client_hears_so_many_channels_and_keeps_so_many_messages(client: RawClient) -> None:
    for number in range(MOST_CHANNELS):
        assert await client.ask(f"subscribe c{number}") == ["OK"]
    assert await client.ask("subscribe more") == ["ACK [56@0] {subscribe} subscription list is full"]
    for number in range(MOST_MESSAGES):
        assert await client.ask(f"sendmessage c0 {number}") == ["OK"]
    assert await client.ask("sendmessage c0 x") == ["ACK [50@0] {sendmessage} nobody is subscribed to this channel"]
    assert (await client.ask("readmessages")).values("message") == [str(each) for each in range(MOST_MESSAGES)]


ERRORS = (
    ("subscribe a", "ACK [56@0] {subscribe} already subscribed to this channel"),
    ('subscribe ""', "ACK [2@0] {subscribe} invalid channel name"),
    ('subscribe "b c"', "ACK [2@0] {subscribe} invalid channel name"),
    ("subscribe ö", "ACK [2@0] {subscribe} invalid channel name"),
    ("subscribe a b", 'ACK [2@0] {subscribe} wrong number of arguments for "subscribe"'),
    ("unsubscribe b", "ACK [50@0] {unsubscribe} not subscribed to this channel"),
    ("sendmessage ! x", "ACK [2@0] {sendmessage} invalid channel name"),
    ("sendmessage b x", "ACK [50@0] {sendmessage} nobody is subscribed to this channel"),
    ("sendmessage a", 'ACK [2@0] {sendmessage} wrong number of arguments for "sendmessage"'),
    ("channels x", 'ACK [2@0] {channels} wrong number of arguments for "channels"'),
    ("readmessages x", 'ACK [2@0] {readmessages} wrong number of arguments for "readmessages"'),
)


async def test_errors_are_those_of_mpd(client: RawClient, subtests: pytest.Subtests) -> None:
    await client.ask("subscribe a")
    for line, answer in ERRORS:
        with subtests.test(line=line):
            assert await client.ask(line) == [answer]
