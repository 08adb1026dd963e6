"""Lockers shown as mounts."""

from .both import Both


async def test_lockers_are_mounts(both: Both) -> None:
    await both.differs("`listmounts`", "listmounts")
    await both.same_error("listmounts x")
