"""Stickers of songs, playlists, tags and filters, as MPD clients see them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from music_locker_core.hub import Core
from music_locker_core.lockers.base import Capability
from music_locker_core.models import TrackKey
from tests.core.mpd.client import RawClient
from tests.core.mpd.conftest import Connect
from tests.core.mpd.shelf import ADDED, TRACKS, ShelfLocker


class RatedShelf(ShelfLocker):
    """Keep the ratings of the shelf's tracks."""

    @property
    def capabilities(self) -> Capability:
        return super().capabilities | Capability.RATE

    async def rate(self, track_id: str, rating: int) -> None:
        self.all_tracks = [replace(each, rating=rating) if each.id == track_id else each for each in self.all_tracks]


HUNTER = '"Shelf/Björk/Homogenic/01 Hunter.mp3"'
JOGA = '"Shelf/Björk/Homogenic/02 Jóga.mp3"'
RAIN = '"Shelf/東京/夜/01 雨.mp3"'


async def found(client: RawClient, query: str) -> list[tuple[str, str]]:
    """Return what ``sticker find`` shows: the last part of each URI, and the value."""
    answer = await client.ask(f"sticker find {query}")
    assert answer[-1] == "OK", answer
    uris = [line.partition(": ")[2].rpartition("/")[2] for line in answer[:-1:2]]
    return list(zip(uris, [line.partition("=")[2] for line in answer[1:-1:2]], strict=True))


async def set_all(client: RawClient, name: str, *values: str) -> None:
    for song, value in zip((HUNTER, JOGA, RAIN), values, strict=False):
        assert await client.ask(f'sticker set song {song} {name} "{value}"') == ["OK"]


async def test_a_sticker_is_set_shown_and_taken_off(client: RawClient, connect: Connect) -> None:
    assert await client.ask(f'sticker set song {HUNTER} "a=b" "c=d"') == ["OK"]
    assert await client.ask(f"sticker set song {HUNTER} Zed z") == ["OK"]
    other = await connect()
    assert await other.ask(f'sticker get song {HUNTER} "a=b"') == ["sticker: a=b=c=d", "OK"]
    assert await other.ask(f"sticker list song {HUNTER}") == ["sticker: Zed=z", "sticker: a=b=c=d", "OK"]
    assert await client.ask(f"sticker delete song {HUNTER} Zed") == ["OK"]
    assert await other.ask(f"sticker get song {HUNTER} Zed") == ['ACK [50@0] {sticker} no such sticker: "Zed"']
    assert await client.ask(f"sticker delete song {HUNTER}") == ["OK"]
    assert await other.ask(f"sticker list song {HUNTER}") == ["OK"]


REFUSED = (
    ("sticker get song", '[2@0] {sticker} too few arguments for "sticker"'),
    ("sticker get bogus x y", '[2@0] {sticker} unknown sticker domain "bogus"'),
    ("sticker get Song x y", '[2@0] {sticker} unknown sticker domain "Song"'),
    ("sticker get song nosuch rating", "[50@0] {sticker} No such song"),
    ("sticker inc song nosuch a", "[2@0] {sticker} bad request"),
    ("sticker list song nosuch a", "[2@0] {sticker} bad request"),
    (f"sticker get song {HUNTER}", "[2@0] {sticker} bad request"),
    (f"sticker GET song {HUNTER} a", "[2@0] {sticker} bad request"),
    (f"sticker delete song {HUNTER} a b", "[2@0] {sticker} bad request"),
    (f"sticker delete song {HUNTER}", '[50@0] {sticker} no such sticker: ""'),  # a real MPD 0.24.4 dies of it
    (f"sticker delete song {HUNTER} nope", '[50@0] {sticker} no such sticker: "nope"'),
    (f'sticker set song {HUNTER} "" 3', "[2@0] {sticker} empty sticker name"),
    (f'sticker inc song {HUNTER} "" 3', "[2@0] {sticker} empty sticker name"),
    ("sticker set playlist nosuch a b", '[2@0] {sticker} no such playlist: "nosuch"'),
    ("sticker set artist nosuch a b", '[2@0] {sticker} no such Artist: "nosuch"'),
    ("sticker set track 1 a b", '[2@0] {sticker} unsupported tag: "Track"'),
    ("sticker set filter nosuch a b", "[5@0] {sticker} Incorrect number of filter arguments"),
    ("sticker set filter \"(artist == 'x')\" a b", '[2@0] {sticker} no matches found: "(Artist == \\"x\\")"'),
    ('sticker find song ""', "[2@0] {sticker} bad request"),
    ('sticker find song "" a == 2', '[2@0] {sticker} bad operator "=="'),
    ('sticker find song "" a bogus 2 sort zzz', '[2@0] {sticker} Unknown sort tag "zzz"'),
    ('sticker find song "" a sort -zzz window x', "[2@0] {sticker} Integer or range expected: x"),
    ("stickernamestypes artist", '[2@0] {stickernamestypes} no such tag "artist"'),
    ("stickernamestypes Track", '[2@0] {stickernamestypes} unsupported tag "Track"'),
)


async def test_what_is_refused(client: RawClient, subtests: pytest.Subtests) -> None:
    for line, error in REFUSED:
        with subtests.test(line=line):
            assert await client.ask(line) == [f"ACK {error}"]


async def test_an_empty_value_is_listed_but_not_got(client: RawClient) -> None:
    await set_all(client, "a", "")
    assert await client.ask(f"sticker list song {HUNTER}") == ["sticker: a=", "OK"]
    assert await client.ask(f"sticker get song {HUNTER} a") == ['ACK [50@0] {sticker} no such sticker: "a"']


COUNTS = (
    (["inc n 1"], "1"),
    (["inc n 5", "inc n 1"], "6"),
    (["dec n 3"], "3"),
    (["set n 4", "dec n 100"], "-96"),
    (["set n 4", "inc n x"], "4"),
    (["set n text", "inc n 3"], "3"),
    (["set n 12abc", "inc n 3"], "15"),
    (["set n 3.75", "inc n 1"], "4.75"),
)


async def test_counting_is_that_of_mpd(client: RawClient, subtests: pytest.Subtests) -> None:
    for lines, value in COUNTS:
        with subtests.test(lines=lines):
            for line in lines:
                action, rest = line.split(" ", 1)
                assert await client.ask(f"sticker {action} song {HUNTER} {rest}") == ["OK"]
            assert (await client.ask(f"sticker get song {HUNTER} n")).values("sticker") == [f"n={value}"]
            assert await client.ask(f"sticker delete song {HUNTER} n") == ["OK"]


async def test_two_clients_that_count_at_once_both_count(connect: Connect) -> None:
    clients = [await connect() for _ in range(2)]
    for client in clients:
        client.send(f"sticker inc song {HUNTER} n 1\n" * 20)
    for client in clients:
        assert [await client.answer() for _ in range(20)] == [["OK"]] * 20
    assert (await clients[0].ask(f"sticker get song {HUNTER} n")).values("sticker") == ["n=40"]


FOUND = (
    ("", "102"),
    ("= 5", "1"),
    ("< 5", "0"),
    ("> 5", "2"),
    ("eq 10", "0"),
    ("lt 6", "12"),
    ("lt 5.5", "12"),
    ("gt 2x", ""),
    ("lt 2x", "102"),
    ("contains B", "2"),
    ("contains %c", "2"),
    ("contains _0", "0"),
    ("contains _5", ""),
    ("starts_with _0", "0"),
    ("=", ""),
    ("sort value", "012"),
    ("sort -value", "210"),
    ("sort value_int", "210"),
    ("sort -uri", "201"),
    ("window 1:", "02"),
    ("window 1", "0"),
    ("window 7:9", ""),
    ("lt 6 sort -value window 0:1", "2"),
)


async def test_finding(client: RawClient, subtests: pytest.Subtests) -> None:
    await set_all(client, "a", "5", "10", "abc")
    names = ["02 Jóga.mp3", "01 Hunter.mp3", "01 雨.mp3"]
    for how, titles in FOUND:
        with subtests.test(how=how):
            assert [uri for uri, _ in await found(client, f'song "" a {how}')] == [names[int(each)] for each in titles]


async def test_finding_below_a_directory(client: RawClient) -> None:
    await set_all(client, "a", "1", "2", "3")
    assert await found(client, 'song "Shelf/Björk" a') == [("01 Hunter.mp3", "1"), ("02 Jóga.mp3", "2")]
    for nothing in ("Shelf/Bj", "Shelf/Björk/", "shelf", "/", "nosuch", HUNTER.strip('"')):
        assert await found(client, f'song "{nothing}" a') == []


async def test_stickers_of_a_playlist_a_tag_and_a_filter(client: RawClient) -> None:
    assert await client.ask("sticker set playlist Evening a 1") == ["OK"]
    assert await client.ask('sticker set artist "The Quotes" a 2') == ["OK"]
    assert await client.ask("sticker set filter \"(ARTIST == 'The Quotes')\" a 3") == ["OK"]
    assert await client.ask('sticker get Artist "The Quotes" a') == ["sticker: a=2", "OK"]
    assert await client.ask('sticker find playlist "" a') == ["playlist: Evening", "sticker: a=1", "OK"]
    assert await client.ask('sticker find ARTIST "the" a') == ["Artist: The Quotes", "sticker: a=2", "OK"]
    text = 'filter: (Artist == "The Quotes")'
    assert await client.ask('sticker find filter "" a gt 2') == [text, "sticker: a=3", "OK"]
    assert await client.ask('sticker find Track "" a') == ["OK"]


async def test_the_stickers_of_a_playlist_stay_with_it_when_it_is_renamed(client: RawClient) -> None:
    await client.ask("save Mine")
    assert await client.ask("sticker set playlist Mine a 1") == ["OK"]
    assert await client.ask("rename Mine Ours") == ["OK"]
    assert await client.ask("sticker get playlist Ours a") == ["sticker: a=1", "OK"]
    assert await client.ask('sticker find playlist "" a') == ["playlist: Ours", "sticker: a=1", "OK"]
    await client.ask("rm Ours")
    await client.ask("save Ours")
    assert await client.ask("sticker list playlist Ours") == ["OK"]


async def test_the_stickers_of_a_playlist_go_with_it(client: RawClient, connect: Connect) -> None:
    await client.ask("save Mine")
    await client.ask("sticker set playlist Mine a 1")
    other = await connect()
    other.send("idle sticker\n")
    assert await client.ask("rm Mine") == ["OK"]
    assert await other.answer() == ["changed: sticker", "OK"]
    assert await client.ask("stickernames") == ["OK"]


async def test_names_and_types(client: RawClient) -> None:
    assert await client.ask("stickernames") == ["OK"]
    await set_all(client, "b", "1", "2")
    await client.ask("sticker set playlist Evening a 1")
    await client.ask("sticker set playlist Evening b 1")
    assert (await client.ask("stickernames")).values("name") == ["a", "b"]
    answer = await client.ask("stickernamestypes")
    assert answer[:-1] == ["name: a", "type: playlist", "name: b", "type: playlist", "name: b", "type: song"]
    assert (await client.ask("stickernamestypes song"))[:-1] == ["name: b", "type: song"]
    assert (await client.ask("stickertypes")).values("stickertype")[:4] == ["filter", "playlist", "song", "Artist"]
    for song in (HUNTER, JOGA):
        await client.ask(f"sticker delete song {song}")
    assert await client.ask("stickernamestypes song") == ["OK"]


async def test_every_client_is_told_of_a_change_and_of_nothing_else(client: RawClient, connect: Connect) -> None:
    others = [await connect(), await connect()]
    for other in others:
        other.send("idle sticker\n")
    assert (await client.ask(f"sticker delete song {HUNTER} a"))[-1].startswith("ACK")
    assert (await client.ask(f"sticker get song {HUNTER} a"))[-1].startswith("ACK")
    for other in others:
        other.send("noidle\n")
        assert await other.answer() == ["OK"]
        other.send("idle sticker\n")
    await client.ask(f"sticker set song {HUNTER} a 1")
    for other in others:
        assert await other.answer() == ["changed: sticker", "OK"]
        assert await other.silent()


async def test_a_song_keeps_its_stickers_under_other_tags_and_while_it_is_gone(
    client: RawClient, core: Core, locker: ShelfLocker
) -> None:
    await set_all(client, "a", "1")
    locker.all_tracks = TRACKS[1:]
    await core.sync("shelf")
    assert await found(client, 'song "" a') == []
    assert await client.ask(f"sticker get song {HUNTER} a") == ["ACK [50@0] {sticker} No such song"]
    locker.all_tracks = (*TRACKS[1:], replace(TRACKS[0], title="Gatherer", artist="Björk G.", modified=ADDED))
    await core.sync("shelf")
    assert [value for _, value in await found(client, 'song "" a')] == ["1"]


async def test_plays_are_shown_under_the_names_that_clients_use(
    client: RawClient, connect: Connect, core: Core
) -> None:
    other = await connect()
    other.send("idle sticker\n")
    await core.library.note_played(TrackKey("shelf", "1"), datetime.fromtimestamp(1000.7, UTC))
    assert await other.answer() == ["changed: sticker", "OK"]
    await core.library.note_played(TrackKey("shelf", "1"), datetime.fromtimestamp(2000, UTC))
    shown = ["sticker: lastPlayed=2000", "sticker: playCount=2", "OK"]
    assert await client.ask(f"sticker list song {HUNTER}") == shown
    assert await found(client, 'song "" playCount gt 1') == [("01 Hunter.mp3", "2")]
    assert (await client.ask("stickernames")).values("name") == ["lastPlayed", "playCount"]


async def test_a_client_that_counts_plays_counts_on_from_ours_and_is_not_counted_twice(
    client: RawClient, core: Core
) -> None:
    await core.library.note_played(TrackKey("shelf", "1"), datetime.fromtimestamp(1000, UTC))
    await client.ask(f"sticker inc song {HUNTER} playCount 1")
    await client.ask(f"sticker set song {HUNTER} lastPlayed 1500")
    assert (await client.ask(f"sticker get song {HUNTER} lastPlayed")).values("sticker") == ["lastPlayed=1500"]
    await core.library.note_played(TrackKey("shelf", "1"), datetime.fromtimestamp(2000, UTC))
    shown = ["sticker: lastPlayed=2000", "sticker: playCount=2", "OK"]
    assert await client.ask(f"sticker list song {HUNTER}") == shown


async def test_a_count_that_is_deleted_begins_anew(client: RawClient, core: Core) -> None:
    for _ in range(2):
        await core.library.note_played(TrackKey("shelf", "1"), datetime.fromtimestamp(1000, UTC))
    assert await client.ask(f"sticker delete song {HUNTER} playCount") == ["OK"]
    assert await client.ask(f"sticker list song {HUNTER}") == ["sticker: lastPlayed=1000", "OK"]
    await core.library.note_played(TrackKey("shelf", "1"), datetime.fromtimestamp(2000, UTC))
    assert (await client.ask(f"sticker get song {HUNTER} playCount")).values("sticker") == ["playCount=1"]
    assert await client.ask(f"sticker delete song {HUNTER}") == ["OK"]
    assert await client.ask(f"sticker list song {HUNTER}") == ["OK"]
    assert not core.library.recently_played("shelf")


async def test_a_rating_is_that_of_the_service_both_ways(client: RawClient, core: Core, locker: ShelfLocker) -> None:
    rated = RatedShelf(locker._session)
    await core.add_locker("rated", "Rated", rated)
    await core.sync("rated")
    song = HUNTER.replace("Shelf", "Rated")
    assert await client.ask(f"sticker set song {song} rating 8") == ["OK"]
    assert [track.title for track in core.library.catalog.top_rated("rated")] == ["Hunter"]
    await core.outbox.told("rated")
    assert [track.rating for track in rated.all_tracks if track.rating] == [8]
    await rated.rate("2", 3)
    await core.sync("rated")
    assert await found(client, 'song "" rating sort -value_int') == [("01 Hunter.mp3", "8"), ("02 Jóga.mp3", "3")]
    assert await client.ask(f"sticker delete song {song}") == ["OK"]
    assert await found(client, 'song "Rated" rating') == [("02 Jóga.mp3", "3")]
