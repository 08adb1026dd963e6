"""The Audio Delivery Network as a part of the locker server."""

import logging
import sqlite3
import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientError, hdrs, web

from .accounts import Account
from .audiodelivery_errors import CallError
from .audiodelivery_gate import Caller, Gate
from .audiodelivery_keys import FILE as KEY_FILE
from .audiodelivery_keys import ApiKeys
from .audiodelivery_library import Library
from .audiodelivery_options import AudiodeliveryOptions
from .audiodelivery_origins import ANY_ORIGIN, asked_before
from .audiodelivery_pictures import Pictures
from .audiodelivery_play import MEDIA_ROUTE, Play
from .audiodelivery_service import Service
from .audiodelivery_shelf import Shelving
from .audiodelivery_signing import Signer
from .audiodelivery_store import FILE, Records
from .audiodelivery_uploads import Uploads
from .locker import LockerFullError
from .part import Handler, Serve, Shared

LOGGER = logging.getLogger(__name__)

type Keyed = Callable[[web.Request, Caller], Awaitable[dict[str, Any]]]
type Open = Callable[[web.Request], Awaitable[dict[str, Any]]]

_COVERS = "audiodelivery_covers"


@dataclass(frozen=True, slots=True)
class _Method:
    """One method: the verb and the path by which it is called, and the name that faults and counters know it by."""

    verb: str
    path: str
    name: str
    answer: Handler


class AudiodeliveryPart:
    """Answer /v1, /delivery and /ingest."""

    def __init__(self, shared: Shared, options: AudiodeliveryOptions) -> None:
        """Read the keys; raise OSError, and ValueError for a damaged file."""
        self._options = options
        self.records = Records(shared.state / FILE, shared.clock)
        self._keys = ApiKeys(shared.state / KEY_FILE)
        self._service = Service(
            options,
            shared.locker,
            self.records,
            Shelving(shared.locker, self.records),
            Signer(self.records, shared.clock),
            Gate(self._keys, shared.accounts, options, shared.clock),
            shared.state / _COVERS,
            shared.clock,
        )
        pictures = Pictures(self._service)
        self._library = Library(self._service)
        self._play = Play(self._service, pictures)
        self._uploads = Uploads(self._service, pictures)

    @property
    def maintenance(self) -> bool:
        """Tell whether changing is answered with 503."""
        return self._service.maintenance

    @maintenance.setter
    def maintenance(self, value: bool) -> None:
        self._service.maintenance = value

    @property
    def has_keys(self) -> bool:
        """Tell whether there is a key by which somebody can call."""
        return len(self._keys) > 0

    def add_key(self, user: str | None = None, *, collection_id: str | None = None) -> str:
        """Make an API key for an account or for nobody, and return it; it is kept as a hash only.

        Raise ValueError for a damaged file, and OSError.
        """
        return self._keys.add(user, collection_id)

    async def open(self) -> None:
        """Open the records, and go on with the uploads that were being worked on."""
        await self.records.open()
        await self._uploads.resume()

    async def close(self) -> None:
        """End what is being worked on and close the records."""
        await self._uploads.close()
        await self.records.close()

    def expire_sessions(self) -> None:
        """End every session, and every signed address."""
        self.records.expire_all()

    def accounts_changed(self, before: Mapping[str, Account], now: Mapping[str, Account]) -> None:
        """Do nothing: keys and sessions look at each call whether their account is still there."""

    def routes(self, serve: Serve) -> Iterable[web.RouteDef]:
        """Return the routes of the methods, and one for what is none."""
        for method in self._methods():
            yield web.route(method.verb, method.path, self._served(serve, method.name, method.answer))
        for below in ("v1", "ingest", "delivery"):
            yield web.options(f"/{below}/{{rest:.*}}", asked_before)
        unknown = self._served(serve, "unknown", self._answering(self._unknown))
        yield web.route("*", "/v1/{rest:.*}", unknown)

    def _methods(self) -> Iterable[_Method]:
        library, play, uploads = self._library, self._play, self._uploads
        collection, track = "/v1/collection/{collection_id}", "/v1/track/{track_id}"
        playing = "/v1/play/{play_session_id}/{track_id}"
        with_key: Iterable[tuple[str, str, str, Keyed]] = (
            ("GET", "/v1/organization", "get organization", library.get_organization),
            ("GET", "/v1/organization/{organization_id}", "get organization", library.get_organization),
            ("GET", "/v1/collection", "get collection", library.list_collections),
            ("POST", "/v1/collection", "post collection", library.make_collection),
            ("GET", collection, "get collection", library.get_collection),
            ("PUT", collection, "put collection", library.change_collection),
            ("DELETE", collection, "delete collection", library.remove_collection),
            ("GET", f"{collection}/track", "get collection/track", library.list_tracks),
            ("POST", f"{collection}/cover", "post collection/cover", uploads.collection_cover),
            ("POST", "/v1/track", "post track", uploads.make_track),
            ("GET", track, "get track", library.get_track),
            ("PUT", track, "put track", library.change_track),
            ("DELETE", track, "delete track", library.remove_track),
            ("POST", f"{track}/cover", "post track/cover", uploads.track_cover),
            ("GET", "/v1/variant", "get variant", library.list_variants),
            ("GET", "/v1/variant/{variant_id}", "get variant", library.get_variant),
            ("POST", "/v1/play_session/{scope}", "post play_session", play.make_session),
            ("POST", "/v1/upload_session", "post upload_session", uploads.make_session),
        )
        without: Iterable[tuple[str, str, str, Open]] = (
            ("GET", "/v1/play_session/{play_session_id}", "get play_session", play.get_session),
            ("GET", playing, "get play", play.get_track),
            ("GET", f"{playing}/{{variant}}/download", "get play/download", play.download),
            ("GET", "/v1/upload_session/{upload_session_id}", "get upload_session", uploads.get_session),
            ("POST", "/v1/upload/{upload_session_id}/track", "post upload/track", uploads.add_track),
            ("PUT", "/ingest/{track_id}", "put upload", uploads.put),
            ("POST", "/ingest/{track_id}/cover", "post upload/cover", uploads.put_track_cover),
            ("POST", "/ingest/collection/{collection_id}/cover", "post upload/cover", uploads.put_collection_cover),
        )
        for verb, path, name, keyed in with_key:
            yield _Method(verb, path, name, self._answering(self._with_key(keyed)))
        for verb, path, name, open_to_all in without:
            yield _Method(verb, path, name, self._answering(open_to_all))
        yield _Method(hdrs.METH_GET, MEDIA_ROUTE, "get delivery", play.media)

    def _with_key(self, method: Keyed) -> Open:
        async def answer(request: web.Request) -> dict[str, Any]:
            return await method(request, await self._service.gate.caller(request))

        return answer

    @staticmethod
    def _answering(method: Open) -> Handler:
        async def answer(request: web.Request) -> web.StreamResponse:
            value = await method(request)
            return _json({"ok": True, "api_request_id": str(uuid.uuid4()), **value})

        return answer

    def _served(self, serve: Serve, name: str, answer: Handler) -> Handler:
        async def safe(request: web.Request) -> web.StreamResponse:
            try:
                return await answer(request)
            except CallError as error:
                return self._failure(error)
            except LockerFullError:
                return self._failure(CallError(403, "The account may not add more."))
            except (ConnectionError, ClientError) as error:
                LOGGER.debug("The client of %s left: %s", name, type(error).__name__)
                raise
            except OSError as error:
                LOGGER.error("%s failed: %s", name, error.strerror)  # noqa: TRY400 - the reason says it all
                return self._failure(CallError(500, "The locker cannot be written to."))
            except sqlite3.Error as error:
                LOGGER.error("%s could not use the index: %s", name, error)  # noqa: TRY400 - the reason says it all
                return self._failure(CallError(500, "The locker's index cannot be used."))

        async def handler(request: web.Request) -> web.StreamResponse:
            return await serve(name, request, safe)

        return handler

    async def _unknown(self, _request: web.Request) -> dict[str, Any]:
        raise CallError(404, "There is no such method.")

    def _failure(self, error: CallError) -> web.Response:
        body = {"ok": False, "message": error.message, "api_request_id": str(uuid.uuid4())}
        headers: dict[str, str] = {} if error.retry_after is None else {hdrs.RETRY_AFTER: str(error.retry_after)}
        return _json(body, error.status if self._options.http_errors else 200, headers)


def _json(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.json_response(
        value, status=status, headers={**(headers or {}), **ANY_ORIGIN, hdrs.CACHE_CONTROL: "no-store"}
    )
