"""A client of the locker server's tunesBag, over raw HTTP."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest

from mpd_bridge.locker_server import LockerServer, TunesbagOptions
from tests.mpd_bridge.locker_server.conftest import READER, USER, Answer, Client, Serve

APP = "9A36AB01-F48A-9A36-0CD26E798AB0DF03"
PRIVILEGED = "privileged application"
FRIEND, FRIENDS_PASSWORD = "ann", "a friend's password"


@dataclass(slots=True)
class Tunes:
    """Call methods for a user, with the remote key that his program has."""

    client: Client
    user: str
    key: str

    @property
    def server(self) -> LockerServer:
        return self.client.server

    def of(self, user: str) -> Tunes:
        """Return a client of another user."""
        return Tunes(self.client, user, self.server.tunesbag.remote_key(user, APP))

    def signed(self, parameters: dict[str, str]) -> dict[str, str]:
        return {"appkey": APP, "username": self.user, "remotekey": self.key, **parameters}

    async def get(self, name: str, /, **parameters: str) -> Answer:
        """GET a method, with the mandatory elements."""
        return await self.client.get(f"/api/rest/{name}?{urlencode(self.signed(parameters))}")

    async def post(self, name: str, data: Any, **options: Any) -> Answer:
        """POST a form, with the mandatory elements where it is a dictionary."""
        form = self.signed(data) if isinstance(data, dict) else data
        return await self.client.send("POST", f"/api/rest/{name}", data=form, **options)

    async def xml(self, name: str, /, **parameters: str) -> ET.Element:
        """Return a good answer as XML."""
        root = (await self.get(name, **parameters)).xml()
        assert (root.tag, root.findtext("error"), root.findtext("result")) == ("result", "0", "true")
        return root

    async def json(self, name: str, /, **parameters: str) -> Any:
        """Return a good answer as JSON."""
        answer: Any = (await self.get(name, format="JSON", **parameters)).json()
        assert (answer["ERROR"], answer["RESULT"]) == (0.0, True), answer
        return answer

    async def rows(self, name: str, table: str = "ITEMS", /, **parameters: str) -> list[dict[str, Any]]:
        """Return a table of a good answer, one dictionary a row, its keys in lower case."""
        return rows((await self.json(name, **parameters))[table])

    async def error(self, name: str, /, **parameters: str) -> int:
        """Return the number of the error that a call ends with; result is false then."""
        return refused(await self.get(name, **parameters))

    async def items(self, fields: str = "name", **parameters: str) -> dict[str, dict[str, Any]]:
        """Return items by their names."""
        listed = await self.rows("items/get", fields=f"{fields},name", **parameters)
        return {item["name"]: item for item in listed}

    async def item_key(self, name: str, /, **parameters: str) -> str:
        """Return the key of an item."""
        key: str = (await self.items(**parameters))[name]["entrykey"]
        return key

    async def new_set(self, name: str, *titles: str, **particulars: str) -> str:
        """Make a playlist and return its key."""
        key: str = (await self.json("set/save", name=name, **particulars))["ENTRYKEY"]
        if titles:
            items = await self.items()
            await self.json("set/additems", setkey=key, itemkeys=",".join(items[title]["entrykey"] for title in titles))
        return key

    async def titles(self, key: str) -> Sequence[str]:
        """Return the names of the items of a playlist, in their order."""
        return [row["name"] for row in await self.rows("sets/set/getitems", setkey=key)]


def rows(table: Any) -> list[dict[str, Any]]:
    """Return the rows of {"COLUMNS", "DATA"}."""
    return [dict(zip(map(str.lower, table["COLUMNS"]), row, strict=True)) for row in table["DATA"]]


def refused(answer: Answer) -> int:
    """Return the error of an answer that tells one, and tells it whole."""
    root = answer.xml()
    assert root.findtext("result") == "false"
    assert root.findtext("errormessage")
    assert len(root.findtext("requestkey") or "") == 35
    return int(root.findtext("error") or 0)


async def tunes_client(serve: Serve, options: TunesbagOptions | None = None, **switches: Any) -> Tunes:
    """Start a server with a friend's account more, and return a client."""
    client = await serve(tunesbag=options, **switches)
    client.server.add_account(FRIEND, FRIENDS_PASSWORD)
    return Tunes(client, USER, client.server.tunesbag.remote_key(USER, APP))


@pytest.fixture
async def tunes(serve: Serve) -> Tunes:
    """A client of a strict server."""
    return await tunes_client(
        serve, TunesbagOptions(app_keys=frozenset({APP}), privileged_keys=frozenset({PRIVILEGED}))
    )


@pytest.fixture
def friend(tunes: Tunes) -> Tunes:
    """A client of a friend, who shows her library."""
    tunes.server.tunesbag.befriend(USER, FRIEND)
    return tunes.of(FRIEND)


@pytest.fixture
def reader(tunes: Tunes) -> Tunes:
    """A client of an account that may not change anything."""
    return tunes.of(READER)
