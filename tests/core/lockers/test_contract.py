"""What every adapter has from its contract, and the registry of services."""

import aiohttp
import pytest

from music_locker_core.errors import NotFound, ServiceError, Unavailable
from music_locker_core.lockers import ADAPTERS, create_adapter
from music_locker_core.lockers.xml_values import parse_xml
from tests.core.streams.memory_locker import MemoryLocker


async def test_an_unknown_service_is_not_found() -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(NotFound, match="no service called nonsense"):
            create_adapter("nonsense", {}, session)
        for service, adapter in ADAPTERS.items():
            made = create_adapter(service, {setting.key: "secret" for setting in adapter.info.settings}, session)
            assert (type(made), repr(made)) == (adapter, f"<{adapter.__name__} {service}>")


async def test_what_a_service_does_not_override_it_cannot_do() -> None:
    async with aiohttp.ClientSession() as session:
        adapter = MemoryLocker(session)
        assert await adapter.change_marker() is None
        assert await adapter.playlists() == ()
        for refused in (adapter.playlist_tracks("1"), adapter.search("x"), adapter.upload(None)):  # type: ignore[arg-type]
            with pytest.raises(Unavailable):
                await refused
        await adapter.close()


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"<a/>", None),
        (b"<a> text </a>", "text"),
        (b"<A><b>1</b></A>", {"b": "1"}),
        (b"<a><b>1</b><b>2</b><b>3</b></a>", {"b": ["1", "2", "3"]}),
        (b"<a><item>1</item><item><b>2</b></item></a>", ["1", {"b": "2"}]),
        (b'<a x="1"><b>2</b></a>', {"x": "1", "b": "2"}),
        (b'<a b="1"><b>2</b><b>3</b></a>', {"b": ["1", "2", "3"]}),
        (b'<n:a xmlns:n="x"><n:b/><!-- no --><?no no?></n:a>', {"b": None}),
    ],
)
def test_xml_becomes_plain_values(body: bytes, value: object) -> None:
    root = "{x}a" if body.startswith(b"<n:") else "a"
    assert parse_xml(body, root) == value


def test_xml_that_is_nested_too_deeply_is_refused() -> None:
    with pytest.raises(ServiceError, match="nested too deeply"):
        parse_xml(b"<a>" * 40 + b"</a>" * 40, "a")
