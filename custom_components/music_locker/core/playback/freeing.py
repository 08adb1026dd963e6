"""Letting go of very many objects."""

import asyncio

_PIECE = 2000  # items, some 0.2 ms


def free_later[T](items: list[T], *others: object) -> None:
    """Let go of items that nobody else holds, a part in each turn of the loop: of 100,000 at once it takes 20 ms.

    What belongs to them, ``others``, goes last.
    """
    if len(items) > _PIECE:
        asyncio.get_running_loop().call_soon(_free, items, *others)


def _free[T](items: list[T], *others: object) -> None:
    del items[-_PIECE:]
    free_later(items, *others)
