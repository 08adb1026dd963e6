"""Range headers, as RFC 9110 section 14 has them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from music_locker_core.streams.ranges import RangeNotSatisfiable, parse_range

LENGTH = 1000


@pytest.mark.parametrize(
    ("header", "bytes_asked"),
    [
        ("bytes=0-", (0, 1000)),
        ("bytes=0-0", (0, 1)),
        ("bytes=500-599", (500, 600)),
        ("bytes=500-5000", (500, 1000)),
        ("bytes=999-", (999, 1000)),
        ("bytes=-100", (900, 1000)),
        ("bytes=-5000", (0, 1000)),
        ("BYTES = 5-9 ", (5, 10)),
        ("bytes=0-" + "9" * 5000, (0, 1000)),
        ("bytes=0000000000000000000000001-2", (1, 3)),
    ],
)
def test_a_range_is_read(header: str, bytes_asked: tuple[int, int]) -> None:
    wanted = parse_range(header)
    assert wanted is not None
    assert wanted.resolve(LENGTH) == bytes_asked


@pytest.mark.parametrize("header", [None, "", "items=0-5", "bytes", "bytes=0-1,5-6", "bytes=0-1, -5"])
def test_the_whole_answers_what_is_no_single_range_of_bytes(header: str | None) -> None:
    assert parse_range(header) is None


@pytest.mark.parametrize(
    "header",
    [
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "bytes=5-2",
        "bytes=1--2",
        "bytes=+1-2",
        "bytes=1-2-3",
        "bytes=0x1-2",
        "bytes=\u0661-\u0662",
    ],
)
def test_a_malformed_range_is_refused(header: str) -> None:
    with pytest.raises(RangeNotSatisfiable):
        parse_range(header)


@pytest.mark.parametrize(
    ("header", "length"), [("bytes=1000-", 1000), ("bytes=-0", 1000), ("bytes=0-", 0), ("bytes=-5", 0)]
)
def test_a_range_outside_of_the_file_is_refused(header: str, length: int) -> None:
    wanted = parse_range(header)
    assert wanted is not None
    with pytest.raises(RangeNotSatisfiable):
        wanted.resolve(length)


@given(first=st.integers(0, 2**70), last=st.integers(0, 2**70), length=st.integers(0, 2**40))
def test_every_well_formed_range_gives_what_slicing_gives(first: int, last: int, length: int) -> None:
    try:
        wanted = parse_range(f"bytes={first}-{last}")
        assert wanted is not None
        start, end = wanted.resolve(length)
    except RangeNotSatisfiable:
        assert last < first or first >= length
    else:
        assert range(length)[first : last + 1] == range(start, end)


@given(suffix=st.integers(1, 2**70), length=st.integers(1, 2**40))
def test_every_suffix_gives_what_slicing_gives(suffix: int, length: int) -> None:
    wanted = parse_range(f"bytes=-{suffix}")
    assert wanted is not None
    assert range(*wanted.resolve(length)) == range(length)[-suffix:]


@given(st.text(), st.integers(0, 2**40))
def test_no_text_makes_the_parser_fail(text: str, length: int) -> None:
    try:
        wanted = parse_range("bytes=" + text)
        bounds = (0, length) if wanted is None else wanted.resolve(length)
    except RangeNotSatisfiable:
        return
    assert 0 <= bounds[0] <= bounds[1] <= length
