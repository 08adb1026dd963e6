"""Demo music: a folder of invented, synthesised, tagged tracks that an ear and a program can tell apart."""

from .catalogue import FOLDERS, DemoPlaylist, DemoTrack, Encoding, playlists, tracks
from .covers import Cover, cover
from .folder import Made, make

__all__ = ["FOLDERS", "Cover", "DemoPlaylist", "DemoTrack", "Encoding", "Made", "cover", "make", "playlists", "tracks"]
