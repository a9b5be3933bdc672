"""A season of reports: every committee's notebook, run, judged, exported and published."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import nbformat

from malstyr_lib import manifest
from malstyr_lib.batch import notebook
from malstyr_lib.batch.publish import publish
from malstyr_lib.errors import MalstyrError, ReportError
from malstyr_lib.model import Committee, SteeringModel
from malstyr_lib.outcome import DONE, FAILED, Outcome
from malstyr_lib.report import index
from malstyr_lib.report.analysis import committee_named, report_year
from malstyr_lib.report.export import report_page
from malstyr_lib.store import Store
from malstyr_lib.workspace import Workspace, packaged

KIND = "namnd"
NOTEBOOK = "namnd.ipynb"


def make_reports(
    model: SteeringModel,
    place: Workspace,
    *,
    committees: Sequence[str] = (),
    year: int | None = None,
    snapshot: str | None = None,
    on_start: Callable[[Committee], None] = lambda _: None,
    on_done: Callable[[Outcome], None] = lambda _: None,
) -> list[Outcome]:
    """Make the committees' reports and the list of them; return how each went.

    committees: slugs or codes; none means all. year: None is the newest usual one, the same for
    all. snapshot: an id, None is the newest; every committee sees the same one. A report that
    fails leaves the earlier one in place and stops no other. UsageError for an unknown
    committee, municipality or year, and StoreEmpty or StoreError when there is no such snapshot,
    before anything is run.
    """
    named = [committee_named(model, name) for name in committees] or model.committees
    chosen = {committee.slug: committee for committee in named}
    source = Store(place.store).open(snapshot)
    year = report_year(model, source, year)
    earlier = {one.key: one for one in _listed(place, model, [])}
    outcomes: list[Outcome] = []
    for committee in chosen.values():
        on_start(committee)
        outcome = _make(model, committee, year, source.id, place)
        if outcome.status == FAILED and outcome.key in earlier:
            kept = earlier[outcome.key]
            outcome = replace(outcome, published=kept.published, found=kept.found)
        outcomes.append(outcome)
        with suppress(ReportError):  # tried again below
            _listed(place, model, outcomes)
        on_done(outcome)
    _listed(place, model, outcomes)
    return outcomes


def _make(
    model: SteeringModel, committee: Committee, year: int, snapshot: str, place: Workspace
) -> Outcome:
    """Run, export and publish one report; whatever goes wrong becomes its outcome."""
    began = time.monotonic()
    outcome = Outcome(
        kind=KIND,
        slug=committee.slug,
        code=committee.code,
        name=committee.name,
        year=year,
        status=FAILED,
        seconds=0.0,
        snapshot=snapshot,
        ran=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    reason: str | None = None
    try:
        found = _run_and_publish(model, outcome, place)
    except MalstyrError as error:
        reason = str(error)
    except Exception as error:  # one report's own fault, whatever it is, must not stop the others
        reason = f"oväntat fel: {type(error).__name__}: {error}"
    else:
        outcome = replace(outcome, status=DONE, found=found, published=outcome.ran)
    return replace(outcome, error=reason, seconds=round(time.monotonic() - began, 2))


def _run_and_publish(model: SteeringModel, outcome: Outcome, place: Workspace) -> dict[str, object]:
    """Run one notebook and put its page and itself into its folder; return what it found."""
    parameters: dict[str, str | int] = {
        "namnd": outcome.slug,
        "ar": outcome.year,
        "ogonblicksbild": outcome.snapshot,
    }
    path = packaged("notebooks") / NOTEBOOK
    done, found = notebook.execute(path, parameters, place.environment())
    title = f"{outcome.name}: nyckeltalen {outcome.year} – {model.municipality.name}"
    page = report_page(done, title=title, exercise=bool(found["exercise"]))
    files = {"rapport.ipynb": nbformat.writes(done), "rapport.html": page}
    publish(place.output / outcome.folder, files)
    return found


def _listed(place: Workspace, model: SteeringModel, new: Sequence[Outcome]) -> list[Outcome]:
    """Put the manifest and the list of all reports into output; return what they now hold.

    What others have put there meanwhile is kept. ReportError when the folder can't be written.
    """
    outcomes = manifest.merged(manifest.read(place.output), new)
    page = index.list_page([_entry(one, place) for one in outcomes], model.municipality.name)
    try:
        publish(place.output, {manifest.NAME: manifest.text(outcomes), "index.html": page})
    except OSError as error:
        raise ReportError(
            f"Det går inte att skriva i {place.output} ({error.strerror}). Stäng filer därifrån som"
            " är öppna, eller ange en annan mapp med --ut."
        ) from error
    return outcomes


def _entry(outcome: Outcome, place: Workspace) -> index.Entry:
    link = f"{outcome.folder}/rapport.html"
    there = outcome.published and (place.output / link).is_file()
    return index.Entry(
        year=outcome.year,
        name=outcome.name,
        link=link if there else None,
        published=outcome.published,
        error=outcome.error,
        preliminary=int(outcome.found.get("preliminary", 0)),
        exercise=bool(outcome.found.get("exercise")),
        colours=dict(outcome.found.get("colours", {})),
    )
