"""A season of reports: which to make, which are made already, and the list of them all."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeAlias

from malstyr_lib import manifest
from malstyr_lib.batch import grounds, inputs, scratch, workers
from malstyr_lib.batch.job import Job
from malstyr_lib.batch.listing import listed_page, there
from malstyr_lib.batch.publish import publish, sweep
from malstyr_lib.errors import ReportError
from malstyr_lib.model import SteeringModel
from malstyr_lib.outcome import DONE, FAILED, Outcome
from malstyr_lib.report.analysis import report_year
from malstyr_lib.report.asking import told_before
from malstyr_lib.report.forms import chosen_forms, file_name
from malstyr_lib.report.kinds import kinds_named, subjects
from malstyr_lib.store import Snapshot, Store
from malstyr_lib.store.lock import locked
from malstyr_lib.workspace import Workspace

LOCK: Final = ".korning"
LISTED_EVERY_S: Final = 2.0
"""How often at most the list is written while reports are made."""
Key: TypeAlias = tuple[str, int, str]
"""What makes a report the same as one made before: `Outcome.key`."""


@dataclass(frozen=True)
class Wanted:
    """Which reports to make: kinds and forms by name, committees by slug or code; none means all.

    year: None is the newest usual one, the same for all. snapshot: an id, None is the newest.
    again: also those that are made already on the same grounds. changed: of a newer snapshot, only
    those for which it says anything new; the others stand, on the one that they were made of.
    """

    kinds: Sequence[str] = ()
    committees: Sequence[str] = ()
    forms: Sequence[str] = ()
    year: int | None = None
    snapshot: str | None = None
    again: bool = False
    changed: bool = False


@dataclass(frozen=True)
class Plan:
    """The reports to make, and the outcomes of those that are made already on the same grounds."""

    todo: tuple[Job, ...]
    ready: tuple[Outcome, ...]


@dataclass(frozen=True)
class Followed:
    """Who is told how it goes: of the plan, of each job that starts, of each outcome."""

    on_plan: Callable[[Plan], None] = lambda _: None
    on_start: Callable[[Job], None] = lambda _: None
    on_done: Callable[[Outcome], None] = lambda _: None


def jobs(model: SteeringModel, place: Workspace, wanted: Wanted) -> list[Job]:
    """Return the reports that are wanted, kind by kind, all on one snapshot and for one year.

    UsageError for an unknown kind, form, committee, municipality or year, and StoreEmpty or
    StoreError when there is no such snapshot.
    """
    kinds, forms = kinds_named(wanted.kinds), chosen_forms(wanted.forms)
    for kind in kinds[:1]:  # an unknown committee is said before the store is looked for
        subjects(kind, model, wanted.year or 0, wanted.committees)
    source = Store(place.store).open(wanted.snapshot)
    years = {
        begun: report_year(model, source, wanted.year, begun=begun)
        for begun in {kind.begun for kind in kinds}
    }
    return [
        Job(kind.name, one, years[kind.begun], source.id, place, forms)
        for kind in kinds
        for one in subjects(kind, model, years[kind.begun], wanted.committees)
    ]


def make_reports(
    model: SteeringModel,
    place: Workspace,
    wanted: Wanted | None = None,
    *,
    at_once: int = 1,
    followed: Followed | None = None,
) -> list[Outcome]:
    """Make the reports that are wanted and the list of them; return how each went.

    at_once: how many to make at a time, each in a process of its own when more than one. What is
    made already on the same snapshot, parameters, notebook and program is left as it is.

    A report that fails leaves the earlier one in place and stops no other. Errors as `jobs`, and
    ReportError, before anything is run, when output can't be written or another run is at work in
    it.
    """
    wanted, followed = wanted or Wanted(), followed or Followed()
    asked = jobs(model, place, wanted)
    with _alone(place):
        sweep(place.output)
        scratch.sweep()
        earlier = {one.key: one for one in _listed(place, model, [])}
        plan = planned(model, place, asked, earlier, wanted)
        followed.on_plan(plan)
        made = list(_made(plan, place, model, earlier, at_once, followed))
    order = {job.outcome().key: number for number, job in enumerate(asked)}
    return sorted([*plan.ready, *made], key=lambda one: order[one.key])


def planned(
    model: SteeringModel,
    place: Workspace,
    asked: Sequence[Job],
    earlier: Mapping[Key, Outcome],
    wanted: Wanted,
) -> Plan:
    """Return which jobs are to be done, each with what decides it, and which are done already."""
    store, slugs = Store(place.store), [one.slug for one in model.committees]
    known: dict[int, dict[str, str]] = {}
    snapshot = store.open(asked[0].snapshot) if asked else None
    todo, ready = [], []
    for job in asked:
        if snapshot and job.year not in known:
            known[job.year] = inputs.shared(
                place.params, snapshot, told_before(store, snapshot), [*earlier.values()], job.year
            )
        decided = inputs.of_job(job, slugs, known[job.year])
        made = earlier.get(job.outcome().key)
        why = _why(job, made, decided, snapshot if wanted.changed else None)
        if made is not None and not why and not wanted.again:
            ready.append(made)
        else:
            todo.append(replace(job, inputs=decided, because=why or "gjord förut, görs om"))
    return Plan(tuple(todo), tuple(ready))


def _why(
    job: Job, made: Outcome | None, decided: Mapping[str, str], snapshot: Snapshot | None
) -> str:
    """Return why a report is to be made, in words; "" when it stands.

    snapshot: when a newer one is only to count for what it says that is new.
    """
    if made is None:
        return "har inte gjorts förut"
    if made.status != DONE:
        return "misslyckades förra gången"
    if not {file_name(form) for form in job.forms} <= {*there(made, job.place.output)}:
        return "alla former finns inte"
    then, now = dict(made.inputs), dict(decided)
    if snapshot is None:
        return grounds.because(then, now, []) or grounds.newer(then, now)
    reads = grounds.read(job.place.output / made.folder)
    if not reads:
        return "det går inte att se vad den bygger på"
    return grounds.because(then, now, grounds.news(reads, snapshot))


def _made(
    plan: Plan,
    place: Workspace,
    model: SteeringModel,
    earlier: Mapping[Key, Outcome],
    at_once: int,
    followed: Followed,
) -> Iterator[Outcome]:
    """Yield each report's outcome, with the list written as they come, and once more at the end."""
    told: list[Outcome] = []
    written = time.monotonic()
    number = min(at_once, len(plan.todo))
    for made in workers.done(plan.todo, workers=number, on_start=followed.on_start):
        outcome = _beside_earlier(made, earlier)
        told.append(outcome)
        if time.monotonic() - written > LISTED_EVERY_S:
            with suppress(ReportError):  # tried again below
                _listed(place, model, told)
            written = time.monotonic()
        followed.on_done(outcome)
        yield outcome
    _listed(place, model, told)


def _beside_earlier(outcome: Outcome, earlier: Mapping[Key, Outcome]) -> Outcome:
    """Return an outcome with what still lies there, when it is that of a report that failed."""
    kept = earlier.get(outcome.key)
    if outcome.status != FAILED or kept is None:
        return outcome
    return replace(outcome, published=kept.published, found=kept.found, files=kept.files)


def _listed(place: Workspace, model: SteeringModel, new: Sequence[Outcome]) -> list[Outcome]:
    """Put the manifest and the list of all reports into output; return what they now hold.

    What others have put there meanwhile is kept. ReportError when the folder can't be written.
    """
    outcomes = manifest.merged(manifest.read(place.output), new)
    page = listed_page(outcomes, place, model)
    with _writable(place.output):
        publish(place.output, {manifest.NAME: manifest.text(outcomes), "index.html": page})
    return outcomes


@contextmanager
def _alone(place: Workspace) -> Iterator[None]:
    """Hold output for one run; ReportError when another one is at work in it."""

    def busy(who: str) -> ReportError:
        return ReportError(
            f"I {place.output} görs rapporter just nu av {who}. Vänta tills de är klara, eller"
            " avbryt den körningen med Ctrl+C i dess fönster."
        )

    with ExitStack() as stack:
        with _writable(place.output):
            stack.enter_context(locked(place.output / LOCK, busy=busy))
        yield


@contextmanager
def _writable(output: Path) -> Iterator[None]:
    """Turn what the disk refuses within into a ReportError with the cure."""
    try:
        yield
    except OSError as error:
        raise ReportError(
            f"Det går inte att skriva i {output} ({error.strerror}). Stäng filer därifrån som"
            " är öppna, eller ange en annan mapp med --ut."
        ) from error
