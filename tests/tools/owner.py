"""The owner of an account, at the page at which a service asks whether a program may in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import override

import aiohttp
from yarl import URL


@dataclass
class _Form:
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[dict[str, str]] = field(default_factory=list)


class _Page(HTMLParser):
    """Read a page's first form, and the texts of its elements that have an id."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.form: _Form | None = None
        self.texts: dict[str, str] = {}
        self._named = ""
        self.feed(text)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._named = given.get("id", "")
        if tag == "form" and self.form is None:
            self.form = _Form(given.get("action", ""))
        elif tag == "input" and self.form is not None and given.get("name") and given.get("type") != "checkbox":
            self.form.fields[given["name"]] = given.get("value", "")
        elif tag == "button" and self.form is not None:
            self.form.buttons.append({given["name"]: given.get("value", "")} if given.get("name") else {})

    @override
    def handle_data(self, data: str) -> None:
        if self._named and data.strip():
            self.texts[self._named] = data.strip()
            self._named = ""


async def answer(
    session: aiohttp.ClientSession,
    page: URL | str,
    user: str,
    password: str,
    *,
    refuse: bool = False,
    tick: Mapping[str, str] | None = None,
) -> str:
    """Log in at a page and let the program in, or press the last button to refuse; return what is shown to copy.

    It is empty where the page leads elsewhere, to which the browser goes. ``tick`` are boxes to tick.
    """
    async with session.get(page) as response:
        assert response.ok, await response.text()
        form = _Page(await response.text()).form
        where = response.url
    assert form is not None
    pressed = form.buttons[-1 if refuse else 0] if form.buttons else {}
    filled = {**form.fields, "username": user, "password": password, **(tick or {}), **pressed}
    async with session.post(where.join(URL(form.action)) if form.action else where, data=filled) as response:
        assert response.ok, await response.text()
        texts = _Page(await response.text()).texts
    return next((text for name, text in texts.items() if name in {"pin", "remotekey"}), "")
