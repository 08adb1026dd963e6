"""The differences from MPD stand in docs/mpd.md."""

from pathlib import Path

from . import lawful


def test_the_page_lists_the_differences() -> None:
    assert lawful.PAGE.read_text() == lawful.page()


def test_every_difference_is_proved() -> None:
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    assert [name for name in lawful.ANSWERS if f'"{name}"' not in tests] == []
