"""Columns of values: what contains a text is found, and whose it is, whichever way is the shorter one."""

from hypothesis import given
from hypothesis import strategies as st

from music_locker_core.mpd.columns import Column
from music_locker_core.mpd.forms import Form, in_form

TEXTS = st.lists(st.text("abß\0é夜\ud800Ab", max_size=4), max_size=40)
NEEDLES = st.text("abß\0é夜\ud800B", max_size=3)


@given(TEXTS, NEEDLES, st.sampled_from([Form.EXACT, Form.FOLDED]))
def test_songs_whose_value_contains_a_text_are_found(texts: list[str], needle: str, form: Form) -> None:
    wanted = in_form(needle, form)
    column = Column(texts)

    found = column.rows_of_numbers(column.containing(wanted, form))

    assert list(found) == [row for row, text in enumerate(texts) if wanted in in_form(text, form)]


def test_a_text_that_few_or_many_values_contain_is_found_in_all_of_them() -> None:
    column = Column(["needle" if row % 100 == 0 else f"straw {row}" for row in range(2000)])

    assert list(column.rows_of_numbers(column.containing("needle", Form.EXACT))) == list(range(0, 2000, 100))
    assert len(column.rows_of_numbers(column.containing("straw", Form.EXACT))) == 1980
    assert list(column.rows_of_numbers(column.containing("straw 77", Form.EXACT))) == [77, *range(770, 780)]


@given(TEXTS)
def test_the_songs_of_each_value_are_found(texts: list[str]) -> None:
    column = Column(texts)

    assert all(
        list(column.rows_of(value)) == [row for row, text in enumerate(texts) if text == value] for value in set(texts)
    )
    assert not column.rows_of("no such value")
