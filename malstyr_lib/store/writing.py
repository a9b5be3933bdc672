"""Whole files or none: one writer at a time, a temporary name, and back to before on failure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from malstyr_lib.disk import half, sync_names
from malstyr_lib.errors import StoreDamaged, StoreError
from malstyr_lib.lock import locked
from malstyr_lib.store.objects import by_kpi, digest_of, in_order, parquet, place_of
from malstyr_lib.store.refusal import refused
from malstyr_lib.workspace import SNAPSHOTS


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
        with refused(self._root):
            if not path.exists() or digest_of(path.read_bytes()) != digest:
                self._put(path, body)
        return {"object": digest, "rows": table.num_rows}

    def put_kpis(
        self, frame: pd.DataFrame, contract: Mapping[str, str]
    ) -> dict[str, dict[str, Any]]:
        """Put one object per KPI in place; return the entries by KPI."""
        tables = by_kpi(in_order(frame, contract), contract)
        return {kpi: self.put_object(table) for kpi, table in tables}

    def put_manifest(self, content: Mapping[str, Any]) -> str:
        """Put the manifest in place, which makes the snapshot exist; return its id."""
        body = _told(content).encode()
        moment = datetime.fromisoformat(content["fetched"])
        name = f"{moment:%Y%m%dT%H%M%SZ}-{digest_of(body)[:12]}"
        path = manifest_of(self._root, name)
        self._committed = path
        with refused(self._root):
            if not path.exists():
                self._sync()
                self._put(path, body)
                self._sync()
        return name

    def _sync(self) -> None:
        """Make the names of all that is new last, and those of the folders that are new."""
        named = {path.parent for path in (*self._new, *self._folders, self._root)}
        for folder in sorted(named):
            sync_names(folder)

    def take_back(self) -> bool:
        """Remove what a failed write put in place, unless its snapshot exists; tell if all went."""
        if self._committed and self._committed.exists():
            return True
        gone = True
        for path in self._new:
            try:
                path.unlink(missing_ok=True)
            except OSError:
                gone = False
        for folder in reversed(self._folders):
            with suppress(OSError):
                folder.rmdir()
        return gone

    def sweep(self, *, crashed: bool) -> None:
        """Remove what an interrupted write left: half files, and objects that no snapshot holds."""
        for leftover in (self._root / "tmp").glob("*"):
            leftover.unlink(missing_ok=True)
        if crashed:
            with suppress(StoreDamaged):  # nothing is loose for sure beside a manifest in ruins
                for path in loose(self._root):
                    path.unlink(missing_ok=True)

    def _put(self, path: Path, body: bytes) -> None:
        """Put a whole file in its place, in folders that are made if need be."""
        self._folder(path.parent)
        self._folder(self._root / "tmp")
        with half(self._root / "tmp", body) as written:
            healed = path.exists()
            written.replace(path)
            self._new += [] if healed else [path]

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
    with ExitStack() as stack:
        with refused(root):
            hold = stack.enter_context(locked(root, busy=partial(_busy, root)))
            writer = Writer(root)
            writer.sweep(crashed=hold.crashed)
        try:
            yield writer
        except BaseException:
            hold.messy = not writer.take_back()
            raise


def _busy(root: Path, who: str) -> StoreError:
    return StoreError(
        f"Lagret {root} skrivs just nu av {who}."
        " Vänta tills det är klart, eller avbryt den hämtningen med Ctrl+C i dess fönster."
    )


def loose(root: Path, gone: Iterable[str] = ()) -> list[Path]:
    """Return the objects that no snapshot holds, or only those that are to go.

    StoreDamaged when the manifest of a snapshot that stays can't be read.
    """
    staying = {file.stem for file in (root / SNAPSHOTS).glob("*.json")} - {*gone}
    held = {digest for name in staying for _, digest in parts(read_manifest(root, name))}
    return [path for path in root.glob("objects/*/*.parquet") if path.stem not in held]


def manifest_of(root: Path, name: str) -> Path:
    """Return where a snapshot's manifest lies in a store."""
    return root / SNAPSHOTS / f"{name}.json"


def read_manifest(root: Path, name: str) -> dict[str, Any]:
    """Return a snapshot's manifest; StoreDamaged when it does not match its name."""
    try:
        body = manifest_of(root, name).read_bytes()
        if digest_of(body)[:12] != name.rpartition("-")[2]:
            raise ValueError(name)
        manifest: dict[str, Any] = json.loads(body)
    except (OSError, ValueError) as fault:
        raise StoreDamaged(
            f"Ögonblicksbilden {name} i lagret {root} är skadad och går inte att läsa. Den"
            " kan bara återställas ur en säkerhetskopia av lagret, eller tas bort med:"
            f" malstyr lager --ta-bort {name}"
        ) from fault
    return manifest


def parts(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what a snapshot consists of: a name for people, and the object's digest."""
    for kind in ("values", "ou_values", "tables"):
        for name, entry in manifest[kind].items():
            yield name, entry["object"]
