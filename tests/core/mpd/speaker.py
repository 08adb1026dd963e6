"""A speaker that does at once what it is told."""

import asyncio
from typing import override

from music_locker_core.playback.output import (
    Failed,
    Media,
    Output,
    OutputFeature,
    OutputState,
    Started,
    StateChanged,
    VolumeChanged,
)


class Speaker(Output):
    """Play nothing, and tell everything."""

    def __init__(self, output_id: str, name: str) -> None:
        super().__init__(output_id, name)
        self.level = 50
        self.media: Media | None = None
        self.has_volume = True
        self.refusal: Exception | None = None
        self.paused = False
        self.ready = asyncio.Event()
        self.ready.set()

    @property
    @override
    def plugin(self) -> str:
        return "speaker"

    @property
    @override
    def features(self) -> OutputFeature:
        features = OutputFeature.PAUSE | OutputFeature.SEEK
        return features | OutputFeature.VOLUME if self.has_volume else features

    @property
    @override
    def volume(self) -> int | None:
        return self.level if self.has_volume else None

    @override
    async def load(self, media: Media, *, position: float = 0.0, paused: bool = False) -> None:
        await self.ready.wait()
        if self.refusal is not None:
            raise self.refusal
        self.media = media
        self.emit(Started(media.item_id))
        self._tell(position, paused=paused)

    def _tell(self, position: float | None = None, *, paused: bool) -> None:
        self.paused = paused
        self.emit(StateChanged(OutputState.PAUSED if paused else OutputState.PLAYING, position))

    @override
    async def play(self) -> None:
        self._tell(paused=False)

    @override
    async def pause(self) -> None:
        self._tell(paused=True)

    @override
    async def stop(self) -> None:
        self.media = None
        self.emit(StateChanged(OutputState.IDLE))

    @override
    async def seek(self, position: float) -> None:
        self._tell(position, paused=self.paused)

    @override
    async def set_volume(self, volume: int) -> None:
        self.level = volume
        self.emit(VolumeChanged(volume))

    def fail(self, message: str) -> None:
        """Fail to play what was loaded."""
        assert self.media is not None
        self.emit(Failed(self.media.item_id, message))
