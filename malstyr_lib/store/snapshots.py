"""Snapshots to read and the store that holds them, with the differences between two."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pandas as pd

from malstyr_lib import text
from malstyr_lib.errors import StoreDamaged, StoreEmpty, StoreError
from malstyr_lib.store import journal
from malstyr_lib.store.changes import Pair, changes
from malstyr_lib.store.drafts import CATALOGUES, OBSERVED, Draft
from malstyr_lib.store.objects import coded, digest_of, loaded
from malstyr_lib.store.writing import read_manifest, writing
from malstyr_lib.workspace import SNAPSHOTS

_ID: Final = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{12}")


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
    reads: dict[str, str] = field(default_factory=dict, repr=False, compare=False)
    """What has been read of it so far, as `part` gives it: what rests on it rests on these."""

    def part(self, name: str) -> str:
        """Return the digest of a part, as "values/N00090" or "tables/kpis"; "" for none.

        "values" and "ou_values" are the KPIs that there are values of.
        """
        kind, _, which = name.partition("/")
        if not which:
            return digest_of(" ".join(sorted(self.manifest[kind])).encode())
        return str(self.manifest[kind].get(which, {}).get("object", ""))

    @property
    def aside(self) -> Snapshot:
        """The same snapshot for a look that nothing rests on: what it reads is not in `reads`."""
        return replace(self, reads={})

    @property
    def asked_kpis(self) -> list[str]:
        """The KPIs that were asked for, those that did not come included, as far as it says."""
        return list(self.manifest["asked"].get("kpis") or self.manifest["values"])

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

    def coded_values(self, kpis: Iterable[str]) -> pd.DataFrame:
        """Return observations of some KPIs without status, ids as categories, for much at a time.

        kpi, municipality and gender are categorical, period int64 and value float64; the rows are
        those of `values`, in its order. A KPI that the snapshot has nothing of has no row.
        """
        entries = self.manifest["values"]
        asked = {*kpis}
        self._note("values", asked)
        there = sorted(asked & entries.keys())
        return coded(self._root, {kpi: entries[kpi]["object"] for kpi in there})

    def ou_values(self, kpis: Iterable[str] | str | None = None) -> pd.DataFrame:
        """Return observations of units (`tables.OU_OBSERVATIONS`), as `values` does."""
        return self._observed("ou_values", kpis)

    def _note(self, kind: str, asked: Iterable[str]) -> None:
        """Note what is read, and with it which KPIs there are values of."""
        for name in (*(f"{kind}/{one}" for one in asked), "values", "ou_values"):
            if name not in self.reads:
                self.reads[name] = self.part(name)

    def _catalogue(self, name: str) -> pd.DataFrame:
        self._note("tables", [name])
        if name not in self._read:
            entry = self.manifest["tables"].get(name)
            digests = [entry["object"]] if entry else []
            self._read[name] = loaded(self._root, digests, CATALOGUES[name])
        return self._read[name].copy()

    def _observed(self, name: str, kpis: Iterable[str] | str | None) -> pd.DataFrame:
        entries = self.manifest[name]
        wanted = [kpis] if isinstance(kpis, str) else kpis
        asked = sorted(entries) if wanted is None else sorted(dict.fromkeys(wanted))
        self._note(name, asked)
        there = [kpi for kpi in asked if kpi in entries]
        digests = [entries[kpi]["object"] for kpi in there]
        known = [("kpi", kpi) for kpi in there]
        frame = loaded(self._root, digests, OBSERVED[name], known=known)
        frame.attrs["missing"] = {"kpis": [kpi for kpi in asked if kpi not in entries]}
        return frame


class Store:
    """A folder of snapshots; it need not exist until the first write."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)

    def snapshots(self) -> list[str]:
        """Return the ids of the snapshots, oldest first; none when nothing has been fetched."""
        files = (self.path / SNAPSHOTS).glob("*.json")
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
                f"Lagret {self.path} är tomt. Hämta värden med: malstyr hamta. Övningsdata ger:"
                " malstyr demo"
            )
        name = known[-1] if snapshot is None else snapshot
        if name not in known:
            near = text.did_you_mean(name, known) or f"; den senaste är '{known[-1]}'."
            raise StoreError(f"Ögonblicksbilden '{name}' finns inte i lagret {self.path}{near}")
        manifest = read_manifest(self.path, name)
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
        with self.drafting() as draft:
            draft.put(values)
            if ou_values is not None:
                draft.put(ou_values, "ou_values")
            notes = {str(name): value for name, value in values.attrs.items()}
            return draft.commit(
                catalogues, base_url=base_url, asked=asked, fetched=fetched, notes=notes
            )

    @contextmanager
    def drafting(self, now: datetime | None = None) -> Iterator[Draft]:
        """Hold the store for one snapshot, written part by part: see `Draft`.

        now: aware, the present unless given; what an interrupted fetch left a day ago is removed.
        Whatever happens inside, the store is as it was until `commit`; readers never wait.
        StoreError at once when another writer is at work or the folder can't be written.
        """
        with writing(self.path) as writer:
            journal.sweep(self.path, now or datetime.now(UTC))
            yield Draft(self.path, writer)

    def diff(self, a: str, b: str) -> pd.DataFrame:
        """Return the cells whose value differs from snapshot a to snapshot b (`CHANGES`), sorted.

        revised: both have a value; new: only b has; removed: only a has. A missing value (NaN)
        and a missing row are the same here. Only KPIs whose objects differ are read.
        """
        before, after = (self.open(name).manifest["values"] for name in (a, b))
        pairs = [
            Pair(kpi, *(side.get(kpi, {}).get("object") for side in (before, after)))
            for kpi in sorted({*before, *after})
        ]
        return changes(self.path, [pair for pair in pairs if pair.before != pair.after])

    def _moment(self, name: str) -> str:
        """Return when a snapshot was fetched, to the microsecond; "" if its manifest is damaged."""
        try:
            return str(read_manifest(self.path, name)["fetched"])
        except StoreDamaged:
            return ""


def moment_of(name: str) -> datetime:
    """Return when a snapshot was fetched, to the second, by its id alone."""
    return datetime.strptime(_second(name), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _second(name: str) -> str:
    return name.partition("-")[0]
