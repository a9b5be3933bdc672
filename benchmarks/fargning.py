"""Judging everything at once against pandas and Polars; linear in KPIs; one committee's scores.

Run: uv run python benchmarks/fargning.py [--varv N] [--andel 1.0]    (0.05 takes seconds)

13.9 million rows: 3,000 synthetic KPIs × 311 areas × 5 years × T, K and M, 0.7 percent of the cells
missing, one decimal so that many are equal, every other KPI low good. For all areas: colour, rank
and gap to the median, the gap in interquartile ranges; colour transitions between consecutive
years; Theil-Sen slopes. Every peer has a process and a table of its own, already in memory, and
takes its turn in every round; processor seconds are told beside the clock's, which others on the
machine stretch. What they found is compared KPI by KPI, each area, year and gender
weighted differently: codes, ranks and transitions exactly, numbers to a millionth a cell.

Memory is the highest that the process has had while it worked (VmHWM, set to zero before; Linux),
and that less what it had with the table loaded.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import combinations, pairwise
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
from numpy.typing import NDArray

from malstyr_lib import tables
from malstyr_lib.model import Kpi
from malstyr_lib.scoring import Group, cube, score
from malstyr_lib.scoring.cube import Cube
from malstyr_lib.scoring.slow import transitions
from malstyr_lib.scoring.sweep import side_by_side, sweep
from malstyr_lib.scoring.trend import slopes as theil_sen

KPIS, AREAS, YEARS, GENDERS = 3_000, 311, range(2020, 2025), "TKM"
MISSING, SEED = 0.007, 20_261_126
KPI_COUNTS = (300, 3_000, 6_000)
COLUMNS = ("kpi", "area", "period", "gender", "value")
NEAR = 1e-6 * AREAS * len(YEARS) * len(GENDERS)
"""How far sums of numbers rounded to a millionth may differ: the weight of one cell."""


def made(folder: Path, kpis: int) -> None:
    """Write the long table's columns to files, in the order of the store."""
    rng = np.random.default_rng(SEED)
    size = (kpis, AREAS, len(YEARS), len(GENDERS))
    value = rng.normal(60, 10, (kpis, 1, 1, 1)) + rng.normal(0, 8, (kpis, AREAS, 1, 1))
    value = value + rng.normal(0, 2, size).round(1)
    there = rng.random(size) >= MISSING
    kpi, area, year, gender = np.nonzero(there)
    kinds = (np.int16, np.int16, np.int64, np.int8, np.float64)
    columns = (kpi, area, year + YEARS[0], gender, np.round(value[there], 1))
    for name, column, kind in zip(COLUMNS, columns, kinds, strict=True):
        np.save(folder / f"{name}.npy", column.astype(kind))


def ids(kpis: int) -> tuple[list[str], list[str]]:
    return [f"N{at:05}" for at in range(kpis)], [f"{9001 + at}" for at in range(AREAS)]


def slopes_of(whole: Cube) -> NDArray[np.float64]:
    """Return the Theil–Sen slope of every KPI and area of a cube; see `trend.slopes`."""
    found = np.empty(whole.values.shape[:2])

    def part(at: slice) -> None:
        found[at] = theil_sen(whole.values[at], whole.periods)

    side_by_side(part, whole.values.shape)
    return found


def low_good(kpi: Any) -> Any:
    return kpi % 2 == 1


# --- the ways: each returns how to work, and how to sum up what was found ----------------------


class Ours:
    """malstyr: a cube per gender, swept."""

    def __init__(self, column: Callable[[str], Any], kpis: int) -> None:
        self.ids, self.areas = ids(kpis)
        self.kpis = {
            one: Kpi(id=one, rubrik=one, riktning="lågt" if low_good(at) else "högt")
            for at, one in enumerate(self.ids)
        }
        coded = pd.Categorical.from_codes
        self.table = pd.DataFrame(
            {
                "kpi": coded(column("kpi"), self.ids),
                "municipality": coded(column("area"), self.areas),
                "period": column("period"),
                "gender": coded(column("gender"), list(GENDERS)),
                "value": column("value"),
            }
        )

    def work(self) -> Any:
        found = []
        for gender in GENDERS:
            whole = cube(self.table, kpis=self.ids, areas=self.areas, gender=gender)
            swept = sweep(whole, self.kpis)
            found.append((swept, transitions(swept.colour), slopes_of(whole)))
        return found

    def summed(self, found: Any) -> dict[str, Any]:
        area, year = np.arange(1.0, AREAS + 1), np.arange(1.0, len(YEARS) + 1)

        def cells(values: Any, rank: Any) -> Any:
            return np.einsum("kap,a,p->k", np.where(rank > 0, values, 0.0), area, year)

        sums: dict[str, Any] = {}
        for at, (swept, _, slopes) in enumerate(found, start=1):
            parts = {
                "colours": cells(swept.colour, swept.rank),
                "ranks": cells(swept.rank, swept.rank),
                "gaps": cells(np.round(swept.to_median, 6), swept.rank),
                "gaps in IQR": cells(np.round(swept.in_iqr, 6), swept.rank),
                "slopes": np.nan_to_num(np.round(slopes, 6)) @ area,
            }
            sums = {name: sums.get(name, 0) + at * part for name, part in parts.items()}
        return sums | {"transitions": np.stack([moves for _, moves, _ in found], axis=1)}


class Pandas:
    """Vectorised pandas: one groupby on categories, cython transforms, wide frames."""

    def __init__(self, column: Callable[[str], Any], kpis: int) -> None:
        self.table = Ours(column, kpis).table
        self.kpis = kpis

    def work(self) -> Any:
        table = self.table
        kpi, gender = table["kpi"].cat.codes, table["gender"].cat.codes
        good = table["value"].where(~low_good(kpi), -table["value"])
        keys = [table["kpi"], table["period"], table["gender"]]
        by = good.groupby(keys, observed=True, sort=False)
        n = by.transform("size")
        rank, worse = by.rank(method="min", ascending=False), by.rank(method="min") - 1
        colour = (1 + (4 * worse >= 3 * n) - (4 * (rank - 1) >= 3 * n)).astype("int8")
        quartiles = by.quantile([0.25, 0.5, 0.75]).to_numpy().reshape(-1, 3)
        q1, median, q3 = quartiles[by.ngroup().to_numpy()].T
        gap = median - good
        judged = pd.DataFrame(
            {"colour": colour.where(n >= 4, -1), "rank": rank.astype("int16"), "gap": gap}
        ).assign(in_iqr=(gap / np.where(q3 > q1, q3 - q1, np.nan)).clip(-5, 5))

        series = (kpi.astype("int64") * AREAS + table["municipality"].cat.codes) * 3 + gender
        long = pd.DataFrame({"series": series, "period": table["period"], "value": table["value"]})
        wide = long.assign(colour=judged["colour"]).pivot(index="series", columns="period")
        group = pd.Series(wide.index // (AREAS * 3) * 3 + wide.index % 3, index=wide.index)
        moves = []
        for before, after in pairwise(YEARS):
            old, new = wide["colour", before], wide["colour", after]
            seen = (old >= 0) & (new >= 0)
            moves.append(((group * 3 + old) * 3 + new)[seen].astype("int64").value_counts())
        between = {
            (one, other): (wide["value", other] - wide["value", one]) / (other - one)
            for one, other in combinations(YEARS, 2)
        }
        slopes = pd.DataFrame(between).median(axis=1)
        return judged, pd.concat(moves).groupby(level=0).sum(), slopes

    def summed(self, found: Any) -> dict[str, Any]:
        judged, moves, slopes = found
        table = self.table
        place = [table[name].cat.codes.to_numpy() for name in ("kpi", "municipality", "gender")]
        cells = [judged[name].to_numpy() for name in ("colour", "rank", "gap", "in_iqr")]
        rows = (*place, table["period"].to_numpy())
        told = moves.index.to_numpy(), moves.to_numpy()
        return summed_rows(self.kpis, rows, cells, told, (slopes.index.to_numpy(), slopes))


class Polars:
    """Polars: windows on one integer key, and the streaming engine where it is quicker.

    Measured and left out as slower: windows on the three columns, group_by with explode, a sorted
    table with runs, pivot, joins of years, concat_list, unpivot.
    """

    def __init__(self, column: Callable[[str], Any], kpis: int) -> None:
        def coded(name: str, categories: list[str]) -> Any:
            texts = pl.Series(categories, dtype=pl.Enum(categories))
            return texts.gather(column(name).astype(np.uint32))

        kpi_ids, areas = ids(kpis)
        self.kpis = kpis
        self.table = pl.DataFrame(
            {
                "kpi": coded("kpi", kpi_ids),
                "municipality": coded("area", areas),
                "period": column("period"),
                "gender": coded("gender", list(GENDERS)),
                "value": column("value"),
            }
        )

    def work(self) -> Any:
        kpi, area, gender = (
            pl.col(name).to_physical().cast(pl.UInt32) for name in ("kpi", "municipality", "gender")
        )
        good, year = pl.col("good"), (pl.col("period") - YEARS[0]).cast(pl.UInt32)
        q1, median, q3 = (good.quantile(part, "linear").over("group") for part in (0.25, 0.5, 0.75))
        n, rank = pl.col("n"), pl.col("rank")
        worse, better = pl.col("worse").cast(pl.Int32), rank.cast(pl.Int32) - 1
        colour = 1 + (4 * worse >= 3 * n).cast(pl.Int8) - (4 * better >= 3 * n).cast(pl.Int8)
        judged = (
            self.table.lazy()
            .with_columns(
                group=(kpi * len(YEARS) + year) * 3 + gender,
                good=pl.when(low_good(kpi)).then(-pl.col("value")).otherwise("value"),
            )
            .with_columns(
                n=pl.len().over("group").cast(pl.Int32),
                rank=good.rank("min", descending=True).over("group"),
                worse=good.rank("min").over("group") - 1,
                gap=median - good,
                iqr=q3 - q1,
            )
            .select(
                "period",
                "value",
                "rank",
                "gap",
                series=(kpi * AREAS + area) * 3 + gender,
                colour=pl.when(n >= 4).then(colour.cast(pl.Int8)).otherwise(pl.lit(-1, pl.Int8)),
                in_iqr=(pl.when(pl.col("iqr") > 0).then(pl.col("gap") / pl.col("iqr"))).clip(-5, 5),
            )
            .collect()
        )
        wide = (
            judged.lazy()
            .group_by("series")
            .agg(
                pl.when(pl.col("period") == one).then(pl.col(name)).max().alias(f"{name}{one}")
                for one in YEARS
                for name in ("value", "colour")
            )
            .collect(engine="streaming")
        )
        group = pl.col("series") // (AREAS * 3) * 3 + pl.col("series") % 3
        moves = pl.concat(
            wide.lazy()
            .filter(pl.col(f"colour{before}") >= 0, pl.col(f"colour{after}") >= 0)
            .group_by(
                (group * 3 + pl.col(f"colour{before}").cast(pl.UInt32)) * 3
                + pl.col(f"colour{after}").cast(pl.UInt32)
            )
            .len()
            for before, after in pairwise(YEARS)
        )
        between = [
            (pl.col(f"value{other}") - pl.col(f"value{one}")) / (other - one)
            for one, other in combinations(YEARS, 2)
        ]
        slopes = wide.lazy().select("series", slope=pl.concat_arr(between).arr.median())
        counts = moves.group_by("series").agg(pl.col("len").sum())
        return judged, counts.collect(engine="streaming"), slopes.collect(engine="streaming")

    def summed(self, found: Any) -> dict[str, Any]:
        judged, moves, slopes = found
        table = self.table
        place = [table[name].to_physical().to_numpy() for name in ("kpi", "municipality", "gender")]
        cells = [judged[name].to_numpy() for name in ("colour", "rank", "gap", "in_iqr")]
        told, slope = ([part.to_numpy() for part in frame] for frame in (moves, slopes))
        return summed_rows(self.kpis, (*place, table["period"].to_numpy()), cells, told, slope)


def summed_rows(kpis: int, place: Any, cells: Any, moves: Any, slopes: Any) -> dict[str, Any]:
    """Sum up long columns as `Ours.summed` does its arrays."""
    kpi, area, gender, period = (part.astype(np.int64) for part in place)
    weight = (area + 1.0) * (gender + 1) * (period - YEARS[0] + 1)
    names = ("colours", "ranks", "gaps", "gaps in IQR")
    sums = {
        name: np.bincount(kpi, np.round(cell, 6) * weight, kpis)
        for name, cell in zip(names, cells, strict=True)
    }
    series, slope = slopes[0].astype(np.int64), np.nan_to_num(np.round(slopes[1], 6))
    weight = (series // 3 % AREAS + 1.0) * (series % 3 + 1)
    counts = np.bincount(moves[0].astype(np.int64), moves[1], kpis * 3 * 9)
    return sums | {
        "slopes": np.bincount(series // (AREAS * 3), slope * weight, kpis),
        "transitions": counts.astype(np.int64).reshape(kpis, 3, 3, 3),
    }


def equal(one: dict[str, Any], other: dict[str, Any]) -> dict[str, bool]:
    exact = ("colours", "ranks", "transitions")
    return {
        name: bool(np.allclose(part, other[name], rtol=0, atol=0 if name in exact else 2 * NEAR))
        for name, part in one.items()
    }


# --- one process each ---------------------------------------------------------------------------


def memory(which: str) -> int:
    """Return the process's memory now (VmRSS) or at most (VmHWM), in MiB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(which)) // 1024


@dataclass(frozen=True)
class Answer:
    """One round of a peer: seconds by the clock and of the processors, memory, and the sums."""

    seconds: float
    busy: float
    loaded: int
    peak: int
    sums: dict[str, Any]


def play(told: Connection, way: type[Any], folder: Path, kpis: int) -> None:
    """Load a table, then work once every time the parent asks; until it hangs up."""
    peer = way(lambda name: np.load(folder / f"{name}.npy"), kpis)
    told.send(len(peer.table))
    while told.recv():
        gc.collect()
        Path("/proc/self/clear_refs").write_text("5")
        loaded, busy, began = memory("VmRSS"), time.process_time(), time.perf_counter()
        found = peer.work()
        taken, busy = time.perf_counter() - began, time.process_time() - busy
        told.send(Answer(taken, busy, loaded, memory("VmHWM"), peer.summed(found)))
        del found


def run(target: Callable[..., None], *arguments: Any) -> Any:
    process = multiprocessing.get_context("spawn").Process(target=target, args=arguments)
    process.start()
    return process


@contextmanager
def played(way: type[Any], folder: Path, kpis: int) -> Iterator[Connection]:
    here, there = multiprocessing.Pipe()
    process = run(play, there, way, folder, kpis)
    there.close()
    try:
        print(f"  {way.__name__}: {here.recv():,} rows loaded", flush=True)
        yield here
    finally:
        here.send(False)
        process.join(timeout=30)


def asked(peer: Connection) -> Any:
    peer.send(True)
    return peer.recv()


def peers(kpis: int, rounds: int) -> None:
    ways = (Ours, Pandas, Polars)
    print(f"{kpis} KPIs, every area, year and gender:")
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        run(made, Path(name), kpis).join()
        running = {way: stack.enter_context(played(way, Path(name), kpis)) for way in ways}
        answers = {way: [] for way in ways}
        for _ in range(rounds):
            for way, peer in running.items():
                answers[way].append(asked(peer))
    ours = statistics.median(answer.seconds for answer in answers[Ours])
    for way, told in answers.items():
        seconds = [answer.seconds for answer in told]
        middle, first = statistics.median(seconds), told[0]
        busy, same = busiest(told), equal(answers[Ours][0].sums, first.sums)
        print(
            f"  {way.__name__}: {', '.join(f'{one:.2f}' for one in seconds)} s, median"
            f" {middle:.2f}, / ours {middle / ours:.2f};"
            f" of processors {busy:.2f} s, / ours {busy / busiest(answers[Ours]):.2f};"
            f" peak memory {first.peak} MiB, of which the loaded table's {first.loaded}"
        )
        print(f"    same as ours: {all(same.values())} {same}", flush=True)


def busiest(answers: list[Answer]) -> float:
    return statistics.median(answer.busy for answer in answers)


def linear(share: float, rounds: int) -> None:
    print("ours alone, by KPIs:")
    for kpis in (round(count * share) for count in KPI_COUNTS):
        with tempfile.TemporaryDirectory() as name:
            run(made, Path(name), kpis).join()
            with played(Ours, Path(name), kpis) as peer:
                told = [asked(peer) for _ in range(rounds)]
        middle, busy = statistics.median(answer.seconds for answer in told), busiest(told)
        print(
            f"  {kpis} KPIs: {middle:.2f} s, {middle / kpis * 1_000:.3f} ms a KPI;"
            f" of processors {busy:.2f} s, {busy / kpis * 1_000:.3f} ms a KPI",
            flush=True,
        )


def committee(told: Connection, kpis: int = 30, years: int = 25, rounds: int = 20) -> None:
    """Score one municipality in a committee's KPIs, from the client's table of texts."""
    rng = np.random.default_rng(SEED)
    names, areas = ids(kpis)
    grid = pd.MultiIndex.from_product([names, areas, range(2025 - years, 2025), ["T"]])
    table = grid.to_frame(index=False, name=["kpi", "municipality", "period", "gender"])
    table = table.assign(value=rng.normal(60, 9, len(grid)).round(1), status="")
    table = table.astype(tables.OBSERVATIONS)
    registry = [Kpi(id=one, rubrik="Andel (%)", riktning="högt") for one in names]
    groups = dict.fromkeys(names, Group("alla", "alla kommuner", tuple(areas)))

    def ms(work: Callable[[], Any]) -> tuple[float, float]:
        began, busy = time.perf_counter(), time.process_time()
        work()
        return (time.perf_counter() - began) * 1_000, (time.process_time() - busy) * 1_000

    whole = [
        ms(lambda: score(table, registry, areas[7], everyone=areas, groups=groups))
        for _ in range(rounds)
    ]
    cubes = [ms(lambda: cube(table, kpis=names, areas=areas)) for _ in range(rounds)]
    told.send((len(table), whole, cubes))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--varv", type=int, default=3)
    arguments.add_argument("--andel", type=float, default=1.0)
    given = arguments.parse_args()
    peers(round(KPIS * given.andel), given.varv)
    linear(given.andel, given.varv)
    here, there = multiprocessing.Pipe()
    process = run(committee, there)
    rows, whole, cubes = here.recv()
    process.join()
    for name, told in (("scores of one municipality", whole), ("their cube alone", cubes)):
        clock, busy = zip(*told, strict=True)
        print(
            f"{name}, 30 KPIs, {rows:,} rows: median {statistics.median(clock):.0f} ms, least"
            f" {min(clock):.0f}; of processors {statistics.median(busy):.0f}, {min(busy):.0f}"
        )


if __name__ == "__main__":
    main()
