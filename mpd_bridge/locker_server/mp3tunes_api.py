"""The API methods of MP3tunes, /api/v0 and /api/v1: checks, dispatch, and the form of the answers."""

import asyncio
import logging
import re
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from aiohttp import hdrs, web
from aiohttp.http import HttpProcessingError

from . import mp3tunes_v0, mp3tunes_v1
from .accounts import Account, Accounts, password_digest
from .accounts_file import account_key
from .locker import Locker
from .mp3tunes_call import Call, Links
from .mp3tunes_errors import RETRY_AFTER, CallError, StorageFault, invalid_parameter, not_logged_in
from .mp3tunes_gate import Gate
from .mp3tunes_options import Mp3tunesOptions
from .mp3tunes_playlists import EDITS
from .mp3tunes_writer import Value, to_dump, to_json, to_xml
from .sessions import SessionOverError, Sessions, UnknownSessionError

LOGGER = logging.getLogger(__name__)

METHODS = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_POST})
_CALLBACK = re.compile(r"[A-Za-z_$][\w$.]{0,99}", re.ASCII)
_NOT_AN_ADDRESS = "The provided email address is not properly formatted"
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_LAST_UPDATE_TYPES = {"locker", "playlist", "preferences"}

type Method = Callable[[Call], Awaitable[Value]]


@dataclass(frozen=True, slots=True)
class _Answer:
    value: Value
    status: int = 200


class Api:
    """Answer /api/v0/<method> and /api/v1/<method>."""

    def __init__(
        self, locker: Locker, accounts: Accounts, sessions: Sessions, gate: Gate, options: Mp3tunesOptions
    ) -> None:
        """Keep what the methods work on."""
        self.maintenance = False
        self._locker = locker
        self._accounts = accounts
        self._sessions = sessions
        self._gate = gate
        self._options = options
        self._editing = asyncio.Lock()
        self._methods: Mapping[int, Mapping[str, Method]] = {
            0: {"accountdata": self._account_data_v0, "lockerdata": self._locker_data_v0},
            1: {
                "accountdata": self._account_data_v1,
                "lockerdata": self._locker_data_v1,
                "lockersearch": self._locker_search,
                "lastupdate": self._last_update,
            },
        }

    async def handle(self, version: int, method: str, request: web.Request) -> web.Response:
        """Answer one request; ``method`` is in lower case."""
        if request.method not in METHODS:
            raise web.HTTPMethodNotAllowed(request.method, METHODS)
        parameters = await _parameters(request)
        try:
            answer = await self._answer(version, method, parameters, request)
        except CallError as error:
            answer = _Answer(_fault(version, error), self._status(error))
        except OSError as error:
            LOGGER.error("%s could not write: %s", method, error.strerror)  # noqa: TRY400 - the reason says it all
            answer = _storage_fault(version)
        except sqlite3.Error as error:
            LOGGER.error("%s could not use the index: %s", method, error)  # noqa: TRY400 - the reason says it all
            answer = _storage_fault(version)
        return await asyncio.to_thread(_response, version, parameters, answer)

    def _status(self, error: CallError) -> int:
        if self._options.http_errors and error.code is not None and error.code // 1000 == 401:  # noqa: PLR2004 - HTTP
            return 401
        return error.status

    async def _answer(self, version: int, method: str, parameters: Mapping[str, str], request: web.Request) -> _Answer:
        bases = self._gate.bases(request)
        links = Links(bases.storage, parameters.get("sid", ""))
        is_login = method in {"login", "logout"}
        if not self._gate.is_on_host(request, bases.authentication if is_login else bases.general):
            raise CallError(f"{method} is not on this server", status=404)
        if version not in self._options.versions:
            raise CallError("Unknown version", status=404)
        if method == "login":
            return _Answer(await self._login(parameters))
        if method not in self._known(version):
            raise CallError("Unknown method", status=404)
        self._check_token(parameters)
        if method == "lockerstats":
            return _Answer(await self._locker_stats(Call(parameters, links)))
        account = self._account(parameters.get("sid", ""))
        if method == "logout":
            self._sessions.close(parameters.get("sid", ""))
            return _Answer({"status": 1, "errorMessage": None})
        call = Call(parameters, links, account)
        if method in EDITS:
            self._check_right(account)
            async with self._editing:  # each works on what the one before has left
                return _Answer(await EDITS[method](self._locker, call))
        return _Answer(await self._methods[version][method](call))

    def _known(self, version: int) -> set[str]:
        later = {"logout", "lockerstats", *EDITS} if version else set()
        return {*self._methods[version], *later}

    def _check_token(self, parameters: Mapping[str, str], *, optional: bool = True) -> None:
        token = parameters.get("partner_token", "")
        if not token and optional and self._options.partner_token_optional:
            return
        if not self._gate.token_is_good(token):
            raise CallError("The partner_token input parameter failed validation.", StorageFault.PARTNER_TOKEN)

    def _account(self, sid: str) -> Account:
        try:
            return self._gate.account(sid)
        except SessionOverError, UnknownSessionError, LookupError:
            raise not_logged_in() from None

    def _check_right(self, account: Account) -> None:
        if account.read_only:
            raise CallError(StorageFault.NOT_AUTHORIZED.text, StorageFault.NOT_AUTHORIZED)
        if self.maintenance:
            fault = StorageFault.UNAVAILABLE
            raise CallError(fault.text, fault, fault.status)

    async def _login(self, parameters: Mapping[str, str]) -> Value:
        """Return login; raise CallError for a wrong token (Examples 2.1, 2.3 and 1.2)."""
        user = parameters.get("username", "").strip()
        if not user or (self._accounts.names_are_addresses and not _ADDRESS.fullmatch(user)):
            return {"status": 0, "session_id": None, "errorMessage": _NOT_AN_ADDRESS}
        self._check_token(parameters, optional=False)
        digest = password_digest(parameters.get("password", ""))
        account = await asyncio.to_thread(self._accounts.check, user, digest)
        if account is None or self._accounts.get(account.user) != account:  # it may have changed in the meantime
            return {"status": 0, "session_id": None, "errorMessage": "Login failed"}
        return {
            "status": 1,
            "session_id": self._sessions.open(account.user),
            "username": account.user,
            "errorMessage": None,
        }

    async def _account_data_v0(self, call: Call) -> Value:
        return mp3tunes_v0.account_data(_caller(call))

    async def _account_data_v1(self, call: Call) -> Value:
        account = _caller(call)
        if account.quota is None:
            used = (await self._locker.catalog(call.folder)).size
        else:
            used = await self._locker.used(account_key(account.user))
        return mp3tunes_v1.account_data(account, used, self._options)

    async def _locker_data_v0(self, call: Call) -> Value:
        catalog = await self._locker.catalog(call.folder)
        return await asyncio.to_thread(mp3tunes_v0.locker_data, catalog, call)

    async def _locker_data_v1(self, call: Call) -> Value:
        catalog = await self._locker.catalog(call.folder)
        plays = await self._locker.plays(call.folder) if call.parameters.get("playlist_id") == "RECENTLY_PLAYED" else ()
        return await asyncio.to_thread(mp3tunes_v1.locker_data, catalog, plays, call)

    async def _locker_search(self, call: Call) -> Value:
        return await asyncio.to_thread(mp3tunes_v1.locker_search, await self._locker.catalog(call.folder), call)

    async def _locker_stats(self, call: Call) -> Value:
        if (account := self._accounts.get(call.text("user"))) is None:
            raise invalid_parameter("user")
        catalog, plays = await self._locker.catalog(account.folder), await self._locker.plays(account.folder)
        return mp3tunes_v1.locker_stats(catalog, plays, call)

    async def _last_update(self, call: Call) -> Value:
        kind = call.text("type").lower()
        if kind not in _LAST_UPDATE_TYPES:
            raise invalid_parameter("type")
        return {"status": 1, "timestamp": await self._locker.last_change(kind)}


def _caller(call: Call) -> Account:
    if call.account is None:
        raise not_logged_in()
    return call.account


async def _parameters(request: web.Request) -> Mapping[str, str]:
    """Return the parameters of the query, and of a form behind them; raise aiohttp's errors for a form that is none."""
    parameters = {name: request.query[name] for name in request.query}
    if request.method != hdrs.METH_POST:
        return parameters
    try:
        form = await request.post()
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        "".join(fields.values()).encode()  # a charset of the client's choice may have made what is no text
    except (ValueError, LookupError, HttpProcessingError) as error:
        raise web.HTTPBadRequest(text="The form cannot be read.") from error
    return fields | parameters


def _storage_fault(version: int) -> _Answer:
    fault = StorageFault.STORAGE
    return _Answer(_fault(version, CallError(fault.text, fault)), fault.status)


def _fault(version: int, error: CallError) -> Value:
    if version == 0 or error.code is None:
        return {"status": 0, "errorMessage": error.message}
    return {"status": 0, "errorCode": int(error.code), "errorMessage": error.message}


def _response(version: int, parameters: Mapping[str, str], answer: _Answer) -> web.Response:
    headers = {hdrs.CACHE_CONTROL: "no-store"}
    if answer.status == StorageFault.UNAVAILABLE.status:
        headers[hdrs.RETRY_AFTER] = str(RETRY_AFTER)
    if parameters.get("output", "").lower() == "xml":
        text, kind = to_xml(answer.value), "text/xml"
    else:
        text, kind = _json_text(version, parameters, answer.value)
    return web.Response(status=answer.status, text=text, content_type=kind, charset="utf-8", headers=headers)


def _json_text(version: int, parameters: Mapping[str, str], value: Value) -> tuple[str, str]:
    text = to_json(value)
    if parameters.get("debug") == "1":
        return f"{text}\n{to_dump(value)}\n", "text/plain"
    callback = parameters.get("callback", "")
    if version and _CALLBACK.fullmatch(callback):
        return f"{callback}({text});", "application/javascript"
    return text, "application/json"
