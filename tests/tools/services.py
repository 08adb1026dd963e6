"""What an account of a locker server is to each service: what its forms ask for, and how the service ends it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from yarl import URL

from mpd_bridge.locker_server import LockerServer
from mpd_bridge.locker_server.audiodelivery_keys import FILE, ApiKeys
from tests.tools import owner

APP_KEY, PRIVILEGED_KEY = "app-key-1", "app-key-2"
"""The application keys that tunesBag's part must have been given."""


@dataclass(frozen=True)
class Account:
    """Describe an account at one service.

    ``fields`` is what the form asks for, ``wrong`` what the service refuses of it, ``told`` what the form then shows.
    ``shut_out`` ends what lets us in, and returns the secrets that the form for logging in again takes; ``wrong_again``
    are those that it refuses, and ``told_again`` what it then shows.
    """

    service: str
    fields: Mapping[str, str] = field(repr=False)
    wrong: Mapping[str, str]
    told: Mapping[str, str]
    shut_out: Callable[[], Awaitable[Mapping[str, str]]]
    wrong_again: Mapping[str, str]
    told_again: Mapping[str, str]
    user: str
    password: str = field(repr=False)

    async def let_in(self, page: URL | str, *, refuse: bool = False) -> str:
        """Go to the service's page as the owner of the account; return what it shows to copy."""
        async with aiohttp.ClientSession() as session:
            return await owner.answer(session, page, self.user, self.password, refuse=refuse)


def accounts(server: LockerServer, state: Path, user: str, password: str, partner_token: str) -> dict[str, Account]:
    """Return what an account of a server, which keeps its state in this folder, is at each service, by their names."""
    made = (
        _mp3tunes(server, user, password, partner_token),
        _tunesbag(server, user, password),
        _sevendigital(server, user, password),
        _audiodelivery(server, state, user, password),
    )
    return {account.service: account for account in made}


def _mp3tunes(server: LockerServer, user: str, password: str, partner_token: str) -> Account:
    async def shut_out() -> Mapping[str, str]:
        server.add_account(user, f"new {password}")
        return {"password": f"new {password}", "partner_token": partner_token}

    return Account(
        "mp3tunes",
        {"url": server.url, "username": user, "password": password, "partner_token": partner_token},
        wrong={"partner_token": "nonsense"},
        told={"partner_token": "refused"},
        shut_out=shut_out,
        wrong_again={"password": "nonsense", "partner_token": partner_token},
        told_again={"base": "invalid_auth"},
        user=user,
        password=password,
    )


def _tunesbag(server: LockerServer, user: str, password: str) -> Account:
    async def shut_out() -> Mapping[str, str]:
        page = URL(server.url) / "rd/api/requestremotekey/" % {"appkey": APP_KEY}
        async with aiohttp.ClientSession() as session:
            await owner.answer(session, page, user, password, tick={"anew": "1"})
        return {}

    return Account(
        "tunesbag",
        {"url": server.url, "username": user, "app_key": APP_KEY},
        wrong={"username": "nobody@example.com"},
        told={"base": "not_authorised"},
        shut_out=shut_out,
        wrong_again={"password": "nonsense"},
        told_again={"password": "refused"},
        user=user,
        password=password,
    )


def _sevendigital(server: LockerServer, user: str, password: str) -> Account:
    consumer = server.sevendigital.add_consumer()

    async def shut_out() -> Mapping[str, str]:
        server.sevendigital.revoke(user)
        return {}

    return Account(
        "sevendigital",
        {
            "url": server.url,
            "consumer_key": consumer.key,
            "consumer_secret": consumer.secret,
            "country": "GB",
        },
        wrong={"consumer_secret": "nonsense"},
        told={"consumer_secret": "refused"},
        shut_out=shut_out,
        wrong_again={"consumer_secret": "nonsense"},
        told_again={"consumer_secret": "refused"},
        user=user,
        password=password,
    )


def _audiodelivery(server: LockerServer, state: Path, user: str, password: str) -> Account:
    first = server.audiodelivery.add_key(user)

    async def shut_out() -> Mapping[str, str]:
        keys = ApiKeys(state / FILE)
        for key in keys.all():
            keys.remove(key.name)
        return {"api_key": server.audiodelivery.add_key(user)}

    return Account(
        "audiodelivery",
        {"url": server.url, "api_key": first},
        wrong={"api_key": "nonsense"},
        told={"api_key": "refused"},
        shut_out=shut_out,
        wrong_again={"api_key": "nonsense"},
        told_again={"api_key": "refused"},
        user=user,
        password=password,
    )
