"""Three ways to fetch: what the parameters need, everything municipalities have, or the changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from malstyr_lib import drift, text
from malstyr_lib.errors import KoladaContractBroken, UsageError
from malstyr_lib.fetch.job import Fetched, Job, Step
from malstyr_lib.fetch.plan import years_of
from malstyr_lib.kolada import KoladaClient
from malstyr_lib.model import SteeringModel
from malstyr_lib.store import Snapshot, Store

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
    """Fetch every KPI of the registry for all areas, from 1998 to next year, into a snapshot.

    now: an aware moment, the present unless given; some KPIs are published for the year to come.
    KoladaError when anything at all is missing from an answer; the store is then untouched.
    StoreError before anything is asked for, when the store can't be written.
    """
    before = _newest(store)
    with _job(model, client, store, now, on_step) as job:
        catalogues = job.catalogues()
        ids = [kpi.id for kpi in model.kpis]
        done = job.commit(catalogues, job.put_values(ids), _asked(ids, job.now))
        return replace(done, before=before)


def fetch_everything(
    model: SteeringModel,
    client: KoladaClient,
    store: Store,
    *,
    now: datetime | None = None,
    on_step: Step = lambda _: None,
) -> Fetched:
    """Fetch every KPI that municipalities have, and the registry's, some at a time.

    As `fetch`, but the answers are kept as they come: after an interruption of any kind the same
    call within a day goes on where it was, asks for nothing that has been answered, and gives the
    snapshot of the moment when it began.
    """
    before = _newest(store)
    with _job(model, client, store, now, on_step) as job, _going_on(job) as resumed:
        catalogues = resumed.catalogues()
        ids = sorted(drift.municipal(catalogues["kpis"]) | {kpi.id for kpi in model.kpis})
        done = resumed.commit(catalogues, resumed.put_values(ids), _asked(ids, resumed.now))
        return replace(done, before=before)


def fetch_changes(
    model: SteeringModel,
    client: KoladaClient,
    store: Store,
    *,
    now: datetime | None = None,
    on_step: Step = lambda _: None,
) -> Fetched:
    """Fetch what has changed since the newest snapshot, and build a new one on it.

    The same KPIs as in that snapshot, and those that the registry has got since. In an empty store
    it is `fetch`. A whole fetch is the truth: Kolada can take away rows without a word. UsageError
    when the newest snapshot came from another address.
    """
    if _newest(store) is None:
        on_step("Lagret är tomt: allt hämtas")
        return fetch(model, client, store, now=now, on_step=on_step)
    with _job(model, client, store, now, on_step) as job:
        before = store.open()
        _refuse_other_source(before, client)
        catalogues = job.catalogues()
        live = {*catalogues["kpis"]["id"]}
        earlier = [kpi for kpi in before.manifest["asked"]["kpis"] if kpi in live]
        new = [kpi.id for kpi in model.kpis if kpi.id not in {*earlier}]
        held = job.put_values(new, job.put_changes(before, earlier, _since(before)))
        asked = _asked([*earlier, *new], job.now) | _built_on(before)
        return replace(job.commit(catalogues, held, asked), before=before.id)


def last_whole(snapshot: Snapshot) -> datetime:
    """Return when everything in a snapshot was last fetched anew, and not only the changes."""
    whole = snapshot.manifest["asked"].get("whole")
    return datetime.fromisoformat(whole) if whole else snapshot.fetched


@contextmanager
def _job(
    model: SteeringModel, client: KoladaClient, store: Store, now: datetime | None, on_step: Step
) -> Iterator[Job]:
    """Hold the store for a fetch at a moment, the present unless given."""
    now = now or datetime.now(UTC)
    with store.drafting(now) as draft:
        yield Job(model, client, draft, now, on_step)


@contextmanager
def _going_on(job: Job) -> Iterator[Job]:
    """Go on with an interrupted fetch of everything, or begin one that can be gone on with."""
    journal = job.draft.journal(f"allt {job.client.base_url}", job.now)
    if answers := journal.answers():
        began, amount = text.day(journal.started), text.count(answers, "svar", "svar")
        job.on_step(f"Fortsätter hämtningen som började {began}: {amount} finns redan")
    try:
        yield replace(job, client=job.client.keeping(journal), now=journal.started)
    except KoladaContractBroken:
        journal.discard()  # what is wrong may lie between answers that were right one by one
        raise
    journal.discard()


def _newest(store: Store) -> str | None:
    return next(reversed(store.snapshots()), None)


def _asked(ids: Sequence[str], now: datetime) -> dict[str, Any]:
    years = years_of(now)
    return {"kpis": list(ids), "years": [years[0], years[-1]]}


def _since(before: Snapshot) -> str:
    """Return the day to ask for changes from: the one before, for the sake of time zones."""
    return (before.fetched - timedelta(days=1)).date().isoformat()


def _built_on(before: Snapshot) -> dict[str, str]:
    return {
        "from_date": _since(before),
        "built_on": before.id,
        "whole": last_whole(before).isoformat(),
    }


def _refuse_other_source(before: Snapshot, client: KoladaClient) -> None:
    if before.base_url != client.base_url:
        raise UsageError(
            f"Den senaste ögonblicksbilden {before.id} kommer från {before.base_url}, inte från"
            f" {client.base_url}. Ändringar går bara att hämta från samma källa: hämta allt, utan"
            " --andrat."
        )
