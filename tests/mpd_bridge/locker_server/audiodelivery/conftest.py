"""A client of the locker server's Audio Delivery Network, over raw HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from yarl import URL

from mpd_bridge.locker_server import AudiodeliveryOptions, LockerServer
from tests.mpd_bridge.locker_server.conftest import Answer, Client, Serve


@dataclass(slots=True)
class Adn:
    """Send requests with an API key, or with whatever a test says instead."""

    client: Client
    key: str

    @property
    def server(self) -> LockerServer:
        return self.client.server

    async def send(self, verb: str, target: str, *, key: str | None = None, **options: Any) -> Answer:
        headers = {"Authorization": f"Bearer {self.key if key is None else key}", **options.pop("headers", {})}
        return await self.client.send(verb, target, headers=headers, **options)

    async def get(self, target: str, **options: Any) -> Answer:
        return await self.send("GET", target, **options)

    async def post(self, target: str, body: object = None, **options: Any) -> Answer:
        return await self.send("POST", target, json={} if body is None else body, **options)

    async def told(self, target: str) -> Any:
        """GET what must be there."""
        return good(await self.get(target))

    async def made(self, target: str, body: object) -> Any:
        """POST what must be taken."""
        return good(await self.post(target, body))

    async def at(self, verb: str, url: str, **options: Any) -> Answer:
        """Send a request without any key to an address that the server gave."""
        here = URL(url, encoded=True)
        return await self.client.send(verb, here.raw_path_qs, **options)

    async def collection(self, title: str) -> dict[str, Any]:
        """Return a collection by its title."""
        listed = (await self.told("/v1/collection?limit=200"))["collections"]
        return next(one for one in listed if one["title"] == title)

    async def tracks(self, title: str) -> list[dict[str, Any]]:
        """Return the tracks of a collection."""
        collection = await self.collection(title)
        tracks: list[dict[str, Any]] = (await self.told(f"/v1/collection/{collection['id']}/track"))["tracks"]
        return tracks


def good(answer: Answer) -> Any:
    """Return the body of an answer that tells success."""
    value = answer.json()
    assert (answer.status, value["ok"]) == (200, True), value
    return value


def refusal(answer: Answer) -> tuple[int, str]:
    """Return status and message of a refusal, whose form is always the same."""
    value: Mapping[str, Any] = answer.json()
    assert value["ok"] is False
    assert set(value) == {"ok", "message", "api_request_id"}
    return answer.status, value["message"]


@pytest.fixture
async def adn(serve: Serve) -> Adn:
    """A client with a key for everything."""
    return await adn_client(serve)


async def adn_client(serve: Serve, options: AudiodeliveryOptions | None = None, **switches: Any) -> Adn:
    """Start a server and return a client with a key for everything."""
    client = await serve(audiodelivery=options, **switches)
    return Adn(client, client.server.audiodelivery.add_key())
