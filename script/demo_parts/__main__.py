"""Run the demo, or try it and say what was seen."""

import asyncio
import json
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import click

from .processes import DemoError
from .stage import LOCKER, Options, Stage, set_stage

_MPD_PORT, _HTTP_PORT, _STREAM_PORT, _HOME_ASSISTANT_PORT = 6600, 8480, 8600, 8123
_FOLDER = click.Path(path_type=Path, file_okay=False, resolve_path=True)
_PORT = click.IntRange(1, 65535)


@click.command(context_settings={"max_content_width": 100})
@click.option("--bridge-only", is_flag=True, help="The standalone bridge, without Home Assistant.")
@click.option("--check", "only_check", is_flag=True, help="Try everything once, say what was seen, and end.")
@click.option("--music", type=_FOLDER, help="Serve this folder instead of the demo music.")
@click.option("--state", type=_FOLDER, help="Keep everything that the demo writes here.")
@click.option("--mpd-port", type=_PORT, help=f"Where MPD clients connect (default {_MPD_PORT}).")
@click.option("--http-port", type=_PORT, help=f"Where the locker server answers (default {_HTTP_PORT}).")
@click.option("--stream-port", type=_PORT, help=f"Where the bridge alone serves streams (default {_STREAM_PORT}).")
@click.option(
    "--home-assistant-port", type=_PORT, help=f"Where Home Assistant answers (default {_HOME_ASSISTANT_PORT})."
)
@click.option("--cache", type=_FOLDER, required=True, hidden=True)
def demo(  # noqa: PLR0913 - one parameter an option
    *,
    bridge_only: bool,
    only_check: bool,
    music: Path | None,
    state: Path | None,
    mpd_port: int | None,
    http_port: int | None,
    stream_port: int | None,
    home_assistant_port: int | None,
    cache: Path,
) -> None:
    """Run a locker server with music, Home Assistant with Music Locker in it, and a speaker.

    The port of a check that is not given is any free one, so that it disturbs nothing.
    """
    with ExitStack() as stack:
        if state is None and only_check:
            state = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="music-locker-check-")))
        folder = state or cache / "demo"
        folder.mkdir(parents=True, exist_ok=True)
        options = Options(
            state=folder,
            music=music or cache / "demo-music",
            make_music=music is None,
            bridge_only=bridge_only,
            mpd_port=mpd_port or (None if only_check else _MPD_PORT),
            http_port=http_port or (None if only_check else _HTTP_PORT),
            stream_port=stream_port or (None if only_check else _STREAM_PORT),
            home_assistant_port=home_assistant_port or (None if only_check else _HOME_ASSISTANT_PORT),
            copy_music=only_check,
        )
        try:
            asyncio.run(_run(options, only_check=only_check))
        except DemoError as error:
            raise SystemExit(f"script/demo: {error}") from None
        except asyncio.CancelledError:
            print("Ended.")


async def _run(options: Options, *, only_check: bool) -> None:
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - asyncio.run makes one
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    async with set_stage(options) as stage:
        if only_check:
            # Only here: it uses the tools of the tests, which a demo does not need.
            from .check import check  # noqa: PLC0415

            await check(stage)
        else:
            _show(stage)
            await asyncio.Event().wait()


def _show(stage: Stage) -> None:
    """Print what a person wants to try, then the one line that programs read."""
    mpc = f"mpc -p {stage.mpd_port}"
    rows = []
    if stage.home_assistant:
        rows += [
            ("Home Assistant", stage.home_assistant),
            ("", f"user {stage.home_assistant_user}, password {stage.home_assistant_password}"),
        ]
    rows += [
        ("Locker server", stage.locker_server),
        ("Lockers", ", ".join(locker.title for locker in stage.lockers)),
        ("MPD", f"{stage.mpd_host}, port {stage.mpd_port}"),
        ("Live stream", stage.live_stream),
        ("Try", f"{mpc} ls '{LOCKER}'"),
    ]
    if stage.demo_music:
        rows += [("", f"{mpc} search title lighthouse"), ("", f"{mpc} findadd album Ink && {mpc} play")]
    rows.append(("", f"ncmpcpp -p {stage.mpd_port}"))
    for label, value in rows:
        # Addresses are for copying: no line may be cut or broken.
        print(f"{label:<16}{value}")
    print("ready", json.dumps(stage.as_json()))
    print("Ctrl-C ends it all.", flush=True)


if __name__ == "__main__":
    sys.exit(demo())
