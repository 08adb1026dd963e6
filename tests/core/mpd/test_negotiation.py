"""What a client says it wants answers to be like: tags, features of the protocol, normalisation of texts."""

import pytest

from tests.core.mpd.client import RawClient
from tests.core.mpd.conftest import Connect


async def test_tags_can_be_hidden_on_one_connection(connect: Connect) -> None:
    one, other = await connect(), await connect()
    everything = (await one.ask("tagtypes")).values("tagtype")
    assert await one.ask("tagtypes clear") == ["OK"]
    assert await one.ask("tagtypes") == ["OK"]
    assert await one.ask("tagtypes enable title Album Mood") == ["OK"]
    assert await one.ask("tagtypes disable ALBUM") == ["OK"]
    assert await one.ask("tagtypes") == ["tagtype: Title", "tagtype: Mood", "OK"]
    assert await one.ask("tagtypes reset Artist Comment") == ["OK"]
    assert await one.ask("tagtypes") == ["tagtype: Artist", "OK"]
    assert (await one.ask("tagtypes available")).values("tagtype") == everything
    assert await one.ask("tagtypes all") == ["OK"]
    assert (await one.ask("tagtypes")).values("tagtype") == everything
    assert (await other.ask("tagtypes")).values("tagtype") == everything


async def test_hidden_tags_are_in_no_answer_and_still_found(client: RawClient) -> None:
    await client.ask("tagtypes reset Title")
    found = await client.ask("find \"((album == 'Homogenic') AND (track == '1'))\"")
    assert found.values("Title") == ["Hunter"]
    assert not {"Artist", "Album", "Track", "Genre", "Date"} & found.pairs.keys()
    await client.ask("tagtypes all")
    assert (await client.ask("find title Hunter")).pairs["Album"] == "Homogenic"


async def test_playlists_can_be_left_out_of_the_root(connect: Connect) -> None:
    one, other = await connect(), await connect()
    assert (await one.ask("lsinfo")).values("playlist") == ["Evening"]
    assert await one.ask("protocol enable HIDE_playlists_in_root") == ["OK"]
    assert await one.ask("protocol") == ["feature: hide_playlists_in_root", "OK"]
    assert (await one.ask("lsinfo")).values("playlist") == []
    assert (await one.ask("listplaylists")).values("playlist") == ["Evening"]
    assert (await other.ask("lsinfo")).values("playlist") == ["Evening"]
    assert await one.ask("protocol disable hide_playlists_in_root") == ["OK"]
    assert (await one.ask("lsinfo")).values("playlist") == ["Evening"]


@pytest.mark.parametrize("command", ["protocol", "stringnormalization"])
async def test_what_there_is_can_be_switched_at_once(client: RawClient, command: str) -> None:
    available = await client.ask(f"{command} available")
    assert await client.ask(command) == ["OK"]
    assert await client.ask(f"{command} all") == ["OK"]
    assert await client.ask(command) == available
    assert await client.ask(f"{command} clear") == ["OK"]
    assert await client.ask(command) == ["OK"]


REFUSED = (
    ("tagtypes enable", "Not enough arguments"),
    ("tagtypes reset", "Not enough arguments"),
    ("tagtypes all x", "Too many arguments"),
    ("tagtypes enable nonsense", "Unknown tag type"),
    ("tagtypes nonsense", "Unknown sub command"),
    ("protocol enable", "Not enough arguments"),
    ("protocol clear x", "Too many arguments"),
    ("protocol available x", "Too many arguments"),
    ("protocol disable nonsense", "Unknown protcol feature"),
    ("protocol nonsense", "Unknown sub command"),
    ("stringnormalization enable nonsense", "Unknown string normalization"),
)


async def test_what_cannot_be_switched_is_refused(client: RawClient, subtests: pytest.Subtests) -> None:
    for line, text in REFUSED:
        with subtests.test(line=line):
            command = line.partition(" ")[0]
            assert await client.ask(line) == [f"ACK [2@0] {{{command}}} {text}"]


@pytest.mark.parametrize(("command", "count"), [("tagtypes", 34), ("protocol", 1), ("stringnormalization", 1)])
async def test_all_that_mpd_has_is_available(client: RawClient, command: str, count: int) -> None:
    assert len(await client.ask(f"{command} available")) == count + 1
