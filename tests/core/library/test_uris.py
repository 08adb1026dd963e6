"""URIs are unique, path-safe and stable, whatever the tags are."""

import sqlite3
import unicodedata
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from music_locker_core.library import Library
from music_locker_core.library.snapshot import track_uri
from music_locker_core.library.uris import directory_of, file_name_of, segment
from music_locker_core.models import Track, TrackKey
from tests.core.library.listed_locker import ListedLocker


@given(st.text())
def test_a_segment_is_safe_for_any_name(name: str) -> None:
    safe = segment(name, "Unknown")
    assert safe not in {"", ".", ".."}
    assert "/" not in safe
    assert not any(unicodedata.category(character) in {"Cc", "Cs"} for character in safe)


@given(title=st.text(), artist=st.text(), album=st.text(), number=st.none() | st.integers(0, 999))
def test_a_path_has_three_segments_for_any_tags(title: str, artist: str, album: str, number: int | None) -> None:
    track = Track("1", title, artist=artist, album=album, number=number)
    path = f"{directory_of(track)}/{''.join(file_name_of(track))}"
    assert len(path.split("/")) == 3
    path.encode()


def test_names_are_read_from_disc_number_title_and_file() -> None:
    track = Track("1", "AC/DC", number=3, disc=2, file_name="x.FLAC")
    assert file_name_of(track) == ("2-03 AC_DC", ".flac")
    assert file_name_of(Track("1", "..", mime_type="audio/mp4")) == ("__", ".m4a")
    assert file_name_of(Track("1", "", mime_type="audio/unheard-of")) == ("Untitled", "")


async def test_tracks_of_one_name_get_different_uris_that_later_syncs_keep(
    library: Library, locker: ListedLocker
) -> None:
    locker.held_tracks = [Track(key, "Intro", artist="Abba", album="Box") for key in "abc"]
    await library.sync("one", locker)
    before = {track.id: track.uri for track in library.catalog.tracks}
    assert before == {
        "a": "My music/Abba/Box/Intro.mp3",
        "b": "My music/Abba/Box/Intro (2).mp3",
        "c": "My music/Abba/Box/Intro (3).mp3",
    }
    locker.held_tracks = [Track(key, "Intro", artist="Abba", album="Box", rating=10) for key in "dcb"]
    await library.sync("one", locker)
    after = {track.id: track.uri for track in library.catalog.tracks}
    assert (after["b"], after["c"]) == (before["b"], before["c"])
    assert len(set(after.values())) == 3


def uris(library: Library) -> dict[str, str]:
    return {track.id: track.uri for track in library.catalog.tracks}


async def test_a_track_keeps_its_path_when_its_tags_change(library: Library, locker: ListedLocker, path: Path) -> None:
    track = Track("a", "Intro", artist="Abba", album="Box", number=1)
    locker.held_tracks = [track]
    await library.sync("one", locker)
    locker.held_tracks = [replace(track, title="Overture", artist="ABBA", album=None, number=7, file_name="x.flac")]
    assert (await library.sync("one", locker)).updated == 1
    await library.close()
    again = await Library.open(path)
    try:
        assert uris(again) == {"a": "My music/Abba/Box/01 Intro.mp3"}
        assert again.catalog.tracks[0].title == "Overture"
    finally:
        await again.close()


async def test_a_path_that_a_track_left_is_no_other_tracks(library: Library, locker: ListedLocker) -> None:
    for track_id in "abc":
        locker.held_tracks = [Track(track_id, "Intro")]
        await library.sync("one", locker)
        locker.held_tracks = []
        if track_id == "b":
            await library.sync("one", locker)
    assert uris(library) == {"c": "My music/Unknown artist/Unknown album/Intro (3).mp3"}


async def test_a_track_that_comes_back_has_its_path_again(library: Library, locker: ListedLocker, path: Path) -> None:
    first, second = Track("a", "Intro"), Track("b", "Intro")
    for tracks in ([first], [second], []):
        locker.held_tracks = tracks
        await library.sync("one", locker)
    await library.close()
    again = await Library.open(path)
    try:
        locker.held_tracks = [replace(second, title="Outro"), first]
        await again.sync("one", locker)
        directory = "My music/Unknown artist/Unknown album"
        assert uris(again) == {"a": f"{directory}/Intro.mp3", "b": f"{directory}/Intro (2).mp3"}
    finally:
        await again.close()


async def test_the_same_song_under_another_id_has_its_path_again(library: Library, locker: ListedLocker) -> None:
    song = Track("a", "Intro", size=5_000_000, duration=200.5)
    locker.held_tracks = [song]
    await library.sync("one", locker)
    locker.held_tracks = [replace(song, id="other", size=4_000_000), replace(song, id="new")]
    await library.sync("one", locker)
    directory = "My music/Unknown artist/Unknown album"
    assert uris(library) == {"new": f"{directory}/Intro.mp3", "other": f"{directory}/Intro (2).mp3"}


async def test_names_that_differ_in_case_only_get_different_uris(library: Library, locker: ListedLocker) -> None:
    locker.held_tracks = [Track("a", "Intro", artist="Abba"), Track("b", "INTRO", artist="ABBA")]
    await library.sync("one", locker)
    assert uris(library)["b"] == "My music/ABBA/Unknown album/INTRO (2).mp3"


async def test_a_track_that_comes_to_be_listed_leaves_the_friends(library: Library, locker: ListedLocker) -> None:
    friends = Track("a", "Intro", listed=False)
    key = TrackKey("one", "a")
    seen = []
    for listed in (False, True, False):
        locker.held_tracks = [replace(friends, listed=listed)]
        await library.sync("one", locker)
        track = library.catalog.track(key)
        assert track is not None
        seen.append(track.uri)
    rest = "Unknown artist/Unknown album/Intro.mp3"
    assert seen == [f"My music/Friends/{rest}", f"My music/{rest}", f"My music/Friends/{rest}"]


async def test_a_locker_keeps_its_name_when_another_one_goes(
    library: Library, locker: ListedLocker, path: Path
) -> None:
    locker.held_tracks = [Track("a", "Intro")]
    await library.add_locker("two", "my Music")
    await library.sync("two", locker)
    await library.remove_locker("one")
    await library.close()
    again = await Library.open(path)
    try:
        rest = "Unknown artist/Unknown album/Intro.mp3"
        assert uris(again) == {"a": f"my Music (2)/{rest}"}
        assert track_uri(path, "two", "a") == f"my Music (2)/{rest}"
        await again.add_locker("two", "Other")
        assert uris(again) == {"a": f"Other/{rest}"}
    finally:
        await again.close()


async def test_an_index_from_before_names_were_kept_has_the_same_names(
    library: Library, locker: ListedLocker, path: Path
) -> None:
    locker.held_tracks = [Track("a", "Intro")]
    await library.add_locker("two", "My music")
    await library.sync("two", locker)
    before = uris(library)
    await library.close()
    connection = sqlite3.connect(path)
    connection.executescript("DROP TABLE segments; DROP TABLE former_paths; PRAGMA user_version = 3;")
    connection.close()
    again = await Library.open(path)
    try:
        assert uris(again) == before
    finally:
        await again.close()


_named = st.builds(
    Track,
    id=st.sampled_from("abcdef"),
    title=st.sampled_from(["A", "a", "A (2)"]),
    size=st.sampled_from([None, 1]),
    duration=st.just(1.0),
    listed=st.booleans(),
)


@pytest.fixture
def owners() -> defaultdict[str, set[str]]:
    """The ids of the tracks that each URI was given to; like the library it is one for all examples."""
    return defaultdict(set)


def _song(track_id: str, title: str) -> Track:
    return Track(track_id, title, size=1, duration=1.0)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(runs=st.lists(st.lists(_named, max_size=5, unique_by=lambda track: track.id), max_size=5))
@example(runs=[[_song("a", "A")], [_song("b", "A")], [_song("b", "a")], [_song("a", "A")]])
async def test_a_uri_is_one_tracks_over_any_syncs(
    library: Library, owners: defaultdict[str, set[str]], runs: list[list[Track]]
) -> None:
    catalog = library.catalog
    async with aiohttp.ClientSession() as session:
        for tracks in runs:
            await library.sync("one", ListedLocker(session, tracks))
            before, catalog = catalog, library.catalog
            held = [found for track in tracks if (found := catalog.track(TrackKey("one", track.id))) is not None]
            assert len({track.uri.casefold() for track in held}) == len(tracks)
            for track in held:
                known = before.track(track.key)
                had = before.track_by_uri(track.uri)
                assert known is None or known.listed != track.listed or known.uri == track.uri
                if had is not None and track.id not in owners[track.uri]:
                    assert (had.size, had.title) == (track.size, track.title)
                owners[track.uri].add(track.id)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(titles=st.lists(st.sampled_from(["A", "A (2)", "a", "A/", ".", ""]), max_size=12))
async def test_uris_are_unique_for_any_titles(library: Library, titles: list[str]) -> None:
    async with aiohttp.ClientSession() as session:
        locker = ListedLocker(session, [Track(str(index), title) for index, title in enumerate(titles)])
        await library.sync("one", locker)
    assert len({track.uri for track in library.catalog.tracks}) == len(titles)
