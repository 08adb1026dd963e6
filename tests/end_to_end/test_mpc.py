"""mpc, Debian's command-line client, against the bridge inside Home Assistant."""

from mpd_bridge.demo_music import tracks
from tests.end_to_end.running import Mpc


def test_it_walks_the_folders_of_a_locker(mpc: Mpc) -> None:
    locker = "MP3tunes"
    assert locker in mpc("ls")
    artists = mpc("ls", locker)
    assert f"{locker}/Marta Quill" in artists
    albums = mpc("ls", f"{locker}/Marta Quill")
    assert f"{locker}/Marta Quill/Ink" in albums
    assert len(mpc("ls", f"{locker}/Marta Quill/Ink")) == 9


def test_it_lists_every_artist_once(mpc: Mpc) -> None:
    artists = mpc("list", "artist")
    assert len(artists) == len(set(artists))
    assert set(artists) >= {track.artist for track in tracks()}


def test_it_finds_what_is_exactly_so_and_searches_for_a_part_of_it(mpc: Mpc) -> None:
    assert mpc("-f", "%title%", "find", "title", "Mesečina nad Tinom") == ["Mesečina nad Tinom"]
    assert mpc("find", "title", "mesečina") == []
    assert mpc("-f", "%title%", "search", "title", "mesečina") == [
        "Mesečina nad Tinom (Road Mix)",
        "Mesečina nad Tinom",
    ]


def test_it_queues_an_album_in_its_order_and_plays_it(mpc: Mpc) -> None:
    wanted = [track.title for track in tracks() if track.album == "Evensong"]
    mpc("findadd", "album", "Evensong")
    assert mpc("-f", "%title%", "playlist") == wanted
    mpc("play", "2")
    assert mpc("-f", "%title%", "current") == [wanted[1]]
    mpc("next")
    assert mpc("-f", "%title%", "current") == [wanted[2]]
    assert mpc("status", "%state%") == ["playing"]
    mpc("pause")
    assert mpc("status", "%state%") == ["paused"]
    mpc("stop")


def test_it_loads_a_playlist_of_the_locker(mpc: Mpc) -> None:
    assert {"Late Evening", "First Tracks", "Frühstück & Café"} <= set(mpc("lsplaylists"))
    mpc("load", "Frühstück & Café")
    assert len(mpc("playlist")) == 25


def test_it_changes_the_modes_and_the_volume(mpc: Mpc) -> None:
    mpc("random", "on")
    mpc("repeat", "on")
    mpc("volume", "40")
    assert mpc("status", "%random% %repeat% %volume%") == ["on on  40%"]
    mpc("random", "off")
    mpc("repeat", "off")
    mpc("volume", "100")


def test_it_saves_a_cover(mpc: Mpc, demo: dict[str, object]) -> None:
    (song,) = mpc("-f", "%file%", "find", "title", "Mesečina nad Tinom")
    cover = mpc.bytes("readpicture", song)
    assert cover.startswith((b"\x89PNG", b"\xff\xd8\xff"))
