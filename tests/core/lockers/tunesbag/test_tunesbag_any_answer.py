"""Whatever tunesBag answers, its parsers give a value or an error of the one family; each number has its class."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from music_locker_core.errors import (
    AuthenticationError,
    LockerError,
    NotFound,
    QuotaExceeded,
    RateLimited,
    ServiceError,
    SessionExpired,
    Unavailable,
    UploadRejected,
)
from music_locker_core.lockers import convert
from music_locker_core.lockers import tunesbag_parse as parse
from music_locker_core.lockers import tunesbag_social_parse as social
from music_locker_core.lockers.tunesbag_values import check
from tests.core.lockers.tunesbag.printed import FOLDER

BODIES = [path.read_bytes() for path in sorted(FOLDER.glob("*.*ml")) + sorted(FOLDER.glob("*.json"))]
PARSERS: list[Callable[..., object]] = [
    getattr(module, name) for module in (parse, social) for name in dir(module) if name.startswith("parse_")
]
NAMES = [
    "ERROR",
    "ERRORMESSAGE",
    "REQUESTKEY",
    "RESULT",
    "ITEMS",
    "ITEM",
    "COLUMNS",
    "DATA",
    "ROWCOUNT",
    "SET",
    "ENTRYKEY",
    "LIBRARYKEY",
    "LASTKEY",
    "RATING",
    "YR",
    "TOTALTIME",
    "DT_CREATED",
    "TAGS",
    "UNIQUEDATA",
    "GENRES",
    "IDX",
    "GENREINDEX",
    "LOCATION",
    "CONTENTLENGTH",
    "HASHVALUE",
    "STATUSCODE",
    "ACTION",
]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["0", "1.0", "true\n", "Juli, 07 2008 11:12:13", "2008-07-07 11:06:31.0", "ABC-1", "a|b\nc|d"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6),
    max_leaves=20,
)


def read(parser: Callable[..., object], body: bytes, status: int = 200) -> None:
    try:
        repr(parser(body, status))
    except LockerError as error:
        assert str(error)  # noqa: PT017 - any error of the family is right


@pytest.mark.row("T23")
@settings(max_examples=30, deadline=None)
@given(
    fields=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=10), status=st.sampled_from([200, 200, 401, 503])
)
def test_any_json_is_a_value_or_an_error_of_the_family(fields: dict[str, Any], status: int) -> None:
    for body in ({"ERROR": 0.0, **fields}, fields):
        for parser in PARSERS:
            read(parser, json.dumps(body).encode(), status)


@pytest.mark.row("T23")
@settings(max_examples=30, deadline=None)
@given(body=st.sampled_from(BODIES), data=st.data())
def test_any_damaged_answer_is_a_value_or_an_error_of_the_family(body: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(body)))
    length = data.draw(st.integers(0, 40))
    spoilt = body[:start] + data.draw(st.binary(max_size=8)) + body[start + length :]
    for parser in PARSERS:
        read(parser, spoilt)


@settings(max_examples=20, deadline=None)
@given(body=st.binary(max_size=60))
def test_any_bytes_are_a_value_or_an_error_of_the_family(body: bytes) -> None:
    for parser in PARSERS:
        read(parser, body)
        read(parser, b"<result>" + body + b"</result>")


def test_nested_answers_and_document_types_are_refused() -> None:
    deep = b'{"ERROR":0,"ITEMS":' + b"[" * 900 + b"]" * 900 + b"}"
    for body in (deep, b'<!DOCTYPE a [<!ENTITY b "c">]><result><error>0</error></result>'):
        with pytest.raises(ServiceError):
            parse.parse_items(body)


@pytest.mark.row("T20", side="adapter")
@settings(max_examples=30, deadline=None)
@given(
    at=st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1)),  # noqa: DTZ001 - a zone is added
    month=st.sampled_from(
        [
            "January February March April May June July August September October November December",
            "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
            "Jänner Feb. Mrz Apr. Mai Jun. Jul. Aug. Sept. Okt. Nov. Dez.",
        ]
    ),
)
def test_a_date_with_a_month_in_english_or_german_is_that_date(at: datetime, month: str) -> None:
    name = month.split()[at.month - 1]
    assert convert.named_moment(f"{name}, {at:%d %Y %H:%M:%S}") == at.replace(microsecond=0, tzinfo=UTC)


@settings(max_examples=50, deadline=None)
@given(value=st.text(max_size=40) | st.floats() | st.none() | st.binary() | st.lists(st.none()))
def test_a_date_that_is_none_is_nothing(value: object) -> None:
    found = convert.named_moment(value)
    assert found is None or found.tzinfo is not None


def test_a_date_with_an_offset_is_turned_to_universal_time() -> None:
    found = convert.named_moment("July, 07 2008 11:12:13 +0200")
    assert found == datetime(2008, 7, 7, 9, 12, 13, tzinfo=UTC)
    assert found is not None
    assert found.utcoffset() == timedelta(0)
    for wrong in ("Nonsense, 07 2008 11:12:13", "July, 32 2008 11:12:13", "July, 07 2008"):
        assert convert.named_moment(wrong) is None


ERRORS: dict[int, tuple[type[LockerError], str | None]] = {
    403: (SessionExpired, None),
    404: (ServiceError, None),
    420: (QuotaExceeded, None),
    430: (UploadRejected, "format"),
    500: (ServiceError, None),
    999: (ServiceError, None),
    1001: (Unavailable, None),
    1002: (NotFound, None),
    1005: (NotFound, None),
    1300: (ServiceError, None),
    4000: (UploadRejected, "empty"),
    4001: (UploadRejected, "format"),
    4100: (QuotaExceeded, None),
    4101: (UploadRejected, "format"),
    4800: (Unavailable, None),
    4801: (Unavailable, None),
    20001: (AuthenticationError, None),
    20010: (SessionExpired, None),
    31337: (ServiceError, None),
}


@pytest.mark.row("T11", side="adapter")
@pytest.mark.row("T14")
@pytest.mark.row("T22", side="adapter")
@pytest.mark.parametrize("number", ERRORS)
def test_each_error_number_is_one_class_with_its_code_message_and_request_key(number: int) -> None:
    kind, reason = ERRORS[number]
    xml = f"<result><requestkey>R-1</requestkey><errormessage>Why\n not</errormessage><error>{number}</error></result>"
    json_ = json.dumps({"REQUESTKEY": "R-1", "ERRORMESSAGE": "Why\n not", "ERROR": float(number), "RESULT": False})
    for body in (xml, json_):
        with pytest.raises(kind) as refusal:
            check(body.encode())
        assert type(refusal.value) is kind
        assert (refusal.value.code, refusal.value.request_id, str(refusal.value)) == (number, "R-1", "Why not")
        assert getattr(refusal.value, "reason", None) == reason


@pytest.mark.row("T22", side="adapter")
def test_a_service_that_is_busy_keeps_its_request_key() -> None:
    with pytest.raises(RateLimited) as refusal:
        check(b'{"ERROR":999.0,"REQUESTKEY":"R-1"}', 503, {"Retry-After": "7"})
    assert (refusal.value.code, refusal.value.request_id, refusal.value.retry_after) == (999, "R-1", 7)


@pytest.mark.row("T60", side="adapter")
@pytest.mark.row("T61", side="adapter")
@pytest.mark.row("T62", side="adapter")
def test_both_numbers_of_an_upload_mean_the_same() -> None:
    def answer(number: int) -> bytes:
        return f"<result><error>{number}</error></result>".encode()

    assert parse.parse_added(answer(0))
    assert not parse.parse_added(answer(204))
    assert not parse.parse_added(answer(4005))
    with pytest.raises(ServiceError, match="a way of its own"):
        parse.parse_added(b"<result><error>0</error><location>/upload/1</location></result>")
    for number in (420, 4100):
        with pytest.raises(QuotaExceeded):
            parse.parse_added(answer(number))
    for number in (430, 4101):
        with pytest.raises(UploadRejected):
            parse.parse_added(answer(number))


def test_a_status_tells_what_a_body_does_not() -> None:
    for body in (b"", b"<html>", b"{}", b"[]", b'{"status":0}'):
        with pytest.raises(ServiceError):
            check(body)
        with pytest.raises(SessionExpired):
            check(body, 401)
        with pytest.raises(RateLimited) as busy:
            check(body, 503, {"Retry-After": "7"})
        assert busy.value.retry_after == 7


@pytest.mark.row("T11", "T22", side="adapter")
def test_a_refusal_without_a_number_is_an_error_and_a_wrapped_answer_is_read() -> None:
    with pytest.raises(ServiceError, match="No way") as refusal:
        check(b'{"ERROR":0.0,"RESULT":false,"ERRORMESSAGE":"No way","REQUESTKEY":"R-1"}')
    assert refusal.value.request_id == "R-1"
    assert check(b'call({"ERROR":0.0,"RESULT":true,"LASTKEY":"A"});')["lastkey"] == "A"
    assert check(b'\xef\xbb\xbf {"ERROR":0.0}') == {"error": 0.0}


@pytest.mark.row("T15")
@pytest.mark.row("T18")
@pytest.mark.parametrize(
    "form",
    ["<result><error>0</error><result>{}\n</result></result>", '{{"ERROR":0.0,"RESULT":"{}\\n"}}'],
    ids=["xml", "json"],
)
def test_a_result_is_read_without_the_newline_behind_it(form: str) -> None:
    check(form.format("true").encode())
    check(form.format("").encode())
    with pytest.raises(ServiceError):
        check(form.format("false").encode())


@pytest.mark.row("T51", side="adapter")
def test_a_unique_table_gives_items_their_genre_and_library() -> None:
    body = {
        "ERROR": 0.0,
        "LASTKEY": "L-1",
        "UNIQUEDATA": {
            "GENRES": {"COLUMNS": ["GENRE", "IDX"], "DATA": [["Pop", 1.0], ["Rock", 2.0]]},
            "LIBRARYKEYS": [{"LIBRARYKEY": "LIB-1", "IDX": 1.0}],
            "ARTISTS": {"COLUMNS": ["ARTIST", "MB_ARTISTID"], "DATA": [["Abba", 0.0]]},
        },
        "ITEMS": {
            "ROWCOUNT": 2.0,
            "COLUMNS": ["ENTRYKEY", "NAME", "GENREINDEX", "LIBRARYKEYINDEX"],
            "DATA": {"ENTRYKEY": ["A", "B"], "NAME": ["1", "2"], "GENREINDEX": [2.0, 9.0], "LIBRARYKEYINDEX": [1, 1]},
        },
    }
    first, second = parse.parse_items(json.dumps(body).encode()).items
    assert (first.key, first.name, first.genre, first.library) == ("A", "1", "Rock", "LIB-1")
    assert (second.genre, second.library) == (None, "LIB-1")


@pytest.mark.row("T108")
@pytest.mark.parametrize(
    ("items", "keys"),
    [
        ("", []),
        ('"ITEMS":null', []),
        ('"ITEMS":""', []),
        ('"ITEMS":{"ITEM":{"ENTRYKEY":"A"}}', ["A"]),
        ('"ITEMS":{"ENTRYKEY":"A"}', ["A"]),
        ('"ITEMS":[{"ENTRYKEY":"A"},7,{"NAME":"without a key"}]', ["A"]),
    ],
)
def test_a_list_that_is_missing_empty_or_one_object_is_a_list(items: str, keys: list[str]) -> None:
    body = ('{"ERROR":0' + (f",{items}" if items else "") + "}").encode()
    assert [item.key for item in parse.parse_items(body).items] == keys
    assert parse.parse_items(b"<result><error>0</error><items/></result>").items == []
    assert parse.parse_items(b"<result><error>0</error></result>").items == []


@pytest.mark.row("T33", side="adapter")
def test_tags_are_separated_by_commas_or_blanks() -> None:
    for tags in ("party,cool,smooth", "party cool smooth", "party cool  smooth", " party, cool ,\tsmooth,"):
        body = json.dumps({"ERROR": 0, "ITEMS": [{"ENTRYKEY": "A", "TAGS": tags}]}).encode()
        assert parse.parse_sets(body)[0].tags == ("party", "cool", "smooth")
