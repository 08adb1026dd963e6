"""ncmpcpp, the terminal client that most people know, against the bridge inside Home Assistant."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.running import Mpc
from tests.tools.terminal import Terminal

_ERRORS = ("MPD: ", "Error", "error", "Failed", "unknown command", "ACK")


@pytest.fixture
def ncmpcpp(demo: dict[str, Any], mpc: Mpc, tmp_path: Path) -> Iterator[Terminal]:
    config = tmp_path / "config"
    config.write_text(
        f"ncmpcpp_directory = {tmp_path}\nstartup_screen = browser\nconnected_message_on_startup = no\n"
        "message_delay_time = 1\n"
    )
    command: list[str | Path] = ["ncmpcpp", "--host", "127.0.0.1", "--port", str(demo["mpd_port"]), "--config", config]
    with Terminal([*command, "--bindings", "/dev/null"]) as terminal:
        terminal.wait_for("Browse:")
        yield terminal


def no_error(screen: str) -> None:
    assert not [error for error in _ERRORS if error in screen], screen


def test_the_browser_walks_from_the_locker_to_the_tracks(ncmpcpp: Terminal, demo: dict[str, Any]) -> None:
    ncmpcpp.wait_for("[7digital]", "[Audio Delivery Network]", "[MP3tunes]", "[tunesBag]")
    ncmpcpp.press("/")
    ncmpcpp.type("MP3tunes")
    ncmpcpp.press("Enter", "Enter")
    no_error(ncmpcpp.wait_for("[Marta Quill]", "[Jörg Käfer Trio]", "[夜行列車]"))
    ncmpcpp.press("/")
    ncmpcpp.type("Marta")
    ncmpcpp.press("Enter", "Enter")
    no_error(ncmpcpp.wait_for("[Ink]", "[Marta Quill]"))
    ncmpcpp.press("Down", "Enter")
    no_error(ncmpcpp.wait_for("Sunday Promise", "Careless Room"))


def test_the_media_library_shows_artists_albums_and_tracks(ncmpcpp: Terminal) -> None:
    ncmpcpp.press("4")
    screen = ncmpcpp.wait_for("Artists", "Albums", "100 Watt Sun", "(1981) 1.21 Gigawatts", "01 - Solar Shine")
    no_error(screen)
    assert 'DJ "Null" Pointer' in screen
    assert "North/South" in screen


def test_the_search_engine_finds_a_word(ncmpcpp: Terminal) -> None:
    ncmpcpp.press("3")
    ncmpcpp.wait_for("Any          : <empty>")
    ncmpcpp.press("Enter")
    ncmpcpp.type("lighthouse")
    ncmpcpp.press("Enter", "y")
    no_error(ncmpcpp.wait_for("Low Tide Choir", "of the Lighthouse"))


def test_the_playlist_shows_what_was_queued_and_plays_it(ncmpcpp: Terminal, mpc: Mpc) -> None:
    mpc("findadd", "album", "Ink")
    ncmpcpp.press("1")
    no_error(ncmpcpp.wait_for("Playlist", "Marta Quill", "Ink"))
    ncmpcpp.press("Enter")
    no_error(ncmpcpp.wait_for("Playing:"))
    ncmpcpp.press("s")
    mpc("stop")


def test_the_playlist_editor_shows_the_playlists_of_the_locker(ncmpcpp: Terminal) -> None:
    ncmpcpp.press("5")
    no_error(ncmpcpp.wait_for("Late Evening", "First Tracks", "Frühstück & Café"))


def test_the_outputs_are_listed(ncmpcpp: Terminal) -> None:
    ncmpcpp.press("7")
    no_error(ncmpcpp.wait_for("Outputs"))
