"""The two ways of `batch.py` that fork, for the process that it starts."""

from __future__ import annotations

import pickle
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from malstyr_lib.batch import Job, warm, workers

PAGES = "pages"
"""What runs a notebook's cells in a process of one's own: among the tests."""


def ours(jobs: str, _: str) -> None:
    """Make reports as the program does, two at a time."""
    warm.warm_up()
    made = [one for _, one in workers.done(_todo(jobs), lambda _: None, workers=2)]
    assert all(one.error is None for one in made), [one.error for one in made]


def bare(jobs: str, output: str) -> None:
    """Run the same cells and make the same page in forked processes without a kernel."""
    warm.PRELOADED = (*warm.PRELOADED, PAGES)  # type: ignore[misc]
    warm.warm_up()
    todo = _todo(jobs)
    with ProcessPoolExecutor(2, mp_context=warm.context(), max_tasks_per_child=1) as pool:
        for page, job in zip(pool.map(page_of, todo), todo, strict=True):
            name = f"{job.subject.slug}-{job.year}.html"
            (Path(output) / name).write_text(page, encoding="utf-8")


def page_of(job: Job) -> str:
    """Return a report's page, its cells run here."""
    from pages import run_here  # noqa: PLC0415

    from malstyr_lib.report.export import report_page  # noqa: PLC0415

    return report_page(run_here(job).notebook, title="t", exercise=False)


def _todo(jobs: str) -> list[Job]:
    found: list[Job] = pickle.loads(Path(jobs).read_bytes())  # noqa: S301
    return found
