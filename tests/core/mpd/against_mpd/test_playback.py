"""Playing, and what status and currentsong say of it."""

from .both import Both, uri

ADD = f"add {uri('Marta Quill/Ink')}"


async def test_playing_and_pausing(both: Both) -> None:
    await both.same(ADD, "playlistinfo", "play", "status", "currentsong", "pause", "status", "pause", "status")
    await both.same("pause 1", "pause 1", "status", "pause 0", "status", "stop", "status", "currentsong", "stop")
    await both.same("pause", "pause 1", "pause 0", "status", "play", "play", "stop", "play 0", "status")


async def test_songs_by_position_and_by_id(both: Both) -> None:
    await both.same(
        ADD, "playlistinfo", "play 3", "status", "currentsong", "playid #4", "status", "playid", "playid -1"
    )
    await both.same("play -1", "status", "stop", "play -1", "status", "play 8", "status", "playid #0", "currentsong")


async def test_the_next_and_the_previous_song(both: Both) -> None:
    await both.same(ADD, "playlistinfo", "play", "next", "status", "currentsong", "previous", "status", "previous")
    await both.same("status", "pause", "next", "status", "play 8", "next", "status", "currentsong", "next", "previous")


async def test_seeking(both: Both) -> None:
    await both.same(ADD, "playlistinfo", "play", "seek 2 3", "status", "seekid #5 1.5", "status", "seekcur 4", "status")
    await both.same("seekcur +1", "status", "seekcur -2", "status", "seekcur -200", "status", "seekcur 0.25", "status")
    await both.same("pause 1", "seekcur 2", "status", "seek 3 1", "status", "stop", "seek 2 1", "status", "seekid #1 2")


async def test_nothing_to_play(both: Both) -> None:
    await both.same(
        "status", "currentsong", "play", "playid", "play -1", "pause", "pause 1", "stop", "status", "clearerror"
    )
    await both.same_error("next", "previous", "play 0", "playid 1", "seek 0 0", "seekid 1 0", "seekcur 3", "seekcur +3")


async def test_errors(both: Both) -> None:
    await both.same(ADD)
    await both.same_error(
        "play x",
        "play 1 2",
        "play 99",
        "play -2",
        'play ""',
        "play 1.5",
        "play 99999999999",
        "playid x",
        "playid 7777777",
    )
    await both.same_error("playid -2", "pause x", "pause 2", "pause -1", "pause 0 1", "next x", "previous x", "stop x")
    await both.same_error("seek", "seek 0", "seek 99 0", "seek x 0", "seek 0 x", "seek 0 -1", "seek 0 1 2")
    await both.same_error(
        "seekid 7777777 1", "seekid x 1", "seekid 1", "seekcur", "seekcur x", "seekcur 1", "seekcur 1 2"
    )
    await both.same_error("next", "previous", "currentsong x", "status x", "stats x", "clearerror x")


async def test_what_plays_is_deleted(both: Both) -> None:
    await both.same(
        ADD, "playlistinfo", "play 2", "delete 2", "status", "currentsong", "delete 2:", "status", "currentsong"
    )
    await both.same("play 0", "pause 1", "delete 0", "status", "currentsong", "clear", "status", "currentsong")


async def test_what_plays_is_moved(both: Both) -> None:
    await both.same(ADD, "playlistinfo", "play 2", "move 2 0", "status", "swap 0 5", "status", "move 3:6 0", "status")
    await both.same("moveid #2 +0", "moveid #1 +0", "status", "moveid #3 -0", "status", "playlist")


async def test_one_song_at_a_time(both: Both) -> None:
    await both.same(ADD, "playlistinfo", "play 3", "single 1", "status", "repeat 1", "status", "next", "status")
    await both.same(
        "single oneshot", "status", "next", "status", "single 0", "status", "play 8", "status", "next", "status"
    )


async def test_songs_go_once_they_are_played(both: Both) -> None:
    await both.same(ADD, "playlistinfo", "play 3", "consume 1", "status", "next", "status", "playlist")
    await both.same("consume oneshot", "status", "next", "status", "playlist", "previous", "status", "consume 0")
    await both.same("play 0", "repeat 1", "consume 1", "next", "status", "play 5", "next", "status", "playlist", "stop")


async def test_the_only_song_of_a_random_queue(both: Both) -> None:
    await both.same(f"add {uri('Marta Quill/Ink/01 Blue Ink.mp3')}", "random 1", "play", "status", "next", "status")
    await both.same("repeat 1", "play", "status", "next", "status", "single 1", "next", "status")


async def test_others_are_told(both: Both) -> None:
    assert await both.told(ADD) == {"playlist"}
    assert await both.told("play 1") >= {"player"}
    assert await both.told("pause 1") == {"player"}
    assert await both.told("seekcur 2") == {"player"}
    assert await both.told("stop") == {"player"}
    assert await both.told("stop") == set()
    assert await both.told("clear") == {"playlist"}


async def test_what_is_no_time(both: Both) -> None:
    await both.same(ADD, "play")
    await both.differs("`nan` as a time", "seek 0 nan", "seekcur nan")


async def test_a_song_that_repeats_and_goes(both: Both) -> None:
    await both.same(ADD, "playlistinfo", "play 3", "repeat 1", "single 1", "consume 1")
    await both.differs("`nextsong` with `repeat`, `single` and `consume`", "status")
    await both.same("next", "playlist", "currentsong")


async def test_the_priority_of_a_song_is_spent_when_it_plays(both: Both) -> None:
    await both.same(
        ADD, "playlistinfo", "prio 2 0:6", "status", "play 0", "playlistinfo", "status", "next", "playlistinfo"
    )
    await both.same(
        "playid #3", "playlistinfo", "previous", "playlistinfo", "status", "prio 9 2", "playlistinfo", "stop"
    )
    await both.same("play", "playlistinfo", "seek 4 1", "playlistinfo", "pause 1", "seek 5 1", "playlistinfo", "status")
    await both.same("random 1", "prio 7 0:", "play 3", "playlistinfo 3")
