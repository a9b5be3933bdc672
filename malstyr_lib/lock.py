"""One writer at a time: a lock that the system releases if its holder dies."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from malstyr_lib import text
from malstyr_lib.errors import MalstyrError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_LOCK: Final = "lock"
HOLDER: Final = "writer.json"
"""Says who holds a folder; it stays where one died."""
_BUSY: Final = frozenset({errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK})


@dataclass
class Hold:
    """The lock while it is held. crashed: the one who held it before died, or left a mess.

    `messy` is set by a holder that could not clean up after itself: the next one then will.
    """

    crashed: bool
    messy: bool = False


@contextmanager
def locked(root: Path, *, busy: Callable[[str], MalstyrError]) -> Iterator[Hold]:
    """Hold the exclusive lock of a folder, which is made if need be.

    When another process holds it: what `busy` makes of who it is. If what is done
    within fails, the folders that were made are taken away again, unless there is something in
    them.
    """
    made = [place for place in (root, *root.parents) if not place.exists()]
    root.mkdir(parents=True, exist_ok=True)
    holder = root / HOLDER
    with (root / _LOCK).open("ab") as file:
        _take(file.fileno(), root, busy)
        hold = Hold(crashed=holder.exists())
        try:
            mine = {"pid": os.getpid(), "sedan": datetime.now(UTC).isoformat(timespec="seconds")}
            holder.write_text(json.dumps(mine), encoding="utf-8")
            yield hold
        except BaseException:
            _release(holder, hold)
            _unmake(root, made)
            raise
        _release(holder, hold)


def _release(holder: Path, hold: Hold) -> None:
    if not hold.messy:
        with suppress(OSError):
            holder.unlink(missing_ok=True)


def _take(handle: int, root: Path, busy: Callable[[str], MalstyrError]) -> None:
    """Take the lock, or raise what `busy` gives if another has it; OSError if it can't be taken."""
    try:
        _lock(handle)
        if not os.path.samestat(os.fstat(handle), (root / _LOCK).stat()):
            raise BlockingIOError(errno.EWOULDBLOCK, "the lock was taken away meanwhile")
    except OSError as fault:
        if fault.errno not in _BUSY and not isinstance(fault, FileNotFoundError):
            raise
        raise busy(_named(root / HOLDER)) from fault


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _named(holder: Path) -> str:
    """Return who holds the lock, as far as it has had time to tell."""
    try:
        told = json.loads(holder.read_text(encoding="utf-8"))
        since = text.moment(datetime.fromisoformat(told["sedan"]))
        return f"process {told['pid']} sedan {since}"
    except (OSError, ValueError, KeyError):
        return "en annan process"


def _unmake(root: Path, made: Sequence[Path]) -> None:
    """Remove the folders made for a write that failed, if nothing but the lock is in them."""
    with suppress(OSError):
        if root in made and {path.name for path in root.iterdir()} <= {_LOCK}:
            (root / _LOCK).unlink(missing_ok=True)
            for folder in made:
                folder.rmdir()
