"""Identifiers: what is written can be read, and nothing else."""

import re

import pytest

from custom_components.music_locker.core.models import MediaKind
from custom_components.music_locker.identifier import (
    Identifier,
    InvalidIdentifierError,
    ItemNode,
    LiveNode,
    LockerNode,
    RootNode,
    Shelf,
    ShelfNode,
    parse,
    parse_uri,
    uri,
)

WRITTEN: list[tuple[Identifier, str]] = [
    (RootNode(), ""),
    (LiveNode(), "live"),
    (LiveNode("kitchen"), "live/kitchen"),
    (LockerNode("01ABC"), "01ABC"),
    (ShelfNode("01ABC", Shelf.ARTISTS), "01ABC/artists"),
    (ShelfNode("01ABC", Shelf.ARTISTS, "Q"), "01ABC/artists/Q"),
    (ShelfNode("01ABC", Shelf.ARTISTS, "Q", 3), "01ABC/artists/Q/3"),
    (ItemNode("01ABC", MediaKind.ALBUM, "42"), "01ABC/album/42"),
    (ItemNode("01ABC", MediaKind.ALBUM, "42", 2), "01ABC/album/42/2"),
    (ItemNode("01ABC", MediaKind.GENRE, "Drum & Bass/Jungle"), "01ABC/genre/Drum~20~26~20Bass~2FJungle"),
    (ItemNode("01ABC", MediaKind.GENRE, "~ü"), "01ABC/genre/~7E~C3~BC"),
    (ItemNode("01ABC", MediaKind.GENRE, ".."), "01ABC/genre/~2E~2E"),
]


@pytest.mark.parametrize(("identifier", "text"), WRITTEN)
def test_what_is_written_can_be_read(identifier: Identifier, text: str) -> None:
    assert str(identifier) == text
    assert parse(text) == identifier
    assert parse_uri(uri(identifier)) == identifier
    assert re.fullmatch(r"[A-Za-z0-9_.~/-]*", text)


@pytest.mark.parametrize(
    "text",
    ["/", "a//b", "a/nonsense", "a/album", "a/artists/Q/0", "a/artists/Q/x", "a/artists/Q/1/2", "a b", "~", "~F", "~ff",
     "~FF", "live/a/b", "a/album/1/2/3", "a/track/ü"],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidIdentifierError):
        parse(text)


@pytest.mark.parametrize("text", ["media-source://other/x", "media-source://music_lockers", "http://example.com", ""])
def test_ids_of_others_are_left_alone(text: str) -> None:
    assert parse_uri(text) is None
