"""The dumb questions of one key figure: all forty-eight, and the median one.

Run: uv run python benchmarks/fragor.py [--varv N] [--lager MAPP --params MAPP --ar ÅÅÅÅ]

Over the exercise world unless a store is given. A round opens the store anew, so reading is
included. The named peer is the same functions without what they share: every question builds its
own setting, as an analyst does who asks one at a time. Both must give the same answers.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from malstyr_lib import params
from malstyr_lib.fetch import fetch
from malstyr_lib.kolada import KoladaClient
from malstyr_lib.ovning.demo import prepare
from malstyr_lib.ovning.server import serve
from malstyr_lib.ovning.world import exercise_world
from malstyr_lib.params.own_values import own_values
from malstyr_lib.questions import QUESTIONS, Setting, answer
from malstyr_lib.store import Store

KPIS = ("N00090", "N15428", "U21401", "N15505", "U21468", "N31816")
TODAY = date(2026, 11, 26)


def exercised(folder: Path) -> tuple[Path, Path]:
    """Return the parameters and the store of the exercise municipality, fetched."""
    place, model = prepare(folder)
    with serve(exercise_world(model.kpis)) as server:
        client = KoladaClient(server.url, requests_per_s=None)
        fetch(model, client, Store(place.store), now=datetime(2026, 11, 23, 12, tzinfo=UTC))
    return place.params, place.store


def settings(folder: Path, store: Path, year: int | None) -> Callable[[], Setting]:
    """Return what opens the store anew and gives a fresh setting."""
    model = params.load(folder)
    values = own_values(folder, model)

    def fresh() -> Setting:
        snapshot = Store(store).open()
        own = model.municipality.code
        return Setting(model, snapshot, own, TODAY, year=year, own_values=values)

    return fresh


def all_at_once(fresh: Callable[[], Setting], kpi: str) -> tuple[float, list[float], list[str]]:
    """Return the seconds of all questions on one KPI, of each of them, and the answers."""
    start = time.perf_counter()
    case, each, told = fresh().case(kpi), [], []
    for question in QUESTIONS:
        began = time.perf_counter()
        told.append(answer(case, question).svar)
        each.append(time.perf_counter() - began)
    return time.perf_counter() - start, each, told


def one_by_one(fresh: Callable[[], Setting], kpi: str) -> tuple[float, list[str]]:
    """Return the seconds when nothing is shared, and the answers."""
    start = time.perf_counter()
    told = [answer(fresh().case(kpi), question).svar for question in QUESTIONS]
    return time.perf_counter() - start, told


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--varv", type=int, default=3)
    asked.add_argument("--lager", type=Path)
    asked.add_argument("--params", type=Path)
    asked.add_argument("--ar", type=int)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if given.lager:
            places = given.params or Path("params"), given.lager
        else:
            places = exercised(Path(folder))
        fresh = settings(*places, given.ar)
        report([measured(fresh, kpi, given.varv) for kpi in KPIS])


def measured(fresh: Callable[[], Setting], kpi: str, rounds: int) -> list[float]:
    """Print one KPI's figures, and return the median seconds of each question."""
    runs = [all_at_once(fresh, kpi) for _ in range(rounds)]
    alone, told = one_by_one(fresh, kpi)
    assert told == runs[0][2], f"{kpi}: not the same answers"
    whole = statistics.median(seconds for seconds, _, _ in runs)
    each = [statistics.median(times) for times in zip(*(run[1] for run in runs), strict=True)]
    print(
        f"{kpi}: all {len(QUESTIONS)} in {whole:.2f} s (aim 1.5); the median question"
        f" {1000 * statistics.median(each):.1f} ms (aim 50); nothing shared {alone:.2f} s,"
        f" {alone / whole:.1f} × as long"
    )
    return each


def report(every: list[list[float]]) -> None:
    """Print the slowest questions, which pay for what the others share."""
    mean = {
        question.number: statistics.mean(times)
        for question, times in zip(QUESTIONS, zip(*every, strict=True), strict=True)
    }
    slowest = sorted(mean, key=lambda number: -mean[number])[:5]
    print("slowest: " + ", ".join(f"{number} ({1000 * mean[number]:.0f} ms)" for number in slowest))


if __name__ == "__main__":
    main()
