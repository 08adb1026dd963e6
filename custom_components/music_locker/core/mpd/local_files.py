"""URIs that name files of this machine, which no client may have (MPD gives them to clients on a local socket)."""

from .errors import AckCode, AckError

_SCHEME = "file://"


def refuse_local_files(uri: str) -> None:
    """Raise AckError for the path of a file of this machine, and for a ``file`` URL."""
    if uri[: len(_SCHEME)].lower() == _SCHEME and not uri.startswith("/", len(_SCHEME)):
        raise AckError(AckCode.ARG, "Malformed file:// URI")
    if uri.startswith("/") or uri[: len(_SCHEME)].lower() == _SCHEME:
        raise AckError(AckCode.PERMISSION, "Access to local files via TCP is not allowed")
