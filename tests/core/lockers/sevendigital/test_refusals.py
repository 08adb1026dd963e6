"""What each refusal of the service means: codes, plain texts of the signing, statuses, limits."""

from datetime import UTC, datetime
from itertools import product

import pytest

from music_locker_core.errors import (
    AuthenticationError,
    LockerError,
    NotFound,
    RateLimited,
    ServiceError,
    Unavailable,
)
from music_locker_core.lockers.sevendigital_errors import text_error
from music_locker_core.lockers.sevendigital_parse import media_error, parse_locker

CODES: dict[int, type[LockerError]] = {
    **dict.fromkeys((1001, 1002, 1003, 1006, 1008, 2003, 3001, 3106, 7001, 7002, 7003, 7102, 9001, 4242), ServiceError),
    2001: NotFound,
    2002: Unavailable,
    3201: RateLimited,
}


def refusal(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> LockerError:
    with pytest.raises(LockerError) as raised:
        parse_locker(body, status, headers or {})
    return raised.value


@pytest.mark.parametrize(("code", "kind"), CODES.items())
def test_a_code_has_one_class_whatever_the_format_and_the_http_status(code: int, kind: type[LockerError]) -> None:
    bodies = (
        b'<response status="error"><error code="%d"><errorMessage> No\n luck</errorMessage></error></response>',
        b'{"status":"error","version":"1.2","error":{"code":%d,"errorMessage":"No luck"}}',
        b'{"status":"error","error":{"code":"%d","message":"No luck"}}',
        b'{"response":{"status":"error","errors":{"error":[{"code":%d,"message":"No luck"}]}}}',
    )
    for body, status in product(bodies, (200, 400, 404, 500)):
        error = refusal(body % code, status)
        assert (type(error), str(error), error.code) == (kind, "No luck", code)
        assert type(media_error(body % code, status, {})) is kind


@pytest.mark.parametrize(
    ("message", "kind", "setting"),
    [
        ("Missing parameter country", AuthenticationError, "country"),
        ("Invalid value for userId", AuthenticationError, "user_id"),
        ("Missing oauth_consumer_key", AuthenticationError, "consumer_key"),
        ("Invalid value for trackId: 5", NotFound, None),
        ("Invalid value for pageSize", ServiceError, None),
    ],
)
def test_a_refused_input_says_whose_it_is(message: str, kind: type[LockerError], setting: str | None) -> None:
    error = refusal(b'{"status":"error","error":{"code":1002,"errorMessage":"%s"}}' % message.encode())
    assert (type(error), getattr(error, "setting", None), error.code) == (kind, setting, 1002)


@pytest.mark.row("S42", side="adapter")
@pytest.mark.parametrize("status", [400, 401])
@pytest.mark.parametrize(
    ("text", "setting"),
    [
        ("Invalid signature", "consumer_secret"),
        ("OAuth authentication error: Unknown consumer", "consumer_key"),
        ("Nonce already used", None),
        ("Invalid access token", None),
        ("Not authorised: oauth", None),
    ],
)
def test_a_plain_text_about_the_signing_is_an_authentication_error(text: str, setting: str | None, status: int) -> None:
    error = refusal(text.encode(), status)
    assert isinstance(error, AuthenticationError)
    assert (str(error), error.setting, error.code) == (text, setting, status)


@pytest.mark.row("S42", side="adapter")
def test_clocks_that_differ_are_told_with_both_times() -> None:
    now = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
    date = {"Date": "Sat, 21 Nov 2026 13:30:00 GMT"}
    error = text_error(401, "OAuth error: timestamp out of bounds", date, now)
    assert isinstance(error, AuthenticationError)
    assert "2026-11-21 15:00:00 UTC" in str(error)
    assert "2026-11-21 13:30:00 UTC" in str(error)
    assert "another time" in str(text_error(401, "timestamp_refused", {}, now))


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [
        (429, {"Retry-After": "7"}, 7.0),
        (429, {"X-RateLimit-Reset": "90"}, 90.0),
        (429, {}, None),
        (503, {"Retry-After": "3"}, 3.0),
        (403, {"X-RateLimit-Limit": "4000", "X-RateLimit-Current": "4000", "X-RateLimit-Reset": "60"}, 60.0),
        (429, {"X-RateLimit-Reset": "1100000000"}, 0.0),
    ],
)
def test_a_service_that_asks_for_fewer_requests_says_for_how_long(
    status: int, headers: dict[str, str], wait: float | None
) -> None:
    for body in (b"", b"<html>slow down</html>", b"Too many"):
        error = refusal(body, status, headers)
        assert isinstance(error, RateLimited)
        assert (error.retry_after, error.code) == (wait, status)
    assert isinstance(refusal(b"Rate limit exceeded", 401), RateLimited)


@pytest.mark.row("S38", side="adapter")
@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"<!DOCTYPE html><html><body>Oops</body></html>", 200, ServiceError),
        (b"<html><body>Oops</body></html>", 500, ServiceError),
        (b"<html>Gone</html>", 410, Unavailable),
        (b"", 403, Unavailable),
        (b"<html>no</html>", 401, AuthenticationError),
        (b"", 404, NotFound),
        (
            b'<response status="error"><error code="2002"><errorMessage>x</errorMessage></error></response>',
            200,
            Unavailable,
        ),
        (b'<response status="ok"><locker/></response>', 200, ServiceError),
        (b"", 302, ServiceError),
    ],
)
def test_a_page_in_place_of_media_is_an_error(body: bytes, status: int, kind: type[LockerError]) -> None:
    assert type(media_error(body, status, {})) is kind
