"""What every method of the Audio Delivery Network's part works on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from .audiodelivery_gate import Gate
from .audiodelivery_options import AudiodeliveryOptions
from .audiodelivery_shelf import Shelving
from .audiodelivery_signing import Signer
from .audiodelivery_store import Records
from .locker import Locker
from .origin import origin


@dataclass(slots=True)
class Service:
    """The parts of the part; ``clock`` gives Unix seconds, ``covers`` is the folder of pictures."""

    options: AudiodeliveryOptions
    locker: Locker
    records: Records
    shelving: Shelving
    signer: Signer
    gate: Gate
    covers: Path
    clock: Callable[[], float]
    maintenance: bool = False

    def base(self, request: web.Request) -> str:
        """Return the server's address as this client reaches it, without a slash at the end."""
        return (self.options.base_url or origin(request)).rstrip("/")


def iso_time(seconds: float) -> str:
    """Return Unix seconds as the service writes a time, in UTC and with milliseconds."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
