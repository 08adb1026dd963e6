"""mpd-bridge locker-server account befriend, unfriend and library, beside a server that runs."""

from pathlib import Path

from click.testing import CliRunner, Result

from mpd_bridge.cli import cli
from mpd_bridge.locker_server import TunesbagOptions
from mpd_bridge.locker_server.tunesbag_book import Book
from tests.mpd_bridge.locker_server.conftest import USER, Serve
from tests.mpd_bridge.locker_server.tunesbag.conftest import FRIEND, FRIENDS_PASSWORD, Tunes, tunes_client


def account(state: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["locker-server", "account", *words, "--state", str(state)])


async def test_friends_and_libraries_are_made_by_hand_while_a_server_runs(tunes: Tunes, state: Path) -> None:
    assert "shows" in account(state, "befriend", USER, FRIEND).output
    friend = tunes.of(FRIEND)
    (seen,) = await tunes.rows("user/friends")
    assert (seen["displayname"], seen["accesslibrary"], seen["accesslibrary_seen_from_friend"]) == (FRIEND, 1, 1)
    assert account(state, "befriend", USER, FRIEND.upper(), "--no-library").exit_code == 0
    (seen,) = await tunes.rows("user/friends")
    assert (seen["accesslibrary"], seen["accesslibrary_seen_from_friend"]) == (1, 0)
    key = account(state, "library", FRIEND, "Box", "Box").output.strip()
    assert set(await friend.items(librarykeys=key)) == {"Eins", "Zwei"}
    assert account(state, "unfriend", FRIEND, USER).exit_code == 0
    assert await tunes.rows("user/friends") == []


async def test_what_is_wrong_is_told_in_one_line(tunes: Tunes, state: Path) -> None:
    for words in (
        ("befriend", USER, "nobody"),
        ("befriend", USER, USER),
        ("unfriend", "nobody", USER),
        ("library", USER, "Out", "../out"),
        ("library", "nobody", "Box", "Box"),
    ):
        result = account(state, *words)
        assert result.exit_code != 0
        assert "Traceback" not in result.output
    (state / "tunesbag.json").write_text("{")
    assert "tunesbag.json" in account(state, "befriend", USER, FRIEND).output


async def test_an_account_that_is_removed_leaves_neither_keys_nor_friends(tunes: Tunes, state: Path) -> None:
    account(state, "befriend", USER, FRIEND)
    friend = tunes.of(FRIEND)
    Book(state / "tunesbag.json").add_application(privileged=False)
    assert account(state, "remove", FRIEND).exit_code == 0
    assert await tunes.rows("user/friends") == []
    tunes.server.add_account(FRIEND, FRIENDS_PASSWORD)
    assert await friend.error("user/checkaccess") == 20010
    assert await tunes.rows("user/friends") == []


async def test_addresses_begin_as_the_owner_says(serve: Serve) -> None:
    tunes = await tunes_client(serve, TunesbagOptions(base_url="https://music.example.org/"))
    player = await tunes.json("items/get/deliver/player", entrykey=await tunes.item_key("Eins"))
    assert 'src="https://music.example.org/deliver/ticket/' in player["CONTENT"]
    await tunes.json("items/rate", entrykey=await tunes.item_key("Eins"), rating="20")
    (event,) = await tunes.rows("user/feed", options="includeownitems")
    assert event["content_link"].startswith("https://music.example.org/item/")
    feed = await tunes.get("user/feed", format="RSS")
    assert feed.xml().findtext("channel/link") == "https://music.example.org/"
