"""Lines of shell: which programs they start, and whether those know what they are told. Nothing is run."""

import contextlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click

from mpd_bridge.cli import cli
from tests.documents.pages import ROOT

_HEREDOC = re.compile(r"<<-?\s*['\"]?(\w+)['\"]?(.*)\n(?:.*\n)*?\s*\1\n")
_COMMENT = re.compile(r"(?:^|(?<=\s))#(?:\s.*|$)")
_ASSIGNMENT = re.compile(r"\w+=.*")
_CONTROL = frozenset("();<>|&")
_OF_THE_REPOSITORY = ("custom_components/", "contrib/", "requirements/", "script/", "docs/")
_BEFORE_A_PROGRAM = frozenset({"sudo", "exec", "eval", "time", "nohup", "$"})
_SYSTEM_PROGRAMS = """
apt-get brew cat cd chmod chown cp curl echo export git ha install journalctl loginctl ls mkdir mpv mv nano ncmpcpp
pip pipx pre-commit prek printf python3 python3.14 read rm rsync scp source ssh sudoedit systemctl systemd-analyze
systemd-creds systemd-run tar test touch umask unzip useradd userdel uv uvx vlc wget
"""
_MPC_COMMANDS = """
add albumart cdprev channels clear clearerror consume crop crossfade current del delpart disable enable find findadd
idle idleloop insert list listall listneighbors load ls lsdirs lsplaylists makepart mixrampdb mixrampdelay mount move
moveoutput next outputs outputset partitions pause pause-if-playing play playlist playlistplay prev prio queued random
readpicture repeat replaygain rescan rm save search searchadd searchplay seek seekthrough sendmessage shuffle single
stats status sticker stop subscribe tab toggle toggleoutput unmount unsubscribe update version volume waitmessage
"""
_SYSTEM = frozenset(_SYSTEM_PROGRAMS.split())
_MPC = frozenset(_MPC_COMMANDS.split())
_MPC_OPTIONS_WITH_A_VALUE = frozenset({"-p", "--port", "-h", "--host", "-P", "--password", "-f", "--format", "-a"})


class WrongCommandError(Exception):
    """A line of the documentation would not work."""


def commands(text: str, *, prompted: bool = False) -> Iterator[list[str]]:
    """Yield every command of a block as its words; ``prompted`` blocks have a ``$`` before what is typed."""
    lines = _HEREDOC.sub(r"\2\n", text).replace("\\\n", " ").splitlines()
    if prompted:
        lines = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    for line in lines:
        lexer = shlex.shlex(_COMMENT.sub("", line), posix=True, punctuation_chars=True)
        lexer.whitespace_split, lexer.commenters = True, ""
        yield from _simple(list(lexer))


def _simple(words: list[str]) -> Iterator[list[str]]:
    """Divide a line where one command ends, and leave out where its output goes."""
    command: list[str] = []
    skip = False
    for word in words:
        if word and _CONTROL.issuperset(word):
            skip = word[0] in "<>"
            if not skip:
                yield command
                command = []
        elif skip:
            skip = False
        else:
            command.append(word)
    yield command


def check(words: list[str], *, whole: bool = True) -> None:
    """Raise WrongCommandError for a command that would not start; ``whole`` ones have all that they need."""
    rest = _without_prefix(words)
    if not rest:
        return
    for word in rest:
        if word.startswith(_OF_THE_REPOSITORY) and not (ROOT / word).exists():
            raise WrongCommandError(f"{word} is not in the repository")
    program, *arguments = rest
    name = Path(program).name
    if name.startswith("python") and arguments[:2] == ["-m", "mpd_bridge"]:
        name, arguments = "mpd-bridge", arguments[2:]
    if name == "mpd-bridge":
        _check_click(cli, arguments, whole=whole)
    elif program.startswith("script/"):
        _check_script(ROOT / program, arguments)
    elif name == "mpc":
        _check_mpc(arguments)
    elif name not in _SYSTEM:
        raise WrongCommandError(f"nobody knows the program {program}")


def _without_prefix(words: list[str]) -> list[str]:
    """Return a command without the assignments and the sudo before it."""
    rest = list(words)
    while rest and (_ASSIGNMENT.fullmatch(rest[0]) or rest[0] in _BEFORE_A_PROGRAM):
        sudo = rest.pop(0) == "sudo"
        while sudo and rest and rest[0].startswith("-"):
            del rest[: 2 if rest[0] in {"-u", "-g"} else 1]
    return rest


def _check_script(script: Path, arguments: list[str]) -> None:
    if not script.stat().st_mode & 0o111:
        raise WrongCommandError(f"{script.name} cannot be executed")
    if script.name == "test":  # which gives them on to pytest
        return
    sources = [script, *(ROOT / "script" / f"{script.name}_parts").glob("*.py")]
    text = "".join(source.read_text(encoding="utf-8") for source in sources)
    for argument in arguments:
        option = argument.partition("=")[0]
        if option.startswith("-") and not re.search(rf"{re.escape(option)}\b", text):
            raise WrongCommandError(f"{script.name} does not know {option}")


def _check_mpc(arguments: list[str]) -> None:
    rest = iter(arguments)
    for argument in rest:
        if argument in _MPC_OPTIONS_WITH_A_VALUE:
            next(rest, None)
        elif not argument.startswith("-"):
            if argument not in _MPC:
                raise WrongCommandError(f"mpc does not know {argument}")
            return


def _check_click(command: click.Command, arguments: list[str], *, whole: bool) -> None:
    try:
        _parse(command, arguments, None, whole=whole)
    except click.UsageError as error:
        raise WrongCommandError(error.format_message()) from error


def _parse(command: click.Command, arguments: list[str], parent: click.Context | None, *, whole: bool) -> None:
    """Parse as click does, without a look at files, which a page invents; raise UsageError."""
    context = click.Context(command, parent=parent, info_name=command.name)
    if isinstance(command, click.Group):
        rest: list[str] = []
        with contextlib.suppress(click.exceptions.Exit, click.exceptions.NoArgsIsHelpError):
            command.parse_args(context, list(arguments))
            rest = [*context._protected_args, *context.args]
        if not rest:
            return
        _name, chosen, rest = command.resolve_command(context, rest)
        if chosen is not None:
            _parse(chosen, rest, context, whole=whole)
        return
    given, left, order = command.make_parser(context).parse_args(list(arguments))
    if left:
        raise click.UsageError(f"unexpected {left[0]}")
    asks_for_help = "help" in {parameter.name for parameter in order}
    for parameter in command.params:
        value = given.get(parameter.name or "")
        there = isinstance(value, (str, tuple, list, bool, int)) and value not in ((), [])
        if whole and parameter.required and not there and not asks_for_help:
            raise click.MissingParameter(ctx=context, param=parameter)
        if there and not isinstance(parameter.type, (click.Path, click.File)):
            parameter.process_value(context, value)
