"""Channels between clients."""

from .both import Both


async def test_messages_reach_those_who_listen(both: Both) -> None:
    listener = await both.other()
    await both.same("channels", "readmessages", "subscribe news", "channels")
    await listener.same("subscribe news", "subscribe other", "channels")
    await both.same("sendmessage news hello", 'sendmessage news "two words"', "sendmessage other x")
    await both.same("readmessages", "readmessages")
    await listener.same("readmessages", "unsubscribe other", "channels")
    await both.same_error("sendmessage other x")
    await both.same("unsubscribe news", "channels")


async def test_channels_go_with_their_last_listener(both: Both) -> None:
    listener = await both.other()
    await listener.same("subscribe news", "idle subscription\nnoidle")
    assert await both.told("subscribe more", "unsubscribe more", of="subscription") == {"subscription"}
    await both.same("channels")


async def test_listeners_are_told_of_messages(both: Both) -> None:
    listener = await both.other()
    await listener.same("subscribe news")
    for client in (listener.mpd, listener.ours):
        client.send("idle message\n")
    await both.same("sendmessage news hello")
    for client in (listener.mpd, listener.ours):
        assert await client.answer() == ["changed: message", "OK"]
    await listener.same("readmessages")


async def test_wrong_channels_and_messages(both: Both) -> None:
    await both.same("subscribe a", "subscribe A-z_0.9:", "channels")
    await both.same_error("subscribe a", 'subscribe "b c"', 'subscribe ""', "subscribe é", "subscribe a/b", "subscribe")
    await both.same_error("subscribe a b", "unsubscribe b", "unsubscribe", 'unsubscribe "b c"', "sendmessage nobody x")
    await both.same_error('sendmessage "b c" x', "sendmessage a", "sendmessage", "sendmessage a b c", "channels x")
    await both.same_error("readmessages x")


async def test_too_many_channels_and_messages(both: Both) -> None:
    await both.same(*(f"subscribe channel{number}" for number in range(18)))
    await both.same(*(f"sendmessage channel0 {number}" for number in range(66)), "readmessages")
