"""How slowly a measure moves, judged from all municipalities: never from the own series alone.

Docs: docs/metod.md section 9.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, log, nan
from typing import Final, Literal

import numpy as np

from malstyr_lib import tables
from malstyr_lib.model import Kpi
from malstyr_lib.scoring.arrays import Codes, Counts, Floats
from malstyr_lib.scoring.colour import CODES, in_order, placed
from malstyr_lib.scoring.cube import Cube
from malstyr_lib.scoring.measured import repeated
from malstyr_lib.scoring.sweep import side_by_side, sweep

Grade = Literal["trögrörlig", "medel", "rörlig", "okänt"]

FEWEST_PAIRS: Final = 4
FEWEST_AREAS: Final = 50
SLOW_FROM: Final = 0.9
SLOW_STAY: Final = 0.8
QUICK_BELOW: Final = 0.6


@dataclass(frozen=True)
class Mobility:
    """How a KPI has moved between consecutive years over all municipalities.

    pairs: the pairs of years with at least 50 municipalities. rho: the mean Spearman correlation
    over them, NaN when there is none. transitions: how many went from one colour (first key) to
    another the year after. grade: okänt when there are fewer than four pairs or no red.
    """

    kpi: str
    pairs: int
    rho: float
    transitions: Mapping[tuple[str, str], int]

    def share(self, before: str, after: str) -> float:
        """Return the share of those with one colour that had another the year after; or NaN."""
        of = sum(self.transitions[before, colour] for colour in tables.JUDGED)
        return self.transitions[before, after] / of if of else nan

    @property
    def half_life(self) -> float:
        """The years until half of a difference in place is gone: ln ½ ÷ ln ρ̄; NaN for ρ̄ ≤ 0."""
        if not self.rho > 0:
            return nan
        return log(0.5) / log(self.rho) if self.rho < 1 else inf

    @property
    def grade(self) -> Grade:
        """trögrörlig: ρ̄ ≥ 0.9 and at least 80 % of reds stay red; rörlig: ρ̄ < 0.6; else medel."""
        stay = self.share(tables.RED, tables.RED)
        if self.pairs < FEWEST_PAIRS or np.isnan(self.rho) or np.isnan(stay):
            return "okänt"
        if self.rho >= SLOW_FROM and stay >= SLOW_STAY:
            return "trögrörlig"
        return "rörlig" if self.rho < QUICK_BELOW else "medel"


def mobilities(whole: Cube, kpis: Sequence[Kpi]) -> dict[str, Mobility]:
    """Return the mobility of every KPI of a cube of all municipalities, by its id."""
    found = sweep(whole, {kpi.id: kpi for kpi in kpis})
    rho = rank_correlations(whole.values)
    counts = transitions(found.colour)
    return {
        kpi: Mobility(
            kpi=kpi,
            pairs=int((~np.isnan(rho[at])).sum()),
            rho=float(np.nanmean(rho[at])) if not np.isnan(rho[at]).all() else nan,
            transitions={
                (before, after): int(counts[at, CODES[before], CODES[after]])
                for before in tables.JUDGED
                for after in tables.JUDGED
            },
        )
        for at, kpi in enumerate(whole.kpis)
    }


def yearly(whole: Cube) -> Cube:
    """Return a cube of all municipalities without the years that say nothing of how a KPI moves.

    A year that only repeats the measurement before it, as a turnout is told every year until the
    next election, has moved nobody: see `measured.repeated`. One with fewer than 50
    municipalities is too small to count colours in. Such years are NaN.
    Source: ADR 0006.
    """
    values = whole.values.copy()
    for one in values:
        few = (~np.isnan(one)).sum(axis=0) < FEWEST_AREAS
        one[:, few | np.isin(whole.periods, list(repeated(one, whole.periods)))] = np.nan
    return replace(whole, values=values)


def transitions(codes: Codes) -> Counts:
    """Return how many areas went from a colour to another between consecutive periods.

    codes: kpi × area × period, as `colour.CODES`. The result is kpi × 3 × 3 (before, after; red,
    yellow, green); what is grey in either period is not counted.
    """
    counts = np.zeros((len(codes), 9), dtype=np.int64)

    def part(at: slice) -> None:
        before, after = codes[at, :, :-1], codes[at, :, 1:]
        seen = (before >= 0) & (after >= 0)
        which = np.arange(before.shape[0], dtype=np.int64)[:, None, None] * 9 + before * 3 + after
        told = np.bincount(which[seen], minlength=before.shape[0] * 9)
        counts[at] = told.reshape(-1, 9)

    side_by_side(part, codes.shape)
    return counts.reshape(-1, 3, 3)


def rank_correlations(values: Floats) -> Floats:
    """Return Spearman's correlation between consecutive periods: kpi × (period - 1).

    values: kpi × area × period. Over the areas with a value in both periods, with mean ranks for
    ties; NaN for fewer than 50 areas and when all in a period are equal. Agrees with scipy's
    spearmanr.
    """
    found = np.full((values.shape[0], max(0, values.shape[2] - 1)), np.nan)

    def part(at: slice) -> None:
        by_period = np.ascontiguousarray(values[at].transpose(0, 2, 1))
        both = ~np.isnan(by_period[:, :-1]) & ~np.isnan(by_period[:, 1:])
        ranks = [
            _centred_ranks(np.where(both, side, np.nan))
            for side in (by_period[:, :-1], by_period[:, 1:])
        ]
        product, *own = (
            (one * other).sum(axis=-1)
            for one, other in (ranks, (ranks[0], ranks[0]), (ranks[1], ranks[1]))
        )
        size = np.sqrt(own[0] * own[1])
        enough = (both.sum(axis=-1) >= FEWEST_AREAS) & (size > 0)
        found[at] = np.divide(product, size, out=np.full(size.shape, np.nan), where=enough)

    if found.size:
        side_by_side(part, values.shape)
    return found


def _centred_ranks(values: Floats) -> Floats:
    """Return mean ranks along the last axis less their mean, and 0 where there is no value.

    The mean rank is the middle of those worse and those that are not better, so that it is half
    the difference of the two.
    """
    stand = placed(values, *in_order(values))
    return np.subtract(stand.worse, stand.better, dtype=np.float64) / 2
