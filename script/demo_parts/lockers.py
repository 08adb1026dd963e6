"""The lockers of the demo: an account at every service of the locker server, each with music of its own."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from mpd_bridge.demo_music import FOLDERS
from mpd_bridge.locker_server import LockerServer
from music_locker_core.lockers import ADAPTERS

PASSWORD = "demo"  # noqa: S105 - a demo's log-in, printed on the screen
PARTNER_TOKEN = "demo-partner"  # noqa: S105 - same
_APP_KEY = "demo-app"
_CONSUMER = ("democonsumer", "democonsumersecret")
_SERVICES = ("mp3tunes", "tunesbag", "sevendigital", "audiodelivery")
_KEPT = "lockers.json"


@dataclass(frozen=True, slots=True)
class DemoLocker:
    """Describe one locker: ``form`` is what Home Assistant's form asks for, ``granted`` what its owner allows there."""

    service: str
    title: str
    user: str
    form: dict[str, str] = field(repr=False)
    granted: dict[str, str] = field(repr=False)

    @property
    def settings(self) -> Mapping[str, str]:
        """Return everything that a daemon needs to log in."""
        return {**self.form, **self.granted}


def make_lockers(music: Path, state: Path, url: str) -> list[DemoLocker]:
    """Make the accounts and their keys, or find them; it blocks. In the demo's own music each has its own folder.

    An account that is there keeps its keys: Home Assistant may have them from an earlier run.
    """
    apart = all((music / folder).is_dir() for folder in FOLDERS)
    server = LockerServer(music, state)
    users = {service: f"{'demo' if service == 'mp3tunes' else service}@example.com" for service in _SERVICES}
    for user, folder in zip(users.values(), FOLDERS, strict=True):
        server.add_account(user, PASSWORD)
        server.accounts.set_folder(user, folder if apart else None)
    kept = _keys(server, state / _KEPT, users)
    forms: dict[str, dict[str, str]] = {
        "mp3tunes": {"username": users["mp3tunes"], "password": PASSWORD, "partner_token": PARTNER_TOKEN},
        "tunesbag": {"username": users["tunesbag"], "app_key": _APP_KEY},
        "sevendigital": {"consumer_key": _CONSUMER[0], "consumer_secret": _CONSUMER[1], "country": "GB"},
        "audiodelivery": {"api_key": kept["audiodelivery"].pop("api_key")},
    }
    return [
        DemoLocker(
            service,
            ADAPTERS[service].info.title,
            users[service],
            {"url": url, **forms[service]},
            kept[service],
        )
        for service in _SERVICES
    ]


def _keys(server: LockerServer, file: Path, users: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return the keys that the accounts' owners would have been given, by service."""
    if file.exists():
        found: dict[str, dict[str, str]] = json.loads(file.read_text())
        return found
    consumer = server.sevendigital.add_consumer(*_CONSUMER)
    token, secret = server.sevendigital.token(users["sevendigital"], consumer)
    made = {
        "mp3tunes": {},
        "tunesbag": {"remote_key": server.tunesbag.remote_key(users["tunesbag"], _APP_KEY)},
        "sevendigital": {"token": token, "token_secret": secret},
        "audiodelivery": {"api_key": server.audiodelivery.add_key(users["audiodelivery"])},
    }
    file.touch(mode=0o600)
    file.write_text(json.dumps(made))
    return made


def as_json(lockers: list[DemoLocker]) -> list[dict[str, object]]:
    """Return the lockers as the ``ready`` line tells them."""
    return [asdict(locker) for locker in lockers]
