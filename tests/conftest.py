"""What every test shares."""

import pytest

from tests.tools import lingering


def pytest_configure(config: pytest.Config) -> None:
    """Watch tests that run without Home Assistant's plugin as that plugin watches its own."""
    if not config.pluginmanager.hasplugin("homeassistant"):
        config.pluginmanager.register(lingering)


@pytest.fixture(autouse=True)
def enable_event_loop_debug() -> None:
    """Take back the test plugin's debug mode, which costs a third of the time; PYTHONASYNCIODEBUG=1 has it again."""
