"""Puts files in their place whole: written beside it first, then renamed over the earlier one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path


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


def _write_beside(folder: Path, content: str | bytes) -> Path:
    handle, name = tempfile.mkstemp(dir=folder, prefix=".ny-", suffix=".tmp")
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
