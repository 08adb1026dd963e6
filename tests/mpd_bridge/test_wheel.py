"""The wheel: all of the bridge, and nothing that needs Home Assistant."""

import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


ROOT = Path(__file__).parents[2]
SITE = Path("lib") / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])",
            folder,
        ],
        cwd=_copy_of_the_sources(tmp_path_factory.mktemp("sources")),
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


def _copy_of_the_sources(folder: Path) -> Path:
    """Copy what git knows: building leaves files behind."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file() and not (ROOT / name).is_symlink():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((ROOT / name).read_bytes())
    return folder


def test_the_list_of_packages_is_that_of_the_tree() -> None:
    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    core = ROOT / "custom_components" / "music_locker" / "core"
    found = {"mpd_bridge", "music_locker_core"}
    for name, top in (("mpd_bridge", ROOT / "mpd_bridge"), ("music_locker_core", core)):
        found |= {".".join((name, *file.parent.relative_to(top).parts)) for file in top.rglob("__init__.py")}
    assert listed == found


def test_it_holds_every_module_and_the_marks_of_typed_packages(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"mpd_bridge/py.typed", "music_locker_core/py.typed", "music_locker_core/hub.py"} <= names
    assert not [name for name in names if name.startswith(("custom_components", "tests", "script"))]


def test_it_runs_in_an_environment_without_home_assistant(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", symlinks=True)
    site = tmp_path / "venv" / SITE
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    # The libraries are those of the project's own environment for the bridge, which the lock file made.
    (site / "libraries.pth").write_text(str(ROOT / ".venv-bridge" / SITE))
    python = tmp_path / "venv" / "bin" / "python"

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        # What its caller has in PYTHONPATH would come before the wheel.
        return subprocess.run([python, "-E", *arguments], cwd=tmp_path, check=False, capture_output=True, text=True)

    assert "No module named 'homeassistant'" in run("-c", "import homeassistant").stderr
    place = run("-c", "import mpd_bridge.daemon, music_locker_core.hub as hub; print(hub.__file__)")
    assert place.stdout.strip() == str(site / "music_locker_core" / "hub.py"), place.stderr
    shown = run("-m", "mpd_bridge", "--help")
    assert shown.returncode == 0, shown.stderr
    assert all(command in shown.stdout for command in ("demo-music", "locker-server", "run"))
