"""What the daemon's configuration may say, and what it answers to mistakes."""

from pathlib import Path

import pytest

from mpd_bridge.config import Config, ConfigError, environment_name, load, slug
from music_locker_core.mpd.permissions import ALL_PERMISSIONS, Permission

WHOLE = """
[state]
directory = "state"

[mpd]
host = "0.0.0.0"
port = 6700
password_file = "mpd.secret"

[http]
host = "0.0.0.0"
port = 8700
base_url = "https://music.example.com/bridge/"

[[locker]]
name = "My locker"
service = "mp3tunes"
url = "http://127.0.0.1:8888"
username = "ann@example.com"
password = " with blanks "
partner_token = "12345"
sync_interval = 60

[[player]]
name = "Küche"
"""

LOCKER = """
[[locker]]
name = "Home"
service = "mp3tunes"
url = "https://locker.example.com"
username = "ann@example.com"
partner_token = "12345"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "bridge.toml"


def read(file: Path, text: str, **environ: str) -> Config:
    file.write_text(text, encoding="utf-8")
    return load(file, environ)


def message(file: Path, text: str, **environ: str) -> str:
    with pytest.raises(ConfigError) as caught:
        read(file, text, **environ)
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{file}: ")


def test_a_whole_configuration_is_read(file: Path) -> None:
    (file.parent / "mpd.secret").write_text("mpd word\n")
    config = read(file, WHOLE)
    assert config.state_directory == file.parent / "state"
    assert (config.mpd.host, config.mpd.port, config.mpd.password) == ("0.0.0.0", 6700, "mpd word")  # noqa: S104
    assert config.http.base_url == "https://music.example.com/bridge"
    (locker,) = config.lockers
    assert (locker.name, locker.service, locker.sync_interval) == ("My locker", "mp3tunes", 60.0)
    assert locker.settings == {
        "url": "http://127.0.0.1:8888",
        "username": "ann@example.com",
        "password": " with blanks ",
        "partner_token": "12345",
    }
    assert [(player.id, player.name) for player in config.players] == [("kuche", "Küche")]


def test_passwords_of_mpd_permit_what_they_are_for(file: Path) -> None:
    (file.parent / "party.secret").write_text("party\n")
    config = read(
        file,
        """
[mpd]
host = "0.0.0.0"
password = "owner"
default_permissions = ["read"]
max_connections = 3
max_output_buffer_size = 128
[[mpd.guest]]
password_file = "party.secret"
permissions = ["read", "add"]
""",
    )
    access = config.mpd.access
    assert access.permissions("owner") == ALL_PERMISSIONS
    assert access.permissions("party") == Permission.READ | Permission.ADD
    assert access.permissions("other") is None
    assert access.default == Permission.READ
    assert (config.mpd.limits.max_connections, config.mpd.limits.max_output_buffer_size) == (3, 128 * 1024)
    assert "party" not in repr(config.mpd)


def test_an_empty_file_is_a_configuration(file: Path) -> None:
    config = read(file, "")
    assert (config.mpd.host, config.mpd.port, config.mpd.password) == ("127.0.0.1", 6600, None)
    assert (config.http.host, config.http.port) == ("127.0.0.1", 8600)
    assert config.state_directory.is_absolute()
    assert not config.lockers


class TestSecrets:
    def test_the_environment_comes_first(self, file: Path) -> None:
        config = read(file, LOCKER + 'password = "in the file"', MUSIC_LOCKER_HOME_PASSWORD="from outside")
        assert config.lockers[0].settings["password"] == "from outside"

    def test_the_environment_is_enough(self, file: Path) -> None:
        config = read(file, LOCKER, MUSIC_LOCKER_HOME_PASSWORD="from outside")
        assert config.lockers[0].settings["password"] == "from outside"

    def test_the_mpd_password_may_come_from_it_too(self, file: Path) -> None:
        config = read(file, '[mpd]\nhost = "::"', MUSIC_LOCKER_MPD_PASSWORD="from outside")
        assert config.mpd.password == "from outside"

    def test_a_file_beside_the_configuration_is_enough(self, file: Path) -> None:
        (file.parent / "home.secret").write_text("one line\n")
        config = read(file, LOCKER + 'password_file = "home.secret"')
        assert config.lockers[0].settings["password"] == "one line"

    def test_no_repr_shows_one(self, file: Path) -> None:
        config = read(file, LOCKER + 'password = "hush"\n[mpd]\npassword = "hush"')
        assert "hush" not in repr(config)


SECRET = "hush-hush-hush"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[mpd", "is not TOML: "),
        ("[mpd]\nport = 'x'", "[mpd] port: must be a whole number from 0 to 65535"),
        ("[mpd]\nport = 70000", "[mpd] port: must be a whole number from 0 to 65535"),
        ("[mpd]\nport = true", "[mpd] port: must be a whole number from 0 to 65535"),
        ("[mpd]\nhost = ''", "[mpd] host: must be a text in quotes that is not empty"),
        ("[mpd]\nhost = '192.0.2.1'", "[mpd] password: is missing: 192.0.2.1 is open to other machines"),
        ("[mpd]\nports = 1", "[mpd] ports: is not a setting"),
        ("[mpd]\nannounce = 'yes'", "[mpd] announce: must be true or false"),
        ("[mpd]\nmax_connections = 0", "[mpd] max_connections: must be a whole number, at least 1"),
        (
            "[mpd]\ndefault_permissions = ['reads']",
            "[mpd] default_permissions: must be a list of: read, add, player, control, admin",
        ),
        (
            "[[mpd.guest]]\npermissions = ['read']",
            "[[mpd.guest]] 1 password: is missing: give it here or in password_file",
        ),
        ("[[mpd.guest]]\npassword = 'x'", "[[mpd.guest]] 1 permissions: is missing"),
        ("mpd = 1", "[mpd]: must be a table"),
        ("[mdp]\nport = 1", "[mdp]: is not a setting"),
        (
            f"[mpd]\npassword = '{SECRET}'\npassword_file = 'x'",
            "[mpd] password: give password or password_file, not both",
        ),
        ("[mpd]\npassword_file = 'missing'", "[mpd] password_file: cannot be read: No such file or directory"),
        ("[mpd]\npassword_file = 'empty'", "[mpd] password_file: names an empty file"),
        ("[mpd]\npassword_file = 'latin'", "[mpd] password_file: does not hold text"),
        ("[http]\nbase_url = 'ftp://x'", "[http] base_url: must be an http or https address"),
        ("[http]\nbase_url = 'http://[x'", "[http] base_url: must be an http or https address"),
        ("[state]\ndirectory = 3", "[state] directory: must be a text in quotes that is not empty"),
        ("[locker]\nname = 'Home'", "[locker]: must be written [[locker]]"),
        ("[[locker]]\nname = 'Home'", "[[locker]] 1 service: is missing"),
        ("[[locker]]\nname = 'Home'\nservice = 'x'", "[[locker]] 1 service: must be one of: audiodelivery, mp3tunes"),
        (f"{LOCKER}password = ''", "[[locker]] 1 password: must be a text in quotes that is not empty"),
        (
            LOCKER,
            "[[locker]] 1 password: is missing: give it here, in password_file or in MUSIC_LOCKER_HOME_PASSWORD, or",
        ),
        (f"{LOCKER}password = '{SECRET}'\nusernam = 'x'", "[[locker]] 1 usernam: is not a setting"),
        (
            f"{LOCKER}password = '{SECRET}'\nsync_interval = 1",
            "[[locker]] 1 sync_interval: must be a number of seconds",
        ),
        (
            f"{LOCKER}password = '{SECRET}'\nsync_interval = nan",
            "[[locker]] 1 sync_interval: must be a number of seconds",
        ),
        (
            f"{LOCKER}password = '{SECRET}'".replace("https://", "ftp://"),
            "[[locker]] 1 url: The server address is not a web address",
        ),
        (f"{LOCKER}password = '{SECRET}'\n" * 2, "[[locker]] 2 name: is taken, or too much like another one"),
        (f"{LOCKER}password = '{SECRET}'".replace("Home", "mpd"), "[[locker]] 1 name: is taken"),
        ("[[player]]\nname = 'Default'", "[[player]] 1 name: is taken"),
        ("[[player]]\nname = 'Küche'\n[[player]]\nname = 'kuche'", "[[player]] 2 name: is taken"),
        ("[[player]]\nname = '台所'", "[[player]] 1 name: must hold a letter from A to Z or a digit"),
        ("[[player]]\nname = 'a'\nhost = 'b'", "[[player]] 1 host: is not a setting"),
    ],
)
def test_a_mistake_is_one_line_with_file_and_key(file: Path, text: str, expected: str) -> None:
    (file.parent / "empty").touch()
    (file.parent / "latin").write_bytes(b"\xff")
    said = message(file, text)
    assert said.startswith(expected)
    assert SECRET not in said


def test_a_file_that_is_not_there_is_said(file: Path) -> None:
    with pytest.raises(ConfigError, match=r"bridge\.toml: No such file or directory$"):
        load(file)


def test_a_file_that_is_not_text_is_said(file: Path) -> None:
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"bridge\.toml: is not TOML"):
        load(file)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Home", "HOME"), ("My locker", "MY_LOCKER"), ("a-b.c", "A_B_C"), ("Père", "PÈRE")],
)
def test_a_name_stands_in_an_environment_variable(name: str, expected: str) -> None:
    assert environment_name(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"), [("Living Room", "living_room"), ("  Küche! ", "kuche"), ("a_b-C", "a_b-c"), ("台所", "")]
)
def test_a_player_is_called_as_mpd_allows(name: str, expected: str) -> None:
    assert slug(name) == expected
