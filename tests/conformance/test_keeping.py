"""Files for keeping, smaller streams, files that are there already, and lists that are not the account's own."""

from contextlib import AbstractAsyncContextManager
from io import BytesIO
from pathlib import Path

import av
import pytest

from music_locker_core.errors import LockerError, NotFound
from music_locker_core.library import Library
from music_locker_core.lockers.base import Capability, StreamReader
from tests.conformance import files
from tests.conformance.folder import LONG, SONGS
from tests.conformance.harness import Site
from tests.conformance.subject import Call


async def whole(opened: AbstractAsyncContextManager[StreamReader]) -> bytes:
    async with opened as reader:
        return b"".join([chunk async for chunk in reader.chunks])


@pytest.mark.needs(Capability.DOWNLOAD)
async def test_a_download_is_the_file_as_it_lies_in_the_folder(site: Site) -> None:
    tracks = await site.tracks()
    for song in SONGS:
        assert await whole(site.adapter.download(tracks[song.title].id)) == site.server.content[song.path]
    for track_id in ("", "../login", "ä" * 40):
        with pytest.raises(NotFound):
            await whole(site.adapter.download(track_id))


@pytest.mark.needs(Capability.STREAM)
async def test_a_stream_of_fewer_kbits_is_music_and_no_larger(site: Site) -> None:
    track_id = (await site.tracks())[LONG.title].id
    largest = len(site.server.content[LONG.path])
    for bit_rate in (64, 100_000):
        body = await whole(site.adapter.stream(track_id, bit_rate=bit_rate))
        with av.open(BytesIO(body), "r") as container:
            assert container.streams.audio, bit_rate
        assert len(body) <= largest or bit_rate > 64


@pytest.mark.needs(Capability.UPLOAD)
async def test_a_file_that_is_there_already_is_told_so_or_is_sent_for_nothing(site: Site, tmp_path: Path) -> None:
    song = files.song(tmp_path)
    first = await site.adapter.upload(song)
    assert not first.already_there
    before = await site.asked(Call.UPLOAD)
    second = await site.adapter.upload(song)
    assert (second.track_id, second.already_there) == (first.track_id, await site.asked(Call.UPLOAD) == before)


async def test_what_is_not_the_accounts_own_is_in_playlists_only(site: Site, tmp_path: Path) -> None:
    library = await Library.open(tmp_path / "library.db")
    await library.add_locker("judged", "Judged")
    await library.sync("judged", site.adapter)
    contents = library.catalog.contents["judged"]
    own = {track.id async for page in site.adapter.tracks() for track in page if track.listed}
    assert {track.id for track in contents.tracks} <= own
    for playlist in contents.playlists:
        assert playlist.owner is None or not playlist.editable
        assert len(contents.playlist_tracks(playlist.id)) <= len(contents.listed.playlist_tracks[playlist.id])
    await library.close()


async def test_a_page_in_place_of_any_answer_is_an_error_of_the_one_family(site: Site, tmp_path: Path) -> None:
    track = (await site.tracks())[LONG.title]
    song = files.song(tmp_path)
    for call in (Call.LOGIN, Call.LIST, Call.STREAM, Call.UPLOAD):
        await site.break_next(call, body="html", count=None)
    asked = [site.another(site.subject.settings()).login(), anext(aiter(site.adapter.tracks()))]
    if Capability.STREAM in site.adapter.capabilities:
        asked.append(whole(site.adapter.stream(track.id)))
    if Capability.UPLOAD in site.adapter.capabilities:
        asked.append(site.adapter.upload(song))
    for one in asked:
        with pytest.raises(LockerError):
            await one
