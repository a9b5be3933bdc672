"""A report of every kind: the seconds of its run and of each form, and the bytes of each form.

Run: uv run python benchmarks/rapporter.py [--varv N] [--lager MAPP --params MAPP --ar ÅÅÅÅ]

Over the exercise world unless a store is given. The named peer makes the page of the same executed
notebook: nbconvert's own HTML exporter with its own template. It is measured in the same run.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from fragor import exercised
from nbconvert import HTMLExporter

from malstyr_lib import params, workspace
from malstyr_lib.batch import Job, Wanted, jobs, notebook, warm
from malstyr_lib.batch.making import finished
from malstyr_lib.report.export import report_page
from malstyr_lib.report.forms import FORMS
from malstyr_lib.workspace import Workspace

T = TypeVar("T")


def timed(rounds: int, call: Callable[[], T]) -> tuple[float, T]:
    """Return the median seconds of some calls, and what the last gave."""
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        given = call()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken), given


def firsts(place: Workspace, year: int | None) -> list[Job]:
    """Return the first report of every kind."""
    todo = jobs(params.load(place.params), place, Wanted(year=year))
    return list({job.kind: job for job in reversed(todo)}.values())[::-1]


def measured(job: Job, rounds: int) -> None:
    """Print one report's figures: a line for the run, and one for each form."""
    given = job.of.given(job.subject, job.year, job.snapshot)
    environment = job.place.environment()
    run, done = timed(rounds, lambda: notebook.execute(job.notebook, given, environment))
    page = finished(job, params.load(job.place.params), done)
    ours, _ = timed(rounds, lambda: report_page(done.notebook, title="t", exercise=False))
    peer, theirs = timed(rounds, lambda: HTMLExporter().from_notebook_node(done.notebook)[0])
    print(f"\n{job.name}: run {run:.1f} s (kernel and all)")
    print(
        f"  page {ours:.2f} s, {len(page.html) / 1024:.0f} KiB; nbconvert's own {peer:.2f} s,"
        f" {len(theirs) / 1024:.0f} KiB: {peer / ours:.1f} × as long"
    )
    for form, make in FORMS.items():
        taken, content = timed(rounds, lambda make=make: make(page))  # type: ignore[misc]
        print(f"  {form} {taken:.2f} s, {len(content) / 1024:.0f} KiB")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--varv", type=int, default=3)
    asked.add_argument("--lager", type=Path)
    asked.add_argument("--params", type=Path)
    asked.add_argument("--ar", type=int)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if given.lager:
            settings, store = given.params or Path("params"), given.lager
        else:
            settings, store = exercised(Path(folder))
        place = workspace.find(params=settings, store=store, output=Path(folder) / "ut")
        warm.warm_up()
        for job in firsts(place, given.ar):
            measured(job, given.varv)


if __name__ == "__main__":
    main()
