"""Passwords, each with its permissions."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from .both import Both
from .guarded import guarded

PASSWORDS = {
    "guest": ("read", "add"),
    "remote": ("control",),
    "listener": ("read", "player"),
    "boss": ("admin", "read"),
    "everything": ("read", "add", "player", "control", "admin"),
}
LATER = {"stringnormalization"}  # than this MPD


@pytest.fixture(params=[None, ("read",)])
async def both(tmp_path: Path, request: pytest.FixtureRequest, socket_enabled: None) -> AsyncIterator[Both]:
    """Both servers with these passwords and with or without default permissions."""
    async with guarded(tmp_path, PASSWORDS, default=request.param) as both:
        yield both


async def test_a_password_permits_the_same(both: Both) -> None:
    for password in (None, *PASSWORDS):
        if password is not None:
            await both.same(f"password {password}")
        answers = {question: await both.ask(question) for question in ("commands", "notcommands")}
        known = {name for _, ours in answers.values() for name in ours.values("command")} - LATER
        for theirs, ours in answers.values():
            assert known & set(theirs.values("command")) == known & set(ours.values("command"))
        await both.same("ping", "tagtypes clear", "tagtypes all", "binarylimit 8192", "protocol")


async def test_what_is_not_permitted_is_refused_alike(both: Both) -> None:
    lines = ("status", "play 99", "add nowhere", "outputs", "disableoutput 7", "sendmessage a b", "idle\nnoidle")
    await both.same_error("password wrong", 'password ""', "password")
    for password in PASSWORDS:
        await both.same(f"password {password}")
        await both.same_error("play 1 2 3", "play 99", "sendmessage a b", "disableoutput 7 8", "partition x")
        await both.same_list("ping", *lines[1:-1])
        await both.same_error("password wrong")
