"""Every printed example of the page, asked for as it is printed: the same members in the same order."""

import json
import re
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.mpd_bridge.locker_server import audio
from tests.mpd_bridge.locker_server.conftest import Clock
from tests.mpd_bridge.locker_server.sevendigital.conftest import Client, Shop

PRINTED = Path(__file__).parents[3] / "fixtures/seeds/sevendigital"
EXAMPLES = {example["number"]: example for example in tomllib.loads((PRINTED / "index.toml").read_text())["example"]}
ASKED = EXAMPLES["1"]["url"].removeprefix("https://api.7digital.com").removesuffix("&oauth_token=...")
LICENSORS = {"Atlantic Records": "Warner", "Arista": "Sony Music", "Epic": "Sony Music"}
HERO: dict[str, Any] = {
    "title": "Hero",
    "artist": "Skillet",
    "album": "Awake",
    "tracknumber": "1",
    "date": "2013-10-21 13:00:00",
    "isrc": "USAT20901852",
    "barcode": "075679983732",
    "organization": "Atlantic Records",
}
GLORIA: dict[str, Any] = {
    "title": "Gloria",
    "version": "Digitally Remastered 1996",
    "artist": "Patti Smith",
    "album": "Original Album Classics",
    "tracknumber": "2",
    "date": "2008-06-15 23:00:00",
    "isrc": "USRC10301017",
    "organization": "Arista",
}
TRUTH: dict[str, Any] = {
    "title": "Do You Want The Truth Or Something Beautiful?",
    "version": "Jonny L Remix",
    "artist": "Paloma Faith",
    "tracknumber": "3",
    "isrc": "GBARL0901537",
    "barcode": "884977432688",
    "organization": "Epic",
}


def printed(number: str) -> str:
    """Return an example's body."""
    return Path(PRINTED, EXAMPLES[number]["file"]).read_text(encoding="utf-8")


async def bought(shop: Shop, folder: Path, tags: dict[str, Any], at: str, **options: Any) -> Client:
    """Return a client of a locker with one track, bought then."""
    audio.make(folder / "music/bought.mp3", cover=True, bit_rate=320_000, **tags)
    (folder / "state").mkdir()
    clock = Clock(datetime.fromisoformat(at).timestamp())
    return await shop(folder / "music", state=folder / "state", clock=clock, licensors=LICENSORS, **options)


def alike(name: str, value: str | int | bool) -> str | int | bool:
    """Return a value without what is a locker's own: numbers it gives, addresses, lengths."""
    text = str(value)
    match name:
        case "id" | "purchaseId" | "duration":
            assert re.fullmatch(r"\d+", text)
            return f"<{type(value).__name__}>"
        case "slug":
            return re.sub(r"-\d+$", "", text)
        case "image":
            assert re.fullmatch(r"http://[^/]+/static/img/sleeveart(/\d+){2,4}_50\.jpg", text)
            return "<image>"
        case "url":
            assert re.match(r"http://[^/]+/media/user/downloadtrack", text)
            return re.sub(r"(?<=(?:se|ck)id=)\d+", "", text.partition("downloadtrack")[2])
        case _:
            return value


def from_json(value: Any, name: str = "") -> Any:
    """Return a JSON value with its members in order."""
    match value:
        case dict():
            return [(key, from_json(member, key)) for key, member in value.items()]
        case list():
            return [from_json(member, name) for member in value]
        case None:
            return None
        case _:
            return alike(name, value)


def from_xml(element: ET.Element) -> Any:
    """Return an element with its attributes and members in order."""
    attributes = [(name, alike(name, value)) for name, value in element.attrib.items()]
    text = alike(element.tag, element.text.strip()) if element.text and element.text.strip() else ""
    return element.tag, attributes, text, [from_xml(member) for member in element]


@pytest.mark.row("S1", "S2", "S3", "S7", "S11", "S12", "S13", "S14", "S15", "S17", "S20", "S24", side="server")
async def test_the_answer_in_json_is_as_printed(shop: Shop, tmp_path: Path) -> None:
    client = await bought(shop, tmp_path, HERO, "2017-03-21T11:51:13.770Z")
    answer = await client.get(ASKED, headers={"Accept": EXAMPLES["2"]["accept"]})
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert from_json(answer.json) == from_json(json.loads(printed("2")))


@pytest.mark.row("S1", "S8", "S12", "S14", "S15", "S17", "S20", "S24", side="server")
async def test_the_answer_in_xml_is_as_printed(shop: Shop, tmp_path: Path) -> None:
    older = {"older_xml": True, "conversions": False, "downloads": 355}
    client = await bought(shop, tmp_path, GLORIA, "2009-07-22T11:41:41+01:00", **older)
    answer = await client.get(ASKED, headers={"Accept": EXAMPLES["3"]["accept"]})
    assert answer.headers["Content-Type"] == "application/xml; charset=utf-8"
    ours = answer.text.replace("downloadtrack?formatid=17&amp;", "downloadtrack...").replace("shopid=1064&amp;", "")
    wanted = from_xml(ET.fromstring(printed("3")))  # noqa: S314 - our own file
    assert from_xml(ET.fromstring(re.sub(r"downloadtrack\.\.\.[^<]*", "downloadtrack...", ours))) == wanted  # noqa: S314 - our server


async def withdrawn(shop: Shop, folder: Path) -> Client:
    """Return a client of a locker whose one release is no longer available."""
    client = await bought(shop, folder, TRUTH, "2010-01-13T21:19:58.810Z")
    _track, release = await client.ids(TRUTH["title"])
    client.part.withdraw(release)
    return client


@pytest.mark.row("S36", side="server")
async def test_a_release_that_is_not_available_is_as_printed(shop: Shop, tmp_path: Path) -> None:
    """The page's release has a version of its own, which no tag of a file tells."""
    client = await withdrawn(shop, tmp_path)
    version = "Live From BBC 1's Radio Live Lounge"
    releases = (await client.get(ASKED, headers={"Accept": EXAMPLES["4"]["accept"]})).releases
    wanted = json.loads("{" + printed("4").replace(version, "") + "}")["lockerRelease"]
    assert from_json(releases) == from_json(wanted)
    release = (await client.get(ASKED, headers={"Accept": EXAMPLES["5"]["accept"]})).xml.find(".//lockerRelease")
    assert release is not None
    in_xml = printed("5").replace(f"<version>{version}</version>", "<version/>")
    assert from_xml(release) == from_xml(ET.fromstring(in_xml))  # noqa: S314 - our own file
