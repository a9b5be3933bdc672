"""Whether a series turned, and when: one break at most, and only where it clearly pays.

A series in, a `Turn` or nothing out. Pure; beside the trend, which says nothing of when.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike

from malstyr_lib.errors import UsageError
from malstyr_lib.scoring.arrays import Floats

Kind = Literal["slope", "level"]

FEWEST: Final = 6
"""How many years it takes to look for a turn."""
CLEARLY: Final = 8.0
"""How much lower BIC must be with a break than without: with noise around a level or a straight
line, 6–28 years long, at most one series in twenty then turns."""
STILL: Final = 0.1
"""A slope less than this share of the other one is no way back, only a stop."""
_SIDE: Final = 3
"""How many years there are at least on either side of a turn."""
_NOISE: Final = 1e-9


@dataclass(frozen=True)
class Turn:
    """Where a series turned. kind: slope (two lines that meet in the year) or level (two levels,
    the later one from the year on). before and after: the slopes in the KPI's unit per calendar
    year, or the two levels. years: how many were looked at.
    """

    year: int
    kind: Kind
    before: float
    after: float
    years: int

    @property
    def reversed(self) -> bool:
        """Whether the values went one way before and the other way after, neither nearly still."""
        slower, faster = sorted((abs(self.before), abs(self.after)))
        return self.kind == "slope" and self.before * self.after < 0 and slower > STILL * faster


@dataclass(frozen=True)
class _Model:
    """A way to describe a series: its columns, and how many numbers are chosen (the year too)."""

    columns: Floats
    chosen: int
    kind: Kind | None = None
    at: int = 0


def turning(years: Sequence[int], values: ArrayLike) -> Turn | None:
    """Return where a series turned, or None: too short, no turn, or none that is clear.

    years: rising, those that can be compared (no break between them); values: in the KPI's unit.
    Least squares; a level, a straight line, two levels and two lines that meet are compared by
    BIC, in which the year of a break is a number that is chosen too. At most one break, with
    three years or more on either side. A series that drifts by itself may also look as if it
    turned, so a turn is never more than likely. UsageError when the lengths differ.
    Source: Schwarz 1978; Kass & Raftery 1995 (a difference of 6–10 is strong).
    """
    at, known = np.asarray(years, dtype=np.float64), np.asarray(values, dtype=np.float64)
    if at.shape != known.shape:
        raise UsageError(f"En serie behöver ett värde per år: {at.size} år, {known.size} värden.")
    at, known = at[~np.isnan(known)], known[~np.isnan(known)]
    if len(at) < FEWEST:
        return None
    scored = [(_bic(one, known), one) for one in _models(at)]
    straight = min(bic for bic, one in scored if one.kind is None)
    best, model = min(scored, key=lambda pair: pair[0])
    return None if best > straight - CLEARLY else _turn(model, at, known)


def _models(at: Floats) -> Iterator[_Model]:
    """Yield the ways to describe a series of these years, those without a break first."""
    flat, since = np.ones_like(at), at - at[0]
    yield _Model(flat[:, None], 1)
    yield _Model(np.column_stack([flat, since]), 2)
    for place in range(_SIDE, len(at) - _SIDE + 1):
        later = at >= at[place]
        yield _Model(np.column_stack([~later, later]).astype(np.float64), 3, "level", place)
    for place in range(_SIDE - 1, len(at) - _SIDE + 1):
        beyond = np.maximum(at - at[place], 0)
        yield _Model(np.column_stack([flat, since, beyond]), 4, "slope", place)


def _bic(one: _Model, known: Floats) -> float:
    """Return a model's BIC but for what is the same in all; noise of floating numbers is no fit."""
    left = known - one.columns @ _fitted(one, known)
    floor = len(known) * (_NOISE * (float(np.abs(known).max()) or 1.0)) ** 2
    return len(known) * log(float(left @ left) + floor) + one.chosen * log(len(known))


def _fitted(one: _Model, known: Floats) -> Floats:
    return np.asarray(np.linalg.lstsq(one.columns, known, rcond=None)[0])


def _turn(one: _Model, at: Floats, known: Floats) -> Turn:
    year = int(at[one.at])
    if one.kind != "slope":
        before, after = float(known[: one.at].mean()), float(known[one.at :].mean())
        return Turn(year, "level", before, after, len(at))
    _, slope, bend = _fitted(one, known).tolist()
    return Turn(year, "slope", slope, slope + bend, len(at))
