"""The store against a DuckDB file with the same rows: reading 30 KPIs, and replacing one.

Run: uv run python benchmarks/lager.py [--varv N]

144 synthetic KPIs, as many as the parameters have, over 312 areas in two sizes: as they are in the
real Kolada (half of them totals alone, some 4,800 rows a KPI) and as large as they get (totals,
women and men of 15-25 years, some 18,700 rows a KPI). Both give the same table, sorted, in the same
run and in turn. DuckDB keeps its connection open and gets to answer in the quickest of three ways;
the store opens its newest snapshot every time and checks every digest.

Replacing a KPI is what a writer does: its object in place, and a new manifest, both on to the disk.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import helariket
import numpy as np
import pandas as pd

from malstyr_lib import tables
from malstyr_lib.store import Store
from malstyr_lib.store.writing import writing

KPIS, READ, WHOLE = 144, 30, 4_800
KEY = ["kpi", "municipality", "period", "gender"]
SIZES = {"verklig": ((4, 12), (1, 3)), "störst": ((15, 26), (3, 3))}


def observations(size: str) -> pd.DataFrame:
    (first, end), genders = SIZES[size]
    years = np.random.default_rng(1).integers(first, end, KPIS)
    areas = np.arange(len(helariket.AREAS))
    return helariket.observations(
        [helariket.Shape(areas, int(n), genders[at % 2]) for at, n in enumerate(years)]
    )


def filled(folder: Path, values: pd.DataFrame) -> tuple[Store, Any]:
    """Return a store and a DuckDB file with the same rows."""
    store = Store(folder / "lager")
    store.write(values, base_url="http://127.0.0.1/v3", **helariket.catalogues(KPIS))
    path = folder / "peer.duckdb"
    with duckdb.connect(str(path)) as made:
        made.register("given", values)
        made.execute("CREATE TABLE cells AS SELECT * FROM given")
    return store, duckdb.connect(str(path))


def duck_ways(peer: Any, ids: list[str]) -> dict[str, Callable[[], pd.DataFrame]]:
    """Return the ways in which DuckDB can give the rows, which lie sorted in its file."""
    plain = "SELECT * FROM cells WHERE kpi IN (SELECT unnest(?))"
    listed = ", ".join(f"'{one}'" for one in ids)
    return {
        "frame": lambda: peer.execute(plain, [ids]).df(),
        "arrow": lambda: peer.sql(plain, params=[ids]).to_arrow_table().to_pandas(),
        "arrow, IN list": lambda: (
            peer.sql(f"SELECT * FROM cells WHERE kpi IN ({listed})").to_arrow_table().to_pandas()
        ),
    }


def same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    left, right = (
        part.assign(gender=part["gender"].map("TKM".index)).sort_values(KEY, ignore_index=True)
        for part in (one, other)
    )
    return left.equals(right.astype(left.dtypes.to_dict()))


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1_000


def told(name: str, taken: list[float]) -> None:
    print(f"  {name:24} min {min(taken):7.1f} ms, median {statistics.median(taken):7.1f} ms")


def reading(store: Store, peer: Any, rounds: int) -> None:
    ids = sorted(store.open().manifest["values"])[:READ]
    ways = {"malstyr": lambda: Store(store.path).open().values(ids)} | duck_ways(peer, ids)
    tables_of = {name: way() for name, way in ways.items()}
    equal = all(same(tables_of["malstyr"], table) for table in tables_of.values())
    print(f"reading {READ} KPIs: {len(tables_of['malstyr'])} rows, same values: {equal}")
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            taken[name].append(timed(way))
    for name, times in taken.items():
        told(name, times)
    for how in (min, statistics.median):
        mine, *others = (how(times) for times in taken.values())
        print(f"  quickest DuckDB / malstyr ({how.__name__}): {min(others) / mine:.2f}")


def crowded(store: Store, kpis: int) -> dict[str, Any]:
    """Return the newest manifest with so many KPIs in it."""
    manifest = dict(store.open().manifest)
    entries = list(manifest["values"].values())
    more = {f"U{at:05}": entries[at % len(entries)] for at in range(kpis - len(entries))}
    return manifest | {"values": manifest["values"] | more}


def replacing(store: Store, peer: Any, values: pd.DataFrame, *, kpis: int, rounds: int) -> None:
    manifest = crowded(store, kpis)
    one = values[values["kpi"] == "N00072"]
    names = ("malstyr", "object", "manifest", "bare fsync", "DuckDB")
    taken: dict[str, list[float]] = {name: [] for name in names}
    for at in range(rounds):
        new = one.assign(value=one["value"] + at + kpis)
        moment = store.open().fetched + timedelta(seconds=at + 1)
        began = time.perf_counter()
        with writing(store.path) as writer:
            entered = time.perf_counter()
            entries = writer.put_kpis(new, tables.OBSERVATIONS)
            put = time.perf_counter()
            content = {"fetched": moment.isoformat(), "values": manifest["values"] | entries}
            writer.put_manifest(manifest | content)
            done = time.perf_counter()
        taken["malstyr"].append((time.perf_counter() - began) * 1_000)
        taken["object"].append((put - entered) * 1_000)
        taken["manifest"].append((done - put) * 1_000)
        taken["bare fsync"].append(timed(lambda: bare(store.path / "bare", b"x" * 30_000)))
        taken["DuckDB"].append(timed(lambda new=new: duck_replaced(peer, new)))
    print(f"replacing one KPI ({len(one)} rows) of {kpis}:")
    for name, times in taken.items():
        told(name, times)


def bare(path: Path, body: bytes) -> None:
    """Write a small file on to the disk: what the disk alone takes, once."""
    with path.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())


def duck_replaced(peer: Any, new: pd.DataFrame) -> None:
    peer.register("fresh", new)
    peer.execute("BEGIN; DELETE FROM cells WHERE kpi = 'N00072'")
    peer.execute("INSERT INTO cells SELECT * FROM fresh; COMMIT")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--varv", type=int, default=15)
    rounds = arguments.parse_args().varv
    for size in SIZES:
        values = observations(size)
        print(f"{size}: {len(values)} rows, {len(values) / KPIS:.0f} a KPI")
        with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
            store, peer = filled(Path(folder), values)
            reading(store, peer, rounds)
            for kpis in (KPIS, WHOLE):
                replacing(store, peer, values, kpis=kpis, rounds=rounds)
            peer.close()


if __name__ == "__main__":
    main()
