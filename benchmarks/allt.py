"""All of Kolada, synthetic: fetched, written, fetched again with changes, and compared.

Run: uv run python benchmarks/allt.py [--andel 1.0]    (0.01 takes seconds)

4,800 KPIs and some 14 million cells from the stand-in server, which runs in a process of its own
and makes its answers as they are asked for: the time of a fetch holds its work too, which takes
more than the client's. It is the fetch of `malstyr hamta --allt`: some KPIs at a time are put into
the snapshot as they come, and every answer is kept until all have come. Then one percent of the
cells have changed: once in as few KPIs as hold them, and once in all KPIs, so that every object
differs. A row is a cell: KPI, area, period and gender.
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

from malstyr_lib import params
from malstyr_lib.fetch import fetch_everything
from malstyr_lib.kolada import KoladaClient
from malstyr_lib.ovning.server import serve
from malstyr_lib.store import Draft, Store
from malstyr_lib.workspace import packaged

CHANGED, ROUNDS = 0.01, 3
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


class Timed:
    """How long the parts of a fetch that put values into the snapshot have taken, in seconds."""

    def __init__(self) -> None:
        self.seconds = 0.0

    @contextmanager
    def counting(self) -> Iterator[None]:
        put = Draft.put

        def timed(draft: Draft, frame: pd.DataFrame, kind: str = "values") -> None:
            began = time.perf_counter()
            put(draft, frame, kind)
            self.seconds += time.perf_counter() - began

        Draft.put = timed
        try:
            yield
        finally:
            Draft.put = put


def retrieved(store: Store, url: str, moment: datetime) -> tuple[str, int]:
    """Fetch one retrieval into a snapshot; return it and its rows."""
    model = params.load(packaged("params"))
    own = model.municipality.model_copy(update={"code": "9001"})
    model = model.model_copy(update={"municipality": own, "kpis": ()})
    began, writing = time.perf_counter(), Timed()
    with KoladaClient(url, requests_per_s=None) as client, writing.counting():
        done = fetch_everything(model, client, store, now=moment)
    taken = time.perf_counter() - began
    print(
        f"  fetch and snapshot {taken:.0f} s, of which the snapshot {writing.seconds:.0f} s;"
        f" {done.rows} rows, peak memory {peak():.0f} MiB",
        flush=True,
    )
    return done.snapshot, done.rows


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
