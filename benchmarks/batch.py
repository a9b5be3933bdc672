"""A season of reports against the plain tools, its memory over hundreds, and how soon it is ready.

Run: uv run python benchmarks/batch.py [--varv N] [--minne N] [--lager MAPP --params MAPP]

The named peers, in the same run and on the same notebooks, parameters and store:
- the papermill command and then the nbconvert command, one report after another;
- the same cells and the same page in bare forked processes, two at a time, with no kernel.
Each is started anew, with all that it has to import.
Output parity is checked first: as many outputs, the same tables and the same pictures.
"""

from __future__ import annotations

import argparse
import os
import pickle
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import nbformat
from fragor import exercised

from malstyr_lib import params, workspace
from malstyr_lib.batch import Job, Wanted, jobs
from malstyr_lib.batch.making import carried_out
from malstyr_lib.workspace import Workspace

TABLES = re.compile(r"<table.*?</table>", re.DOTALL)
PICTURES = re.compile(r"base64,[A-Za-z0-9+/=]+")


def eight(place: Workspace) -> list[Job]:
    """Return eight committee reports: four committees and two years."""
    model = params.load(place.params)
    newest = jobs(model, place, Wanted(["namnd"], forms=["html"]))
    return [*newest[:4], *(replace(job, year=job.year - 1) for job in newest[:4])]


def plain(todo: Sequence[Job], output: Path) -> None:
    """Make reports with the plain tools' own commands, one after another."""
    for job in todo:
        given = job.of.given(job.subject, job.year, job.snapshot)
        out = output / f"{job.subject.slug}-{job.year}.ipynb"
        named = [word for name, value in given.items() for word in ("-p", name, str(value))]
        _command(job, "papermill", str(job.notebook), str(out), *named, "--no-progress-bar")
        _command(job, "jupyter", "nbconvert", "--to", "html", "--no-input", str(out))


def _command(job: Job, *words: str) -> None:
    tool = Path(sys.executable).with_name(words[0])
    subprocess.run(
        [str(tool), *words[1:]],
        env=os.environ | job.place.environment(),
        check=True,
        capture_output=True,
    )


STARTED = """
import sys
sys.path[:0] = [{benchmarks!r}, {tests!r}]
if __name__ == "__main__":
    from batch_ways import {way}
    {way}({jobs!r}, {output!r})
"""


def ours(todo: Sequence[Job], output: Path) -> None:
    """Make reports as the program does, two at a time, started anew."""
    _started(
        "ours", [replace(job, place=replace(job.place, output=output)) for job in todo], output
    )


def bare(todo: Sequence[Job], output: Path) -> None:
    """Run the same cells and make the same page in forks without a kernel, started anew."""
    _started("bare", todo, output)


def _started(way: str, todo: Sequence[Job], output: Path) -> None:
    jobs = output / "jobs.pickle"
    jobs.write_bytes(pickle.dumps(todo))
    here = Path(__file__).resolve().parent
    told = STARTED.format(
        benchmarks=str(here),
        tests=str(here.parent / "tests"),
        way=way,
        jobs=str(jobs),
        output=str(output),
    )
    subprocess.run([sys.executable, "-c", told], check=True)


def same(todo: Sequence[Job], plainly: Path, by_us: Path) -> str:
    """Return how the plain tools' outputs and ours compare; AssertionError when they differ."""
    outputs = tables = pictures = 0
    for job in todo:
        theirs = nbformat.read(plainly / f"{job.subject.slug}-{job.year}.ipynb", 4)
        our = nbformat.read(by_us / job.outcome().folder / "rapport.ipynb", 4)
        said = [
            [out for cell in one.cells for out in cell.get("outputs", [])] for one in (theirs, our)
        ]
        html = ["".join(out.get("data", {}).get("text/html", "") for out in one) for one in said]
        assert len(said[0]) == len(said[1]), job.name
        for kind in (TABLES, PICTURES):
            assert kind.findall(html[0]) == kind.findall(html[1]), job.name
        outputs += len(said[0])
        tables += len(TABLES.findall(html[0]))
        pictures += len(PICTURES.findall(html[0]))
    return f"{outputs} outputs, {tables} tables and {pictures} pictures, equal"


def timed(make: Callable[[Sequence[Job], Path], None], todo: Sequence[Job], folder: Path) -> float:
    folder.mkdir(parents=True)
    began = time.perf_counter()
    make(todo, folder)
    return time.perf_counter() - began


def compared(place: Workspace, rounds: int, folder: Path) -> None:
    """Print the seconds of eight reports in the three ways, and the ratios."""
    todo = eight(place)
    ways = {"plain": plain, "ours": ours, "bare": bare}
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds):
        for name, make in ways.items():
            taken[name].append(timed(make, todo, folder / f"{name}-{number}"))
        if not number:
            print(same(todo, folder / "plain-0", folder / "ours-0"))
    median = {name: statistics.median(found) for name, found in taken.items()}
    for name, found in taken.items():
        print(
            f"{name}: {median[name]:.1f} s for 8 reports ({', '.join(f'{s:.1f}' for s in found)})"
        )
    print(f"the plain tools take {median['plain'] / median['ours']:.1f} × as long as ours")
    print(f"ours take {median['ours'] / median['bare']:.2f} × as long as the bare process")


def memory(place: Workspace, number: int) -> None:
    """Print how one process that makes many reports grows, in memory and open files."""
    model = params.load(place.params)
    sheets = jobs(model, place, Wanted(["enhet"], forms=["html"]))
    seen = []
    for done in range(number):
        outcome = carried_out(sheets[done % len(sheets)])
        assert outcome.error is None, outcome.error
        if (done + 1) % 50 == 0 or done == 19:
            seen.append((done + 1, _resident(), len(list(Path("/proc/self/fd").iterdir()))))
            print(f"  after {seen[-1][0]} reports: {seen[-1][1]:.0f} MiB, {seen[-1][2]} open files")
    print(f"growth from the 20th report to the last: {seen[-1][1] - seen[0][1]:.1f} MiB")


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def ready(place: Workspace, rounds: int) -> None:
    """Print how soon `malstyr rapport BN` is done when there is nothing to do, beside an import."""
    words = [sys.executable, "-m", "malstyr_lib.cli", "rapport", "BN", "--typ", "namnd"]
    folders = ["--params", place.params, "--lager", place.store, "--ut", place.output]
    nothing = [*words, "--form", "html", *map(str, folders)]
    subprocess.run(nothing, check=True, capture_output=True)
    peer = [sys.executable, "-c", "import pandas"]
    for name, command in (("rapport BN, nothing new", nothing), ("import pandas", peer)):
        taken = []
        for _ in range(rounds):
            began = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            taken.append(time.perf_counter() - began)
        print(f"{name}: {statistics.median(taken):.2f} s")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--varv", type=int, default=3)
    asked.add_argument("--minne", type=int, default=300)
    asked.add_argument("--lager", type=Path)
    asked.add_argument("--params", type=Path)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given.lager:
            settings, store = given.params or Path("params"), given.lager
        else:
            settings, store = exercised(folder)
        place = workspace.find(params=settings, store=store, output=folder / "ut")
        ready(place, 5)
        compared(place, given.varv, folder)
        if given.minne:
            memory(place, given.minne)


if __name__ == "__main__":
    main()
