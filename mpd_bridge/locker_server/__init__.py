"""Our own locker server: a folder of music behind the APIs of the services.

It is written from the services' documents and shares no code with the adapters, so that one checks the other.
"""

from .audiodelivery_options import AudiodeliveryOptions
from .faults import Fault, Faults
from .mp3tunes_options import Bases, Mp3tunesOptions
from .server import LockerServer
from .sevendigital_options import SevendigitalOptions
from .tunesbag_options import TunesbagOptions

__all__ = [
    "AudiodeliveryOptions",
    "Bases",
    "Fault",
    "Faults",
    "LockerServer",
    "Mp3tunesOptions",
    "SevendigitalOptions",
    "TunesbagOptions",
]
