"""items/add and items/checkhashvalues."""

import hashlib
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from mutagen.asf import ASF

from mpd_bridge.locker_server import Fault, TunesbagOptions
from tests.mpd_bridge.locker_server import audio
from tests.mpd_bridge.locker_server.conftest import PASSWORD, USER, Clock, Serve
from tests.mpd_bridge.locker_server.tunesbag.conftest import APP, FRIEND, Tunes, refused, rows, tunes_client

SONG = audio.encoded("mp3", 0.4)


def form(tunes: Tunes, content: bytes, name: str = "song.mp3", kind: str = "audio/mpeg", **fields: str) -> Any:
    """Return a form that adds a file."""
    made = aiohttp.FormData(tunes.signed(fields), quote_fields=False)
    made.add_field("file", content, filename=name, content_type=kind)
    return made


async def add(
    tunes: Tunes, content: bytes = SONG, name: str = "song.mp3", kind: str = "audio/mpeg", **more: str
) -> int:
    """Add a file and return the error, 0 for none."""
    answer = await tunes.post("items/add", form(tunes, content, name, kind, **more))
    return int(answer.xml().findtext("error") or 0)


def uploads(music: Path) -> list[str]:
    """Return the names of what was added; what is being sent is hidden."""
    return [path.name for path in (music / "Uploads").iterdir() if not path.name.startswith(".")]


@pytest.mark.row("T3", "T55", "T56", side="server")
async def test_a_file_that_is_added_is_in_the_library_and_in_the_folder(tunes: Tunes, music: Path) -> None:
    assert await add(tunes, type="0", librarykey="") == 0
    assert (music / "Uploads/song.mp3").read_bytes() == SONG
    item = (await tunes.items("hashvalue,source"))["song"]
    assert item["hashvalue"] == hashlib.sha1(SONG, usedforsecurity=False).hexdigest().upper()
    assert item["source"] == "webupload"
    assert "song" in await tunes.client.tracks()
    assert await add(tunes, b"x", type="1") == 4101
    url = await tunes.post("items/add", tunes.signed({"file": "song"}))
    assert refused(url) == 999
    assert await tunes.error("items/add") == 999
    assert await tunes.error("items/checkhashvalues") == 999
    empty = aiohttp.FormData(tunes.signed({}))
    empty.add_field("other", b"1", filename="a")
    assert refused(await tunes.post("items/add", empty)) == 4000
    assert uploads(music) == ["song.mp3"]


@pytest.mark.row("T55", side="server")
async def test_a_file_is_added_to_the_library_that_is_named(tunes: Tunes, music: Path) -> None:
    tunes.server.tunesbag.set_library(USER, "Box", "Box")
    box = tunes.server.tunesbag.library_key(USER, "Box")
    assert await add(tunes, librarykey=box.lower()) == 0
    assert (music / "Box/Uploads/song.mp3").exists()
    assert "song" in await tunes.items(librarykeys=box)
    assert await add(tunes, librarykey=tunes.server.tunesbag.library_key(FRIEND)) == 1002


@pytest.mark.row("T57", side="server")
async def test_the_supported_types_are_taken(tunes: Tunes, music: Path) -> None:
    for number, (kind, said, name, kept) in enumerate(
        (
            ("mp3", "audio/mpeg", "a b.mp3", "a b.mp3"),
            ("m4a", "audio/mp4", "../../b.m4a", "b.m4a"),
            ("ogg", "application/ogg", "c", "c.ogg"),
            ("wma", "audio/x-ms-wma", "d.wma", "d.wma"),
            ("mp4", "application/octet-stream", "e.mp3", "e.mp3.m4a"),
        )
    ):
        assert await add(tunes, audio.encoded(kind, 0.5 + number / 10), name, said) == 0
        assert kept in uploads(music)
    assert len(await tunes.items()) == 12


async def test_windows_media_files_have_tags_too(tunes: Tunes, music: Path) -> None:
    path = music / "w.wma"
    path.write_bytes(audio.encoded("wma"))
    tags = ASF(path)
    tags.update(
        {"Title": "Window", "Author": "Media", "WM/AlbumTitle": "Old", "WM/Year": "2001", "Description": "note"}
    )
    tags.save()
    await tunes.server.scan()
    item = (await tunes.items("artist,album,yr,comments"))["Window"]
    assert (item["artist"], item["album"], item["yr"], item["comments"]) == ("Media", "Old", 2001, "note")
    told = await tunes.json("items/get/deliver", entrykey=item["entrykey"], targetformat="mp3")
    assert audio.decoded_seconds((await tunes.client.get(told["LOCATION"])).body) == pytest.approx(0.3, abs=0.15)


@pytest.mark.row("T62", side="server")
async def test_what_is_no_supported_file_is_invalid(tunes: Tunes, music: Path) -> None:
    for content, said in (
        (b"", "audio/mpeg"),
        (b"ID3 but no music" * 50, "audio/mpeg"),
        (audio.encoded("flac"), "audio/mpeg"),
        (audio.encoded("flac"), "audio/flac"),
        (SONG, "text/html"),
    ):
        assert await add(tunes, content, kind=said) == 4101
    assert uploads(music) == []


@pytest.mark.row("T60", "T61", "T62", side="server")
async def test_short_codes_stand_for_the_same_errors(serve: Serve, music: Path) -> None:
    tunes = await tunes_client(serve, TunesbagOptions(short_codes=True, file_limit=10_000))
    assert await add(tunes) == 0
    assert await add(tunes) == 204
    assert await add(tunes, b"nothing") == 430
    assert await add(tunes, b"x" * 10_001) == 430
    tunes.server.accounts.set_quota(USER, len(SONG) + 10)
    assert await add(tunes, audio.encoded("mp3", 0.5)) == 420
    assert uploads(music) == ["song.mp3"]


@pytest.mark.row("T60", "T61", side="server")
async def test_what_is_there_or_has_no_room_is_refused(tunes: Tunes, music: Path) -> None:
    assert await add(tunes, (music / "Abba/Arrival/01 Queen.mp3").read_bytes()) == 4005
    tunes.server.accounts.set_quota(USER, 10)
    assert await add(tunes) == 4100
    assert uploads(music) == []


@pytest.mark.row("T59", side="server")
async def test_an_item_may_be_listed_some_time_after_it_was_received(serve: Serve, clock: Clock) -> None:
    tunes = await tunes_client(serve, TunesbagOptions(listed_after=5))
    before = (await tunes.json("items/get"))["LASTKEY"]
    assert await add(tunes) == 0
    assert "song" not in await tunes.items()
    assert (await tunes.json("items/get"))["LASTKEY"] == before
    assert await add(tunes) == 4005
    clock.now += 6
    assert "song" in await tunes.items()
    assert (await tunes.json("items/get"))["LASTKEY"] != before


@pytest.mark.row("T58", side="server")
async def test_who_wants_to_know_of_the_new_item_gets_a_message(tunes: Tunes) -> None:
    assert await add(tunes, NotifyUser="true") == 0
    (message,) = await tunes.rows("messages/get", "DATA")
    assert (message["subject"], message["body"]) == ("New item", "song.mp3 was added to your library.")
    assert await add(tunes, audio.encoded("mp3", 0.5), NotifyUser="false") == 0
    assert len(await tunes.rows("messages/get", "DATA")) == 1
    assert await add(tunes, audio.encoded("mp3", 0.6), NotifyUser="perhaps") == 999


async def test_the_wrong_key_and_read_only_accounts_add_nothing(tunes: Tunes, reader: Tunes, music: Path) -> None:
    wrong = Tunes(tunes.client, USER, "0" * 32)
    assert await add(wrong) == 20010
    late = aiohttp.FormData()
    late.add_field("file", SONG, filename="song.mp3")
    for name, value in wrong.signed({}).items():
        late.add_field(name, value)
    assert refused(await tunes.post("items/add", late)) == 20010
    assert await add(reader) == 1001
    assert uploads(music) == []


async def test_credentials_may_follow_the_file(tunes: Tunes) -> None:
    late = aiohttp.FormData()
    late.add_field("file", SONG, filename="song.mp3")
    for name, value in tunes.signed({}).items():
        late.add_field(name, value)
    assert (await tunes.post("items/add", late)).xml().findtext("error") == "0"


async def test_a_form_brings_one_file_and_few_words(tunes: Tunes, music: Path) -> None:
    twice = form(tunes, SONG)
    twice.add_field("file", audio.encoded("mp3", 0.5), filename="other.mp3")
    assert refused(await tunes.post("items/add", twice)) == 999
    beside = aiohttp.FormData(tunes.signed({}))
    beside.add_field("picture", b"x" * 100, filename="a.jpg")
    beside.add_field("file", SONG, filename="song.mp3")
    assert (await tunes.post("items/add", beside)).xml().findtext("error") == "0"
    wordy = aiohttp.FormData({f"field{number}": "x" * 2**20 for number in range(3)}, default_to_multipart=True)
    assert refused(await tunes.post("items/add", wordy)) == 999
    assert uploads(music) == ["song.mp3"]


async def test_a_lost_answer_loses_no_file_and_a_broken_upload_leaves_none(tunes: Tunes, music: Path) -> None:
    tunes.server.faults.add(Fault("items/add", drop_after=100))
    with pytest.raises(aiohttp.ClientError):
        await add(tunes)
    tunes.server.faults.add(Fault("items/add", lose_answer=True))
    with pytest.raises(aiohttp.ClientError):
        await add(tunes)
    tunes.server.faults.clear()
    assert await add(tunes) == 4005
    assert uploads(music) == ["song.mp3"]


class TestHashValues:
    @staticmethod
    async def check(tunes: Tunes, document: str | bytes, **fields: str) -> Any:
        made = aiohttp.FormData(tunes.signed(fields))
        made.add_field("filedata", document, filename="hashes.xml", content_type="text/xml")
        return await tunes.post("items/checkhashvalues", made)

    @staticmethod
    def document(*values: str) -> str:
        items = "".join(f"<item>\n<hashvalue>\n{value} </hashvalue></item>" for value in values)
        return f'<?xml version="1.0" encoding="utf-8"?>\n<items>{items}</items>'

    @pytest.mark.row("T3", "T75", "T76", side="server")
    async def test_it_is_told_which_files_are_there(self, tunes: Tunes, music: Path) -> None:
        content = (music / "Hits/1.ogg").read_bytes()
        known = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        document = self.document(known.upper(), "F" * 40, known, "short")
        root = (await self.check(tunes, document)).xml()
        told = [(item.findtext("hashvalue"), item.findtext("statuscode")) for item in root.findall("items/item")]
        assert told == [(known.upper(), "200"), ("F" * 40, "404"), (known, "200"), ("short", "404")]
        assert rows((await self.check(tunes, self.document(), format="JSON")).json()["ITEMS"]) == []

    @pytest.mark.row("T76", side="server")
    async def test_what_another_library_has_needs_its_metadata_only(self, serve: Serve, music: Path) -> None:
        tunes = await tunes_client(serve, TunesbagOptions(metadata_only=True))
        tunes.server.accounts.set_folder(USER, "Abba")
        known = hashlib.sha1((music / "Hits/1.ogg").read_bytes(), usedforsecurity=False).hexdigest()
        root = (await self.check(tunes, self.document(known, "0" * 40))).xml()
        assert [code.text for code in root.iterfind("items/item/statuscode")] == ["204", "404"]

    @pytest.mark.row("T75", side="server")
    async def test_a_list_that_cannot_be_read_is_refused(self, tunes: Tunes, state: Path) -> None:
        entities = b'<!DOCTYPE a [<!ENTITY b "c">]><items><item><hashvalue>&b;</hashvalue></item></items>'
        for document, error in (
            (b"", 4000),
            (b"<items>", 4001),
            (b"<other/>", 4001),
            (entities, 4001),
            (b'<?xml version="1.0" encoding="nonsense"?><items/>', 4001),
            (b"<items>" + b"<item><hashvalue/></item>" * 20_001 + b"</items>", 4001),
            (b" " * (4 * 2**20 + 1), 4101),
        ):
            assert refused(await self.check(tunes, document)) == error
        assert [path.name for path in state.iterdir() if path.suffix == ".part"] == []


async def test_no_secret_is_in_the_logs(tunes: Tunes, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    await add(tunes)
    await tunes.client.send(
        "POST", f"/rd/api/requestremotekey/?appkey={APP}", data={"username": USER, "password": PASSWORD}
    )
    told = await tunes.json("items/get/deliver", entrykey=await tunes.item_key("Eins"))
    ticket = told["LOCATION"].split("/")[3]
    assert not [record for record in caplog.records if {tunes.key, PASSWORD, ticket} & set(record.getMessage().split())]
    assert tunes.key not in caplog.text
    assert tunes.key not in repr(tunes.server.tunesbag._site.book.remote_key(USER, APP))
