"""The blind spots of one municipality over a whole store: reading included, beside reading alone.

Run: uv run python benchmarks/blinda.py [--varv N] [--andel 1.0]    (0.05 takes seconds)

4,800 synthetic KPIs and some 14 million cells, half of the KPIs with a direction that nobody
follows. The named peer is what an analyst would do without the scan: read all values as they are
(`Snapshot.values`, 200 KPIs at a time) and count with pandas who has a better value. Both must find
the same red KPIs.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
from pathlib import Path

import helariket
import pandas as pd

from malstyr_lib import params
from malstyr_lib.grounds.basis import AT_A_TIME, blind
from malstyr_lib.model import Kpi, SteeringModel
from malstyr_lib.store import Snapshot, Store
from malstyr_lib.workspace import packaged

OWN, YEAR = "9001", 2024


def filled(folder: Path, share: float) -> Snapshot:
    """Return a snapshot of a share of the whole."""
    held = helariket.kolada(share)
    store = Store(folder / "lager")
    snapshot = store.write(
        held.values.astype(dict.fromkeys(("kpi", "municipality", "gender", "status"), "str")),
        kpis=held.kpis,
        municipalities=held.municipalities,
        municipality_groups=held.municipality_groups,
        base_url="http://127.0.0.1/v3",
    )
    return store.open(snapshot)


def directed(model: SteeringModel, snapshot: Snapshot) -> SteeringModel:
    """Return a model that has a direction for every other KPI, and watches none."""
    titles = zip(snapshot.kpis["id"], snapshot.kpis["title"], strict=True)
    kpis = tuple(
        Kpi(id=kpi, title=title, direction="högt" if at % 4 else "lågt")
        for at, (kpi, title) in enumerate(titles)
        if at % 2 == 0
    )
    return model.model_copy(update={"kpis": kpis, "committees": ()})


def by_pandas(model: SteeringModel, snapshot: Snapshot) -> set[str]:
    """Return the KPIs that are red in their newest year with an own value, counted with pandas."""
    ways = {kpi.id: kpi.direction for kpi in model.kpis}
    ids, found = sorted(ways), set()
    for start in range(0, len(ids), AT_A_TIME):
        values = snapshot.values(ids[start : start + AT_A_TIME])
        rows = values[
            (values["gender"] == "T") & values["value"].notna() & (values["municipality"] >= "9")
        ]
        mine = rows[rows["municipality"] == OWN].groupby("kpi")["period"].max().rename("newest")
        now = rows.merge(mine, on="kpi").query("period == newest")
        sign = now["kpi"].map(ways).map({"högt": 1.0, "lågt": -1.0})
        now = now.assign(good=now["value"] * sign)
        grouped = now.groupby("kpi")["good"]
        now = now.assign(better=grouped.rank("max", ascending=False), n=grouped.transform("count"))
        tied = now.groupby(["kpi", "good"])["good"].transform("size")
        own = now[now["municipality"] == OWN]
        better = own["better"] - tied[own.index]
        found |= set(own.loc[(4 * better >= 3 * own["n"]) & (own["n"] >= 4), "kpi"])
    return found


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--varv", type=int, default=3)
    asked.add_argument("--andel", type=float, default=1.0)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(dir=".") as folder:
        snapshot = filled(Path(folder), given.andel)
        model = directed(params.load(packaged("params")), snapshot)
        rows = sum(entry["rows"] for entry in snapshot.manifest["values"].values())
        print(f"{len(snapshot.manifest['values'])} KPIs, {rows} rows")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        times: dict[str, list[float]] = {"malstyr": [], "reading": [], "pandas": []}
        for _ in range(given.varv):
            began = time.perf_counter()
            spots = blind(model, snapshot, municipality=OWN, year=YEAR)
            times["malstyr"].append(time.perf_counter() - began)
            began = time.perf_counter()
            read(snapshot)
            times["reading"].append(time.perf_counter() - began)
            began = time.perf_counter()
            theirs = by_pandas(model, snapshot)
            times["pandas"].append(time.perf_counter() - began)
        say(times, spots, theirs)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        print(f"peak memory beyond the store's making: {grown / 1024:.0f} MiB")


def read(snapshot: Snapshot) -> None:
    """Read everything, as the scan does, and nothing more."""
    ids = sorted(snapshot.manifest["values"])
    for start in range(0, len(ids), AT_A_TIME):
        snapshot.coded_values(ids[start : start + AT_A_TIME])


def say(times: dict[str, list[float]], spots: pd.DataFrame, theirs: set[str]) -> None:
    for name, taken in times.items():
        print(f"  {name:<8} min {min(taken):5.2f} s, median {statistics.median(taken):5.2f} s")
    ours = set(spots.loc[spots["kind"] == "red", "kpi"])
    judged = ours & theirs
    print(f"red: {len(ours)}; also by pandas: {len(judged)}; spots in all: {len(spots)}")
    print(f"pandas / malstyr (min): {min(times['pandas']) / min(times['malstyr']):.1f}")


if __name__ == "__main__":
    main()
