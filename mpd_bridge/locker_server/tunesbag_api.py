"""The methods of /api/rest/: checks, dispatch, and the form of the answers."""

import asyncio
import logging
import re
import sqlite3
from collections.abc import Mapping

from aiohttp import ClientError, hdrs, web

from .accounts import Account
from .tunesbag_call import Call, Fields, Form
from .tunesbag_errors import RETRY_AFTER, SHORT_NUMBERS, CallError, Fault, unavailable
from .tunesbag_form import FileField, read_form
from .tunesbag_gate import Gate
from .tunesbag_keys import new_key
from .tunesbag_method import PLAIN, Access, Method
from .tunesbag_rss import to_rss
from .tunesbag_site import Site
from .tunesbag_writer import JsonForm, Value, to_xml

LOGGER = logging.getLogger(__name__)

UNKNOWN = "unknown"
_VERBS = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_POST})
_CALLBACK = re.compile(r"[A-Za-z_$][\w$.]{0,99}", re.ASCII)
_CREDENTIALS = frozenset({"appkey", "username"})
_FORMATS = frozenset({"XML", "JSON", "RSS"})


class Api:
    """Answer /api/rest/<method>."""

    def __init__(self, site: Site, gate: Gate, methods: Mapping[str, Method]) -> None:
        """Keep what the methods work on."""
        self._site = site
        self._gate = gate
        self._methods = methods

    def name(self, path: str) -> str:
        """Return the method that a path names, or "unknown"; slashes at its ends and case do not matter."""
        name = re.sub("/+", "/", path).strip("/").lower()
        return name if name in self._methods else UNKNOWN

    async def handle(self, name: str, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        if request.method not in _VERBS:
            raise web.HTTPMethodNotAllowed(request.method, _VERBS)
        form = Form({key.lower(): value for key, value in request.query.items()})
        try:
            method = self._methods.get(name)
            if method is None:
                return await asyncio.to_thread(self._failure, form, CallError(Fault.UNKNOWN_REQUEST, status=404))
            return await self._answer(name, method, request)
        except CallError as error:
            return await asyncio.to_thread(self._failure, form, error)
        except (ConnectionError, ClientError) as error:
            LOGGER.debug("The client of %s left: %s", name, type(error).__name__)
            raise
        except OSError as error:
            LOGGER.error("%s failed: %s", name, error.strerror)  # noqa: TRY400 - the reason says it all
        except sqlite3.Error as error:
            LOGGER.error("%s could not use the index: %s", name, error)  # noqa: TRY400 - the reason says it all
        return await asyncio.to_thread(self._failure, form, CallError(Fault.SERVER, status=500))

    async def _answer(self, name: str, method: Method, request: web.Request) -> web.StreamResponse:
        if method.file is not None and (
            request.method != hdrs.METH_POST or request.content_type != "multipart/form-data"
        ):
            raise CallError(Fault.GENERAL, f"{name} must be sent by POST as multipart/form-data")
        file = None
        if method.file is not None:
            self._check_running(method)
            folder = await self._site.locker.upload_folder() if method.changes else self._site.state
            file = FileField(method.file, folder, method.limit)

        async def check(parameters: Mapping[str, str]) -> None:
            """Refuse a file before it is sent, where the credentials came before it."""
            if method.changes and parameters.keys() >= _CREDENTIALS:
                await self._caller(method, Form(parameters), "XML")

        async with read_form(request, file, check) as form:
            try:
                return await self._carry_out(method, request, form)
            except CallError as error:
                return await asyncio.to_thread(self._failure, form, error)

    async def _carry_out(self, method: Method, request: web.Request, form: Form) -> web.StreamResponse:
        wanted = form.parameters.get("format", "").strip().upper() or "XML"
        if wanted not in _FORMATS or (wanted == "RSS" and not method.rss):
            return web.Response(text=f"unsupported format {wanted[:20]}", headers={hdrs.CACHE_CONTROL: "no-cache"})
        caller = await self._caller(method, form, wanted)
        if method.changes:
            self._check_running(method)
            if caller is not None and caller.read_only:
                raise CallError(Fault.DENIED)
        if caller is not None:
            self._site.see(caller)
        fields = await method.handler(Call(request, form, caller))
        if isinstance(fields, web.StreamResponse):
            return fields
        if wanted == "RSS":
            text = await asyncio.to_thread(to_rss, fields, self._site.base(request))
            return web.Response(text=text, content_type="application/rss+xml", charset="utf-8")
        return await asyncio.to_thread(self._success, form, method, fields)

    def _check_running(self, method: Method) -> None:
        if method.changes and self._site.maintenance:
            raise unavailable()

    async def _caller(self, method: Method, form: Form, wanted: str) -> Account | None:
        is_feed = wanted == "RSS" and method.access is Access.PUBLIC_FEED and self._site.options.public_feeds
        if is_feed and form.parameters.get("feedusername", "").strip():
            return None
        if method.access is Access.APPLICATION:
            self._gate.check_app(form)
            return None
        return await self._gate.check_user(form)

    def _success(self, form: Form, method: Method, fields: Fields) -> web.Response:
        defaults: dict[str, Value] = {"requestkey": new_key(), "errormessage": "", "error": 0, "result": True}
        if not self._site.options.result_everywhere and "result" not in method.order:
            del defaults["result"]
        answer = defaults | dict(fields)
        first = {name: answer[name] for name in method.order if name in answer}
        return self._written(form, first | answer, 200)

    def _failure(self, form: Form, error: CallError) -> web.Response:
        number = int(error.fault)
        if self._site.options.short_codes:
            number = SHORT_NUMBERS.get(error.fault, number)
        answer: dict[str, Value] = {
            "requestkey": new_key(),
            "errormessage": error.message,
            "error": number,
            "result": False,
        }
        return self._written(form, {name: answer[name] for name in PLAIN}, error.status)

    def _written(self, form: Form, answer: Mapping[str, Value], status: int) -> web.Response:
        headers = {hdrs.CACHE_CONTROL: "no-cache"}
        if status == 503:  # noqa: PLR2004 - HTTP
            headers[hdrs.RETRY_AFTER] = str(RETRY_AFTER)
        if form.parameters.get("format", "").strip().upper() == "JSON":
            options = self._site.options
            text = JsonForm(options.json_objects, options.english_months).write(answer)
            callback = form.parameters.get("callback", "")
            text = f"{callback}({text});" if _CALLBACK.fullmatch(callback) else text
            kind = "application/javascript"
        else:
            text, kind = to_xml(answer), "text/xml"
        return web.Response(status=status, text=text, content_type=kind, charset="utf-8", headers=headers)
