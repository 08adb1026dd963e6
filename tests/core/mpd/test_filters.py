"""Filters: what they take, and MPD's texts for what they do not understand."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from music_locker_core.models import UNKNOWN_ARTIST, Track
from music_locker_core.mpd.errors import AckCode, AckError
from music_locker_core.mpd.filter_parser import parse_filter
from music_locker_core.mpd.filter_text import filter_text
from music_locker_core.mpd.filter_values import parse_time_stamp
from music_locker_core.mpd.filters import (
    AllFilter,
    BaseFilter,
    Filter,
    FormatFilter,
    NotFilter,
    Operator,
    PriorityFilter,
    SinceFilter,
    Song,
    TagFilter,
    TextTest,
    compile_filter,
)
from music_locker_core.mpd.forms import Form

SPRING = datetime(2020, 4, 1, 12, tzinfo=UTC)
TRACK = Track(
    "1",
    "Straße nach ЮЛИЯ",
    artist="Björk",
    album='It\'s "here" \\ there',
    album_artist="Various",
    number=2,
    disc=1,
    year=1999,
    genre="Rock",
    added=SPRING,
    modified=SPRING,
    locker="demo",
    uri="Demo/Various/It's here/02 Straße.mp3",
)
BARE = Track("2", "Nothing", artist="Solo", locker="demo", uri="Demo/Solo/Unknown album/Nothing.mp3")
UNKNOWN = Track("3", "Lost", artist=UNKNOWN_ARTIST, locker="demo", uri="Demo/Unknown artist/Unknown album/Lost.mp3")


def takes(track: Track, *arguments: str, folded: bool = False, stripped: bool = False, priority: int = 0) -> bool:
    chosen = parse_filter(arguments, folded=folded, stripped=stripped)
    return compile_filter(chosen)(Song(track.uri, track, priority))


def refusal(*arguments: str, folded: bool = False) -> str:
    with pytest.raises(AckError) as refused:
        parse_filter(arguments, folded=folded)
    assert refused.value.code == AckCode.ARG
    return refused.value.message


def quoted(value: str, quote: str) -> str:
    return quote + value.replace("\\", "\\\\").replace(quote, "\\" + quote) + quote


@pytest.mark.parametrize(
    "arguments",
    [
        ("artist", "Björk"),
        ("ARTIST", "Björk", "album", TRACK.album or ""),
        ("(artist == 'Björk')",),
        ('(Artist == "Björk")',),
        (f"(album == {quoted(TRACK.album or '', chr(34))})",),
        (f"(album == {quoted(TRACK.album or '', chr(39))})",),
        ("(artist != 'Solo')",),
        ("(title contains 'nach')",),
        ("(title CONTAINS 'nach')",),
        ("(title !contains 'NACH')",),
        ("(title starts_with 'Stra')",),
        ("(title !starts_with 'nach')",),
        ("(artist eq_ci 'BJÖRK')",),
        ("(artist !eq_cs 'BJÖRK')",),
        ("(title contains_ci 'STRASSE')",),
        ("(title starts_with_ci 'sTR')",),
        ("((artist == 'Björk') AND (!(genre contains \"Jazz\")))",),
        ("((artist == 'Björk') AND (date == '1999') AND (track == '2'))",),
        ("(((artist == 'Björk')))",),
        ("  (artist == 'Björk')".strip() + " ",),
        ("(artist=='Björk')",),
        ("(any == 'Rock')",),
        ("(any contains 'ock')",),
        ('(file == "Demo/Various/It\'s here/02 Straße.mp3")',),
        ("filename", TRACK.uri),
        ("base", "Demo/Various"),
        ("(base 'Demo')",),
        ("(base '')",),
        ("modified-since", "2020-04-01T12:00:00Z"),
        ("modified-since", "0"),
        ("(modified-since '1585742400')",),
        ("(added-since '2020-03-31')",),
        ("(composer == '')",),
        ("(artist == 'Björk')", "album", TRACK.album or ""),
    ],
)
def test_a_filter_takes_the_song(arguments: tuple[str, ...]) -> None:
    assert takes(TRACK, *arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ("artist", "björk"),
        ("artist", "Bjö"),
        ("(artist == 'BJÖRK')",),
        ("(artist != 'Björk')",),
        ("(album == '')",),
        ("(!(artist == 'Björk'))",),
        ("(any == 'Demo')",),
        ("(any == '')",),
        ("base", "Demo/Var"),
        ("(base 'Demo/Solo')",),
        ("modified-since", "2020-04-01T12:00:01Z"),
        ("(added-since '99999999999')",),
        ("(AudioFormat == '44100:16:2')",),
        ("(AudioFormat =~ '44100:*:*')",),
        ("AudioFormat", "44100:16:2"),
        ("(composer contains 'B')",),
    ],
)
def test_a_filter_does_not_take_the_song(arguments: tuple[str, ...]) -> None:
    assert not takes(TRACK, *arguments)


@pytest.mark.parametrize("value", ["BJÖ", "jör", "björk"])
def test_search_looks_for_a_part_without_regard_to_case(value: str) -> None:
    assert takes(TRACK, "artist", value, folded=True)


def test_search_keeps_accents_apart_as_mpd_does() -> None:
    assert not takes(TRACK, "artist", "bjork", folded=True)


@pytest.mark.parametrize("value", ["strasse", "юлия", "STRASSE NACH"])
def test_search_knows_the_cases_of_every_script(value: str) -> None:
    assert takes(TRACK, "any", value, folded=True)
    assert takes(TRACK, f"(title contains '{value}')", folded=True)


def test_an_album_artist_that_is_missing_is_the_artist() -> None:
    assert takes(BARE, "albumartist", "Solo")
    assert takes(BARE, "(albumartistsort == 'Solo')")
    assert not takes(TRACK, "albumartist", "Björk")


def test_an_empty_value_finds_the_songs_without_the_tag() -> None:
    assert takes(BARE, "(album == '')")
    assert takes(UNKNOWN, "artist", "")
    assert not takes(BARE, "(artist == '')")


def test_songs_whose_times_are_not_known_are_not_recent() -> None:
    assert not takes(BARE, "modified-since", "0")
    assert not takes(BARE, "added-since", "0")


def test_a_priority_is_asked_of_queued_songs() -> None:
    assert takes(TRACK, "(prio >= 2)", priority=2)
    assert not takes(TRACK, "(prio >= 2)", priority=1)
    assert not takes(TRACK, "prio", "0")


def test_diacritics_count_unless_the_client_strips_them_and_searches() -> None:
    assert takes(TRACK, "artist", "Bjork", folded=True, stripped=True)
    assert takes(TRACK, "(artist eq_ci 'bjôrk')", folded=True, stripped=True)
    assert takes(TRACK, "(artist eq_cs 'Bjork')", folded=True, stripped=True)
    assert not takes(TRACK, "(artist eq_cs 'bjork')", folded=True, stripped=True)
    assert takes(TRACK, "title", "юлия", folded=True, stripped=True)
    assert not takes(TRACK, "artist", "Bjork", stripped=True)
    assert not takes(TRACK, "artist", "Bjork", folded=True)


@pytest.mark.parametrize(
    ("arguments", "folded", "expected"),
    [
        (("(artist =~ 'j.rk$')",), False, True),
        (("(artist =~ '^j')",), False, False),
        (("(artist !~ '^j')",), False, True),
        (("(artist =~ '^b')",), False, False),
        (("(artist =~ '^b')",), True, True),
        (("(artist =~ '^BJÖRK$')",), True, True),
        (("(title =~ '\\\\bnach\\\\b')",), False, True),
        (("(title =~ '^.{16}$')",), False, True),
        (("(any =~ '^Rock$')",), False, True),
        (("(any !~ 'Rock')",), False, False),
        (("(file =~ '/02 .*\\\\.mp3$')",), False, True),
        (("(composer =~ '')",), False, True),
        (("(composer =~ '^$')",), False, False),
        (("(composer !~ '^$')",), False, True),
        (("(artist =~ '\\\\QBj\\\\E\\\\x{f6}r')",), False, True),
        (("(artist =~ '(?i)BJ')",), False, True),
    ],
)
def test_regular_expressions_are_searched_for(arguments: tuple[str, ...], folded: bool, expected: bool) -> None:
    assert takes(TRACK, *arguments, folded=folded) is expected


def test_a_queued_address_has_no_tags() -> None:
    matches = compile_filter(parse_filter(["(title == '')"], folded=False))
    assert matches(Song("http://example.org/a.mp3", None))
    anything = compile_filter(parse_filter(["(any contains '')"], folded=False))
    assert not anything(Song("http://example.org/a.mp3", None))
    recent = compile_filter(parse_filter(["modified-since", "0"], folded=False))
    assert not recent(Song("http://example.org/a.mp3", None))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("(artist == 'Alpha'",), "')' expected"),
        (("(artist == 'Alpha') x",), "Unparsed garbage after expression"),
        (("(artist 'Alpha')",), "Unknown filter operator: 'Alpha')"),
        (("(artist contains'x')",), "Unknown filter operator: contains'x')"),
        (("(artist eq 'x')",), "Unknown filter operator: eq 'x')"),
        (("(artist",), "Unknown filter operator:"),
        (("(foo == 'Alpha')",), "Unknown filter type: foo"),
        (("( == 'Alpha')",), "Word expected"),
        (("(artist == Alpha)",), "Quoted string expected"),
        (("(artist ==",), "Quoted string expected"),
        (("(artist == 'Alpha)",), "Closing quote not found"),
        (("(artist == 'Alpha\\",), "Closing quote not found"),
        (("((artist == 'Alpha') OR (album == 'One'))",), "'AND' expected"),
        (("((artist == 'Alpha')",), "Word expected"),
        (("((artist == 'Alpha') AND album == 'Two')",), "Unknown filter type: lbum"),
        (("((artist == 'Alpha') AND",), "Word expected"),
        (("(!artist == 'Alpha')",), "'(' expected"),
        (("(!(artist == 'Alpha')",), "')' expected"),
        (("artist",), "Incorrect number of filter arguments"),
        (("artist", "Alpha", "album"), "Incorrect number of filter arguments"),
        ((), "Incorrect number of filter arguments"),
        (("foo", "bar"), "Unknown filter type"),
        (("base", "/A"), "Bad URI"),
        (("base", ""), "Bad URI"),
        (("base", "../A"), "Bad URI"),
        (("modified-since", "foo"), "Failed to parse date"),
        (("(modified-since 'foo')",), "Failed to parse date"),
        (("(modified-since '2010-13-15')",), "Failed to parse date"),
        (("(modified-since '2010-06-32')",), "Failed to parse date"),
        (("(modified-since '2010-06-15T25:00')",), "Failed to parse time of day"),
        (("(modified-since '2010-06-15T')",), "Failed to parse time of day"),
        (("(modified-since '2010-06-15T12:30:15.5Z')",), "Garbage at end of time stamp"),
        (("(modified-since '2010-06-15T12:30:15+2')",), "Failed to parse time zone offset"),
        (("(modified-since '2010-06-15T12:30+14:00')",), "Time offset hours out of range"),
        (("(modified-since '2010-06-15T12:30+12:60')",), "Time offset minutes out of range"),
        (("(added-since 'foo' x",), "')' expected"),
        (("(modified-since '1' x",), "')' expected"),
        (("(AudioFormat == 'foo')",), "Failed to parse the sample rate"),
        (("(AudioFormat == '44100:*:2')",), 'Invalid sample format: "*"'),
        (("(AudioFormat == '44100')",), "Sample format missing"),
        (("(AudioFormat == '0:16:2')",), "Invalid sample rate: 0"),
        (("(AudioFormat == '44100:16')",), "Channel count missing"),
        (("(AudioFormat == '44100:16:*')",), "Failed to parse the channel count"),
        (("(AudioFormat =~ '*:*:9')",), "Invalid channel count: 9"),
        (("(AudioFormat == 'dsd64')",), "Channel count missing"),
        (("(AudioFormat == 'dsdx:2')",), "Failed to parse the DSD rate"),
        (("(AudioFormat == '*:16:2')",), "Failed to parse the sample rate"),
        (("(AudioFormat contains '44100:24:2')",), "'==' or '=~' expected"),
        ((f"(artist == '{'x' * 4096}')",), "Quoted value is too long"),
        (("(" * 100,), "Expression is nested too deeply"),
        (("(!" * 3000,), "Expression is nested too deeply"),
    ],
)
def test_what_is_no_filter_gets_mpds_error(arguments: tuple[str, ...], message: str) -> None:
    assert refusal(*arguments) == message


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("x", "Number expected"),
        ("'1'", "Number expected"),
        ("256", "Invalid priority value"),
        ("-1", "Invalid priority value"),
        ("1 ", "')' expected"),
    ],
)
def test_a_priority_is_a_number_up_to_255(value: str, message: str) -> None:
    assert refusal(f"(prio >= {value})") == message
    assert refusal("(prio == 1)") == "'>=' expected"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2020-04-01T12:00:00Z", SPRING),
        ("2020-04-01T12:00:00", SPRING),
        ("20200401T120000Z", SPRING),
        ("2020-04-01T12", SPRING),
        ("2020-4-1T1200", SPRING),
        ("2020-04-01T14:00+02:00", SPRING),
        ("2020-04-01T14:00:00+0200", SPRING),
        ("2020-04-01T11:30-00:30", SPRING),
        ("2020-04-01T11:59:60", SPRING),
        ("2020-04", datetime(2020, 4, 1, tzinfo=UTC)),
        ("2020-02-31", datetime(2020, 3, 2, tzinfo=UTC)),
        ("2020-9-9", datetime(2020, 9, 9, tzinfo=UTC)),
        ("99-01-01", datetime(99, 1, 1, tzinfo=UTC)),
        ("1585742400", SPRING),
        ("+1585742400", SPRING),
        ("2020", datetime(1970, 1, 1, 0, 33, 40, tzinfo=UTC)),
        ("202004", datetime(1970, 1, 3, 8, 6, 44, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_as_mpd_reads_it(text: str, moment: datetime) -> None:
    assert parse_time_stamp(text) == moment


def test_times_beyond_the_calendar_are_its_ends() -> None:
    assert parse_time_stamp("99999999999999").year == 9999
    assert parse_time_stamp("9999-12-31T23:59:59-12:00").year == 9999
    assert parse_time_stamp("0000-01-01").year == 1
    assert parse_time_stamp("-1").year == 1


PARTS = (
    r"""( ) ! AND artist any file base modified-since prio AudioFormat == != >= ' " \ x É 1 contains starts_with_ci"""
)
words = st.sampled_from([*PARTS.split(), "contains ", "!eq_ci ", " ", "\0"])


@given(st.lists(st.one_of(st.text(max_size=20), st.lists(words, max_size=20).map("".join)), max_size=4), st.booleans())
def test_the_parser_raises_nothing_but_its_errors(arguments: list[str], folded: bool) -> None:
    with suppress(AckError):
        compile_filter(parse_filter(arguments, folded=folded))(Song(TRACK.uri, TRACK))


@given(st.text(max_size=100), st.sampled_from(["'", '"']))
def test_every_value_can_be_quoted(value: str, quote: str) -> None:
    track = Track("1", "x", file_name=None, uri=value)
    assert takes(track, f"(file == {quoted(value, quote)})")
    assert takes(track, f"((file == {quoted(value, quote)}) AND (file contains_cs {quoted(value, quote)}))")


TAGS = st.sampled_from(("artist", "albumartist", "title", "composer", "musicbrainz_workid", "any", "file"))
VALUES = st.text(st.characters(codec="utf-8"), max_size=20)
TESTS = st.builds(
    TextTest,
    st.sampled_from([each for each in Operator if each is not Operator.MATCHES]),
    VALUES,
    st.just(Form.EXACT),
    st.booleans(),
)
PATTERNS = st.builds(
    TextTest,
    st.just(Operator.MATCHES),
    st.sampled_from(("", "^a", r"\\'$", '"x"|y')),
    st.just(Form.EXACT),
    st.booleans(),
)
MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).map(  # noqa: DTZ001 - the zone follows
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)
LEAVES = st.one_of(
    st.builds(TagFilter, TAGS, st.one_of(TESTS, PATTERNS)),
    st.builds(SinceFilter, st.booleans(), MOMENTS),
    st.builds(BaseFilter, VALUES),
    st.builds(FormatFilter, st.just("44100:16:2"), st.booleans()),
    st.builds(PriorityFilter, st.integers(0, 255)),
)


@given(
    st.recursive(
        LEAVES,
        lambda inner: st.one_of(
            st.builds(NotFilter, inner),
            st.builds(AllFilter, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        ),
        max_leaves=6,
    )
)
def test_the_text_of_a_filter_takes_the_same_songs(chosen: Filter) -> None:
    again = parse_filter([filter_text(chosen)], folded=False)
    for track in (TRACK, BARE, UNKNOWN):
        song = Song(track.uri, track)
        assert compile_filter(again)(song) == compile_filter(chosen)(song)


@given(LEAVES)
def test_a_filter_is_read_from_its_own_text(chosen: Filter) -> None:
    assert parse_filter([filter_text(chosen)], folded=False) == AllFilter((chosen,))
