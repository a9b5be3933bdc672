"""Immutable snapshots on disk, one object per key figure, and the differences between them.

    <store>/objects/ab/<sha256>.parquet       observations of one KPI, or a table of objects
    <store>/snapshots/<UTC time>-<hash>.json  what was fetched, when and from where
    <store>/tmp/                              files being written; swept by the next write
    <store>/lock, writer.json                 the writer's lock, and who holds it

A snapshot exists only when its manifest does. Equal values are equal bytes, so snapshots share
the objects of every KPI that has not changed.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from malstyr_lib import tables, text
from malstyr_lib.errors import StoreDamaged, StoreEmpty, StoreError, UsageError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

FORMAT: Final = 1
CHANGES: Final = {
    "kpi": "str",
    "municipality": "str",
    "period": "int64",
    "gender": "str",
    "before": "float64",
    "after": "float64",
    "change": "str",
}
"""What `Store.diff` returns; `change` is revised, new or removed."""

_CATALOGUES: Final = {
    "kpis": tables.KPIS,
    "municipalities": tables.MUNICIPALITIES,
    "municipality_groups": tables.GROUPS,
    "kpi_groups": tables.GROUPS,
    "ous": tables.OUS,
}
_OBSERVED: Final = {"values": tables.OBSERVATIONS, "ou_values": tables.OU_OBSERVATIONS}
_CELL: Final = ["kpi", "municipality", "period", "gender"]
_TYPES: Final = {
    "str": pa.string(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "bool": pa.bool_(),
    "object": pa.list_(pa.struct([("member_id", pa.string()), ("member_title", pa.string())])),
}
_ID: Final = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{12}")
_GENDER_ORDER: Final = {gender: place for place, gender in enumerate(tables.GENDERS)}
_CURE: Final = "Hämta igen med: malstyr hamta"


@dataclass(frozen=True)
class Snapshot:
    """One complete fetch: what Kolada said at `fetched` (UTC). Nothing in it ever changes.

    Every reading checks the digest of what it reads and raises StoreDamaged, naming the object.
    """

    id: str
    fetched: datetime
    base_url: str
    manifest: Mapping[str, Any] = field(repr=False, compare=False)
    _root: Path = field(repr=False)
    _read: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False, compare=False)

    @property
    def kpis(self) -> pd.DataFrame:
        """The key figures (`tables.KPIS`)."""
        return self._catalogue("kpis")

    @property
    def municipalities(self) -> pd.DataFrame:
        """The areas (`tables.MUNICIPALITIES`)."""
        return self._catalogue("municipalities")

    @property
    def municipality_groups(self) -> pd.DataFrame:
        """The groups of areas (`tables.GROUPS`)."""
        return self._catalogue("municipality_groups")

    @property
    def kpi_groups(self) -> pd.DataFrame:
        """The groups of key figures (`tables.GROUPS`); no rows when they were not fetched."""
        return self._catalogue("kpi_groups")

    @property
    def ous(self) -> pd.DataFrame:
        """The units (`tables.OUS`); no rows when they were not fetched."""
        return self._catalogue("ous")

    def values(self, kpis: Iterable[str] | str | None = None) -> pd.DataFrame:
        """Return observations (`tables.OBSERVATIONS`) of some KPIs, or of all, sorted.

        `.attrs["missing"]["kpis"]` are the KPIs that the snapshot has no row of.
        """
        return self._observed("values", kpis)

    def ou_values(self, kpis: Iterable[str] | str | None = None) -> pd.DataFrame:
        """Return observations of units (`tables.OU_OBSERVATIONS`), as `values` does."""
        return self._observed("ou_values", kpis)

    def _catalogue(self, name: str) -> pd.DataFrame:
        if name not in self._read:
            entry = self.manifest["tables"].get(name)
            digests = [entry["object"]] if entry else []
            self._read[name] = _frame(self._root, digests, _CATALOGUES[name])
        return self._read[name].copy()

    def _observed(self, name: str, kpis: Iterable[str] | str | None) -> pd.DataFrame:
        entries = self.manifest[name]
        wanted = [kpis] if isinstance(kpis, str) else kpis
        asked = sorted(entries) if wanted is None else sorted(dict.fromkeys(wanted))
        digests = [entries[kpi]["object"] for kpi in asked if kpi in entries]
        frame = _frame(self._root, digests, _OBSERVED[name])
        frame.attrs["missing"] = {"kpis": [kpi for kpi in asked if kpi not in entries]}
        return frame


class Store:
    """A folder of snapshots; it need not exist until the first write."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)

    def snapshots(self) -> list[str]:
        """Return the ids of the snapshots, oldest first; none when nothing has been fetched."""
        files = (self.path / "snapshots").glob("*.json")
        names = [file.stem for file in files if _ID.fullmatch(file.stem)]
        crowded = Counter(map(_second, names))
        return sorted(
            names,
            key=lambda name: (
                _second(name),
                self._moment(name) if crowded[_second(name)] > 1 else "",
                name,
            ),
        )

    def open(self, snapshot: str | None = None) -> Snapshot:
        """Return a snapshot, the latest unless one is named.

        Raises StoreEmpty when there is none, StoreError for an id that does not exist and
        StoreDamaged for a manifest that does not match its name.
        """
        known = self.snapshots()
        if not known:
            raise StoreEmpty(
                f"Lagret {self.path} är tomt. Hämta värden med: malstyr hamta "
                "(eller malstyr demo för övningsdata)."
            )
        name = known[-1] if snapshot is None else snapshot
        if name not in known:
            near = text.did_you_mean(name, known) or f"; den senaste är '{known[-1]}'."
            raise StoreError(f"Ögonblicksbilden '{name}' finns inte i lagret {self.path}{near}")
        manifest = self._manifest(name)
        moment = datetime.fromisoformat(manifest["fetched"])
        return Snapshot(name, moment, manifest["base_url"], manifest, self.path)

    def write(
        self,
        values: pd.DataFrame,
        *,
        kpis: pd.DataFrame,
        municipalities: pd.DataFrame,
        municipality_groups: pd.DataFrame,
        kpi_groups: pd.DataFrame | None = None,
        ous: pd.DataFrame | None = None,
        ou_values: pd.DataFrame | None = None,
        base_url: str,
        asked: Mapping[str, Any] | None = None,
        fetched: datetime | None = None,
    ) -> str:
        """Write one fetch as a new snapshot and return its id; all of it, or nothing.

        The tables keep the contracts in `tables`; `asked` says in JSON what was asked for;
        `fetched` is aware, now by default. Raises UsageError for tables that break their contract
        and StoreError when another writer is at work or the disk refuses.
        """
        catalogues = {
            "kpis": kpis,
            "municipalities": municipalities,
            "municipality_groups": municipality_groups,
            "kpi_groups": kpi_groups,
            "ous": ous,
        }
        head = _head(values, base_url, asked, fetched)
        contents = {
            name: _catalogue_table(frame, _CATALOGUES[name])
            for name, frame in catalogues.items()
            if frame is not None
        }
        with _writing(self.path) as writer:
            entries = {name: writer.put_object(table) for name, table in contents.items()}
            observed = {
                "values": writer.put_kpis(values, tables.OBSERVATIONS),
                "ou_values": writer.put_kpis(ou_values, tables.OU_OBSERVATIONS),
            }
            return writer.put_manifest(head | {"tables": entries} | observed)

    def diff(self, a: str, b: str) -> pd.DataFrame:
        """Return the cells whose value differs from snapshot a to snapshot b (`CHANGES`), sorted.

        revised: both have a value; new: only b has; removed: only a has. A missing value (NaN)
        and a missing row are the same here. Only KPIs whose objects differ are read.
        """
        before, after = self.open(a), self.open(b)
        changed = [
            kpi
            for kpi in sorted({*before.manifest["values"], *after.manifest["values"]})
            if before.manifest["values"].get(kpi) != after.manifest["values"].get(kpi)
        ]
        return _changes(before.values(changed), after.values(changed))

    def _moment(self, name: str) -> str:
        """Return when a snapshot was fetched, to the microsecond; "" if its manifest is damaged."""
        try:
            return str(self._manifest(name)["fetched"])
        except StoreDamaged:
            return ""

    def _manifest(self, name: str) -> dict[str, Any]:
        try:
            body = (self.path / "snapshots" / f"{name}.json").read_bytes()
            if _digest(body)[:12] != name.rpartition("-")[2]:
                raise ValueError(name)
            manifest: dict[str, Any] = json.loads(body)
        except (OSError, ValueError) as fault:
            raise StoreDamaged(
                f"Ögonblicksbilden {name} i lagret {self.path} är skadad. {_CURE}"
            ) from fault
        return manifest


class _Writer:
    """The holder of the lock: puts whole files in place, and takes back what it put on failure."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._new: list[Path] = []
        self._folders: list[Path] = []
        self._committed: Path | None = None

    def put_object(self, table: pa.Table) -> dict[str, Any]:
        """Put a table in place unless it is there and whole; return its manifest entry."""
        body = _parquet(table)
        digest = _digest(body)
        path = _object(self._root, digest)
        if not path.exists() or _digest(path.read_bytes()) != digest:
            self._put(path, body)
        return {"object": digest, "rows": table.num_rows}

    def put_kpis(
        self, frame: pd.DataFrame | None, contract: Mapping[str, str]
    ) -> dict[str, dict[str, Any]]:
        """Put one object per KPI in place; return the entries by KPI."""
        if frame is None:
            return {}
        parts = _by_kpi(_sorted(frame, contract), contract)
        return {kpi: self.put_object(part) for kpi, part in parts}

    def put_manifest(self, content: Mapping[str, Any]) -> str:
        """Put the manifest in place, which makes the snapshot exist; return its id."""
        told = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, default=str)
        body = told.encode()
        moment = datetime.fromisoformat(content["fetched"])
        name = f"{moment:%Y%m%dT%H%M%SZ}-{_digest(body)[:12]}"
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

    def sweep(self) -> None:
        """Remove what an interrupted write left half-written."""
        for leftover in (self._root / "tmp").glob("*"):
            leftover.unlink(missing_ok=True)

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


@contextmanager
def _writing(root: Path) -> Iterator[_Writer]:
    """Hold the store's lock around one write; on failure leave the store as it was."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        with _locked(root):
            writer = _Writer(root)
            try:
                writer.sweep()
                yield writer
            except BaseException:
                writer.take_back()
                raise
    except OSError as fault:
        raise StoreError(
            f"Lagret {root} kunde inte skrivas ({fault.strerror or fault}). Inget har ändrats; "
            "kontrollera utrymme och rättigheter och hämta igen med: malstyr hamta"
        ) from fault


@contextmanager
def _locked(root: Path) -> Iterator[None]:
    """Hold an exclusive lock that the system releases if the process dies."""
    holder = root / "writer.json"
    with (root / "lock").open("ab") as file:
        try:
            _lock(file.fileno())
        except OSError as fault:
            raise StoreError(
                f"Lagret {root} skrivs just nu av {_named(holder)}. Vänta tills det är klart."
            ) from fault
        try:
            mine = {"pid": os.getpid(), "sedan": datetime.now(UTC).isoformat(timespec="seconds")}
            holder.write_text(json.dumps(mine), encoding="utf-8")
            yield
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


def _second(name: str) -> str:
    return name.partition("-")[0]


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _object(root: Path, digest: str) -> Path:
    return root / "objects" / digest[:2] / f"{digest}.parquet"


def _parquet(table: pa.Table) -> bytes:
    """Return a table as the same bytes every time: no time, no pandas metadata."""
    floats = [part.name for part in table.schema if pa.types.is_floating(part.type)]
    others = [part.name for part in table.schema if pa.types.is_string(part.type)]
    sink = io.BytesIO()
    pq.write_table(
        table,
        sink,
        compression="zstd",
        use_dictionary=others,
        use_byte_stream_split=floats,
        store_schema=False,
    )
    return sink.getvalue()


def _load(root: Path, digest: str, texts: Iterable[str]) -> pa.Table:
    """Return a stored table whose bytes match their digest, texts as codes; or StoreDamaged."""
    try:
        body = _object(root, digest).read_bytes()
        if _digest(body) != digest:
            raise ValueError(digest)
        file = pq.ParquetFile(pa.BufferReader(body), read_dictionary=list(texts))
        return file.read(use_threads=False)
    except (OSError, ValueError) as fault:
        raise StoreDamaged(
            f"Objektet {digest[:12]}… i lagret {root} saknas eller är skadat "
            f"({_object(Path(), digest)}). {_CURE}"
        ) from fault


def _frame(root: Path, digests: Iterable[str], contract: Mapping[str, str]) -> pd.DataFrame:
    """Return stored tables as one that keeps its contract."""
    texts = [name for name, dtype in contract.items() if dtype == "str"]
    parts = [_load(root, digest, texts) for digest in digests]
    if not parts:
        return tables.empty(contract)
    whole = pa.concat_tables(parts).cast(_schema(contract))
    columns = {
        name: whole[name].to_pylist() if dtype == "object" else whole[name].to_pandas()
        for name, dtype in contract.items()
    }
    return tables.frame(contract, columns)


def _head(
    values: pd.DataFrame, base_url: str, asked: Mapping[str, Any] | None, fetched: datetime | None
) -> dict[str, Any]:
    """Return the part of a manifest that says what was fetched, when, from where and by what."""
    moment = datetime.now(UTC) if fetched is None else fetched
    if moment.tzinfo is None:
        raise UsageError("Tiden för hämtningen (fetched) saknar tidszon; ange den i UTC.")
    return {
        "format": FORMAT,
        "fetched": moment.astimezone(UTC).isoformat(),
        "base_url": base_url,
        "asked": dict(asked or {}),
        "fetch": values.attrs.get("fetch", {}),
        "missing": values.attrs.get("missing", {}),
        "versions": {name: version(name) for name in ("malstyr", "pandas", "pyarrow")}
        | {"python": platform.python_version()},
    }


def _catalogue_table(frame: pd.DataFrame, contract: Mapping[str, str]) -> pa.Table:
    kept = _kept(frame, contract)
    return _arrow(kept.sort_values("id", ignore_index=True), contract)


def _arrow(frame: pd.DataFrame, contract: Mapping[str, str]) -> pa.Table:
    table = pa.Table.from_pandas(frame, schema=_schema(contract), preserve_index=False)
    return table.replace_schema_metadata()


def _schema(contract: Mapping[str, str]) -> pa.Schema:
    return pa.schema([(name, _TYPES[dtype]) for name, dtype in contract.items()])


def _kept(frame: pd.DataFrame, contract: Mapping[str, str]) -> pd.DataFrame:
    """Return the contract's columns with its types; raises UsageError when that can't be."""
    absent = [name for name in contract if name not in frame]
    if absent:
        raise UsageError(f"Tabellen saknar kolumnen {text.listing(absent)} och skrevs inte.")
    try:
        return tables.frame(contract, {name: frame[name].array for name in contract})
    except (TypeError, ValueError) as fault:
        raise UsageError(f"Tabellen håller inte sitt kontrakt och skrevs inte: {fault}") from fault


def _sorted(frame: pd.DataFrame, contract: Mapping[str, str]) -> pd.DataFrame:
    """Return observations in the one order of the store; raises UsageError for a doubled cell."""
    cell = [name for name in contract if name not in ("value", "status")]
    done = _ordered(_kept(frame, contract), cell)
    doubled = done.duplicated(cell)
    if doubled.any():
        first = ", ".join(str(part) for part in done.loc[doubled, cell].iloc[0])
        raise UsageError(f"En cell finns två gånger och inget skrevs: {first}.")
    return done


def _ordered(frame: pd.DataFrame, cell: list[str]) -> pd.DataFrame:
    """Return rows sorted by the columns of their cell, genders as T, K, M."""
    keys: dict[str, Any] = {name: pd.factorize(frame[name], sort=True)[0] for name in cell}
    keys["gender"] = frame["gender"].map(_GENDER_ORDER).to_numpy(dtype=float)
    order = np.lexsort([keys[name] for name in reversed(cell)])
    return frame.take(order).reset_index(drop=True)


def _by_kpi(frame: pd.DataFrame, contract: Mapping[str, str]) -> Iterator[tuple[str, pa.Table]]:
    """Yield each KPI with its rows, from rows sorted by KPI."""
    whole = _arrow(frame, contract)
    codes, names = pd.factorize(frame["kpi"])
    starts = np.searchsorted(codes, np.arange(len(names) + 1))
    for place, kpi in enumerate(names):
        yield kpi, whole.slice(starts[place], starts[place + 1] - starts[place])


def _changes(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return the cells whose value differs, with what became of it."""
    sides = [
        frame[frame["value"].notna()].set_index(_CELL)["value"].rename(name)
        for frame, name in ((before, "before"), (after, "after"))
    ]
    both = pd.concat(sides, axis="columns").reset_index()
    both = both[both["before"] != both["after"]]
    kinds = np.select([both["before"].isna(), both["after"].isna()], ["new", "removed"], "revised")
    named = both.assign(change=kinds)
    return _ordered(tables.frame(CHANGES, {name: named[name].array for name in CHANGES}), _CELL)


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder last through a power cut, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
