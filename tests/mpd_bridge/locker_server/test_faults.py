"""Faults on request: what tests and people who try out clients can have the server do."""

import asyncio

import aiohttp
import pytest

from mpd_bridge.locker_server.faults import Fault, WrongBody
from tests.mpd_bridge.locker_server.conftest import Client, Serve

LIST = "/api/v0/lockerData?type=album&output=json"


async def test_a_status_is_answered_as_often_as_was_asked_for(client: Client) -> None:
    fault = client.server.faults.add(Fault("lockerData", count=2, skip=1, status=503, retry_after=7))
    statuses = [(await client.call(LIST)).status for _ in range(4)]
    assert statuses == [200, 503, 503, 200]
    assert fault.hits == 2


async def test_retry_after_is_told(client: Client) -> None:
    client.server.faults.add(Fault(status=503, retry_after=7))
    assert (await client.call(LIST)).headers["Retry-After"] == "7"


async def test_a_fault_is_for_its_method_only(client: Client) -> None:
    fault = client.server.faults.add(Fault("lockerGet", status=500, count=None))
    assert (await client.call(LIST)).status == 200
    client.server.faults.remove(fault)
    assert len(client.server.faults) == 0


@pytest.mark.parametrize("body", list(WrongBody))
async def test_a_wrong_body_comes_with_a_good_status(client: Client, body: WrongBody) -> None:
    right = (await client.call(LIST)).body
    client.server.faults.add(Fault("lockerData", body=body))
    answer = await client.call(LIST)
    assert answer.status == 200
    assert answer.body != right
    if body is WrongBody.TRUNCATED:
        assert right.startswith(answer.body)


async def test_an_answer_breaks_off_where_it_was_asked_to(client: Client) -> None:
    client.server.faults.add(Fault("lockerData", drop_after=10, count=None))
    with pytest.raises(aiohttp.ClientError):
        await client.call(LIST)


async def test_an_answer_is_lost_after_the_work_was_done(client: Client) -> None:
    key = next(iter((await client.tracks()).values()))["trackFileKey"]
    client.server.faults.add(Fault("lockerDelete", lose_answer=True, count=None))
    with pytest.raises(aiohttp.ClientError):
        await client.call(f"/storage/lockerDelete/{key}")
    assert key not in {track["trackFileKey"] for track in (await client.tracks()).values()}


async def test_sessions_end_when_they_are_told_to(client: Client) -> None:
    client.server.faults.add(Fault("lockerData", expire_sessions=True))
    assert (await client.call(LIST)).json()["errorMessage"] == "Not logged in"


async def test_latency_holds_up_one_request_only(client: Client) -> None:
    client.server.faults.add(Fault("lockerData", latency=60))
    slow = asyncio.create_task(client.call(LIST))
    while len(client.server.faults):  # noqa: ASYNC110 - the fault is taken without an event
        await asyncio.sleep(0)
    assert (await client.call(LIST)).status == 200
    assert not slow.done()
    slow.cancel()


async def test_over_http_they_are_there_with_a_switch_only(serve: Serve) -> None:
    assert (await (await serve()).get("/faults")).status == 404


async def test_over_http_they_are_listed_added_and_taken_back(serve: Serve) -> None:
    client = await serve(fault_api=True)
    added = await client.send("POST", "/faults", json={"method": "lockerData", "status": 500})
    assert added.status == 201
    (listed,) = (await client.get("/faults")).json()["faults"]
    assert (listed["method"], listed["status"]) == ("lockerdata", 500)
    assert (await client.call(LIST)).status == 500
    await client.send("POST", "/faults", json={"status": 500})
    await client.send("DELETE", "/faults")
    assert (await client.call(LIST)).status == 200


@pytest.mark.parametrize("wrong", [{"status": 7}, {"nothing": 1}, {"body": "x"}, [1], "text"])
async def test_what_is_no_fault_is_refused(serve: Serve, wrong: object) -> None:
    client = await serve(fault_api=True)
    assert (await client.send("POST", "/faults", json=wrong)).status == 400
