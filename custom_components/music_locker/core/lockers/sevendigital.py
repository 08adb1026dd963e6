"""The 7digital / MassiveMusic adapter: seed 004."""

import hashlib
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import ClassVar
from urllib.parse import parse_qs

import aiohttp
from yarl import URL

from ..errors import AuthenticationError, NotFound, Unavailable, UnavailableReason
from ..models import Account, Album, Artist, Artwork, Downloads, Track
from .base import (
    Adapter,
    Authorisation,
    AuthorisationKind,
    AuthorisationRequest,
    Capability,
    ServiceInfo,
    Setting,
    SettingKind,
    StreamReader,
)
from .media import stream_info
from .sessions import SessionKeeper
from .sevendigital_client import NEWEST_FIRST, SevendigitalClient, credentials, exchange, hosts, is_the_service
from .sevendigital_formats import MP3_128, MP3_128_RATE, best
from .sevendigital_oauth import Credentials
from .sevendigital_parse import TRACK_ID, LockerRelease, LockerTrack
from .sevendigital_walk import Walk
from .web import Retry, chunks

_CAPABILITIES = (
    Capability.STREAM | Capability.TRANSCODE | Capability.DOWNLOAD | Capability.ARTWORK | Capability.CHANGE_MARKER
)
_SMALLEST_OWN_RATE = 320  # kbit/s of the files that the service sells; whoever asks for less gets the small MP3
_WITHDRAWN = "The service does not offer this release any more"
_USED_UP = "All downloads of this track are used up; it can still be played"
_SIZED = re.compile(r"_[0-9]{1,4}(\.[A-Za-z]{3,4})$")
_SIZES = ("800", "350")  # pixels, tried before the size that the answer names
_OUT_OF_BAND = "oob"


class Sevendigital(Adapter):
    """Speak 7digital's API for one account: of a user whom the application manages, or of one who has authorised it.

    A track's id is "<release id>-<track id>", because a stream and a download ask for both, and one recording may be
    bought with two releases. Playing always streams: downloads are limited, and are for :meth:`download` alone.
    """

    info: ClassVar[ServiceInfo] = ServiceInfo(
        service="sevendigital",
        title="7digital",
        settings=(
            Setting("url", SettingKind.URL, default="https://api.7digital.com"),
            Setting("consumer_key"),
            Setting("consumer_secret", SettingKind.PASSWORD),
            Setting("country", default="GB"),
            Setting("user_id", required=False),
            Setting("token", SettingKind.PASSWORD, required=False, granted=True),
            Setting("token_secret", SettingKind.PASSWORD, required=False, granted=True),
            Setting("stream_url", SettingKind.URL, required=False),
            Setting("media_url", SettingKind.URL, required=False),
            Setting("account_url", SettingKind.URL, required=False),
        ),
        capabilities=_CAPABILITIES,
        authorisation=Authorisation(AuthorisationKind.REDIRECT, unless="user_id"),
        purchases=True,
    )

    def __init__(self, settings: Mapping[str, str], session: aiohttp.ClientSession, retry: Retry | None = None) -> None:
        """Keep the settings, the HTTP session, which the caller owns and closes, and how reads are tried again."""
        super().__init__(settings, session, retry)
        self._client = SevendigitalClient(settings, session, self._retry)
        self._logins = SessionKeeper(self._log_in)
        self._withdrawn: set[str] = set()
        self._walk: Walk | None = None

    @property
    def capabilities(self) -> Capability:
        """Return what every locker of the service can do."""
        return _CAPABILITIES

    @classmethod
    async def begin_authorisation(
        cls, settings: Mapping[str, str], session: aiohttp.ClientSession, callback: URL | None = None
    ) -> AuthorisationRequest:
        """Get a request token, and return the page that asks the account's owner about it."""
        who = credentials({**settings, "token": "", "token_secret": ""})
        token = await exchange(settings, session, "requesttoken", who, callback=str(callback or _OUT_OF_BAND))
        page = hosts(settings).account / who.consumer_key / "oauth" / "authorise"
        return AuthorisationRequest(
            page.with_query(oauth_token=token.key), {"token": token.key, "token_secret": token.secret}
        )

    @classmethod
    async def finish_authorisation(
        cls,
        settings: Mapping[str, str],
        session: aiohttp.ClientSession,
        request: AuthorisationRequest,
        answer: str,
    ) -> Mapping[str, str]:
        """Change the request token into the user's: with a PIN, with none, or with what came back."""
        pending = request.pending
        who = credentials(settings)
        asking = Credentials(who.consumer_key, who.consumer_secret, pending["token"], pending["token_secret"])
        verifier = _verifier(answer, pending["token"])
        token = await exchange(settings, session, "accesstoken", asking, verifier=verifier)
        return {"token": token.key, "token_secret": token.secret}

    async def login(self) -> Account:
        """Read the smallest page of the locker; the account's id is the user's, or else the application's key.

        Nothing that the service answers names the user of a token, and the token is another after each authorisation.
        """
        return await self._logins.renew()

    async def close(self) -> None:
        """End a login that is under way; the HTTP session is its owner's."""
        await self._logins.close()

    async def _log_in(self) -> Account:
        await self._client.locker(page_size=1)
        name = self._settings.get("user_id") or self._settings.get("consumer_key", "")
        return Account(name, name)

    async def change_marker(self) -> str | None:
        """Return what one request tells: how many releases there are, and the newest of them as they are now.

        That is the whole of a locker of one page. Of a longer one it shows every purchase at once; what changes in an
        older release alone is found once a day, because the marker holds the date then.
        """
        page = await self._client.locker(sort=NEWEST_FIRST)
        newest = hashlib.sha256(repr(page.releases).encode("utf-8", "replace")).hexdigest()
        whole = page.total is not None and page.total <= len(page.releases)
        return f"{page.total} {newest}" if whole else f"{page.total} {newest} {datetime.now(UTC):%Y-%m-%d}"

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[None]:
        """Read the locker once for all its lists: the service gives them all together."""
        walk = self._walk = Walk(self._client)
        try:
            yield
        finally:
            if self._walk is walk:
                self._walk = None

    async def artists(self) -> AsyncGenerator[Sequence[Artist]]:
        """Read all artists, of releases and of tracks."""
        seen: set[str] = set()
        async for releases in self._releases():
            named = {artist.id: artist for release in releases for artist in release.artists if artist.id not in seen}
            seen.update(named)
            yield list(named.values())

    async def albums(self) -> AsyncGenerator[Sequence[Album]]:
        """Read all releases."""
        async for releases in self._releases():
            yield [release.album for release in releases]

    async def tracks(self) -> AsyncGenerator[Sequence[Track]]:
        """Read all tracks, those too that the service does not offer any more."""
        async for releases in self._releases():
            tracks = [bought.track for release in releases for bought in release.tracks]
            yield self._as_played(tracks)

    @asynccontextmanager
    async def stream(
        self, track_id: str, *, offset: int = 0, mp3: bool = False, bit_rate: int | None = None
    ) -> AsyncGenerator[StreamReader]:
        """Open a track's bytes from the locker's stream, which spends no download.

        Raise Unavailable for a withdrawn release, without asking the service.
        """
        release, track = self._ids(track_id)
        small = is_the_service(self._settings) or mp3 or (bit_rate is not None and bit_rate < _SMALLEST_OWN_RATE)
        async with (
            self._client.stream(release, track, offset, MP3_128 if small else None) as response,
            _reader(response, offset) as reader,
        ):
            yield reader

    @asynccontextmanager
    async def download(self, track_id: str, *, offset: int = 0) -> AsyncGenerator[StreamReader]:
        """Open the best file of a track for keeping, which spends one of its downloads.

        The locker is asked first whether there is one left. Raise Unavailable with the reason where there is none.
        """
        release, track = self._ids(track_id)
        bought = await self._bought(track_id, release, track)
        chosen = best([one.format for one in bought.downloads])
        if chosen is None:
            raise Unavailable("The service offers no file of this track that can be played")
        file = next(one for one in bought.downloads if one.format == chosen)
        async with (
            self._client.download(release, track, offset, file) as response,
            _reader(response, offset) as reader,
        ):
            yield reader

    async def artwork(self, artwork_id: str) -> Artwork:
        """Read a picture by the address that the locker names, larger ones first (seed 004: "_50" is 50 pixels)."""
        try:
            named = URL(artwork_id)
            if named.scheme not in {"http", "https"} or not named.host:
                raise NotFound("The locker has no such picture")
        except ValueError, UnicodeError:
            raise NotFound("The locker has no such picture") from None
        larger = (_SIZED.sub(rf"_{size}\1", named.path) for size in _SIZES) if _SIZED.search(named.path) else ()
        for path in larger:
            try:
                return await self._client.picture(named.with_path(path))
            except NotFound, Unavailable:
                continue
        return await self._client.picture(named)

    def _releases(self) -> AsyncIterator[Sequence[LockerRelease]]:
        return self._noted(self._walk or Walk(self._client))

    async def _noted(self, walk: Walk) -> AsyncGenerator[Sequence[LockerRelease]]:
        """Yield a walk's releases, page by page, and remember which tracks are withdrawn."""
        async for releases in walk.pages():
            for bought in (bought for release in releases for bought in release.tracks):
                (self._withdrawn.discard if bought.track.available else self._withdrawn.add)(bought.track.id)
            yield releases

    def _as_played(self, tracks: Sequence[Track]) -> Sequence[Track]:
        """Return tracks as their streams are: the service itself streams an MP3 of whatever it has sold."""
        if is_the_service(self._settings):
            return [replace(track, mime_type="audio/mpeg", bit_rate=MP3_128_RATE) for track in tracks]
        return tracks

    def _ids(self, track_id: str) -> tuple[str, str]:
        """Return the ids of release and track; raise NotFound, and Unavailable for what is known to be withdrawn."""
        ids = TRACK_ID.fullmatch(track_id)
        if ids is None:
            raise NotFound("The locker has no such track")
        if track_id in self._withdrawn:
            raise Unavailable(_WITHDRAWN, reason=UnavailableReason.WITHDRAWN)
        return ids[1], ids[2]

    async def _bought(self, track_id: str, release: str, track: str) -> LockerTrack:
        """Return a track as the locker has it now; raise NotFound, and Unavailable with the reason for no download."""
        page = await self._client.locker(release_id=release, track_id=track)
        found = (one for item in page.releases for one in item.tracks if one.track.id == track_id)
        if (bought := next(found, None)) is None:
            raise NotFound("The locker has no such track")
        if not bought.track.available:
            self._withdrawn.add(track_id)
            raise Unavailable(_WITHDRAWN, reason=UnavailableReason.WITHDRAWN)
        if bought.track.downloads is Downloads.USED_UP:
            raise Unavailable(_USED_UP, reason=UnavailableReason.DOWNLOADS_USED_UP)
        return bought


@asynccontextmanager
async def _reader(response: aiohttp.ClientResponse, offset: int) -> AsyncGenerator[StreamReader]:
    info, left = stream_info(response, offset)
    reader = chunks(response, left)
    try:
        yield StreamReader(info, reader)
    finally:
        await reader.aclose()


def _verifier(answer: str, token: str) -> str | None:
    """Return the verifier in an answer: a PIN, none where the service has none, or the query that came back.

    Raise AuthenticationError for a refusal, and for what belongs to another request.
    """
    if "=" not in answer:
        return answer.strip() or None
    query = parse_qs(answer.partition("?")[2] or answer)
    if query.get("oauth_token", [token]) != [token]:
        raise AuthenticationError("The answer belongs to another authorisation")
    if query.keys() & {"denied", "oauth_problem", "error"}:
        raise AuthenticationError("The account's owner has refused")
    return next(iter(query.get("oauth_verifier", [])), None)
