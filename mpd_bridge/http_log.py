"""The log of our HTTP servers: one line for a request that cannot be read, without what it said.

aiohttp shows the beginning of such a request, and addresses hold keys, sessions and tokens.
"""

import logging
from typing import override

from aiohttp.http import HttpProcessingError
from aiohttp.web_protocol import RequestPayloadError

UNREADABLE = (HttpProcessingError, RequestPayloadError)
"""What aiohttp raises for a request that is none, or whose body is not what its headers say."""

HTTP_LOGGER = logging.getLogger(f"{__name__}.requests")
"""For ``web.AppRunner(logger=...)``."""


class _Unreadable(logging.Filter):
    @override
    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, UNREADABLE):
            record.msg, record.args = "A request could not be read: %s", (type(error).__name__,)
            record.exc_info = record.exc_text = None
            record.levelno, record.levelname = logging.WARNING, logging.getLevelName(logging.WARNING)
        return True


HTTP_LOGGER.addFilter(_Unreadable())
