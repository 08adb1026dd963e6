"""One login for many calls: sessions that are made on demand and renewed once."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine

from ..errors import AuthenticationError, SessionExpired
from ..waiting import outcome


class SessionKeeper[Session]:
    """Keep the session of one account; calls that need one at the same time share one login."""

    def __init__(self, log_in: Callable[[], Coroutine[None, None, Session]]) -> None:
        """Keep how a session is made."""
        self._log_in = log_in
        self._session: Session | None = None
        self._login: asyncio.Task[Session] | None = None

    async def renew(self) -> Session:
        """Log in anew, or wait for the login that is under way; raise what it raises."""
        if self._login is None:
            self._login = asyncio.create_task(self._log_in(), name="locker login")
            self._login.add_done_callback(self._done)
        return await outcome(self._login)

    async def use[Result](self, attempt: Callable[[Session], Awaitable[Result]]) -> Result:
        """Return what ``attempt`` does with a session, an expired one renewed once.

        Raise AuthenticationError where the new session is refused too.
        """
        session = self._session or await self.renew()
        try:
            return await attempt(session)
        except SessionExpired:
            pass
        renewed = self._session
        if renewed is None or renewed is session:  # else another call has renewed it meanwhile
            renewed = await self.renew()
        try:
            return await attempt(renewed)
        except SessionExpired as error:
            raise AuthenticationError(str(error), code=error.code, request_id=error.request_id) from None

    async def close(self) -> None:
        """End a login that is under way."""
        if self._login is not None:
            self._login.cancel()
            await asyncio.wait([self._login])

    def _done(self, login: asyncio.Task[Session]) -> None:
        """Keep the new session; a failed login leaves none, so that the next call tries again."""
        self._login = None
        error = None if login.cancelled() else login.exception()  # noqa: LOG004 - a task's, not a logger's
        self._session = None if login.cancelled() or error else login.result()
