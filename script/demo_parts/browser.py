"""Use Home Assistant's pages in a browser, and take the pictures of the documentation while doing so."""

import asyncio
import json
import shutil
import sys
import tempfile
from pathlib import Path

import click

from .home_assistant import Json
from .processes import DemoError, output_of
from .stage import PLAYER, Options, set_stage

_REPOSITORY = Path(__file__).parents[2]
_PICTURES = _REPOSITORY / "docs" / "pictures"


async def browse(url: str, user: str, password: str, pictures: Path | None = None) -> Json:
    """Walk through the pages as a person does, and return what was seen; raise DemoError where a step fails."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        raise DemoError("There is no Chromium: run script/setup browser.")
    command: list[str | Path] = ["node", _REPOSITORY / "script" / "browse.mjs", chromium, url, user, password, PLAYER]
    printed = await output_of(*command, *([] if pictures is None else [pictures]))
    seen: Json = json.loads(printed.splitlines()[-1])
    return seen


async def _take_pictures(music: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="music-locker-pictures-") as state:
        options = Options(
            state=Path(state),
            music=music,
            make_music=True,
            bridge_only=False,
            mpd_port=None,
            http_port=None,
            stream_port=None,
            home_assistant_port=None,
        )
        async with set_stage(options) as stage:
            assert stage.home_assistant and stage.home_assistant_user and stage.home_assistant_password  # noqa: S101, PT018
            _PICTURES.mkdir(exist_ok=True)
            await browse(stage.home_assistant, stage.home_assistant_user, stage.home_assistant_password, _PICTURES)
    for picture in sorted(_PICTURES.glob("*.png")):
        print(f"{picture.relative_to(_REPOSITORY)}: {picture.stat().st_size // 1000} kB")


@click.command
@click.option("--cache", type=click.Path(path_type=Path, file_okay=False), required=True, hidden=True)
def screenshots(cache: Path) -> None:
    """Make the pictures of README and docs anew."""
    try:
        asyncio.run(_take_pictures(cache / "demo-music"))
    except DemoError as error:
        raise SystemExit(f"script/screenshots: {error}") from None


if __name__ == "__main__":
    sys.exit(screenshots())
