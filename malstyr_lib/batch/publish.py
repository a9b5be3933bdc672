"""Puts files in their place whole: written beside it first, then renamed over the earlier one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_PREFIX: Final = ".ny-"
_SUFFIX: Final = ".tmp"


def publish(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Put files into a folder, each by one rename, in the order given; text becomes UTF-8.

    A reader sees the earlier file or the new one, never half of one. All are written before the
    first is renamed, so that a full disk leaves every earlier file as it was.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written: list[tuple[Path, Path]] = []
    try:
        for name, content in files.items():
            written.append((_write_beside(folder, content), folder / name))
        for beside, place in written:
            beside.replace(place)
    finally:
        for beside, _ in written:
            beside.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove what runs that were killed left half-written in a folder and below it."""
    for path in folder.rglob(f"{_PREFIX}*{_SUFFIX}"):
        path.unlink(missing_ok=True)


def _write_beside(folder: Path, content: str | bytes) -> Path:
    handle, name = tempfile.mkstemp(dir=folder, prefix=_PREFIX, suffix=_SUFFIX)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode("utf-8") if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)
