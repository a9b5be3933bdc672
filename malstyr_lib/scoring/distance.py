"""How far a value is from the next colour and from the median, in the KPI's own unit.

Docs: docs/metod.md section 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from malstyr_lib.scoring.arrays import Floats
from malstyr_lib.scoring.colour import Standing, in_order, placed, three_quarters

Border = Literal["red", "green"]

CAP = 5.0


@dataclass(frozen=True)
class Distance:
    """Distances along one axis of areas, same shape as the goodness they were measured from.

    `to_yellow`: how much better a value must get to be as good as the red border (what it takes
    to stop being red), negative when it is better than that already. `to_median`: positive when
    worse than the median. `spread`: the interquartile range, NaN when it is 0, one per group.
    """

    to_yellow: Floats
    to_median: Floats
    spread: Floats

    @property
    def in_iqr(self) -> Floats:
        """`to_median` ÷ the interquartile range, within ±5 and NaN when the range is 0."""
        return np.clip(self.to_median / self.spread, -CAP, CAP)

    @property
    def yellow_in_iqr(self) -> Floats:
        """`to_yellow` ÷ the interquartile range, within ±5 and NaN when the range is 0."""
        return np.clip(self.to_yellow / self.spread, -CAP, CAP)


def distance(good: Floats) -> Distance:
    """Return every value's distance to the red border and to the median of its group (axis 0)."""
    good = np.moveaxis(good, 0, -1)
    found = measured(good, in_order(good)[0])
    return Distance(
        np.moveaxis(found.to_yellow, -1, 0),
        np.moveaxis(found.to_median, -1, 0),
        np.moveaxis(found.spread, -1, 0),
    )


def stand_and_distance(good: Floats) -> tuple[Standing, Distance]:
    """Return how every value of goodness stands along the last axis, and its distances."""
    ranked, places = in_order(good)
    return placed(good, ranked, places), measured(good, ranked)


def measured(good: Floats, ranked: Floats) -> Distance:
    """Return the distances along the last axis of goodness; ranked: the same, sorted, NaN last."""
    q1, median, q3 = _quartiles(ranked)
    spread = np.where(q3 > q1, q3 - q1, np.nan)
    return Distance(_red_border(ranked) - good, median - good, spread)


def _quartiles(ranked: Floats) -> tuple[Floats, Floats, Floats]:
    """Return lower quartile, median and upper quartile of sorted values, linearly between."""
    n = (~np.isnan(ranked)).sum(axis=-1, keepdims=True)
    found = _at(ranked, np.array([0.25, 0.5, 0.75]) * np.maximum(n - 1, 0))
    return found[..., :1], found[..., 1:2], found[..., 2:]


def _at(ranked: Floats, place: Floats) -> Floats:
    """Return the values at fractional places of sorted values, interpolated linearly."""
    low = np.floor(place).astype(np.int64)
    high = np.ceil(place).astype(np.int64)
    below, above = (np.take_along_axis(ranked, at, axis=-1) for at in (low, high))
    return np.where(low == high, below, below + (above - below) * (place - low))


def _red_border(ranked: Floats) -> Floats:
    """Return the goodness that a red value must reach to leave red, the others unchanged.

    The border is the value that has one fewer above it than make red. A red value stands below
    it, so it never counts itself.
    """
    n = (~np.isnan(ranked)).sum(axis=-1, keepdims=True)
    from_best = np.maximum(three_quarters(n) - 1, 0)
    return np.take_along_axis(ranked, np.maximum(n - 1 - from_best, 0), axis=-1)


def border_of(others: Floats, which: Border) -> float:
    """Return the goodness of a colour's border that the others (goodness, NaN where missing) make.

    Not red is to be at least as good as the one of the others that has fewest better than it of
    those that three quarters need; green, by the same rule mirrored, to be better than it.
    """
    ranked = np.sort(others[~np.isnan(others)])
    most = three_quarters(len(ranked) + 1)
    return float(ranked[-most] if which == "red" else ranked[most - 1])
