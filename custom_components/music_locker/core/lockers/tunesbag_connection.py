"""How tunesBag is called: the keys that every call carries, log-in, bounded requests, and answers in XML or JSON.

Everything is sent by POST, as the document recommends ("Request formats"): so application key, remote key and password
stand in no address. The service has no sessions: every call carries the keys, and a refusal is checked once against
user/checkaccess before it counts.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from ..errors import AuthenticationError, NotFound, ServiceError, SessionExpired, Unavailable
from . import tunesbag_links as links
from . import tunesbag_parse as parse
from .addresses import base_url
from .hiding import hidden
from .sessions import SessionKeeper
from .web import MEBIBYTE, Answer, Request, Retry, Web

_SHORT_ANSWER = 4 * MEBIBYTE
_LIST_ANSWER = 96 * MEBIBYTE  # a whole library comes at once
_SHORT_SECONDS = 30
_LONG_SECONDS = 300
_LONGEST_PARSED_IN_LOOP = 64 * 1024
_LISTS = frozenset({"items/get", "sets/set/getitems", "misc/check/albumcovers"})

type Parser[Result] = Callable[[bytes, int, Mapping[str, str]], Result]
type Value = str | int | bool | None


class Format(StrEnum):
    """Name a form of answers."""

    XML = "XML"
    JSON = "JSON"


@dataclass(frozen=True, slots=True)
class Identity:
    """Tell who is logged in, and the key of the user's default library."""

    user: str
    name: str
    library: str


@dataclass(frozen=True, slots=True)
class File:
    """Describe a file of a form; ``content`` is called anew for every attempt."""

    field: str
    name: str
    mime_type: str
    content: Callable[[], bytes | AsyncIterator[bytes]]


class TunesbagConnection:
    """Call tunesBag for one account; every method raises LockerError's classes only."""

    def __init__(
        self,
        settings: Mapping[str, str],
        session: aiohttp.ClientSession,
        retry: Retry | None = None,
        answers: Format = Format.JSON,
    ) -> None:
        """Keep the settings: url, username, app_key, and remote_key or password; ``answers`` is what is asked for."""
        self._settings = settings
        self.web = Web(session, retry)
        self._format = answers
        self._keeper = SessionKeeper(self._log_in)
        self._identity: Identity | None = None

    @property
    def base(self) -> URL:
        """Return the service's address; raise LockerConnectionError for what is none."""
        return base_url(self._settings.get("url", ""))

    @property
    def user_name(self) -> str:
        """Return the name of the user, as it was typed."""
        return self._settings.get("username", "")

    async def log_in(self) -> Identity:
        """Check the keys anew and tell whose they are; raise AuthenticationError."""
        return await self._keeper.renew()

    async def identity(self) -> Identity:
        """Return who is logged in, after a log-in where there was none."""
        return self._identity or await self._keeper.renew()

    async def close(self) -> None:
        """End a log-in that is under way."""
        await self._keeper.close()

    async def ping(self, return_code: int | None = None) -> None:
        """Call test/ping, for which the application key is enough; ``return_code`` asks for that error."""
        fields = {"appkey": self._settings.get("app_key"), "returnCode": return_code}
        with self.hiding():
            await self._ask("test/ping", parse.parse_nothing, fields)

    async def ask[Result](self, method: str, read: Parser[Result], **fields: Value) -> Result:
        """Call a function that changes nothing; what gets no answer is asked again."""
        return await self.send(method, read, fields)

    async def change[Result](self, method: str, read: Parser[Result], **fields: Value) -> Result:
        """Call a function that changes something: once."""
        return await self.send(method, read, fields, once=True)

    async def send[Result](
        self,
        method: str,
        read: Parser[Result],
        fields: Mapping[str, Value],
        *,
        once: bool = False,
        file: File | None = None,
    ) -> Result:
        """Call a function for the user, ``once`` where it changes something, with a file where it takes one.

        A refusal is checked once by a new log-in.
        """

        async def attempt(_identity: Identity) -> Result:
            return await self._ask(method, read, {**self._keys(), **fields}, once=once, file=file)

        with self.hiding():
            return await self._keeper.use(attempt)

    async def _ask[Result](
        self,
        method: str,
        read: Parser[Result],
        fields: Mapping[str, Value],
        *,
        once: bool = False,
        file: File | None = None,
    ) -> Result:
        """Send one request and read its answer."""
        url = links.api(self.base, method)
        sent = {
            name: text for name, value in {**fields, "format": self._format.value}.items() if (text := _text(value))
        }
        long = method in _LISTS or file is not None
        limit, seconds = (_LIST_ANSWER, _LONG_SECONDS) if long else (_SHORT_ANSWER, _SHORT_SECONDS)

        def make() -> Request:
            if file is not None:
                return Request("POST", url, body=_form(sent, file))
            headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
            return Request("POST", url, headers, urlencode(sent, errors="replace").encode())

        if once:
            answer = await self.web.send(make(), limit=limit, seconds=seconds)
        else:
            answer = await self.web.ask(make, limit=limit, seconds=seconds)
        return await _parsed(read, answer)

    async def _log_in(self) -> Identity:
        """Check the keys, and ask whose they are."""
        keys = self._keys()
        keyed = "password" if self._settings.get("password") else "remote_key"
        if not self._settings.get(keyed):
            raise AuthenticationError("A remote key is missing", setting="remote_key")
        with self.hiding():
            try:
                user_key = await self._ask("user/checkaccess", parse.parse_user_key, keys)
                user = await self._ask("user/info", parse.parse_user, keys)
            except (SessionExpired, Unavailable) as error:
                raise AuthenticationError(
                    str(error), setting=keyed, code=error.code, request_id=error.request_id
                ) from None
            except NotFound as error:
                raise AuthenticationError(
                    str(error), setting="username", code=error.code, request_id=error.request_id
                ) from None
        key = user.key or user_key or user.library
        if key is None or user.library is None:
            raise ServiceError("The service's answer has no user")
        name = " ".join(filter(None, (user.first_name, user.surname))) or self._settings.get("username", "")
        self._identity = Identity(key, name or key, user.library)
        return self._identity

    def _keys(self) -> dict[str, Value]:
        """Return what every call carries: the MD5 of the password in place of the remote key, where one is given."""
        keys: dict[str, Value] = {"appkey": self._settings.get("app_key"), "username": self._settings.get("username")}
        if password := self._settings.get("password"):
            return {**keys, "Hashpassword": _md5(password)}
        return {**keys, "remotekey": self._settings.get("remote_key")}

    def hiding(self, *more: str) -> AbstractContextManager[None]:
        """Take every secret out of the texts of errors."""
        password = self._settings.get("password")
        secrets = (password, password and _md5(password), self._settings.get("remote_key"))
        return hidden((*secrets, self._settings.get("app_key"), *more))


def _md5(password: str) -> str:
    return hashlib.md5(password.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def _text(value: Value) -> str:
    """Return how a value is sent; what is empty is left out."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _form(fields: Mapping[str, str], file: File) -> aiohttp.FormData:
    """Return a form with a file."""
    form = aiohttp.FormData(default_to_multipart=True)
    for key, text in fields.items():
        form.add_field(key, _written(text))
    form.add_field(file.field, file.content(), filename=_written(file.name), content_type=file.mime_type)
    return form


def _written(text: str) -> str:
    """Return a text without halves of UTF-16 pairs, which cannot be sent."""
    return text.encode("utf-8", "replace").decode()


async def _parsed[Result](read: Parser[Result], answer: Answer) -> Result:
    """Read an answer, a long one beside the event loop."""
    reading = partial(read, answer.body, answer.status, answer.headers)
    return reading() if len(answer.body) <= _LONGEST_PARSED_IN_LOOP else await asyncio.to_thread(reading)
