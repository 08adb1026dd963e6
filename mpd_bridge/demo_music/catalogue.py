"""What the demo music is: artists, albums, tracks and playlists, all invented, always the same."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from itertools import cycle, islice, product

VARIOUS = "Various Artists"
FOLDERS = ("MP3tunes", "tunesBag", "7digital", "Audio Delivery")
"""One folder for each locker of the demo, so that each has music of its own."""

_SHORTEST, _LONGEST = 8.0, 30.0  # seconds


class Encoding(StrEnum):
    """Name how a track is encoded."""

    MP3_CBR = "mp3 cbr"
    MP3_VBR = "mp3 vbr"
    AAC = "m4a"
    VORBIS = "ogg"

    @property
    def extension(self) -> str:
        """Return the ending of the file's name, without the dot."""
        return "mp3" if self in {Encoding.MP3_CBR, Encoding.MP3_VBR} else str(self)


@dataclass(frozen=True, slots=True)
class DemoTrack:
    """Describe one track: ``number`` is what its tone code says, ``path`` is in the folder, ``duration`` is seconds."""

    path: str
    title: str
    artist: str
    genre: str
    encoding: Encoding
    number: int = 0
    duration: float = 0.0
    album: str | None = None
    album_artist: str | None = None
    track: int | None = None
    track_total: int | None = None
    disc: int | None = None
    disc_total: int | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class DemoPlaylist:
    """Describe one playlist: its folder, the file's name without ``.m3u8``, and its tracks."""

    folder: str
    title: str
    tracks: tuple[DemoTrack, ...]


@dataclass(frozen=True, slots=True)
class _Album:
    title: str
    year: int
    sizes: tuple[int, ...]  # tracks per disc
    encoding: Encoding


@dataclass(frozen=True, slots=True)
class _Artist:
    """Hold an artist; titles are ``own`` first, then ``pattern`` filled with pairs of the two word lists."""

    name: str
    genre: str
    albums: tuple[_Album, ...]
    pattern: str
    first: tuple[str, ...]
    second: tuple[str, ...]
    own: tuple[str, ...] = ()


_CBR, _VBR, _AAC, _OGG = Encoding.MP3_CBR, Encoding.MP3_VBR, Encoding.AAC, Encoding.VORBIS

_ARTISTS = (
    _Artist(
        "The Paper Lanterns",
        "Folk",
        (_Album("Harbour Songs", 1998, (9,), _CBR), _Album("Letters Home", 2001, (8,), _VBR)),
        "{} {}",
        ("Quiet", "Wooden", "Northern", "Borrowed", "Early"),
        ("Harbour", "Letter", "Window", "Orchard"),
        ("Mother's Kitchen", 'The "Last" Ferry', "And/Or"),
    ),
    _Artist(
        "Jörg Käfer Trio",
        "Jazz",
        (_Album("Grüne Stunde", 1987, (8,), _CBR), _Album("Über den Dächern", 1991, (8,), _AAC)),
        "{} {}",
        ("Blaue", "Späte", "Schräge", "Süße", "Müde"),
        ("Straße", "Brücke", "Küche", "Tür"),
        ("Übermut", "Fünf vor zwölf", "Ärger im Paradies"),
    ),
    _Artist(
        "夜行列車",
        "Synth-Pop",
        (_Album("東京の雨", 1984, (8,), _VBR), _Album("星の地図", 1986, (8,), _CBR)),
        "{}の{}",
        ("夜", "海", "雪", "夏", "光"),
        ("駅", "歌", "窓", "道"),
        ("銀河鉄道", "さよなら、夏", "ネオン"),
    ),
    _Artist(
        "North/South",
        "Electronic",
        (_Album("Up/Down", 2003, (8,), _CBR), _Album("A/B", 2005, (7,), _OGG)),
        "{}/{}",
        ("Left", "Dark", "Far", "Cold", "Slow"),
        ("Right", "Light", "Near", "Fast"),
        ("///", "50/50", "24/7"),
    ),
    _Artist(
        'DJ "Null" Pointer',
        "Techno",
        (_Album('Don\'t "Free" Twice', 2007, (8,), _CBR), _Album("Off by One", 2009, (8,), _VBR)),
        "{} {}",
        ("Dangling", "Volatile", "Static", "Const", "Atomic"),
        ("Loop", "Heap", "Stack", "Cast"),
        ('"Quoted"', "C:\\Temp\\Groove", "100% CPU", "<blink>"),
    ),
    _Artist(
        "Étoile du Nord",
        "Chanson",
        (_Album("Déjà bu", 1974, (8,), _CBR), _Album("L'été à Orléans", 1979, (8,), _AAC)),
        "{} {}",
        ("La belle", "Une autre", "Ma dernière", "Chaque"),
        ("étoile", "fenêtre", "rivière", "histoire", "île"),
        ("Ça ira mieux", "Où es-tu ?", "Garçon, s'il vous plaît !"),
    ),
    _Artist(
        "Ólafía Þórs",
        "Ambient",
        (_Album("Ísbrot", 2011, (7,), _VBR), _Album("Ljósið", 2014, (7,), _CBR)),
        "{} {}",
        ("Hvít", "Löng", "Dimm", "Þögul"),
        ("nótt", "fjöll", "þoka", "bára"),
        ("Æðruleysi", "Öxi"),
    ),
    _Artist(
        "The Clockwork Owls",
        "Rock",
        (_Album("Midnight Hours", 1976, (7, 7), _CBR), _Album("Noon", 1978, (8,), _VBR)),
        "{} {}",
        ("Brass", "Midnight", "Rusty", "Howling", "Second", "Broken"),
        ("Wheel", "Feather", "Engine", "Hour", "Pendulum"),
        ("Tick (Part 1)", "Tock (Part 2)", "Who?"),
    ),
    _Artist(
        "Marta Quill",
        "Singer-Songwriter",
        (_Album("Ink", 1995, (9,), _CBR), _Album("Marta Quill", 1997, (8,), _AAC)),
        "{} {}",
        ("Paper", "Blue", "Careless", "Empty", "Sunday"),
        ("Ink", "Coat", "Promise", "Room"),
        ("Ink", "Marta Quill", "It's Not You, It's March"),
    ),
    _Artist(
        "Low Tide Choir",
        "Choral",
        (_Album("Salt Psalms", 1969, (6, 6), _VBR), _Album("Evensong", 1971, (8,), _CBR)),
        "{} of the {}",
        ("Hymn", "Psalm", "Song", "Lament", "Blessing"),
        ("Gull", "Tide", "Lighthouse", "Shallows", "Net"),
        ("Ave Maris", "Amen."),
    ),
    _Artist(
        "Vasko & the Tin Orchestra",
        "Balkan Brass",
        (_Album("Wedding & Funeral", 2012, (9,), _CBR), _Album("Čoček!", 2015, (8,), _OGG)),
        "{} {}",
        ("Žuti", "Crni", "Ludi", "Stari"),
        ("čoček", "voz", "kum", "šešir", "vetar"),
        ("Mesečina nad Tinom", "Rock & Roll & Rakija"),
    ),
    _Artist(
        "Синий Кит",
        "Post-Rock",
        (_Album("Глубина", 2016, (7,), _CBR), _Album("Поверхность", 2018, (7,), _VBR)),
        "{} {}",
        ("Синий", "Тихий", "Дальний", "Последний"),
        ("залив", "ветер", "остров", "свет"),
        ("Ещё раз", "Всё это море"),
    ),
    _Artist(
        "100 Watt Sun",
        "Reggae",
        (_Album("1.21 Gigawatts", 1981, (8,), _CBR), _Album("#1 Hits?", 1983, (8,), _AAC)),
        "{} {}",
        ("Solar", "Bright", "Electric", "Easy", "Morning"),
        ("Dub", "Skank", "Shine", "Riddim"),
        ("4:33", "99 Suns", "No. 1"),
    ),
    _Artist(
        "the lowercase",
        "Lo-Fi",
        (_Album("untitled", 2019, (7,), _VBR), _Album("untitled (again)", 2021, (8,), _CBR)),
        "{} {}",
        ("small", "plain", "soft", "half", "almost"),
        ("talk", "hands", "morning", "noise"),
        ("a", "i think so", "..."),
    ),
)

_FOLDER_OF = {  # what is in none of these is in the first folder
    "Vasko & the Tin Orchestra": "tunesBag",
    "the lowercase": "tunesBag",
    "Étoile du Nord": "7digital",
    "100 Watt Sun": "7digital",
    "North/South": "Audio Delivery",
    'DJ "Null" Pointer': "Audio Delivery",
}
_COMPILATION = _Album("Songs for a Long Drive", 2022, (14,), _CBR)
_COMPILATION_TITLE = "{} (Road Mix)"
_LOOSE = (  # artist's place, title, encoding: tracks of no album, and without a number
    (0, "Rehearsal Tape, Side B", _CBR),
    (4, "untitled bounce (final) (final2)", _VBR),
    (8, 'Birthday Song for "Mrs. O\'Neill"', _AAC),
    (2, "留守番電話", _CBR),
)


def tracks() -> Sequence[DemoTrack]:
    """Return all demo tracks, in the order of their numbers, which begin at 1."""
    return _tracks()


def playlists() -> Sequence[DemoPlaylist]:
    """Return the demo playlists."""
    everything, small = _tracks_in(FOLDERS[0]), _tracks_in("tunesBag")
    evening = [
        track for track in everything if track.genre in {"Jazz", "Ambient", "Lo-Fi"} and track.track in {1, 2, 3}
    ]
    openers = [track for track in everything if track.track == 1 and track.disc in {None, 1}]
    mixed = random.Random("Frühstück").sample(everything, 25)  # noqa: S311 - a fixed choice is the point
    return (
        DemoPlaylist(FOLDERS[0], "Late Evening", tuple(evening)),
        DemoPlaylist(FOLDERS[0], "First Tracks", tuple(openers)),
        DemoPlaylist(FOLDERS[0], "Frühstück & Café", tuple(mixed)),
        DemoPlaylist("tunesBag", "Small Hours", tuple(track for track in small if track.track in {3, 4})),
    )


def _tracks_in(folder: str) -> Sequence[DemoTrack]:
    return [track for track in tracks() if track.path.startswith(f"{folder}/")]


def _folder_of(artist: str) -> str:
    return f"{_FOLDER_OF.get(artist, FOLDERS[0])}/{safe_name(artist)}"


def artist_index(name: str) -> int:
    """Return the place of an artist among the demo artists; it decides how the artist sounds."""
    return [artist.name for artist in _ARTISTS].index(name)


def safe_name(name: str) -> str:
    """Return ``name`` as one part of a path on any file system."""
    safe = "".join("_" if char in '/\\:*?"<>|' else char for char in name).rstrip(". ")
    return safe or "_"


@cache
def _tracks() -> tuple[DemoTrack, ...]:
    described = [*_album_tracks(), *_compilation_tracks(), *_loose_tracks()]
    return tuple(replace(track, number=number, duration=_duration(number)) for number, track in enumerate(described, 1))


def _duration(number: int) -> float:
    """Return seconds: most tracks are short, some are long."""
    chance = random.Random(f"duration {number}").random()  # noqa: S311 - a fixed choice is the point
    return round(_SHORTEST + (_LONGEST - _SHORTEST) * chance**3, 1)


def _titles(artist: _Artist) -> Iterator[str]:
    """Yield titles for an artist's albums: made ones, with its own strewn in."""
    made = [artist.pattern.format(*words) for words in product(artist.first, artist.second)]
    random.Random(artist.name).shuffle(made)  # noqa: S311 - a fixed order is the point
    own = iter(artist.own)
    for index, title in enumerate(made):
        yield title
        if index % 3 == 1 and (extra := next(own, None)) is not None:
            yield extra


def _album_tracks() -> Iterator[DemoTrack]:
    for artist in _ARTISTS:
        titles = _titles(artist)
        for album in artist.albums:
            yield from _one_album(album, artist.name, [(artist, title) for title in islice(titles, sum(album.sizes))])


def _compilation_tracks() -> Iterator[DemoTrack]:
    artists = islice(cycle(_ARTISTS), sum(_COMPILATION.sizes))
    songs = [(artist, _COMPILATION_TITLE.format(artist.own[0])) for artist in artists]
    yield from _one_album(_COMPILATION, VARIOUS, songs)


def _one_album(album: _Album, album_artist: str, songs: list[tuple[_Artist, str]]) -> Iterator[DemoTrack]:
    discs = len(album.sizes)
    remaining = iter(songs)
    for disc, size in enumerate(album.sizes, 1):
        for number, (artist, title) in enumerate(islice(remaining, size), 1):
            prefix = f"{disc}-{number:02}" if discs > 1 else f"{number:02}"
            name = safe_name(f"{prefix} {title}")
            yield DemoTrack(
                path=f"{_folder_of(album_artist)}/{safe_name(album.title)}/{name}.{album.encoding.extension}",
                title=title,
                artist=artist.name,
                genre=artist.genre,
                encoding=album.encoding,
                album=album.title,
                album_artist=album_artist,
                track=number,
                track_total=size,
                disc=disc if discs > 1 else None,
                disc_total=discs if discs > 1 else None,
                date=str(album.year),
            )


def _loose_tracks() -> Iterator[DemoTrack]:
    for place, title, encoding in _LOOSE:
        artist = _ARTISTS[place]
        yield DemoTrack(
            path=f"{_folder_of(artist.name)}/{safe_name(title)}.{encoding.extension}",
            title=title,
            artist=artist.name,
            genre=artist.genre,
            encoding=encoding,
        )
