"""URIs are unique, path-safe and stable, whatever the tags are."""

import unicodedata

import aiohttp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from music_locker_core.library import Library
from music_locker_core.library.uris import directory_of, file_name_of, segment
from music_locker_core.models import Track
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


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(titles=st.lists(st.sampled_from(["A", "A (2)", "a", "A/", ".", ""]), max_size=12))
async def test_uris_are_unique_for_any_titles(library: Library, titles: list[str]) -> None:
    async with aiohttp.ClientSession() as session:
        locker = ListedLocker(session, [Track(str(index), title) for index, title in enumerate(titles)])
        await library.sync("one", locker)
    assert len({track.uri for track in library.catalog.tracks}) == len(titles)
