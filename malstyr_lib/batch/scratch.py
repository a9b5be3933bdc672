"""Folders that last no longer than who made them, short enough for the paths of sockets."""

from __future__ import annotations

import atexit
import os
import platform
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_HERE: Final = re.sub(r"\W", "", platform.node())[:12]
"""This machine, among those that may share a folder for what is temporary."""
_OURS: Final = re.compile(rf"malstyr-{_HERE}-(?P<pid>\d+)-\w+")


@contextmanager
def folder() -> Iterator[Path]:
    """Give a new folder that is taken away afterwards; its name tells whose it is."""
    with tempfile.TemporaryDirectory(prefix=_prefix(), ignore_cleanup_errors=True) as made:
        yield Path(made)


def kept() -> Path:
    """Return a new folder that lasts as long as this process."""
    made = Path(tempfile.mkdtemp(prefix=_prefix()))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def _prefix() -> str:
    return f"malstyr-{_HERE}-{os.getpid()}-"


def sweep() -> None:
    """Remove the folders of processes that were killed."""
    for path in Path(tempfile.gettempdir()).glob(f"malstyr-{_HERE}-*"):
        found = _OURS.fullmatch(path.name)
        if found and not _lives(int(found["pid"])):
            shutil.rmtree(path, ignore_errors=True)


def _lives(pid: int) -> bool:
    """Return whether a process is there, or may be: only POSIX tells without touching it."""
    if os.name != "posix":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
