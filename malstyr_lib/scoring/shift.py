"""Colour shifts, both ways alike, each beside how common the same shift was among the others.

Docs: docs/metod.md section 4.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import pandas as pd

from malstyr_lib import tables
from malstyr_lib.model import Kpi
from malstyr_lib.scoring.arrays import Floats
from malstyr_lib.scoring.colour import CODES, WORDS, codes_of_both
from malstyr_lib.scoring.cube import Cube
from malstyr_lib.scoring.decompose import Decomposition, decompose_shift


@dataclass(frozen=True)
class Shift:
    """One KPI's change of colour between two years, among those with a value in both.

    n: how many municipalities have a value in both years. peers: how many of the others with the
    same colour before had each colour in the later year. parts: what the change of the distance
    to the border is made of: the red one if red is either colour, else the green. later: the
    colours of the years after that, as far as they are known and settled.
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
    parts: Decomposition | None = field(default=None, repr=False)
    later: tuple[tuple[int, str], ...] = ()

    @property
    def better(self) -> bool:
        """Whether the later colour is the better one."""
        return CODES[self.after] > CODES[self.before]

    @property
    def base_rate(self) -> float:
        """The share of the others with the same colour before that made the same shift; or NaN."""
        others = sum(self.peers.values())
        return self.peers[self.after] / others if others else np.nan

    @property
    def lasted(self) -> bool | None:
        """Whether the next colour was still on the new side of the old one; None if not known."""
        if not self.later:
            return None
        step = CODES[self.later[0][1]] - CODES[self.before]
        return step > 0 if self.better else step < 0


def every_shift(
    whole: Cube, kpis: Sequence[Kpi], scores: pd.DataFrame, *, told: Cube | None = None
) -> list[Shift]:
    """Return all changes of colour of one municipality's scores, KPI by KPI, oldest first.

    whole: the values of all municipalities, its KPIs those of `kpis`; told: the same as they were
    first told, for the part of a change that is revision. scores: against all municipalities.
    Both colours are computed anew among the municipalities that have a value in both years; where
    they are then equal, only who has reported differs, and no shift is stated. Nor is one stated
    from or to grey, or from or to a colour that is preliminary.
    """
    if scores.empty:
        return []
    own = whole.areas.index(str(scores["municipality"].iloc[0]))
    asked = scores[scores["kpi"].isin([kpi.id for kpi in kpis])]
    by_kpi = {str(kpi): rows for kpi, rows in asked.groupby("kpi")}
    found = []
    for kpi in kpis:
        for seen in _pairs(by_kpi.get(kpi.id, scores[:0])):
            years = _Years(whole, told or whole, whole.kpis.index(kpi.id), seen)
            shift = _compared(kpi, years, own)
            if shift.before != shift.after:
                found.append(_divided(shift, kpi, years, own))
    return found


def moved(
    whole: Cube,
    kpi: Kpi,
    municipality: str,
    *,
    years: tuple[int, int],
    told: Cube | None = None,
) -> Shift | None:
    """Return what became of one KPI between two years, whether or not its colour changed.

    whole, told: as in `every_shift`. None when the own value is missing in either year, or there
    is no colour: `Shift` with its parts otherwise. Nothing is said of whether it lasted.
    """
    own = whole.areas.index(municipality)
    if not set(years) <= set(whole.periods):
        return None
    seen = _Years(whole, told or whole, whole.kpis.index(kpi.id), _Pair(*years, ()))
    found = _compared(kpi, seen, own)
    if tables.GREY in (found.before, found.after):
        return None
    return _divided(found, kpi, seen, own)


@dataclass(frozen=True)
class _Pair:
    """Two settled years after each other whose colours differ, and the colours that followed."""

    before: int
    after: int
    later: tuple[tuple[int, str], ...]


def _pairs(rows: pd.DataFrame) -> Iterator[_Pair]:
    """Yield the years between which one KPI's settled colour changed."""
    rows = rows.sort_values("period")
    settled = rows[(rows["colour"] != tables.GREY) & ~rows["preliminary"]]
    seen = [
        (int(period), str(colour))
        for period, colour in zip(settled["period"], settled["colour"], strict=True)
    ]
    for at, ((before, one), (after, other)) in enumerate(pairwise(seen)):
        if one != other:
            yield _Pair(before, after, tuple(seen[at + 2 :]))


@dataclass(frozen=True)
class _Years:
    """One KPI's values (area × 2) in the two years of a pair, now and as first told."""

    whole: Cube
    told: Cube
    number: int
    pair: _Pair

    @property
    def values(self) -> Floats:
        years = [self.whole.periods.index(year) for year in (self.pair.before, self.pair.after)]
        both: Floats = self.whole.values[self.number][:, years]
        return both

    @property
    def published(self) -> Floats:
        """The earlier year as it was first told; as it is now where nothing was told then."""
        now = self.values[:, 0]
        if self.pair.before not in self.told.periods:
            return now
        then = self.told.values[self.number][:, self.told.periods.index(self.pair.before)]
        return now if np.isnan(then).all() else then


def _compared(kpi: Kpi, years: _Years, own: int) -> Shift:
    """Return the shift between two years among those with a value in both."""
    values = years.values
    both = np.logical_not(np.isnan(values).any(axis=1))
    codes = codes_of_both(values, kpi.direction, kpi.target)
    others = both & (np.arange(len(values)) != own) & (codes[:, 0] == codes[own, 0])
    ended = codes[others, 1].tolist()
    return Shift(
        kpi=kpi.id,
        period_before=years.pair.before,
        value_before=float(values[own, 0]),
        before=WORDS[int(codes[own, 0])],
        period=years.pair.after,
        value=float(values[own, 1]),
        after=WORDS[int(codes[own, 1])],
        n=int(both.sum()),
        peers={colour: ended.count(CODES[colour]) for colour in tables.JUDGED},
        later=years.pair.later,
    )


def _divided(one: Shift, kpi: Kpi, years: _Years, own: int) -> Shift:
    """Return a shift with what it is made of, unless the own value was not told at first.

    It is measured against the red border if red is either colour.
    """
    areas, values, told = years.whole.areas, years.values, years.published
    if np.isnan(told[own]):
        return one
    before, after, published = (
        dict(zip(areas, column, strict=True)) for column in (values[:, 0], values[:, 1], told)
    )
    parts = decompose_shift(
        before,
        after,
        areas[own],
        kpi.direction,
        target=kpi.target,
        border="red" if tables.RED in (one.before, one.after) else "green",
        published=published,
    )
    return replace(one, parts=parts)
