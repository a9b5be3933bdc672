"""Whether a series goes anywhere: slope per calendar year, exact p-value, and a careful verdict.

Docs: docs/metod.md section 7.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike

from malstyr_lib.errors import UsageError
from malstyr_lib.scoring.arrays import Counts, Floats
from malstyr_lib.scoring.colour import goodness, significant

Verdict = Literal[
    "secured_up", "secured_down", "direction_up", "direction_down", "none", "too_few", "slow"
]

FEWEST_YEARS: Final = 5
FALSE_SHARE: Final = 0.05
WEAKEST: Final = 0.25
"""The largest p-value that a direction may have: a long series is steady even when it is noise."""
_NOISE: Final = 2e-8
"""Slopes that differ by less, as a share of the values, differ by rounding to 9 digits only."""


@dataclass(frozen=True)
class Trend:
    """A series' trend: slope in the KPI's unit per calendar year, and what can be said of it.

    verdict: secured_up or secured_down; direction_up or direction_down (weaker: the sign is the
    same whichever year is left out, and p at most 0.25); none; too_few (fewer than five years:
    nothing can be said, least of all that nothing has changed); slow (no test, see `percentile`).
    p_value: two-sided exact Mann–Kendall, None when not tested. percentile: the share of the other
    municipalities with a lower slope, for a slow KPI. years: the years counted. steady: whether
    the slope's sign is the same whichever year is left out.
    """

    slope_per_year: float
    p_value: float | None
    verdict: Verdict
    years: tuple[int, ...]
    percentile: float | None = None
    steady: bool = False

    @property
    def way(self) -> Literal["up", "down", ""]:
        """Which way the numbers go as far as anything is said; judgement is another matter."""
        if self.verdict.endswith("_up"):
            return "up"
        return "down" if self.verdict.endswith("_down") else ""


def trend(years: Sequence[int], values: ArrayLike) -> Trend:
    """Return the trend of one series of one gender, in any order; missing values are left out.

    years: calendar years, each once; values: in the KPI's unit, as long. Theil–Sen slope; exact
    Mann–Kendall for any ties. "Secured" is here at 5 % for one series alone; `secured` judges the
    series of a report together. UsageError when the lengths differ or a year comes twice.
    Source: Sen 1968, Kendall 1970.

    >>> found = trend(range(2018, 2026), [5.0, 5.2, 5.9, 6.0, 6.4, 6.8, 7.0, 7.4])
    >>> round(found.slope_per_year, 3), found.verdict
    (0.346, 'secured_up')
    >>> trend([2023, 2024, 2025], [5.0, 6.0, 7.0]).verdict
    'too_few'
    """
    at, known = _known(years, values)
    period = tuple(int(year) for year in at)
    if len(at) < FEWEST_YEARS:
        return Trend(np.nan, None, "too_few", period)
    slope, p, steady = float(_told(slopes(known, at), known)), p_value(known), _steady(known, at)
    found = Trend(slope, p, "none", period, steady=steady)
    return replace(found, verdict=_verdict(found, p <= FALSE_SHARE))


def _verdict(one: Trend, secure: bool) -> Verdict:
    """Return what can be said of a slope: nothing when it is flat."""
    if secure and one.slope_per_year:
        return "secured_up" if one.slope_per_year > 0 else "secured_down"
    if one.steady and (one.p_value or 0.0) <= WEAKEST:
        return "direction_up" if one.slope_per_year > 0 else "direction_down"
    return "none"


def secured(trends: Sequence[Trend]) -> list[Trend]:
    """Return a report's trends judged together, so that at most 5 % of the secured are by chance.

    Benjamini–Hochberg over those that were tested. One that is no longer secured gets the weaker
    word if it is steady, and otherwise none.
    """
    from scipy.stats import false_discovery_control

    tested = [at for at, one in enumerate(trends) if one.p_value is not None]
    if not tested:
        return list(trends)
    adjusted = false_discovery_control([trends[at].p_value or 0.0 for at in tested])
    judged = list(trends)
    for at, p in zip(tested, adjusted, strict=True):
        judged[at] = replace(judged[at], verdict=_verdict(judged[at], p <= FALSE_SHARE))
    return judged


def slow_trend(years: Sequence[int], own: ArrayLike, others: Floats) -> Trend:
    """Return the slope of a slow KPI and its percentile among the others' slopes; no p-value.

    others: municipality × the same years, the own left out; one with fewer than five of the years
    is not counted. Half of those with the same slope count as lower.
    """
    at, known = _known(years, own)
    period = tuple(int(year) for year in at)
    if len(at) < FEWEST_YEARS:
        return Trend(np.nan, None, "too_few", period)
    slope = float(_told(slopes(known, at), known))
    order = np.argsort(np.asarray(years))
    same_years = others[:, order[np.isin(np.asarray(years)[order], at)]]
    compared = same_years[(~np.isnan(same_years)).sum(axis=1) >= FEWEST_YEARS]
    if not len(compared):
        return Trend(slope, None, "slow", period)
    size = np.maximum(np.nanmax(np.abs(compared), axis=1), np.abs(known).max())
    gap = slopes(compared, at) - slope
    lower = np.where(np.abs(gap) <= _NOISE * size, 0.5, gap < 0)
    return Trend(slope, None, "slow", period, percentile=float(lower.mean()))


def judgement(one: Trend, values: ArrayLike, direction: str, target: float | None = None) -> str:
    """Return whether a trend is for the better: "bättre", "sämre" or "" when that can't be said.

    values: those of `one.years`, in the KPI's unit. Closeness to a target is judged by the trend
    of the closeness itself, if that is as sure as the trend of the value. A slow KPI is not judged,
    whatever its direction.
    """
    if direction == "mål" and one.verdict not in ("too_few", "slow"):
        good = goodness(np.asarray(values, dtype=np.float64), direction, target)
        closeness = trend(one.years, good)
        if one.verdict.startswith("secured") and not closeness.verdict.startswith("secured"):
            return ""
        one = closeness
    if direction == "ingen" or not one.way:
        return ""
    return "bättre" if (one.way == "up") == (direction != "lågt") else "sämre"


def slopes(values: Floats, years: ArrayLike) -> Floats:
    """Return the Theil–Sen slope of every series: the median slope between two of its years.

    values: any shape whose last axis is the years; NaN where missing. The result has the other
    axes, NaN for a series with fewer than two values. Source: Sen 1968, as scipy's theilslopes.
    """
    at = np.asarray(years, dtype=np.float64)
    first, later = np.triu_indices(len(at), 1)
    by_year = np.moveaxis(values, -1, 0)
    between = by_year[later]
    between -= by_year[first]
    between /= (at[later] - at[first]).reshape(-1, *(1,) * (values.ndim - 1))
    ranked = np.ascontiguousarray(np.moveaxis(between, 0, -1))
    ranked.sort(axis=-1)
    known = (~np.isnan(by_year)).sum(axis=0, keepdims=True)
    return middle(ranked, np.moveaxis(known * (known - 1) // 2, 0, -1))


def middle(ranked: Floats, n: Counts) -> Floats:
    """Return the median along the last, sorted axis, of which the first n are not missing."""
    if not ranked.shape[-1]:
        return np.full(ranked.shape[:-1], np.nan)
    last = ranked.shape[-1] - 1
    low, high = np.maximum(n - 1, 0) // 2, np.minimum(n // 2, last)
    both = (np.take_along_axis(ranked, place, axis=-1)[..., 0] for place in (low, high))
    return np.asarray(sum(both) / 2)


def _known(years: Sequence[int], values: ArrayLike) -> tuple[Floats, Floats]:
    """Return the years with a value and those values, in order of time."""
    at, numbers = np.asarray(years, dtype=np.float64), np.asarray(values, dtype=np.float64)
    if at.shape != numbers.shape:
        raise UsageError(f"En trend behöver ett värde per år: {at.size} år, {numbers.size} värden.")
    if len(set(at.tolist())) != len(at):
        raise UsageError("Samma år finns två gånger i serien. Ange en serie med ett värde per år.")
    order = np.argsort(at)
    there = order[~np.isnan(numbers[order])]
    return at[there], significant(numbers[there])


def _steady(values: Floats, years: Floats) -> bool:
    """Return whether the slope's sign is the same whichever year is left out, and is not 0."""
    without = np.where(np.eye(len(years), dtype=bool), np.nan, values)
    signs = np.sign(_told(np.array([slopes(values, years), *slopes(without, years)]), values))
    return bool(signs[0] and (signs == signs[0]).all())


def _told(slope: Floats, values: Floats) -> Floats:
    """Return slopes of a series, those that rounding of its values can make being 0."""
    return np.where(np.abs(slope) <= _NOISE * np.abs(values).max(), 0.0, slope)


def p_value(values: Floats) -> float:
    """Return the exact two-sided p of Mann–Kendall for a series in order of time.

    Every order of the values, ties included, is as likely when there is no trend: the number of
    inversions is then distributed as the coefficients of a Gaussian multinomial.
    Source: Kendall 1970; agrees with scipy's kendalltau (exact) where nothing is tied.
    """
    first, later = np.triu_indices(len(values), 1)
    score = int(np.sign(values[later] - values[first]).sum())
    _, ties = np.unique(values, return_counts=True)
    return _tail(tuple(sorted(int(size) for size in ties)), abs(score))


@lru_cache(maxsize=4096)
def _tail(ties: tuple[int, ...], score: int) -> float:
    """Return how likely a score at least this far from 0 is, given the sizes of groups of ties."""
    ways = _inversions(ties)
    untied = len(ways) - 1
    far = sum(amount for at, amount in enumerate(ways) if abs(untied - 2 * at) >= score)
    return far / sum(ways)


@lru_cache(maxsize=512)
def _inversions(ties: tuple[int, ...]) -> list[int]:
    """Return in how many orders of a multiset there are 0, 1, 2 … inversions."""
    ways = [1]
    for factor in range(2, sum(ties) + 1):
        ways = _times(ways, factor)
    for size in ties:
        for factor in range(2, size + 1):
            ways = _divided(ways, factor)
    return ways


def _times(ways: list[int], factor: int) -> list[int]:
    """Return a polynomial times 1 + q + … + q^(factor - 1)."""
    summed = list(accumulate([*ways, *[0] * (factor - 1)]))
    return [one - (summed[at - factor] if at >= factor else 0) for at, one in enumerate(summed)]


def _divided(ways: list[int], factor: int) -> list[int]:
    """Return a polynomial divided by 1 + q + … + q^(factor - 1), which divides it."""
    found: list[int] = []
    for at in range(len(ways) - factor + 1):
        found.append(ways[at] - sum(found[max(0, at - factor + 1) :]))
    return found
