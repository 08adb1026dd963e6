"""7digital as a part of the locker server."""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial

from aiohttp import ClientError, hdrs, web

from .accounts import Account
from .origin import origin
from .part import Serve, Shared
from .sevendigital_answers import Answers
from .sevendigital_errors import CallError, ErrorCode, OAuthFault, RateLimitedError
from .sevendigital_gate import LIMITS, Gate
from .sevendigital_locker import LockerListing
from .sevendigital_login import Login
from .sevendigital_media import Delivery
from .sevendigital_options import SevendigitalOptions
from .sevendigital_store import Consumer, SevendigitalStore

LOGGER = logging.getLogger(__name__)

type _Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class SevendigitalPart:
    """Answer /1.2, /stream, /media and /static, and the user's page of authorisation."""

    def __init__(self, shared: Shared, options: SevendigitalOptions) -> None:
        """Put the service together; its file is opened when it is first used."""
        self.maintenance = False
        self.store = SevendigitalStore(shared.state)
        self._shared = shared
        self._options = options
        self._answers = Answers(options)
        self._gate = Gate(shared, self.store, options)
        self._listing = LockerListing(shared.locker, self.store, options)
        self._login = Login(shared, self.store, self._gate, options)
        self._delivery = Delivery(shared.locker, self.store, self._listing, options)

    def add_consumer(self, key: str | None = None, secret: str | None = None, *, managed: bool = True) -> Consumer:
        """Make a consumer, or give one another secret; a managed one may name any account as its user.

        It blocks for a moment, as all of these do, and works without a running server. Raise ValueError, OSError.
        """
        return self.store.add_consumer(key, secret, managed=managed)

    def token(self, user: str, consumer: Consumer | str) -> tuple[str, str]:
        """Return a new token and its secret, as if the user had allowed it; raise ValueError for who is unknown."""
        account = self._shared.accounts.get(user)
        if account is None:
            raise ValueError(f"there is no account {user!r}")
        made = self.store.add_token(account.user, consumer.key if isinstance(consumer, Consumer) else consumer)
        return made.token, made.secret

    def user_id(self, user: str) -> int:
        """Return the number of an account, for ``userId``; raise ValueError for who is unknown."""
        account = self._shared.accounts.get(user)
        if account is None:
            raise ValueError(f"there is no account {user!r}")
        return self.store.user_id(account.user)

    def revoke(self, user: str) -> int:
        """Take back every token of a user; return how many there were."""
        return self.store.revoke(user)

    def withdraw(self, release_id: int, *, withdrawn: bool = True) -> None:
        """Let a release be no longer available, or available again."""
        self.store.withdraw(release_id, withdrawn=withdrawn)

    def set_remaining(self, user: str, track_id: int, remaining: int) -> None:
        """Let a user download a track so many times more."""
        self.store.set_remaining(user, track_id, remaining)

    async def open(self) -> None:
        """Open the file, and forget the tokens of who is gone; raise OSError, sqlite3.Error."""
        await asyncio.to_thread(self._forget_gone, self._shared.accounts.names())

    def _forget_gone(self, accounts: Mapping[str, Account]) -> None:
        for name in self.store.token_accounts() - accounts.keys():
            self.store.revoke(name)

    async def close(self) -> None:
        """Close the file."""
        await asyncio.to_thread(self.store.close)

    def accounts_changed(self, before: Mapping[str, Account], now: Mapping[str, Account]) -> None:
        """Do nothing: a token of who is gone is refused, and is forgotten at the next start."""

    def expire_sessions(self) -> None:
        """End what waits for users' permission; their tokens have no end."""
        self._login.forget()

    def routes(self, serve: Serve) -> Iterable[web.RouteDef]:
        """Return the routes of the service's four hosts."""

        def route(path: str, method: str, answer: _Answer, verb: str = hdrs.METH_GET) -> web.RouteDef:
            async def handle(request: web.Request) -> web.StreamResponse:
                return await serve(method, request, answer)

            return web.get(path, handle) if verb == hdrs.METH_GET else web.route(verb, path, handle)

        yield route("/1.2/user/locker{slash:/*}", "user/locker", self._user_locker)
        yield route("/stream/locker{slash:/*}", "stream/locker", self._stream)
        yield route("/media/user/downloadtrack{slash:/*}", "media/user/downloadtrack", self._download)
        yield route(
            r"/static/img/sleeveart/{folders:[\d/]+}/{release:\d{1,10}}_{size:\d{1,4}}.jpg", "static", self._picture
        )

        for verb in (hdrs.METH_GET, hdrs.METH_POST):
            steps = {"requesttoken": self._login.request_token, "accesstoken": self._login.access_token}
            for step, answer in steps.items():
                yield route(f"/1.2/oauth/{step}{{slash:/*}}", f"oauth/{step}", partial(self._text, answer), verb)
        page = r"/{consumer:[A-Za-z0-9]+}/oauth/authorise{slash:/*}"
        yield route(page, "oauth/authorise", self._login.page)
        yield route(page, "oauth/authorise", self._login.answer, hdrs.METH_POST)

    async def _text(self, answer: _Answer, request: web.Request) -> web.StreamResponse:
        return await self._guarded(partial(answer, request), request, partial(self._answers.error, request))

    def _origin(self, request: web.Request) -> str:
        return self._options.base_url or origin(request)

    async def _user_locker(self, request: web.Request) -> web.StreamResponse:
        async def answer() -> web.StreamResponse:
            call = await self._gate.call(request)
            page = await self._listing.answer(call, self._origin(request), xml=self._answers.is_xml(request))
            return await asyncio.to_thread(self._answers.ok, request, page)

        return await self._guarded(answer, request, partial(self._answers.error, request))

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        async def send() -> web.StreamResponse:
            return await self._delivery.stream(await self._gate.call(request), request)

        return await self._guarded(send, request, self._answers.page)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        async def send() -> web.StreamResponse:
            return await self._delivery.download(await self._gate.call(request), request, self._shared.clock())

        return await self._guarded(send, request, self._answers.page)

    async def _picture(self, request: web.Request) -> web.StreamResponse:
        async def send() -> web.StreamResponse:
            return await self._delivery.picture(int(request.match_info["release"]), int(request.match_info["size"]))

        return await self._guarded(send, request, self._answers.page)

    async def _guarded(
        self,
        answer: Callable[[], Awaitable[web.StreamResponse]],
        request: web.Request,
        failed: Callable[[CallError], web.Response],
    ) -> web.StreamResponse:
        """Answer, or tell in the service's forms why not."""
        try:
            response = await answer()
        except OAuthFault as fault:
            response = self._answers.refused(fault)
        except RateLimitedError as limited:
            response = self._answers.too_many(limited)
        except CallError as error:
            response = failed(error)
        except ConnectionError, ClientError:
            raise  # the client has left
        except (OSError, sqlite3.Error) as error:
            response = failed(_internal(error))
        if not response.prepared:
            response.headers.update(request.get(LIMITS, {}))
        return response


def _internal(error: OSError | sqlite3.Error) -> CallError:
    LOGGER.error("A call failed: %s", error.strerror if isinstance(error, OSError) else error)
    return CallError(ErrorCode.INTERNAL, "Unexpected internal server error")
