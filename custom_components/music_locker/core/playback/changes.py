"""Telling listeners what changed, once for everything that belongs together."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

type Listener = Callable[[frozenset[str]], None]


class Changes:
    """Hold the listeners; they get the names of MPD's subsystems."""

    def __init__(self, first: Callable[[], None]) -> None:
        """Call ``first`` with each change, before the listeners."""
        self._first = first
        self._listeners: list[Listener] = []
        self._batch: set[str] | None = None

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` with the names of what changed; the answer ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Tell of everything that happens in the block once, at its end."""
        if self._batch is not None:
            yield
            return
        self._batch = set()
        try:
            yield
        finally:
            names, self._batch = self._batch, None
            if names:
                self.tell(*names)

    def tell(self, *names: str) -> None:
        """Tell that something changed."""
        if self._batch is not None:
            self._batch.update(names)
            return
        self._first()
        changed = frozenset(names)
        for listener in tuple(self._listeners):
            listener(changed)
