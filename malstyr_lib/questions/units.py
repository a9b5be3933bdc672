"""The own units of a KPI in one year: which may be shown, and how far chance reaches for each.

Nobody is blamed for noise: a unit stands out only where neither its size nor its own moves from
year to year explain how far it is from the whole. Docs: docs/metod.md sections 16 and 17.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import inf, isnan, nan, sqrt
from statistics import NormalDist, median
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from malstyr_lib import tables
from malstyr_lib.scoring import small_groups

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case

FEWEST_PERSONS: Final = 10
"""A unit with fewer persons is not shown by name: everybody there knows who they are,
and a share of them moves more than ten per cent by a single one."""
HIDDEN_WITHIN: Final = 3
"""Where the persons are not known, a unit that Kolada has hidden in one of so many years is as
good as one with few persons, and is not shown by name either."""
FEWEST_MOVES: Final = 3
"""How many moves from year to year it takes to tell how much a unit moves."""
RISK: Final = 0.05
"""How often chance alone may put any unit at all outside its limits."""


@dataclass(frozen=True)
class One:
    """A unit in a year that may be shown; low, high: how far chance reaches, NaN where unknown.

    persons is NaN where unknown. share: of all own units' persons.
    """

    ou: str
    name: str
    persons: float
    value: float
    low: float = nan
    high: float = nan
    share: float = nan

    @property
    def way(self) -> int:
        """1 above what chance reaches, -1 below, 0 within or unknown."""
        return int(self.value > self.high) - int(self.value < self.low)


@dataclass(frozen=True)
class Units:
    """The own units in a year that may be shown, and how many may not; centre: the whole's value.

    sized: whether the persons of every unit are known.
    """

    period: int
    centre: float
    shown: tuple[One, ...]
    hidden: int
    sized: bool

    @property
    def judged(self) -> bool:
        """Whether there are limits for at least two units."""
        return sum(not isnan(one.low) for one in self.shown) > 1

    @property
    def out(self) -> tuple[One, ...]:
        """The units that chance does not explain, the farthest from the whole first."""
        found = [one for one in self.shown if one.way]
        return tuple(sorted(found, key=lambda one: -abs(one.value - self.centre)))

    @property
    def table(self) -> pd.DataFrame:
        """The units as `charts.funnel` takes them."""
        columns = ("name", "persons", "value", "low", "high")
        return pd.DataFrame({name: [getattr(one, name) for one in self.shown] for name in columns})


def held(case: Case) -> bool:
    """Return whether the snapshot has any row of a KPI for units."""
    return case.id in case.setting.snapshot.manifest["ou_values"]


def own_units(case: Case, year: int | None = None) -> Units | None:
    """Return the own units in a year, the newest with a value unless told; None without any."""
    rows = _own(case, case.id)
    known = rows.loc[rows["value"].notna(), "period"]
    if known.empty:
        return None
    period = int(known.max()) if year is None else year
    sizes = _sizes(case, period)
    told = _with_absent(rows[rows["period"] == period], sizes)
    values = _open(rows, told, sizes)
    if not values:
        return Units(period, nan, (), len(told), sized=False)
    names = unit_names(case)
    found = [One(ou, names.get(ou, ou), sizes.get(ou, nan), v) for ou, v in values.items()]
    centre = case.series.get(period, median(values.values()))
    sized = _sized(found)
    limited = tuple(_limited(case, found, rows, centre)) if len(found) > 1 else tuple(found)
    whole = sum(sizes.values())
    shown = tuple(replace(one, share=one.persons / whole if whole else nan) for one in limited)
    return Units(period, centre, shown, len(told) - len(values), sized)


def unit_names(case: Case) -> dict[str, str]:
    """Return what every unit is called: by the municipality where it says, else by Kolada."""
    ous = case.setting.snapshot.ous
    named = [unit for one in case.setting.model.committees for unit in one.units if unit.ou]
    own = {str(unit.ou): unit.name for unit in named} if case.setting.home else {}
    return dict(zip(ous["id"], ous["title"], strict=True)) | own


def _own(case: Case, kpi: str) -> pd.DataFrame:
    """Return the own units' totals of a KPI up to the year that is looked at."""
    if kpi not in case.setting.snapshot.manifest["ou_values"]:
        return tables.empty(tables.OU_OBSERVATIONS)
    rows = case.setting.snapshot.ou_values(kpi)
    mine = (rows["municipality"] == case.setting.own) & (rows["gender"] == "T")
    last = case.setting.year
    return rows[mine if last is None else mine & (rows["period"] <= last)]


def _sizes(case: Case, period: int) -> dict[str, float]:
    """Return how many persons every unit has in a year, where the KPI's base is known for units."""
    rows = _own(case, case.kpi.base or "")
    now = rows[(rows["period"] == period) & (rows["value"] > 0)]
    return dict(zip(now["ou"], now["value"].astype(float), strict=True))


def _with_absent(told: pd.DataFrame, sizes: Mapping[str, float]) -> pd.DataFrame:
    """Return a year's rows with a hidden one for every unit that has persons but no row.

    With its persons known, its value could be worked out as that of a hidden unit can.
    """
    absent = sorted({*sizes} - {*told["ou"]})
    if told.empty or not absent:
        return told
    more = told.iloc[[0] * len(absent)].assign(ou=absent, value=nan)
    return pd.concat([told, more], ignore_index=True)


def _open(rows: pd.DataFrame, told: pd.DataFrame, sizes: Mapping[str, float]) -> dict[str, float]:
    """Return the values of a year that may be shown, by unit."""
    few = told["ou"].map(lambda ou: sizes.get(ou, nan) < FEWEST_PERSONS)
    period = int(told["period"].max()) if len(told) else 0
    late = rows[rows["period"].between(period - HIDDEN_WITHIN + 1, period)]
    closed = {*late.loc[late["value"].isna(), "ou"]} - {*sizes}
    masked = told.assign(value=told["value"].mask(few | told["ou"].isin(closed)))
    safe = small_groups(masked)
    known = safe[safe["value"].notna()]
    return dict(zip(known["ou"], known["value"].astype(float), strict=True))


def _limited(case: Case, found: list[One], rows: pd.DataFrame, centre: float) -> Iterator[One]:
    """Yield the units with how far from the whole chance reaches for each of them."""
    z = NormalDist().inv_cdf(1 - RISK / 2 / len(found))
    noise = None if _is_share(case, found, centre) else _noise(rows, found)
    for one in found:
        if noise is None:
            spread = 100 * sqrt(centre / 100 * (1 - centre / 100) / one.persons)
        else:
            spread = noise.get(one.ou, nan)
        least, most = (0.0, 100.0) if case.unit == "%" else (-inf, inf)
        low, high = max(centre - z * spread, least), min(centre + z * spread, most)
        yield one if isnan(spread) else replace(one, low=low, high=high)


def _sized(found: list[One]) -> bool:
    return not any(isnan(one.persons) for one in found)


def _is_share(case: Case, found: list[One], centre: float) -> bool:
    """Return whether the value is a share of persons whose number is known for every unit.

    A unit is then within its limits just when Wilson's interval about its share holds the whole's.
    """
    return _sized(found) and case.unit == "%" and 0 < centre < 100


def _noise(rows: pd.DataFrame, found: list[One]) -> dict[str, float]:
    """Return how much every unit's value moves by chance, as a standard deviation, where known.

    From its own moves from year to year beside those of the others, and never less than is usual
    among the units, of the same number of persons where that is known for all.
    """
    moves = _moves(rows)
    own = {
        ou: sqrt(float(np.mean(np.square(known))) / 2)
        for ou, known in moves.items()
        if len(known) >= FEWEST_MOVES
    }
    if not own:
        return {}
    sized = _sized(found)
    size = {one.ou: sqrt(one.persons) if sized else 1.0 for one in found}
    usual = median([s * size.get(ou, 1.0) for ou, s in own.items() if ou in size] or [nan])
    return {
        one.ou: max(usual / size[one.ou], own.get(one.ou, 0 if sized else max(own.values())))
        for one in found
    }


def _moves(rows: pd.DataFrame) -> dict[str, list[float]]:
    """Return every unit's moves from one year to the next, less what was common that year."""
    wide = rows.pivot_table(index="ou", columns="period", values="value", aggfunc="first")
    years = [int(year) for year in wide.columns]
    steps = wide.reindex(columns=list(range(min(years), max(years) + 1))).diff(axis=1)
    common = steps.median().where(steps.notna().sum() >= FEWEST_MOVES, 0.0)
    apart = (steps - common).to_numpy(dtype=np.float64)
    return {
        str(ou): [float(move) for move in row[~np.isnan(row)]]
        for ou, row in zip(wide.index, apart, strict=True)
    }
