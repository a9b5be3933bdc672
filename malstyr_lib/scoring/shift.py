"""Colour shifts, both ways alike, each beside how common the same shift was among the others.

Docs: docs/metod.md section 4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from malstyr_lib import tables
from malstyr_lib.model import Kpi
from malstyr_lib.scoring.colour import colour_of, goodness, standing
from malstyr_lib.scoring.cube import cube

_ORDER = {tables.RED: 0, tables.YELLOW: 1, tables.GREEN: 2}


@dataclass(frozen=True)
class Shift:
    """One KPI's change of colour between two years, among those with a value in both.

    n: how many municipalities have a value in both years. peers: how many of the others with the
    same colour before had each colour in the later year.
    """

    kpi: str
    period_before: int
    value_before: float
    before: str
    period: int
    value: float
    after: str
    n: int = 0
    peers: Mapping[str, int] = field(default_factory=dict)

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

    scores: one municipality's scores against all municipalities, in the order wanted. Both
    colours are computed anew among the municipalities that have a value in both years; where
    they are then equal, only who has reported differs, and no shift is stated. Nor is one stated
    from or to grey, or from or to a colour that is preliminary.
    """
    if scores.empty:
        return []
    whole = cube(observations, kpis=[kpi.id for kpi in kpis], areas=everyone)
    own = whole.areas.index(str(scores["municipality"].iloc[0]))
    found = []
    for number, kpi in enumerate(kpis):
        pair = _newest_pair(scores[scores["kpi"] == kpi.id], year)
        if pair is not None:
            years = [whole.periods.index(period) for period in pair]
            found.append(_compared(whole.values[number][:, years], kpi, own=own, years=pair))
    return [shift for shift in found if shift.before != shift.after]


def _newest_pair(rows: pd.DataFrame, year: int) -> tuple[int, int] | None:
    """Return the newest year and the coloured one before it, when their colours differ."""
    rows = rows[rows["period"] <= year].sort_values("period")
    settled = rows[(rows["colour"] != tables.GREY) & ~rows["preliminary"]]
    if len(settled) < 2 or settled["period"].iloc[-1] != rows["period"].iloc[-1]:
        return None
    before, after = settled["colour"].tail(2)
    first, last = settled["period"].tail(2)
    return (int(first), int(last)) if before != after else None


def _compared(values: NDArray[np.float64], kpi: Kpi, *, own: int, years: tuple[int, int]) -> Shift:
    """Return the shift between two years (values: area × 2) among those with a value in both."""
    both = np.logical_not(np.isnan(values).any(axis=1))
    good = goodness(np.where(np.expand_dims(both, 1), values, np.nan), kpi.direction, kpi.target)
    colours = colour_of(standing(good))
    before, after = colours[own]
    others = both & (np.arange(len(values)) != own) & (colours[:, 0] == before)
    ended = colours[others, 1]
    return Shift(
        kpi=kpi.id,
        period_before=years[0],
        value_before=float(values[own, 0]),
        before=str(before),
        period=years[1],
        value=float(values[own, 1]),
        after=str(after),
        n=int(both.sum()),
        peers={colour: int((ended == colour).sum()) for colour in _ORDER},
    )
