"""Carries out a job whose folders lie at addresses: fetches what it takes, sends what it made."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path

from malstyr_lib.batch import making, scratch
from malstyr_lib.batch.faraway import Faraway, store_copied
from malstyr_lib.batch.job import Afar, Job
from malstyr_lib.batch.listing import PAGE
from malstyr_lib.errors import ReportError
from malstyr_lib.outcome import Outcome
from malstyr_lib.workspace import OUTPUT, PARAMS, SNAPSHOTS, Workspace


def carried_out(job: Job, afar: Afar) -> Outcome:
    """Make one report here and send it off, its page last; what goes wrong becomes its outcome."""
    try:
        with scratch.folder() as here:
            near = replace(job, place=_place(job, afar, here), afar=None)
            outcome = making.carried_out(near)
            if afar.output is not None:
                _sent(near.place.output, outcome, afar.output)
            return outcome
    except Exception as error:  # one report's own fault, whatever it is, must not stop the others
        return replace(job.outcome(), error=making.said(error, job))


def _place(job: Job, afar: Afar, here: Path) -> Workspace:
    """Return where to work: the job's own folders, but for those that lie at addresses."""
    place = job.place
    if afar.store is not None:
        place = replace(place, store=_store(place.store, afar.store, job.snapshot))
    if afar.output is None:
        return place
    for name, content in afar.files.items():
        path = here / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return replace(place, params=here / PARAMS, output=here / OUTPUT)


def _store(copy: Path, address: str, snapshot: str) -> Path:
    """Return a copy of the store that has a snapshot: that of whoever asks, or one of our own."""
    if _has(copy, snapshot):
        return copy
    own = _own(address)
    if not _has(own, snapshot):
        store_copied(Faraway(address), own)
    return own


def _has(store: Path, snapshot: str) -> bool:
    return (store / SNAPSHOTS / f"{snapshot}.json").is_file()


@cache
def _own(address: str) -> Path:
    """Return where this process keeps its copy of the store at an address, as long as it lives."""
    scratch.sweep()
    return scratch.kept()


def _sent(output: Path, outcome: Outcome, address: str) -> None:
    """Send a report's files off. One that failed has a log at most, for which no report fails."""
    folder = output / outcome.folder
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    ordered = sorted((name for name in names if name[0] != "."), key=lambda n: (n == PAGE, n))
    with suppress(*([ReportError] if outcome.error else [])):
        Faraway(f"{address}/{outcome.folder}").put(ordered, folder)
