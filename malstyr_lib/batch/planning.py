"""Which reports are to be made: all that are wanted, but for those that stand as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from malstyr_lib import text
from malstyr_lib.batch import inputs, rests
from malstyr_lib.batch.job import Job
from malstyr_lib.batch.listing import there
from malstyr_lib.errors import UsageError
from malstyr_lib.model import SteeringModel
from malstyr_lib.outcome import DONE, Outcome
from malstyr_lib.program import PROGRAM
from malstyr_lib.report.analysis import report_year
from malstyr_lib.report.forms import chosen_forms, file_name
from malstyr_lib.report.kinds import kinds_named, subjects
from malstyr_lib.report.opening import told_before
from malstyr_lib.store import Snapshot, Store
from malstyr_lib.workspace import Workspace

Key: TypeAlias = tuple[str, int, str]
"""What makes a report the same as one made before: `Outcome.key`."""


@dataclass(frozen=True)
class Home:
    """One municipality whose reports are made: its parameters, and where it keeps everything."""

    model: SteeringModel
    place: Workspace


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


def jobs(model: SteeringModel, place: Workspace, wanted: Wanted) -> list[Job]:
    """Return the reports that are wanted, kind by kind, all on one snapshot and for one year.

    UsageError for an unknown kind, form, committee, municipality or year and for kinds that the
    committees have none of, and StoreEmpty or StoreError when there is no such snapshot.
    """
    kinds, forms = kinds_named(wanted.kinds), chosen_forms(wanted.forms)
    for kind in kinds[:1]:  # an unknown committee is said before the store is looked for
        subjects(kind, model, wanted.year or 0, wanted.committees)
    source = Store(place.store).open(wanted.snapshot)
    years = {
        begun: report_year(model, source, wanted.year, begun=begun)
        for begun in {kind.begun for kind in kinds}
    }
    whose = model.municipality.name
    found = [
        Job(kind.name, one, years[kind.begun], source.id, place, forms, municipality=whose)
        for kind in kinds
        for one in subjects(kind, model, years[kind.begun], wanted.committees)
    ]
    if wanted.committees and not found:
        named = text.listing([kind.name for kind in kinds])
        asked = text.listing(list(wanted.committees))
        raise UsageError(f"Ingen rapport av typen {named} finns för {asked}. Utan nämnd görs alla.")
    return found


def planned(
    home: Home, asked: Sequence[Job], earlier: Mapping[Key, Outcome], wanted: Wanted, by: str
) -> Plan:
    """Return which jobs are to be done, each with what decides it, and which are done already.

    earlier: the outcomes of the reports that have been made. by: the program's digest.
    """
    store, slugs = Store(home.place.store), [one.slug for one in home.model.committees]
    snapshot = store.open(asked[0].snapshot) if asked else None
    known: dict[int, dict[str, str]] = {}
    todo, ready = [], []
    for job in asked:
        if snapshot and job.year not in known:
            before, told = told_before(store, snapshot), [*earlier.values()]
            shared = inputs.shared(home.place.params, snapshot, before, told, job.year)
            known[job.year] = {PROGRAM: by, **shared}
        decided = inputs.of_job(job, slugs, known[job.year])
        made = earlier.get(job.key)
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
    if snapshot is None:
        return rests.because(made.inputs, decided, []) or rests.newer(made.inputs, decided)
    reads = rests.read(job.place.output / made.folder)
    if not reads:
        return "det går inte att se vad den bygger på"
    return rests.because(made.inputs, decided, rests.news(reads, snapshot))
