"""What became of those that stood as one stands now: changes over some years, from any year.

Values of all municipalities in, changes out; nothing is drawn on as a straight line.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from malstyr_lib.scoring.arrays import Floats, Marks
from malstyr_lib.scoring.history import quartiles

AHEAD: Final = (1, 2, 3)
"""How many years ahead are looked at."""
WITHIN: Final = 0.5
"""How many quartile distances apart two may stand to stand alike."""
NEAREST: Final = 30
"""How many of a year are taken at most, the nearest ones."""
FEWEST: Final = 20
"""With fewer cases nothing is said."""


@dataclass(frozen=True)
class Starters:
    """What became of similar starters some years later, in the KPI's unit.

    changes: one per case, a municipality and a year. areas: how many municipalities they are of.
    """

    years: int
    changes: Floats
    areas: int

    def at(self, share: float) -> float:
        """Return the change that a share of the cases lie at or below; NaN without any."""
        return float(np.quantile(self.changes, share)) if len(self.changes) else float("nan")


def similar_starters(
    values: Floats,
    own: int,
    now: int,
    *,
    periods: Sequence[int],
    breaks: Collection[int] = (),
    repeated: Collection[int] = frozenset(),
    ahead: Sequence[int] = AHEAD,
) -> list[Starters]:
    """Return for every step ahead what became of those who stood as `own` stands in column `now`.

    values: area × period, NaN where missing. Similar is a value that lies as far from its year's
    median, within half a quartile distance (counted in that year's), the thirty nearest of each
    year; the own municipality is none of them. No change goes over a break (a year that can't be
    compared backwards), and none from or to a year that only repeats an earlier one.
    """
    place = _places(values)
    alike = _alike(place, own, now)
    return [
        _ahead(values, alike, years, periods=periods, breaks=breaks, left=repeated)
        for years in ahead
    ]


def _places(values: Floats) -> Floats:
    """Return how many quartile distances every value lies from its year's median; NaN if none."""
    low, middle, high = quartiles(values)
    return np.asarray((values - middle) / np.where(high > low, high - low, np.nan))


def _alike(place: Floats, own: int, now: int) -> Marks:
    """Return who stood like the own place, by year."""
    far = np.abs(place - place[own, now])
    far[own] = np.nan
    nearest = np.argsort(np.argsort(far, axis=0, kind="stable"), axis=0) < NEAREST
    return np.asarray(nearest & (far <= WITHIN))


def _ahead(
    values: Floats,
    alike: Marks,
    ahead: int,
    *,
    periods: Sequence[int],
    breaks: Collection[int],
    left: Collection[int],
) -> Starters:
    """Return the changes of those alike, so many columns ahead."""
    changes = changes_ahead(values, ahead, periods, breaks)
    changes[:, [year in left or year + ahead in left for year in periods]] = np.nan
    known = alike & ~np.isnan(changes)
    return Starters(ahead, changes[known], int(known.any(axis=1).sum()))


def changes_ahead(
    values: Floats, ahead: int, periods: Sequence[int], breaks: Collection[int]
) -> Floats:
    """Return how much every value (area × period) changes some years ahead, NaN where unknown.

    No change goes over a break.
    """
    changes = np.full_like(values, np.nan)
    if ahead < values.shape[1]:
        changes[:, :-ahead] = values[:, ahead:] - values[:, :-ahead]
    parted = [any(year < one <= year + ahead for one in breaks) for year in periods]
    changes[:, parted] = np.nan
    return changes
