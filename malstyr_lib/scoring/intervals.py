"""How far chance alone reaches around a share, a difference of two shares, or a count.

Docs: docs/metod.md section 13.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot, sqrt

from malstyr_lib.errors import UsageError

BYAR_FROM = 10


@dataclass(frozen=True)
class Interval:
    """A confidence interval, both ends included, in the unit of what it was computed from."""

    low: float
    high: float


def wilson(part: float, whole: float, *, level: float = 0.95) -> Interval:
    """Return Wilson's score interval, without continuity correction, of a share (0..1).

    part, whole: counts; a whole number may come as a float. UsageError for a part outside
    0..whole, an empty whole, a figure that is no whole number, or a level outside 0..1.
    Source: Wilson 1927.
    """
    from scipy.stats import binomtest

    _check_share(part, whole)
    _check_level(level)
    found = binomtest(int(part), int(whole)).proportion_ci(level, method="wilson")
    return Interval(float(found.low), float(found.high))


def newcombe(
    before: tuple[float, float], after: tuple[float, float], *, level: float = 0.95
) -> Interval:
    """Return the interval of the difference after − before of two independent shares (−1..1).

    before, after: (part, whole), each as in `wilson`, with the same errors. Source: Newcombe
    1998, Statistics in Medicine 17:873–890, method 10 (hybrid score).
    """
    first, second = wilson(*before, level=level), wilson(*after, level=level)
    share_before, share_after = before[0] / before[1], after[0] / after[1]
    change = share_after - share_before
    return Interval(
        max(change - hypot(share_after - second.low, first.high - share_before), -1.0),
        min(change + hypot(second.high - share_after, share_before - first.low), 1.0),
    )


def count_interval(events: float, *, level: float = 0.95) -> Interval:
    """Return the interval of a count: Byar's method from 10 events on, exact Poisson below.

    events: how many there were, a whole number. UsageError for one that is negative or no whole
    number, or a level outside 0..1. Source: Breslow & Day 1987.
    """
    _check_count(events, "Antalet")
    _check_level(level)
    return _byar(events, level) if events >= BYAR_FROM else _exact(events, level)


def _byar(events: float, level: float) -> Interval:
    from scipy.stats import norm

    z, above = float(norm.isf((1 - level) / 2)), events + 1
    return Interval(
        events * (1 - 1 / (9 * events) - z / (3 * sqrt(events))) ** 3,
        above * (1 - 1 / (9 * above) + z / (3 * sqrt(above))) ** 3,
    )


def _exact(events: float, level: float) -> Interval:
    """Return the exact Poisson interval, from quantiles of chi-square."""
    from scipy.stats import chi2

    tail = (1 - level) / 2
    low = float(chi2.ppf(tail, 2 * events)) / 2 if events else 0.0
    return Interval(low, float(chi2.isf(tail, 2 * events + 2)) / 2)


def _check_share(part: float, whole: float) -> None:
    _check_count(part, "Delen")
    _check_count(whole, "Helheten")
    if whole == 0:
        raise UsageError(f"{part} av 0 är ingen andel. Utelämna den tills helheten är minst 1.")
    if part > whole:
        raise UsageError(
            f"{part} av {whole} är ingen andel: delen är större än helheten. "
            "Ange delen först och helheten sedan."
        )


def _check_count(figure: float, name: str) -> None:
    if figure < 0:
        raise UsageError(f"{name} är {figure}, men kan inte vara negativ. Ange 0 eller mer.")
    if not float(figure).is_integer():
        raise UsageError(f"{name} är {figure}, men måste vara ett heltal. Ange ett antal.")


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise UsageError(f"Nivån är {level}. Ange en andel mellan 0 och 1, som 0.95.")
