"""What Home Assistant's test plugin watches for its tests, for those that run without it: what a test leaves behind."""

import asyncio
import threading
from collections.abc import Generator

import pytest
import pytest_asyncio


@pytest.fixture
def expected_lingering_tasks() -> bool:
    """Tell whether a test may leave tasks behind; a test can parametrize it."""
    return False


@pytest_asyncio.fixture(autouse=True)  # type: ignore[type-var]  # its types know asynchronous fixtures only
def verify_cleanup(expected_lingering_tasks: bool) -> Generator[None]:
    """Fail a test that leaves a task or a thread behind."""
    loop = asyncio.get_event_loop()
    tasks, threads = asyncio.all_tasks(loop), set(threading.enumerate())
    yield
    loop.run_until_complete(loop.shutdown_default_executor())
    left = asyncio.all_tasks(loop) - tasks
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.wait(left))
    assert expected_lingering_tasks or not left
    # The resolver of names ends its own thread some time after its session.
    new = set(threading.enumerate()) - threads
    assert not {thread for thread in new if "_run_safe_shutdown_loop" not in thread.name}
