"""News, recommendations, what is new at friends, artists, messages, invitations."""

from email.utils import parsedate_to_datetime

import pytest

from mpd_bridge.locker_server import TunesbagOptions
from tests.mpd_bridge.locker_server.conftest import READER, USER, Clock, Serve
from tests.mpd_bridge.locker_server.tunesbag.conftest import APP, FRIEND, Tunes, refused, rows, tunes_client

DAY = 86_400


@pytest.mark.row("T35", "T36", "T42", side="server")
async def test_news_tell_what_friends_did(tunes: Tunes, friend: Tunes, clock: Clock) -> None:
    key = await friend.item_key("Eins")
    clock.now += 100
    await friend.json("items/rate", entrykey=key, rating="100", comment="Great & loud")
    playlist = await friend.new_set("Fresh")
    await friend.json("social/share", itemtype="1", identifier=key, recipients=f"user:{USER}")
    await tunes.json("items/rate", entrykey=await tunes.item_key("Zwei"), rating="20")

    async def actions(**parameters: str) -> set[float]:
        return {event["action"] for event in await tunes.rows("user/feed", **parameters)}

    events = {event["action"]: event for event in await tunes.rows("user/feed", feedusername=USER)}
    assert events.keys() >= {100, 500, 600, 610}
    assert events[610] == {
        "action": 610,
        "affecteduserkey": "",
        "content": "ann rated Björk - Eins",
        "content_link": f"{tunes.server.url}/item/{key}",
        "createdbyuserkey": tunes.server.tunesbag.user_key(FRIEND),
        "createdbyusername": "ann",
        "dt_created": "November, 14 2023 22:15:00",
        "entrykey": events[610]["entrykey"],
        "linked_objectkey": key,
        "objecttitle": "Björk - Eins",
        "param": "100",
        "pic": "",
    }
    assert events[500]["content"] == f"ann recommended Björk - Eins to {USER}"
    assert (events[100]["linked_objectkey"], events[100]["objecttitle"]) == (playlist, "Fresh")
    assert await actions(actions="100,500") == {100, 500}
    assert "20" not in {event["param"] for event in events.values()}
    assert "20" in {event["param"] for event in await tunes.rows("user/feed", options="IncludeOwnItems")}
    assert await actions(sincedate="20231114221500") >= {610}
    assert 610 not in await actions(sincedate="20231114221501")
    assert 610 in await actions(sincedate="20231114")
    assert await tunes.error("user/feed", sincedate="yesterday") == 999
    assert await tunes.error("user/feed", sincedate="20231399") == 999
    assert await tunes.error("user/feed", feedusername="nobody") == 1005
    clock.now += 31 * DAY
    assert 610 not in await actions()
    assert 610 in await actions(maxagedays="40")


@pytest.mark.row("T42", side="server")
async def test_what_is_between_two_users_or_private_is_no_news_for_others(tunes: Tunes, friend: Tunes) -> None:
    await friend.new_set("Diary")
    key = await friend.item_key("Eins")
    await friend.json("items/rate", entrykey=key, rating="100")
    await friend.json("social/share", itemtype="1", identifier=key, recipients=f"user:{READER}")

    async def actions(reader: Tunes, **parameters: str) -> set[float]:
        return {event["action"] for event in await reader.rows("user/feed", **parameters)} - {802}

    third = tunes.of(READER)
    assert await actions(tunes) == {100, 610}
    assert await actions(third) == {500}
    assert await actions(third, feedusername=USER) == {610}
    openly = (await tunes.client.get(f"/api/rest/user/feed?feedusername={USER}&format=RSS")).body
    assert b"rated" in openly
    assert b"Diary" not in openly
    assert b"recommended" not in openly
    tunes.server.tunesbag.befriend(FRIEND, USER, library=False)
    assert await actions(tunes) == {610}
    assert await actions(friend, options="includeownitems") == {100, 500, 610}


async def test_new_friends_are_news(serve: Serve) -> None:
    client = await serve()  # friendships are made by hand, at the time that it is
    client.server.add_account(FRIEND, "x")
    client.server.tunesbag.befriend(USER, FRIEND)
    tunes = Tunes(client, USER, client.server.tunesbag.remote_key(USER, APP))
    (event,) = await tunes.rows("user/feed")
    assert (event["action"], event["content"]) == (802, f"ann is now a friend of {USER}")


@pytest.mark.row("T7", "T42", side="server")
async def test_news_are_a_feed_for_everybody_who_knows_the_name(tunes: Tunes, friend: Tunes, serve: Serve) -> None:
    await friend.json("items/rate", entrykey=await friend.item_key("Money & <More>"), rating="80")
    target = f"/api/rest/user/feed/?feedusername={USER}&format=rss&actions=610"
    feed = (await tunes.client.get(target)).xml()
    assert feed.findtext("channel/item/title") == "ann rated Abba - Money & <More> (1976)"
    assert parsedate_to_datetime(feed.findtext("channel/item/pubDate") or "").year == 2023
    assert refused(await tunes.client.get("/api/rest/user/feed?format=RSS")) == 20001
    await tunes.server.close()
    closed = await tunes_client(serve, TunesbagOptions(public_feeds=False))
    assert refused(await closed.client.get(target)) == 20001


@pytest.mark.row("T94", "T95", "T96", "T97", side="server")
async def test_what_is_shared_is_listed_by_both_and_recommended_until_it_is_heard(tunes: Tunes, friend: Tunes) -> None:
    key = await tunes.item_key("Eins")
    recipients = f"mailto:user@domain.com, user:{FRIEND}"
    shared = await tunes.json(
        "social/share", itemtype="1", identifier=key, recipients=recipients, comment="Listen to <this>!"
    )
    (sent,) = await tunes.rows("social/share/list")
    (got,) = await friend.rows("social/share/list")
    assert sent | {"direction": 1, "unread": 1} == got
    assert got == {
        "entrykey": shared["ENTRYKEY"],
        "type": 1,
        "direction": 1,
        "createdbyuserkey": tunes.server.tunesbag.user_key(USER),
        "createdbyusername": USER,
        "objecttitle": "Björk - Eins",
        "linked_objectkey": key,
        "dt_created": "November, 14 2023 22:13:20",
        "comment": "Listen to <this>!",
        "unread": 1,
        "recipients": recipients,
    }
    (open_one,) = await friend.rows("social/recommendations/list")
    assert open_one == {
        "dt_created": got["dt_created"],
        "entrykey": shared["ENTRYKEY"],
        "mediaitemkey": key,
        "mediaitemtype": 0,
        "recipient": tunes.server.tunesbag.user_key(FRIEND),
        "recipient_type": 0,
        "userkey": tunes.server.tunesbag.user_key(USER),
        "viewed": 0,
        "comment": "Listen to <this>!",
    }
    assert await tunes.rows("social/recommendations/list") == []
    await friend.json("item/log/playstatus", entrykey=await friend.item_key("Eins"), seconds="20")
    assert await friend.rows("social/recommendations/list") == []
    assert [one["unread"] for one in await friend.rows("social/share/list")] == [0]


@pytest.mark.row("T94", "T95", "T96", side="server")
async def test_six_types_can_be_shared_and_filtered(tunes: Tunes, friend: Tunes) -> None:
    playlist = await tunes.new_set("Mine")
    for kind, identifier in {"2": playlist, "3": "Arrival", "4": "Abba", "5": FRIEND, "6": "A concert"}.items():
        await tunes.json(
            "social/share", itemtype=kind, identifier=identifier, recipients=f"mailto:{USER},user:{FRIEND}"
        )
    assert sorted(one["type"] for one in await friend.rows("social/share/list")) == [2, 3, 4, 5, 6]
    assert {one["type"] for one in await friend.rows("social/share/list", filter_type="2,4")} == {2, 4}
    both = await tunes.rows("social/share/list", filter_type="6")
    assert {one["direction"] for one in both} == {0, 1}
    assert [one["direction"] for one in await tunes.rows("social/share/list", filter_type="6", direction="0")] == [0]
    assert await friend.rows("social/share/list", direction="0") == []
    good = {"itemtype": "4", "identifier": "Abba", "recipients": f"user:{FRIEND}"}
    for name, value, error in (
        ("itemtype", "7", 999),
        ("itemtype", "track", 999),
        ("identifier", "", 999),
        ("recipients", "", 999),
        ("recipients", FRIEND, 999),
        ("recipients", "fax:ann", 999),
        ("recipients", "user:nobody", 1005),
        ("comment", "x" * 1001, 999),
    ):
        assert await tunes.error("social/share", **{**good, name: value}) == error
    assert await tunes.error("social/share", itemtype="1", identifier="0" * 35, recipients=f"user:{FRIEND}") == 1002
    assert await tunes.error("social/share/list", direction="2") == 999


@pytest.mark.row("T98", side="server")
async def test_what_is_new_at_friends_is_explored(tunes: Tunes, friend: Tunes) -> None:
    await friend.new_set("Public", "Eins", "First wave", public="1", tags="a b", description="d")
    await friend.new_set("Private", "Zwei")
    answer = await tunes.json("social/explore/newitems")
    lists = {one["name"]: one for one in rows(answer["QNEWUPDATEDPLAYLISTS"])}
    assert lists.keys() == {"Public", "Private", "Party!"}
    new = lists["Public"]
    assert (new["artists"], new["track_names"], new["itemscount"]) == ("Björk, Abba", "Eins, First wave", 2)
    assert (new["username"], new["tags"], new["description"], new["totaltime"]) == ("ann", "a b", "d", 1)
    artists = {one["artist"]: one["counter"] for one in rows(answer["QNEWTRACKSARTISTS"])}
    assert artists["Abba"] == 3
    tunes.server.tunesbag.befriend(FRIEND, USER, library=False)
    hidden = await tunes.json("social/explore/newitems")
    assert [one["name"] for one in rows(hidden["QNEWUPDATEDPLAYLISTS"])] == ["Public"]
    assert rows(hidden["QNEWTRACKSARTISTS"]) == []


@pytest.mark.row("T99", side="server")
async def test_artists_have_playlists_and_fans(tunes: Tunes, friend: Tunes, reader: Tunes) -> None:
    await friend.new_set("Known", "Eins", public="1", tags="t", description="d")
    await friend.json("items/rate", entrykey=await friend.item_key("Eins"), rating="80")
    await tunes.json("items/rate", entrykey=await tunes.item_key("Eins"), rating="60")
    answer = await tunes.json("social/artist/info", artist="BJORK")
    assert rows(answer["EVENTS"]) == []
    assert ("Known", "ann") in {(one["name"], one["username"]) for one in rows(answer["PLAYLISTS"])}
    (fan,) = rows(answer["FANS"])
    assert fan == {
        "about_me": "",
        "pic": "/res/images/profile_images/ann/ann_big.jpg",
        "userkey": tunes.server.tunesbag.user_key(FRIEND),
        "username": "ann",
    }
    assert rows((await reader.json("social/artist/info", artist="Björk"))["FANS"]) == []
    assert await tunes.error("social/artist/info") == 999


@pytest.mark.row("T100", "T101", side="server")
async def test_messages_go_from_user_to_user(tunes: Tunes, friend: Tunes) -> None:
    ann = tunes.server.tunesbag.user_key(FRIEND)
    sent = await tunes.json("messages/send", userkey_to=ann.lower(), subject="Hi", body="1 < 2 & <b>\nbye")
    (seen,) = await friend.rows("messages/get", "DATA")
    assert seen == {
        "body": "1 < 2 & <b>\nbye",
        "dt_created": "November, 14 2023 22:13:20",
        "entrykey": sent["ENTRYKEY"],
        "linked_objectkey": "",
        "status_read": 0,
        "subject": "Hi",
        "userkey_from": tunes.server.tunesbag.user_key(USER),
        "userkey_to": ann,
        "username_from": USER,
        "username_to": "ann",
    }
    assert [one["status_read"] for one in await tunes.rows("messages/get", "DATA")] == [1]
    assert (await friend.xml("messages/get")).findtext("data/item/body") == seen["body"]
    assert await tunes.of(READER).rows("messages/get", "DATA") == []
    assert await tunes.error("messages/send", userkey_to="0" * 35, subject="Hi") == 1005
    assert await tunes.error("messages/send", userkey_to=ann) == 999
    assert await tunes.error("messages/send", userkey_to=ann, body="x" * 10_001) == 999


@pytest.mark.row("T102", side="server")
async def test_an_invitation_reaches_who_has_an_account(tunes: Tunes, reader: Tunes) -> None:
    await tunes.json("misc/sendinvitation", email=READER, customtext="Come!")
    (message,) = await reader.rows("messages/get", "DATA")
    assert (message["subject"], message["body"]) == ("Become my friend on tunesBag", "Come!")
    await tunes.json("misc/sendinvitation", email="somebody@example.com")
    assert await tunes.error("misc/sendinvitation", email="nobody") == 999
    assert await tunes.error("misc/sendinvitation") == 999
    assert await tunes.error("misc/sendinvitation", email=READER, customtext="x" * 251) == 999
