"""What the demo music promises to ears, tests and people."""

import io
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import av
import mutagen
import numpy as np
import pytest
from mutagen.mp3 import BitrateMode

from mpd_bridge import demo_music
from mpd_bridge.demo_music import DemoTrack, Encoding, tone_code
from tests.tools import tone_code as decoder

pytestmark = pytest.mark.slow


TRACKS = demo_music.tracks()


def one_of_each_encoding() -> list[DemoTrack]:
    shortest = sorted(TRACKS, key=lambda track: track.duration)
    return [next(track for track in shortest if track.encoding == encoding) for encoding in Encoding]


def picked(**wanted: object) -> DemoTrack:
    return next(track for track in TRACKS if all(getattr(track, name) == value for name, value in wanted.items()))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("demo music")
    demo_music.make(directory, tracks=one_of_each_encoding())
    return directory


def transcoded(path: Path, bit_rate: int, volume: float) -> bytes:
    """Return the track as the live stream would send it: MP3, 44.1 kHz, stereo."""
    output = io.BytesIO()
    with av.open(path, "r") as source, av.open(output, "w", format="mp3") as target:
        stream = target.add_stream("libmp3lame", rate=44100, options={"b": str(bit_rate)})
        assert isinstance(stream, av.AudioStream)
        stream.codec_context.layout = "stereo"
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=44100)
        for decoded in source.decode(audio=0):
            for frame in resampler.resample(decoded):
                quieter = av.AudioFrame.from_ndarray(frame.to_ndarray() * np.float32(volume), "fltp", "stereo")
                quieter.rate = 44100
                target.mux(stream.encode(quieter))
        target.mux(stream.encode(None))
    return output.getvalue()


class TestCatalogue:
    def test_it_is_as_large_as_promised(self) -> None:
        assert len(TRACKS) >= 240
        assert len({track.artist for track in TRACKS}) >= 12
        assert len({(track.album_artist, track.album) for track in TRACKS if track.album}) >= 24
        assert all(8 <= track.duration <= 30 for track in TRACKS)

    def test_numbers_count_from_one_and_paths_are_unique_on_every_file_system(self) -> None:
        assert [track.number for track in TRACKS] == list(range(1, len(TRACKS) + 1))
        assert len({track.path.casefold() for track in TRACKS}) == len(TRACKS)
        assert not any(char in track.path for char in '\\:*?"<>|' for track in TRACKS)

    @pytest.mark.parametrize("text", ['"', "/", "'", "ü", "ß", "é", "Æ", "夜", "の", "ё", "&", "<"])
    def test_titles_have_characters_that_break_things(self, text: str) -> None:
        assert any(text in track.title for track in TRACKS)

    def test_it_has_two_disc_albums(self) -> None:
        discs = {track.album: track.disc_total for track in TRACKS if track.disc_total}
        assert len(discs) == 2
        assert set(discs.values()) == {2}

    def test_it_has_a_compilation_of_many_artists(self) -> None:
        compiled = [track for track in TRACKS if track.album_artist == "Various Artists"]
        assert len({track.artist for track in compiled}) >= 12

    def test_it_has_tracks_of_no_album_and_without_a_number(self) -> None:
        assert len([track for track in TRACKS if track.album is None and track.track is None]) >= 3

    def test_each_locker_of_the_demo_has_music_of_its_own(self) -> None:
        artists = {folder: set[str]() for folder in demo_music.FOLDERS}
        for track in TRACKS:
            artists[track.path.partition("/")[0]].add(track.album_artist or track.artist)
        assert all(artists.values())
        assert sum(map(len, artists.values())) == len(set[str]().union(*artists.values()))

    def test_its_playlists_hold_tracks_of_their_own_folder(self) -> None:
        assert len(demo_music.playlists()) == 4
        for playlist in demo_music.playlists():
            assert {track.path.partition("/")[0] for track in playlist.tracks} == {playlist.folder}
        assert all(len(playlist.tracks) >= 8 for playlist in demo_music.playlists())

    def test_every_album_has_its_own_cover_and_both_formats_occur(self) -> None:
        albums = sorted({(track.album_artist, track.album) for track in TRACKS if track.album and track.album_artist})
        covers = [demo_music.cover(str(artist), str(album)) for artist, album in albums]
        assert len({cover.content for cover in covers}) == len(albums)
        assert set(Counter(cover.mime_type for cover in covers)) == {"image/png", "image/jpeg"}

    @pytest.mark.parametrize("mime_type", ["image/png", "image/jpeg"])
    def test_covers_are_real_pictures(self, mime_type: str) -> None:
        albums = ((str(track.album_artist), str(track.album)) for track in TRACKS if track.album)
        cover = next(cover for names in albums if (cover := demo_music.cover(*names)).mime_type == mime_type)
        with av.open(io.BytesIO(cover.content), "r") as picture:
            frame = next(picture.decode(video=0))
        assert (frame.width, frame.height) == (320, 320)
        assert len(np.unique(frame.to_ndarray(format="rgb24").reshape(-1, 3), axis=0)) >= 5


class TestToneCode:
    @pytest.mark.parametrize("track", one_of_each_encoding(), ids=lambda track: track.encoding)
    def test_every_four_seconds_say_the_number_and_the_position(self, folder: Path, track: DemoTrack) -> None:
        codes = decoder.decode_file(folder / track.path)
        assert decoder.numbers(codes) == [track.number]
        assert [code.block for code in codes] == list(range(len(codes)))
        assert len(codes) == int((track.duration - 0.5) // 4) + 1
        assert all(abs(code.time - code.position) < 0.06 for code in codes)

    @pytest.mark.parametrize("track", one_of_each_encoding(), ids=lambda track: track.encoding)
    @pytest.mark.parametrize("volume", [1.0, 0.1])
    def test_the_code_outlives_transcoding(self, folder: Path, track: DemoTrack, volume: float) -> None:
        codes = decoder.decode_bytes(transcoded(folder / track.path, 192_000, volume), "mp3")
        assert [code.block for code in codes if code.number == track.number] == list(range(len(codes)))
        assert codes

    def test_a_stream_is_read_chunk_by_chunk_from_anywhere(self, folder: Path) -> None:
        first, second = one_of_each_encoding()[:2]
        stream = transcoded(folder / first.path, 128_000, 1.0) + transcoded(folder / second.path, 128_000, 1.0)
        reader = decoder.Mp3StreamDecoder()
        codes = [code for chunk in chunks(stream[20_011:], 1000) for code in reader.feed(chunk)]
        assert decoder.numbers(codes) == [first.number, second.number]
        assert all(3.5 < later.time - earlier.time < 8.5 for earlier, later in pairwise(codes))
        assert reader.seconds > 12

    def test_silence_and_noise_say_nothing(self) -> None:
        noise = np.random.default_rng(1).normal(0, 0.2, 44100 * 60).astype(np.float32)
        assert decoder.decode_samples(noise, 44100) == []
        assert decoder.decode_samples(np.zeros(44100, np.float32), 44100) == []

    @pytest.mark.parametrize("number", [0, -1, 512])
    def test_numbers_that_do_not_fit_are_refused(self, number: int) -> None:
        with pytest.raises(ValueError, match="1 to 511"):
            tone_code.digits(number, 0)


def chunks(content: bytes, size: int) -> Iterator[bytes]:
    return (content[start : start + size] for start in range(0, len(content), size))


class TestFiles:
    @pytest.mark.parametrize("track", one_of_each_encoding(), ids=lambda track: track.encoding)
    def test_each_format_is_what_its_name_says(self, folder: Path, track: DemoTrack) -> None:
        file = mutagen.File(folder / track.path, easy=True)
        kinds = {"mp3": "EasyMP3", "m4a": "EasyMP4", "ogg": "OggVorbis"}
        assert type(file).__name__ == kinds[track.encoding.extension]
        assert file.info.length == pytest.approx(track.duration, abs=0.1)
        assert file["title"] == [track.title]
        assert file["artist"] == [track.artist]
        assert file["album"] == [track.album]
        assert file["albumartist"] == [track.album_artist]
        assert file["genre"] == [track.genre]
        assert file["date"] == [track.date]
        assert file["tracknumber"][0].split("/")[0] == str(track.track)

    def test_constant_and_variable_bit_rates_are_told_apart(self, folder: Path) -> None:
        constant, variable = one_of_each_encoding()[:2]
        assert mutagen.File(folder / constant.path).info.bitrate_mode == BitrateMode.CBR
        assert mutagen.File(folder / variable.path).info.bitrate_mode == BitrateMode.VBR

    def test_the_comment_carries_the_number(self, folder: Path) -> None:
        track = one_of_each_encoding()[0]
        tags = mutagen.File(folder / track.path).tags
        assert tags.getall("COMM")[0].text == [f"Music Locker demo track {track.number}"]

    def test_the_cover_is_in_the_file_and_beside_it(self, folder: Path) -> None:
        track = one_of_each_encoding()[0]
        cover = demo_music.cover(str(track.album_artist), str(track.album))
        assert mutagen.File(folder / track.path).tags.getall("APIC")[0].data == cover.content
        assert (folder / track.path).with_name(f"cover.{cover.extension}").read_bytes() == cover.content

    def test_a_track_of_the_second_disc_says_so(self, tmp_path: Path) -> None:
        track = picked(disc=2, track=3)
        demo_music.make(tmp_path, tracks=[track])
        file = mutagen.File(tmp_path / track.path, easy=True)
        assert file["discnumber"] == ["2/2"]
        assert file["tracknumber"] == [f"3/{track.track_total}"]

    def test_a_track_of_no_album_has_no_such_tags(self, tmp_path: Path) -> None:
        track = picked(album=None)
        demo_music.make(tmp_path, tracks=[track])
        file = mutagen.File(tmp_path / track.path, easy=True)
        assert not {"album", "tracknumber", "discnumber", "date"} & set(file)


class TestMaking:
    @pytest.mark.parametrize("track", one_of_each_encoding(), ids=lambda track: track.encoding)
    def test_the_bytes_are_the_same_every_time(self, folder: Path, tmp_path: Path, track: DemoTrack) -> None:
        demo_music.make(tmp_path, tracks=[track])
        assert (tmp_path / track.path).read_bytes() == (folder / track.path).read_bytes()

    def test_what_is_there_is_kept_and_what_is_missing_or_damaged_is_made(self, tmp_path: Path) -> None:
        first, second, third = one_of_each_encoding()[:3]
        demo_music.make(tmp_path, tracks=[first, second, third])
        before = (tmp_path / first.path).stat().st_mtime_ns
        (tmp_path / second.path).unlink()
        (tmp_path / third.path).write_bytes(b"cut off")
        made = demo_music.make(tmp_path, tracks=[first, second, third])
        assert (made.made, made.kept) == (2, 1)
        assert (tmp_path / first.path).stat().st_mtime_ns == before
        assert decoder.decode_file(tmp_path / third.path)[0].number == third.number

    def test_progress_is_told_and_no_part_file_stays(self, tmp_path: Path) -> None:
        told: list[tuple[int, int]] = []
        wanted = one_of_each_encoding()[:2]
        demo_music.make(tmp_path, tracks=wanted, progress=lambda done, total: told.append((done, total)))
        assert told == [(1, 2), (2, 2)]
        assert not list(tmp_path.rglob("*.part"))

    def test_files_of_the_user_are_left_alone(self, tmp_path: Path) -> None:
        (tmp_path / "mine.mp3").write_bytes(b"mine")
        demo_music.make(tmp_path, tracks=one_of_each_encoding()[:1])
        assert (tmp_path / "mine.mp3").read_bytes() == b"mine"

    def test_several_processes_make_the_same_tracks(self, tmp_path: Path) -> None:
        wanted = sorted(TRACKS, key=lambda track: track.duration)[:6]
        made = demo_music.make(tmp_path, tracks=wanted, workers=2)
        assert made.made == len(wanted)
        for track in wanted:
            assert decoder.numbers(decoder.decode_file(tmp_path / track.path)) == [track.number]
