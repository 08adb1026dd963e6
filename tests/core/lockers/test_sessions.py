"""Sessions that are renewed once."""

import pytest

from music_locker_core.errors import AuthenticationError, SessionExpired
from music_locker_core.lockers.sessions import SessionKeeper


async def test_what_is_refused_again_after_a_new_login_tells_the_services_code_and_request_id() -> None:
    logins: list[None] = []

    async def log_in() -> int:
        logins.append(None)
        return len(logins)

    async def refused(session: int) -> None:
        raise SessionExpired(f"session {session} is over", code=401, request_id="request-17")

    keeper = SessionKeeper(log_in)
    with pytest.raises(AuthenticationError, match="session 2 is over") as refusal:
        await keeper.use(refused)
    assert (refusal.value.code, refusal.value.request_id, len(logins)) == (401, "request-17", 2)
