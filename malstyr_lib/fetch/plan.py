"""What a fetch will ask Kolada for and what it costs, before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from malstyr_lib import companions, tables
from malstyr_lib.kolada import POLITE_PER_S, query
from malstyr_lib.model import SteeringModel
from malstyr_lib.store import Snapshot

SINCE: Final = 1998
AREAS: Final = 312
"""How many areas Kolada has: 290 municipalities, 21 regions and the nation."""
MUNICIPAL_KPIS: Final = 4_800
"""About how many key figures municipalities have."""
PART_KPIS: Final = 200
"""How many key figures are held in memory at a time: eight lists of 25."""
NOTHING: Final = query.Cost(0, 0.0)


@dataclass(frozen=True)
class Plan:
    """What a fetch will ask for, and its least cost at the pace when nothing fails.

    units: what the values of the own units cost, as far as it is known which units there are.
    """

    kpis: int
    areas: int
    years: tuple[int, int]
    values: query.Cost
    catalogues: query.Cost
    units: query.Cost = NOTHING

    @property
    def requests(self) -> int:
        """How many questions there are in all."""
        return self.values.requests + self.units.requests + self.catalogues.requests

    @property
    def seconds(self) -> float:
        """The least time that they take in all."""
        return self.values.seconds + self.units.seconds + self.catalogues.seconds


def plan(
    model: SteeringModel,
    areas: int,
    *,
    now: datetime,
    kpis: int | None = None,
    units: tuple[int, int] = (0, 0),
    per_s: float | None = POLITE_PER_S,
) -> Plan:
    """Return what a fetch of so many KPIs (None = as few as can be) and areas would ask for.

    By the client's own plan; sends nothing. units: how many KPIs are fetched for how many own
    units. per_s: requests per second.
    """
    wanted = _wanted(_fewest(model) if kpis is None else kpis, areas, now)
    parts = [replace(wanted, kpis=tuple(part)) for part in query.chunks(wanted.kpis, PART_KPIS)]
    values = [request for part in parts for request in query.values(part)]
    catalogues = [request for endpoint in _WHOLE for request in query.listed(endpoint, None)]
    catalogues += query.units_of([model.municipality.code])
    return Plan(
        kpis=len(wanted.kpis),
        areas=areas,
        years=(wanted.years[0], wanted.years[-1]),
        values=query.cost(values, per_s),
        catalogues=query.cost(catalogues, per_s),
        units=query.cost(query.ou_values(_of_units(units, now)), per_s),
    )


def plan_changes(
    model: SteeringModel,
    areas: int,
    *,
    now: datetime,
    kpis: int,
    new: int = 0,
    units: tuple[int, int] = (0, 0),
    per_s: float | None = POLITE_PER_S,
) -> Plan:
    """Return what a fetch of the changes of so many KPIs would ask for, and of new ones whole.

    If every answer about changes fits one page. units: as for `plan`; they are fetched whole.
    """
    every = _wanted(kpis, areas, now)
    parts = [replace(every, kpis=tuple(part)) for part in query.chunks(every.kpis, PART_KPIS)]
    changes = [request for part in parts for request in query.changes(part)]
    whole = plan(model, areas, now=now, kpis=new, units=units, per_s=per_s)
    requests = query.cost(changes, per_s)
    return replace(
        whole,
        kpis=kpis + new,
        values=query.Cost(
            requests.requests + whole.values.requests, requests.seconds + whole.values.seconds
        ),
    )


def years_of(now: datetime) -> range:
    """Return the years to ask for at a moment: the last is the one to come."""
    return range(SINCE, now.year + 2)


def years_as_in(before: Snapshot, now: datetime) -> bool:
    """Return whether a snapshot asked for the same years as are to be asked for at a moment.

    Else its changes are not enough: everything is fetched.
    """
    years = years_of(now)
    return bool(before.manifest["asked"].get("years") == [years[0], years[-1]])


# the values look up their areas themselves, besides the list of them that is stored
_WHOLE: Final = ("kpi", "municipality", "municipality_groups", "kpi_groups", "municipality")


def _fewest(model: SteeringModel) -> int:
    """Return how many KPIs a fetch asks for at least: the registry's and their bases.

    The margins of error come besides; only Kolada's catalogue says which there are.
    """
    return len(companions.wanted(model.kpis, tables.empty(tables.KPIS)))


def _of_units(units: tuple[int, int], now: datetime) -> query.Asked:
    """Return a question for so many KPIs and units."""
    kpis = [f"N{number:05}" for number in range(units[0])]
    ous = [f"V{number:05}" for number in range(units[1])]
    return query.asked(kpis=kpis, ous=ous, years=years_of(now))


def _wanted(kpis: int, areas: int, now: datetime) -> query.Asked:
    """Return a question for so many KPIs and areas, as all areas that there are."""
    wanted = query.asked(kpis=[f"N{number:05}" for number in range(kpis)], years=years_of(now))
    return query.everywhere(wanted, [f"{number:04}" for number in range(areas)])
