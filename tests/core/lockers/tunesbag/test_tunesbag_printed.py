"""Every printed example of the tunesBag document, read as it is printed, in XML and turned into JSON."""

import tomllib
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from music_locker_core.errors import ServiceError
from music_locker_core.lockers import tunesbag_parse as parse
from music_locker_core.lockers import tunesbag_social_parse as social
from tests.core.lockers.tunesbag.printed import FOLDER, in_json, mended, printed

EXAMPLES = tomllib.loads((FOLDER / "index.toml").read_text(encoding="utf-8"))["example"]
READERS: dict[str, Callable[[bytes], object]] = {
    "response_xml": parse.parse_nothing,
    "response_json": parse.parse_nothing,
    "test_ping": parse.parse_nothing,
    "user_info": parse.parse_user,
    "user_feed": social.parse_feed,
    "user_friends": parse.parse_friends,
    "items_get": parse.parse_items,
    "items_library_lastkey": parse.parse_last_keys,
    "items_add": parse.parse_added,
    "items_get_deliver": parse.parse_delivery,
    "items_get_deliver_player": parse.parse_nothing,
    "items_checkhashvalues": parse.parse_hash_states,
    "items_rate": parse.parse_nothing,
    "sets_get": parse.parse_sets,
    "sets_set_getitems": parse.parse_set_items,
    "social_share_list": social.parse_shared,
    "social_recommendations_list": social.parse_recommendations,
    "social_explore_newitems": social.parse_new_items,
    "social_artist_info": social.parse_artist,
    "messages_get": social.parse_messages,
    "misc_check_albumcovers": parse.parse_covers,
}
XML_ANSWERS = [name for name in READERS if name != "response_json"]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_every_printed_answer_has_its_reader() -> None:
    assert set(READERS) == {example["name"] for example in EXAMPLES if example["kind"] == "answer"}


@pytest.mark.row("T24")
@pytest.mark.parametrize(
    "example", [one for one in EXAMPLES if one.get("well_formed") is False], ids=lambda one: one["name"]
)
def test_an_example_that_is_no_xml_as_printed_is_one_clear_error(example: dict[str, str]) -> None:
    with pytest.raises(ServiceError, match="not readable XML"):
        READERS[example["name"]](printed(example["name"]))


@pytest.mark.row("T11", side="adapter")
@pytest.mark.row("T16")
@pytest.mark.row("T18")
@pytest.mark.parametrize("name", XML_ANSWERS)
def test_every_answer_is_read_whether_it_has_a_result_or_not(name: str) -> None:
    READERS[name](mended(name))


@pytest.mark.row("T9", side="adapter")
@pytest.mark.row("T12", side="adapter")
@pytest.mark.row("T13", side="adapter")
@pytest.mark.row("T20", side="adapter")
@pytest.mark.row("T21")
@pytest.mark.parametrize("tables", [False, True], ids=["objects", "columns"])
@pytest.mark.parametrize("name", XML_ANSWERS)
def test_json_with_objects_or_columns_is_read_as_xml_is(name: str, tables: bool) -> None:
    assert READERS[name](in_json(name, tables=tables)) == READERS[name](mended(name))


@pytest.mark.row("T12", side="adapter")
@pytest.mark.row("T13", side="adapter")
def test_the_printed_json_answer_is_a_good_one() -> None:
    parse.parse_nothing(printed("response_json"))


@pytest.mark.row("T15")
@pytest.mark.row("T17")
@pytest.mark.row("T39", side="adapter")
@pytest.mark.row("T40", side="adapter")
@pytest.mark.row("T41", side="adapter")
def test_a_user_has_all_that_is_printed() -> None:
    assert parse.parse_user(mended("user_info")) == parse.User(
        key=None,  # the table names an entrykey, the example has none
        library="EED59E76-BB46-6F35-AF22895AA7435654",
        first_name="John",
        surname="Doe",
        language="en",
        picture="/res/images/profile_images/joh/johndoe_big.jpg",
        homepage="http://tunesBag.blogspot.com/",
        city="Vienna",
        country="AT",
        female=False,
        online=True,
        item_count=1487,
        quota_used=8783872695,
        quota=9221225472,
    )


@pytest.mark.row("T35", side="adapter")
@pytest.mark.row("T36", side="adapter")
@pytest.mark.row("T42", side="adapter")
@pytest.mark.row("T107")
def test_news_keep_their_links_as_they_are() -> None:
    (news,) = social.parse_feed(printed("user_feed"))
    assert news == social.News(
        key="3175A607-B389-598D-0ABB5E30B5B048D6",
        action=social.Action.RECOMMENDED,
        content="free.music recommended SaReGaMa - SaReGaMa - Oh No, Babe (2007) to John Doe",
        link="http://www.tunesBag.com//item/8B9BDB1E-90F7-2F9C-4D64024FD8D368E0",
        created=utc("2008-07-17 16:38:58"),
        title="SaReGaMa - SaReGaMa - Oh No, Babe (2007)",
        object_key="8B9BDB1E-90F7-2F9C-4D64024FD8D368E0",
        user_key="EEEE539-90E2-1D5F-8E9D17392106E782",
        user_name="free.music",
        affected_user_key="CC88ECA1-F205-9A74-1C41F00931943663",
        parameter="funkymusic",
    )


@pytest.mark.row("T36", side="adapter")
@pytest.mark.parametrize("number", [100, 600, 601, 610, 620, 802, 804, 500, 999])
def test_each_action_has_a_name_and_an_unknown_one_its_number(number: int) -> None:
    body = printed("user_feed").replace(b"<action>500", b"<action>%d" % number)
    (news,) = social.parse_feed(body)
    assert news.action == number
    assert isinstance(news.action, social.Action) == (number != 999)


@pytest.mark.row("T43", side="adapter")
@pytest.mark.row("T44")
def test_a_friend_has_all_that_is_printed() -> None:
    assert parse.parse_friends(printed("user_friends")) == [
        parse.Friend(
            user="AB065288-02E2-26A0-0CAC654B43A6DE33",
            name="peterD",
            library="AB0652C1-B827-F7EF-2DBC7CA2CC9EE690",
            readable=False,
            reads_ours=False,
            key="F3B1E2F6-C78F-09DB-3AC4399FD37922B2",
            city="New York",
            picture="/res/images/nobody.png",
            item_count=1254,
            playlist_count=14,
            since=utc("2008-05-16 23:45:31"),
        )
    ]


@pytest.mark.row("T25", side="adapter")
@pytest.mark.row("T52", side="adapter")
@pytest.mark.row("T108")
def test_items_are_read_with_the_last_key_of_their_library() -> None:
    listed = parse.parse_items(printed("items_get"))
    assert listed.last_key == "21504883-9B19-341A-2C5894F6D17ACED0"
    assert listed.items == [
        parse.Item(
            "C26F1244-DD23-7CFF-D734EA4BC84B8DAD",
            "Unfinished Sympathy (Paul Oakenfold RMX)",
            "Massive Attack",
            times=111,
        ),
        parse.Item(
            "30F0DDFE-C12C-9EF7-7FCEC94F46C8662B",
            "Dancing in the Moonlight",
            "Van Morrison",
            "Down the Road",
            times=87,
        ),
    ]


@pytest.mark.row("T53", side="adapter")
@pytest.mark.parametrize("below_libraries", [False, True])
def test_last_keys_are_found_where_the_text_and_where_the_example_have_them(*, below_libraries: bool) -> None:
    body = printed("items_library_lastkey")
    if below_libraries:
        body = body.replace(b"<items>", b"<libraries><items>").replace(b"</items>", b"</items></libraries>")
    assert parse.parse_last_keys(body) == {"AAF74A83-E2E4-FF76-1DF249055D777322": "8A222615-CB42-0178-E6EA559BF0F198CF"}


@pytest.mark.row("T69", side="adapter")
@pytest.mark.row("T71", side="adapter")
@pytest.mark.row("T73")
def test_a_delivery_without_a_length_is_made_on_the_fly() -> None:
    found = parse.parse_delivery(printed("items_get_deliver"))
    assert found == parse.Delivery("/deliver/ticket/3278EAA5-E96A-CBB1-D8E323EC15938B6F/deliver.pl", "audio/mpeg", None)
    assert "ticket" not in repr(found)


@pytest.mark.row("T70")
@pytest.mark.parametrize("written", [b"?a=1&amp;copy=2", b"?a=1&amp;amp;copy=2"], ids=["once", "twice"])
def test_a_location_that_was_encoded_once_or_twice_is_decoded_whole(written: bytes) -> None:
    body = printed("items_get_deliver").replace(b"deliver.pl", b"deliver.pl" + written)
    assert parse.parse_delivery(body).location.endswith("deliver.pl?a=1&copy=2")


@pytest.mark.row("T76", side="adapter")
def test_hash_values_have_their_codes() -> None:
    assert parse.parse_hash_states(mended("items_checkhashvalues")) == {
        "1F21A33C219B8429AD56C6059B3D66CEAD8C8CA6": 404,
        "F99DC33C219B8429AD56C6059B3D66CEAD8C8CA6": 200,
    }


@pytest.mark.row("T31", side="adapter")
@pytest.mark.row("T32", side="adapter")
@pytest.mark.row("T33", side="adapter")
@pytest.mark.row("T84", side="adapter")
@pytest.mark.row("T83", side="adapter")
def test_playlists_of_the_service_and_of_the_user() -> None:
    recent, cool = parse.parse_sets(mended("sets_get"))
    assert recent == parse.Set(
        "recentlyplayed",
        "Recently played",
        dynamic=True,
        library="FBF74A83-E2E4-CA76-1DF249055DF7E322",
        user="EE44ECA1-F205-9A74-1C41F00931943663",
    )
    assert cool == parse.Set(
        "2BD5D822-A618-E127-A8D8736E59E7BBEE",
        "Cool",
        description="Cool tracks from various genres",
        tags=("party", "cool", "smooth"),
        public=True,
        library="FBF74A83-E2E4-CA76-1DF249055DF7E322",
        user="EE44ECA1-F205-9A74-1C41F00931943663",
        item_count=0,
        created=utc("2008-02-18 10:17:57"),
    )


@pytest.mark.row("T87", side="adapter")
@pytest.mark.row("T89")
@pytest.mark.row("T90")
def test_a_playlists_order_is_that_of_its_keys_with_white_space_between() -> None:
    found = parse.parse_set_items(printed("sets_set_getitems"))
    assert found.keys() == (
        "18293F28-DADB-FD0C-3627557A73D5A879",
        "182DD035-04DA-C185-D55A26E65C67DE42",
        "1832646E-A54A-B40D-337E91C15A897C71",
        "1836F894-B3B9-47D0-E4C01CF07C9ED70A",
        "1841805C-C8AB-5586-4590D320E7ED9D75",
    )
    swapped = printed("sets_set_getitems").replace(b"<items>18293F28-DADB-FD0C-3627557A73D5A879,", b"<items>")
    assert parse.parse_set_items(swapped).keys()[0] == "182DD035-04DA-C185-D55A26E65C67DE42"


@pytest.mark.row("T28", side="adapter")
@pytest.mark.row("T29", side="adapter")
@pytest.mark.row("T30", side="adapter")
@pytest.mark.row("T19", side="adapter")
def test_an_item_has_all_fields_of_the_table() -> None:
    item = parse.parse_set_items(printed("sets_set_getitems")).items[0]
    assert item == parse.Item(
        key="18293F28-DADB-FD0C-3627557A73D5A879",
        name="Life is Sweet(Daft Punk Remix)",
        artist="Chemical Brothers",
        album="Life is Sweet [Single]",
        genre="Big Beats",
        library="FBF74A83-E2E4-CA76-1DF249055DF7E322",
        user="EEE6ECA1-F205-9A74-1C41F00931943663",
        year=1995,
        number=2,
        duration=508.0,
        size=8119702,
        times=7,
        heard=utc("2008-07-17 14:45:35"),
        created=utc("2008-07-12 18:45:02"),
    )
    more = (
        b"<yr>1996</yr><hashvalue>1F21</hashvalue><originalfilehashvalue>20AB</originalfilehashvalue>"
        b"<rating>80</rating><comments>c</comments><source>webupload</source></item>"
    )
    body = printed("items_get").replace(b"</item>", more, 1)
    first = parse.parse_items(body).items[0]
    assert (first.year, first.hash, first.original_hash) == (1996, "1F21", "20AB")
    assert (first.rating, first.comments, first.source) == (80, "c", "webupload")


@pytest.mark.row("T96", side="adapter")
def test_what_is_shared_names_its_recipients() -> None:
    (shared,) = social.parse_shared(mended("social_share_list"))
    assert shared == social.Shared(
        key="EE88ECA1-F205-9A74-1C41F00931943663",
        type=social.ItemType.TRACK,
        direction=1,
        title="Red Alert - Basement Jaxx",
        object_key="8B9BDB1E-90F7-2F9C-4D64024FD8D368E0",
        user_key="CC88ECA1-F205-9A74-1C41F00931943663",
        user_name="peter79",
        comment="This is really great!",
        unread=True,
        recipients=["mailto:username@domain.com", "user:tunesBagusername1"],
        created=utc("2008-07-17 16:38:58"),
    )


@pytest.mark.row("T97", side="adapter")
def test_a_recommendation_names_its_track_and_who_recommends_it() -> None:
    (found,) = social.parse_recommendations(printed("social_recommendations_list"))
    assert found == social.Recommendation(
        key="3175A5B7-FD3C-F24F-5FE85D881815C1DF",
        item_key="8B9BDB1E-90F7-2F9C-4D64024FD8D368E0",
        item_type=0,
        user_key="8B96E539-90E2-1D5F-8E9D17392106E782",
        recipient="2406ECA1-F205-9A74-1C41F00931943663",
        recipient_type=0,
        comment="You have to listen to that one - reminds me of Snow Patrol but much better!",
        created=utc("2008-07-17 16:38:58"),
    )
    seen = printed("social_recommendations_list").replace(b"<viewed>0", b"<viewed>1")
    assert [one.viewed for one in social.parse_recommendations(seen)] == [True]


@pytest.mark.row("T98", side="adapter")
def test_new_items_are_playlists_and_artists() -> None:
    found = social.parse_new_items(mended("social_explore_newitems"))
    (playlist,) = found.playlists
    assert (playlist.name, playlist.user_name, playlist.item_count, playlist.duration) == (
        "testplaylist 123",
        "free.music",
        5,
        1395.0,
    )
    assert found.artists == [
        social.ArtistCount("Alex Gopher", 1, "15099"),
        social.ArtistCount("Dinosaur Jr", 1, "1182"),
    ]


@pytest.mark.row("T99", side="adapter")
def test_an_artist_has_events_playlists_and_fans() -> None:
    found = social.parse_artist(printed("social_artist_info"))
    (event,), (playlist,), (fan,) = found.events, found.playlists, found.fans
    assert (event.name, event.venue, event.latitude, event.start) == (
        "Tricky",
        "Trocadero Theater",
        39.9536,
        utc("2008-09-05 20:00:00"),
    )
    assert (event.description or "").startswith("Tricky has been")
    assert (playlist.name, playlist.user_name) == ("Trip Hop Favourites", "funkymusic")
    assert fan == social.Fan(
        "CC06ECA1-EEEE-9A74-1C41F00931943993",
        "funkymusic",
        "here goes some text",
        "/res/images/profile_images/fun/funkymusic_big.jpg",
    )


@pytest.mark.row("T100", side="adapter")
def test_a_message_names_both_sides() -> None:
    (message,) = social.parse_messages(printed("messages_get"))
    assert (message.sender, message.recipient, message.body, message.read) == ("funkymusic", "free.music", "123", True)
    assert message.created == utc("2008-07-19 11:37:24")


@pytest.mark.row("T103", side="adapter")
def test_covers_are_lines_of_artist_and_album() -> None:
    lines = parse.parse_covers(mended("misc_check_albumcovers"))
    assert {"2raumwohnung|36grad", "Daft Punk|Discovery", "American Hi-Fi|American Hi-Fi"} <= lines
