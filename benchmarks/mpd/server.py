"""One of the servers that are compared, and what it has."""

import random
import re
from dataclasses import dataclass, field

from benchmarks.mpd.client import Client, expression, quote
from benchmarks.mpd.memory import Memory, memory_of

_LISTS_OF = 500  # commands in a command list
_FOLDERS = 500

type Tags = tuple[str, ...]
"""What is the same of one track on every server: artist, album, disc, number, title."""


@dataclass(slots=True)
class Server:
    """Hold a server, the connection that most of the work goes through, and what was found on it."""

    label: str
    port: int
    pid: int
    at_once: bool = True
    client: Client = field(init=False)
    memory: dict[str, Memory] = field(default_factory=dict)
    artists: list[str] = field(default_factory=list)
    album_artists: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    tracks: dict[Tags, str] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)
    queue: list[str] = field(default_factory=list)
    """The tracks that are queued, in an order that is the same on every server."""

    def __post_init__(self) -> None:
        self.client = self.connect()
        self.note_memory("start")

    def connect(self) -> Client:
        return Client(self.port, at_once=self.at_once)

    def reconnect(self) -> None:
        self.client.close()
        self.client = self.connect()

    def note_memory(self, when: str) -> None:
        self.memory[when] = memory_of(self.pid)

    def discover(self, seed: int, tracks: int) -> None:
        """Find artists, at least so many ``tracks``, the words in their titles, and folders that hold songs."""
        self.artists = sorted({value for _, value in self.client.pairs("list artist") if value})
        self.album_artists = sorted({value for _, value in self.client.pairs("list albumartist") if value})
        chance = random.Random(seed)  # noqa: S311 - the same choice in every run
        self._find_tracks(chance.sample(self.artists, len(self.artists)), tracks)
        texts = (f"{title} {album}" for _, album, _, _, title in self.tracks)
        self.words = sorted({word.lower() for text in texts for word in re.findall(r"[^\W\d_]{4,}", text)})
        self._find_folders(chance)
        self.note_memory("after discovery")

    def _find_tracks(self, artists: list[str], wanted: int) -> None:
        for artist in artists:
            for song in self.client.songs(f"find {expression('artist', '==', artist)}"):
                tags = artist, *(song.get(tag, "") for tag in ("Album", "Disc", "Track", "Title"))
                self.tracks.setdefault(tags, song["file"])
            if len(self.tracks) >= 2 * wanted:
                break

    def _find_folders(self, chance: random.Random) -> None:
        waiting = [""]
        while waiting and len(self.folders) < _FOLDERS:
            path = waiting.pop(0)
            found = self.client.pairs(f"lsinfo {quote(path)}" if path else "lsinfo")
            if path and any(key == "file" for key, _ in found):
                self.folders.append(path)
            below = [value for key, value in found if key == "directory"]
            chance.shuffle(below)
            waiting += below
        chance.shuffle(self.folders)

    def queue_length(self) -> int:
        return int(self.client.fields("status")["playlistlength"])

    def add(self, uris: list[str]) -> int:
        """Queue tracks by command lists, and return how many the server took."""
        taken = 0
        for begin in range(0, len(uris), _LISTS_OF):
            lines = "".join(f"addid {quote(uri)}\n" for uri in uris[begin : begin + _LISTS_OF])
            taken += self.client(f"command_list_begin\n{lines}command_list_end").count(b"Id: ")
        return taken

    def fill_queue(self) -> None:
        """Have the whole queue there, whatever the work before has left."""
        have = self.queue_length()
        if have > len(self.queue):
            self.client("clear")
            have = 0
        self.add(self.queue[have:])
