"""What every test shares."""

import gc
import itertools
import re
from pathlib import Path

import aiohttp
import pytest

from tests.tools import lingering

_NUMBERS = itertools.count()
# Adapters and locker server before each other, call by call. Of MP3tunes, the template, the rest is in the unit suite.
_BEFORE_EACH_OTHER = re.compile(
    r"/(core/lockers|mpd_bridge/locker_server)/(tunesbag|sevendigital|audiodelivery)/"
    r"|/core/lockers/test_mp3tunes_(upload|listing|stream)"
    r"|/core/(test_outbox|mpd/test_service_playlists)"
)
_ALONE = re.compile(r"parse|any_answer|signing|tunesbag_printed")


def pytest_configure(config: pytest.Config) -> None:
    """Watch tests that run without Home Assistant's plugin as that plugin watches its own."""
    if not config.pluginmanager.hasplugin("homeassistant"):
        config.pluginmanager.register(lingering)
        # The other one starts a channel of c-ares for each session; no test looks up a name of another host.
        patch = pytest.MonkeyPatch()
        patch.setattr("aiohttp.connector.DefaultResolver", aiohttp.ThreadedResolver)
        config.add_cleanup(patch.undo)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let what judges a whole service over HTTP run with the slow tests; parsers alone are units."""
    for item in items:
        if _BEFORE_EACH_OTHER.search(item.path.as_posix()) and not _ALONE.search(item.path.name):
            item.add_marker(pytest.mark.slow)


def pytest_collection_finish() -> None:
    """Let the garbage collector look no more at what all tests import, and look at the rest less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(300_000, 20, 20)


@pytest.fixture
def tmp_path(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """Make a test's own folder; pytest's looks through those of all tests before, to find a name."""
    name = re.sub(r"\W", "_", request.node.name)[:30]
    folder = tmp_path_factory.getbasetemp() / f"{next(_NUMBERS)}-{name}"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture(scope="session")
def garbage_collection() -> None:
    """Take back the test plugin's own collection before each file."""


@pytest.fixture(autouse=True)
def enable_event_loop_debug() -> None:
    """Take back the test plugin's debug mode, which costs a third of the time; PYTHONASYNCIODEBUG=1 has it again."""
