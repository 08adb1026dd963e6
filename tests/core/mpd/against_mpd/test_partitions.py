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
