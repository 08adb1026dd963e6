"""The four printed examples of the document, and answers as older and other servers give them, read by the parsers."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from music_locker_core.errors import ServiceError
from music_locker_core.lockers.sevendigital_formats import Format, best
from music_locker_core.lockers.sevendigital_parse import LockerPage, LockerRelease, parse_locker, parse_token
from music_locker_core.models import UNKNOWN_ARTIST, Album, Artist, Downloads, Track

PRINTED = Path(__file__).parents[3] / "fixtures/seeds/sevendigital"
AWAKE_IMAGE = "http://artwork-cdn.7static.com/static/img/sleeveart/00/005/697/0000569720_50.jpg"
SMITH_IMAGE = "http://artwork-cdn.7static.com/static/img/sleeveart/00/003/021/0000302123_50.jpg"
TRUTH = "Do You Want The Truth Or Something Beautiful?"

HERO = Track(
    id="569720-6313215",
    title="Hero",
    artist="Skillet",
    artist_id="4617",
    album="Awake",
    album_id="569720",
    album_artist="Skillet",
    number=1,
    disc=1,
    year=2013,
    duration=190.0,
    mime_type="audio/mpeg",
    bit_rate=320,
    artwork=AWAKE_IMAGE,
    added=datetime(2017, 3, 21, 11, 51, 13, 770_000, UTC),
)
GLORIA = Track(
    id="302123-3544116",
    title="Gloria (Digitally Remastered 1996)",
    artist="Patti Smith",
    artist_id="1194",
    album="Original Album Classics",
    album_id="302123",
    album_artist="Patti Smith",
    number=2,
    disc=1,
    year=2008,
    duration=150.0,
    mime_type="audio/mpeg",
    bit_rate=320,
    artwork=SMITH_IMAGE,
    added=datetime(2009, 7, 22, 10, 41, 41, tzinfo=UTC),
)
REMIX = Track(
    id="662888-7352778",
    title=f"{TRUTH} (Jonny L Remix)",
    artist="Paloma Faith",
    artist_id="329482",
    album=f"{TRUTH} (Live From BBC 1's Radio Live Lounge)",
    album_id="662888",
    album_artist="Paloma Faith",
    number=3,
    disc=1,
    duration=335.0,
    added=datetime(2010, 1, 13, 21, 19, 58, 810_000, UTC),
    available=False,
    downloads=Downloads.NONE,
)


def printed(name: str) -> bytes:
    return (PRINTED / name).read_bytes()


def only(page: LockerPage) -> LockerRelease:
    (release,) = page.releases
    return release


def read(release: dict[str, Any]) -> LockerRelease:
    """One release, in JSON."""
    return only(parse_locker(json.dumps(in_page(release)).encode()))


def in_page(release: object) -> dict[str, Any]:
    return {"status": "ok", "locker": {"lockerReleases": {"page": 1, "lockerRelease": release}}}


def awake() -> dict[str, Any]:
    """The release of the JSON example, to be changed."""
    (release,) = json.loads(printed("locker.json"))["locker"]["lockerReleases"]["lockerRelease"]
    return dict(release)


def as_xml_born(value: object) -> object:
    """Plain values as JSON has them that was made from XML: texts for numbers and truths, no lists of one."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case dict():
            return {name: as_xml_born(inner) for name, inner in value.items()}
        case [inner]:
            return as_xml_born(inner)
    return value


@pytest.mark.row("S7", "S8", "S9", "S11", "S12", "S13", "S14", "S15", "S17", "S20", "S24", side="adapter")
@pytest.mark.row("S18", "S19", "S21", "S22", "S27", "S28")
@pytest.mark.parametrize(
    ("name", "track", "album"),
    [
        ("locker.json", HERO, Album("569720", "Awake", "Skillet", "4617", year=2013, artwork=AWAKE_IMAGE)),
        (
            "locker.xml",
            GLORIA,
            Album("302123", "Original Album Classics", "Patti Smith", "1194", year=2008, artwork=SMITH_IMAGE),
        ),
    ],
)
def test_a_printed_locker_gives_its_release(name: str, track: Track, album: Album) -> None:
    page = parse_locker(printed(name))
    release = only(page)
    assert (page.size, page.total) == (10, 1)
    assert release.album == replace(album, track_count=1, added=track.added)
    assert release.artists == [Artist(track.artist_id or "", track.artist)]
    assert [bought.track for bought in release.tracks] == [track]
    formats = [(one.format.id, one.format.bit_rate) for one in release.tracks[0].downloads]
    assert formats == [("17", 320), ("48", 256)][: 2 if name.endswith("json") else 1]


@pytest.mark.row("S19", "S23", "S39", "S40")
@pytest.mark.row("S36", side="adapter")
@pytest.mark.parametrize("name", ["unavailable.txt", "unavailable.xml"])
def test_a_printed_release_that_is_withdrawn_is_listed_and_not_playable(name: str) -> None:
    fragment = printed(name)
    if name.endswith("xml"):  # an element alone; in JSON a member alone, which braces make an object
        body = b"<response><locker><lockerReleases>" + fragment + b"</lockerReleases></locker></response>"
    else:
        body = b'{"locker":{"lockerReleases":{' + fragment + b"}}}"
    release = only(parse_locker(body))
    image = "http://artwork-cdn.7static.com/static/img/sleeveart/00/"
    image += "006/628/2888_50.jpg" if name.endswith("xml") else "628/88_50.jpg"
    (bought,) = release.tracks
    assert (bought.track, bought.downloads) == (replace(REMIX, artwork=image), [])
    assert (release.album.title, release.album.year, release.album.artwork) == (REMIX.album, None, image)


@pytest.mark.row("S28", "S41")
def test_json_that_was_born_from_xml_reads_as_any_other() -> None:
    page = json.loads(printed("locker.json"))
    born = json.dumps({"response": as_xml_born(page)}).encode()
    assert parse_locker(born) == parse_locker(printed("locker.json"))
    withdrawn = as_xml_born({**awake(), "available": False})
    assert isinstance(withdrawn, dict)
    assert not read(withdrawn).tracks[0].track.available
    assert read({**awake(), "available": None}).tracks[0].track.available


@pytest.mark.row("S14", side="adapter")
@pytest.mark.row("S21", "S27")
def test_older_xml_gives_the_same_models() -> None:
    body = b"""<response status="ok" version="1.2" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><locker>
    <lockerReleases><page>1</page><lockerRelease><release id="1"><title>Old</title><version xsi:nil="true"/>
    <year>2005</year><artist id="2"><name/><appearsAs>Somebody</appearsAs></artist><licensor id="3"/>
    <releaseDate>2004-01-01T00:00:00+01:00</releaseDate></release><lockerTracks><lockerTrack><track id="9">
    <title>Song</title><version/><trackNumber>0</trackNumber><number>4</number><duration/></track>
    <remainingDownloads xsi:nil="true"/><downloadUrls><downloadUrl><url>downloadtrack...</url><format id="17">
    <fileFormat>MP3</fileFormat><bitRate>320</bitRate><drmFree>true</drmFree></format></downloadUrl><downloadUrl/>
    </downloadUrls></lockerTrack></lockerTracks></lockerRelease></lockerReleases></locker></response>"""
    release = only(parse_locker(body))
    assert (release.album.year, release.album.artist, release.album.added) == (2004, "Somebody", None)
    track = release.tracks[0].track
    assert (track.id, track.title, track.number, track.disc, track.duration) == ("1-9", "Song", 4, None, None)
    assert (track.mime_type, track.bit_rate, track.added, track.available) == ("audio/mpeg", 320, None, True)
    assert track.downloads is Downloads.ALLOWED


@pytest.mark.row("S19")
@pytest.mark.parametrize(
    ("title", "version", "shown"),
    [
        ("Hero", "", "Hero"),
        ("Hero", None, "Hero"),
        ("Hero", "Live", "Hero (Live)"),
        ("Hero (live)", "Live", "Hero (live)"),
        (None, "Live", "Track 6313215"),
    ],
)
def test_a_version_stands_behind_the_title_once(title: str | None, version: str | None, shown: str) -> None:
    release = awake()
    track = release["lockerTracks"]["lockerTrack"][0]["track"]
    track |= {"title": title, "version": version}
    assert read(release).tracks[0].track.title == shown


@pytest.mark.row("S29", "S30", "S31", "S32")
@pytest.mark.parametrize(
    ("told", "allowed"),
    [
        (355, Downloads.ALLOWED),
        ("2", Downloads.ALLOWED),
        (1, Downloads.LAST),
        ("1", Downloads.LAST),
        (0, Downloads.USED_UP),
        ("0", Downloads.USED_UP),
        (-1, Downloads.ALLOWED),
        (None, Downloads.ALLOWED),
    ],
)
def test_the_number_of_downloads_becomes_a_word_and_goes_no_further(told: object, allowed: Downloads) -> None:
    release = awake()
    release["lockerTracks"]["lockerTrack"][0]["remainingDownloads"] = told
    bought = read(release).tracks[0]
    assert bought.track.downloads is allowed
    assert bought.track.available
    assert "355" not in repr(bought)


def test_a_track_without_addresses_has_no_download() -> None:
    release = awake()
    release["lockerTracks"]["lockerTrack"][0]["downloadUrls"] = None
    assert read(release).tracks[0].track.downloads is Downloads.NONE


@pytest.mark.row("S25")
@pytest.mark.parametrize(
    ("formats", "chosen"),
    [
        ([{"id": 48, "description": "MP3 256"}, {"id": 17, "description": "MP3 320"}], "17"),
        ([{"id": 17, "description": "MP3 320"}, {"id": 45, "description": "FLAC 16/44.1"}], "45"),
        ([{"id": 45, "description": "FLAC 16/44.1"}, {"id": 52, "description": "24-bit FLAC"}], "52"),
        ([{"id": 900, "description": "FLAC 24/96"}, {"id": 45, "description": "FLAC 16/44.1"}], "900"),
        ([{"id": 33, "description": "M4A 320"}, {"id": 17, "description": "MP3 320"}], "33"),
        ([{"id": 26}, {"id": 56}], "56"),
        ([{"id": 1, "description": "WMA 999"}, {"id": 48, "description": "MP3 256"}], "48"),
        ([{"id": 1, "fileFormat": "MP3", "bitRate": "320", "drmFree": "false"}, {"id": 26}], "26"),
        ([{"id": 1, "description": "WMA 999"}], None),
        ([{"description": "MP3 320"}], None),
        ([], None),
    ],
)
def test_the_best_playable_format_is_chosen(formats: list[dict[str, object]], chosen: str | None) -> None:
    found = best([Format.of(fields) for fields in formats])
    assert (found and found.id) == chosen


def test_a_release_or_track_without_its_id_is_left_out() -> None:
    release = awake()
    track = dict(release["lockerTracks"]["lockerTrack"][0])
    release["lockerTracks"] = {"lockerTrack": [{**track, "track": {"title": "No id"}}, {**track, "track": None}, track]}
    release["release"] = {**release["release"], "artist": None}
    read_release = read(release)
    assert [bought.track.id for bought in read_release.tracks] == [HERO.id]
    assert read_release.album.artist == UNKNOWN_ARTIST
    assert [artist.name for artist in read_release.artists] == ["Skillet"]
    assert parse_locker(json.dumps(in_page([{"release": {"id": "../1"}}, {"release": None}])).encode()).releases == []


@pytest.mark.parametrize(
    "body",
    [
        b'{"status":"ok","locker":null}',
        b'{"status":"ok","locker":{"lockerReleases":null}}',
        b'{"status":"ok","locker":{"lockerReleases":{"totalItems":"0","lockerRelease":null}}}',
        b'<response status="ok"><locker/></response>',
        b"<response><locker><lockerReleases><totalItems>0</totalItems></lockerReleases></locker></response>",
    ],
)
def test_an_empty_locker_is_a_good_answer(body: bytes) -> None:
    assert parse_locker(body).releases == []


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[1,2]", b"null", b"<response/>", b'{"status":"ok","locker":{"x":1}}', b"<html/>", b"OK"]
)
def test_what_is_no_locker_is_an_error(body: bytes) -> None:
    with pytest.raises(ServiceError):
        parse_locker(body)


@pytest.mark.row("S42", side="adapter")
def test_a_token_is_read_from_a_form_and_shown_by_nothing() -> None:
    token = parse_token(b"oauth_token=k%2F&oauth_token_secret=s+s&oauth_callback_confirmed=true")
    assert (token.key, token.secret, token.user) == ("k/", "s s", None)
    assert "k/" not in repr(token)
    assert parse_token(b"oauth_token=k&oauth_token_secret=s&userId=12").user == "12"
    for body in (b"", b"oauth_token=k", b"ok", b'{"status":"ok"}', b"&" * 99):
        with pytest.raises(ServiceError):
            parse_token(body)
