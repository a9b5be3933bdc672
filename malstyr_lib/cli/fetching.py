"""What `malstyr hamta` does and says: its plan, the fetch itself, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from malstyr_lib.cli import show
from malstyr_lib.errors import StoreDamaged, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from malstyr_lib.cli.differences import Differences
    from malstyr_lib.fetch import Fetched, Plan
    from malstyr_lib.model import SteeringModel
    from malstyr_lib.store import Snapshot
    from malstyr_lib.workspace import Workspace

NEEDED: Final = "needed"
EVERYTHING: Final = "everything"
CHANGES: Final = "changes"
SHOWN: Final = 10
_TOO_FAST: Final = (
    "Högst 5 frågor i sekunden: Kolada är gratis och delas av alla. Ange --takt 5 eller lägre."
)
_ALIKE: Final = 3
"""Up to how many remarks that say the same are said one by one; more are said in one line."""
_KPIS: Final = {
    "new": "Nya i Kolada",
    "ended": "Avslutade",
    "renamed": "Ny rubrik",
    "unit": "Ny enhet",
    "gone": "Försvunna",
}


@dataclass(frozen=True)
class _Cost:
    """A plan, and the snapshot that its numbers of KPIs and areas were counted in, if any."""

    plan: Plan
    counted_in: str | None
    per_s: float
    changes: bool


def chosen(*, allt: bool, andrat: bool) -> str:
    """Return which fetch the flags choose; UsageError for two at once."""
    if allt and andrat:
        raise UsageError(
            "Välj --allt eller --andrat, en av dem. Har ni hämtat med --allt räcker --andrat: det"
            " tar ändringarna i alla nyckeltal."
        )
    return EVERYTHING if allt else CHANGES if andrat else NEEDED


def pace(takt: str | None) -> float | None:
    """Return the questions a second that are asked for, with a decimal comma or point."""
    if takt is None:
        return None
    try:
        per_s = float(takt.replace(",", "."))
    except ValueError:
        per_s = 0.0
    if not 0 < per_s < float("inf"):
        raise UsageError(f"--takt ska vara ett tal över 0, som 2 eller 0,5; inte '{takt}'.")
    return per_s


def fetched(
    how: str,
    model: SteeringModel,
    place: Workspace,
    url: str | None,
    per_s: float | None,
    steps: show.Steps,
) -> Fetched:
    """Fetch into the store; a server on this machine needs no politeness unless it is asked for."""
    from malstyr_lib import fetch
    from malstyr_lib.kolada import BASE_URL, POLITE_PER_S, KoladaClient
    from malstyr_lib.store import Store

    url = url or BASE_URL
    near = url.startswith(("http://127.0.0.1:", "http://localhost:"))
    at_most = per_s or (None if near else POLITE_PER_S)
    if at_most and at_most > POLITE_PER_S and not near:
        raise UsageError(_TOO_FAST)
    work = {
        NEEDED: fetch.fetch,
        EVERYTHING: fetch.fetch_everything,
        CHANGES: fetch.fetch_changes,
    }[how]
    with KoladaClient(url, requests_per_s=at_most, progress=steps.fetched) as client:
        return work(model, client, Store(place.store), on_step=steps.step)


def say(done: Fetched, model: SteeringModel, place: Workspace, *, json: bool) -> bool:
    """Say what came and what is new since the snapshot before; return whether there are remarks."""
    from malstyr_lib.cli import differences
    from malstyr_lib.store import Store

    store, remarks = Store(place.store), list(done.remarks)
    remarks += _too_long_since_whole(store.open(done.snapshot), model)
    found = None
    try:
        found = differences.compare(store, done.before, done.snapshot) if done.before else None
    except StoreDamaged as damage:
        remarks.append(f"skillnaden mot förra hämtningen går inte att visa: {damage}")
    if json:
        counts = _counts(done) | {"remarks": len(remarks)} | _change_counts(found)
        show.as_json([counts, *({"remark": remark} for remark in remarks)])
    else:
        _say_fetched(done)
        if found:
            _say_changes(found)
        for remark in gathered(remarks):
            print(f"Anmärkning: {remark}")
    return bool(remarks)


def gathered(remarks: Sequence[str]) -> Iterator[str]:
    """Yield remarks, those of many KPIs that end alike as one that names them by their ids."""
    ends = [remark.rpartition(": ")[2] for remark in remarks]
    for number, (remark, end) in enumerate(zip(remarks, ends, strict=True)):
        if ends.count(end) <= _ALIKE:
            yield remark
        elif ends.index(end) == number:
            same = [one for one, its in zip(remarks, ends, strict=True) if its == end]
            ids = [one.split()[0].strip(",:") for one in same]
            yield f"{len(ids)} nyckeltal, {end}: {', '.join(ids)}"


def say_plan(
    how: str, model: SteeringModel, place: Workspace, per_s: float | None, *, json: bool
) -> int:
    """Say what a fetch would cost; KPIs and areas as in the newest snapshot, or assumed."""
    from datetime import UTC, datetime

    from malstyr_lib import text
    from malstyr_lib.fetch.plan import years_as_in
    from malstyr_lib.kolada import POLITE_PER_S
    from malstyr_lib.store import Store, upkeep

    store = Store(place.store)
    newest = store.open() if store.snapshots() else None
    at_most = per_s or POLITE_PER_S
    if at_most > POLITE_PER_S:
        raise UsageError(_TOO_FAST)
    now = datetime.now(UTC)
    changes = how == CHANGES and newest is not None and years_as_in(newest, now)
    planned = _planned(how, model, newest, now, at_most, changes=changes)
    cost = _Cost(planned, newest.id if newest else None, at_most, changes)
    if json:
        show.as_json([_plan_counts(cost)])
        return 0
    print(_plan_words(cost))
    if how == CHANGES and newest is None:
        print("Lagret är tomt, så första gången hämtas allt.")
    elif how == CHANGES and not changes:
        print("Åren är inte desamma som förra gången, så allt hämtas.")
    if how != EVERYTHING and newest is None:
        print(
            "Nyckeltalens osäkerhetstal och de egna enheternas värden tillkommer; Koladas listor"
            " säger vilka som finns."
        )
    for journal in upkeep.interrupted(store, now) if how == EVERYTHING else ():
        print(f"{text.count(journal.answers(), 'svar', 'svar')} finns redan och frågas inte igen.")
    return 0


def _planned(
    how: str,
    model: SteeringModel,
    newest: Snapshot | None,
    now: datetime,
    per_s: float,
    *,
    changes: bool,
) -> Plan:
    from malstyr_lib import companions, fetch, tables

    if newest is None:
        kpis = fetch.MUNICIPAL_KPIS if how == EVERYTHING else None
        return fetch.plan(model, fetch.AREAS, now=now, kpis=kpis, per_s=per_s)
    areas = len(tables.areas_with_values(newest.municipalities))
    needed = {*companions.wanted(model.kpis, newest.kpis)}
    own_units = newest.ous["municipality"] == model.municipality.code
    units = len(companions.of_units(model.kpis, newest.kpis)), int(own_units.sum())
    if changes:
        earlier = {*newest.asked_kpis} & {*newest.kpis["id"]}
        known, new = len(earlier), len(({*newest.asked_kpis} | needed) - earlier)
        return fetch.plan_changes(
            model, areas, now=now, kpis=known, new=new, units=units, per_s=per_s
        )
    more = {EVERYTHING: tables.municipal_kpis(newest.kpis), CHANGES: {*newest.asked_kpis}}
    every = needed | more.get(how, set())
    return fetch.plan(model, areas, now=now, kpis=len(every), units=units, per_s=per_s)


def _plan_counts(cost: _Cost) -> dict[str, Any]:
    """Return a plan as one flat object; null for what is only known from a snapshot."""
    plan = cost.plan
    return {
        "kpis": plan.kpis,
        "areas": plan.areas,
        "areas_from": cost.counted_in,
        "years": plan.years[1] - plan.years[0] + 1,
        "first_year": plan.years[0],
        "last_year": plan.years[1],
        "value_requests": plan.values.requests,
        "unit_requests": plan.units.requests if cost.counted_in else None,
        "catalogue_requests": plan.catalogues.requests,
        "requests": plan.requests,
        "requests_per_s": cost.per_s,
        "minutes": round(plan.seconds / 60, 2),
    }


def _plan_words(cost: _Cost) -> str:
    from malstyr_lib.text import number

    plan, counts = cost.plan, _plan_counts(cost)
    source = (
        f"enligt ögonblicksbilden {cost.counted_in}"
        if cost.counted_in
        else "antaget, lagret är tomt: 290 kommuner, 21 regioner och Riket"
    )
    what = "ändringarna i " if cost.changes else ""
    per_s = number(cost.per_s, 0 if cost.per_s == round(cost.per_s) else 1)
    units = f", {plan.units.requests} om egna enheter" if plan.units.requests else ""
    return (
        f"Inget har skickats. Att hämta {what}{number(plan.kpis, 0)} nyckeltal för {plan.areas}"
        f" områden ({source})\noch {counts['years']} år ({plan.years[0]}–{plan.years[1]}) tar"
        f" {number(counts['requests'], 0)} frågor: {number(counts['value_requests'], 0)} om värden"
        f"{units} och {counts['catalogue_requests']} om Koladas listor.\nMed högst {per_s} frågor"
        f" i sekunden tar det omkring {number(counts['minutes'], 1)} minuter, om Kolada hinner med."
    )


def _counts(done: Fetched) -> dict[str, object]:
    """Return a fetch as one flat object."""
    first, last = done.years or (None, None)
    return {
        "snapshot": done.snapshot,
        "before": done.before,
        "rows": done.rows,
        "unit_rows": done.unit_rows,
        "units": done.units,
        "kpis": done.kpis,
        "municipalities": done.municipalities,
        "first_year": first,
        "last_year": last,
    }


def _change_counts(found: Differences | None) -> dict[str, object]:
    """Return how many of each change there are since the snapshot before; null without one."""
    kinds = dict(found.summary.kpis) if found else {}
    cells = ("revised", "new", "removed")
    return {f"values_{name}": getattr(found.summary, name) if found else None for name in cells} | {
        f"kpis_{name}": kinds.get(name) for name in _KPIS
    }


def _say_fetched(done: Fetched) -> None:
    from malstyr_lib.text import count, number

    years = f"{done.years[0]}–{done.years[1]}" if done.years else "inga år"
    rows = number(done.unit_rows, 0)
    units = f" Egna enheter: {rows} rader för {count(done.units, 'enhet', 'enheter')}."
    print(
        f"Ögonblicksbild {done.snapshot}: {number(done.rows, 0)} rader,"
        f" {number(done.kpis, 0)} nyckeltal med värden, {done.municipalities} områden, {years}."
        + (units if done.units else "")
    )


def _say_changes(found: Differences) -> None:
    """Say what has changed since the snapshot before, and name the KPIs, some of each kind."""
    from malstyr_lib.text import number

    if found.before.base_url != found.after.base_url:
        print(f"Den förra hämtningen kom från {found.before.base_url}; de jämförs inte.")
        return
    print(f"Sedan {found.before.id}: {found.summary.sentence}")
    if not found.summary.differs:
        return
    for kind, heading in _KPIS.items():
        ids = list(found.kpis.loc[found.kpis["change"] == kind, "kpi"])
        named = [f"{kpi} {found.titles.get(kpi, '')}".strip() for kpi in ids[:SHOWN]]
        more = f" … och {number(len(ids) - SHOWN, 0)} till" if len(ids) > SHOWN else ""
        if named:
            print(f"  {heading}: {'; '.join(named)}{more}")
    print("Hela listan: malstyr skillnad")


def _too_long_since_whole(snapshot: Snapshot, model: SteeringModel) -> list[str]:
    """Return the advice to fetch all anew, if it is time: with --allt if it was once done so."""
    from malstyr_lib import companions, text
    from malstyr_lib.fetch import WHOLE_WITHIN, last_whole

    whole = last_whole(snapshot)
    if snapshot.fetched - whole <= WHOLE_WITHIN:
        return []
    wider = not {*snapshot.asked_kpis} <= {*companions.wanted(model.kpis, snapshot.kpis)}
    return [
        f"allt hämtades senast {text.day(whole)}, sedan bara ändringar. Kolada kan ta bort rader"
        " utan att det syns som en ändring; hämta allt igen med: malstyr hamta"
        + (" --allt" if wider else "")
    ]
