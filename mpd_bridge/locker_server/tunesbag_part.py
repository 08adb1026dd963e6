"""tunesBag as a part of the locker server."""

import asyncio
import logging
from collections.abc import Iterable, Mapping

from aiohttp import web

from .accounts import Account
from .accounts_file import account_key
from .part import Handler, Serve, Shared
from .tunesbag_api import Api
from .tunesbag_delivery import Deliveries
from .tunesbag_dynamic import Dynamic
from .tunesbag_gate import Gate
from .tunesbag_items import Items
from .tunesbag_letters import Letters
from .tunesbag_libraries import DEFAULT, Libraries, library_key
from .tunesbag_news import News
from .tunesbag_options import TunesbagOptions
from .tunesbag_page import RemoteKeyPage
from .tunesbag_pictures import Pictures
from .tunesbag_sets import Sets
from .tunesbag_site import Site, user_key
from .tunesbag_social import Social
from .tunesbag_uploads import Uploads
from .tunesbag_users import Users

LOGGER = logging.getLogger(__name__)


class TunesbagPart:
    """Answer /api/rest, /deliver, /res/images and /rd/api/requestremotekey."""

    def __init__(self, shared: Shared, options: TunesbagOptions) -> None:
        """Make the service; raise OSError, and ValueError for a damaged file of keys and friends."""
        self._site = site = Site(shared, options)
        libraries = Libraries(site)
        news = News(site)
        self._deliveries = Deliveries(site, libraries)
        sets = Sets(site, libraries, Dynamic(site, libraries), news)
        self._pictures = Pictures(site, libraries, sets)
        letters = Letters(site)
        groups = (
            Uploads(site, libraries, letters),
            letters,
            Social(site, libraries, sets, news),
            Items(site, libraries, news),
            sets,
            Users(site, libraries, sets),
            self._deliveries,
            self._pictures,
            news,
        )
        gate = Gate(site)
        methods = {name: method for group in groups for name, method in group.methods().items()}
        self.methods = frozenset(methods)
        self._api = Api(site, gate, methods)
        self._page = RemoteKeyPage(site, gate)

    @property
    def maintenance(self) -> bool:
        """Tell whether changing is answered with 503."""
        return self._site.maintenance

    @maintenance.setter
    def maintenance(self, value: bool) -> None:
        self._site.maintenance = value

    async def open(self) -> None:
        """Open the store; raise sqlite3.Error."""
        await self._site.open()

    async def close(self) -> None:
        """Close the store."""
        await self._site.close()

    def expire_sessions(self) -> None:
        """End every ticket."""
        self._deliveries.tickets.expire_all()

    def accounts_changed(self, before: Mapping[str, Account], now: Mapping[str, Account]) -> None:
        """End the tickets of who is gone, and forget him."""
        for name in before.keys() - now.keys():
            self._deliveries.tickets.end_of(name)

    def remote_key(self, username: str, app_key: str) -> str:
        """Return the key by which a program acts for a user, made when there is none; it blocks.

        Raise ValueError where there is no such account, and OSError.
        """
        return self._site.book.give_key(self._known(username), app_key).key

    def befriend(self, username: str, friend: str, *, library: bool = True) -> None:
        """Make two users friends; ``library`` tells whether ``friend`` may load the library of ``username``.

        It blocks. The other side stays as it is, and shows its library when it is new. Raise ValueError, OSError.
        """
        self._site.book.befriend(self._known(username), self._known(friend), library=library)

    def set_library(self, username: str, name: str, folder: str) -> None:
        """Give a user one library more, a folder below the music folder; it blocks. Raise ValueError, OSError."""
        self._site.book.set_library(self._known(username), name, folder)

    def user_key(self, username: str) -> str:
        """Return the key of a user; raise ValueError."""
        return user_key(self._known(username))

    def library_key(self, username: str, name: str = DEFAULT) -> str:
        """Return the key of a user's library; raise ValueError."""
        return library_key(self._known(username), name)

    def _known(self, username: str) -> str:
        account = self._site.accounts.get(username)
        if account is None:
            raise ValueError(f"there is no account {username!r}")
        return account_key(account.user)

    def routes(self, serve: Serve) -> Iterable[web.RouteDef]:
        """Return the routes of the methods, the media, the pictures and the page."""

        async def api(request: web.Request) -> web.StreamResponse:
            name = self._api.name(request.match_info["method"])

            async def answer(request: web.Request) -> web.StreamResponse:
                await self._renew()
                return await self._api.handle(name, request)

            return await serve(name, request, answer)

        def named(name: str, handler: Handler) -> Handler:
            async def answer(request: web.Request) -> web.StreamResponse:
                await self._renew()
                return await serve(name, request, handler)

            return answer

        page = named("requestremotekey", self._page.handle)
        yield web.route("*", "/api/rest/{method:.*}", api)
        yield web.route("*", "/rd/api/requestremotekey{slash:/*}", page)
        yield web.route("*", "/deliver/ticket/{ticket}/deliver.pl", named("deliver/ticket", self._deliveries.media))
        for path, (name, handler) in self._pictures.routes().items():
            yield web.get(path, named(name, handler))

    async def _renew(self) -> None:
        """Take over what the command line has changed."""
        try:
            if self._site.book.is_stale:
                await asyncio.to_thread(self._site.book.renew)
        except (OSError, ValueError) as error:
            LOGGER.error("Keys and friends stay as they were: %s", error)  # noqa: TRY400 - the reason says it all
