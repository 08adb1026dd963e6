"""What every test shares."""

import pytest


@pytest.fixture(autouse=True)
def enable_event_loop_debug() -> None:
    """Take back the test plugin's debug mode, which costs a third of the time; PYTHONASYNCIODEBUG=1 has it again."""
