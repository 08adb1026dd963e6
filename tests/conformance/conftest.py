"""Every test of the kit runs for every service: one server for all tests of a service, one adapter for each test."""

from collections.abc import AsyncIterator, Iterator
from functools import reduce
from operator import or_
from pathlib import Path

import pytest
from pytest_socket import enable_socket

from music_locker_core.lockers.base import Capability
from tests.conformance import folder
from tests.conformance.harness import Server, Site, open_site
from tests.conformance.subject import Subject
from tests.conformance.subjects import SUBJECTS


@pytest.fixture(autouse=True)
def _loopback_sockets(socket_enabled: None) -> None:
    """Take back the test plugin's ban on sockets."""


@pytest.fixture(autouse=True)
def disable_http_server() -> None:
    """Take back the test plugin's patch of a Home Assistant that is not here."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the kit run with the slow tests: it judges whole services over HTTP, again and again."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test for every service that has what its mark ``needs``; the others are judged in test_capabilities.py."""
    if "server" in metafunc.fixturenames:
        marks = metafunc.definition.iter_markers("needs")
        needed = reduce(or_, (flag for mark in marks for flag in mark.args), Capability(0))
        subjects = [subject for subject in SUBJECTS if needed in subject.capabilities]
        metafunc.parametrize("server", subjects, ids=[subject.name for subject in subjects], indirect=True)


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A service's server over the folder; faults, folder and sessions are a test's own to change."""
    enable_socket()
    subject: Subject = request.param()
    music = folder.fill(tmp_path_factory.mktemp("music"))
    server = Server(subject, music, tmp_path_factory.mktemp("state"))
    yield server
    server.close()


@pytest.fixture
async def site(server: Server) -> AsyncIterator[Site]:
    """An adapter, logged in."""
    async with open_site(server) as made:
        yield made
