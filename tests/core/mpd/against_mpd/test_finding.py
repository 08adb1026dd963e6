"""find and search: filters, old pairs, sort and window."""

from .both import Both, quoted

QUILL = quoted("Marta Quill")


async def test_pairs_of_old(both: Both) -> None:
    await both.same(
        f"find artist {QUILL}", "find artist 'x", 'find artist "marta quill"', f"find Artist {QUILL} album Ink"
    )
    await both.same(
        'find album ""', 'find artist ""', "find any Ink", f"find any Ink any {QUILL}", 'find any ""', "find track 01"
    )
    await both.same(
        f"find artist {QUILL} artist x", "find file Locker/x", "find base Locker/nope", 'find base "Locker/Marta Quill"'
    )
    await both.same(
        "search any quill",
        "search any strasse",
        "search any глубина",
        "search any be",
        "search any bÉ",
        "search any jorg",
    )
    await both.same(
        'search any ""', 'search album ""', "search title STRASSE", "search filename QUILL", "search file quill"
    )
    await both.same(
        "search date 199",
        "search any 199",
        "search base Locker artist quill",
        "search track 1",
        "search albumartist various",
    )


async def test_expressions(both: Both) -> None:
    for expression in (
        "(artist == 'Marta Quill')",
        "(artist != 'Marta Quill')",
        "(!(artist == 'Marta Quill'))",
        "(!(!(title == 'Ink')))",
        "(artist contains 'arta')",
        "(artist CONTAINS 'arta')",
        "(artist !contains 'arta')",
        "(title starts_with 'B')",
        "(title contains '')",
        "(title == 'And/Or')",
        '(title == "Ink")',
        "(title == 'The \"Last\" Ferry')",
        "(title == 'It\\'s Not You, It\\'s March')",
        "((artist == 'Marta Quill') AND (album == 'Ink'))",
        "((title == 'Ink') AND (artist == 'Marta Quill') AND (album == 'Ink'))",
        "((artist == 'Marta Quill') AND (!(title contains 'l')))",
        "(((artist == 'Marta Quill')))",
        "(any == 'Jazz')",
        "(any != 'Jazz')",
        "(any contains 'azz')",
        "(albumartist == 'Various Artists')",
        "(albumartist != 'Marta Quill')",
        "(genre == '')",
        "(disc == '2')",
        "(disc == '')",
        "(album == '')",
        "(comment == 'x')",
        "(file contains 'Marta')",
        "(file == 'Locker/Marta Quill/Ink/01 Blue Ink.mp3')",
        "(base 'Locker/Marta Quill/Ink')",
        "(base 'nowhere')",
        "(AudioFormat == '44100:24:2')",
    ):
        await both.same(f"find {quoted(expression)}", f"search {quoted(expression)}")


async def test_case_and_accents_in_search(both: Both) -> None:
    for expression in (
        "(title == 'STRASSE')",
        "(title contains 'STRASSE')",
        "(title != 'späte strasse')",
        "(artist contains 'KÄFER')",
        "(artist contains 'kafer')",
        "(artist == 'синий кит')",
        "(title contains 'の')",
        "(file contains 'MARTA')",
    ):
        await both.same(f"search {quoted(expression)}")


async def test_what_is_no_filter(both: Both) -> None:
    for expression in (
        "(",
        "((",
        "()",
        "(title)",
        "(title =='Ink'",
        "(title == Ink)",
        "(title == 'Ink)",
        "(nope == 'x')",
    ):
        await both.same_error(f"find {quoted(expression)}", f"search {quoted(expression)}")
    for expression in (
        "(title == 'Ink') x",
        "(title == 'Ink')x",
        "(!title == 'Ink')",
        "(!())",
        "(!(title == 'Ink')",
        "( == 'x')",
    ):
        await both.same_error(f"find {quoted(expression)}", f"count {quoted(expression)}")
    for expression in (
        "((title == 'a') OR (title == 'b'))",
        "((title == 'a')",
        "(base)",
        "(base == 'x')",
        "(base '../x')",
    ):
        await both.same_error(f"find {quoted(expression)}", f"list artist {quoted(expression)}")
    await both.same_error(
        "find", "find artist", "find foo bar", "find artist x album", "search", "search foo bar", "search artist"
    )
    await both.same_error(
        "find modified-since x", "find \"(modified-since 'x')\"", "find base /Locker", "find base ../Locker"
    )
    await both.same_error(
        "find sort title",
        "find window 0:1",
        "find artist x sort",
        "find artist x window",
        "find \"(AudioFormat == 'x')\"",
    )


async def test_white_space_in_expressions(both: Both) -> None:
    for expression in (
        "( title == 'Ink')",
        "(title == 'Ink' )",
        "(title=='Ink')",
        "(title  ==  'Ink')",
        "((title == 'Ink')AND(any == 'Ink'))",
    ):
        await both.same(f"find {quoted(expression)}")


async def test_sorting(both: Both) -> None:
    everything = quoted("(file != '')")
    for tag in (
        "title",
        "artist",
        "-artist",
        "albumartist",
        "AlbumArtistSort",
        "ArtistSort",
        "album",
        "track",
        "-track",
        "date",
    ):
        await both.same(f"find {everything} sort {tag} window 0:40", f"find artist {QUILL} sort {tag}")
    for tag in ("-date", "disc", "genre", "composer", "-Title", "AlbumSort", "TitleSort"):
        await both.same(f"search any a sort {tag} window 3:30")
    await both.same_error(
        f"find artist {QUILL} sort foo", f"find artist {QUILL} sort -", f"find artist {QUILL} sort any"
    )


async def test_windows(both: Both) -> None:
    for window in ("0:1", "1", "1:", "1:1", "5:90", "50:90", "0:0", "-1"):
        await both.same(f"find artist {QUILL} window {window}", f"search any quill sort title window {window}")
    await both.same_error(
        f"find artist {QUILL} window 3:2", f"find artist {QUILL} window x", f"find artist {QUILL} window :3"
    )
    await both.same_error(
        f"find artist {QUILL} window -2", f"find artist {QUILL} window 0:x", f"find window 0:1 artist {QUILL}"
    )


async def test_queueing_what_is_found(both: Both) -> None:
    await both.same(
        f"findadd artist {QUILL} window 0:3", "searchadd title ink sort title", "playlist", "findadd artist nobody"
    )
    await both.same(
        "findadd title Ink position 0", "searchadd \"(title contains 'BLUE')\" position 2", "playlist", "status"
    )
    await both.same(
        "play 1", "findadd title Ink position +0", "searchadd title ink window 0:1 position -0", "playlistinfo"
    )
    await both.same_error(
        "findadd", "findadd foo bar", "findadd artist", "searchadd artist x sort foo", "findadd artist x position x"
    )
    await both.same_error(
        f"findadd artist {QUILL} position 99", "searchadd", "searchadd artist", "searchadd any ink position +99"
    )
    await both.same("findadd artist nobody position 99", "playlist", "findadd position x", "findadd foo bar position x")


async def test_regular_expressions(both: Both) -> None:
    for pattern in ("^B.*k$", "", "(?i)ink$", r"\\bInk\\b", "^(Blue|Paper) ", "(", "[", "*"):
        await both.same(*(f"{command} {quoted(f"(title =~ '{pattern}')")}" for command in ("find", "search", "count")))
    await both.same("find \"(artist !~ 'a')\"", "find \"(any =~ '^Jazz$')\" window 0:3", "find \"(file =~ 'Blue')\"")
    await both.differs("Regular expressions", "count \"(title =~ '^.{3}$')\"")


async def test_operators_of_0_24(both: Both) -> None:
    for operator in ("starts_with", "contains", "eq"):
        for form in ("", "_cs", "_ci"):
            for sign in ("", "!"):
                expression = quoted(f"(title {sign}{operator}{form} 'ink')")
                await both.same(f"find {expression} window 0:5", f"search {expression} window 0:5")


async def test_unknown_operators(both: Both) -> None:
    for expression in (
        "(title ~ 'x')",
        "(title = 'x')",
        "(title like 'x')",
        "(title contains'x')",
        "(title 'x')",
        "(date >= '1')",
    ):
        await both.same_error(f"find {quoted(expression)}")


async def test_times_formats_and_priorities(both: Both) -> None:
    for expression in (
        "(added-since '2050-01-01T00:00:00Z')",
        "(modified-since '2050-01-01')",
        "(modified-since '20500101T000000Z')",
        "(modified-since '99999999999')",
        "(added-since 'x')",
        "(AudioFormat == '44100:24:2')",
        "(AudioFormat == '44100:*:2')",
        "(AudioFormat =~ 'x')",
        "(prio >= 1)",
        "(prio >= '1')",
        "(prio >= 256)",
        "(prio == 1)",
        "(!(prio >= 5))",
    ):
        await both.same(f"find {quoted(expression)} window 0:2")
