"""Whole files or none: each is written beside its place, through to the disk, and then named."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Final
from uuid import uuid4

_PREFIX: Final = ".ny-"
_SUFFIX: Final = ".tmp"


@contextmanager
def half(
    folder: Path, content: bytes | Callable[[BinaryIO], Any], *, prefix: str = _PREFIX
) -> Iterator[Path]:
    """Give a file that is written to its end in a folder; gone afterwards if it got no other name.

    content: what it holds, or what writes that.
    """
    path = folder / f"{prefix}{uuid4().hex}{_SUFFIX}"
    try:
        with path.open("wb") as file:
            if callable(content):
                content(file)
            else:
                file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield path
    finally:
        path.unlink(missing_ok=True)


def put(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Put files into a folder, each by one rename, in the order given; text becomes UTF-8.

    A reader sees the earlier file or the new one, never half of one. All are written before the
    first is renamed, so that a full disk leaves every earlier file as it was. All may read them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        bodies = [one.encode() if isinstance(one, str) else one for one in files.values()]
        halves = [stack.enter_context(half(folder, body)) for body in bodies]
        for path in halves:
            path.chmod(0o644)
        for path, name in zip(halves, files, strict=True):
            path.replace(folder / name)


def put_new(place: Path, content: bytes) -> None:
    """Put a whole file in its place by one step; FileExistsError when one is there, however late.

    A disk without links is asked first.
    """
    with half(place.parent, content) as path:
        try:
            place.hardlink_to(path)
        except OSError as fault:
            if isinstance(fault, FileExistsError) or place.exists():
                raise FileExistsError(str(place)) from None
            path.replace(place)


def sweep(folder: Path) -> None:
    """Remove what writers that were killed left half-written in a folder and below it."""
    for path in folder.rglob(f"{_PREFIX}*{_SUFFIX}"):
        path.unlink(missing_ok=True)


def sync_names(folder: Path) -> None:
    """Make the names in a folder last through a power cut, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
