"""The server's own address, as its clients reach it."""

import logging
import re

from aiohttp import web
from yarl import URL

LOGGER = logging.getLogger(__name__)

_HOST = re.compile(r"(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?", re.ASCII)


def origin(request: web.Request) -> str:
    """Return the server's URL as the client calls it, or its own address where that is no URL."""
    host = request.host.rpartition("@")[2]
    if _HOST.fullmatch(host):
        try:
            return str(URL(f"{request.scheme}://{host}").origin())
        except ValueError:  # brackets without an address in them, a port that is too high
            LOGGER.debug("A client called the server by no name")
    name = request.transport.get_extra_info("sockname") if request.transport else None
    address, port = (name[0], name[1]) if name else ("127.0.0.1", 80)
    return str(URL.build(scheme=request.scheme, host=address, port=port))
