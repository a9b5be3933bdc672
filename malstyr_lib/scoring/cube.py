"""Observations as a dense array, kpi × area × period, so that scoring needs no per-group Python."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from malstyr_lib.scoring.arrays import Counts, Floats

ROWS: Final = 100_000
"""How many rows are looked up at a time, so that what is made of them stays small."""


@dataclass(frozen=True)
class Cube:
    """Values of one gender: `values[kpi, area, period]`, NaN where there is none."""

    kpis: tuple[str, ...]
    areas: tuple[str, ...]
    periods: tuple[int, ...]
    values: Floats


@dataclass(frozen=True)
class _Ids:
    """A column of ids: each row's code, and where a code's id stands among those asked for.

    A place is -1 for other ids, and for a missing id, whose code is -1.
    """

    codes: NDArray[np.integer[Any]]
    places: Counts


def cube(
    observations: pd.DataFrame,
    *,
    kpis: Sequence[str],
    areas: Sequence[str],
    years: Sequence[int] = (),
    gender: str = "T",
) -> Cube:
    """Return the cube of one gender over exactly these KPIs and areas, in their order.

    Periods run without holes from the first to the last year in `observations` and `years`; rows
    of other areas (regions, Riket, groups) are left out, and a KPI without rows is all NaN.
    """
    genders = _ids(observations["gender"], (gender,))
    kpi, area = _ids(observations["kpi"], kpis), _ids(observations["municipality"], areas)
    period, value = observations["period"].to_numpy(), observations["value"].to_numpy()
    periods = _periods(period, years)
    values = np.full((len(kpis), len(periods), len(areas)), np.nan)

    def part(start: int) -> tuple[Counts, Floats]:
        at = slice(start, start + ROWS)
        rows = np.flatnonzero((genders.places == 0)[genders.codes[at]])
        rows += start
        in_kpi, in_area = kpi.places[kpi.codes[rows]], area.places[area.codes[rows]]
        place = (in_kpi * len(periods) + period[rows] - periods[0]) * len(areas) + in_area
        known = (in_kpi >= 0) & (in_area >= 0)
        return place[known], value[rows[known]]

    with ThreadPoolExecutor(2, "kub") as pool:
        for place, found in pool.map(part, range(0, len(observations), ROWS)):
            values.reshape(-1)[place] = found
    return Cube(tuple(kpis), tuple(areas), periods, values.transpose(0, 2, 1))


def _periods(period: Counts, years: Sequence[int]) -> tuple[int, ...]:
    """Return all years from the first to the last that there are."""
    seen = [*years, *((period.min(), period.max()) if len(period) else ())]
    return tuple(range(int(min(seen, default=0)), int(max(seen, default=-1)) + 1))


def _ids(column: pd.Series, items: Sequence[str]) -> _Ids:
    """Return a column's ids among the items; categories are quick, and so are runs of an id."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes, seen = column.cat.codes.to_numpy(), column.cat.categories
    else:
        begins = np.ones(len(column), dtype=bool)
        begins[1:] = column.array[1:] != column.array[:-1]
        codes, seen = pd.factorize(column[begins])
        codes = codes[np.cumsum(begins) - 1]
    places = pd.Index(list(items), dtype="str").get_indexer(pd.Index(seen, dtype="str"))
    return _Ids(codes, np.append(places, -1))
