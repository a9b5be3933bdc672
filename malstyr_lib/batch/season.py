"""A season of reports: every kind's notebook, run, judged, put into every form and published."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import nbformat

from malstyr_lib import manifest
from malstyr_lib.batch import notebook
from malstyr_lib.batch.listing import listed_page
from malstyr_lib.batch.publish import publish
from malstyr_lib.errors import MalstyrError, ReportError
from malstyr_lib.model import SteeringModel
from malstyr_lib.outcome import DONE, FAILED, Outcome
from malstyr_lib.report.analysis import report_year
from malstyr_lib.report.export import report_page
from malstyr_lib.report.forms import Page, chosen_forms, made
from malstyr_lib.report.kinds import Kind, Subject, kinds_named, subjects
from malstyr_lib.store import Snapshot, Store
from malstyr_lib.workspace import Workspace, packaged


@dataclass(frozen=True)
class Task:
    """One report to make: its kind, what it is about, the year and the snapshot."""

    kind: Kind
    subject: Subject
    year: int
    snapshot: Snapshot

    @property
    def name(self) -> str:
        """What the report is called while it is made: "Nämndanalys Bildningsnämnden"."""
        return f"{self.kind.words} {self.subject.name}"

    def outcome(self) -> Outcome:
        """Return its outcome as long as nothing has been made."""
        return Outcome(
            kind=self.kind.name,
            slug=self.subject.slug,
            code=self.subject.code,
            name=self.subject.name,
            year=self.year,
            status=FAILED,
            seconds=0.0,
            snapshot=self.snapshot.id,
            ran=datetime.now(UTC).isoformat(timespec="seconds"),
            committees=self.subject.committees if self.kind.parameter else (),
        )


@dataclass(frozen=True)
class Wanted:
    """Which reports to make: kinds and forms by name, committees by slug or code; none means all.

    year: None is the newest usual one, the same for all. snapshot: an id, None is the newest.
    """

    kinds: Sequence[str] = ()
    committees: Sequence[str] = ()
    forms: Sequence[str] = ()
    year: int | None = None
    snapshot: str | None = None


def tasks(model: SteeringModel, place: Workspace, wanted: Wanted) -> list[Task]:
    """Return the reports to make, kind by kind, all on one snapshot and for one year.

    UsageError for an unknown kind, committee, municipality or year, and StoreEmpty or StoreError
    when there is no such snapshot.
    """
    kinds = kinds_named(wanted.kinds)
    for kind in kinds[:1]:  # an unknown committee is said before the store is looked for
        subjects(kind, model, wanted.year or 0, wanted.committees)
    source = Store(place.store).open(wanted.snapshot)
    years = {
        begun: report_year(model, source, wanted.year, begun=begun)
        for begun in {kind.begun for kind in kinds}
    }
    return [
        Task(kind, one, years[kind.begun], source)
        for kind in kinds
        for one in subjects(kind, model, years[kind.begun], wanted.committees)
    ]


def make_reports(
    model: SteeringModel,
    place: Workspace,
    wanted: Wanted | None = None,
    *,
    on_plan: Callable[[int], None] = lambda _: None,
    on_start: Callable[[Task], None] = lambda _: None,
    on_done: Callable[[Outcome], None] = lambda _: None,
) -> list[Outcome]:
    """Make the reports that are wanted and the list of them; return how each went.

    on_plan: told how many reports there are to make, before the first.

    A report that fails leaves the earlier one in place and stops no other. Errors as `tasks`, and
    UsageError for an unknown form, before anything is run.
    """
    wanted = wanted or Wanted()
    forms = chosen_forms(wanted.forms)
    todo = tasks(model, place, wanted)
    earlier = {one.key: one for one in _listed(place, model, [])}
    on_plan(len(todo))
    outcomes: list[Outcome] = []
    for task in todo:
        on_start(task)
        outcome = _make(model, task, place, forms)
        if outcome.status == FAILED and outcome.key in earlier:
            kept = earlier[outcome.key]
            outcome = replace(outcome, published=kept.published, found=kept.found, files=kept.files)
        outcomes.append(outcome)
        with suppress(ReportError):  # tried again below
            _listed(place, model, outcomes)
        on_done(outcome)
    _listed(place, model, outcomes)
    return outcomes


def _make(model: SteeringModel, task: Task, place: Workspace, forms: Sequence[str]) -> Outcome:
    """Run, export and publish one report; whatever goes wrong becomes its outcome."""
    began, outcome = time.monotonic(), task.outcome()
    reason: str | None = None
    try:
        found, files = _run_and_publish(model, task, place, forms)
    except MalstyrError as error:
        reason = str(error)
    except Exception as error:  # one report's own fault, whatever it is, must not stop the others
        reason = f"oväntat fel: {type(error).__name__}: {error}"
    else:
        outcome = replace(outcome, status=DONE, found=found, files=files, published=outcome.ran)
    return replace(outcome, error=reason, seconds=round(time.monotonic() - began, 2))


def _run_and_publish(
    model: SteeringModel, task: Task, place: Workspace, forms: Sequence[str]
) -> tuple[dict[str, object], tuple[str, ...]]:
    """Run one notebook and put it and its forms into its folder.

    Return what it found, and the names of the files, the page first.
    """
    given = task.kind.given(task.subject, task.year, task.snapshot.id)
    done = notebook.execute(packaged("notebooks") / task.kind.notebook, given, place.environment())
    files = made(_page(model, task, place, done), forms)
    publish(
        place.output / task.outcome().folder,
        {"rapport.ipynb": nbformat.writes(done.notebook), **files},
    )
    return done.found, tuple(files)


def _page(model: SteeringModel, task: Task, place: Workspace, done: notebook.Done) -> Page:
    """Return a run as the page that every form is made from."""
    title = task.kind.titled(task.subject, task.year, model.municipality.name)
    exercise = bool(done.found["exercise"])
    return Page(
        html=report_page(done.notebook, title=title, exercise=exercise),
        title=title,
        exercise=exercise,
        about={
            "kind": task.kind.name,
            "slug": task.subject.slug,
            "name": task.subject.name,
            "year": task.year,
            "municipality": model.municipality.code,
            "snapshot": task.snapshot.id,
            "fetched": task.snapshot.fetched.isoformat(timespec="seconds"),
            "base_url": task.snapshot.base_url,
        },
        findings=done.findings,
        reference=place.reference if place.reference.is_file() else None,
    )


def _listed(place: Workspace, model: SteeringModel, new: Sequence[Outcome]) -> list[Outcome]:
    """Put the manifest and the list of all reports into output; return what they now hold.

    What others have put there meanwhile is kept. ReportError when the folder can't be written.
    """
    outcomes = manifest.merged(manifest.read(place.output), new)
    page = listed_page(outcomes, place, model)
    try:
        publish(place.output, {manifest.NAME: manifest.text(outcomes), "index.html": page})
    except OSError as error:
        raise ReportError(
            f"Det går inte att skriva i {place.output} ({error.strerror}). Stäng filer därifrån som"
            " är öppna, eller ange en annan mapp med --ut."
        ) from error
    return outcomes
