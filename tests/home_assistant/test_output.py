"""The output on a speaker of another integration, which may be polled, flap, go away, or be somebody else's."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from homeassistant.components.media_player import MediaPlayerEntityFeature, MediaPlayerState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from custom_components.music_locker import output as output_module
from custom_components.music_locker import speaker as speaker_module
from custom_components.music_locker.core.models import Track
from custom_components.music_locker.core.playback.output import (
    Ended,
    Failed,
    Media,
    OutputError,
    OutputEvent,
    OutputFeature,
    OutputState,
    Started,
    StateChanged,
    VolumeChanged,
)
from custom_components.music_locker.core.streams import Streams
from custom_components.music_locker.output import HomeAssistantOutput
from custom_components.music_locker.speaker_clock import SpeakerClock

from .conftest import SetUp
from .speakers import ALL, PolledSpeaker, SimpleSpeaker

ITEM = 7


class Owner:
    """Own an output as a player does, and keep what it tells."""

    def __init__(self, hass: HomeAssistant, output: HomeAssistantOutput) -> None:
        self.hass = hass
        self.output = output
        self.events: list[OutputEvent] = []
        self._told = asyncio.Event()
        output.listener = self._hear

    def _hear(self, event: OutputEvent) -> None:
        self.events.append(event)
        self._told.set()

    async def hear(self, wanted: Callable[[OutputEvent], bool]) -> OutputEvent:
        """Wait for an event, and forget it and what came before."""
        async with asyncio.timeout(10):
            while True:
                for number, event in enumerate(self.events):
                    if wanted(event):
                        del self.events[: number + 1]
                        return event
                self._told.clear()
                await self._told.wait()

    async def hear_state(self, state: OutputState) -> None:
        await self.hear(lambda event: isinstance(event, StateChanged) and event.state is state)

    async def settle(self) -> list[OutputEvent]:
        """Return what was told, once nothing is under way."""
        await self.hass.async_block_till_done()
        events, self.events = self.events, []
        return events


@pytest.fixture
def track() -> Track:
    """Return a track of eight seconds."""
    return Track("1", "Wooden Orchard", artist="The Paper Lanterns", duration=8.0, locker="01ABC")


@pytest.fixture
async def streams(hass: HomeAssistant, set_up: SetUp) -> Streams:
    hass.config.internal_url = "http://home.example:8123"
    return (await set_up("Radio")).runtime_data.core.streams


@pytest.fixture
async def make_owner(hass: HomeAssistant, streams: Streams) -> AsyncIterator[Callable[[SimpleSpeaker], Owner]]:
    made: list[HomeAssistantOutput] = []

    def make(speaker: SimpleSpeaker) -> Owner:
        streams.register_output("kitchen")
        made.append(HomeAssistantOutput(hass, "kitchen", speaker.entity_id, streams))
        return Owner(hass, made[-1])

    yield make
    for output in made:
        await output.close()


@pytest.fixture
def owner(speaker: SimpleSpeaker, make_owner: Callable[[SimpleSpeaker], Owner]) -> Owner:
    return make_owner(speaker)


@pytest.fixture
async def polled(hass: HomeAssistant) -> PolledSpeaker:
    speaker = PolledSpeaker("Polled")
    await speaker.add_to(hass)
    return speaker


@pytest.fixture
async def playing(owner: Owner, track: Track) -> Owner:
    """Return the owner of an output that plays."""
    await owner.output.load(Media(ITEM, track))
    await owner.hear_state(OutputState.PLAYING)
    return owner


class TestLoad:
    async def test_the_speaker_is_given_an_address_of_this_home_assistant(
        self, owner: Owner, track: Track, speaker: SimpleSpeaker
    ) -> None:
        await owner.output.load(Media(ITEM, track))

        (address,) = speaker.played
        assert address.startswith("http://home.example:8123/api/music_locker/stream/")
        assert speaker.extras[0]["extra"]["metadata"]["title"] == track.title
        started, state = await owner.settle()
        assert started == Started(ITEM)
        assert isinstance(state, StateChanged)
        assert state.state is OutputState.PLAYING

    async def test_a_speaker_with_a_queue_is_told_to_replace_it(
        self, hass: HomeAssistant, track: Track, make_owner: Callable[[SimpleSpeaker], Owner]
    ) -> None:
        queueing = SimpleSpeaker("Queueing", ALL | MediaPlayerEntityFeature.MEDIA_ENQUEUE)
        await queueing.add_to(hass)

        await make_owner(queueing).output.load(Media(ITEM, track))

        assert queueing.extras[0]["enqueue"] == "replace"

    async def test_a_foreign_address_is_given_as_it_is(self, owner: Owner, speaker: SimpleSpeaker) -> None:
        await owner.output.load(Media(ITEM, None, "http://radio.example/one"))

        assert speaker.played == ["http://radio.example/one"]
        assert (await owner.settle())[0] == Started(ITEM)

    async def test_nothing_cannot_be_played(self, owner: Owner) -> None:
        with pytest.raises(OutputError):
            await owner.output.load(Media(ITEM, None))

    async def test_it_begins_when_the_speaker_begins(self, owner: Owner, track: Track, speaker: SimpleSpeaker) -> None:
        speaker.starts = False
        await owner.output.load(Media(ITEM, track))
        assert await owner.settle() == []

        speaker.tell(MediaPlayerState.BUFFERING, media_content_id=speaker.played[0])
        speaker.begin()

        assert (await owner.settle())[0] == Started(ITEM)

    async def test_a_polled_speaker_is_asked_whether_it_began(
        self, track: Track, polled: PolledSpeaker, make_owner: Callable[[SimpleSpeaker], Owner]
    ) -> None:
        owner = make_owner(polled)
        polled.starts = False
        await owner.output.load(Media(ITEM, track))
        polled.begin()

        await owner.hear(lambda event: event == Started(ITEM))

    async def test_a_speaker_that_never_begins_has_failed(
        self, owner: Owner, track: Track, speaker: SimpleSpeaker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(output_module, "START_CHECKS", (0.01, 0.01))
        speaker.starts = False

        await owner.output.load(Media(ITEM, track))

        failed = await owner.hear(lambda event: isinstance(event, Failed))
        assert failed == Failed(ITEM, "Kitchen speaker did not begin to play")

    @pytest.mark.parametrize("fault", [HomeAssistantError, ValueError, OSError])
    async def test_a_refusal_says_nothing_of_the_address(
        self,
        owner: Owner,
        track: Track,
        speaker: SimpleSpeaker,
        caplog: pytest.LogCaptureFixture,
        fault: type[Exception],
    ) -> None:
        caplog.set_level("DEBUG", "custom_components.music_locker")
        speaker.fault = fault("cannot open http://home.example:8123/api/music_locker/stream/secret/1.mp3")

        with pytest.raises(OutputError) as caught:
            await owner.output.load(Media(ITEM, track))

        assert "/api/" not in str(caught.value)
        assert not [r for r in caplog.records if "music_locker" in r.name and "/api/" in r.getMessage()]
        assert await owner.settle() == []

    async def test_a_speaker_that_hangs_is_given_up(
        self, owner: Owner, track: Track, speaker: SimpleSpeaker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(speaker_module, "ACTION_TIMEOUT", 0.01)
        speaker.hangs = True

        with pytest.raises(OutputError):
            await owner.output.load(Media(ITEM, track))

    async def test_a_speaker_that_is_away_takes_nothing(
        self, owner: Owner, track: Track, speaker: SimpleSpeaker
    ) -> None:
        speaker.go(available=False)
        await owner.hear_state(OutputState.UNAVAILABLE)

        with pytest.raises(OutputError):
            await owner.output.load(Media(ITEM, track))

    async def test_without_an_address_of_home_assistant_nothing_can_be_played(
        self, hass: HomeAssistant, owner: Owner, track: Track
    ) -> None:
        hass.config.internal_url = hass.config.external_url = None
        hass.config.api = None

        with pytest.raises(OutputError):
            await owner.output.load(Media(ITEM, track))

    async def test_it_can_begin_in_the_middle_and_paused(
        self, owner: Owner, track: Track, speaker: SimpleSpeaker
    ) -> None:
        await owner.output.load(Media(ITEM, track), position=5.0, paused=True)

        await owner.hear_state(OutputState.PAUSED)
        assert speaker.media_position == 5
        assert speaker.state is MediaPlayerState.PAUSED

    async def test_the_next_one_takes_the_place_of_one_that_plays(
        self, playing: Owner, track: Track, speaker: SimpleSpeaker
    ) -> None:
        await playing.output.load(Media(ITEM + 1, track))

        assert (await playing.settle())[0] == Started(ITEM + 1)
        assert len(speaker.played) == 2


class TestEnd:
    async def test_silence_at_the_end_is_the_end(self, playing: Owner, speaker: SimpleSpeaker) -> None:
        speaker.at(8)
        speaker.finish()

        assert (await playing.settle())[-1] == Ended(ITEM)

    async def test_silence_in_the_middle_is_somebodys_stop(self, playing: Owner, speaker: SimpleSpeaker) -> None:
        speaker.at(3)
        speaker.finish()

        events = await playing.settle()
        assert Ended(ITEM) not in events
        assert events[-1] == StateChanged(OutputState.IDLE)

    async def test_without_any_length_silence_is_the_end(self, owner: Owner, speaker: SimpleSpeaker) -> None:
        await owner.output.load(Media(ITEM, None, "http://radio.example/one"))
        speaker.finish()

        assert (await owner.settle())[-1] == Ended(ITEM)

    async def test_a_polled_speaker_is_asked_at_the_expected_end(
        self, track: Track, polled: PolledSpeaker, make_owner: Callable[[SimpleSpeaker], Owner]
    ) -> None:
        owner = make_owner(polled)
        await owner.output.load(Media(ITEM, track))
        await owner.hear_state(OutputState.PLAYING)
        await owner.output.seek(7.8)
        polled.finish()

        await owner.hear(lambda event: event == Ended(ITEM))

    async def test_a_speaker_that_comes_late_to_its_end_is_asked_again(
        self,
        track: Track,
        polled: PolledSpeaker,
        make_owner: Callable[[SimpleSpeaker], Owner],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(output_module, "END_CHECK", 0.01)
        owner = make_owner(polled)
        await owner.output.load(Media(ITEM, track))
        await owner.hear_state(OutputState.PLAYING)
        await owner.output.seek(8)
        asked = polled.asked
        async with asyncio.timeout(10):
            while polled.asked < asked + 3:  # noqa: ASYNC110 - there is no event for it
                await asyncio.sleep(0.01)
        polled.finish()

        await owner.hear(lambda event: event == Ended(ITEM))


class TestOthers:
    async def test_what_somebody_else_plays_is_not_ours(self, playing: Owner, speaker: SimpleSpeaker) -> None:
        speaker.play_somebody_elses()

        assert (await playing.settle())[-1] == StateChanged(OutputState.IDLE)
        await playing.output.stop()
        assert speaker.stops == 0

    async def test_its_end_is_not_our_end(self, playing: Owner, speaker: SimpleSpeaker) -> None:
        speaker.play_somebody_elses()
        await playing.settle()
        speaker.finish()

        assert await playing.settle() == []

    async def test_a_speaker_that_does_not_say_what_it_plays_is_trusted(
        self, owner: Owner, track: Track, speaker: SimpleSpeaker
    ) -> None:
        speaker.tells_content = False
        await owner.output.load(Media(ITEM, track))

        assert (await owner.settle())[0] == Started(ITEM)

    async def test_a_speaker_may_have_a_name_of_its_own_for_what_it_plays(
        self, owner: Owner, track: Track, speaker: SimpleSpeaker
    ) -> None:
        speaker.starts = False
        await owner.output.load(Media(ITEM, track))

        speaker.tell(MediaPlayerState.PLAYING, media_content_id="queue-item-17")
        assert (await owner.settle())[0] == Started(ITEM)

        speaker.tell(MediaPlayerState.PLAYING, media_content_id="queue-item-18")
        assert (await owner.settle())[-1] == StateChanged(OutputState.IDLE)

    async def test_what_it_played_before_is_not_what_we_loaded(
        self, owner: Owner, track: Track, speaker: SimpleSpeaker
    ) -> None:
        speaker.play_somebody_elses()
        speaker.starts = False

        await owner.output.load(Media(ITEM, track))

        assert await owner.settle() == []


class TestAway:
    async def test_a_speaker_that_flaps_goes_on(self, playing: Owner, speaker: SimpleSpeaker) -> None:
        for _ in range(3):
            speaker.go(available=False)
            speaker.go(available=True)

        events = await playing.settle()
        states = [event.state for event in events if isinstance(event, StateChanged)]
        assert states == [OutputState.UNAVAILABLE, OutputState.PLAYING] * 3
        assert not [event for event in events if isinstance(event, Ended | Failed)]

    async def test_an_end_in_a_short_absence_is_an_end(self, playing: Owner, speaker: SimpleSpeaker) -> None:
        speaker.at(8)
        speaker.go(available=False)
        speaker._attr_state = MediaPlayerState.IDLE
        speaker.go(available=True)

        assert (await playing.settle())[-1] == Ended(ITEM)

    async def test_after_a_long_absence_it_does_not_go_on_by_itself(
        self, playing: Owner, speaker: SimpleSpeaker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(output_module, "LONG_OUTAGE", 0.0)
        speaker.at(8)
        speaker.go(available=False)
        speaker._attr_state = MediaPlayerState.IDLE
        speaker.go(available=True)

        assert (await playing.settle())[-1] == StateChanged(OutputState.IDLE)

    async def test_one_that_had_nothing_to_play_comes_back_idle(self, owner: Owner, speaker: SimpleSpeaker) -> None:
        told: list[bool] = []
        forget = owner.output.on_available_changed(lambda: told.append(owner.output.available))

        speaker.go(available=False)
        speaker.go(available=True)

        assert await owner.settle() == [StateChanged(OutputState.UNAVAILABLE), StateChanged(OutputState.IDLE)]
        assert told == [False, True]
        forget()


class TestCommands:
    async def test_pause_and_play(self, playing: Owner, speaker: SimpleSpeaker) -> None:
        await playing.output.pause()
        await playing.hear_state(OutputState.PAUSED)

        await playing.output.play()
        await playing.hear_state(OutputState.PLAYING)
        assert speaker.state is MediaPlayerState.PLAYING

    async def test_a_pause_at_the_speaker_itself_is_told(self, playing: Owner, speaker: SimpleSpeaker) -> None:
        speaker.tell(MediaPlayerState.PAUSED)

        await playing.hear_state(OutputState.PAUSED)

    async def test_a_seek_at_the_speaker_itself_is_told(self, playing: Owner, speaker: SimpleSpeaker) -> None:
        await playing.settle()
        speaker.at(6)

        (event,) = await playing.settle()
        assert isinstance(event, StateChanged)
        assert event.position == pytest.approx(6, abs=0.5)

    async def test_volume_goes_both_ways(self, playing: Owner, speaker: SimpleSpeaker) -> None:
        assert playing.output.volume == 40

        await playing.output.set_volume(55)
        await playing.hear(lambda event: event == VolumeChanged(55))
        speaker.tell(volume_level=0.2)
        await playing.hear(lambda event: event == VolumeChanged(20))
        assert playing.output.volume == 20

    @pytest.mark.parametrize(
        ("feature", "state"),
        [
            (MediaPlayerEntityFeature.PAUSE, MediaPlayerState.PAUSED),
            (MediaPlayerEntityFeature.TURN_OFF, MediaPlayerState.OFF),
            (MediaPlayerEntityFeature(0), MediaPlayerState.PLAYING),
        ],
    )
    async def test_a_speaker_without_stop_is_silenced_as_far_as_it_can_be(
        self,
        hass: HomeAssistant,
        track: Track,
        make_owner: Callable[[SimpleSpeaker], Owner],
        feature: MediaPlayerEntityFeature,
        state: MediaPlayerState,
    ) -> None:
        plain = SimpleSpeaker("Plain", MediaPlayerEntityFeature.PLAY_MEDIA | feature)
        await plain.add_to(hass)
        owner = make_owner(plain)
        await owner.output.load(Media(ITEM, track))

        await owner.output.stop()

        assert plain.state is state
        assert (await owner.settle())[-1] == StateChanged(OutputState.IDLE)

    async def test_features_are_the_speakers(self, owner: Owner, speaker: SimpleSpeaker) -> None:
        assert owner.output.features == OutputFeature.PAUSE | OutputFeature.SEEK | OutputFeature.VOLUME

        speaker.tell(supported_features=MediaPlayerEntityFeature.PLAY_MEDIA)

        assert owner.output.features == OutputFeature(0)

    async def test_after_close_nothing_is_told(self, playing: Owner, speaker: SimpleSpeaker) -> None:
        await playing.settle()
        await playing.output.close()
        speaker.tell(MediaPlayerState.PAUSED, media_position_updated_at=dt_util.utcnow())

        assert await playing.settle() == []


class TestSpeakerClock:
    def test_it_runs_while_the_speaker_plays(self) -> None:
        now = 100.0
        clock = SpeakerClock(lambda: now)
        clock.run()
        now = 103.0
        assert clock.position == 3.0

        clock.hold()
        now = 110.0
        assert clock.position == 3.0

    def test_small_differences_are_the_speakers_whole_seconds(self) -> None:
        now = 100.0
        clock = SpeakerClock(lambda: now)
        clock.run()
        now = 105.0

        assert not clock.correct(4.0)
        assert clock.position == 5.0
        assert clock.correct(60.0)
        assert clock.position == 60.0
