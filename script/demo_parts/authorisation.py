"""What the owner of a locker does in a browser: open a service's page, log in there and allow access."""

from html.parser import HTMLParser
from typing import override

import aiohttp
from yarl import URL

from .processes import DemoError

_SHOWN = {"pin", "remotekey"}  # the ids of what a page shows to be copied


class _Page(HTMLParser):
    """Find the form of a page, with the first of its buttons, and what the page shows to be copied."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.shown: str | None = None
        self._answered = False
        self._reading = False
        self.feed(text)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name"), given.get("value") or ""
        self._reading = given.get("id") in _SHOWN
        if tag == "form":
            self.action = given.get("action") or ""
        elif tag == "button" and name and not self._answered:
            self.fields[name] = value
            self._answered = True
        elif tag == "input" and name:
            self.fields[name] = value

    @override
    def handle_data(self, data: str) -> None:
        if self._reading and data.strip():
            self.shown = data.strip()


async def allow(session: aiohttp.ClientSession, address: str, user: str, password: str) -> str | None:
    """Allow access at a service's page, and follow where it leads; return what it shows to be copied, if anything."""
    async with session.get(address) as response:
        response.raise_for_status()
        page = _Page(await response.text())
    if "username" not in page.fields:
        raise DemoError("A service's page of authorisation asks for nothing.")
    form = {**page.fields, "username": user, "password": password}
    async with session.post(URL(address).join(URL(page.action or address)), data=form) as response:
        text = await response.text()
        if not response.ok:
            raise DemoError(f"A service's page of authorisation answers {response.status}.")
    return _Page(text).shown
