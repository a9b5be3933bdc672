"""Whole files or none: one writer at a time, a temporary name, and back to before on failure."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa

from malstyr_lib.errors import StoreDamaged, StoreError
from malstyr_lib.store.objects import CURE, by_kpi, digest_of, in_order, parquet, place_of

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_REASONS: Final = {
    errno.ENOSPC: "disken är full",
    errno.EDQUOT: "disken är full",
    errno.EROFS: "mappen får inte skrivas",
    errno.EACCES: "mappen får inte skrivas",
    errno.EPERM: "mappen får inte skrivas",
}


class Writer:
    """The holder of the lock: puts whole files in place, and takes back what it put on failure."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._new: list[Path] = []
        self._folders: list[Path] = []
        self._committed: Path | None = None

    def put_object(self, table: pa.Table) -> dict[str, Any]:
        """Put a table in place unless it is there and whole; return its manifest entry."""
        body = parquet(table)
        digest = digest_of(body)
        path = place_of(self._root, digest)
        if not path.exists() or digest_of(path.read_bytes()) != digest:
            self._put(path, body)
        return {"object": digest, "rows": table.num_rows}

    def put_kpis(
        self, frame: pd.DataFrame | None, contract: Mapping[str, str]
    ) -> dict[str, dict[str, Any]]:
        """Put one object per KPI in place; return the entries by KPI."""
        if frame is None:
            return {}
        parts = by_kpi(in_order(frame, contract), contract)
        return {kpi: self.put_object(part) for kpi, part in parts}

    def put_manifest(self, content: Mapping[str, Any]) -> str:
        """Put the manifest in place, which makes the snapshot exist; return its id."""
        body = _told(content).encode()
        moment = datetime.fromisoformat(content["fetched"])
        name = f"{moment:%Y%m%dT%H%M%SZ}-{digest_of(body)[:12]}"
        for folder in sorted({path.parent for path in self._new}):
            _sync_folder(folder)
        path = self._root / "snapshots" / f"{name}.json"
        self._committed = path
        if not path.exists():
            self._put(path, body)
            _sync_folder(path.parent)
        return name

    def take_back(self) -> None:
        """Remove what a failed write put in place, unless its snapshot already exists."""
        if self._committed and self._committed.exists():
            return
        for path in self._new:
            path.unlink(missing_ok=True)
        for folder in reversed(self._folders):
            with suppress(OSError):
                folder.rmdir()

    def sweep(self, *, crashed: bool) -> None:
        """Remove what an interrupted write left: half files, and objects that no snapshot holds."""
        for leftover in (self._root / "tmp").glob("*"):
            leftover.unlink(missing_ok=True)
        if crashed:
            with suppress(StoreDamaged):  # nothing is loose for sure beside a manifest in ruins
                for path in loose(self._root):
                    path.unlink(missing_ok=True)

    def _put(self, path: Path, body: bytes) -> None:
        """Write a whole file under a temporary name, on to the disk, then give it its name."""
        self._folder(path.parent)
        self._folder(self._root / "tmp")
        half = self._root / "tmp" / path.name
        try:
            with half.open("wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            healed = path.exists()
            half.replace(path)
            self._new += [] if healed else [path]
        finally:
            half.unlink(missing_ok=True)

    def _folder(self, folder: Path) -> None:
        missing = [place for place in (folder, *folder.parents) if not place.exists()]
        for place in reversed(missing):
            place.mkdir(exist_ok=True)
            self._folders.append(place)


def _told(content: Mapping[str, Any]) -> str:
    """Return a manifest as JSON, a line per part: with indents it would take ten times as long."""
    encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, default=str).encode
    parts = [f"{encode(name)}: {encode(content[name])}" for name in sorted(content)]
    return "{\n" + ",\n".join(parts) + "\n}\n"


@contextmanager
def writing(root: Path) -> Iterator[Writer]:
    """Hold the store's lock around one write; on failure leave the store as it was.

    A folder that can't be written, or that another process writes, is told before anything is done.
    """
    made = [place for place in (root, *root.parents) if not place.exists()]
    held = False
    try:
        root.mkdir(parents=True, exist_ok=True)
        with locked(root) as crashed:
            held = True
            writer = Writer(root)
            try:
                writer.sweep(crashed=crashed)
                yield writer
            except BaseException:
                writer.take_back()
                raise
    except BaseException as fault:
        if held:
            _unmake(root, made)
        if not isinstance(fault, OSError):
            raise
        raise StoreError(
            f"Lagret {root} kunde inte skrivas ({_refusal(fault)}). Inget har ändrats; "
            "kontrollera utrymme och rättigheter och hämta igen med: malstyr hamta"
        ) from fault


def loose(root: Path, gone: Iterable[str] = ()) -> list[Path]:
    """Return the objects that no snapshot holds, or only those that are to go.

    StoreDamaged when the manifest of a snapshot that stays can't be read.
    """
    staying = [file for file in root.glob("snapshots/*.json") if file.stem not in set(gone)]
    held = {digest for file in staying for digest in _digests(file)}
    return [path for path in root.glob("objects/*/*.parquet") if path.stem not in held]


def _digests(manifest: Path) -> Iterator[str]:
    """Yield the digests of the objects that a manifest names."""
    try:
        content = json.loads(manifest.read_bytes())
        for kind in ("values", "ou_values", "tables"):
            yield from (entry["object"] for entry in content[kind].values())
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as fault:
        raise StoreDamaged(f"Ögonblicksbilden {manifest.stem} är skadad. {CURE}") from fault


def _unmake(root: Path, made: Sequence[Path]) -> None:
    """Remove the folders made for a write that failed, if nothing but the lock is in them."""
    with suppress(OSError):
        if root in made and {path.name for path in root.iterdir()} <= {"lock"}:
            (root / "lock").unlink(missing_ok=True)
            for folder in made:
                folder.rmdir()


@contextmanager
def locked(root: Path) -> Iterator[bool]:
    """Hold an exclusive lock that the system releases if the process dies.

    Yields whether the one who held it before died with it.
    """
    holder = root / "writer.json"
    with (root / "lock").open("ab") as file:
        try:
            _lock(file.fileno())
            if not (root / "lock").exists():
                raise FileNotFoundError(root / "lock")  # its folder was just taken away again
        except OSError as fault:
            raise StoreError(
                f"Lagret {root} skrivs just nu av {_named(holder)}. Vänta tills det är klart."
            ) from fault
        crashed = holder.exists()
        try:
            mine = {"pid": os.getpid(), "sedan": datetime.now(UTC).isoformat(timespec="seconds")}
            holder.write_text(json.dumps(mine), encoding="utf-8")
            yield crashed
        finally:
            with suppress(OSError):
                holder.unlink(missing_ok=True)


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _named(holder: Path) -> str:
    """Return who holds the lock, as far as it has had time to tell."""
    try:
        told = json.loads(holder.read_text(encoding="utf-8"))
        return f"process {told['pid']} sedan {told['sedan']}"
    except (OSError, ValueError, KeyError):
        return "en annan process"


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder last through a power cut, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _refusal(fault: OSError) -> str:
    """Return why the disk refused, in words for which there is a cure, with the system's own."""
    reason = _REASONS.get(fault.errno or 0)
    told = fault.strerror or str(fault)
    return f"{reason}: {told}" if reason else told
