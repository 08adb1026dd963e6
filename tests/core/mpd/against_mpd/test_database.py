"""Directories, songs, tags and covers of the database."""

from .both import Both, quoted, uri

FOLDER = uri("Marta Quill/Ink")
SONG = uri("Marta Quill/Ink/01 Blue Ink.mp3")
QUILL = quoted("Marta Quill")


async def test_directories(both: Both) -> None:
    await both.same("listall", "listall Locker", f"listall {FOLDER}", f"listall {SONG}", "listall /", 'listall ""')
    await both.same(
        "listallinfo", f"listallinfo {FOLDER}", f"listallinfo {SONG}", "listallinfo /", "lsinfo", "lsinfo /"
    )
    await both.same('lsinfo ""', "lsinfo Locker", f"lsinfo {FOLDER}", f"lsinfo {SONG}", "lsinfo Locker/")
    await both.same(
        f"listall {uri('Jörg Käfer Trio')}", f"lsinfo {uri('夜行列車/東京の雨')}", f"lsinfo {uri('Синий Кит')}"
    )


async def test_what_is_no_directory(both: Both) -> None:
    await both.same_error("listall nope", "listall ..", "listall a b", "listall Locker/nope", "listallinfo nope")
    await both.same_error(
        "listallinfo /Locker", "listallinfo ..", "listallinfo a b", "lsinfo nope", "lsinfo ..", "lsinfo a b"
    )
    await both.same("listall Locker/", "lsinfo Locker//", "lsinfo ./Locker", "listall Locker//x", "lsinfo Locker/nope")


async def test_the_files_of_a_directory(both: Both) -> None:
    await both.differs("`listfiles`", "listfiles Locker", f"listfiles {FOLDER}", "listfiles nope")
    await both.same_error("listfiles a b")


async def test_values_of_a_tag(both: Both) -> None:
    tags = (
        "artist",
        "albumartist",
        "album",
        "title",
        "genre",
        "date",
        "track",
        "disc",
        "composer",
        "artistsort",
        "name",
    )
    await both.same(
        *(f"list {tag}" for tag in tags), "list musicbrainz_albumid", "list AlbumArtistSort", "list titlesort"
    )
    await both.same(
        f"list album {QUILL}", "list album nobody", 'list album ""', f"list album artist {QUILL}", "list file"
    )
    await both.same(f"list title artist {QUILL} album Ink", "list artist album Ink", f"list file artist {QUILL}")
    await both.same(f"list album artist {QUILL} date 1995", "list albumartist \"(genre == 'Jazz')\"")


async def test_values_of_a_tag_in_groups(both: Both) -> None:
    await both.same("list album group albumartist", "list album group artist group date", "list artist group album")
    await both.same(
        "list albumartist group album group date", "list title \"(album == 'Ink')\" group disc group albumartist"
    )
    await both.same(
        f"list album albumartist {QUILL} group date",
        "list genre group albumartist",
        "list album group date group genre",
    )


async def test_what_cannot_be_listed(both: Both) -> None:
    await both.same_error(
        "list", "list foo", "list any", f"list artist {QUILL}", "list artist group foo", "list artist foo bar"
    )
    await both.same_error(
        "list artist group artist", "list base", "list modified-since", "list artist x", "list artist x y z"
    )
    await both.same_error("list album x y", f"list album {QUILL} group date", "list album group album")
    await both.same("list album group", "list filename", "list artist sort artist")
    await both.differs("`list` with a `window`", "list artist window 0:3", "list artist window x")


async def test_counting(both: Both) -> None:
    await both.same(
        f"count artist {QUILL}", "count \"(artist == 'Marta Quill')\"", "count artist nobody", "count title Ink"
    )
    await both.same(
        "count group album", "count group albumartist", f"count artist {QUILL} group album", "count group artist"
    )
    await both.same("count artist nobody group album", "count base Locker", "count \"(title == 'Ink')\" group artist")
    await both.same(
        "searchcount artist quill", "searchcount \"(title contains 'ink')\"", "searchcount title ink group album"
    )
    await both.same_error(
        "count", "count artist", "count foo bar", f"count artist {QUILL} group foo", "count group foo"
    )
    await both.same_error(
        "count artist x sort title", "count artist x group", "searchcount", "searchcount artist", "searchcount a b"
    )


async def test_comments_of_a_song(both: Both) -> None:
    await both.differs("`readcomments`", f"readcomments {SONG}")
    await both.same_error(
        "readcomments", "readcomments a b", "readcomments nope", "readcomments Locker", 'readcomments ""'
    )


async def test_what_is_never_fetched(both: Both) -> None:
    url = "http://127.0.0.1:9/x"
    await both.differs("URLs where MPD would fetch them", f"readcomments {url}")


async def test_covers_come_in_chunks(both: Both) -> None:
    await both.same(
        f"albumart {SONG} 0", f"albumart {SONG} 10", "binarylimit 100", f"albumart {SONG} 0", f"albumart {SONG} 99"
    )
    await both.same(f"readpicture {SONG} 0", f"readpicture {SONG} 100", "binarylimit 8192", f"readpicture {SONG} 8192")
    await both.same("binarylimit 1000000", f"albumart {SONG} 0", f"readpicture {SONG} 0")


async def test_what_has_no_cover(both: Both) -> None:
    await both.same_error(
        "albumart", "albumart x", "albumart x 0 0", "albumart nope 0", f"albumart {SONG} x", f"albumart {SONG} -1"
    )
    await both.same_error(
        f"albumart {SONG} 99999999", "albumart /x 0", "albumart file:///x 0", "readpicture", "readpicture x"
    )
    await both.same_error(
        "readpicture nope 0", f"readpicture {SONG} 99999999", f"readpicture {SONG} x", f"readpicture {FOLDER} 0"
    )
    await both.same(
        'albumart "" 0', "albumart / 0", 'readpicture "" 0', "readpicture x 0 0", "albumart ../x 0", "readpicture /x 0"
    )
    await both.differs("The cover of a folder", f"albumart {FOLDER} 0")


async def test_looking_for_changes(both: Both) -> None:
    await both.same_error("update a b", "rescan a b", "update ..", "update /x", "rescan ..")
    await both.same("update Locker/", "rescan Locker/")


async def test_statistics(both: Both) -> None:
    await both.same("stats")
    await both.same_error("stats x")


async def test_files_of_this_machine(both: Both) -> None:
    for command in ("readcomments", "listfiles"):
        await both.same_error(f"{command} /", f"{command} /x", f"{command} file:///x", f"{command} file://x")
    await both.same_error("lsinfo file:///x", "lsinfo file://x", "lsinfo FILE:///x")
