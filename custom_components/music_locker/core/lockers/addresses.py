"""The addresses of services, as users type them."""

from yarl import URL

from ..errors import LockerConnectionError


def base_url(typed: str) -> URL:
    """Return the base address of a service, without a slash at its end.

    A missing scheme means https; http is only taken where it was typed. Raise LockerConnectionError for what is not a
    web address, or what holds a user name or password: those belong into their own settings.
    """
    address = "".join(typed.split())
    if "://" not in address:
        address = f"https://{address}"
    try:
        url = URL(address)
        host, port = url.host, url.port
    except ValueError, UnicodeError:
        raise LockerConnectionError("The server address is not a web address") from None
    if url.scheme not in {"http", "https"} or not host or not port:
        raise LockerConnectionError("The server address is not a web address")
    if url.user is not None or url.password is not None:
        raise LockerConnectionError("The server address must not hold a user name or password")
    return url.with_path(url.path.rstrip("/"))


def place(url: URL) -> str:
    """Return what may be said of an address in messages and logs: host and port, no path and no query."""
    port = "" if url.is_default_port() else f":{url.port}"
    return f"{url.host}{port}"
