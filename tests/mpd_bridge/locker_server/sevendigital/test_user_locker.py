"""GET /1.2/user/locker: parameters, paging, the two forms, errors."""

import shutil
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.mpd_bridge.locker_server import audio
from tests.mpd_bridge.locker_server.sevendigital.conftest import JSON, PASSWORD, USER, Answer, Client, Shop

TRUTH = "Do You Want The Truth Or Something Beautiful?"
BY_TITLE = ["Awake", "Box", TRUTH, *(f"More {number}" for number in range(7))]
TYPES = [
    (None, "xml"),
    ("*/*", "xml"),
    ("application/xml", "xml"),
    ("text/html, application/xml;q=0.9", "xml"),
    ("application/json", "json"),
    ("APPLICATION/JSON; charset=utf-8", "json"),
    ("application/json, text/plain, */*", "json"),
    ("application/json;q=0", "xml"),
    ("application/json;q=0.5, application/xml", "xml"),
    ("application/json;q=x, text/xml;q=nan", "json"),
]


def failed(answer: Answer, status: int, code: int, of: str = "") -> None:
    """Check that an error is told, in the envelope of the form that was asked for."""
    assert answer.status == status
    if answer.headers["Content-Type"].startswith("application/json"):
        found = answer.json
        assert (found["status"], found["version"], found["error"]["code"]) == ("error", "1.2", code)
        assert of in found["error"]["errorMessage"]
    else:
        root = answer.xml
        assert (root.tag, root.attrib) == ("response", {"status": "error", "version": "1.2"})
        error = root.find("error")
        assert error is not None
        assert error.get("code") == str(code)
        assert of in (error.findtext("errorMessage") or "")


def numbers(answer: Answer) -> tuple[int, int, int]:
    """Return page, page size and the number of releases."""
    paging = answer.json["locker"]["lockerReleases"]
    return paging["page"], paging["pageSize"], paging["totalItems"]


@pytest.mark.row("S1", "S6", side="server")
async def test_xml_is_the_answer_unless_json_is_accepted(client: Client) -> None:
    for accept, form in TYPES:
        headers = {"Accept": accept} if accept else {}
        for target in ("/1.2/user/locker?country=GB", "/1.2/user/locker"):
            answer = await client.get(target, headers=headers)
            assert answer.headers["Content-Type"] == f"application/{form}; charset=utf-8"


@pytest.mark.row("S7", "S8", side="server")
async def test_the_envelopes(client: Client) -> None:
    good = (await client.locker()).json
    assert list(good) == ["status", "version", "schema", "locker"]
    assert (good["status"], good["version"]) == ("ok", "1.2")
    root = (await client.get("/1.2/user/locker?country=GB")).xml
    assert (root.tag, root.attrib, [member.tag for member in root]) == (
        "response",
        {"status": "ok", "version": "1.2"},
        ["locker"],
    )


@pytest.mark.row("S2", "S5", side="server")
async def test_country_is_required_and_two_letters(client: Client) -> None:
    for query in ("", "country=", "country=%20"):
        for headers in (JSON, {}):
            failed(await client.get(f"/1.2/user/locker?{query}", headers=headers), 400, 1001, "country")
    for country in ("GBR", "G", "1A", "G%C3%84"):
        failed(await client.locker(f"country={country}"), 400, 1002, "country")
    for country in ("GB", "de", "US"):
        assert (await client.locker(f"country={country}")).status == 200


@pytest.mark.row("S5", "S42", side="server")
async def test_without_a_token_the_user_is_named_by_number_or_name(client: Client) -> None:
    client.server.add_account("123", PASSWORD)
    number = client.part.user_id(USER)
    for named in (str(number), USER, USER.upper(), "123"):
        answer = await client.locker(f"country=GB&userId={quote(named)}", two_legged=True)
        assert (answer.status, numbers(answer)[2]) == (200, 13)
    failed(await client.locker(two_legged=True), 400, 1001, "userId")
    failed(await client.locker("country=GB&userId=nobody", two_legged=True), 404, 2001, "User")
    failed(await client.locker("country=GB&userId=99", two_legged=True), 404, 2001, "User")


@pytest.mark.row("S4", "S5", side="server")
async def test_a_token_tells_whose_locker_it_is(client: Client) -> None:
    client.server.add_account("bob", PASSWORD)
    assert (await client.locker(f"country=GB&userId={quote(USER)}")).status == 200
    failed(await client.locker("country=GB&userId=bob"), 400, 1002, "userId")
    track, _release = await client.ids("Hero")
    client.part.set_remaining("bob", track, 3)
    bob = await client.locker(token=client.part.token("bob", client.consumer))
    assert bob.releases[0]["lockerTracks"]["lockerTrack"][0]["remainingDownloads"] == 3


@pytest.mark.row("S5", "S9", side="server")
async def test_pages_count_releases(client: Client) -> None:
    first = await client.locker()
    assert numbers(first) == (1, 10, 13)
    assert first.titles == BY_TITLE
    last = await client.locker("country=GB&pageSize=4&page=4")
    assert (numbers(last), last.titles) == ((4, 4, 13), ["Zoë & <Friends>"])
    behind = await client.locker("country=GB&page=99")
    assert (numbers(behind), behind.titles) == ((99, 10, 13), [])
    together = [
        title for page in range(1, 6) for title in (await client.locker(f"country=GB&pageSize=3&page={page}")).titles
    ]
    assert together == (await client.locker("country=GB&pageSize=50")).titles
    in_xml = (await client.get("/1.2/user/locker?country=GB&pageSize=4&page=4")).xml
    assert [in_xml.findtext(f".//{name}") for name in ("page", "pageSize", "totalItems")] == ["4", "4", "13"]
    assert [title.text for title in in_xml.findall(".//release/title")] == ["Zoë & <Friends>"]


WRONG = [
    ("pageSize=0", 1003),
    ("pageSize=51", 1003),
    ("page=0", 1003),
    ("page=-1", 1003),
    ("page=2147483648", 1003),
    (f"page={'9' * 5000}", 1003),
    ("pageSize=ten", 1002),
    ("page=1.5", 1002),
    ("page=%C2%B2", 1002),
    ("releaseId=x", 1002),
    ("trackId=x&releaseId=1", 1002),
    ("trackId=1", 1001),
    ("purchaseId=x", 1002),
    ("purchaseId=1", 2001),
    ("sort=title%20asc", 1006),
    ("sort=releaseTitle", 1006),
    ("sort=releaseTitle%20up", 1006),
]


@pytest.mark.row("S5", side="server")
async def test_parameters_that_are_wrong_are_named(client: Client) -> None:
    for query, code in WRONG:
        answer = await client.locker(f"country=GB&{query}")
        named = {"purchaseId=1": "Purchase", "trackId=1": "releaseId"}.get(query, query.partition("=")[0])
        failed(answer, 404 if code == 2001 else 400, code, named)
        failed(await client.get(f"/1.2/user/locker?country=GB&{query}"), answer.status, code)


async def test_parameters_are_found_in_any_case_and_empty_ones_are_none(client: Client) -> None:
    assert numbers(await client.locker("COUNTRY=GB&pagesize=3&PAGE=2")) == (2, 3, 13)
    assert numbers(await client.locker("country=GB&pageSize=&page=&releaseId=&sort=")) == (1, 10, 13)


async def test_errors_come_with_200_for_clients_of_older_days(shop: Shop) -> None:
    client = await shop(http_errors=False)
    failed(await client.locker(""), 200, 1001)
    failed(await client.get("/1.2/user/locker"), 200, 1001)


@pytest.fixture
async def in_order(shop: Shop, shop_music: Path, tmp_path: Path) -> Client:
    """A client of a locker to which two releases came later than the others."""
    music = Path(shutil.copytree(shop_music, tmp_path / "music"))
    (tmp_path / "state").mkdir()
    client = await shop(music, state=tmp_path / "state")
    for title in ("Later", "An older song"):
        client.clock.now += 86_400
        audio.make(music / f"{title}.mp3", title=title, artist="Éa", album=f"{title} album")
        await client.server.scan()
    return client


@pytest.mark.row("S3", side="server")
async def test_the_order_is_a_column_a_blank_and_a_direction(in_order: Client) -> None:
    async def titles(sort: str) -> list[str]:
        return (await in_order.locker(f"country=GB&pageSize=50&sort={sort}")).titles

    assert (await titles("purchaseDate%20desc"))[:2] == ["An older song album", "Later album"]
    assert (await titles("purchaseDate+asc"))[-2:] == ["Later album", "An older song album"]
    assert (await titles("releaseTitle%20asc"))[:3] == ["An older song album", "Awake", "Box"]
    assert (await titles("RELEASETITLE%20DESC"))[0] == "Zoë & <Friends>"
    assert (await titles("artistName%20asc"))[:2] == ["Rates", "More 6"]
    assert await titles("artistName%20desc") == list(reversed(await titles("artistName%20asc")))
    assert await titles("") == await titles("releaseTitle%20asc")


@pytest.mark.row("S5", side="server")
async def test_a_release_a_track_of_it_or_a_purchase_can_be_asked_for(client: Client) -> None:
    track, release = await client.ids("Second")
    box = await client.locker(f"country=GB&releaseId={release}")
    assert (numbers(box), box.titles) == ((1, 10, 1), ["Box"])
    assert [entry["track"]["title"] for entry in box.releases[0]["lockerTracks"]["lockerTrack"]] == ["First", "Second"]
    one = await client.locker(f"country=GB&releaseId={release}&trackId={track}")
    assert [entry["track"]["title"] for entry in one.releases[0]["lockerTracks"]["lockerTrack"]] == ["Second"]
    purchase = one.releases[0]["lockerTracks"]["lockerTrack"][0]["purchaseId"]
    assert (await client.locker(f"country=GB&purchaseId={purchase}")).titles == ["Box"]
    for nothing in (
        "releaseId=999",
        f"releaseId={release}&trackId=999",
        f"releaseId=1&purchaseId={purchase}",
        f"releaseId=1&trackId={track}",
    ):
        empty = await client.locker(f"country=GB&{nothing}")
        assert (empty.status, numbers(empty), empty.titles) == (200, (1, 10, 0), [])


@pytest.mark.row("S11", "S12", "S13", "S17", "S20", side="server")
async def test_a_track_without_an_album_is_a_single(client: Client) -> None:
    track, release = await client.ids("Zoë & <Friends>")
    (single,) = (await client.locker(f"country=GB&releaseId={release}")).releases
    described = single["release"]
    assert (described["type"], described["slug"]) == ("Single", f"zoe-friends-{release}")
    assert described["artist"] == {
        "id": described["artist"]["id"],
        "name": "Björk",
        "appearsAs": "Björk",
        "slug": "bjork",
    }
    (entry,) = single["lockerTracks"]["lockerTrack"]
    assert (entry["track"]["id"], entry["track"]["trackNumber"], entry["track"]["disc"]) == (track, 1, 1)
    assert (entry["completeAlbumPurchase"], single["available"]) == (False, True)
    assert (entry["track"]["artist"], entry["track"]["duration"]) == (described["artist"], 0)


@pytest.mark.row("S14", side="server")
async def test_label_and_licensor_keep_their_numbers_and_stand_where_each_form_has_them(shop: Shop) -> None:
    client = await shop(licensors={"Epic": "Sony Music", "Arista": "Sony Music"})
    releases = {entry["release"]["title"]: entry["release"] for entry in (await client.locker()).releases}
    sony = releases[TRUTH]["licensor"]
    assert (releases[TRUTH]["label"]["name"], sony["name"]) == ("Epic", "Sony Music")
    assert isinstance(sony["id"], int)
    assert releases["Awake"]["licensor"] == releases["Awake"]["label"]
    assert not {"label", "licensor"} & releases["Box"].keys()
    root = (await client.get("/1.2/user/locker?country=GB&pageSize=50")).xml
    by_id = {found.get("id"): found for found in root.iter("release")}
    available = by_id[str(releases["Awake"]["id"])]
    assert [member.tag for member in available][-3:] == ["licensor", "download", "label"]
    client.part.withdraw(releases[TRUTH]["id"])
    root = (await client.get(f"/1.2/user/locker?country=GB&releaseId={releases[TRUTH]['id']}")).xml
    gone = root.find(".//release")
    assert gone is not None
    assert [member.tag for member in gone][-2:] == ["label", "licensor"]
    assert [gone.findtext("licensor/name"), gone[-1].get("id")] == ["Sony Music", str(sony["id"])]


@pytest.mark.row("S15", side="server")
async def test_dates_are_utc_in_json_and_of_london_in_xml(client: Client) -> None:
    _track, release = await client.ids("Hero")
    query = f"country=GB&releaseId={release}"
    described = (await client.locker(query)).releases[0]
    assert described["release"]["download"]["releaseDate"] == "2013-10-21T13:00:00Z"
    assert described["lockerTracks"]["lockerTrack"][0]["purchaseDate"] == "2023-11-14T22:13:20Z"
    root = (await client.get(f"/1.2/user/locker?{query}")).xml
    assert root.findtext(".//releaseDate") == "2013-10-21T14:00:00+01:00"
    assert root.findtext(".//purchaseDate") == "2023-11-14T22:13:20Z"


@pytest.mark.row("S15", side="server")
async def test_a_date_is_told_as_far_as_the_file_knows_it(shop: Shop, tmp_path: Path) -> None:
    for date in ("1976", "1976-10", "1976-10-11", "soon", "0000", "1976-13"):
        audio.make(tmp_path / f"music/{date}.flac", title="A", album=date, date=date)
    (tmp_path / "state").mkdir()
    client = await shop(tmp_path / "music", state=tmp_path / "state")
    releases = [entry["release"] for entry in (await client.locker()).releases]
    assert {release["title"]: release["download"].get("releaseDate") for release in releases} == {
        "1976": "1976-01-01T00:00:00Z",
        "1976-10": "1976-10-01T00:00:00Z",
        "1976-10-11": "1976-10-11T00:00:00Z",
        "soon": None,
        "0000": None,
        "1976-13": None,
    }


@pytest.mark.row("S24", side="server")
async def test_the_urls_name_format_release_shop_and_track(shop: Shop) -> None:
    client = await shop(shop_id=2020, base_url="https://music.example.org")
    titles: dict[str, Any] = {}
    target = "/1.2/user/locker?country=GB&pageSize=50"
    _url, signed, _body = client.signer(token=client.token).sign(f"https://music.example.org{target}")
    answer = await client.send(target, headers=signed | JSON)
    for release in answer.releases:
        for entry in release["lockerTracks"]["lockerTrack"]:
            urls = entry["downloadUrls"]["downloadUrl"]
            titles[entry["track"]["title"]] = [url["format"]["id"] for url in urls]
            where = "https://music.example.org/media/user/downloadtrack"
            ids = f"releaseid={release['release']['id']}&shopid=2020&trackid={entry['track']['id']}"
            assert [url["url"] for url in urls] == [f"{where}?formatid={url['format']['id']}&{ids}" for url in urls]
    assert titles["Hero"] == [17, 48]
    assert titles["Middle"] == [48]
    assert titles["Song 0"] == [26]
    assert titles["Gloria"] == [45, 17, 48]
    assert titles["Second"] == [33, 17, 48]
    assert titles["First"] == [901, 17, 48]


async def test_json_can_be_as_it_was_when_it_was_made_from_xml(shop: Shop) -> None:
    client = await shop(json_from_xml=True, conversions=False)
    release = (await client.locker()).json["locker"]["lockerReleases"]["lockerRelease"][1]["release"]["id"]
    found = (await client.locker(f"country=GB&releaseId={release}")).json["locker"]["lockerReleases"]
    assert (found["totalItems"], found["lockerRelease"]["available"]) == ("1", "true")
    first, second = found["lockerRelease"]["lockerTracks"]["lockerTrack"]
    assert (first["track"]["discNumber"], second["track"]["number"], second["completeAlbumPurchase"]) == (
        "1",
        "1",
        "true",
    )
    assert second["downloadUrls"]["downloadUrl"]["format"]["id"] == "33"
    assert first["downloadUrls"]["downloadUrl"]["format"]["id"] == "901"
    assert "lockerRelease" not in (await client.locker("country=GB&page=9")).json["locker"]["lockerReleases"]
    failed(await client.locker(""), 400, "1001")  # type: ignore[arg-type] # all numbers are texts


async def test_calls_of_a_day_are_counted_and_limited(shop: Shop) -> None:
    client = await shop(rate_limit=3)
    for call, query in enumerate(("country=GB", "", "country=GB"), 1):
        answer = await client.locker(query)
        assert answer.status == (200 if query else 400)
        limits = [answer.headers[f"X-RateLimit-{name}"] for name in ("Limit", "Current", "Reset")]
        assert limits == ["3", str(call), str(86_400 - 1_700_000_000 % 86_400)]
    over = await client.locker()
    assert (over.status, over.headers["Retry-After"]) == (429, over.headers["X-RateLimit-Reset"])
    assert over.headers["Content-Type"] == "text/plain; charset=utf-8"
    other = await client.locker(consumer=client.part.add_consumer(), token=None, two_legged=True)
    assert other.headers["X-RateLimit-Current"] == "1"
    client.clock.now += 86_400
    assert (await client.locker()).status == 200


async def test_other_verbs_are_not_allowed(client: Client) -> None:
    for method in ("POST", "PUT", "DELETE"):
        assert (await client.get("/1.2/user/locker?country=GB", method=method)).status == 405


async def test_what_comes_into_the_folder_is_listed_and_what_goes_is_not(in_order: Client, tmp_path: Path) -> None:
    (tmp_path / "music/Later.mp3").unlink()
    await in_order.server.scan()
    assert "Later album" not in (await in_order.locker("country=GB&pageSize=50")).titles


async def test_a_state_folder_that_is_broken_is_told(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    client.part.store.close()
    client.part.store._path.write_bytes(b"no database" * 100)
    for path in client.part.store._path.parent.glob("sevendigital.sqlite3-*"):
        path.unlink()
    failed(await client.get("/1.2/user/locker?country=GB"), 500, 9001)
    assert (await client.get("/stream/locker?trackid=1")).headers["Content-Type"] == "text/html; charset=utf-8"
    assert client.consumer.secret not in caplog.text
