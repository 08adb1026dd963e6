"""What must hold of the repository as a whole."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
COMPONENT = ROOT / "custom_components" / "music_locker"


def tracked_files() -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    return [ROOT / name for name in listing.stdout.split("\0") if name]


def test_an_install_copies_only_plain_files() -> None:
    assert not [path for path in COMPONENT.rglob("*") if path.is_symlink()]


@pytest.mark.parametrize("lock", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda path: path.stem)
def test_a_lock_names_versions_and_hashes_but_no_addresses(lock: Path) -> None:
    text = lock.read_text()
    assert "://" not in text
    assert len(re.findall(r"^\S+==\S+ \\$", text, re.MULTILINE)) >= 1
    assert re.search(r"--hash=sha256:[0-9a-f]{64}", text)


def test_the_lock_of_what_drives_the_browser_names_no_addresses() -> None:
    text = (ROOT / "package-lock.json").read_text()
    assert "://" not in text
    packages = json.loads(text)["packages"]
    assert all("integrity" in package for name, package in packages.items() if name)


def test_one_version_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert json.loads((COMPONENT / "manifest.json").read_text())["version"] == project


def test_no_file_names_a_folder_of_somebody_s_machine() -> None:
    pattern = re.compile(rb"(?<![\w.])/(home|root|Users|work)/[\w.-]+/")
    found = [path for path in tracked_files() if path.is_file() and pattern.search(path.read_bytes())]
    assert found == []


def test_the_scripts_that_people_start_are_executable() -> None:
    scripts = [path for path in (ROOT / "script").iterdir() if path.is_file() and not path.name.startswith("_")]
    assert scripts
    assert all(path.stat().st_mode & 0o111 for path in [*scripts, ROOT / ".ci" / "run"] if not path.suffix)


def test_coverage_is_demanded() -> None:
    script = (ROOT / "script/test").read_text(encoding="utf-8")
    assert "--include 'custom_components/*' --format total --fail-under 95" in script
