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
    rows = observations[observations["gender"] == gender]
    kpi, area = pd.Index(kpis), pd.Index(areas)
    seen = [*observations["period"].unique(), *years]
    first = int(min(seen, default=0))
    periods = tuple(range(first, int(max(seen, default=-1)) + 1))
    at = (
        kpi.get_indexer(pd.Index(rows["kpi"])),
        area.get_indexer(pd.Index(rows["municipality"])),
        rows["period"].to_numpy() - first,
    )
    known = (at[0] >= 0) & (at[1] >= 0)
    values = np.full((len(kpi), len(area), len(periods)), np.nan)
    values[tuple(axis[known] for axis in at)] = rows["value"].to_numpy()[known]
    return Cube(tuple(kpis), tuple(areas), periods, values)
