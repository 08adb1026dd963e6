"""Keeping secrets out of the texts of errors: a service may repeat what it was sent."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from urllib.parse import quote, quote_plus

from yarl import URL

from ..errors import LockerError

_LONGEST_MESSAGE = 200


@contextmanager
def hidden(secrets: Iterable[str | None]) -> Generator[None]:
    """Take every secret out of the texts of the errors that are raised inside, and cut these."""
    try:
        yield
    except LockerError as error:
        told = str(error)
        for secret in filter(None, secrets):
            for form in _written(secret):
                told = told.replace(form, "***")
        error.args = (told[:_LONGEST_MESSAGE],)
        raise


def _written(secret: str) -> list[str]:
    """Return how a secret may stand in a text, longest first: as it is, and quoted as the parts of a URL are."""
    in_query = URL.build(query={"q": secret}).raw_query_string.removeprefix("q=")
    forms = {secret, " ".join(secret.split()), quote(secret), quote(secret, safe=""), quote_plus(secret), in_query}
    return sorted(forms - {""}, key=len, reverse=True)
