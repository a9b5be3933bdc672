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
    n = _known(everybody)
    series = pd.DataFrame(
        {
            "period": np.array(values.periods, dtype=np.int64),
            "own": table[areas.index(municipality)],
            **_quartiles(everybody, n),
            "similar": _where_enough(np.nansum(alike, axis=0) / _known(alike).clip(1), alike),
            "n_similar": _known(alike),
            "nation": table[-1],
            "n": n,
        }
    )
    seen = series.index[(series["n"] > 0) | series["nation"].notna()]
    return series.loc[seen.min() : seen.max()].reset_index(drop=True) if len(seen) else series[:0]


def _known(values: Floats) -> Counts:
    known: Counts = (~np.isnan(values)).sum(axis=0)
    return known


def _where_enough(figure: Floats, values: Floats) -> Floats:
    """Return a group's figure, NaN in the years with fewer than four values behind it."""
    return np.where(_known(values) >= FEWEST_FOR_BAND, figure, np.nan)


def _quartiles(values: Floats, n: Counts) -> dict[str, Floats]:
    """Return the quartiles of every year with at least four values."""
    enough = n >= FEWEST_FOR_BAND
    found = np.full((3, values.shape[1]), np.nan)
    if enough.any():
        found[:, enough] = np.nanquantile(values[:, enough], (0.25, 0.5, 0.75), axis=0)
    return dict(zip(("q25", "median", "q75"), found, strict=True))
