"""mpd-bridge locker-server key: made by hand, shown once, taken over by a running server."""

import json
import stat
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mpd_bridge.cli import cli
from mpd_bridge.locker_server.audiodelivery_keys import ApiKeys
from mpd_bridge.locker_server.sevendigital_store import SevendigitalStore
from mpd_bridge.locker_server.tunesbag_book import Book, app_name
from mpd_bridge.locker_server.tunesbag_social_store import Message, SocialStore
from tests.mpd_bridge.locker_server.conftest import READER, USER, Client, Serve

COLLECTION = "123e4567-e89b-12d3-a456-426614174000"


def key(state: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["locker-server", "key", *words, "--state", str(state)])


def made(result: Result) -> dict[str, str]:
    """Return what a command gave, by the names of the settings."""
    assert result.exit_code == 0, result.output
    assert "not shown again" in result.stderr
    return dict(line.split(": ", 1) for line in result.stdout.splitlines())


def refused(result: Result, line: str) -> None:
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (1, f"Error: {line}")


class TestAudiodelivery:
    def test_a_key_is_made_listed_and_removed(self, state: Path) -> None:
        first = made(key(state, "add", "audiodelivery", "--account", USER.upper()))["api_key"]
        second = made(key(state, "add", "audiodelivery", "--collection", COLLECTION))["api_key"]
        keys = ApiKeys(state / "audiodelivery_keys.json")
        one, two = keys.find(first), keys.find(second)
        assert one is not None
        assert two is not None
        assert (one.user, one.collection_id, two.user, two.collection_id) == (USER, None, None, COLLECTION)
        listed = key(state, "list", "audiodelivery").output
        assert listed.splitlines() == [
            f"audiodelivery  {one.name}  {USER}",
            f"audiodelivery  {two.name}  no account  for the collection {COLLECTION}",
        ]
        assert first not in listed
        assert (
            key(state, "remove", "audiodelivery", one.name).output == f"Removed the key {one.name} of audiodelivery.\n"
        )
        assert ApiKeys(state / "audiodelivery_keys.json").find(first) is None

    def test_all_keys_of_an_account_are_removed(self, state: Path) -> None:
        for _ in range(2):
            made(key(state, "add", "audiodelivery", "--account", USER))
        assert key(state, "remove", "audiodelivery", "--account", USER).output == f"Removed 2 keys of {USER}.\n"
        assert key(state, "list").stderr == "there is no key yet: make one with locker-server key add SERVICE\n"

    async def test_a_running_server_takes_a_key_and_lets_it_go(self, client: Client, state: Path) -> None:
        api_key = made(key(state, "add", "audiodelivery"))["api_key"]
        headers = {"Authorization": f"Bearer {api_key}"}
        assert (await client.get("/v1/collection", headers=headers)).status == 200
        (listed,) = json.loads(key(state, "list", "audiodelivery", "--json").stdout)
        assert key(state, "remove", "audiodelivery", listed["name"]).exit_code == 0
        assert (await client.get("/v1/collection", headers=headers)).status == 401

    def test_what_is_no_key_is_one_line(self, state: Path) -> None:
        refused(key(state, "add", "audiodelivery", "--account", "bob"), "there is no account 'bob'")
        refused(key(state, "remove", "audiodelivery", "12345678"), "there is no key '12345678'")
        assert key(state, "add", "audiodelivery", "--collection", "x").exit_code == 2
        assert key(state, "remove", "audiodelivery").exit_code == 2

    def test_a_damaged_file_stays_as_it_is(self, state: Path) -> None:
        file = state / "audiodelivery_keys.json"
        for text in ("{", "[]", '{"version": 99, "keys": []}', '{"version": 1, "keys": [{"name": 1}]}', "\udcff"):
            file.write_text(text, errors="surrogateescape")
            refused(key(state, "add", "audiodelivery"), "audiodelivery_keys.json is not a file of API keys")
            assert file.read_text(errors="surrogateescape") == text


class TestSevendigital:
    def test_a_consumer_is_made_listed_and_removed(self, state: Path) -> None:
        consumer = made(key(state, "add", "sevendigital", "--unmanaged"))
        assert list(consumer) == ["consumer_key", "consumer_secret"]
        given = made(key(state, "add", "sevendigital", "--account", USER, "--consumer", consumer["consumer_key"]))
        assert list(given) == ["token", "token_secret", "user_id"]
        store = SevendigitalStore(state)
        kept = store.consumer(consumer["consumer_key"])
        assert kept is not None
        assert (kept.secret, kept.managed) == (consumer["consumer_secret"], False)
        assert store.token(given["token"]) is not None
        assert store.account_of(int(given["user_id"])) == USER
        store.close()
        assert stat.S_IMODE((state / "sevendigital.sqlite3").stat().st_mode) == 0o600
        listed = key(state, "list", "sevendigital").output
        assert listed.splitlines() == [
            f"sevendigital  {consumer['consumer_key']}  consumer",
            f"sevendigital  {consumer['consumer_key']}  token of  {USER}",
        ]
        assert key(state, "remove", "sevendigital", "--account", USER).output == f"Removed 1 token of {USER}.\n"
        assert key(state, "remove", "sevendigital", consumer["consumer_key"]).exit_code == 0
        assert key(state, "list", "sevendigital", "--json").stdout == "[]\n"

    def test_a_consumer_and_a_token_are_made_at_once(self, state: Path) -> None:
        both = made(key(state, "add", "sevendigital", "--account", USER))
        assert list(both) == ["consumer_key", "consumer_secret", "token", "token_secret", "user_id"]

    def test_what_is_no_consumer_is_one_line(self, state: Path) -> None:
        refused(
            key(state, "add", "sevendigital", "--account", USER, "--consumer", "none"), "there is no consumer 'none'"
        )
        refused(key(state, "remove", "sevendigital", "none"), "there is no consumer 'none'")
        assert key(state, "add", "sevendigital", "--consumer", "none").exit_code == 2


class TestTunesbag:
    def test_an_application_and_a_remote_key_are_made_listed_and_removed(self, state: Path) -> None:
        app = made(key(state, "add", "tunesbag", "--privileged"))["app_key"]
        both = made(key(state, "add", "tunesbag", "--account", USER))
        assert list(both) == ["app_key", "username", "remote_key"]
        again = made(key(state, "add", "tunesbag", "--account", USER, "--app", app))
        book = Book(state / "tunesbag.json")
        kept = book.application(app)
        assert kept is not None
        assert kept.privileged
        remote = book.remote_key(USER, app)
        assert remote is not None
        assert remote.key == again["remote_key"] != both["remote_key"]
        assert stat.S_IMODE((state / "tunesbag.json").stat().st_mode) == 0o600
        first, second = app_name(app), app_name(both["app_key"])
        listed = key(state, "list", "tunesbag").output
        assert listed.splitlines() == [
            f"tunesbag  {first}  privileged application",
            f"tunesbag  {second}  application",
            f"tunesbag  {second}  remote key of  {USER}",
            f"tunesbag  {first}  remote key of  {USER}",
        ]
        assert key(state, "remove", "tunesbag", first).exit_code == 0
        assert key(state, "remove", "tunesbag", "--account", USER).output == f"Removed 1 remote key of {USER}.\n"
        assert key(state, "list", "tunesbag").output == f"tunesbag  {second}  application\n"
        refused(key(state, "remove", "tunesbag", first), f"there is no application {first!r}")

    async def test_a_running_server_takes_a_key_and_then_no_other(self, client: Client, state: Path) -> None:
        async def error(app: str, remote_key: str) -> str | None:
            query = f"appkey={app}&username={USER}&remotekey={remote_key}"
            return (await client.get(f"/api/rest/sets/get/?{query}")).xml().findtext(".//error")

        old = client.server.tunesbag.remote_key(USER, "anything")
        assert await error("anything", old) == "0"
        given = made(key(state, "add", "tunesbag", "--account", USER))
        assert await error(given["app_key"], given["remote_key"]) == "0"
        assert await error("anything", old) == "20001"
        assert key(state, "remove", "tunesbag", "--account", USER).output == f"Removed 2 remote keys of {USER}.\n"
        assert await error(given["app_key"], given["remote_key"]) == "20010"


def test_an_account_that_is_removed_leaves_no_key_to_the_next_one_of_its_name(state: Path) -> None:
    api = made(key(state, "add", "audiodelivery", "--account", USER))["api_key"]
    others = made(key(state, "add", "audiodelivery"))["api_key"]
    token = made(key(state, "add", "sevendigital", "--account", USER))["token"]
    made(key(state, "add", "tunesbag", "--account", USER))
    with closing(SocialStore(state / "tunesbag.sqlite3", lambda: 0.0)) as social:
        for number, (sender, recipient) in enumerate(((USER, READER), (READER, USER), (READER, READER))):
            social.send(Message(str(number), sender, recipient, "subject", "body", "", is_read=False, created=0.0))
        social.rate(USER, 1, 100)
        social.rate(READER, 1, 80)
    gone = CliRunner().invoke(cli, ["locker-server", "account", "remove", USER.upper(), "--state", str(state)])
    assert gone.output == f"Removed the account {USER}.\n"
    keys = ApiKeys(state / "audiodelivery_keys.json")
    assert keys.find(api) is None
    assert keys.find(others) is not None
    with closing(SevendigitalStore(state)) as store:
        assert store.token(token) is None
    assert Book(state / "tunesbag.json").remote_keys() == ()
    with closing(SocialStore(state / "tunesbag.sqlite3", lambda: 0.0)) as social:
        assert [message.key for message in (*social.messages(USER), *social.messages(READER))] == ["2"]
        assert (social.marks(USER), len(social.marks(READER))) == ({}, 1)


@pytest.mark.parametrize("service", ["tunesbag", "sevendigital", "audiodelivery"])
def test_the_first_key_needs_no_server_and_no_folder(tmp_path: Path, service: str) -> None:
    state = tmp_path / "new" / "state"
    made(key(state, "add", service))
    assert stat.S_IMODE(state.stat().st_mode) == 0o700


async def test_a_service_that_is_left_out_is_not_there(serve: Serve) -> None:
    client = await serve(services={"mp3tunes"})
    assert (await client.call("/api/v0/accountData")).status == 200
    assert (await client.get("/v1/collection")).status == (await client.get("/1.2/user/locker")).status == 404
