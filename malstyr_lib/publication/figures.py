"""Each key figure's newest own value and when the next one comes, with the reason in words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pandas as pd

from malstyr_lib import kpi_title, tables, text
from malstyr_lib.kolada_days import days, from_iso, iso
from malstyr_lib.model import Kpi

FIGURES: Final = {
    "kpi": "str",
    "title": "str",
    "newest": "Int64",
    "period": "Int64",
    "day": "str",
    "preliminary_day": "str",
    "others": "int64",
    "state": "str",
    "reason": "str",
}
"""A row per key figure. newest: the year of the newest own value. period: the year that Kolada says
is published next, on `day`, and before that preliminarily on `preliminary_day` (ISO, or missing).
others: how many other municipalities have a value of that year. state: one of `STATES`."""

STATES: Final = (
    "coming",
    "here",
    "due",
    "late",
    "without_us",
    "undated",
    "ended",
    "unasked",
    "unknown",
)
"""coming: the day is ahead. here: the value is in the store. due: the day has passed since the
fetch. late: the day had passed at the fetch, and no municipality had a value. without_us: others
had. undated: no day can be told. ended: the series has ended. unasked: not among what was fetched.
unknown: not in Kolada's catalogue."""


@dataclass(frozen=True)
class _Known:
    """What is known of one key figure at a fetch, seen from a day."""

    title: str
    there: bool
    asked: bool
    newest: int | None
    period: int | None
    day: date | None
    preliminary: date | None
    others: int
    fetched: date
    today: date

    @property
    def ended(self) -> int | None:
        return kpi_title.ended_year(self.title)

    @property
    def here(self) -> bool:
        return None not in (self.newest, self.period) and (self.newest or 0) >= (self.period or 0)

    @property
    def first(self) -> date | None:
        """The day to wait for: the final one, or the preliminary one where there is no other."""
        return self.day or self.preliminary

    @property
    def value(self) -> str:
        return f"värdet för {self.period}" if self.period else "ett värde för ett okänt år"


def figures(
    catalogue: pd.DataFrame,
    observed: pd.DataFrame,
    *,
    kpis: Iterable[Kpi],
    municipality: str,
    areas: Collection[str],
    asked: Collection[str],
    fetched: date,
    today: date,
) -> pd.DataFrame:
    """Return when the next figure of each KPI comes (FIGURES), in the order of `kpis`.

    catalogue: tables.KPIS. observed: tables.OBSERVATIONS, of which totals count. areas: the ids of
    all municipalities. asked: the KPIs that were fetched. fetched: the day of that, in Sweden.
    """
    objects = {row["id"]: row for row in catalogue.to_dict("records")}
    known = observed[(observed["gender"] == "T") & observed["value"].notna()]
    told = known[known["municipality"].isin([*areas, municipality])]
    by_kpi = {str(kpi): rows for kpi, rows in told.groupby("kpi")}
    rows = []
    for kpi in kpis:
        mine = by_kpi.get(kpi.id, told[:0])
        one = _known(kpi, objects.get(kpi.id, {}), mine, municipality, asked, fetched, today)
        rows.append({"kpi": kpi.id, **_row(one)})
    return tables.of_rows(FIGURES, rows)


def _row(one: _Known) -> dict[str, Any]:
    state = _state(one)
    return {
        "title": one.title,
        "newest": one.newest,
        "period": one.period,
        "day": iso(one.day),
        "preliminary_day": iso(one.preliminary),
        "others": one.others,
        "state": state,
        "reason": _REASONS[state](one),
    }


def first_day(row: Mapping[Any, Any]) -> date | None:
    """Return the day to wait for by a row of FIGURES: the final one, or else the preliminary."""
    return from_iso(row["day"]) or from_iso(row["preliminary_day"])


def _known(
    kpi: Kpi,
    row: dict[Any, Any],
    mine: pd.DataFrame,
    municipality: str,
    asked: Collection[str],
    fetched: date,
    today: date,
) -> _Known:
    """Return what is known of a KPI; mine: its totals that have a value, of municipalities."""
    ours, told = mine["municipality"] == municipality, days(row)
    return _Known(
        title=str(row.get("title", kpi.title)),
        there=bool(row),
        asked=kpi.id in asked,
        newest=int(mine.loc[ours, "period"].max()) if ours.any() else None,
        period=told.year,
        day=told.final,
        preliminary=told.preliminary,
        others=int(mine.loc[~ours & (mine["period"] == told.year), "municipality"].nunique()),
        fetched=fetched,
        today=today,
    )


def _state(one: _Known) -> str:
    if not one.there:
        return "unknown"
    if not one.asked:
        return "unasked"
    if one.here or one.first is None:
        return "ended" if one.ended else "here" if one.here else "undated"
    if one.first > one.today:
        return "coming"
    if one.period is None:
        return "undated"
    if one.fetched <= one.first:
        return "due"
    if one.day is None:
        return "undated"
    return "without_us" if one.others else "late"


def _coming(one: _Known) -> str:
    others = text.count(one.others, "annan kommun", "andra kommuner")
    also = f"; {others} har redan ett" if one.others else ""
    if one.preliminary is None:
        return f"{one.value} väntas {one.day}{also}"
    if one.day is None:
        when = f"väntas preliminärt {one.preliminary}; ingen slutlig dag är angiven"
        return f"{one.value} {when}{also}"
    if one.preliminary > one.today:
        return f"{one.value} väntas preliminärt {one.preliminary} och slutligt {one.day}{also}"
    gone = f"skulle komma preliminärt {one.preliminary}, efter hämtningen; hämta på nytt"
    if one.preliminary < one.fetched:
        gone = f"skulle ha kommit preliminärt {one.preliminary} men finns inte i det hämtade"
    return f"{one.value} väntas slutligt {one.day}; {gone}{also}"


def _here(one: _Known) -> str:
    if one.newest == one.period and one.day and one.day > one.fetched:
        return f"{one.value} finns redan, och kan ändras när det publiceras {one.day}"
    return f"värdet för {one.newest} finns; Kolada säger inte när nästa kommer"


def _due(one: _Known) -> str:
    when = f"{'' if one.day else 'preliminärt '}{one.first}"
    if one.first == one.fetched:
        return f"{one.value} skulle komma {when}, samma dag som hämtningen; hämta på nytt"
    verb = "väntas i dag," if one.first == one.today else "skulle ha kommit"
    return f"{one.value} {verb} {when}, efter hämtningen {one.fetched}; hämta på nytt"


def _late(one: _Known) -> str:
    return (
        f"{one.value} skulle ha kommit {one.day} men finns inte för någon kommun i det hämtade;"
        " hämta igen om en tid"
    )


def _without_us(one: _Known) -> str:
    others = text.count(one.others, "annan kommun", "andra kommuner")
    return (
        f"{one.value} skulle ha kommit {one.day} men finns inte i det hämtade, fast {others} har"
        " ett; hämta på nytt, eller se om våra uppgifter är lämnade"
    )


def _undated(one: _Known) -> str:
    if one.day:
        return f"Kolada anger {one.day}, men inte för vilket år"
    if one.preliminary:
        return f"skulle ha kommit preliminärt {one.preliminary}; ingen slutlig dag är angiven"
    return "Kolada säger inte när nästa värde kommer"


_REASONS: Final[dict[str, Callable[[_Known], str]]] = {
    "coming": _coming,
    "here": _here,
    "due": _due,
    "late": _late,
    "without_us": _without_us,
    "undated": _undated,
    "ended": lambda one: f"serien upphörde {one.ended}",
    "unasked": lambda one: "är inte hämtat; hämta på nytt",
    "unknown": lambda one: "finns inte i Kolada",
}
