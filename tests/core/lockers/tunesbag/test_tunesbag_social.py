"""News, shares, recommendations, artists and messages, before a real locker server, in XML and in JSON."""

from datetime import UTC, datetime, timedelta

import pytest

from music_locker_core.errors import LockerError, NotFound
from music_locker_core.lockers.tunesbag_social_parse import Action, ItemType
from music_locker_core.models import PlaylistKind
from tests.conformance.folder import QUEEN
from tests.core.lockers.tunesbag.conftest import ANN, BOB, Account


async def queen_of(account: Account) -> str:
    return next(item.key for item in (await account.client.items()).items if item.name == QUEEN.title)


@pytest.mark.row("T35", side="adapter")
@pytest.mark.row("T36", side="adapter")
@pytest.mark.row("T42", side="adapter")
async def test_the_feed_is_cut_by_user_age_actions_and_date(ann: Account, bob: Account) -> None:
    await bob.client.rate(await queen_of(bob), 80, "Lovely")
    news = await ann.adapter.social.feed(BOB, own=True)
    rated = next(one for one in news if one.action is Action.RATED and one.user_name == BOB)
    assert rated.created is not None
    assert abs(rated.created - datetime.now(UTC)) < timedelta(minutes=2)
    assert (rated.user_key, bool(rated.key)) == (ann.key(BOB), True)
    ann.sent.clear()
    since = datetime(2031, 7, 8, 9, 10, 11, tzinfo=UTC)
    assert await ann.adapter.social.feed(days=7, since=since, actions=[Action.RATED, Action.FRIENDS]) == []
    form = ann.sent[-1].form
    assert (form["feedusername"], form["maxagedays"], form["sincedate"]) == (ANN, "7", "20310708091011")
    assert (form["actions"], "options" in form) == ("610,802", False)
    only = await ann.adapter.social.feed(BOB, own=True, actions=[Action.RATED])
    assert {one.action for one in only} == {Action.RATED}


@pytest.mark.row("T94", side="adapter")
@pytest.mark.row("T95", side="adapter")
@pytest.mark.row("T96", side="adapter")
@pytest.mark.row("T97", side="adapter")
async def test_what_is_shared_is_seen_on_both_sides(ann: Account, bob: Account) -> None:
    key = await queen_of(bob)
    share = await bob.adapter.social.share(ItemType.TRACK, key, [f"user:{ANN}", "mailto:a@b.example"], "Früh & <gut>")
    sent = next(one for one in await bob.adapter.social.shared() if one.key == share)
    got = next(one for one in await ann.adapter.social.shared([ItemType.TRACK]) if one.comment == "Früh & <gut>")
    assert (sent.type, sent.object_key, sent.user_name) == (ItemType.TRACK, key, BOB)
    assert sent.direction != got.direction
    assert f"user:{ANN}" in sent.recipients
    assert await ann.adapter.social.shared(direction=got.direction)
    left_out = [
        *await ann.adapter.social.shared([ItemType.ARTIST]),
        *await ann.adapter.social.shared(direction=sent.direction),
    ]
    assert share not in {one.key for one in left_out}
    recommended = await ann.adapter.social.recommendations()
    assert key in {one.item_key for one in recommended}
    assert {one.user_key for one in recommended} == {ann.key(BOB)}
    (shelf,) = [one for one in await ann.adapter.playlists() if one.kind is PlaylistKind.RECOMMENDED]
    shelved = await ann.adapter.playlist_tracks(shelf.id)
    titles = {track.id: track.title async for page in ann.adapter.tracks() for track in page}
    assert QUEEN.title in {titles[track] for track in shelved}


@pytest.mark.row("T94", side="adapter")
@pytest.mark.parametrize("recipients", [[], ["bob"], ["sms:123"], ["user:"], ["user:a,user:b"]])
async def test_recipients_are_addresses_or_users(ann: Account, recipients: list[str]) -> None:
    ann.sent.clear()
    with pytest.raises(LockerError, match="recipient"):
        await ann.adapter.social.share(ItemType.ARTIST, "Abba", recipients)
    assert ann.sent == []


@pytest.mark.row("T95", side="adapter")
def test_what_can_be_shared_has_the_numbers_of_the_document() -> None:
    assert [(int(one), one.name) for one in ItemType] == [
        (1, "TRACK"),
        (2, "PLAYLIST"),
        (3, "ALBUM"),
        (4, "ARTIST"),
        (5, "USER"),
        (6, "EVENT"),
    ]


@pytest.mark.row("T98", side="adapter")
@pytest.mark.row("T99", side="adapter")
async def test_friends_new_playlists_and_artists_and_who_likes_one(ann: Account) -> None:
    new = await ann.adapter.social.new_items()
    assert BOB in {one.user_name for one in new.playlists}
    assert {"Abba", "Björk"} <= {one.artist for one in new.artists}
    info = await ann.adapter.social.artist("Björk")
    assert "Party!" in {one.name for one in info.playlists}
    assert info.events == []
    assert all(fan.user_name for fan in info.fans)


@pytest.mark.row("T100", side="adapter")
@pytest.mark.row("T101", side="adapter")
async def test_a_message_comes_to_whom_it_was_sent(ann: Account, bob: Account) -> None:
    await ann.adapter.social.send_message(ann.key(BOB), "Größe", "Two\nlines & <more>")
    sent, got = await ann.adapter.social.messages(), await bob.adapter.social.messages()
    for messages in (sent, got):
        message = next(one for one in messages if one.subject == "Größe")
        assert (message.sender, message.recipient) == (ANN, BOB)
        assert (message.sender_key, message.recipient_key) == (ann.key(ANN), ann.key(BOB))
        assert (message.body or "").split() == ["Two", "lines", "&", "<more>"]
    with pytest.raises(NotFound):
        await ann.adapter.social.send_message("0" * 35, "a", "b")


@pytest.mark.row("T102", side="adapter")
async def test_an_invitation_has_an_address_and_at_most_250_letters(ann: Account) -> None:
    await ann.adapter.social.invite("somebody@example.com", "x" * 250)
    form = ann.sent[-1].form
    assert (form["email"], form["customtext"]) == ("somebody@example.com", "x" * 250)
    with pytest.raises(LockerError, match="at most 250"):
        await ann.adapter.social.invite("somebody@example.com", "x" * 251)


@pytest.mark.row("T43", side="adapter")
async def test_friends_are_told_with_what_they_let_be_seen(ann: Account) -> None:
    friends = {friend.name: friend.readable for friend in await ann.adapter.social.friends()}
    assert friends[BOB]
    assert not all(friends.values())
