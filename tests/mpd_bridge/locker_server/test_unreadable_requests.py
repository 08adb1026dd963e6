"""Requests that cannot be read: refused in a line, and what they said is in no log."""

import asyncio
import logging
from collections.abc import Mapping

import pytest
from yarl import URL

from mpd_bridge.locker_server import LockerServer
from tests.mpd_bridge.locker_server.conftest import Client

SECRET = "planted-0123456789"
FORM = "multipart/form-data; boundary=a"
PAGE = "/rd/api/requestremotekey/?appkey=APP"


async def answered(server: LockerServer, first_line: bytes, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """Send a request as it stands, and return the status line of the answer."""
    url = URL(server.url)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    try:
        told = {"Host": "x", "Connection": "close", "Content-Length": str(len(body)), **headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        writer.write(first_line + b"\r\n" + lines.encode() + b"\r\n" + body)
        return await reader.readline()
    finally:
        writer.close()
        await writer.wait_closed()


async def test_a_request_that_is_none_is_refused_and_not_shown(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    path = f"/api/rest/user/checkaccess?remotekey={SECRET}&x=".encode()
    for line in (b"GET " + path + b"\xff HTTP/1.1", b"GET " + path + b" HTTP/9.x", b"G@T " + path + b" HTTP/1.1"):
        assert b" 400 " in await answered(client.server, line, {})
    assert SECRET not in caplog.text
    assert [record.levelname for record in caplog.records if "could not be read" in record.message] == ["WARNING"] * 3


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (
            FORM,
            b"--a\r\nContent-Transfer-Encoding: nonsense\r\nContent-Disposition: form-data; name=u\r\n\r\nx\r\n--a--",
        ),
        (FORM, b"--a\r\nX: " + b"y" * 20_000 + b"\r\n\r\nx\r\n--a--"),
        (FORM, b"--a\r\n" + b"X: y\r\n" * 200 + b"\r\nx\r\n--a--"),
        ("application/x-www-form-urlencoded; charset=utf-7", b"username=+2AA-&password=x"),
    ],
    ids=["an unknown encoding", "a long header", "many headers", "half a letter"],
)
async def test_a_form_that_is_none_is_refused(client: Client, kind: str, body: bytes) -> None:
    answer = await client.send("POST", PAGE, data=body, headers={"Content-Type": kind})
    assert answer.status == 400
    assert b"cannot be read" in answer.body


async def test_a_body_that_is_not_packed_as_it_says_is_refused(client: Client) -> None:
    key = client.server.audiodelivery.add_key()
    headers = {"Content-Encoding": "gzip", "Authorization": f"Bearer {key}"}
    assert b" 400 " in await answered(client.server, b"POST /v1/collection HTTP/1.1", headers, b"not packed")
    url = await client.send("POST", "/v1/collection", json={"title": "x"}, headers={"Authorization": f"Bearer {key}"})
    made = url.json()["collection_id"]
    address = await client.send("POST", f"/v1/collection/{made}/cover", headers={"Authorization": f"Bearer {key}"})
    to = URL(address.json()["collection_cover_upload"]["upload_url"], encoded=True).raw_path_qs
    long = b"--a\r\nX: " + b"y" * 20_000 + b"\r\n\r\nx\r\n--a--"
    assert (await client.send("POST", to, data=long, headers={"Content-Type": FORM})).status == 400
