"""The differences from MPD stand in docs/mpd.md."""

from . import lawful


def test_the_page_lists_the_differences() -> None:
    assert lawful.PAGE.read_text() == lawful.page()
