"""Is the change ours? The own change beside the others' in the same KPI and years.

Docs: docs/metod.md section 7.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import Final

import numpy as np

from malstyr_lib.scoring.arrays import Floats
from malstyr_lib.scoring.colour import significant

NORMAL: Final = 1.4826
"""What a median absolute deviation is multiplied with to be a normal distribution's SD."""
_NOISE: Final = 2e-8
"""Changes that differ by less, as a share of the values, differ by rounding to 9 digits only."""


@dataclass(frozen=True)
class Change:
    """One municipality's change between two years beside the others', in the KPI's unit.

    median and n: of the others with a value in both years. z: (own - median) ÷ (1.4826 · MAD),
    NaN when the MAD is 0. percentile: the share of the others with a lower change, those with the
    same counted half. same_way: the share of the others whose value moved the same way (or, like
    the own, not at all).
    """

    own: float
    median: float
    z: float
    percentile: float
    same_way: float
    n: int


def compared_change(before: Floats, after: Floats, own: int) -> Change:
    """Return the own change beside the others'.

    before, after: value by municipality in two years, NaN where missing; own: the place of the
    own municipality. All but `own` is NaN where the own value, or every other, is missing in
    either year.
    """
    change = significant(after) - significant(before)
    size = np.maximum(np.abs(before), np.abs(after))
    change = np.where(np.abs(change) < 1e-9 * size, 0.0, change)
    there = ~np.isnan(change)
    there[own] = False
    others, theirs, ours = change[there], size[there], float(change[own])
    if not len(others) or np.isnan(ours):
        return Change(ours, nan, nan, nan, nan, len(others))
    median = float(np.median(others))
    off, gap = np.abs(others - median), others - ours
    spread = NORMAL * float(np.median(np.where(off <= _NOISE * theirs, 0.0, off)))
    lower = np.where(np.abs(gap) <= _NOISE * np.maximum(theirs, size[own]), 0.5, gap < 0)
    return Change(
        own=ours,
        median=median,
        z=(ours - median) / spread if spread else nan,
        percentile=float(lower.mean()),
        same_way=float((np.sign(others) == np.sign(ours)).mean()),
        n=len(others),
    )
