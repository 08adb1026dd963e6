"""What one server bears of its clients."""

from dataclasses import dataclass

from .command_list import LARGEST_LIST

__all__ = ["CONNECTION_TIMEOUT", "LARGEST_OUTPUT", "LONGEST_LINE", "MAXIMUM_CONNECTIONS", "Limits"]

MAXIMUM_CONNECTIONS = 512
CONNECTION_TIMEOUT = 60.0
"""Seconds without a command after which MPD, too, closes a connection that is not in ``idle``."""
LARGEST_OUTPUT = 8 * 1024 * 1024
"""Bytes, as MPD's ``max_output_buffer_size``."""
LONGEST_LINE = 8192
"""Bytes of a line with its end, as MPD's input buffer (``src/event/BufferedSocket.hxx``)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Hold MPD's settings of the same names: numbers of connections and bytes, and seconds.

    ``max_output_buffer_size`` is what waits for a client, not how long an answer may be.
    """

    max_connections: int = MAXIMUM_CONNECTIONS
    connection_timeout: float = CONNECTION_TIMEOUT
    max_command_list_size: int = LARGEST_LIST
    max_output_buffer_size: int = LARGEST_OUTPUT
