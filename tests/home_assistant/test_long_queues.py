"""Lists of many thousands of tracks are queued in one step, and others have their turn while that is prepared."""

import asyncio

import pytest
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event

from custom_components.music_locker.core import pieces
from custom_components.music_locker.core.library import LIBRARY, PlaylistEntry
from custom_components.music_locker.core.models import MediaKind
from custom_components.music_locker.runtime import MusicLockerConfigEntry

from .players import HARBOUR_SONGS, KITCHEN, act, media_id, queue, shown
from .speakers import SimpleSpeaker

COUNT = 3000


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give others their turn after every piece."""
    monkeypatch.setattr(pieces, "_PATIENCE", 0.0)


async def long_playlist(hass: HomeAssistant, locker: MusicLockerConfigEntry, count: int) -> tuple[str, list[str]]:
    """Make a playlist in which every track comes again and again; return its id and its titles."""
    library = locker.runtime_data.core.library
    tracks = list(library.catalog.tracks)
    songs = (tracks * (count // len(tracks) + 1))[:count]
    await library.put_playlist("Long", [PlaylistEntry(track.uri, track.key) for track in songs])
    await hass.async_block_till_done()
    (playlist,) = library.catalog.playlists(LIBRARY)
    return f"media-source://music_locker/~2A/playlist/{playlist.id}", [track.title for track in songs]


async def test_nobody_sees_half_of_a_long_list(
    hass: HomeAssistant, locker: MusicLockerConfigEntry, player: MusicLockerConfigEntry, speaker: SimpleSpeaker
) -> None:
    where, titles = await long_playlist(hass, locker, COUNT)
    album = media_id(locker, MediaKind.ALBUM, "Harbour Songs")
    await act(hass, "play_media", media_content_id=album, media_content_type="album")
    first, *others = HARBOUR_SONGS
    seen = [queue(player)]
    lengths: set[int] = set()

    def look(_changed: frozenset[str]) -> None:
        if (now := queue(player)) != seen[-1]:
            seen.append(now)

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        if (state := event.data["new_state"]) is not None:
            lengths.add(state.attributes["queue_length"])

    player.runtime_data.player.subscribe(look)
    async_track_state_change_event(hass, KITCHEN, note)

    async def play(enqueue: str) -> tuple[str, int, int]:
        """Queue the long list; return what plays, where that is, and how many tracks the speaker got."""
        await act(hass, "play_media", media_content_id=where, media_content_type="playlist", enqueue=enqueue)
        attributes = shown(hass).attributes
        return attributes["media_title"], attributes["queue_position"], len(speaker.played)

    assert await play("add") == (first, 0, 1)
    assert await play("next") == (first, 0, 1)
    assert await play("play") == (titles[0], 1, 2)
    assert "source" not in shown(hass).attributes
    assert await play("replace") == (titles[0], 0, 3)
    assert shown(hass).attributes["source"] == "Long"
    assert seen == [
        HARBOUR_SONGS,
        [first, *others, *titles],
        [first, *titles, *others, *titles],
        [first, *titles, *titles, *others, *titles],
        titles,
    ]
    assert lengths == {len(each) for each in seen[1:]}


async def test_others_have_their_turn_while_a_long_list_is_queued(
    hass: HomeAssistant,
    locker: MusicLockerConfigEntry,
    player: MusicLockerConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    where, titles = await long_playlist(hass, locker, 20_000)
    kept = player.runtime_data.player.queue
    give = pieces.Turns.give
    turns: list[int] = []  # the length of the queue in each

    async def noted(between: pieces.Turns) -> None:
        asyncio.get_running_loop().call_soon(lambda: turns.append(len(kept)))
        await give(between)

    monkeypatch.setattr(pieces.Turns, "give", noted)
    for enqueue, length in ("add", 0), ("replace", len(titles)):
        turns.clear()
        await act(hass, "play_media", media_content_id=where, media_content_type="playlist", enqueue=enqueue)
        assert turns == [length] * 40  # pieces of 500
        assert queue(player) == titles


async def test_what_was_asked_for_last_plays_however_long_the_list_before_was(
    hass: HomeAssistant, locker: MusicLockerConfigEntry, player: MusicLockerConfigEntry
) -> None:
    where, _ = await long_playlist(hass, locker, COUNT)
    last = media_id(locker, MediaKind.TRACK, "Übermut")

    await asyncio.gather(
        act(hass, "play_media", media_content_id=where, media_content_type="playlist"),
        act(hass, "play_media", media_content_id=last, media_content_type="track"),
    )

    assert queue(player) == ["Übermut"]
    assert shown(hass).attributes["media_title"] == "Übermut"
