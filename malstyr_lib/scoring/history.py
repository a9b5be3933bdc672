"""A KPI over the years: own value beside the middle half of all, the similar and Riket."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from malstyr_lib.scoring.arrays import Counts, Floats
from malstyr_lib.scoring.cube import cube
from malstyr_lib.scoring.groups import Group
from malstyr_lib.tables import NATION

FEWEST_FOR_BAND = 4


def history(
    observations: pd.DataFrame,
    kpi: str,
    municipality: str,
    *,
    everyone: Sequence[str],
    similar: Group,
) -> pd.DataFrame:
    """Return one KPI's series (total), a row per year from the first to the last with a value.

    Columns: period, own, q25, median, q75 (all municipalities, from four values on), similar (the
    unweighted mean of the similar municipalities without the own, from four values on, as Kolada
    computes its groups), n_similar, nation, n. In the KPI's unit; NaN where there is nothing.
    """
    areas = [*everyone, NATION]
    values = cube(observations, kpis=[kpi], areas=areas)
    table = values.values[0]
    everybody = table[:-1]
    others = [areas.index(area) for area in similar.members if area != municipality]
    alike = table[others]
    n, n_similar = _known(everybody), _known(alike)
    mean = np.nansum(alike, axis=0) / n_similar.clip(1)
    series = pd.DataFrame(
        {
            "period": np.array(values.periods, dtype=np.int64),
            "own": table[areas.index(municipality)],
            **dict(zip(("q25", "median", "q75"), quartiles(everybody), strict=True)),
            "similar": np.where(n_similar >= FEWEST_FOR_BAND, mean, np.nan),
            "n_similar": n_similar,
            "nation": table[-1],
            "n": n,
        }
    )
    seen = series.index[(series["n"] > 0) | series["nation"].notna()]
    return series.loc[seen.min() : seen.max()].reset_index(drop=True) if len(seen) else series[:0]


def _known(values: Floats) -> Counts:
    known: Counts = (~np.isnan(values)).sum(axis=0)
    return known


def quartiles(values: Floats) -> Floats:
    """Return the quartiles (lower, median, upper × year) of every year with at least four values.

    values: area × year; NaN in the other years.
    """
    enough = _known(values) >= FEWEST_FOR_BAND
    found = np.full((3, values.shape[1]), np.nan)
    if enough.any():
        found[:, enough] = np.nanquantile(values[:, enough], (0.25, 0.5, 0.75), axis=0)
    return found
