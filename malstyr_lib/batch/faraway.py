"""A folder on object storage, by its address: what lies there, copied here and put back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from malstyr_lib.errors import ReportError, UsageError
from malstyr_lib.workspace import SNAPSHOTS

KINDS: Final = ("s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "memory")
"""What an address may begin with: storage that puts an object whole, and refuses aloud."""
_ADDRESS: Final = re.compile(rf"(?:{'|'.join(KINDS)})://[^/].*", re.IGNORECASE)
_SECRET: Final = re.compile(r"://[^/]*:[^/]*@")
_STRANGE: Final = re.compile(r"(^|/)\.{0,2}(/|$)|[\\:]")
"""A name that is no file's, or that would be another folder's here."""
_OBJECTS: Final = "objects"


class Faraway:
    """A folder at an address; what is refused there is a ReportError with the address.

    UsageError, when it is made, for an address that nothing here can use.
    """

    def __init__(self, address: str) -> None:
        _check(address)
        self.address = address.rstrip("/")
        with self._refused("nå"):
            self._system, root = _opened(self.address)
        self._root = root.rstrip("/")

    def sizes(self, below: str = "") -> dict[str, int]:
        """Return the bytes of every file in it, or in a folder of it, by its path in it."""
        place = f"{self._root}/{below}" if below else self._root
        with self._refused("läsa"):
            self._system.invalidate_cache()
            found = self._system.find(place, detail=True)
        told = {
            name.removeprefix(f"{self._root}/"): int(one.get("size") or 0)
            for name, one in sorted(found.items())
        }
        return {name: size for name, size in told.items() if not _STRANGE.search(name)}

    def copied(self, names: Iterable[str], folder: Path) -> None:
        """Copy some of its files into a folder here, where each becomes whole at once."""
        beside, wanted = folder / ".hämtas", list(names)
        for place in (beside, folder):
            for name in wanted:
                (place / name).parent.mkdir(parents=True, exist_ok=True)
        if wanted:
            there = [f"{self._root}/{name}" for name in wanted]
            with self._refused("läsa"):
                self._system.get(there, [str(beside / name) for name in wanted])
        for name in wanted:
            (beside / name).replace(folder / name)

    def put(self, names: Iterable[str], folder: Path) -> None:
        """Put some files of a folder here into it, in the order given, each whole at once."""
        for name in names:
            body = (folder / name).read_bytes()
            with self._refused("skriva"):
                self._system.pipe_file(f"{self._root}/{name}", body)

    def writable(self) -> None:
        """Put a file and take it away again, so that a refusal is told before the work is done."""
        place = f"{self._root}/.malstyr-prov"
        with self._refused("skriva"):
            self._system.pipe_file(place, b"prov")
            self._system.rm_file(place)

    @contextmanager
    def _refused(self, doing: str) -> Iterator[None]:
        try:
            yield
        except UsageError:
            raise
        except Exception as error:  # each kind of storage has errors of its own
            raise ReportError(
                f"Det går inte att {doing} {self.address} ({type(error).__name__}: {error})."
                " Kontrollera att adressen är rätt och att kontot får läsa och skriva där."
            ) from error


def store_copied(there: Faraway, folder: Path) -> dict[str, int]:
    """Copy what a folder here lacks of the store at an address; return the sizes of all there is.

    Snapshots are looked for before the objects, and come after them, so that none lacks any.
    """
    snapshots = there.sizes(SNAPSHOTS)
    objects = there.sizes(_OBJECTS)
    for found in (objects, snapshots):
        there.copied([name for name in found if not (folder / name).exists()], folder)
    return {**objects, **snapshots}


def store_put(folder: Path, there: Faraway, known: Mapping[str, int]) -> dict[str, int]:
    """Put what the store at an address lacks of the one in a folder here, objects first.

    known: the sizes of what it has. Returns those of what it then has.
    """
    new = {
        path.relative_to(folder).as_posix(): path.stat().st_size
        for kind in (_OBJECTS, SNAPSHOTS)
        for path in sorted((folder / kind).rglob("*"))
        if path.is_file()
    }
    there.put([name for name, size in new.items() if known.get(name) != size], folder)
    return {**known, **new}


def _check(address: str) -> None:
    """Refuse an address of a kind that is not known to keep what is promised, or with a secret."""
    if _SECRET.search(address):
        raise UsageError(
            "Skriv inget lösenord i adressen: den syns i meddelanden och listor. Ange det där"
            " lagringens eget paket letar, till exempel i miljövariabler."
        )
    if not _ADDRESS.fullmatch(address):
        raise UsageError(
            f"Adressen {address} går inte att använda. Den ska börja med s3://, gs:// eller"
            " abfs:// och en behållares namn. En mapp på en filserver anges som en vanlig sökväg."
        )


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
    except ImportError as error:
        raise UsageError(
            f"Adressen {address} kräver ett paket som inte är installerat. För s3:// är det"
            " tillägget s3: uv sync --extra kluster --extra s3. För gs:// är det gcsfs, och för"
            " abfs:// adlfs."
        ) from error
    return system, str(root)
