"""What to expect of a whole report: how many reds, how many shifts, how many goals met.

Docs: docs/metod.md section 11.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from malstyr_lib.scoring.arrays import Codes
from malstyr_lib.scoring.colour import CODES, significant
from malstyr_lib.tables import GREY, RED

_LOW, _HIGH = 0.05, 0.95
_NOISE = 1e-12

Beyond = Literal["more", "fewer", "within"]
State = Literal["met", "missed", "unknown"]


@dataclass(frozen=True)
class RedBand:
    """One municipality's reds beside those of all municipalities on the same KPIs.

    reds, coloured: its own counts. expected: a quarter of `coloured`. share: reds ÷ coloured, NaN
    without any colour. low, high: the 5th and 95th percentile of the red share over the `areas`
    municipalities that have enough colours, NaN when there are none. beyond: whether the own
    share is above, below or within these; None when it has too few colours to be compared.
    """

    reds: int
    coloured: int
    expected: float
    share: float
    low: float
    high: float
    areas: int
    beyond: Beyond | None


def red_band(codes: Codes, own: int) -> RedBand:
    """Return how the reds of one municipality stand among those of all.

    codes: colours, kpi × area, as `colour.CODES`. own: the municipality's column.
    Enough colours means at least half as many as the municipality that has most; the own one is
    among those compared on the same terms as the others. Percentiles are interpolated linearly.
    """
    reds, coloured = (codes == CODES[RED]).sum(axis=0), (codes != CODES[GREY]).sum(axis=0)
    enough = (coloured > 0) & (2 * coloured >= coloured.max())
    shares = reds / np.where(coloured > 0, coloured, np.nan)
    low, high = np.nan, np.nan
    if enough.any():
        low, high = np.quantile(shares[enough], (_LOW, _HIGH))
    return RedBand(
        reds=int(reds[own]),
        coloured=int(coloured[own]),
        expected=float(coloured[own] / 4),
        share=float(shares[own]),
        low=float(low),
        high=float(high),
        areas=int(enough.sum()),
        beyond=_beyond(shares[own], low, high) if enough[own] else None,
    )


def _beyond(share: float, low: float, high: float) -> Beyond:
    """Return on which side of the band a share is, after rounding to 9 significant digits."""
    share, low, high = significant(np.array([share, low, high]))
    return "more" if share > high else "fewer" if share < low else "within"


@dataclass(frozen=True)
class ShiftBand:
    """How many shifts to expect, and the 5th and 95th percentile of how many there may be."""

    expected: float
    low: int
    high: int


def shift_band(rates: Sequence[float]) -> ShiftBand:
    """Return how many shifts chance alone gives, each KPI having its own base rate.

    rates: one probability (0..1) per KPI that could shift. A percentile is the smallest number
    that is not exceeded with at least that probability; KPIs count as independent of each other.
    Source: the Poisson-binomial distribution (scipy.stats.poisson_binom).
    """
    from scipy.stats import poisson_binom

    if not len(rates):
        return ShiftBand(0.0, 0, 0)
    at_most = poisson_binom.cdf(np.arange(len(rates) + 1), rates)
    low, high = np.searchsorted(at_most, np.array([_LOW, _HIGH]) - _NOISE)
    return ShiftBand(float(np.sum(rates)), int(low), int(high))


@dataclass(frozen=True)
class RollUp:
    """How many goals are met, missed and unknown, and between which shares (0..1) the met lie.

    lower: the share met if every unknown were missed; upper: if every unknown were met; coverage:
    the share known. NaN when there are no goals.
    """

    met: int
    missed: int
    unknown: int
    lower: float
    upper: float
    coverage: float

    @property
    def certain(self) -> bool:
        """Whether one figure may be given: there are goals, and none is unknown."""
        return self.unknown == 0 and self.met + self.missed > 0


def rolled_up(states: Sequence[State]) -> RollUp:
    """Return goals rolled up, with bounds for what is not known.

    states: one per goal.
    """
    met, missed, unknown = (states.count(word) for word in ("met", "missed", "unknown"))
    goals = len(states) or np.nan
    return RollUp(
        met=met,
        missed=missed,
        unknown=unknown,
        lower=met / goals,
        upper=(met + unknown) / goals,
        coverage=(met + missed) / goals,
    )
