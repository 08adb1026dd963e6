"""How much each account has added, read beside a server that may be running."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

_USED = """
SELECT account, sum(size) FROM (SELECT DISTINCT key, size FROM track) JOIN upload USING (key) GROUP BY account
"""


def usage(state: Path) -> Mapping[str, int]:
    """Return the bytes that each account has added, by its key; nothing where no index can be read."""
    index = (state / "locker.sqlite3").absolute()
    if not index.exists():
        return {}
    try:
        with closing(sqlite3.connect(f"{index.as_uri()}?mode=ro", uri=True)) as database:
            return dict(database.execute(_USED))
    except sqlite3.Error:
        return {}
