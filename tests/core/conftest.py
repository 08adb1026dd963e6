"""These tests speak real HTTP and MPD over the loopback."""

import pytest
from hypothesis import settings

# Each run has examples of its own: many runs find what one of twice the length does.
settings.register_profile("unit", settings(), max_examples=50)
settings.load_profile("unit")


@pytest.fixture(autouse=True)
def _loopback_sockets(socket_enabled: None) -> None:
    """Take back the test plugin's ban on sockets."""


@pytest.fixture(autouse=True)
def disable_http_server() -> None:
    """Take back the test plugin's patch of a Home Assistant that is not here."""
