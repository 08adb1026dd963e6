"""The daemon's event loop: uvloop where it is installed, which it is but on Windows."""

import asyncio
from collections.abc import Coroutine
from importlib.util import find_spec


def run[T](main: Coroutine[None, None, T]) -> T:
    """Run a program to its end and return its result."""
    if find_spec("uvloop") is None:
        return asyncio.run(main)
    import uvloop  # noqa: PLC0415 - it may not be there

    return uvloop.run(main)
