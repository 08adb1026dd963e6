"""Who gets in: log-in, partner tokens, hosts, sessions and their end, accounts and what is kept of them."""

import hashlib
import json
import logging
import re
import stat
from pathlib import Path
from typing import Any

import pytest

from mpd_bridge.locker_server import Mp3tunesOptions
from mpd_bridge.locker_server.accounts import Accounts, password_digest
from mpd_bridge.locker_server.mp3tunes_options import Bases
from mpd_bridge.locker_server.server import DEFAULT_SESSION_LIFETIME
from tests.mpd_bridge.locker_server.conftest import PASSWORD, READER, TOKEN, USER, Answer, Client, Clock, Serve

BAD_TOKEN = "The partner_token input parameter failed validation."
NO_ADDRESS = "The provided email address is not properly formatted"
LOGIN = f"/api/v0/login?username={USER}&password={PASSWORD}&partner_token={TOKEN}"
READER_LOGIN = f"/api/v0/login?username=reader%40example.com&password=pass%20word%26%2B%25&partner_token={TOKEN}"
EVERY_METHOD = [
    "/api/v0/accountData",
    "/api/v0/lockerData?type=album",
    "/api/v1/accountData",
    "/api/v1/lockerData?type=track",
    "/api/v1/lockerSearch?type=track&s=a",
    "/api/v1/lastUpdate?type=locker",
    "/api/v1/logout",
    "/api/v1/playlistAdd?title=mine",
    "/api/v1/playlistEdit?playlist_id=1&title=mine",
    "/api/v1/playlistDelete?playlist_id=1",
    "/api/v1/playlistTrackAdd?playlist_id=1&keys=1",
    "/api/v1/playlistTrackDelete?playlist_id=1&file_key=1",
    "/api/v1/playlistTrackReorder?playlist_id=1&file_key=1&position=1",
]
EVERY_CHANGE = [method for method in EVERY_METHOD if "/playlist" in method]
NO_FORMS = [
    ("application/x-www-form-urlencoded; charset=no-such", b"username=a"),
    ("application/x-www-form-urlencoded", b"username=\xff\xfe"),
    ("application/x-www-form-urlencoded; charset=raw_unicode_escape", b"username=\\ud800@b&password=\\ud800"),
    ("application/x-www-form-urlencoded; charset=hex", b"zz"),
    ("multipart/form-data", b"--"),
    ("multipart/form-data; boundary=x", b"--x\r\nno header\r\n\r\n--x--"),
]
THREE_HOSTS = Bases("https://shop.example.org", "http://ws.example.org", "http://content.example.org:8080")


def refusal(answer: Answer) -> tuple[int, Any, str]:
    """Return HTTP status, status and message of a refused call."""
    value = answer.json()
    return answer.status, value["status"], value["errorMessage"]


async def login(client: Client, target: str = LOGIN) -> str:
    answer = (await client.get(target)).json()
    assert answer["status"] == 1
    return str(answer["session_id"])


@pytest.mark.row("M14", side="server")
@pytest.mark.row("M16", side="server")
@pytest.mark.parametrize("version", ["v0", "v1"])
async def test_a_login_gives_a_session_that_opens_the_locker(client: Client, version: str) -> None:
    answer = (await client.get(LOGIN.replace("v0", version))).json()
    assert answer == {"status": 1, "session_id": answer["session_id"], "username": USER, "errorMessage": None}
    assert re.fullmatch("[0-9a-f]{32}", answer["session_id"])
    account = await client.get(client.signed("/api/v0/accountData", answer["session_id"]))
    assert account.json()["user"]["email"] == USER


@pytest.mark.row("M14", side="server")
@pytest.mark.row("M16", side="server")
async def test_a_login_is_answered_in_xml_too(client: Client) -> None:
    answer = (await client.get(f"{LOGIN}&output=xml")).xml()
    assert [(field.tag, field.text) for field in answer if field.tag != "session_id"] == [
        ("status", "1"),
        ("username", USER),
        ("errorMessage", None),
    ]


@pytest.mark.row("M15", side="server")
@pytest.mark.parametrize("password", ["pass%20word%26%2B%25", "pass+word%26%2b%25"])
async def test_name_and_password_are_decoded_as_a_url_has_them(client: Client, password: str) -> None:
    sid = await login(client, READER_LOGIN.replace("pass%20word%26%2B%25", password))
    assert client.server.sessions.user(sid) == READER


@pytest.mark.row("M15", side="server")
@pytest.mark.row("M17", side="server")
async def test_a_login_needs_a_name_and_its_password(client: Client) -> None:
    for parameters, message in (
        ("", NO_ADDRESS),
        (f"password={PASSWORD}", NO_ADDRESS),
        (f"username=&password={PASSWORD}", NO_ADDRESS),
        (f"username=apitest&password={PASSWORD}", NO_ADDRESS),
        (f"username={USER}", "Login failed"),
        (f"username={USER}&password=", "Login failed"),
        (f"username={USER}&password=wrong", "Login failed"),
        (f"username={USER}&password={PASSWORD.upper()}", "Login failed"),
        (f"username={USER}&password={password_digest(PASSWORD)}", "Login failed"),
        (f"username=nobody@example.com&password={PASSWORD}", "Login failed"),
        (f"username={READER}&password={PASSWORD}", "Login failed"),
        (f"username={USER}%00&password={PASSWORD}", "Login failed"),
        (f"username={USER}&password={PASSWORD}%00", "Login failed"),
        (f"username=%FF%FE@example.com&password={PASSWORD}", "Login failed"),
        (f"username={USER}&password={'a' * 60_000}", "Login failed"),
    ):
        answer = await client.get(f"/api/v0/login?{parameters}&partner_token={TOKEN}")
        assert answer.status == 200
        assert answer.json() == {"status": 0, "session_id": None, "errorMessage": message}


@pytest.mark.row("M15", side="server")
async def test_a_name_is_the_same_in_every_case_and_with_space_round_it(client: Client) -> None:
    answer = (await client.get(LOGIN.replace(USER, f"%20{USER.upper()}%20"))).json()
    assert answer["username"] == USER


@pytest.mark.row("M18", side="server")
async def test_a_name_that_is_no_address_is_told_so(client: Client) -> None:
    for name in ("", "apitest", "@example.com", "api%20test@example.com", "a@b@c", "apitest@"):
        answer = await client.get(f"/api/v0/login?username={name}&password=x&partner_token={TOKEN}")
        assert refusal(answer) == (200, 0, NO_ADDRESS), name


async def test_a_name_that_is_no_address_logs_in_where_an_account_has_one(client: Client) -> None:
    client.server.add_account("robert", "secret")
    answer = (await client.get(f"/api/v0/login?username=robert&password=secret&partner_token={TOKEN}")).json()
    assert answer["username"] == "robert"
    old_client = f"/api/v0/login?username=robert@mp3tunes.com&password=secret&partner_token={TOKEN}"
    assert (await client.get(old_client)).json()["username"] == "robert"


async def test_a_login_may_be_a_form(client: Client) -> None:
    form = {"username": USER, "password": PASSWORD, "partner_token": TOKEN}
    assert (await client.send("POST", "/api/v0/login", data=form)).json()["status"] == 1


async def test_a_form_that_is_none_is_a_fault_of_the_client(client: Client) -> None:
    for kind, body in NO_FORMS:
        answer = await client.send(
            "POST", f"/api/v0/login?partner_token={TOKEN}", data=body, headers={"Content-Type": kind}
        )
        assert (answer.status, answer.body) == (400, b"The form cannot be read."), kind


async def test_a_form_that_is_too_large_is_refused(client: Client) -> None:
    body = b"username=" + b"a" * 2**21
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await client.send("POST", "/api/v0/login", data=body, headers=kind)).status == 413


async def test_a_request_line_without_end_is_refused(client: Client) -> None:
    assert (await client.get(f"/api/v0/login?username={'a' * 100_000}")).status == 400


async def test_other_verbs_than_get_head_and_post_are_refused(client: Client) -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        answer = await client.send(method, LOGIN)
        assert (answer.status, answer.headers["Allow"]) == (405, "GET,HEAD,POST")


async def test_what_is_no_method_is_not_found(client: Client) -> None:
    for target in ("/", "/api/v2/login", "/api/v0/nothing", "/api/v0/", "/api/v0/logout", "/storage"):
        assert (await client.call(target)).status == 404, target


@pytest.mark.row("M20", side="server")
@pytest.mark.row("M7", side="server")
@pytest.mark.row("M9", side="server")
async def test_every_method_needs_a_good_partner_token(client: Client) -> None:
    for token in (None, "", "wrong", TOKEN + "0", "%ff", "%00", f"{TOKEN},{TOKEN}"):
        for method in (LOGIN.partition("&partner_token")[0], *EVERY_METHOD):
            joint = "&" if "?" in method else "?"
            target = f"{method}{joint}sid={client.sid}" + ("" if token is None else f"&partner_token={token}")
            answer = await client.get(target)
            assert refusal(answer) == (200, 0, BAD_TOKEN), method
            assert "session_id" not in answer.json()


@pytest.mark.row("M9", side="server")
async def test_v1_adds_the_number_of_a_bad_token(client: Client) -> None:
    answer = await client.get(f"/api/v1/accountData?sid={client.sid}&partner_token=wrong")
    assert answer.json() == {"status": 0, "errorMessage": BAD_TOKEN, "errorCode": 401005}


@pytest.mark.row("M7", side="server")
async def test_without_a_list_of_tokens_every_one_is_good_but_there_must_be_one(serve: Serve) -> None:
    client = await serve(options=Mp3tunesOptions())
    assert (await client.get(LOGIN.replace(TOKEN, "anything"))).json()["status"] == 1
    assert refusal(await client.get(LOGIN.partition("&partner_token")[0])) == (200, 0, BAD_TOKEN)


@pytest.mark.row("M8", side="server")
async def test_a_lenient_server_does_without_a_token_but_not_with_a_wrong_one(serve: Serve) -> None:
    client = await serve(options=Mp3tunesOptions(partner_tokens=frozenset({TOKEN}), partner_token_optional=True))
    for method in ("/api/v0/accountData?", "/api/v0/lockerData?type=album&"):
        assert (await client.get(f"{method}sid={client.sid}")).body == (
            await client.get(f"{method}sid={client.sid}&partner_token={TOKEN}")
        ).body
        assert refusal(await client.get(f"{method}sid={client.sid}&partner_token=wrong")) == (200, 0, BAD_TOKEN)
        assert refusal(await client.get(LOGIN.partition("&partner_token")[0])) == (200, 0, BAD_TOKEN)


@pytest.mark.row("M6", side="server")
async def test_a_method_is_on_its_own_host_only(serve: Serve) -> None:
    client = await serve(options=Mp3tunesOptions(bases=THREE_HOSTS))
    track = (await client.server.locker.catalog()).tracks[0]
    for method, right in (
        (LOGIN, "shop.example.org"),
        ("/api/v0/accountData", "ws.example.org"),
        ("/api/v0/lockerData?type=album", "ws.example.org"),
        ("/api/v1/lastUpdate?type=locker", "ws.example.org"),
        ("/storage/lockerGet/KEY", "content.example.org:8080"),
        ("/api/v1/logout", "shop.example.org"),
    ):
        target = client.signed(method.replace("KEY", track.key))
        for host in ("shop.example.org", "ws.example.org", "content.example.org:8080", "elsewhere.example.org"):
            if host != right:
                answer = await client.get(target, headers={"Host": host})
                assert answer.status == 404, host
                assert answer.error_no == "404001" or answer.json()["status"] == 0
        assert (await client.get(target, headers={"Host": right.upper()})).status == 200


@pytest.mark.row("M6", side="server")
async def test_the_urls_of_an_answer_are_on_the_storage_host(serve: Serve) -> None:
    client = await serve(options=Mp3tunesOptions(bases=THREE_HOSTS))
    answer = await client.call("/api/v0/lockerData?type=track", headers={"Host": "ws.example.org"})
    urls = {track["downloadURL"].partition("/storage/")[0] for track in answer.json()["trackList"]}
    assert urls == {"http://content.example.org:8080"}


@pytest.mark.row("M6", side="server")
@pytest.mark.parametrize(
    ("base_url", "host", "expected"),
    [
        ("https://music.example.org/", "127.0.0.1", "https://music.example.org"),
        (None, "nas.local:8090", "http://nas.local:8090"),
        (None, "user:secret@nas.local", "http://nas.local"),
    ],
)
async def test_one_base_may_be_all_three_hosts(serve: Serve, base_url: str | None, host: str, expected: str) -> None:
    client = await serve(options=Mp3tunesOptions(base_url=base_url))
    answer = await client.call("/api/v0/lockerData?type=track", headers={"Host": host})
    assert answer.json()["trackList"][0]["downloadURL"].startswith(f"{expected}/storage/lockerget/")


async def test_a_host_that_is_none_comes_to_no_url(client: Client) -> None:
    for host in ("", "a b", '"><x>', "[::1", "x:port", "x:99999", "x/storage/?y="):
        answer = await client.call("/api/v0/lockerData?type=track&output=xml", headers={"Host": host})
        for url in answer.xml().iter("downloadURL"):
            pattern = re.escape(client.server.url) + r"/storage/lockerget/[0-9a-f]{32}\?sid=[0-9a-f]{32}"
            assert re.fullmatch(pattern, url.text or ""), host


@pytest.mark.row("M19", side="server")
@pytest.mark.row("M24", side="server")
async def test_without_a_session_there_is_no_account_and_no_list(client: Client) -> None:
    for sid in ("", "0" * 32, "x", "%00", "' OR 1=1 --".replace(" ", "%20"), "a" * 50_000):
        for method in EVERY_METHOD:
            answer = await client.get(client.signed(method, sid))
            assert refusal(answer) == (200, 0, "Not logged in"), method
            assert set(answer.json()) <= {"status", "errorMessage", "errorCode"}


@pytest.mark.row("M19", side="server")
async def test_without_a_session_nothing_streams(client: Client) -> None:
    for track in (await client.tracks()).values():
        for method in ("lockerGet", "lockerPlay", "albumArtGet"):
            answer = await client.get(f"/storage/{method}/{track['trackFileKey']}?partner_token={TOKEN}")
            assert (answer.status, answer.error_no, answer.body) == (401, "401002", b"")


@pytest.mark.row("M19", side="server")
async def test_one_session_serves_every_later_call(client: Client) -> None:
    sid = await login(client)
    assert (await client.get(client.signed("/api/v0/accountData", sid))).json()["user"]["email"] == USER
    album = (await client.get(client.signed("/api/v0/lockerData?type=album", sid))).json()[0]
    tracks = await client.get(client.signed(f"/api/v0/lockerData?type=track&album_id={album['albumId']}", sid))
    assert (await client.session.get(tracks.json()["trackList"][0]["downloadURL"])).status == 200


@pytest.mark.row("M24", side="server")
async def test_not_logged_in_may_be_a_401(serve: Serve) -> None:
    client = await serve(options=Mp3tunesOptions(http_errors=True))
    for output in ("json", "xml"):
        answer = await client.get(client.signed(f"/api/v0/accountData?output={output}", "0" * 32))
        assert answer.status == 401
        message = answer.xml().findtext("errorMessage") if output == "xml" else answer.json()["errorMessage"]
        assert message == "Not logged in"


async def test_a_session_ends_when_it_is_not_used(client: Client, clock: Clock) -> None:
    for _hour in range(6):
        clock.now += DEFAULT_SESSION_LIFETIME - 1
        assert "user" in (await client.call("/api/v0/accountData")).json()
    clock.now += DEFAULT_SESSION_LIFETIME
    assert refusal(await client.call("/api/v0/accountData")) == (200, 0, "Not logged in")
    track = (await client.server.locker.catalog()).tracks[0]
    assert (await client.call(f"/storage/lockerGet/{track.key}")).error_no == "401001"


async def test_a_new_login_after_the_end_opens_the_locker_again(client: Client, clock: Clock) -> None:
    first = await login(client)
    clock.now += DEFAULT_SESSION_LIFETIME
    second = await login(client)
    assert second != first
    assert "user" in (await client.get(client.signed("/api/v0/accountData", second))).json()
    assert (await client.get(client.signed("/api/v0/accountData", first))).json()["status"] == 0


async def test_logout_ends_its_own_session_only(client: Client) -> None:
    first, second = await login(client), await login(client)
    assert (await client.get(client.signed("/api/v1/logout", first))).json() == {"status": 1, "errorMessage": None}
    assert (await client.get(client.signed("/api/v0/accountData", first))).json()["status"] == 0
    assert "user" in (await client.get(client.signed("/api/v0/accountData", second))).json()
    assert (await client.get(client.signed("/api/v1/logout", first))).json()["status"] == 0


async def test_a_session_is_of_one_server_only(serve: Serve) -> None:
    first, second = await serve(), await serve()
    assert (await second.get(second.signed("/api/v0/accountData", first.sid))).json()["status"] == 0


@pytest.mark.row("M20", side="server")
@pytest.mark.row("M21", side="server")
@pytest.mark.row("M22", side="server")
async def test_account_data_tells_who_is_logged_in(client: Client) -> None:
    answer = (await client.call("/api/v0/accountData")).json()
    assert answer == {
        "user": {
            "email": USER,
            "nickName": None,
            "firstName": "Robert",
            "lastName": "Paulson",
            "subscriptions": [{"name": "user_locker_annual", "description": "Locker Account - Annual"}],
        }
    }
    user = (await client.call("/api/v0/accountData?output=xml")).xml().find("user")
    assert user is not None
    assert [field.tag for field in user] == ["email", "nickName", "firstName", "lastName", "subscriptions"]
    assert user.findtext("email") == USER
    assert user.findtext("nickName") == ""
    assert [item.findtext("name") for item in user.findall("subscriptions/item")] == ["user_locker_annual"]


@pytest.mark.row("M20", side="server")
async def test_account_data_is_of_the_account_whose_session_it_is(client: Client) -> None:
    sid = await login(client, READER_LOGIN)
    answer = (await client.get(client.signed(f"/api/v0/accountData?username={USER}", sid))).json()
    assert answer["user"]["email"] == READER


@pytest.mark.row("M21", side="server")
async def test_a_name_with_markup_in_it_stays_text(client: Client) -> None:
    evil = '</email><x a="1">&amp;\x01'
    client.server.add_account("evil@example.com", "x", first_name=evil, nick_name="]]>")
    sid = client.server.sessions.open("evil@example.com")
    user = (await client.get(client.signed("/api/v0/accountData?output=xml", sid))).xml().find("user")
    assert user is not None
    assert user.findtext("firstName") == evil[:-1]
    assert user.findtext("nickName") == "]]>"
    assert (await client.get(client.signed("/api/v0/accountData", sid))).json()["user"]["firstName"] == evil


async def test_v1_tells_what_the_locker_holds(client: Client) -> None:
    user = (await client.call("/api/v1/accountData")).json()["user"]
    sizes = [track["trackFileSize"] for track in (await client.tracks()).values()]
    assert (user["currentLockerSize"], user["maxLockerSize"], user["maxFileSize"]) == (sum(sizes), None, 20 * 2**20)
    assert (user["lockerType"], user["expired"]) == ("full", 0)


async def test_a_read_only_account_changes_nothing(client: Client, music: Path) -> None:
    before = {path: path.read_bytes() for path in music.rglob("*.m3u*")}
    sid = client.server.sessions.open(READER)
    refused = {"status": 0, "errorMessage": "Not Authorized", "errorCode": 401003}
    for method in EVERY_CHANGE:
        assert (await client.get(client.signed(method, sid))).json() == refused, method
    assert {path: path.read_bytes() for path in music.rglob("*.m3u*")} == before


async def test_a_read_only_account_lists_and_streams(client: Client) -> None:
    sid = client.server.sessions.open(READER)
    user = (await client.get(client.signed("/api/v1/accountData", sid))).json()["user"]
    assert user["lockerType"] == "read-only"
    tracks = (await client.get(client.signed("/api/v0/lockerData?type=track", sid))).json()["trackList"]
    assert (await client.session.get(tracks[0]["downloadURL"])).status == 200


async def test_maintenance_changes_nothing(client: Client) -> None:
    client.server.maintenance = True
    for method in EVERY_CHANGE:
        answer = await client.call(method)
        assert (answer.status, answer.headers["Retry-After"], answer.json()["errorCode"]) == (503, "900", 503001)
    assert (await client.call("/api/v0/lockerData?type=album")).status == 200


def test_a_password_is_kept_as_scrypt_in_a_file_of_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "accounts.json"
    Accounts(path).add(USER, PASSWORD)
    Accounts(path).add(READER, PASSWORD)
    text = path.read_text()
    first, second = json.loads(text)["accounts"]
    assert PASSWORD not in text
    assert password_digest(PASSWORD) not in text
    assert first["salt"] != second["salt"]
    digest = hashlib.md5(PASSWORD.encode()).hexdigest().encode()  # noqa: S324 - what one of the services sends
    assert first["secret"] == hashlib.scrypt(digest, salt=bytes.fromhex(first["salt"]), n=2**14, r=8, p=1).hex()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["accounts.json"]


def test_an_account_shows_nothing_of_its_password(tmp_path: Path) -> None:
    account = Accounts(tmp_path / "accounts.json").add(USER, PASSWORD)
    assert account.salt not in repr(account)
    assert account.secret not in repr(account)


def test_a_new_password_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path / "accounts.json")
    accounts.add(USER, PASSWORD)
    accounts.add(USER.upper(), "new", read_only=True)
    again = Accounts(tmp_path / "accounts.json")
    assert len(again) == 1
    assert again.check(USER, password_digest(PASSWORD)) is None
    account = again.check(USER, password_digest("new"))
    assert account is not None
    assert account.read_only


def test_a_higher_cost_for_new_passwords_leaves_old_ones_good(tmp_path: Path) -> None:
    Accounts(tmp_path / "accounts.json", cost=2).add(USER, PASSWORD)
    accounts = Accounts(tmp_path / "accounts.json", cost=4)
    accounts.add(READER, "another")
    assert accounts.check(USER, password_digest(PASSWORD)) is not None
    assert [account.cost for account in accounts.names().values()] == [2, 4]


def test_a_new_password_leaves_all_else_as_it_was(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path / "accounts.json", cost=2)
    accounts.add(USER, PASSWORD, nick_name="Bob", read_only=True, quota=5)
    account = accounts.add(USER.upper(), "new")
    assert (account.user, account.nick_name, account.read_only, account.quota) == (USER, "Bob", True, 5)


@pytest.mark.parametrize("name", ["", " ", "a\nb", "a\x00"])
def test_an_account_needs_a_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="needs a name"):
        Accounts(tmp_path / "accounts.json").add(name, PASSWORD)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"accounts": [{}]}', '{"accounts": [{"user": 1}]}', "\x00"])
def test_a_damaged_accounts_file_is_not_written_over(tmp_path: Path, text: str) -> None:
    path = tmp_path / "accounts.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"accounts\.json is not a file of accounts"):
        Accounts(path)
    assert path.read_text() == text


@pytest.mark.parametrize("user", [USER, "nobody@example.com"])
def test_an_unknown_name_costs_the_same_work_as_a_wrong_password(
    tmp_path: Path, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = Accounts(tmp_path / "accounts.json")
    accounts.add(USER, PASSWORD)
    work: list[tuple[int, int, int]] = []
    scrypt = hashlib.scrypt

    def counted(password: bytes, *, n: int, r: int, p: int, **options: Any) -> bytes:
        work.append((n, r, p))
        return scrypt(password, n=n, r=r, p=p, **options)

    monkeypatch.setattr(hashlib, "scrypt", counted)
    assert accounts.check(user, password_digest("wrong")) is None
    assert work == [(2**14, 8, 1)]


async def test_nothing_secret_is_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    sid = await login(client)
    await client.get(LOGIN.replace(PASSWORD, "wrongpassword"))
    await client.get(client.signed("/api/v0/lockerData?type=track", sid))
    await client.get(client.signed("/storage/lockerGet/0", sid))
    ours = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("asyncio"))
    for secret in (PASSWORD, "wrongpassword", sid, TOKEN):
        assert secret not in ours


async def test_a_header_cannot_be_put_in_by_a_parameter(client: Client) -> None:
    target = "/api/v1/lockerData?type=album&callback=x%0d%0aSet-Cookie:%20a=b&output=%0d%0aX-Evil:1"
    answer = await client.call(target)
    assert "Set-Cookie" not in answer.headers
    assert "X-Evil" not in answer.headers
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"


async def test_answers_are_not_kept_by_caches(client: Client) -> None:
    assert (await client.get(LOGIN)).headers["Cache-Control"] == "no-store"


async def test_a_head_request_has_the_headers_only(client: Client) -> None:
    answer = await client.send("HEAD", client.signed("/api/v0/accountData"))
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
