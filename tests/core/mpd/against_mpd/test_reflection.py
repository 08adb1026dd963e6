"""Which commands there are, and what they may be asked for."""

from music_locker_core.mpd.registry import ABSENT

from .both import Both

UNLISTED = {"listneighbors", "mount", "unmount"}
"""Commands that MPD, too, lists only where it is set up for neighbours and for a cache."""
MORE = {"stringnormalization"}
"""Commands of a later MPD than the reference, which clients ask for by its version."""


async def test_the_commands_are_mpds_without_those_that_are_said_to_be_absent(both: Both) -> None:
    theirs, ours = await both.ask("commands")
    missing = set(theirs.values("command")) - set(ours.values("command"))
    assert missing == ABSENT.keys() - UNLISTED
    assert set(ours.values("command")) - set(theirs.values("command")) == MORE
    assert ours.values("command") == sorted(ours.values("command"))


async def test_an_absent_command_says_why(both: Both) -> None:
    for name, reason in ABSENT.items():
        assert (await both.ours.ask(name))[-1] == f'ACK [5@0] {{}} unknown command "{name}": {reason}'


async def test_every_command_has_mpds_limits_of_arguments(both: Both) -> None:
    names = (await both.ask("commands"))[1].values("command")
    for name in sorted(
        set(names) - {"close", "kill", "idle", "stringnormalization", "clear", "stop", "update", "rescan"}
    ):
        await both.same(f"{name} {'x ' * 70}")
    for name in sorted(set(names) - {"close", "kill", "idle", "stringnormalization"} - _WITHOUT_ARGUMENTS):
        await both.same(name)


_WITHOUT_ARGUMENTS = {
    *(
        "commands",
        "outputs",
        "stats",
        "status",
        "urlhandlers",
        "decoders",
        "listall",
        "listallinfo",
        "lsinfo",
        "update",
    ),
    *("rescan", "listfiles", "listmounts", "shuffle"),
}
"""What answers without arguments, and is compared elsewhere."""


async def test_nothing_is_forbidden_without_a_password(both: Both) -> None:
    await both.same("notcommands")
    await both.same_error("commands x", "notcommands x", "urlhandlers x", "decoders x", "ping x")


async def test_formats_and_schemes_are_those_of_the_outputs(both: Both) -> None:
    await both.differs("`decoders`", "decoders")
    await both.differs("Schemes other than `http` and `https`", "urlhandlers")


async def test_commands_are_named_in_lower_case_only(both: Both) -> None:
    await both.same_error("pING", "status_", "nonsense", "config2", "list_", "s")
