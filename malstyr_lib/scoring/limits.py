"""How far a series usually swings from point to point: XmR limits, from ten points on.

Docs: docs/metod.md section 7.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

FEWEST = 10
SETTLED_FROM = 13
REACH = 2.66  # mean moving ranges from the mean to a limit: 3 ÷ 1.128
NOISE = 1e-9  # of the largest value: less than this beyond a limit is floating noise


@dataclass(frozen=True)
class Limits:
    """A series' mean and natural limits, in its own unit, over its `n` known points.

    preliminary: fewer than 13 points. outside: the positions, in the sequence that was given, of
    the points strictly beyond a limit.
    """

    mean: float
    low: float
    high: float
    n: int
    preliminary: bool
    outside: tuple[int, ...]


def limits(values: Sequence[float]) -> Limits | None:
    """Return mean ± 2.66 · mean moving range, or None for fewer than ten known points.

    values: one series in time order, in the KPI's unit. A NaN is left out: the moving range goes
    from the known point before it to the one after it. No range is screened away.
    Source: NHS England, Making Data Count (XmR).
    """
    series = np.array(values, dtype=np.float64)
    places = np.flatnonzero(~np.isnan(series))
    if len(places) < FEWEST:
        return None
    known = series[places]
    mean, reach = known.mean(), REACH * np.abs(np.diff(known)).mean()
    beyond = np.abs(known - mean) > reach + NOISE * np.abs(known).max()
    return Limits(
        mean=float(mean),
        low=float(mean - reach),
        high=float(mean + reach),
        n=len(known),
        preliminary=len(known) < SETTLED_FROM,
        outside=tuple(int(at) for at in places[beyond]),
    )
