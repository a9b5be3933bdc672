"""A folder on object storage, by its address: what lies there, copied here and put back.

An address is what fsspec knows, as s3://hink/lager.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, Final

from malstyr_lib.errors import ReportError, UsageError

_OBJECTS: Final = "objects"
_SNAPSHOTS: Final = "snapshots"


class Faraway:
    """A folder at an address; what is refused there is a ReportError with the address.

    UsageError, when it is made, for an address that nothing here can read.
    """

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        self._system, self._root = _opened(self.address)

    def names(self, below: str = "") -> list[str]:
        """Return the paths of the files in it or in a folder of it, sorted; none without one."""
        with self._refused("läsa"):
            self._system.invalidate_cache()
            found = self._system.find(f"{self._root}/{below}" if below else self._root)
        root = PurePosixPath(self._root)
        return sorted(str(PurePosixPath(name).relative_to(root)) for name in found)

    def copied(self, names: Iterable[str], folder: Path) -> None:
        """Copy some of its files into a folder here, where each becomes whole at once."""
        beside = folder / ".hämtas"
        with self._refused("läsa"):
            for name in names:
                place, whole = beside / name, folder / name
                place.parent.mkdir(parents=True, exist_ok=True)
                whole.parent.mkdir(parents=True, exist_ok=True)
                self._system.get_file(f"{self._root}/{name}", str(place))
                place.replace(whole)

    def put(self, names: Iterable[str], folder: Path) -> None:
        """Put some files of a folder here into it, in the order given, each whole at once."""
        with self._refused("skriva"):
            for name in names:
                self._system.pipe_file(f"{self._root}/{name}", (folder / name).read_bytes())

    @contextmanager
    def _refused(self, doing: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # each kind of storage has errors of its own
            raise ReportError(
                f"Det går inte att {doing} i {self.address} ({type(error).__name__}: {error})."
                " Se efter att adressen är rätt och att du får läsa och skriva där."
            ) from error


def store_copied(there: Faraway, folder: Path) -> None:
    """Copy what a folder here lacks of the store of values at an address.

    Snapshots are looked for before the objects, and come after them, so that none lacks any.
    """
    snapshots = there.names(_SNAPSHOTS)
    for names in (there.names(_OBJECTS), snapshots):
        there.copied([name for name in names if not (folder / name).exists()], folder)


def store_put(folder: Path, there: Faraway) -> None:
    """Put what the store at an address lacks of the one in a folder here, objects first."""
    known = {*there.names()}
    for kind in (_OBJECTS, _SNAPSHOTS):
        here = sorted(path for path in (folder / kind).rglob("*") if path.is_file())
        names = [path.relative_to(folder).as_posix() for path in here]
        there.put([name for name in names if name not in known], folder)


def _opened(address: str) -> tuple[Any, str]:
    """Return the file system of an address, and the folder's path in it."""
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise UsageError(
            "En adress kräver tillägget kluster. Installera det med: uv sync --extra kluster"
        ) from None
    try:
        system, root = url_to_fs(address)
    except (ImportError, ValueError) as error:
        raise UsageError(f"Adressen {address} går inte att använda: {error}.") from error
    return system, str(root).rstrip("/")
