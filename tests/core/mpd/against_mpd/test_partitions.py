"""Partitions and the outputs in them."""

from .both import Both


async def test_partitions_come_and_go(both: Both) -> None:
    other = await both.other()
    await both.same("listpartitions", "newpartition cellar", "listpartitions", "partition cellar", "playlist")
    await both.same('add "Locker/Marta Quill/Ink"', "playlist", "partition default", "playlist", "listpartitions")
    await other.same("partition cellar", "playlist")
    await both.same_error("delpartition cellar")
    await other.same("partition default", "playlist")
    await both.same("delpartition cellar", "listpartitions")


async def test_names_of_partitions(both: Both) -> None:
    await both.same("newpartition a-B_9", "listpartitions")
    await both.same_error(
        "newpartition a-B_9", "newpartition default", 'newpartition "a b"', 'newpartition ""', "newpartition"
    )
    await both.same_error(
        "newpartition ä", "newpartition a/b", "newpartition a.b", "newpartition a b", "delpartition default"
    )
    await both.same_error(
        "delpartition nope", "delpartition", "delpartition a b", 'delpartition "a b"', "partition nope"
    )
    await both.same_error(
        "partition", "partition a b", "listpartitions x", "moveoutput", "moveoutput a b", "moveoutput nope"
    )
    await both.same("delpartition a-B_9", "listpartitions")


async def test_others_are_told_of_partitions(both: Both) -> None:
    assert await both.told("newpartition cellar") == {"partition"}
    assert await both.told("delpartition cellar") == {"partition"}


async def test_a_partition_has_modes_of_its_own(both: Both) -> None:
    await both.same("newpartition cellar", "partition cellar", "random 1", "repeat 1", "single oneshot")
    await both.same("partition default", "status", "partition cellar")
    await both.differs("A new partition", "status", "outputs")
    await both.same("partition default", "delpartition cellar")


async def test_an_output_goes_to_another_partition_and_back(both: Both) -> None:
    await both.same("newpartition cellar", "partition cellar")
    watching = await both.other()
    assert await both.told("moveoutput Speaker", of="output player options playlist partition") == {"output"}
    await watching.same("outputs", "outputset 1 a b")
    await watching.differs("The volume while no output is enabled", "status")
    await watching.differs("Enabling a `dummy`", "enableoutput 1")
    await watching.same("disableoutput 1", "outputs")
    await both.same("moveoutput Speaker", "moveoutput Default", "partition default")
    await watching.same("outputs", "enableoutput 9", "delpartition cellar")
    await watching.same("moveoutput Speaker", "moveoutput Default", "outputs", "delpartition cellar", "listpartitions")


async def test_the_clients_of_a_partition_are_told_of_it(both: Both) -> None:
    await both.same("newpartition cellar", "partition cellar", "idle")
    assert await both.told("moveoutput Default", of="output") == {"output"}
    assert await both.told("random 1", "repeat 1") == set()
    assert await both.told("partition default", "partition cellar") == set()
    await both.same("partition default", "moveoutput Default", "delpartition cellar")
