"""What status, stats and idle tell, and reading the music anew."""

from .both import Both

NO_PATHS = ("/Locker", "Locker/", "../x", "a//b", "./a", "a/..")


async def test_the_state_is_told_line_by_line(both: Both) -> None:
    await both.same("status", "stats", "currentsong", "clearerror")
    await both.same('add "Locker/Marta Quill/Ink"', "status", "play 1", "pause 1", "status", "stop", "status")
    await both.same("play 0", "pause 1", "next", "seekcur 3", "pause 1", "status", "clear", "status", "currentsong")
    await both.same_error("status x", "stats x", "currentsong x", "clearerror x")


async def test_the_playlist_that_was_loaded_is_told(both: Both) -> None:
    (name,) = (await both.ours.ask("listplaylists")).values("playlist")[:1]
    await both.same(f'load "{name}" 0:1', "status", "delete 0", "status", "clear", "status")


async def test_what_has_changed_is_told_once(both: Both) -> None:
    assert await both.told("random 1", "random 1") == {"options"}
    assert await both.told("random 1") == set()
    assert await both.told('add "Locker/Marta Quill/Ink"', "clear") == {"playlist"}
    assert await both.told("repeat 1", of="playlist options") == {"options"}
    assert await both.told("repeat 0", of="playlist") == set()
    assert await both.told("setvol 40", "setvol 50", of="mixer") == {"mixer"}
    await both.same_list("random 0", "repeat 1", "repeat 0", "clear")


async def test_own_changes_wait_for_the_next_idle(both: Both) -> None:
    await both.same("random 1", "idle options", "idle options\nnoidle", "random 0", "idle mixer options")


async def test_the_music_is_read_anew(both: Both) -> None:
    for command in ("update", "rescan"):
        for argument in ("", " /", ' ""', ' "Locker"', ' "Locker/Marta Quill"', " nowhere", ' "Locker/nowhere"'):
            theirs, ours = await both.ask(command + argument)
            assert list(theirs.pairs) == list(ours.pairs) == ["updating_db"]
        await both.same_error(
            *(f'{command} "{path}"' for path in ("/Locker", "Locker/", "../x", "a//b", "./a", "a/.."))
        )
        await both.same_error(f"{command} x y")
    for client in (both.mpd, both.ours):
        await client.updated()
