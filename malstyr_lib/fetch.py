"""What the parameters need, fetched from Kolada into one new snapshot, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pandas as pd

from malstyr_lib.kolada import POLITE_PER_S, KoladaClient, query
from malstyr_lib.model import SteeringModel
from malstyr_lib.store import Store

SINCE = 1998
AREAS = 312
"""How many areas Kolada has: 290 municipalities, 21 regions and the nation."""


@dataclass(frozen=True)
class Fetched:
    """A new snapshot and what it holds. remarks: what was asked for and did not come, in words."""

    snapshot: str
    rows: int
    kpis: int
    municipalities: int
    years: tuple[int, int] | None
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """What a fetch will ask for, and its least cost at the polite pace when nothing fails."""

    kpis: int
    areas: int
    years: tuple[int, int]
    values: query.Cost
    catalogues: query.Cost


def plan(model: SteeringModel, areas: int, *, now: datetime) -> Plan:
    """Return what `fetch` would ask for so many areas, by the client's own plan; sends nothing."""
    years = _years(now)
    wanted = query.asked(
        kpis=[kpi.id for kpi in model.kpis],
        municipalities=[f"{number:04}" for number in range(areas)],
        years=years,
    )
    whole = ["kpi", "municipality", "municipality_groups", "kpi_groups"]
    catalogues = [request for endpoint in whole for request in query.listed(endpoint, None)]
    catalogues += query.units_of([model.municipality.code])
    catalogues += query.listed("municipality", None)  # the values look up their areas themselves
    return Plan(
        kpis=len(wanted.kpis),
        areas=areas,
        years=(years[0], years[-1]),
        values=query.cost(query.values(wanted), POLITE_PER_S),
        catalogues=query.cost(catalogues, POLITE_PER_S),
    )


def fetch(
    model: SteeringModel,
    client: KoladaClient,
    store: Store,
    *,
    now: datetime | None = None,
    on_step: Callable[[str], None] = lambda _: None,
) -> Fetched:
    """Fetch every KPI of the registry for all areas, from 1998 to next year, into a snapshot.

    now: an aware moment, the present unless given; some KPIs are published for the year to come.
    KoladaError when anything at all is missing from an answer; the store is then untouched.
    """
    now = now or datetime.now(UTC)
    ids = [kpi.id for kpi in model.kpis]
    years = _years(now)
    on_step("Hämtar nyckeltal, kommuner och grupper")
    catalogues = {
        "kpis": client.kpis(),
        "municipalities": client.municipalities(),
        "municipality_groups": client.municipality_groups(),
        "kpi_groups": client.kpi_groups(),
        "ous": client.ous(municipality=model.municipality.code),
    }
    on_step("Hämtar värden")
    values = client.values(ids, years=years)
    snapshot = store.write(
        values,
        **catalogues,
        base_url=client.base_url,
        asked={"kpis": ids, "years": [years[0], years[-1]]},
        fetched=now,
    )
    return _summary(snapshot, values, catalogues["kpis"], model)


def _years(now: datetime) -> range:
    """Return the years to ask for: the last is the one to come."""
    return range(SINCE, now.year + 2)


def _summary(
    snapshot: str, values: pd.DataFrame, catalogue: pd.DataFrame, model: SteeringModel
) -> Fetched:
    known = values[values["value"].notna()]
    years = (int(known["period"].min()), int(known["period"].max())) if len(known) else None
    return Fetched(
        snapshot=snapshot,
        rows=len(values),
        kpis=int(known["kpi"].nunique()),
        municipalities=int(known["municipality"].nunique()),
        years=years,
        remarks=tuple(_remarks(values, known, catalogue, model)),
    )


def _remarks(
    values: pd.DataFrame, known: pd.DataFrame, catalogue: pd.DataFrame, model: SteeringModel
) -> list[str]:
    """Return the KPIs that did not come as expected: three different answers, kept apart."""
    titles = dict(zip(catalogue["id"], catalogue["title"], strict=True))
    answered, valued = set(values["kpi"]), set(known["kpi"])
    remarks = []
    for kpi in model.kpis:
        if kpi.id not in titles:
            remarks.append(f"{kpi.id} {kpi.title}: nyckeltalet finns inte längre i Kolada")
        elif kpi.id not in answered:
            remarks.append(f"{kpi.id} {kpi.title}: inga rader för de här åren")
        elif kpi.id not in valued:
            remarks.append(f"{kpi.id} {kpi.title}: rader men inga värden")
        elif kpi.title.split() != titles[kpi.id].split():
            remarks.append(f"{kpi.id}: rubriken har ändrats till ”{titles[kpi.id]}”")
    return remarks
