"""All of Kolada, synthetic: fetched, written, fetched again with changes, and compared.

Run: uv run python benchmarks/allt.py [--andel 1.0]    (0.01 takes seconds)

4,800 KPIs and some 14 million cells from the stand-in server, which runs in a process of its own
and makes its answers as they are asked for: the time of a fetch holds its work too, which takes
more than the client's. KPIs are fetched some at a time and joined, and the table is written as a
snapshot. Then one percent of the cells have changed: once in as few KPIs as hold them, and once in
all KPIs, so that every object differs. A row is a cell: KPI, area, period and gender.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import helariket
import pandas as pd

from malstyr_lib.kolada import KoladaClient
from malstyr_lib.ovning import serve
from malstyr_lib.store import Store

BATCH, CHANGED, ROUNDS = 100, 0.01, 3
RETRIEVALS = {"first": None, "changed in few KPIs": False, "changed in all KPIs": True}


def play(told: Connection, share: float, everywhere: bool | None) -> None:
    """Serve a retrieval until the parent hangs up."""
    held = helariket.kolada(share)
    if everywhere is not None:
        held = helariket.revised(held, share=CHANGED, everywhere=everywhere)
    with serve(held) as running:
        told.send(running.url)
        with suppress(EOFError):
            told.recv()


@contextmanager
def served(share: float, everywhere: bool | None) -> Iterator[str]:
    here, there = multiprocessing.Pipe()
    spawn = multiprocessing.get_context("spawn")
    process = spawn.Process(target=play, args=(there, share, everywhere), daemon=True)
    process.start()
    there.close()
    try:
        yield here.recv()
    finally:
        here.close()
        process.join(timeout=30)


def fetched(client: KoladaClient) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """Return all values and the catalogues, the values fetched some KPIs at a time."""
    catalogues = {
        "kpis": client.kpis(),
        "municipalities": client.municipalities(),
        "municipality_groups": client.municipality_groups(),
    }
    ids = catalogues["kpis"]["id"].tolist()
    parts = [
        client.values(ids[start : start + BATCH], years=helariket.YEARS)
        for start in range(0, len(ids), BATCH)
    ]
    return pd.concat(parts, ignore_index=True), catalogues


def retrieved(store: Store, url: str, moment: datetime) -> tuple[str, int]:
    """Fetch and write one retrieval; return its snapshot and its rows."""
    began = time.perf_counter()
    with KoladaClient(url, requests_per_s=None, deadline_s=3600) as client:
        values, catalogues = fetched(client)
    got = time.perf_counter()
    print(f"  fetch {got - began:.1f} s, {len(values)} rows, peak {peak():.0f} MiB")
    name = store.write(values, base_url=url, fetched=moment, **catalogues)
    size = values.memory_usage(deep=True).sum() / 2**20
    print(
        f"  snapshot {time.perf_counter() - got:.1f} s, peak {peak():.0f} MiB"
        f" (the table is {size:.0f} MiB)"
    )
    return name, len(values)


def peak() -> float:
    """Return the most memory that this process has had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def on_disk(store: Store) -> int:
    return sum(path.stat().st_size for path in store.path.rglob("*") if path.is_file())


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--andel", type=float, default=1.0)
    share = arguments.parse_args().andel
    moment, written = datetime(2026, 11, 25, tzinfo=UTC), {}
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        store = Store(Path(folder) / "lager")
        for at, (name, everywhere) in enumerate(RETRIEVALS.items()):
            print(f"{name}:")
            with served(share, everywhere) as url:
                written[name], rows = retrieved(store, url, moment + timedelta(days=at))
            if at == 0:
                print(f"  on disk {on_disk(store) / rows:.2f} bytes a row, manifest included")
        first, *others = written.items()
        for name, snapshot in others:
            for _ in range(ROUNDS):
                began = time.perf_counter()
                found = store.diff(first[1], snapshot)
                taken = time.perf_counter() - began
                print(f"diff, {name}: {taken:.2f} s, {len(found)} cells differ")


if __name__ == "__main__":
    main()
