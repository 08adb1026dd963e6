"""Files: names that are safe, writing that is whole, moving that overwrites nothing."""

import os
import re
import secrets
import shutil
import unicodedata
from pathlib import Path

_NAME_BYTES = 180
_FORBIDDEN = re.compile(r'[<>:"|?*/\\]')


def safe_name(name: str, default: str) -> str:
    """Return a file name without folders, control characters, leading dots or more than 180 bytes."""
    base = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    printable = "".join(letter for letter in base if unicodedata.category(letter)[0] != "C")
    cleaned = _FORBIDDEN.sub("_", printable).strip().lstrip(".").strip().rstrip(". ")
    stem, suffix = Path(cleaned).stem, Path(cleaned).suffix
    room = max(1, _NAME_BYTES - len(suffix.encode()[:20]))
    short = stem.encode()[:room].decode(errors="ignore") + suffix.encode()[:20].decode(errors="ignore")
    return short or default


def free_path(folder: Path, name: str) -> Path:
    """Return a path in the folder that no file has yet: the name, or the name with a number behind it."""
    stem, suffix = Path(name).stem, Path(name).suffix
    candidate = folder / name
    number = 2
    while candidate.exists() or candidate.is_symlink():
        candidate = folder / f"{stem} ({number}){suffix}"
        number += 1
    return candidate


def write_atomically(path: Path, content: bytes, mode: int = 0o644, owner: tuple[int, int] | None = None) -> None:
    """Write a file so that a reader sees the old content or the new one, never a part; raise OSError.

    ``owner`` is the user and the group to give it to.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as file:
            if owner is not None:
                os.fchown(descriptor, *owner)
            file.write(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def move(source: Path, target: Path) -> None:
    """Move a file, over file systems too; raise OSError, FileExistsError where the target is taken."""
    if target.exists():
        raise FileExistsError(str(target))
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(source, target)
