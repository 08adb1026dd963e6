"""Write the tables of services in docs/services/README.md from what the adapters say of themselves."""

from collections.abc import Callable
from pathlib import Path

from music_locker_core.lockers import ADAPTERS
from music_locker_core.lockers.base import AuthorisationKind, Capability, ServiceInfo, Setting

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "services"
PAGE = FOLDER / "README.md"
_BEGIN = "<!-- services: written by script/services_table.py -->\n"
_END = "<!-- end of services -->\n"
_MEBIBYTE = 1 << 20

WORDS = {
    Capability.STREAM: "play",
    Capability.TRANSCODE: "convert to MP3 on request",
    Capability.DOWNLOAD: "download for keeping",
    Capability.UPLOAD: "upload",
    Capability.SEARCH: "search at the service",
    Capability.ARTWORK: "covers",
    Capability.PLAYLISTS: "playlists or collections",
    Capability.PLAYLIST_EDIT: "edit playlists",
    Capability.RATE: "rate tracks",
    Capability.REPORT_PLAY: "tell the service what was heard",
    Capability.SOCIAL: "friends and what they recommend",
    Capability.CHANGE_MARKER: "notice changes without reading everything",
}
_WAYS = {
    AuthorisationKind.COPIED_KEY: "a key, copied from the service's page",
    AuthorisationKind.REDIRECT: "at the service's page, which leads back",
}


def page() -> str:
    """Return what docs/services/README.md should be: its own text around new tables."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return before + _BEGIN + tables() + _END + after


def tables() -> str:
    """Return the table of capabilities and that of settings."""
    services = sorted((adapter.info for adapter in ADAPTERS.values()), key=lambda info: info.title.casefold())
    head = _line(["", *(f"[{info.title}]({info.service}.md)" for info in services)])
    rules: list[tuple[str, Callable[[ServiceInfo], str]]] = [
        ("list artists, albums and tracks", lambda _info: "yes"),
        *((words, lambda info, flag=flag: "yes" if flag in info.capabilities else "") for flag, words in WORDS.items()),
        ("files that can be uploaded", _suffixes),
        ("largest upload", _largest),
        ("*Recently added* is when it was bought", lambda info: "yes" if info.purchases else ""),
        ("how it lets Music Locker in", _authorisation),
    ]
    rows = [_line([words, *(told(info) for info in services)]) for words, told in rules]
    settings = [_line(_described(info, setting)) for info in services for setting in info.settings]
    return "".join(
        [
            head,
            _line(["---"] * (len(services) + 1)),
            *rows,
            "\n",
            _line(["service", "setting", "needed", "secret", "default"]),
            _line(["---"] * 5),
            *settings,
        ]
    )


def _line(cells: list[str]) -> str:
    return "|" + "".join(f" {cell} |" if cell else " |" for cell in cells) + "\n"


def _suffixes(info: ServiceInfo) -> str:
    return "" if info.uploads is None else ", ".join(sorted(info.uploads.suffixes))


def _largest(info: ServiceInfo) -> str:
    if info.uploads is None:
        return ""
    return "no limit" if info.uploads.largest is None else f"{round(info.uploads.largest / _MEBIBYTE)} MiB"


def _authorisation(info: ServiceInfo) -> str:
    way = info.authorisation
    if way is None:
        return "by its settings"
    return _WAYS[way.kind] + (f"; not with `{way.unless}`" if way.unless else "")


def _described(info: ServiceInfo, setting: Setting) -> list[str]:
    needed = "granted" if setting.granted else "yes" if setting.required and setting.default is None else ""
    default = "" if setting.default is None else f"`{setting.default}`"
    return [info.title, f"`{setting.key}`", needed, "yes" if setting.secret else "", default]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
