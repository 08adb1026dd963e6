"""lockerPut: what is taken, what is made of it, and what is refused, told in the headers alone."""

import asyncio
import hashlib
import zlib
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from mpd_bridge.locker_server import Mp3tunesOptions
from mpd_bridge.locker_server.faults import Fault
from tests.mpd_bridge.locker_server import audio
from tests.mpd_bridge.locker_server.conftest import READER, TOKEN, Answer, Client, Serve

TYPES = ("mp3", "m4a", "mp4", "ogg", "flv")
NEW = audio.encoded("mp3", 0.4)
"""A file that the locker has not."""


def key_of(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def tagged(folder: Path, **tags: Any) -> bytes:
    return audio.make(folder / "tagged.mp3", seconds=0.35, **tags).read_bytes()


def left_behind(music: Path) -> list[Path]:
    """Return what an upload that failed has left in the folder."""
    uploads = music / "Uploads"
    return sorted(uploads.rglob("*.*")) if uploads.is_dir() else []


def refused(answer: Answer, status: int, number: int, text: str) -> None:
    """Check a refusal: status and headers say all, the body nothing."""
    assert (answer.status, answer.error_no) == (status, str(number))
    assert answer.headers["X-MP3tunes-ErrorString"] == text
    assert answer.body == b""


async def taken(client: Client, content: bytes, **options: Any) -> dict[str, Any]:
    """Upload a file and return how the locker lists it."""
    answer = await client.put(content, **options)
    assert (answer.status, answer.error_no) == (200, "200001"), answer.headers
    listing = (await client.call("/api/v1/lockerData?type=track")).json()
    (track,) = [track for track in listing["trackList"] if track["trackFileKey"] == key_of(content)]
    found: dict[str, Any] = track
    return found


class TestTaken:
    @pytest.mark.row("M52", "M61", "M62", side="server")
    async def test_the_body_of_a_put_is_the_file_and_the_answer_is_headers(self, client: Client) -> None:
        target = client.signed(f"/storage/lockerPut/{key_of(NEW)}?output=xml")
        answer = await client.send("PUT", target, data=NEW)
        assert (answer.status, answer.error_no, answer.body) == (200, "200001", b"")
        assert answer.headers["X-MP3tunes-ErrorString"] == "Request Successful"
        assert (await client.call(f"/storage/lockerGet/{key_of(NEW)}")).body == NEW

    @pytest.mark.row("M66", side="server")
    async def test_success_headers_can_be_left_out_for_old_clients(self, serve: Serve) -> None:
        options = Mp3tunesOptions(partner_tokens=frozenset({TOKEN}), success_headers=False)
        lenient = await serve(options=options)
        answer = await lenient.put(NEW)
        assert (answer.status, answer.error_no) == (200, None)
        assert "X-MP3tunes-ErrorString" not in answer.headers

    @pytest.mark.row("M66", side="server")
    async def test_success_is_200001_if_they_are_not(self, client: Client) -> None:
        answer = await client.put(NEW)
        assert (answer.status, answer.error_no) == (200, "200001")

    @pytest.mark.row("M53", side="server")
    async def test_the_key_is_in_the_path_in_either_case_and_not_in_the_query(self, client: Client) -> None:
        in_the_query = client.signed(f"/storage/lockerPut?key={key_of(NEW)}")
        assert (await client.send("PUT", in_the_query, data=NEW)).status == 404
        assert (await client.put(NEW, key_of(NEW).upper())).status == 200

    @pytest.mark.row("M54", side="server")
    @pytest.mark.parametrize("kind", TYPES)
    async def test_every_valid_type_is_taken_with_a_name_and_without_one(self, client: Client, kind: str) -> None:
        named = audio.encoded(kind, 0.5)
        await taken(client, named, headers={"X-Original-Filename": f"song.{kind}"})
        await taken(client, audio.encoded(kind, 0.6))

    async def test_a_file_of_unknown_length_is_taken(self, client: Client) -> None:
        async def body() -> Any:
            yield NEW[:1000]
            yield NEW[1000:]

        target = client.signed(f"/storage/lockerPut/{key_of(NEW)}")
        assert (await client.send("PUT", target, data=body())).status == 200

    async def test_the_same_file_again_is_one_track(self, client: Client) -> None:
        await taken(client, NEW)
        await taken(client, NEW)

    async def test_two_senders_of_one_file_at_once_make_one_track(self, client: Client) -> None:
        answers = await asyncio.gather(client.put(NEW), client.put(NEW))
        assert [answer.status for answer in answers] == [200, 200]
        await taken(client, NEW)


class TestDescribed:
    @pytest.mark.row("M58", "M60", side="server")
    async def test_names_in_headers_override_the_tags(self, client: Client, tmp_path: Path) -> None:
        content = tagged(tmp_path, title="Tag", artist="Tag artist", album="Tag album")
        names = {
            "X-MP3tunes-Track-Title": "Said",
            "X-MP3tunes-Artist-Name": "Said artist",
            "X-MP3tunes-Album-Title": "Said album",
        }
        track = await taken(client, content, headers=names)
        assert (track["trackTitle"], track["artistName"], track["albumTitle"]) == ("Said", "Said artist", "Said album")

    @pytest.mark.row("M59", "M60", side="server")
    async def test_number_and_year_in_headers_override_the_tags(self, client: Client, tmp_path: Path) -> None:
        content = tagged(tmp_path, title="Tag", album="Tag album", artist="A", tracknumber="1", date="1999")
        headers = {"X-MP3tunes-Track-Number": "7", "X-MP3tunes-Year": "1976"}
        track = await taken(client, content, headers=headers)
        assert int(track["trackNumber"]) == 7
        assert int(track["albumYear"]) == 1976

    @pytest.mark.row("M60", side="server")
    async def test_without_headers_the_tags_say_it(self, client: Client, tmp_path: Path) -> None:
        content = tagged(tmp_path, title="Tag", artist="Tag artist", album="Tag album", tracknumber="3")
        track = await taken(client, content)
        assert (track["trackTitle"], track["artistName"], track["albumTitle"]) == ("Tag", "Tag artist", "Tag album")
        assert int(track["trackNumber"]) == 3

    @pytest.mark.row("M56", "M58", side="server")
    async def test_headers_are_utf_8(self, client: Client) -> None:
        headers = {"X-Original-Filename": "Ágætis byrjun - 夜.mp3", "X-MP3tunes-Track-Title": "夜の道"}
        track = await taken(client, NEW, headers=headers)
        assert track["trackTitle"] == "夜の道"
        assert track["trackFileName"] == "Ágætis byrjun - 夜.mp3"

    @pytest.mark.row("M56", side="server")
    @pytest.mark.parametrize(
        "name", ["../../outside.mp3", "..\\outside.mp3", "/etc/outside.mp3", ".mp3", "a" * 300 + ".mp3"]
    )
    async def test_no_name_leads_out_of_the_folder(self, client: Client, music: Path, name: str) -> None:
        before = {path for path in music.parent.rglob("*") if music not in path.parents and "state" not in path.parts}
        await client.put(NEW, headers={"X-Original-Filename": name})
        after = {path for path in music.parent.rglob("*") if music not in path.parents and "state" not in path.parts}
        assert before == after
        assert not Path("/etc/outside.mp3").exists()


class TestRefused:
    @pytest.mark.row("M63", "M67", side="server")
    async def test_another_file_than_the_key_says(self, client: Client, music: Path) -> None:
        for key in (key_of(b"another"), "no-key-at-all", "0" * 31):
            refused(await client.put(NEW, key), 400, 400002, "File identification error")
        assert left_behind(music) == []

    @pytest.mark.row("M57", "M75", side="server")
    async def test_a_file_that_was_damaged_on_the_way(self, client: Client, music: Path) -> None:
        for wrong in (zlib.crc32(NEW) ^ 1, 0):
            answer = await client.put(NEW, headers={"X-MP3tunes-CRC": str(wrong)})
            refused(answer, 409, 409001, "CRC Error")
        assert left_behind(music) == []
        assert (await client.put(NEW, headers={"X-MP3tunes-CRC": str(zlib.crc32(NEW))})).status == 200

    @pytest.mark.row("M57", side="server")
    async def test_a_crc_may_be_decimal_or_hex(self, client: Client) -> None:
        crc = zlib.crc32(NEW)
        for form in (str(crc), f"{crc:08x}", f"{crc:08X}"):
            assert (await client.put(NEW, headers={"X-MP3tunes-CRC": form})).status == 200

    @pytest.mark.row("M72", side="server")
    async def test_an_empty_file(self, client: Client, music: Path) -> None:
        refused(await client.put(b""), 403, 403001, "Empty File Error")

        async def nothing() -> Any:
            return
            yield

        target = client.signed(f"/storage/lockerPut/{key_of(b'')}")
        refused(await client.send("PUT", target, data=nothing()), 403, 403001, "Empty File Error")
        assert left_behind(music) == []

    @pytest.mark.row("M73", side="server")
    async def test_what_is_named_as_music_and_is_none(self, client: Client, music: Path) -> None:
        answer = await client.put(b"this is no music" * 100, headers={"X-Original-Filename": "song.mp3"})
        refused(answer, 403, 403002, "File Format Unsupported")
        assert left_behind(music) == []

    @pytest.mark.row("M78", side="server")
    async def test_a_type_that_is_not_known(self, client: Client, music: Path) -> None:
        answer = await client.put(b"this is no music" * 100)
        refused(answer, 415, 415001, "File Format Not Supported Error")
        answer = await client.put(NEW, headers={"X-Original-Filename": "program.exe"})
        refused(answer, 415, 415001, "File Format Not Supported Error")
        assert left_behind(music) == []

    @pytest.mark.row("M55", side="server")
    @pytest.mark.parametrize(("kind", "name"), [("flac", "song.flac"), ("flac", None), ("alac", None)])
    async def test_flac_and_alac(self, client: Client, kind: str, name: str | None) -> None:
        headers = {} if name is None else {"X-Original-Filename": name}
        answer = await client.put(audio.encoded(kind, 0.4), headers=headers)
        refused(answer, 415, 415001, "File Format Not Supported Error")

    @pytest.mark.row("M64", "M76", side="server")
    async def test_a_file_over_twenty_megabytes(self, client: Client, music: Path) -> None:
        limit = 20 * 2**20
        padding = NEW + b"\0" * (limit - len(NEW))
        assert (await client.put(padding)).status == 200
        refused(await client.put(padding + b"\0"), 413, 413001, "File Too Large Error")

        async def endless() -> Any:
            for _ in range(limit // 65_536 + 1):
                yield b"\0" * 65_536

        target = client.signed(f"/storage/lockerPut/{key_of(b'')}")
        refused(await client.send("PUT", target, data=endless()), 413, 413001, "File Too Large Error")
        assert len(left_behind(music)) == 1

    @pytest.mark.row("M77", side="server")
    async def test_a_locker_that_is_full(self, serve: Serve) -> None:
        full = await serve(options=Mp3tunesOptions(partner_tokens=frozenset({TOKEN}), capacity=1000))
        refused(await full.put(NEW), 413, 413002, "Locker Full")

        async def body() -> Any:
            yield NEW

        target = full.signed(f"/storage/lockerPut/{key_of(NEW)}")
        refused(await full.send("PUT", target, data=body()), 413, 413002, "Locker Full")

    @pytest.mark.row("M64", side="server")
    async def test_the_whole_locker_has_no_limit_of_its_own(self, client: Client) -> None:
        for seconds in (0.41, 0.42, 0.43):
            assert (await client.put(audio.encoded("mp3", seconds))).status == 200

    @pytest.mark.row("M74", side="server")
    async def test_a_file_that_is_there_no_longer(self, client: Client, music: Path) -> None:
        await taken(client, NEW)
        (kept,) = left_behind(music)
        kept.unlink()
        refused(await client.call(f"/storage/lockerGet/{key_of(NEW)}"), 404, 404001, "File Not Found Error")

    @pytest.mark.row("M79", side="server")
    async def test_a_disk_that_takes_nothing(self, client: Client, music: Path) -> None:
        (music / "Uploads").write_text("a file where the folder should be")
        refused(await client.put(NEW), 500, 500001, "Storage Subsystem Error")

    @pytest.mark.row("M80", side="server")
    async def test_maintenance(self, client: Client) -> None:
        client.server.maintenance = True
        answer = await client.put(NEW)
        refused(answer, 503, 503001, "Service Unavailable")
        assert int(answer.headers["Retry-After"]) > 0
        client.server.maintenance = False
        assert (await client.put(NEW)).status == 200

    async def test_other_verbs(self, client: Client) -> None:
        target = client.signed(f"/storage/lockerPut/{key_of(NEW)}")
        for verb in ("GET", "POST", "DELETE"):
            assert (await client.send(verb, target, data=NEW)).status == 405

    async def test_a_sender_that_breaks_off_leaves_nothing(self, client: Client, music: Path) -> None:
        # Each time: aiohttp sends a PUT once more when an old connection breaks.
        client.server.faults.add(Fault("lockerPut", drop_after=500, count=None))
        with pytest.raises(aiohttp.ClientError):
            await client.put(NEW)
        await client.server.close()  # waits for what it still does with what has come
        assert left_behind(music) == []


class TestWho:
    @pytest.mark.row("M68", side="server")
    async def test_a_session_that_is_over(self, client: Client, music: Path) -> None:
        client.server.sessions.expire_all()
        refused(await client.put(NEW), 401, 401001, "Authentication Error")
        assert left_behind(music) == []

    @pytest.mark.row("M69", side="server")
    @pytest.mark.parametrize("sid", ["", "0" * 32, "x" * 10_000, "%00"])
    async def test_a_session_that_never_was(self, client: Client, sid: str) -> None:
        target = f"/storage/lockerPut/{key_of(NEW)}?sid={sid}&partner_token={TOKEN}"
        refused(await client.send("PUT", target, data=NEW), 401, 401002, "Invalid Session")

    @pytest.mark.row("M70", side="server")
    async def test_an_account_that_may_only_read(self, client: Client, music: Path) -> None:
        client.sid = client.server.sessions.open(READER)
        refused(await client.put(NEW), 401, 401003, "Not Authorized")
        assert left_behind(music) == []

    @pytest.mark.row("M71", side="server")
    @pytest.mark.parametrize("token", ["", "wrong", TOKEN + "0"])
    async def test_a_wrong_partner_token(self, client: Client, token: str) -> None:
        target = f"/storage/lockerPut/{key_of(NEW)}?sid={client.sid}&partner_token={token}"
        refused(await client.send("PUT", target, data=NEW), 401, 401005, "Invalid Partner Token")
