"""mpd-bridge login: what each service asks for, and the page at which it asks the account's owner."""

import json
import re
import subprocess
import sys
from collections.abc import Sequence

import pytest
from click.testing import CliRunner, Result

from mpd_bridge.cli import cli
from music_locker_core.lockers import ADAPTERS
from music_locker_core.lockers.base import AuthorisationKind
from tests.mpd_bridge.site import PARTNER_TOKEN, PASSWORD, USER, Bridge, Site
from tests.tools.services import Account, accounts

pytestmark = pytest.mark.slow  # runs whole commands before a running server

_SECONDS = 30
_PAGE = re.compile(r"let Music Locker in: (\S+)$", re.MULTILINE)


@pytest.fixture(params=ADAPTERS)
def account(request: pytest.FixtureRequest, site: Site) -> Account:
    return of_site(site, request.param)


def of_site(site: Site, service: str) -> Account:
    return accounts(site.server, site.state, USER, PASSWORD, PARTNER_TOKEN)[service]


@pytest.fixture
def asked(bridge: Bridge, account: Account) -> Bridge:
    """Return a bridge whose only locker is that account's, without any secret."""
    return without_secrets(bridge, account)


def without_secrets(bridge: Bridge, account: Account, *more: str) -> Bridge:
    secret = {setting.key for setting in ADAPTERS[account.service].info.settings if setting.secret}
    given = [f'{key} = "{value}"' for key, value in account.fields.items() if key not in secret]
    lines = ["[state]", 'directory = "state"', "[[locker]]", 'name = "Mine"', f'service = "{account.service}"']
    bridge.configuration.write_text("\n".join([*lines, *given, *more]) + "\n")
    return bridge


def typed(account: Account, **other: str) -> list[str]:
    """Return what the owner types for the secrets, an empty line for those that are not needed."""
    values = {**account.fields, **other}
    settings = ADAPTERS[account.service].info.settings
    return [values.get(setting.key, "") for setting in settings if setting.secret and not setting.granted]


def log_in(bridge: Bridge, lines: Sequence[str]) -> Result:
    return bridge.run("login", "Mine", input="".join(f"{line}\n" for line in lines))


def log_in_at_the_page(site: Site, bridge: Bridge, account: Account, lines: Sequence[str]) -> str:
    """Run the command where the page is another one each time; go there while it waits, and type what is shown."""
    command = [sys.executable, "-m", "mpd_bridge", "login", "Mine", "--config", str(bridge.configuration)]
    with subprocess.Popen(
        command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("".join(f"{line}\n" for line in lines))
        process.stdin.flush()
        shown = process.stdout.readline()
        output, _ = process.communicate(f"{site.wait(account.let_in(page_of(shown)))}\n", timeout=_SECONDS)
        assert process.returncode == 0, output
    assert PASSWORD not in shown + output
    return output


def page_of(output: str) -> str:
    found = _PAGE.search(output)
    assert found is not None, output
    return found[1]


def kept(bridge: Bridge) -> dict[str, str]:
    file = bridge.configuration.parent / "state" / "secrets.json"
    assert file.stat().st_mode & 0o777 == 0o600
    secrets: dict[str, str] = json.loads(file.read_text())["Mine"]
    return secrets


def test_a_login_at_each_service_keeps_what_it_needs(site: Site, asked: Bridge, account: Account) -> None:
    before = asked.run("sync")
    assert (before.exit_code, "run mpd-bridge login" in before.output) == (2, True)
    secret = next(setting.key for setting in ADAPTERS[account.service].info.settings if setting.secret)

    wrong = log_in(asked, [*typed(account, **{secret: "nonsense"}), "nonsense"])
    assert wrong.exit_code == 1
    assert wrong.stderr.startswith("Error: Mine: ")
    assert not (asked.configuration.parent / "state").exists()

    authorisation = ADAPTERS[account.service].info.authorisation
    if authorisation is None:
        output = log_in(asked, typed(account)).stdout
    elif authorisation.kind is AuthorisationKind.REDIRECT:
        output = log_in_at_the_page(site, asked, account, typed(account))
    else:
        page = page_of(log_in(asked, [*typed(account), "nonsense"]).stdout)
        output = log_in(asked, [*typed(account), site.wait(account.let_in(page))]).stdout
    assert "Logged in to Mine as " in output
    settings = ADAPTERS[account.service].info.settings
    assert kept(asked).keys() == {
        setting.key for setting in settings if setting.secret and (setting.granted or setting.key in account.fields)
    }
    assert "Mine holds " in asked.run("sync").stdout


def test_without_a_key_nothing_is_asked_of_the_service(site: Site, bridge: Bridge) -> None:
    asked = without_secrets(bridge, of_site(site, "tunesbag"))
    result = log_in(asked, typed(of_site(site, "tunesbag")))
    assert (result.exit_code, "There is no key" in result.stderr) == (1, True)


def test_what_the_configuration_gives_needs_no_page(site: Site, bridge: Bridge) -> None:
    account = of_site(site, "sevendigital")
    user_id = site.server.sevendigital.user_id(USER)
    managed = without_secrets(bridge, account, f'user_id = "{user_id}"')
    assert log_in(managed, typed(account)).exit_code == 0
    assert kept(managed).keys() == {"consumer_secret"}

    token, secret = site.server.sevendigital.token(USER, account.fields["consumer_key"])
    given = {"consumer_secret": account.fields["consumer_secret"], "token": token, "token_secret": secret}
    authorised = without_secrets(bridge, account, *(f'{key} = "{value}"' for key, value in given.items()))
    assert "nothing is kept" in log_in(authorised, []).stdout


def test_a_locker_may_be_named_by_its_service_in_the_shell(site: Site, bridge: Bridge) -> None:
    file = without_secrets(bridge, of_site(site, "audiodelivery")).configuration
    words = {"COMP_WORDS": f"mpd-bridge login --config {file} ", "COMP_CWORD": "4"}
    env = {"_MPD_BRIDGE_COMPLETE": "bash_complete", **words}
    shown = CliRunner().invoke(cli, prog_name="mpd-bridge", env=env).output
    assert [line.partition(",")[2] for line in shown.splitlines()] == ["Mine", *ADAPTERS]
