"""Colour shifts, both ways alike, each beside how common the same shift was among the others.

Docs: docs/metod.md section 8.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from malstyr_lib import tables
from malstyr_lib.model import Kpi
from malstyr_lib.scoring.colour import colour_of, goodness, standing
from malstyr_lib.scoring.cube import cube

_ORDER = {tables.RED: 0, tables.YELLOW: 1, tables.GREEN: 2}


@dataclass(frozen=True)
class Shift:
    """One KPI's change of colour between two of its coloured years.

    peers: other municipalities that had the same colour before and a colour in the later year
    too; moved: how many of them moved the same way, to a better or to a worse colour.
    """

    kpi: str
    period_before: int
    value_before: float
    before: str
    period: int
    value: float
    after: str
    peers: int = 0
    moved: int = 0

    @property
    def better(self) -> bool:
        """Whether the later colour is the better one."""
        return _ORDER[self.after] > _ORDER[self.before]


def shifts(
    observations: pd.DataFrame,
    kpis: Sequence[Kpi],
    scores: pd.DataFrame,
    *,
    everyone: Sequence[str],
    year: int,
) -> list[Shift]:
    """Return the KPIs whose newest colour up to `year` differs from the colour before it.

    scores: one municipality's scores against all municipalities, in the order wanted. No shift
    is stated from or to grey.
    """
    by_id = {kpi.id: kpi for kpi in kpis}
    own = str(scores["municipality"].iloc[0]) if len(scores) else ""
    return [
        _beside_others(shift, observations, by_id[shift.kpi], own, everyone)
        for shift in _newest_pairs(scores, year)
        if shift.before != shift.after
    ]


def _newest_pairs(scores: pd.DataFrame, year: int) -> list[Shift]:
    """Return, per KPI whose newest row is coloured, that row and the coloured row before it."""
    pairs = []
    for kpi, rows in scores[scores["period"] <= year].groupby("kpi", sort=False):
        coloured = rows[rows["colour"] != tables.GREY].sort_values("period")
        if len(coloured) >= 2 and coloured["period"].iloc[-1] == rows["period"].max():
            columns = ("period", "value", "colour")
            before, after = coloured[list(columns)].tail(2).itertuples(index=False, name=None)
            pairs.append(Shift(str(kpi), *before, *after))
    return pairs


def _beside_others(
    shift: Shift, observations: pd.DataFrame, kpi: Kpi, own: str, everyone: Sequence[str]
) -> Shift:
    """Return the shift with how many others stood where it began, and how many moved its way."""
    rows = observations[observations["kpi"] == kpi.id]
    values = cube(rows, kpis=[kpi.id], areas=everyone)
    years = [values.periods.index(period) for period in (shift.period_before, shift.period)]
    good = goodness(values.values[0][:, years], kpi.direction, kpi.target)
    before, after = colour_of(standing(good)).T
    peers = (np.array(everyone) != own) & (before == shift.before) & (after != tables.GREY)
    places = [_ORDER[str(colour)] for colour in after[peers]]
    start = _ORDER[shift.before]
    moved = sum(place > start if shift.better else place < start for place in places)
    return replace(shift, peers=len(places), moved=moved)
