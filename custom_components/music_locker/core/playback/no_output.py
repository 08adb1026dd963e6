"""What a player plays to while none of its outputs is enabled: nothing."""

from typing import override

from .output import Media, Output, OutputFeature, OutputState, StateChanged

ALL_DISABLED = "All audio outputs are disabled"


class NoOutput(Output):
    """Refuse to play: the player is paused, and says why."""

    plugin = "dummy"
    features = OutputFeature(0)
    volume = None

    def __init__(self) -> None:
        """Have no name and no address, for it is never listed."""
        super().__init__("", "")

    @property
    @override
    def absence(self) -> str:
        """Return MPD's own words."""
        return ALL_DISABLED

    @override
    async def load(self, media: Media, *, position: float = 0.0, paused: bool = False) -> None:
        """Tell that there is nothing to play it with."""
        self.emit(StateChanged(OutputState.UNAVAILABLE))

    @override
    async def play(self) -> None:
        """Tell that there is nothing to play with."""
        self.emit(StateChanged(OutputState.UNAVAILABLE))

    @override
    async def pause(self) -> None:
        """Nothing sounds."""

    @override
    async def stop(self) -> None:
        """Nothing sounds."""
