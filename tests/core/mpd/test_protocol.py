"""Lines and their quoting, numbers and ranges, and what a malformed line gets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from music_locker_core.mpd import arguments
from music_locker_core.mpd.arguments import Range
from music_locker_core.mpd.errors import AckCode, AckError
from music_locker_core.mpd.parser import MAXIMUM_ARGUMENTS, NotMpdError, decode_line, split_arguments, split_name
from music_locker_core.mpd.reply import Reply, format_pair


def quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" a b", ["a", "b"]),
        ("\ta \t  b ", ["a", "b"]),
        (' "a b" c', ["a b", "c"]),
        (r' "say \"hi\"" "back\\slash" "\x"', ['say "hi"', "back\\slash", "x"]),
        (' ""', [""]),
        (" a\\b", ["a\\b"]),
        (" Björk 東京", ["Björk", "東京"]),
    ],
)
def test_arguments_are_split_at_white_space_and_unquoted(text: str, expected: list[str]) -> None:
    assert split_arguments(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (' "a', "Missing closing '\"'"),
        (' "a\\', "Missing closing '\"'"),
        (' "a"b', "Space expected after closing '\"'"),
        (" a'b", "Invalid unquoted character"),
        (' a"b', "Invalid unquoted character"),
    ],
)
def test_bad_quoting_is_an_error_in_mpds_words(text: str, message: str) -> None:
    with pytest.raises(AckError) as caught:
        split_arguments(text)
    assert (caught.value.code, caught.value.message) == (AckCode.UNKNOWN, message)


@given(st.lists(st.text(st.characters(exclude_characters="\0\n", exclude_categories=["Cs"])), max_size=8))
def test_what_a_client_quotes_arrives_unchanged(values: list[str]) -> None:
    assert split_arguments(" " + " ".join(map(quote, values))) == values


@given(st.binary())
def test_any_bytes_give_a_command_or_an_error(line: bytes) -> None:
    try:
        name, rest = split_name(decode_line(line))
        split_arguments(rest)
    except AckError as error:
        outcome = error.line(0, "").decode()
    else:
        outcome = name
    assert outcome


def test_a_command_name_has_letters_digits_and_underscores() -> None:
    assert split_name("replay_gain_status  x") == ("replay_gain_status", "  x")
    with pytest.raises(NotMpdError):
        split_name("ping!")
    with pytest.raises(NotMpdError):
        split_name("")


def test_the_number_of_arguments_is_limited() -> None:
    assert len(split_arguments(" a" * MAXIMUM_ARGUMENTS)) == MAXIMUM_ARGUMENTS
    with pytest.raises(AckError, match="Too many arguments"):
        split_arguments(" a" * (MAXIMUM_ARGUMENTS + 1))


def test_line_ends_and_white_space_are_not_part_of_a_line() -> None:
    assert decode_line(b"ping\r") == "ping"
    assert decode_line(b"ping \t") == "ping"
    assert decode_line(b"ping\0 more") == "ping"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("3", Range(3, 4)), ("1:3", Range(1, 3)), ("2:", Range(2)), ("-1", Range(0)), ("0:0", Range(0, 0))],
)
def test_ranges(text: str, expected: Range) -> None:
    assert arguments.parse_range(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Integer or range expected:"),
        (":2", "Integer or range expected: :2"),
        ("1:x", "Integer or range expected: 1:x"),
        ("-2", "Number is negative: -2"),
        ("1:-2", "Number is negative: 1:-2"),
        ("3:2", "Malformed range: 3:2"),
        ("2147483648", "Number too large: 2147483648"),
    ],
)
def test_bad_ranges(text: str, message: str) -> None:
    with pytest.raises(AckError) as caught:
        arguments.parse_range(text)
    assert (caught.value.code, caught.value.message) == (AckCode.ARG, message)


def test_a_range_is_clipped_to_what_there_is() -> None:
    assert Range(1).clip(3) == range(1, 3)
    assert Range(1, 99).clip(3) == range(1, 3)
    assert list(Range(7, 9).clip(3)) == []


@pytest.mark.parametrize(
    ("parse", "text", "message"),
    [
        (arguments.parse_int, "x", "Integer expected: x"),
        (arguments.parse_int, "9999999999", "Number too large: 9999999999"),
        (arguments.parse_unsigned, "", "Integer expected:"),
        (arguments.parse_unsigned, "-1", "Number too large: -1"),
        (arguments.parse_bool, "2", "Boolean (0/1) expected: 2"),
        (arguments.parse_bool, "x", "Boolean (0/1) expected: x"),
        (arguments.parse_float, "1.2.3", "Float expected: 1.2.3"),
        (arguments.parse_float, "nan", "Float expected: nan"),
        (arguments.parse_float, "1e999", "Float expected: 1e999"),
        (arguments.parse_time, "-1", "Negative value not allowed: -1"),
        (arguments.parse_version, "x", "Integer expected: x"),
    ],
)
def test_bad_numbers(parse: object, text: str, message: str) -> None:
    assert callable(parse)
    with pytest.raises(AckError) as caught:
        parse(text)
    assert (caught.value.code, caught.value.message) == (AckCode.ARG, message)


def test_good_numbers() -> None:
    assert arguments.parse_int("-7") == -7
    assert arguments.parse_unsigned("+7") == 7
    assert arguments.parse_bool("1") is True
    assert arguments.parse_float("+1.5") == 1.5
    assert arguments.parse_version("-1") == 2**32 - 1


def test_positions_relative_to_the_current_song() -> None:
    assert arguments.parse_position("2", 5, None) == 2
    assert arguments.parse_position("+0", 5, 1) == 2
    assert arguments.parse_position("-0", 5, 1) == 1
    with pytest.raises(AckError, match="No current song"):
        arguments.parse_position("+0", 5, None)
    with pytest.raises(AckError, match="Number too large: 6"):
        arguments.parse_position("6", 5, None)


def test_a_value_never_breaks_its_line() -> None:
    assert format_pair("Title", "a\nb\r\0c") == b"Title: a b  c\n"
    assert format_pair("Title", "") == b"Title: \n"
    line = format_pair("Comment", "é" * 5000)
    assert len(line) < 4095
    assert line.decode().endswith("é\n")


def test_a_binary_answer_tells_its_size() -> None:
    reply = Reply()
    reply.binary(b"abc", 10, "image/png")
    assert b"".join(reply.pieces()) == b"size: 10\ntype: image/png\nbinary: 3\nabc\n"
