"""Ratings of songs as stickers: a real tunesBag service hears of them, and they come from it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from music_locker_core.hub import Core
from music_locker_core.lockers import create_adapter
from music_locker_core.lockers.web import Retry
from music_locker_core.mpd.server import MpdServer
from tests.core.bag import PASSWORD, TITLES, USER, Bag
from tests.core.mpd.client import RawClient

pytestmark = pytest.mark.slow

IN_TIME = 10.0  # seconds
EINS, ZWEI, DREI = (f'"Bag/Ann/Zahlen/0{number} {title}.mp3"' for number, title in enumerate(TITLES[:3], 1))


@dataclass
class Rated:
    """A locker at a service with ratings, and a client of ours."""

    bag: Bag
    core: Core
    client: RawClient
    watching: RawClient

    async def told(self) -> None:
        async with asyncio.timeout(IN_TIME):
            await self.core.outbox.told("bag")

    async def shown(self, song: str) -> list[str]:
        return (await self.client.ask(f"sticker list song {song}")).values("sticker")

    def top(self) -> list[str]:
        return [track.title for track in self.core.library.catalog.top_rated("bag")]

    async def changes(self) -> list[str]:
        """Return what another client is told of stickers, which is nothing twice."""
        answer = await self.watching.answer()
        assert await self.watching.silent()
        self.watching.send("idle sticker\n")
        return answer


@pytest.fixture
async def rated(tmp_path: Path, bag: Bag) -> AsyncIterator[Rated]:
    core = await Core.open(tmp_path / "core")
    await core.add_locker("bag", "Bag", bag.adapter())
    await core.sync("bag")
    await core.add_player("default", "Default")
    server = MpdServer(core, host="127.0.0.1", port=0)
    await server.start()
    client, watching = await RawClient.connect(server.port), await RawClient.connect(server.port)
    watching.send("idle sticker\n")
    yield Rated(bag, core, client, watching)
    await client.close()
    await watching.close()
    await server.close()
    await core.close()


async def test_a_rating_is_shown_at_once_and_told_to_the_service(rated: Rated) -> None:
    assert await rated.client.ask(f"sticker set song {EINS} rating 8") == ["OK"]
    assert await rated.changes() == ["changed: sticker", "OK"]
    assert await rated.shown(EINS) == ["rating=8"]
    assert rated.top() == ["Eins"]
    assert await rated.client.ask(f"sticker dec song {EINS} rating 2") == ["OK"]
    await rated.client.ask(f"sticker set song {ZWEI} rating 10")
    await rated.told()
    assert await rated.bag.ratings() == {"Eins": 6, "Zwei": 10, "Drei": None, "Vier": None}
    assert rated.top() == ["Zwei", "Eins"]
    await rated.core.sync("bag")
    assert await rated.shown(EINS) == ["rating=6"]
    assert await rated.client.ask(f"sticker delete song {EINS} rating") == ["OK"]
    assert await rated.shown(EINS) == []
    assert await rated.client.ask(f"sticker delete song {ZWEI}") == ["OK"]
    await rated.told()
    assert set((await rated.bag.ratings()).values()) == {None}
    assert rated.top() == []


async def test_a_rating_of_the_service_comes_with_the_next_sync(rated: Rated) -> None:
    ids = {track.title: track.id for track in rated.core.library.catalog.tracks}
    await rated.client.ask(f"sticker set song {EINS} rating 4")
    await rated.told()
    assert await rated.changes() == ["changed: sticker", "OK"]
    await rated.bag.other.rate(ids["Eins"], 10)
    await rated.bag.other.rate(ids["Drei"], 2)
    await rated.core.sync("bag")
    assert await rated.changes() == ["changed: sticker", "OK"]
    answer = await rated.client.ask('sticker find song "" rating sort -value_int')
    assert answer.values("file") == [EINS.strip('"'), DREI.strip('"')]
    assert answer.values("sticker") == ["rating=10", "rating=2"]
    assert await rated.shown(EINS) == ["rating=10"]
    assert (await rated.client.ask("stickernamestypes"))[:-1] == ["name: rating", "type: song"]


async def test_a_service_of_five_steps_rounds_and_what_it_has_made_of_it_comes_back(rated: Rated) -> None:
    await rated.client.ask(f"sticker set song {EINS} rating 7")
    assert await rated.shown(EINS) == ["rating=7"]
    await rated.told()
    await rated.core.sync("bag")
    assert await rated.shown(EINS) == ["rating=8"]


async def test_a_text_that_is_no_rating_is_shown_until_the_rating_changes(rated: Rated) -> None:
    songs = {"Eins": "abc", "Zwei": "11", "Drei": "-1", "Vier": ""}
    for number, (title, text) in enumerate(songs.items(), 1):
        song = f'"Bag/Ann/Zahlen/0{number} {title}.mp3"'
        await rated.client.ask(f"sticker set song {song} rating 6")
        assert await rated.client.ask(f'sticker set song {song} rating "{text}"') == ["OK"]
        assert await rated.shown(song) == [f"rating={text}"]
    await rated.told()
    assert await rated.bag.ratings() == dict.fromkeys(songs, 6)
    [eins] = [track.id for track in rated.core.library.catalog.tracks if track.title == "Eins"]
    await rated.bag.other.rate(eins, 2)
    await rated.core.sync("bag")
    assert await rated.shown(EINS) == ["rating=2"]
    assert await rated.shown(ZWEI) == ["rating=11"]


async def test_no_rating_is_got_as_it_was_set(rated: Rated) -> None:
    await rated.client.ask(f"sticker set song {EINS} rating 6")
    assert await rated.client.ask(f"sticker set song {EINS} rating 0") == ["OK"]
    assert await rated.shown(EINS) == ["rating=0"]
    await rated.told()
    await rated.core.sync("bag")
    assert await rated.shown(EINS) == ["rating=0"]
    assert (await rated.bag.ratings())["Eins"] is None


async def test_what_the_service_refuses_is_again_what_it_was(rated: Rated) -> None:
    await rated.client.ask(f"sticker set song {EINS} rating 6")
    await rated.told()
    assert await rated.changes() == ["changed: sticker", "OK"]
    rated.bag.allow_changes(False)
    await rated.client.ask(f"sticker set song {EINS} rating 10")
    await rated.told()
    assert await rated.shown(EINS) == ["rating=6"]
    rated.bag.allow_changes(True)


async def test_without_ratings_at_the_service_it_is_a_sticker_like_others(
    rated: Rated, session: aiohttp.ClientSession
) -> None:
    settings = {"url": rated.bag.server.url, "username": USER, "password": PASSWORD, "partner_token": "any"}
    await rated.core.add_locker("tunes", "Tunes", create_adapter("mp3tunes", settings, session, Retry(attempts=1)))
    await rated.core.sync("tunes")
    song = EINS.replace("Bag", "Tunes")
    assert await rated.client.ask(f"sticker set song {song} rating 9") == ["OK"]
    await rated.core.sync("tunes", force=True)
    assert await rated.shown(song) == ["rating=9"]
    assert not rated.core.library.catalog.top_rated("tunes")
    assert await rated.client.ask(f"sticker delete song {song} rating") == ["OK"]
    assert await rated.shown(song) == []


async def test_a_playlist_that_the_service_makes_keeps_its_stickers(rated: Rated) -> None:
    ids = [track.id for track in rated.core.library.catalog.tracks]
    new = await rated.core.outbox.create_playlist("bag", "Morning", ids[:2])
    assert await rated.client.ask("sticker set playlist Morning a 1") == ["OK"]
    await rated.told()
    assert new not in {each.id for each in rated.core.library.catalog.playlists("bag")}
    assert await rated.client.ask("sticker get playlist Morning a") == ["sticker: a=1", "OK"]
    await rated.core.outbox.change_playlist(
        next(each for each in rated.core.library.catalog.playlists("bag") if each.title == "Morning"), title="Evening"
    )
    await rated.told()
    await rated.core.sync("bag")
    assert await rated.client.ask("sticker get playlist Evening a") == ["sticker: a=1", "OK"]
