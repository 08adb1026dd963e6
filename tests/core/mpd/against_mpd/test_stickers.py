"""Stickers: every answer, with its errors, and who is told."""

from .both import Both, uri

BLUE, ROOM, INK = (uri(f"Marta Quill/Ink/{title}.mp3") for title in ("01 Blue Ink", "02 Paper Room", "03 Ink"))


async def written(both: Both) -> None:
    """Have three songs with a sticker of the name a."""
    await both.same(*(f'sticker set song {song} a "{value}"' for song, value in ((BLUE, 5), (ROOM, 10), (INK, "abc"))))


async def test_a_sticker_is_set_shown_and_taken_off(both: Both) -> None:
    await both.same(
        f'sticker set song {BLUE} "x=b" "c=d"',
        f'sticker set song {BLUE} ünï "ö ä"',
        f"sticker set song {BLUE} Zed z",
        f'sticker set song {BLUE} empty ""',
        f"sticker set song {BLUE} rating 7",
        f"sticker set song {BLUE} rating text",
        f'sticker get song {BLUE} "x=b"',
        f"sticker get song {BLUE} empty",
        f"sticker get song {BLUE} rating",
        f"sticker list song {BLUE}",
        f"sticker delete song {BLUE} empty",
        f"sticker delete song {BLUE} Zed",
        f"sticker list song {BLUE}",
        f"sticker delete song {BLUE}",
        f"sticker list song {BLUE}",
    )


async def test_what_is_refused(both: Both) -> None:
    await both.same_error(
        "sticker",
        "sticker get song",
        "sticker get song nosuch x",
        "sticker list song nosuch",
        "sticker inc song nosuch x",
        "sticker get bogus x y",
        "sticker bogus bogus x y",
        "sticker bogus song x y",
        "sticker get Song x y",
        f"sticker GET song {BLUE} x",
        f"sticker get song {BLUE}",
        f"sticker get song {BLUE} x y",
        f'sticker get song {BLUE} ""',
        f'sticker set song {BLUE} "" 3',
        f'sticker inc song {BLUE} "" 3',
        f"sticker inc song {BLUE} n",
        f"sticker inc song {BLUE} n 1 2",
        f"sticker list song {BLUE} x",
        f"sticker delete song {BLUE} nope",
        f'sticker delete song {BLUE} ""',
        f"sticker delete song {BLUE} a b",
        "sticker set song http://127.0.0.1:9/a x 1",
        "sticker set song ../x x 1",
        uri("Marta Quill").join(("sticker set song ", " x 1")),
        "sticker delete playlist nosuch",
        "sticker set playlist nosuch a b",
        "sticker set artist nosuch a b",
        'sticker set artist "" a b',
        "sticker set artist nosuch",
        "sticker set Track 1 a b",
        "sticker set Mood x a",
        "sticker find bogus x a",
        'sticker find song ""',
        r'sticker get "bog\"us" x y',
        r'sticker get playlist "a\"b\\c" x',
        rf'sticker get song {BLUE} "a\"b"',
        r'sticker find song "" a "a\"b" 1',
        "stickernames x",
        "stickertypes x",
        "stickernamestypes x y",
        "stickernamestypes bogus",
        'stickernamestypes ""',
        "stickernamestypes artist",
        "stickernamestypes Track",
    )


async def test_counting(both: Both) -> None:
    for value in ("text", "12abc", "3.75", "-7", "+5", " 7up", "1e3", "9223372036854775807", "9e999", ""):
        await both.same(f'sticker set song {BLUE} n "{value}"')
        for amount in ("1", "-3", "1.5", "x", ""):
            for action in ("inc", "dec"):
                await both.same(f'sticker {action} song {BLUE} n "{amount}"', f"sticker list song {BLUE}")
    await both.same(f"sticker dec song {BLUE} new 3", f"sticker get song {BLUE} new")
    await both.same(f"sticker inc song {BLUE} other x", f"sticker get song {BLUE} other")


async def test_finding_by_values(both: Both) -> None:
    await written(both)
    values = ("5", "10", "2x", "", "abc", "5.0", "5.5", " 5 ", "b", "B", "%", "_", "a_c", "A%C", "1e1")
    for operator in ("=", "<", ">", "eq", "lt", "gt", "contains", "starts_with"):
        await both.same(*(f'sticker find song "" a {operator} "{value}"' for value in values))
        await both.same(f'sticker find song "" a {operator}')
    await both.same('sticker find song "" a = 5 extra', 'sticker find song "" a', 'sticker find song "" ""')
    await both.same_error('sticker find song "" a == 5', 'sticker find song "" a EQ 5', 'sticker find song "" a bogus')
    for value in ("a_b%c", "ÄÖ", "99999999999999999999999", "+5", " 7up"):
        await both.same(f'sticker set song {BLUE} b "{value}"')
        await both.same(*(f'sticker find song "" b contains "{part}"' for part in ("a_b", "aXb", "äö", "ÄÖ", "7U")))
        await both.same('sticker find song "" b gt 9223372036854775806', 'sticker find song "" b eq 5')


async def test_order_and_window(both: Both) -> None:
    await written(both)
    await both.same(f"sticker set song {uri('Marta Quill/Ink/05 Sunday Coat.mp3')} a 10")
    for sort in ("uri", "value", "value_int"):
        await both.same(f'sticker find song "" a sort {sort}', f'sticker find song "" a sort -{sort}')
    await both.same(*(f'sticker find song "" a window {window}' for window in ("0:2", "1:", "2", "-1", "9:10")))
    await both.same('sticker find song "" a gt 1 sort -value_int window 0:1')
    await both.same_error(
        'sticker find song "" a sort bogus',
        'sticker find song "" a sort -bogus',
        'sticker find song "" a sort Value',
        'sticker find song "" a sort ""',
        'sticker find song "" a sort',
        'sticker find song "" a window',
        'sticker find song "" a window 5:2',
        'sticker find song "" a window x',
        'sticker find song "" a window 1:3 sort uri',
        'sticker find song "" a sort uri sort value',
        'sticker find song "" a sort bogus window x',
        'sticker find song "" a bogus 2 sort zzz',
        'sticker find song "" a bogus 2 window x',
    )


async def test_finding_below_a_directory(both: Both) -> None:
    await written(both)
    for directory in ("Marta Quill", "Marta Quill/Ink", "Marta Quill/", "marta quill", "Marta Q", "nosuch", "%"):
        await both.same(f"sticker find song {uri(directory)} a")
    await both.same('sticker find song "/" a', 'sticker find song "%" a', f"sticker find song {BLUE} a")


async def test_playlists(both: Both) -> None:
    name = '"Late Evening"'
    await both.same(
        f"sticker set playlist {name} a b",
        f"sticker inc playlist {name} n 4",
        f"sticker list playlist {name}",
        f"sticker get playlist {name} a",
        f"sticker get playlist {name} x",
        f"sticker delete playlist {name} x",
        'sticker find playlist "" a',
        'sticker find playlist "late" a',
        'sticker find playlist "%E" n gt 3',
        "stickernamestypes playlist",
    )


async def test_a_playlist_that_is_removed(both: Both) -> None:
    await both.same(f"add {BLUE}", "save Mine", "sticker set playlist Mine a b")
    assert await both.told("rm Mine") == {"stored_playlist", "sticker"}
    await both.same("stickernames", "save Mine", "sticker list playlist Mine", "stickernamestypes")


async def test_a_playlist_that_is_renamed(both: Both) -> None:
    await both.same(f"add {BLUE}", "save Mine", "sticker set playlist Mine a b", "rename Mine Ours")
    await both.differs("Stickers of a playlist that is renamed", "sticker get playlist Ours a")
    await both.same("save Mine")  # which MPD has to have, to forget what was written on it


async def test_tags(both: Both) -> None:
    await both.same(
        'sticker set Artist "Marta Quill" a b',
        'sticker set artist "Marta Quill" a2 b',
        'sticker list ARTIST "Marta Quill"',
        'sticker get artist "Marta Quill" x',
        'sticker inc artist "Marta Quill" n 2',
        'sticker set albumartist "Marta Quill" a b',
        "sticker set title Ink a b",
        'sticker find artist "" a',
        'sticker find artist "marta" a',
        'sticker find artist "_arta" a',
        'sticker find Track "" a',
        "stickernames",
        "stickernamestypes",
        "stickernamestypes Artist",
        "stickertypes",
    )
    await both.same_error('sticker set artist "marta quill" a b', 'sticker get artist "Marta Quill" b')


async def test_filters(both: Both) -> None:
    for number, text in enumerate(
        (
            "(artist == 'Marta Quill')",
            "((artist == 'Marta Quill') AND (album == 'Ink'))",
            "(((artist == 'Marta Quill') AND (album == 'Ink')) AND (title == 'Ink'))",
            "((artist == 'Marta Quill'))",
            "(!(artist == 'Marta Quill'))",
            "(artist != 'Marta Quill')",
            "(artist contains 'Marta')",
            "(artist !contains 'Marta')",
            "(artist starts_with 'Marta')",
            "(artist contains_ci 'Marta')",
            "(any == 'Ink')",
            "(title == 'It\\\\'s Not You, It\\\\'s March')",
        )
    ):
        await both.same(f'sticker set filter "{text}" a {number}', f'sticker list filter "{text}"')
    await both.same('sticker find filter "" a', 'sticker find filter "(artist" a')
    await both.same_error(
        "sticker set filter artist a b",
        'sticker set filter "" a b',
        "sticker set filter \"(bogus == 'x')\" a b",
        "sticker set filter \"(artist == 'Nobody')\" a b",
        "sticker set filter \"(artist == 'Marta Quill') garbage\" a b",
        'sticker set filter "(artist == \'Marta" a b',
    )


async def test_who_is_told(both: Both) -> None:
    assert await both.told(f"sticker set song {BLUE} a 1", of="sticker") == {"sticker"}
    assert await both.told(f"sticker set song {BLUE} a 1", of="sticker") == {"sticker"}
    assert await both.told(f"sticker inc song {BLUE} a 0", of="sticker") == {"sticker"}
    assert await both.told(f"sticker delete song {BLUE} nope", of="sticker") == set()
    assert await both.told(f"sticker get song {BLUE} a", of="sticker") == set()
    assert await both.told(f"sticker delete song {BLUE} a", of="sticker") == {"sticker"}
