"""Tell in one line what is wrong with a file of the state folder."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import click


@contextmanager
def one_line(files: str) -> Iterator[None]:
    """Turn what the block raises into one line for the terminal; ``files`` is what it reads and writes."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise click.ClickException(f"{files} cannot be read or written: {reason}") from None
    except sqlite3.Error as error:
        raise click.ClickException(f"the keys in the state folder cannot be used: {error}") from None
    except ValueError as error:
        raise click.ClickException(str(error)) from None
