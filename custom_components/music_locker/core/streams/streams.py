"""Streams: the one door to the bytes of tracks and to pictures."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from http import HTTPStatus
from pathlib import Path

from aiohttp import web

from ..availability import require_available
from ..errors import LockerError
from ..lockers.base import Adapter
from ..models import Artwork, Track, TrackKey
from .artwork import ArtworkCache
from .cache import DiskCache
from .feed import Feed, Upstream
from .feeds import Feeds, cache_name
from .relay import refusal, refusal_of, respond
from .tokens import Tokens

RETRY_DELAYS = (0.1, 0.5, 1.0, 2.0, 4.0)
LINGER = 10.0
_ARTWORK_LIMIT = 128 * 1024 * 1024


class Streams:
    """Serve tracks to outputs by tokenised paths, from a disk cache that is filled from the lockers."""

    def __init__(  # noqa: PLR0913 - what a process gives once
        self,
        *,
        cache_dir: Path,
        cache_limit: int,
        key: bytes,
        adapter: Callable[[str], Adapter | None],
        track: Callable[[TrackKey], Track | None],
        retry_delays: Sequence[float] = RETRY_DELAYS,
        linger: float = LINGER,
    ) -> None:
        """Keep the parts.

        ``cache_limit`` is bytes on disk, ``key`` the installation's secret. ``adapter`` gives a locker's adapter by its
        id, ``track`` the present track of a key. ``retry_delays`` are the seconds before each further try at a service
        that broke off; a track that nobody reads is fetched on for ``linger`` seconds.
        """
        artwork_limit = min(_ARTWORK_LIMIT, cache_limit // 8)
        self._tokens = Tokens(key)
        self._track = track
        self._cache = DiskCache(cache_dir / "tracks", cache_limit - artwork_limit)
        self._pictures = DiskCache(cache_dir / "artwork", artwork_limit)
        self._feeds = Feeds(self._cache, Upstream(adapter, tuple(retry_delays)), linger=linger)
        self._artwork = ArtworkCache(self._pictures, adapter)

    @property
    def cached_bytes(self) -> int:
        """Return how many bytes of tracks and pictures are kept."""
        return self._cache.total + self._pictures.total

    async def open(self) -> None:
        """Make or read the cache's folders; raise OSError."""
        await self._cache.open()
        await self._pictures.open()

    async def close(self) -> None:
        """End every fetch; readers raise LockerConnectionError."""
        await self._feeds.close()
        await self._artwork.close()

    def register_output(self, output_id: str, generation: int = 0) -> None:
        """Accept this output's tokens of this generation, and those of no other."""
        self._tokens.register(output_id, generation)

    def unregister_output(self, output_id: str) -> None:
        """Accept this output's tokens no more."""
        self._tokens.unregister(output_id)

    def path(self, output_id: str, track: Track) -> str:
        """Return the path of a track for one output; it holds a secret. Raise LookupError for an unknown output."""
        return self._tokens.path(output_id, track)

    def track_of(self, url_or_path: str) -> TrackKey | None:
        """Return the track of one of our own URLs that holds a valid token, else None."""
        return self._tokens.key_of_url(url_or_path)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer GET and HEAD of a stream's path, whose ``match_info`` has ``token`` and ``file``.

        A bad token gets 403 and never 401, which would count as a failed login of the speaker.
        """
        key = self._tokens.key_of(request.match_info["token"], request.match_info["file"])
        if key is None:
            return refusal(HTTPStatus.FORBIDDEN, "The token is not valid")
        track = self._track(key)
        if track is None:
            return refusal(HTTPStatus.NOT_FOUND, "There is no such track")
        try:
            async with self.feed(track) as feed:
                return await respond(request, feed, cache_name(track))
        except LockerError as error:
            return refusal_of(error)

    def feed(self, track: Track) -> AbstractAsyncContextManager[Feed]:
        """Lend the feed of a track, for reading here and there in it; raise Unavailable."""
        require_available(track)
        return self._feeds.lend(track)

    async def read(self, track: Track, offset: int = 0) -> AsyncGenerator[bytes]:
        """Read a track's bytes from ``offset`` on; raise LockerError's classes where they cannot be had."""
        async with self.feed(track) as feed, aclosing(feed.read(offset)) as chunks:
            async for chunk in chunks:
                yield chunk

    def prefetch(self, track: Track) -> None:
        """Fetch a track into the cache ahead of its time."""
        if track.available:
            self._feeds.prefetch(track)

    async def artwork(self, locker: str, artwork_id: str) -> Artwork:
        """Return a picture from the cache or the locker; raise LockerError's classes."""
        return await self._artwork.get(locker, artwork_id)

    async def prefetch_artwork(self, locker: str, artwork_id: str) -> None:
        """Fetch a picture into the cache ahead of its time; raise LockerError's classes."""
        if not self._artwork.cached(locker, artwork_id):
            await self._artwork.fetch(locker, artwork_id)

    async def embedded_artwork(self, track: Track) -> Artwork | None:
        """Return the picture inside a track's file, if the cache holds the whole of it: nothing is fetched."""
        return await self._artwork.embedded(self._cache, cache_name(track))

    def artwork_token(self, locker: str, artwork_id: str) -> str:
        """Return what makes a picture's address good for those who have no login, such as a page's ``img``."""
        return self._tokens.of_artwork(locker, artwork_id)

    def cached_artwork(self, locker: str, artwork_id: str) -> bool:
        """Tell whether the picture is had without asking the locker."""
        return self._artwork.cached(locker, artwork_id)
