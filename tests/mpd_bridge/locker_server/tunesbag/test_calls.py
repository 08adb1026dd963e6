"""Requests and answers in general: paths, parameters, credentials, formats, errors."""

import json
import re
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import aiohttp
import pytest

from mpd_bridge.locker_server import Fault, TunesbagOptions
from mpd_bridge.locker_server.accounts import password_digest
from mpd_bridge.locker_server.tunesbag_book import Book
from mpd_bridge.locker_server.tunesbag_writer import Date, JsonForm, to_xml
from tests.mpd_bridge.locker_server.conftest import PASSWORD, USER, Clock, Serve
from tests.mpd_bridge.locker_server.tunesbag.conftest import APP, FRIEND, PRIVILEGED, Tunes, refused, rows, tunes_client

KEY = re.compile(r"[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{16}")


@pytest.mark.row("T1", "T2", "T4", "T5", side="server")
async def test_methods_are_called_by_get_and_post_below_one_path_with_names_in_any_case(tunes: Tunes) -> None:
    for target in ("/api/rest/user/checkaccess", "/api/rest/user/checkaccess/", "/api/rest//USER/checkAccess"):
        answer = await tunes.client.get(f"{target}?AppKey={APP}&USERNAME={USER}&RemoteKey={tunes.key.lower()}")
        assert answer.xml().findtext("error") == "0"
    posted = await tunes.post("user/checkaccess", {"username": "ÄPITEST"})
    assert refused(posted) == 20010
    with aiohttp.MultipartWriter("form-data") as parts:
        for name, value in tunes.signed({"entrykey": await tunes.item_key("Eins"), "rating": "60"}).items():
            parts.append(value).set_content_disposition("form-data", name=name)
    assert (await tunes.post("items/rate", parts)).xml().findtext("error") == "0"
    for name, value in tunes.signed({}).items():
        form = {**tunes.signed({}), name: ""}
        assert refused(await tunes.client.send("POST", "/api/rest/user/checkaccess", data=form)) in {20001, 20010}, (
            value
        )
    key = (await tunes.item_key("Zwei")).replace("-", "%2D")
    rated = await tunes.client.get(
        f"/api/rest/items/rate?{urlencode(tunes.signed({}))}&entrykey={key}&type=0&rating=80"
    )
    assert rated.xml().findtext("error") == "0"
    assert (await tunes.client.send("PUT", "/api/rest/user/info")).status == 405


@pytest.mark.row("T6", side="server")
async def test_only_privileged_applications_may_send_the_hash_of_the_password(tunes: Tunes) -> None:
    digest = password_digest(PASSWORD)
    for app, hashed, error in (
        (PRIVILEGED, digest, "0"),
        (PRIVILEGED, digest.upper(), "0"),
        (PRIVILEGED, password_digest("wrong"), "20010"),
        (APP, digest, "20010"),
    ):
        query = urlencode({"appkey": app, "username": USER, "Hashpassword": hashed})
        assert (await tunes.client.get(f"/api/rest/user/checkaccess?{query}")).xml().findtext("error") == error
    tunes.server.add_account(USER, "another password")
    query = urlencode({"appkey": PRIVILEGED, "username": USER, "Hashpassword": digest})
    assert refused(await tunes.client.get(f"/api/rest/user/checkaccess?{query}")) == 20010


@pytest.mark.row("T7", "T37", side="server")
async def test_a_ping_needs_the_application_key_only_and_fails_as_it_is_told(tunes: Tunes) -> None:
    assert (await tunes.client.get(f"/api/rest/test/ping/?appkey={APP}")).xml().findtext("result") == "true"
    assert refused(await tunes.client.get(f"/api/rest/test/ping?appkey={APP}&returnCode=4100")) == 4100
    assert refused(await tunes.client.get("/api/rest/test/ping")) == 20001
    assert refused(await tunes.client.get("/api/rest/test/ping?appkey=other")) == 20001
    feed = await tunes.client.get(f"/api/rest/user/feed?feedusername={USER}&format=RSS")
    assert (feed.headers["Content-Type"], feed.xml().tag) == ("application/rss+xml; charset=utf-8", "rss")
    assert refused(await tunes.client.get(f"/api/rest/user/feed?feedusername={USER}")) == 20001


@pytest.mark.row("T38", "T106", side="server")
async def test_credentials_are_checked_by_checkaccess(tunes: Tunes) -> None:
    assert KEY.fullmatch((await tunes.json("user/checkaccess"))["USERKEY"])
    assert await tunes.error("user/checkaccess", remotekey="0" * 32) == 20010
    assert await tunes.error("user/checkaccess", username=FRIEND) == 20010
    assert await tunes.error("user/checkaccess", username="nobody") == 20010
    assert await tunes.error("user/checklogin") == 404


async def test_an_outdated_application_is_told_so(serve: Serve) -> None:
    tunes = await tunes_client(serve, TunesbagOptions(outdated_keys=frozenset({APP})))
    assert await tunes.error("user/checkaccess") == 1300


@pytest.mark.row("T9", "T10", "T12", "T13", side="server")
async def test_answers_are_xml_or_json_in_utf_8(tunes: Tunes) -> None:
    plain = await tunes.get("items/get")
    assert plain.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert plain.headers["Cache-Control"] == "no-cache"
    assert "Björk" in plain.body.decode()
    assert (await tunes.get("items/get", FORMAT="xml")).xml().tag == "result"
    answer = await tunes.get("items/get", format="jSoN", fields="artist,totaltime,size")
    assert answer.headers["Content-Type"] == "application/javascript; charset=utf-8"
    text = answer.body.decode()
    assert text.startswith('{"REQUESTKEY":"')
    assert '"ERROR":0.0,"RESULT":true' in text
    assert "Björk" in text
    assert all(type(row[2]) is float and type(row[3]) is float for row in json.loads(text)["ITEMS"]["DATA"])
    wrapped = await tunes.get("user/checkaccess", format="JSON", callback="tunes.ready")
    assert wrapped.body.startswith(b"tunes.ready({")
    for other in ("RSS", "YAML", "<b>"):
        refusal = await tunes.get("items/get", format=other)
        assert (refusal.headers["Content-Type"], refusal.body[:18]) == (
            "text/plain; charset=utf-8",
            b"unsupported format",
        )


@pytest.mark.row("T11", "T22", "T25", side="server")
async def test_every_answer_has_the_four_default_items_and_a_key_of_its_own(tunes: Tunes) -> None:
    keys = set()
    for name in ("test/ping", "sets/get", "user/feed", "user/friends", "misc/check/albumcovers", "no/such/method"):
        root = (await tunes.get(name)).xml()
        assert {"result", "error", "errormessage", "requestkey"} <= {child.tag for child in root}
        keys.add(root.findtext("requestkey") or "")
    assert len(keys) == 6
    assert all(KEY.fullmatch(key) for key in keys)
    assert all(KEY.fullmatch(item["entrykey"]) for item in (await tunes.items()).values())


@pytest.mark.row("T19", "T20", side="server")
async def test_dates_are_utc_with_names_of_months_in_json(tunes: Tunes, serve: Serve) -> None:
    assert Date(1_215_428_791).xml() == "2008-07-07 11:06:31.0"
    assert Date(1_215_429_133).json() == "Juli, 07 2008 11:12:13"
    await tunes.json("item/log/playstatus", entrykey=await tunes.item_key("Eins"), seconds="1")
    xml = await tunes.xml("items/get", fields="lasttime", orderby="RECENTLYPLAYED", maxrows="1")
    assert xml.findtext("items/item/lasttime") == "2023-11-14 22:13:20.0"
    assert (await tunes.items("lasttime"))["Eins"]["lasttime"] == "November, 14 2023 22:13:20"
    assert JsonForm(english=True).write(Date(1_700_000_000 + 20 * 86_400)) == '"December, 04 2023 22:13:20"'


async def test_clients_that_read_no_tables_get_lists_of_objects(serve: Serve) -> None:
    tunes = await tunes_client(serve, TunesbagOptions(json_objects=True, result_everywhere=False))
    assert (await tunes.json("items/get"))["ITEMS"][0]["ARTIST"] == "Abba"
    assert (await tunes.get("user/feed")).xml().find("result") is None


def test_no_text_breaks_an_answer() -> None:
    odd = "<&>\x00\x1b\ud800\ufffe\"'\\"
    assert ET.fromstring(to_xml({"error": odd}).encode())[0].text == "<&>\"'\\"  # noqa: S314 - our own
    assert json.loads(JsonForm().write({"error": odd}).encode())["ERROR"] == odd.replace("\ud800", "")


async def test_a_read_only_account_changes_nothing(tunes: Tunes, reader: Tunes) -> None:
    key = await reader.item_key("Eins")
    for name, parameters in (
        ("items/rate", {"entrykey": key, "rating": "20"}),
        ("set/save", {"name": "Mine"}),
        ("social/share", {"itemtype": "1", "identifier": key, "recipients": f"user:{USER}"}),
    ):
        assert await reader.error(name, **parameters) == 1001
    assert await reader.json("items/get/deliver", entrykey=key, options="LOGPLAYED")


async def test_maintenance_lets_read_and_play_only(tunes: Tunes) -> None:
    key = await tunes.item_key("Eins")
    tunes.server.maintenance = True
    refusal = await tunes.get("items/rate", entrykey=key, rating="20")
    assert (refusal.status, refusal.headers["Retry-After"], refused(refusal)) == (503, "900", 999)
    form = aiohttp.FormData(tunes.signed({}))
    form.add_field("file", b"music", filename="a.mp3")
    assert (await tunes.post("items/add", form)).status == 503
    assert await tunes.json("items/get/deliver", entrykey=key)


async def test_a_form_that_cannot_be_read_is_refused(tunes: Tunes) -> None:
    target = "/api/rest/user/checkaccess"
    kinds = (
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "application/x-www-form-urlencoded; charset=none",
    )
    for kind in kinds:
        answer = await tunes.client.send("POST", target, data=b"username=%ff", headers={"Content-Type": kind})
        assert refused(answer) == 999
    many = aiohttp.FormData([(f"field{number}", "") for number in range(200)], quote_fields=False)
    many.add_field("file", b"x", filename="x")
    assert refused(await tunes.client.send("POST", target, data=many)) == 999


async def test_no_parameter_makes_a_method_fail(tunes: Tunes) -> None:
    names = [
        "actions",
        "autostart",
        "bgcolor",
        "callback",
        "comment",
        "customtext",
        "description",
        "direction",
        "email",
        "entrykey",
        "feedusername",
        "fields",
        "filter_entrykeys",
        "filter_expression",
        "filter_type",
        "identifier",
        "itemkeys",
        "itemtype",
        "istemporary",
        "librarykey",
        "librarykeys",
        "maxagedays",
        "maxrows",
        "name",
        "options",
        "orderby",
        "preview",
        "public",
        "rating",
        "recipients",
        "returncode",
        "search",
        "seconds",
        "setkey",
        "sincedate",
        "subject",
        "tags",
        "targetbitrate",
        "targetformat",
        "type",
        "userkey_to",
        "artist",
        "body",
    ]
    key = await tunes.item_key("Eins")
    for odd in ("", key, "0", "9" * 12, "9" * 40, "-1", "1e9", "\0", "²", "../..", "user:,mailto:", '"', "~ AND ="):
        for method in tunes.server.tunesbag.methods:
            answer = await tunes.get(method, **dict.fromkeys(names, odd))
            assert answer.status == 200, (method, odd)


async def test_a_store_that_fails_is_an_internal_error(tunes: Tunes, state: Path) -> None:
    key = await tunes.item_key("Eins")
    with closing(sqlite3.connect(state / "tunesbag.sqlite3")) as database:
        database.execute("DROP TABLE mark")
    answer = await tunes.get("items/rate", entrykey=key, rating="20")
    assert (answer.status, refused(answer)) == (500, 500)


async def test_faults_find_the_methods_by_their_names(tunes: Tunes) -> None:
    for name, target in (("items/get", "items/get/"), ("items/get/deliver", "items/get/deliver")):
        tunes.server.faults.add(Fault(name, status=502))
        assert (await tunes.get(target)).status == 502
    await tunes.get("no/such/method")
    assert tunes.server.calls["items/get"] == 1
    assert tunes.server.calls["unknown"] == 1


class TestTheRemoteKey:
    PAGE = f"/rd/api/requestremotekey/?appkey={APP}"

    async def test_it_is_shown_to_who_knows_the_password(self, tunes: Tunes) -> None:
        page = await tunes.client.get(self.PAGE)
        assert page.status == 200
        assert page.headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
        assert re.search(r'<form method="post">.*name="password" type="password"', page.body.decode())
        shown = await tunes.client.send("POST", self.PAGE, data={"username": USER.upper(), "password": PASSWORD})
        assert f'<code id="remotekey">{tunes.key}</code>' in shown.body.decode()

    async def test_a_wrong_password_or_application_gets_none(self, tunes: Tunes) -> None:
        for name, password in ((USER, "wrong"), ("nobody", PASSWORD), ("", ""), (USER, "x" * 2000)):
            answer = await tunes.client.send("POST", self.PAGE, data={"username": name, "password": password})
            assert answer.status == 403
            assert tunes.key not in answer.body.decode()
        for app in ("", "?appkey=", "?appkey=%3Cscript%3E"):
            assert (await tunes.client.get(f"/rd/api/requestremotekey{app}")).status == 404

    async def test_a_new_one_ends_the_old_one(self, tunes: Tunes) -> None:
        form = {"username": USER, "password": PASSWORD, "anew": "1"}
        shown = (await tunes.client.send("POST", self.PAGE, data=form)).body.decode()
        assert tunes.key not in shown
        assert await tunes.error("user/checkaccess") == 20010
        found = re.search(r'id="remotekey">([0-9A-F]{32})<', shown)
        assert found
        assert await Tunes(tunes.client, USER, found[1]).json("user/checkaccess")

    async def test_it_outlives_the_server_in_a_file_that_only_its_owner_reads(
        self, tunes: Tunes, serve: Serve, state: Path
    ) -> None:
        assert stat.S_IMODE((state / "tunesbag.json").stat().st_mode) == 0o600
        await tunes.server.close()
        assert (await tunes_client(serve)).key == tunes.key

    async def test_a_file_that_is_damaged_is_left_as_it_is(self, tunes: Tunes, state: Path) -> None:
        (state / "tunesbag.json").write_text("{")
        assert await tunes.json("user/checkaccess")
        with pytest.raises(ValueError, match=r"tunesbag\.json"):
            Book(state / "tunesbag.json")
        with pytest.raises(ValueError, match=r"tunesbag\.json"):
            tunes.server.tunesbag.remote_key(USER, "another")
        assert (state / "tunesbag.json").read_text() == "{"

    async def test_the_key_of_a_user_who_is_gone_opens_nothing(self, tunes: Tunes, friend: Tunes) -> None:
        tunes.server.accounts.remove(FRIEND)
        assert await friend.error("user/checkaccess") == 20010
        with pytest.raises(ValueError, match="no account"):
            tunes.server.tunesbag.remote_key(FRIEND, APP)


@pytest.mark.row("T39", "T40", "T41", side="server")
async def test_user_info_tells_who_it_is_and_what_there_is_room_for(tunes: Tunes, clock: Clock) -> None:
    tunes.server.add_account(USER, PASSWORD, quota=9_221_225_472)
    root = await tunes.xml("user/info")
    told = {child.tag: child.text or "" for child in root}
    assert told["lang_id"] == "en"
    assert (told["firstname"], told["surname"]) == ("Robert", "Paulson")
    assert told["librarykey"] == tunes.server.tunesbag.library_key(USER)
    assert told["entrykey"] == tunes.server.tunesbag.user_key(USER)
    assert (told["libraryitemscount"], told["online"], told["sex"]) == ("7", "1", "0")
    assert (told["quota_currentsize"], told["quota_maxsize"]) == ("0", "9221225472")
    assert told.keys() >= {"city", "countryisocode", "homepage"}
    assert told["pic"] == "/res/images/profile_images/api/apitest%40example.com_big.jpg"
    picture = await tunes.client.get(told["pic"])
    assert (picture.status, picture.headers["Content-Type"], picture.body[:2]) == (200, "image/jpeg", b"\xff\xd8")
    tunes.server.accounts.set_quota(USER, None)
    info = await tunes.json("user/info")
    assert info["QUOTA_MAXSIZE"] > info["QUOTA_CURRENTSIZE"] > 0


@pytest.mark.row("T43", side="server")
async def test_friends_are_listed_with_what_they_show(tunes: Tunes, friend: Tunes) -> None:
    (seen,) = await tunes.rows("user/friends")
    assert (seen["displayname"], seen["accesslibrary"], seen["accesslibrary_seen_from_friend"]) == ("ann", 1, 1)
    assert seen["librarykey"] == tunes.server.tunesbag.library_key(FRIEND)
    assert (seen["otheruserkey"], seen["userkey"]) == tuple(map(tunes.server.tunesbag.user_key, (FRIEND, USER)))
    assert (seen["libraryitemscount"], seen["playlistscount"], seen["online"]) == (7, 1, 0)
    await friend.json("user/checkaccess")
    assert (await tunes.rows("user/friends"))[0]["online"] == 1
    tunes.server.tunesbag.befriend(FRIEND, USER, library=False)
    assert [one["accesslibrary"] for one in await tunes.rows("user/friends")] == [0]
    assert [one["accesslibrary_seen_from_friend"] for one in await friend.rows("user/friends")] == [0]
    assert len(rows((await friend.json("user/friends"))["ITEMS"])) == 1
    assert await tunes.error("items/get", librarykeys=seen["librarykey"]) == 1002
