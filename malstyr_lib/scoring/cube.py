"""Observations as a dense array, kpi × area × period, so that scoring needs no per-group Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Cube:
    """Values of one gender: `values[kpi, area, period]`, NaN where there is none."""

    kpis: tuple[str, ...]
    areas: tuple[str, ...]
    periods: tuple[int, ...]
    values: Floats


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
    of_gender = _codes(observations["gender"], (gender,)) == 0
    seen = [*pd.unique(observations["period"]), *years]
    first = int(min(seen, default=0))
    periods = tuple(range(first, int(max(seen, default=-1)) + 1))
    kpi, area = _codes(observations["kpi"], kpis), _codes(observations["municipality"], areas)
    known = of_gender & (kpi >= 0) & (area >= 0)
    values = np.full((len(kpis), len(areas), len(periods)), np.nan)
    period = observations["period"].to_numpy()[known] - first
    place = (kpi[known] * len(areas) + area[known]) * len(periods) + period
    values.reshape(-1)[place] = observations["value"].to_numpy()[known]
    return Cube(tuple(kpis), tuple(areas), periods, values)


def _codes(column: pd.Series, items: Sequence[str]) -> NDArray[np.int64]:
    """Return where each row's id stands among the items, -1 for others; categories are quick."""
    ids = column if isinstance(column.dtype, pd.CategoricalDtype) else column.astype("category")
    places = pd.Index(list(items), dtype="str").get_indexer(ids.cat.categories.astype("str"))
    found: NDArray[np.int64] = np.append(places, -1)[ids.cat.codes.to_numpy()]
    return found
