"""A network of a test's own: nothing that is sent there leaves the machine, and nothing else is heard."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

ADDRESS = "10.10.10.10"  # the one that Home Assistant's test plugin says this machine has
ADDRESS_6 = "fd10::10"
_COMMANDS = (
    "link set lo up",
    "link add music0 type veth peer name music1",
    f"address add {ADDRESS}/24 dev music0",
    f"address add {ADDRESS_6}/64 dev music0 nodad",
    "link set music0 up",
    "link set music1 up",
    "route add default dev music0",
)


@contextmanager
def own_network() -> Iterator[None]:
    """Bring this thread into a network namespace with one interface, for the time of the block."""
    with open("/proc/thread-self/ns/net", "rb") as before:  # noqa: PTH123 - what is wanted is its descriptor
        try:
            os.unshare(os.CLONE_NEWNET)
        except PermissionError:
            pytest.skip("only root makes network namespaces")
        try:
            for command in _COMMANDS:
                subprocess.run(["ip", *command.split()], check=True)
            yield
        finally:
            os.setns(before.fileno(), os.CLONE_NEWNET)
