"""Keep the tokens of our addresses out of Home Assistant's logs.

Who has the address of a stream hears the track, so only the speaker is to know it; where a service leads the browser
back to, the address holds what lets us in. Home Assistant writes the paths of requests, and at debug level every event
and every message to a browser, into its logs.
"""

import logging
import re
from typing import Final, override

from .const import ARTWORK_URL, AUTHORISED_URL, LIVE_URL, STREAM_URL

_LOGGERS: Final = (
    "aiohttp.access",
    "homeassistant.components.http.ban",
    "homeassistant.components.http.security_filter",
    "homeassistant.components.websocket_api.http.connection",
    "homeassistant.core",
    "homeassistant.helpers.http",
)
_PREFIXES: Final = tuple(url.partition("{token}")[0] for url in (STREAM_URL, LIVE_URL, ARTWORK_URL))
_TOKEN: Final = re.compile(rf"({'|'.join(map(re.escape, _PREFIXES))})[^/\s\"'?&]+")
_AUTHORISED: Final = AUTHORISED_URL.partition("{state}")[0]
_ANSWER: Final = re.compile(rf"({re.escape(_AUTHORISED)})[^\s\"']+")


def redacted(text: str) -> str:
    """Return a text without the tokens of our addresses."""
    return _ANSWER.sub(r"\1***", _TOKEN.sub(r"\1***", text))


class _Redaction(logging.Filter):
    """Take the tokens out of what is logged; nothing is held back."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if any(prefix in message for prefix in (*_PREFIXES, _AUTHORISED)):
            record.msg, record.args = redacted(message), None
        return True


_REDACTION: Final = _Redaction()


def redact_logs() -> None:
    """Let no logger that writes addresses write our tokens; once is enough."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_REDACTION)
