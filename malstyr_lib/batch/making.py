"""Carries out a job: runs its notebook, makes its forms, and puts them in their place."""

from __future__ import annotations

import time
import traceback
from contextlib import suppress
from dataclasses import replace

import nbformat

from malstyr_lib import params
from malstyr_lib.batch import log, notebook, rests
from malstyr_lib.batch.job import Job
from malstyr_lib.batch.listing import NOTEBOOK
from malstyr_lib.batch.notebook import Done
from malstyr_lib.disk import put
from malstyr_lib.errors import MalstyrError, ReportError
from malstyr_lib.model import SteeringModel
from malstyr_lib.outcome import DONE, Outcome
from malstyr_lib.program import PROGRAM, program
from malstyr_lib.report.export import report_page
from malstyr_lib.report.forms import Page, made
from malstyr_lib.store import Store


def carried_out(job: Job) -> Outcome:
    """Run, export and publish one report; whatever goes wrong becomes its outcome."""
    began, outcome, trace = time.monotonic(), job.outcome(), ""
    done: Done | None = None
    try:
        _same_program(job)
        given = job.of.given(job.subject, job.year, job.snapshot)
        done = notebook.execute(job.notebook, given, job.place.environment())
        files = _published(job, done)
    except Exception as error:  # one report's own fault, whatever it is, must not stop the others
        outcome = replace(outcome, error=said(error, job))
        trace = "".join(traceback.format_exception(error))
    else:
        outcome = replace(
            outcome,
            status=DONE,
            found=done.found,
            files=files,
            published=outcome.ran,
            inputs=dict(job.inputs),
        )
    outcome = replace(outcome, seconds=round(time.monotonic() - began, 2))
    _logged(job, outcome, log.written(outcome, done.notebook if done else None, trace))
    return outcome


def said(error: Exception, job: Job) -> str:
    """Return why a report was not made, in a sentence."""
    if isinstance(error, MalstyrError):
        return str(error)
    if isinstance(error, OSError):
        return (
            f"Filerna gick inte att skriva i {job.place.output / job.folder}"
            f" ({error.strerror or error}). Se till att disken har plats och att inget därifrån är"
            " öppet, och kör igen."
        )
    return f"oväntat fel: {type(error).__name__}: {error}"


def _same_program(job: Job) -> None:
    """Refuse a job when the program has been changed since the run was planned."""
    asked = job.inputs.get(PROGRAM)
    if asked is not None and asked != program():
        raise ReportError(
            "malstyr eller något paket byttes ut medan rapporterna gjordes. Kör samma kommando igen"
            " så görs resten med det nya."
        )


def _published(job: Job, done: Done) -> tuple[str, ...]:
    """Put a run's notebook and its forms into the report's folder; return the forms' files."""
    files = made(finished(job, params.load(job.place.params), done), job.forms)
    folder = job.place.output / job.folder
    put(
        folder,
        {
            NOTEBOOK: nbformat.writes(done.notebook),
            rests.NAME: rests.written(job.snapshot, done.reads),
            **files,
        },
    )
    return tuple(files)


def _logged(job: Job, outcome: Outcome, words: str) -> None:
    """Put the log beside the report, if the disk lets it: no report fails for its log."""
    with suppress(OSError):
        put(job.place.output / outcome.folder, {log.NAME: words})


def finished(job: Job, model: SteeringModel, done: Done) -> Page:
    """Return a run as the page that every form is made from."""
    title = job.of.titled(job.subject, job.year, model.municipality.name)
    exercise = bool(done.found["exercise"])
    snapshot = Store(job.place.store).open(job.snapshot)
    return Page(
        html=report_page(done.notebook, title=title, exercise=exercise),
        title=title,
        exercise=exercise,
        about={
            "kind": job.kind,
            "slug": job.subject.slug,
            "name": job.subject.name,
            "year": job.year,
            "municipality": model.municipality.code,
            "snapshot": snapshot.id,
            "fetched": snapshot.fetched.isoformat(timespec="seconds"),
            "base_url": snapshot.base_url,
        },
        findings=done.findings,
        reference=job.place.reference if job.place.reference.is_file() else None,
    )
