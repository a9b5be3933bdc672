"""Three ways to fetch: what the parameters need, everything municipalities have, or the changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from malstyr_lib import companions, tables, text
from malstyr_lib.errors import KoladaContradiction, StoreDamaged, StoreError, UsageError
from malstyr_lib.fetch.job import Catalogues, Fetched, Job, Step
from malstyr_lib.fetch.plan import years_as_in, years_of
from malstyr_lib.kolada import KoladaClient
from malstyr_lib.model import SteeringModel
from malstyr_lib.store import Snapshot, Store, moment_of

WHOLE_WITHIN: Final = timedelta(days=31)
"""How often everything should be fetched anew: Kolada can take rows away without a word."""


def fetch(
    model: SteeringModel,
    client: KoladaClient,
    store: Store,
    *,
    now: datetime | None = None,
    on_step: Step = lambda _: None,
) -> Fetched:
    """Fetch the registry's KPIs and their companions for all areas, from 1998 to next year.

    Into one new snapshot; companions: the margins of error and the bases of the registry's KPIs.
    Those of them that Kolada has for units also for the own municipality's units.
    now: an aware moment, the present unless given; some KPIs are published for the year to come.
    KoladaError when anything at all is missing from an answer; the store is then untouched.
    StoreError before anything is asked for, when the store can't be written.
    """
    before = _newest(store)
    with _job(model, client, store, now, on_step) as job:
        catalogues = job.catalogues()
        _refuse_mixture(store, catalogues)
        ids = companions.wanted(model.kpis, catalogues["kpis"])
        unit_kpis = companions.of_units(model.kpis, catalogues["kpis"])
        held = job.put_units(unit_kpis, catalogues["ous"], job.put_values(ids))
        done = job.commit(catalogues, held, _asked(ids, job.now, unit_kpis))
        return replace(done, before=before)


def fetch_everything(
    model: SteeringModel,
    client: KoladaClient,
    store: Store,
    *,
    now: datetime | None = None,
    on_step: Step = lambda _: None,
) -> Fetched:
    """Fetch every KPI that municipalities have, and what `fetch` would, some at a time.

    As `fetch`, but the answers are kept as they come: after an interruption of any kind the same
    call within a day goes on where it was, with the same plan, and asks for nothing that has been
    answered with values. `asked.began` in the manifest is when the first was asked for.
    """
    before = _newest(store)
    with _job(model, client, store, now, on_step) as job, _going_on(job, store) as resumed:
        catalogues = resumed.catalogues()
        _refuse_mixture(store, catalogues)
        needed = companions.wanted(model.kpis, catalogues["kpis"])
        ids = sorted(tables.municipal_kpis(catalogues["kpis"]) | {*needed})
        unit_kpis = companions.of_units(model.kpis, catalogues["kpis"])
        asked = _asked(ids, resumed.began, unit_kpis) | {"began": resumed.began.isoformat()}
        held = resumed.put_units(unit_kpis, catalogues["ous"], resumed.put_values(ids))
        return replace(resumed.commit(catalogues, held, asked), before=before)


def fetch_changes(
    model: SteeringModel,
    client: KoladaClient,
    store: Store,
    *,
    now: datetime | None = None,
    on_step: Step = lambda _: None,
) -> Fetched:
    """Fetch what has changed since the newest snapshot, and build a new one on it.

    The same KPIs as in that snapshot, and those that the registry or its companions have got
    since. What it can't build on is fetched whole: a KPI that Kolada did not have then, and
    everything when the areas or the years to ask for are others. The own units' values are always
    fetched whole: they are few questions. In an empty store it is `fetch`.
    A whole fetch is the truth: Kolada can take away rows without a word. UsageError when the newest
    snapshot came from another address.
    """
    if _newest(store) is None:
        on_step("Lagret är tomt: allt hämtas")
        return fetch(model, client, store, now=now, on_step=on_step)
    with _job(model, client, store, now, on_step) as job:
        before = store.open()
        _refuse_other_source(before, client)
        catalogues = job.catalogues()
        needed = companions.wanted(model.kpis, catalogues["kpis"])
        ids = list(dict.fromkeys([*before.asked_kpis, *needed]))
        unit_kpis = companions.of_units(model.kpis, catalogues["kpis"])
        asked = _asked(ids, job.now, unit_kpis)
        if _builds_on(before, catalogues, job.now):
            known = {*before.asked_kpis} & {*before.kpis["id"]} & {*catalogues["kpis"]["id"]}
            held = job.put_changes(before, [kpi for kpi in ids if kpi in known], _since(before))
            held = job.put_values([kpi for kpi in ids if kpi not in known], held)
            asked |= _built_on(before)
        else:
            on_step("Åren eller kommunerna är inte desamma som förra gången: allt hämtas")
            held = job.put_values(ids)
        held = job.put_units(unit_kpis, catalogues["ous"], held)
        return replace(job.commit(catalogues, held, asked), before=before.id)


def last_whole(snapshot: Snapshot) -> datetime:
    """Return when everything in a snapshot was last fetched anew, and not only the changes."""
    whole = snapshot.manifest["asked"].get("whole")
    return datetime.fromisoformat(whole) if whole else began(snapshot)


def began(snapshot: Snapshot) -> datetime:
    """Return when the first answer of a snapshot was asked for."""
    told = snapshot.manifest["asked"].get("began")
    return datetime.fromisoformat(told) if told else snapshot.fetched


@contextmanager
def _job(
    model: SteeringModel, client: KoladaClient, store: Store, now: datetime | None, on_step: Step
) -> Iterator[Job]:
    """Hold the store for a fetch at a moment, the present unless given."""
    now = now or datetime.now(UTC)
    _refuse_wrong_clock(store, now)
    with store.drafting(now) as draft:
        yield Job(model, client, draft, now, now, on_step)


@contextmanager
def _going_on(job: Job, store: Store) -> Iterator[Job]:
    """Go on with an interrupted fetch of everything, or begin one that can be gone on with."""
    what = f"allt {job.client.base_url}"
    journal = job.draft.journal(what, job.now)
    if journal.started in _begun(store):
        journal.discard()  # its snapshot came to be, but it was not cleared away
        journal = job.draft.journal(what, job.now)
    if answers := journal.answers():
        since, amount = text.day(journal.started), text.count(answers, "svar", "svar")
        job.on_step(f"Fortsätter hämtningen som började {since}: {amount} finns redan")
    try:
        yield replace(job, client=job.client.keeping(journal), began=journal.started)
    except KoladaContradiction:
        journal.discard()  # its answers are right one by one, but not together
        raise
    journal.discard()


def _builds_on(before: Snapshot, catalogues: Catalogues, now: datetime) -> bool:
    """Return whether changes are enough: the areas and the years asked for are as they were."""
    then, there = (
        tables.areas_with_values(areas)
        for areas in (before.municipalities, catalogues["municipalities"])
    )
    return then == there and years_as_in(before, now)


def _refuse_wrong_clock(store: Store, now: datetime) -> None:
    """Raise StoreError when the newest snapshot is from the future: no new one would be newest."""
    newest = _newest(store)
    fetched = moment_of(newest) if newest else now
    if fetched > now:
        raise StoreError(
            f"Den senaste ögonblicksbilden {newest} är hämtad {text.day(fetched)}, men datorns"
            f" klocka säger {text.day(now)}. Ställ klockan rätt och hämta igen. Är det"
            " ögonblicksbilden som har fel tid: ta bort dess fil i lagrets mapp snapshots."
        )


def _begun(store: Store) -> set[datetime]:
    """Return when the fetches were begun whose snapshots there are."""
    times = set()
    for name in store.snapshots():
        with suppress(StoreDamaged):
            times.add(began(store.open(name)))
    return times


def _newest(store: Store) -> str | None:
    return next(reversed(store.snapshots()), None)


def _asked(ids: Sequence[str], now: datetime, unit_kpis: Sequence[str]) -> dict[str, Any]:
    years = years_of(now)
    return {"kpis": list(ids), "years": [years[0], years[-1]], "unit_kpis": list(unit_kpis)}


def _since(before: Snapshot) -> str:
    """Return the day to ask for changes from: the one before, for the sake of time zones."""
    return (began(before) - timedelta(days=1)).date().isoformat()


def _built_on(before: Snapshot) -> dict[str, str]:
    return {
        "from_date": _since(before),
        "built_on": before.id,
        "whole": last_whole(before).isoformat(),
    }


def _refuse_mixture(store: Store, catalogues: Catalogues) -> None:
    """Raise UsageError when exercise figures would come among real ones, or the reverse."""
    newest = _newest(store)
    with suppress(StoreDamaged):
        areas = store.open(newest).municipalities if newest else catalogues["municipalities"]
        then, now = (tables.is_exercise(one["id"]) for one in (areas, catalogues["municipalities"]))
        if then != now:
            kinds = {True: "övningsdata", False: "verkliga värden"}
            raise UsageError(
                f"Lagret {store.path} har {kinds[then]}, och det som hämtas är {kinds[now]}. De får"
                " inte blandas: ange en annan mapp med --lager."
            )


def _refuse_other_source(before: Snapshot, client: KoladaClient) -> None:
    if before.base_url != client.base_url:
        raise UsageError(
            f"Den senaste ögonblicksbilden {before.id} kommer från {before.base_url}, inte från"
            f" {client.base_url}. Ändringar går bara att hämta från samma källa: hämta allt, utan"
            " --andrat."
        )
