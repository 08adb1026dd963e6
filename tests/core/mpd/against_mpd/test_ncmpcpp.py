"""ncmpcpp (0.9), its screens: the same keys on MPD and on ours, and the same to read."""

import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.tools.terminal import Terminal

from .both import Both
from .conftest import Pair

_SECONDS = 10
_LOOK_EVERY = 0.03
_CLOCKS = re.compile(r"\[?\d+:\d\d(?:/\d+:\d\d)?\]?|\b\d+ (?:minutes?|seconds?)|[=─]*>[─]*")
"""Times and the bar of progress: they run, and lengths may differ by a second."""


class Screens:
    """Two ncmpcpp side by side: one at MPD, one at ours."""

    def __init__(self, mpd: Terminal, ours: Terminal) -> None:
        self._both = (mpd, ours)

    def press(self, *keys: str) -> None:
        """Press these on both."""
        for terminal in self._both:
            terminal.press(*keys)

    def type(self, text: str) -> None:
        """Type this on both, and Enter."""
        for terminal in self._both:
            terminal.type(text)
            terminal.press("Enter")

    def same(self, *texts: str, without: str = "", order: Sequence[str] = (), alike: bool = True) -> str:
        """Wait until both show these texts, those of ``order`` one below the other, and the same all over.

        Return what ours shows.
        """
        end = time.monotonic() + _SECONDS
        while True:
            mpd, ours = (terminal.screen for terminal in self._both)
            shown = all(text in mpd and text in ours for text in texts) and not (without and without in mpd + ours)
            places = [ours.find(text) for text in order]
            shown = shown and places == sorted(places)
            if shown and (not alike or _CLOCKS.sub("", mpd) == _CLOCKS.sub("", ours)):
                assert "MPD: " not in ours
                return ours
            assert time.monotonic() < end, f"not the same, or not {texts}\nMPD:\n{mpd}\nours:\n{ours}"
            time.sleep(_LOOK_EVERY)


@pytest.fixture
def screens(both: Both, pair: Pair, tmp_path: Path) -> Iterator[Screens]:
    """Both servers as at their beginning, and two ncmpcpp that show the root of the library."""
    with _ncmpcpp(tmp_path / "mpd", pair.mpd.port) as mpd, _ncmpcpp(tmp_path / "ours", pair.bridge.port) as ours:
        screens = Screens(mpd, ours)
        screens.same("Browse:", "[Locker]", "Late Evening", alike=False)
        yield screens


def _ncmpcpp(folder: Path, port: int) -> Terminal:
    folder.mkdir()
    config = folder / "config"
    lines = (
        f"ncmpcpp_directory = {folder}",
        "startup_screen = browser",
        "connected_message_on_startup = no",
        "data_fetching_delay = no",
        "lyrics_fetchers = internet",
    )
    config.write_text("\n".join((*lines, f"lyrics_directory = {folder}", "message_delay_time = 1", "")))
    command = ("ncmpcpp", "--host", "127.0.0.1", "--port", str(port), "--config", config, "--bindings", "/dev/null")
    return Terminal(command)


@pytest.fixture
async def queued(both: Both) -> None:
    """The nine songs of one album, stopped."""
    await both.same("findadd album Ink", "setvol 50")


INK = ("Blue Ink", "Paper Room", "Ink", "Paper Ink", "Sunday Coat", "Sunday Ink", "Careless Room", "Sunday Promise")


def test_help_clock_and_server_info(screens: Screens) -> None:
    screens.press("F1")
    screens.same("Keys - Movement", "Show media library")
    screens.press("=")
    screens.same("Clock", alike=False)  # seconds
    screens.press("1", "@")
    screens.same("MPD server info", "Artist names: 14", "Album names: 17", "Songs in database: 153", alike=False)


def test_the_browser(screens: Screens) -> None:
    screens.same(
        "playlist First Tracks", "playlist Frühstück & Café", "playlist Late Evening", alike=False
    )  # MPD has no order for them
    screens.press("Home", "Enter")
    screens.same("[Marta Quill]", "[Jörg Käfer Trio]", "[夜行列車]", "[..]")
    screens.press("/")
    screens.type("Marta")
    screens.press("Enter")
    screens.same("Browse: Locker/Marta Quill", "[Ink]", "[Unknown album]")
    screens.press("Down", "Enter")
    screens.same("Browse: Locker/Marta Quill/Ink", *(f"Marta Quill - {title}" for title in INK))
    screens.press("Down", "Space")
    screens.same("Added to playlist: Marta Quill")
    screens.press("End", "Enter")
    screens.same("Playing: Marta Quill")
    screens.press("BSpace", "BSpace", "BSpace")
    screens.same("Browse: /", alike=False)
    screens.press("/")
    screens.type("First")
    screens.press("Enter")
    screens.same("Playing: The Paper Lanterns", alike=False)
    screens.press("1")
    screens.same("Playlist (19 items", "Blaue Tür")


def test_the_search_engine(screens: Screens) -> None:
    screens.press("3")
    screens.same("Any          : <empty>", "Search in: Database")
    screens.press("Enter")
    screens.type("lighthouse")
    screens.press("y")
    screens.same("Low Tide Choir - ", "of the Lighthouse", "Search results: Found")
    screens.press("3", "Home", "Down", "Enter")
    screens.type("marta quill")
    screens.press("y")
    screens.same("Search results: Found 19 songs", "Marta Quill - Sunday Coat")
    screens.press("3", "Home", "Down", "Down", "Down", "Enter")
    screens.type("Ink")
    screens.press("Down", "Down", "Down", "Down", "Down", "Down", "Down", "Down", "Down", "Enter", "Enter")
    screens.same("Match only if both values are the same")
    screens.press("y")
    screens.same("Found", "Marta Quill - Ink")
    screens.press("Down", "Down", "Down", "Down", "Space")
    screens.same("Added to playlist: ")
    screens.press("1")
    screens.same("Playlist (1 item")


def test_the_media_library(screens: Screens) -> None:
    screens.press("4")
    screens.same("Artists", "Albums", "Songs", "100 Watt Sun", 'DJ "Null" Pointer', "North/South", "夜行列車")
    screens.press("/")
    screens.type("Marta")
    screens.same("<no album>", "(1995) Ink", "(1997) Marta Quill", "Mrs. O'Neill")
    screens.press("Down")
    screens.same("Songs for a Long Drive", without="(1995) Ink")
    screens.press("Up")
    screens.same("(1995) Ink")
    screens.press("Right", "Down")
    screens.same("01 - Blue Ink", "05 - Sunday Coat")
    screens.press("Right", "Down", "Space")
    screens.same("Added to playlist: Marta Quill")
    screens.press("4")
    screens.same("Albums (sorted by artist)", "Marta Quill - (1995) Ink", "夜行列車 - <no album>")
    screens.press("4")
    screens.same("Albums", without="sorted by artist")
    screens.press("C-s")
    screens.same("Sorting library by: modification time", alike=False)  # which differ
    screens.press("C-s")
    screens.same("Sorting library by: name")


def test_songs_by_chance(screens: Screens) -> None:
    screens.press("1", "`")
    screens.same("Add random? [songs/artists/albumArtists/albums]")
    screens.press("s")
    screens.same("Number of random songs:")
    screens.type("3")
    screens.same("3 random songs added to playlist", "Playlist (3 items", alike=False)


def test_the_playlist_editor(screens: Screens) -> None:
    screens.press("5")
    screens.same("First Tracks", "Frühstück & Café", "Late Evening", "Content (", "The Paper Lanterns - Wooden Orchard")
    screens.press("Down")
    screens.same("Content (25 items)")
    screens.press("Right", "Space")
    screens.same("Added to playlist: ")
    screens.press("Left", "Space")
    screens.same('Playlist "Frühstück & Café" loaded')
    screens.press("1")
    screens.same("Playlist (26 items")


@pytest.mark.usefixtures("queued")
def test_playlists_are_made_and_edited(screens: Screens) -> None:
    screens.press("1", "S")
    screens.type("Mine")
    screens.same('Playlist saved as "Mine"')
    screens.press("Home", "Down", "Down", "a")
    screens.same("Add selected item(s) to...", "Current playlist", "New playlist", "Mine")
    screens.press("Down", "Enter")
    screens.type("Neu")
    screens.same('Selected item(s) added to playlist "Neu"')
    screens.press("5")
    screens.press("/")
    screens.type("Mine")
    screens.same("Content (9 items)", "Marta Quill - Blue Ink")
    screens.press("Right", "n", "DC")
    screens.same("Content (8 items)", without="- Blue Ink")
    screens.press("Left", "e", "C-u")
    screens.type("Mine too")
    screens.same('Playlist renamed to "Mine too"')
    screens.press("Down", "DC")
    screens.same('Delete playlist "Neu"?')
    screens.press("y")
    screens.same("Mine too", without="│Neu")


@pytest.mark.usefixtures("queued")
def test_the_queue(screens: Screens) -> None:
    screens.press("1")
    screens.same("Playlist (9 items", "Artist", "Track Title", "Album", "Marta Quill", *INK)
    screens.press("Home", "n")
    screens.same("Paper Room")
    screens.press("DC")
    screens.same("Item(s) deleted", "Playlist (8 items")
    screens.press("C-f")
    screens.type("Sunday")
    screens.same('Using filter "Sunday"', "3 items (out of 8)", without="Paper Room")
    screens.press("C-f", "C-u", "Enter")
    screens.same("Filtering disabled", "Paper Room")
    screens.press("C-s")
    screens.same("Sort songs by...", "Album artist", "Filename")
    screens.press(*["Down"] * 9, *["m"] * 9, "End", "Up", "Enter")  # by title
    by_title = ("Careless Room", "Paper Ink", "Sunday Coat")
    screens.same("Range sorted", *by_title, order=by_title)
    screens.press("C-r")
    screens.same("Range reversed")
    screens.press("Home", "C-p")
    screens.type("7")
    screens.same("Priority set")
    screens.press("Home", "Down", "C")
    screens.same("Do you really want to crop main playlist?")
    screens.press("y")
    screens.same("Playlist (1 item", "Sunday Ink")
    screens.press("c")
    screens.same("Do you really want to clear main playlist?")
    screens.press("y")
    screens.same(without="Marta Quill")


@pytest.mark.usefixtures("queued")
def test_playing_and_seeking(screens: Screens) -> None:
    screens.press("1", "Home", "Enter")
    screens.same("Playing: Marta Quill", "Blue Ink")
    screens.press("p")
    screens.same("Paused: Marta Quill")
    screens.press("g")
    screens.type("0:09")
    screens.same("[0:09/0:21]")
    screens.press("p", ">")
    screens.same('Playing: Marta Quill "Ink" (1995) - Paper Room')
    screens.press("<")
    screens.same('Playing: Marta Quill "Ink" (1995) - Blue Ink')
    screens.press("i")
    screens.same("Song info", "Title: Blue Ink", "Album: Ink", "Genre: Singer-Songwriter", "Length: 0:21")
    screens.press("i", "s")
    screens.same("Playlist (9 items", without="Playing:")


@pytest.mark.usefixtures("queued")
def test_modes_and_volume(screens: Screens) -> None:
    screens.press("1")
    for key, message, flags in (
        ("r", "Repeat mode is on", "[r]"),
        ("z", "Random mode is on", "[rz]"),
        ("y", "Single mode is on", "[rzs]"),
        ("R", "Consume mode is on", "[rzsc]"),
    ):
        screens.press(key)
        screens.same(message, flags)
    for key, message in (("R", "Consume"), ("y", "Single"), ("z", "Random"), ("r", "Repeat")):
        screens.press(key)
        screens.same(f"{message} mode is off")
    screens.press("x")
    screens.same("[x]")
    screens.press("x", "X")
    screens.same("Set crossfade to:")
    screens.type("3")
    screens.same("Crossfade set to 3 seconds", "[x]")
    screens.press("Y")
    screens.same("Replay gain mode? [off/track/album]")
    screens.press("a")
    screens.same("Replay gain mode: album")
    screens.press("Right", "Right", "Left")
    screens.same("Volume: 52%")


def test_the_tag_editor_and_the_outputs(screens: Screens) -> None:
    screens.press("6")
    screens.same("Tag editor", "Directories", "Tag types", "Locker", "Album Artist", alike=False)
    screens.press("7")
    screens.same("Outputs", "Default", "Speaker")
    screens.press("Down", "Enter")
    screens.same('Output "Speaker" disabled', alike=False)  # its volume goes with it
    screens.press("Enter")
    screens.same('Output "Speaker" enabled')


@pytest.mark.usefixtures("queued")
def test_songs_are_located(screens: Screens) -> None:
    screens.press("1", "Home", "G")
    screens.same("Browse: Locker/Marta Quill/Ink", "Marta Quill - Sunday Coat")
    screens.press("1", "~")
    screens.same("Artists", "(1995) Ink", "01 - Blue Ink")


def test_the_library_is_updated(screens: Screens) -> None:
    screens.press("u")
    screens.same("pdat", alike=False)
