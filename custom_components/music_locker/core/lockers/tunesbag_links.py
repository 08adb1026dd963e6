"""The addresses of tunesBag's pages, pictures and files.

Sources: seed 002 "Sets", "Check album cover images", "Common links in the system".
"""

from typing import Final
from urllib.parse import quote, unquote

from yarl import URL

from .addresses import base_url

SET_IMAGE_SIZES: Final = (48, 120, 300)


def api(base: URL, method: str) -> URL:
    """Return the address of a function: all lie below ``/api/rest/``."""
    return base.joinpath("api", "rest", *method.split("/"))


def key_page(url: str, app_key: str) -> URL:
    """Return the page at which a user copies the remote key for an application ("The user needs to confirm")."""
    return (base_url(url) / "rd/api/requestremotekey/").with_query(appkey=app_key)


def located(base: URL, location: str) -> URL | None:
    """Return where a location leads, which may be relative, or None for what is no web address.

    A service that was typed as https is not left for http: the ticket would be sent in the clear.
    """
    try:
        url = base.join(URL(location, encoded=True))
        if url.scheme not in {"http", "https"} or not url.host or not url.port:
            return None
        if base.scheme == "https" and url.scheme == "http":
            url = url.with_scheme("https").with_port(None if url.is_default_port() else url.port)
    except ValueError, UnicodeError:
        return None
    return url


def cover_id(artist: str, album: str) -> str:
    """Return the id of an album's cover; names may hold any letter."""
    return f"{quote(artist, safe='')}|{quote(album, safe='')}"


def cover_path(artwork_id: str) -> str | None:
    """Return the path of a cover, ``/res/images/album_images/<artist>/<album>.jpg``, or None for what is no id."""
    artist, _, album = artwork_id.partition("|")
    names = [unquote(name) for name in (artist, album)]
    if not all(names) or cover_id(*names) != artwork_id or names[0] in {".", ".."}:
        return None
    return f"/res/images/album_images/{artist}/{album}.jpg"


def set_image_path(key: str, size: int = 300) -> str:
    """Return the path of a playlist's own picture, for a playlist that has one, of 48, 120 or 300 pixels."""
    return f"/res/images/playlist_images/{quote(key[-3:], safe='')}/{quote(key, safe='')}.{size}.jpg"


def user_image_path(user_name: str, *, small: bool = False) -> str:
    """Return the path of a user's picture."""
    size = "small" if small else "big"
    return f"/res/images/profile_images/{quote(user_name[:3], safe='')}/{quote(user_name, safe='')}_{size}.jpg"


def at(base: URL, path: str) -> URL:
    """Return the address of a path of the service, which is quoted already."""
    return URL(f"{base}{path}", encoded=True)


def artist_page(base: URL, artist: str) -> URL:
    """Return the page about an artist."""
    return at(base, f"/music/{quote(artist, safe='')}")


def user_page(base: URL, user_name: str) -> URL:
    """Return the page of a user."""
    return at(base, f"/user/{quote(user_name, safe='')}")
