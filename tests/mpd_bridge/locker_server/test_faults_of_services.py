"""Faults on request, at a listing and at the media of each service that has no other test of them."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from oauthlib.oauth1 import SIGNATURE_TYPE_QUERY
from oauthlib.oauth1 import Client as Signer
from yarl import URL

from mpd_bridge.locker_server.faults import Fault, WrongBody
from tests.mpd_bridge.locker_server.conftest import USER, Answer, Client, Serve

type Ask = Callable[[], Coroutine[Any, Any, Answer]]
_NONCES = itertools.count()


@dataclass(frozen=True, slots=True)
class Service:
    """How to ask a service for a list and for media, under which names, and what media get when sessions are over."""

    listing: Ask
    media: Ask
    names: tuple[str, str]
    ended: int


async def tunesbag(client: Client) -> Service:
    app = "an application"
    given = f"appkey=an%20application&username={USER}&remotekey={client.server.tunesbag.remote_key(USER, app)}"

    async def listing() -> Answer:
        return await client.get(f"/api/rest/items/get/?{given}")

    entry = (await listing()).xml().findtext(".//entrykey")
    delivered = (await client.get(f"/api/rest/items/get/deliver/?{given}&entrykey={entry}")).xml()
    location = delivered.findtext(".//location") or ""

    async def media() -> Answer:
        return await client.get(URL(location).raw_path_qs)

    return Service(listing, media, ("items/get", "deliver/ticket"), 404)


async def sevendigital(client: Client) -> Service:
    consumer = client.server.sevendigital.add_consumer()
    token, secret = client.server.sevendigital.token(USER, consumer)

    async def signed(target: str) -> Answer:
        signer = Signer(
            consumer.key,
            consumer.secret,
            token,
            secret,
            signature_type=SIGNATURE_TYPE_QUERY,
            nonce=str(next(_NONCES)),
            timestamp="1700000000",
        )
        return await client.get(URL(signer.sign(client.server.url + target)[0], encoded=True).raw_path_qs)

    async def listing() -> Answer:
        return await signed("/1.2/user/locker?country=GB")

    tracks = (await listing()).xml().iter("track")
    number = next(track for track in tracks if track.get("id")).get("id")

    async def media() -> Answer:
        return await signed(f"/stream/locker?trackId={number}&country=GB")

    return Service(listing, media, ("user/locker", "stream/locker"), 200)


async def audiodelivery(client: Client) -> Service:
    headers = {"Authorization": f"Bearer {client.server.audiodelivery.add_key()}"}

    async def listing() -> Answer:
        return await client.get("/v1/collection", headers=headers)

    body = {"collection_id": (await listing()).json()["collections"][0]["id"], "variants": ["hq"]}
    session = (await client.send("POST", "/v1/play_session/collection", json=body, headers=headers)).json()
    url = URL(session["first_track"]["variants"][0]["url"], encoded=True)

    async def media() -> Answer:
        return await client.get(url.raw_path_qs)

    return Service(listing, media, ("get collection", "get delivery"), 403)


@pytest.mark.parametrize("make", [tunesbag, sevendigital, audiodelivery])
async def test_every_service_misbehaves_on_request(serve: Serve, make: Callable[[Client], Awaitable[Service]]) -> None:
    client = await serve()
    service, faults = await make(client), client.server.faults
    for ask, name in zip((service.listing, service.media), service.names, strict=True):
        right = await ask()
        assert right.status == 200
        for status in (401, 500, 503):
            fault = faults.add(Fault(name, status=status, retry_after=7))
            spoilt = await ask()
            assert (spoilt.status, spoilt.headers["Retry-After"], fault.hits) == (status, "7", 1)
        for body in (WrongBody.HTML, WrongBody.MALFORMED, WrongBody.EMPTY):
            faults.add(Fault(name, body=body))
            spoilt = await ask()
            assert spoilt.status == 200
            assert spoilt.body != right.body
        broken = faults.add(Fault(name, drop_after=10, count=None))
        with pytest.raises(aiohttp.ClientError):
            await ask()
        faults.remove(broken)
        faults.add(Fault(name, latency=60))
        slow = asyncio.create_task(ask())
        while len(faults):  # noqa: ASYNC110 - the fault is taken without an event
            await asyncio.sleep(0)
        assert (await ask()).status == 200
        assert not slow.done()
        slow.cancel()
    faults.add(Fault(service.names[0], body=WrongBody.TRUNCATED))
    half = len((await service.listing()).body)
    assert 0 < half < len((await service.listing()).body)
    faults.add(Fault(service.names[0], expire_sessions=True))
    await service.listing()
    assert (await service.media()).status == service.ended
