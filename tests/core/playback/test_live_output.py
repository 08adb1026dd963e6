"""The live output, heard over HTTP."""

import asyncio

import av
import pytest

from mpd_bridge.demo_music.catalogue import Encoding
from music_locker_core.errors import LockerConnectionError
from music_locker_core.playback import live_output
from music_locker_core.playback.output import (
    AttributeRefused,
    Ended,
    Failed,
    Media,
    OutputError,
    OutputFeature,
    OutputState,
    Started,
    StateChanged,
    VolumeChanged,
)
from music_locker_core.streams.sound import MP3_FRAME, RATE
from tests.core.playback.live_listener import PATIENCE, Ear, HandPace
from tests.core.playback.stage import Stage, clock, make_site, quiet_stage, stage, timed_stage
from tests.core.streams.sound import MIME_TYPES

__all__ = ["clock", "make_site", "quiet_stage", "stage", "timed_stage"]  # fixtures
pytestmark = pytest.mark.slow


IDLE = StateChanged(OutputState.IDLE)


async def test_it_says_what_it_is(stage: Stage) -> None:
    assert stage.output.plugin == "httpd"
    assert stage.output.features == (
        OutputFeature.PAUSE | OutputFeature.SEEK | OutputFeature.VOLUME | OutputFeature.NEXT | OutputFeature.MIXING
    )
    async with stage.listening() as ear:
        assert ear.response.headers["Content-Type"] == "audio/mpeg"
        assert ear.response.headers["icy-name"] == "Küche"
        assert "no-cache" in ear.response.headers["Cache-Control"]
        assert "Content-Length" not in ear.response.headers


def bit_rate(ear: Ear) -> int:
    """Return the bit rate of what was heard, in kbit/s."""
    codec = av.CodecContext.create("mp3float", "r")
    assert isinstance(codec, av.AudioCodecContext)
    frames = [packet.size for packet in codec.parse(bytes(ear.heard))][1:-1]
    return round(sum(frames) / len(frames) * 8 * RATE / MP3_FRAME / 1000)


async def test_its_bit_rate_is_taken_when_somebody_begins_to_listen(stage: Stage) -> None:
    assert stage.output.attributes == {"bitrate": "192"}
    async with stage.listening() as ear:
        await ear.listen(1.0)
        await stage.output.set_attribute("bitrate", "64")
        ear.forget()
        await ear.listen(1.0)
        assert (ear.response.headers["icy-br"], bit_rate(ear)) == ("192", 192)
    async with stage.listening() as ear:
        await ear.listen(1.0)
        assert (ear.response.headers["icy-br"], bit_rate(ear)) == ("64", 64)
    for name, value in (("bitrate", "65"), ("bitrate", "x"), ("colour", "red")):
        with pytest.raises(AttributeRefused):
            await stage.output.set_attribute(name, value)
    assert stage.output.attributes == {"bitrate": "64"}


async def test_head_is_answered_at_once(stage: Stage) -> None:
    async with stage.site.http.head(stage.url) as response:
        assert response.status == 200
        assert response.headers["Content-Type"] == "audio/mpeg"


async def test_an_idle_stream_is_silence(stage: Stage) -> None:
    async with stage.listening() as ear:
        await ear.listen(3.0)
        assert ear.loudness() == 0.0


@pytest.mark.parametrize("encoding", MIME_TYPES)
async def test_a_listener_hears_the_track_whole(stage: Stage, encoding: Encoding) -> None:
    async with stage.listening() as ear:
        await stage.output.load(stage.media(3, 5.0, encoding=encoding))
        await stage.events.wait_for(Started(3))
        await stage.events.wait_for(StateChanged(OutputState.PLAYING, 0.0))
        await stage.events.wait_for(Ended(3))
        await stage.events.wait_for(IDLE)
        await ear.listen(2.0)
        assert [(code.number, code.block) for code in ear.codes()] == [(3, 0), (3, 1)]


async def test_the_next_track_follows_without_a_gap(stage: Stage) -> None:
    async with stage.listening() as ear:
        await stage.output.load(stage.media(5, 5.0))
        await stage.output.set_next(stage.media(6, 5.0))
        await stage.events.wait_for(Started(5))
        await stage.events.wait_for(Started(6))
        assert Ended(5) not in stage.events.all
        await stage.events.wait_for(Ended(6))
        await ear.listen(2.0)
        codes = ear.codes()
        assert [(code.number, code.block) for code in codes] == [(5, 0), (5, 1), (6, 0), (6, 1)]
        assert codes[2].time - codes[0].time == pytest.approx(5.0, abs=0.05)


async def test_a_change_of_mind_about_the_next_track_is_heeded(stage: Stage) -> None:
    async with stage.listening():
        await stage.output.load(stage.media(5, 3.0))
        await stage.output.set_next(stage.media(6))
        await stage.events.wait_for(Started(5))
        await stage.output.set_next(stage.media(7, 3.0))
        await stage.events.wait_for(Started(7))
        await stage.output.set_next(None)
        await stage.events.wait_for(Ended(7))


async def test_a_pause_is_silence_and_keeps_the_listener(stage: Stage) -> None:
    async with stage.listening() as ear:
        await stage.output.load(stage.media(3, 30.0))
        await stage.events.wait_for(Started(3))
        await ear.listen(2.0)
        await stage.output.pause()
        paused = await stage.events.wait_for(lambda event: isinstance(event, StateChanged))
        paused = await stage.events.wait_for(lambda event: isinstance(event, StateChanged))
        assert isinstance(paused, StateChanged)
        assert paused.state is OutputState.PAUSED
        await ear.listen(2.0)
        ear.forget()
        await ear.listen(4.0)
        assert ear.loudness() == 0.0
        await stage.output.play()
        await stage.events.wait_for(StateChanged(OutputState.PLAYING, paused.position))
        await ear.listen(5.0)
        assert set(ear.numbers()) == {3}


async def test_a_seek_goes_to_the_position(stage: Stage) -> None:
    async with stage.listening() as ear:
        await stage.output.load(stage.media(3, 20.0))
        await stage.events.wait_for(Started(3))
        await stage.output.seek(12.0)
        await stage.events.wait_for(StateChanged(OutputState.PLAYING, 12.0))
        await stage.events.wait_for(Ended(3))
        await ear.listen(2.0)
        assert [code.block for code in ear.codes() if code.block >= 2][-2:] == [3, 4]


async def test_loading_begins_at_a_position_and_may_be_paused(stage: Stage) -> None:
    async with stage.listening() as ear:
        await stage.output.load(stage.media(3, 30.0), position=12.0, paused=True)
        await stage.events.wait_for(StateChanged(OutputState.PAUSED, 12.0))
        await ear.listen(3.0)
        assert ear.loudness() == 0.0
        await stage.output.play()
        await stage.events.wait_for(Started(3))
        await stage.events.wait_for(StateChanged(OutputState.PLAYING, 12.0))
        await ear.listen(3.0)
        assert ear.codes()[0].block == 3


async def test_the_volume_scales_the_sound(stage: Stage) -> None:
    async with stage.listening() as ear:
        assert stage.output.volume == 100
        await stage.output.set_volume(0)
        await stage.events.wait_for(VolumeChanged(0))
        await stage.output.load(stage.media(3, 36.0))
        await stage.events.wait_for(Started(3))
        await ear.listen(6.0)
        assert ear.loudness() == 0.0
        await stage.output.set_volume(70)
        await ear.listen(2.0)
        ear.forget()
        await ear.listen(6.0)
        quieter = ear.loudness()
        await stage.output.set_volume(100)
        await ear.listen(6.0)
        assert 0.0 < quieter < ear.loudness() / 2


async def test_all_listeners_hear_and_one_may_leave(stage: Stage) -> None:
    async with stage.listening() as first:
        await stage.output.load(stage.media(3, 24.0))
        await stage.events.wait_for(Started(3))
        await first.listen(3.0)
        async with stage.listening() as second:
            await second.listen(6.0)
            assert set(second.numbers()) == {3}
        first.forget()
        await first.listen(6.0)
        assert set(first.numbers()) == {3}


async def test_a_listener_who_does_not_read_holds_up_nobody(stage: Stage) -> None:
    host, port = stage.server.host, stage.server.port
    assert port is not None
    reader, writer = await asyncio.open_connection(host, port, limit=1)
    writer.write(b"GET /live/kitchen.mp3 HTTP/1.1\r\nHost: kitchen\r\n\r\n")
    assert await reader.read(1)
    async with stage.listening() as ear:
        await stage.output.load(stage.media(3, 12.0))
        await stage.events.wait_for(Ended(3))
        await ear.listen(1.0)
        assert len(ear.codes()) == 3
    writer.close()


async def test_what_cannot_be_had_fails_with_a_reason(stage: Stage) -> None:
    async with stage.listening() as ear:
        media = stage.media(3)
        del stage.site.locker.files["t3"]
        await stage.output.load(media)
        await stage.events.wait_for(Failed(3, "The locker does not give this track any more"))
        await stage.events.wait_for(IDLE)
        stage.site.locker.errors = [LockerConnectionError("http://secret")] * 9
        await stage.output.load(stage.media(4))
        await stage.events.wait_for(Failed(4, "The locker does not answer now"))
        stage.site.locker.errors = []
        await stage.output.load(stage.media(5, content=b"no sound" * 1000))
        await stage.events.wait_for(Failed(5, "The file is no sound that can be decoded"))
        await stage.output.load(stage.media(6))
        await stage.events.wait_for(Ended(6))
        await ear.listen(1.0)
        assert set(ear.numbers()) == {6}


async def test_a_next_track_that_fails_is_told_in_its_time(stage: Stage) -> None:
    async with stage.listening():
        await stage.output.load(stage.media(3, 3.0))
        await stage.output.set_next(stage.media(4, content=b""))
        await stage.events.wait_for(Started(3))
        await stage.events.wait_for(Started(4))
        await stage.events.wait_for(lambda event: isinstance(event, Failed) and event.item_id == 4)


async def test_a_broken_upstream_is_not_heard(stage: Stage) -> None:
    stage.site.locker.drop_at = [20_000, 50_000]
    async with stage.listening() as ear:
        await stage.output.load(stage.media(3, 5.0))
        await stage.events.wait_for(Ended(3))
        await ear.listen(1.0)
        assert [code.block for code in ear.codes()] == [0, 1]


async def test_a_slow_upstream_is_silence_until_it_comes(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_output, "_PATIENCE", 0.05)
    stage.site.locker.hold_at = 60_000
    async with stage.listening() as ear:
        await stage.output.load(stage.media(3, 5.0))
        await stage.events.wait_for(lambda event: event_state(event) is OutputState.BUFFERING)
        await ear.listen(2.0)
        stage.site.locker.released.set()
        await stage.events.wait_for(lambda event: event_state(event) is OutputState.PLAYING)
        await stage.events.wait_for(Ended(3))
        await ear.listen(1.0)
        assert ear.codes()[-1].block == 1


def event_state(event: object) -> OutputState | None:
    return event.state if isinstance(event, StateChanged) else None


@pytest.mark.parametrize("encoding", [Encoding.MP3_CBR, Encoding.AAC])
async def test_a_service_that_tells_no_length_will_do(stage: Stage, encoding: Encoding) -> None:
    stage.site.locker.tells_length = stage.site.locker.ranges = False
    async with stage.listening() as ear:
        await stage.output.load(stage.media(3, 5.0, encoding=encoding), position=3.0)
        await stage.events.wait_for(Ended(3))
        await ear.listen(1.0)
        assert [code.block for code in ear.codes()] == [1]


async def test_a_foreign_url_is_never_fetched(stage: Stage) -> None:
    failed = "The live stream plays the locker's tracks only"
    await stage.output.load(Media(1, None, "http://127.0.0.1:1/"))
    await stage.events.wait_for(Failed(1, failed))
    async with stage.listening():
        await stage.output.load(Media(2, None, "http://127.0.0.1:1/"))
        await stage.events.wait_for(Failed(2, failed))
        await stage.output.load(stage.media(3, 2.0))
        await stage.output.set_next(Media(4, None, "http://127.0.0.1:1/"))
        await stage.events.wait_for(Failed(4, failed))


async def test_close_ends_the_stream_of_listeners(stage: Stage) -> None:
    async with stage.listening() as ear:
        await stage.output.load(stage.media(3, 60.0))
        await stage.events.wait_for(Started(3))
        await stage.output.close()
        async with asyncio.timeout(PATIENCE):
            await ear.ended.wait()
    with pytest.raises(OutputError):
        await stage.output.play()
    async with stage.site.http.get(stage.url) as response:
        assert await response.read() == b""


async def test_close_ends_a_decoder_that_waits_for_bytes(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_output, "_PATIENCE", 0.05)
    stage.site.locker.hold_at = 10_000
    async with stage.listening() as ear:
        await stage.output.load(stage.media(3, 60.0))
        await ear.listen(2.0)
        await stage.output.close()


async def test_without_media_there_is_nothing_to_play(stage: Stage) -> None:
    with pytest.raises(OutputError):
        await stage.output.play()
    with pytest.raises(OutputError):
        await stage.output.seek(1.0)
    await stage.output.pause()
    await stage.output.stop()
    assert stage.events.all == []


async def test_time_goes_on_while_nobody_listens(quiet_stage: Stage, clock: HandPace) -> None:
    stage = quiet_stage
    await stage.output.load(stage.media(3, duration=200.0))
    await stage.output.set_next(stage.media(4, duration=100.0))
    await clock.advance(150.0)
    assert stage.events.all == [Started(3), StateChanged(OutputState.PLAYING, 0.0)]
    assert stage.output.position == pytest.approx(150.0)
    await clock.advance(60.0)
    assert stage.events.all[2:] == [Started(4), StateChanged(OutputState.PLAYING, 0.0)]
    assert stage.output.position == pytest.approx(10.0)
    await clock.advance(100.0)
    assert stage.events.all[4:] == [Ended(4), IDLE]
    assert stage.site.locker.opened == []


async def test_pause_stop_and_seek_hold_while_nobody_listens(quiet_stage: Stage, clock: HandPace) -> None:
    stage = quiet_stage
    await stage.output.load(stage.media(3, duration=200.0))
    await clock.advance(50.0)
    await stage.output.pause()
    await clock.advance(500.0)
    assert stage.output.position == pytest.approx(50.0)
    await stage.output.seek(190.0)
    await stage.output.play()
    await clock.advance(9.0)
    assert Ended(3) not in stage.events.all
    await clock.advance(2.0)
    assert stage.events.all[-2:] == [Ended(3), IDLE]
    await stage.output.load(stage.media(4, duration=200.0))
    await stage.output.stop()
    await clock.advance(500.0)
    assert stage.events.all[-1] == IDLE


async def test_a_late_listener_hears_the_present_position(timed_stage: Stage) -> None:
    stage = timed_stage
    await stage.output.load(stage.media(3, 30.0, duration=30.0), position=23.0)
    await stage.events.wait_for(Started(3))
    async with stage.listening() as ear:
        await stage.events.wait_for(Ended(3))
        await ear.listen(1.0)
        assert {code.block for code in ear.codes()} <= {5, 6, 7}
        assert ear.codes()[-1].block == 7


async def test_an_unknown_length_is_measured(quiet_stage: Stage, clock: HandPace) -> None:
    stage = quiet_stage
    await stage.output.load(stage.media(3, 9.0))
    await stage.events.wait_for(Started(3))
    start = stage.output.position
    await clock.advance(8.0 - start)
    assert Ended(3) not in stage.events.all
    await clock.advance(2.0)
    assert Ended(3) in stage.events.all
    await stage.output.load(stage.media(4, content=b"no sound" * 100))
    await stage.events.wait_for(Failed(4, "The file is no sound that can be decoded"))


async def test_measuring_ends_when_something_else_is_wanted(quiet_stage: Stage) -> None:
    stage = quiet_stage
    stage.site.locker.hold_at = 1000
    await stage.output.load(stage.media(3, 9.0))
    async with asyncio.timeout(PATIENCE):
        while not stage.site.locker.opened:  # noqa: ASYNC110 - the locker tells nothing
            await asyncio.sleep(0)
    await stage.output.load(stage.media(4, duration=9.0))
    await stage.events.wait_for(Started(4))
