"""What the listed URLs give: the file as it is, or as MP3, to be played while it comes, and headers that tell."""

import hashlib
from pathlib import Path

import pytest

from tests.mpd_bridge.locker_server import audio
from tests.mpd_bridge.locker_server.conftest import TOKEN, Client, Serve

SECONDS = 0.3
MIME_TYPES = {
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "mp4": "audio/mp4",
    "ogg": "audio/ogg",
    "flv": "video/x-flv",
    "flac": "audio/flac",
}


@pytest.fixture
async def formats(serve: Serve, tmp_path: Path) -> Client:
    """A client of a locker with a file of every format."""
    for kind in MIME_TYPES:
        audio.make(tmp_path / f"formats/{kind}.{kind}", seconds=SECONDS)
    return await serve(tmp_path / "formats")


def file(kind: str) -> bytes:
    """Return the file of a format."""
    return audio.encoded(kind, SECONDS)


def key_of(kind: str) -> str:
    """Return the key of the file that has no tags."""
    return hashlib.md5(file(kind), usedforsecurity=False).hexdigest()


@pytest.mark.row("M45", side="server")
@pytest.mark.row("M50", side="server")
async def test_the_key_is_in_the_path_and_the_method_in_any_case(formats: Client) -> None:
    for method in ("lockerGet", "lockerget", "LOCKERGET"):
        for key in (key_of("mp3"), key_of("mp3").upper()):
            answer = await formats.get(f"/storage/{method}/{key}?sid={formats.sid}&partner_token={TOKEN}")
            assert (answer.status, answer.body) == (200, file("mp3"))
    in_the_query = await formats.call(f"/storage/lockerGet?key={key_of('mp3')}")
    assert in_the_query.status == 404


@pytest.mark.row("M50", side="server")
async def test_lockerput_is_taken_in_both_cases(client: Client) -> None:
    for method, seconds in (("lockerPut", 0.2), ("lockerput", 0.25)):
        content = audio.encoded("mp3", seconds)
        key = hashlib.md5(content, usedforsecurity=False).hexdigest()
        answer = await client.send("PUT", client.signed(f"/storage/{method}/{key}?output=xml"), data=content)
        assert (answer.status, answer.error_no) == (200, "200001")
        assert (await client.call(f"/storage/lockerGet/{key}")).body == content


@pytest.mark.row("M45", side="server")
@pytest.mark.row("M49", side="server")
async def test_a_key_that_the_locker_has_not_is_told_in_the_headers(client: Client) -> None:
    for key in (
        "0" * 32,
        "1",
        "%20",
        "..%2f..%2faccounts.json",
        "%00",
        "a" * 50_000,
        "' OR 1=1".replace(" ", "%20"),
    ):
        answer = await client.call(f"/storage/lockerGet/{key}")
        assert (answer.status, answer.error_no, answer.body) == (404, "404001", b"")
        assert answer.headers["X-MP3tunes-ErrorString"] == "File Not Found Error"


@pytest.mark.row("M45", side="server")
@pytest.mark.row("M49", side="server")
async def test_session_and_token_are_checked_and_told_in_the_headers(formats: Client) -> None:
    path = f"/storage/lockerGet/{key_of('mp3')}"
    for query, number, text in (
        (f"?partner_token={TOKEN}", "401002", "Invalid Session"),
        (f"?sid={'0' * 32}&partner_token={TOKEN}", "401002", "Invalid Session"),
        (f"?sid={formats.sid}&partner_token=wrong", "401005", "Invalid Partner Token"),
    ):
        answer = await formats.get(path + query)
        assert (answer.status, answer.error_no, answer.headers["X-MP3tunes-ErrorString"]) == (401, number, text)
        assert answer.body == b""
    formats.server.sessions.expire_all()
    answer = await formats.call(path)
    assert (answer.status, answer.error_no) == (401, "401001")


@pytest.mark.row("M49", side="server")
async def test_success_is_told_in_the_headers(formats: Client) -> None:
    for verb in ("GET", "HEAD"):
        answer = await formats.send(verb, formats.signed(f"/storage/lockerGet/{key_of('mp3')}"))
        assert (answer.status, answer.error_no) == (200, "200001")
        assert answer.headers["X-MP3tunes-ErrorString"] == "Request Successful"


@pytest.mark.row("M47", side="server")
async def test_without_a_format_a_file_comes_as_it_is(formats: Client) -> None:
    for kind, mime_type in MIME_TYPES.items():
        for query in ("", "?fileformat="):
            answer = await formats.call(f"/storage/lockerGet/{key_of(kind)}{query}")
            assert answer.body == file(kind)
            assert answer.headers["Content-Type"] == mime_type
            assert answer.headers["Content-Length"] == str(len(file(kind)))


@pytest.mark.row("M46", side="server")
async def test_fileformat_mp3_makes_an_mp3_of_every_other_format(formats: Client) -> None:
    for kind in ("m4a", "ogg", "flv", "flac"):
        answer = await formats.call(f"/storage/lockerGet/{key_of(kind)}?fileformat=mp3")
        assert (answer.status, answer.headers["Content-Type"]) == (200, "audio/mpeg")
        assert answer.body[:3] == b"ID3" or answer.body[0] == 0xFF
        assert answer.body != file(kind)
        assert abs(audio.decoded_seconds(answer.body) - audio.decoded_seconds(file(kind))) < 0.1


@pytest.mark.row("M46", side="server")
async def test_fileformat_mp3_leaves_an_mp3_and_no_other_format_is_known(formats: Client) -> None:
    path = f"/storage/lockerGet/{key_of('mp3')}"
    assert (await formats.call(f"{path}?fileformat=MP3")).body == file("mp3")
    for other in ("ogg", "wav", "mp3%20", "x" * 50_000):
        answer = await formats.call(f"{path}?fileformat={other}")
        assert (answer.status, answer.error_no, answer.body) == (415, "415001", b"")


@pytest.mark.row("M48", side="server")
async def test_what_has_come_plays_before_the_rest_is_there(formats: Client, tmp_path: Path) -> None:
    audio.make(tmp_path / "formats/long.mp3", seconds=20)
    await formats.server.scan()
    content = audio.encoded("mp3", 20)
    key = hashlib.md5(content, usedforsecurity=False).hexdigest()
    url = formats.server.url + formats.signed(f"/storage/lockerGet/{key}")
    async with formats.session.get(url) as response:
        begin = await response.content.readexactly(50_000)
        assert not response.content.at_eof()
        assert audio.decoded_seconds(begin) > 1
        assert begin + await response.read() == content


@pytest.mark.row("M48", side="server")
async def test_a_player_may_go_on_in_the_middle(formats: Client) -> None:
    content = file("mp3")
    target = formats.signed(f"/storage/lockerGet/{key_of('mp3')}")
    assert (await formats.get(target)).headers["Accept-Ranges"] == "bytes"
    rest = await formats.get(target, headers={"Range": "bytes=1000-"})
    assert (rest.status, rest.body) == (206, content[1000:])
    assert rest.headers["Content-Range"] == f"bytes 1000-{len(content) - 1}/{len(content)}"


@pytest.mark.row("M48", side="server")
async def test_a_range_of_any_length_of_digits_is_understood(formats: Client) -> None:
    content, target = file("mp3"), formats.signed(f"/storage/lockerGet/{key_of('mp3')}")
    far = "9" * 5000
    for wanted, status, body in (
        (f"bytes=0-{far}", 206, content),
        (f"bytes=-{far}", 206, content),
        (f"bytes={far}-", 416, b""),
        (f"bytes={far}-0", 200, content),
        ("bytes=-0", 416, b""),
        ("bytes=٣-", 200, content),
    ):
        answer = await formats.get(target, headers={"Range": wanted})
        assert (answer.status, answer.body) == (status, body), wanted[:20]
