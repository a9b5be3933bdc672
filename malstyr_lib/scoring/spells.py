"""How long red lasts: red spells of all municipalities, and the time from red to green.

Docs: docs/metod.md section 10.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from malstyr_lib.errors import UsageError
from malstyr_lib.scoring.arrays import Codes
from malstyr_lib.scoring.colour import CODES
from malstyr_lib.tables import GREEN, RED

_NOISE: Final = 1e-12


@dataclass(frozen=True)
class Spells:
    """Red spells: how many years each lasted, and whether it was seen to end in green.

    One that did not end (the series or the municipality's values ended first) is censored: it
    lasted at least so long.
    """

    years: tuple[int, ...]
    ended: tuple[bool, ...]


@dataclass(frozen=True)
class KaplanMeier:
    """The time until an event: the share without it after each time, censored spells kept.

    times: ascending, those at which something ended or was censored; survival: the share still
    without the event just after each. n and events: all spells, and those seen to end.
    """

    n: int
    events: int
    times: tuple[float, ...] = field(repr=False)
    survival: tuple[float, ...] = field(repr=False)

    def within(self, years: float) -> float | None:
        """Return the share that has had the event within some years; None beyond what is seen."""
        if not self.times or (years > self.times[-1] and self.survival[-1] > 0):
            return None
        at = int(np.searchsorted(self.times, years, side="right")) - 1
        return 1 - self.survival[at] if at >= 0 else 0.0

    @property
    def median(self) -> float | None:
        """The time by which half have had the event; None when fewer than half are seen to."""
        after = zip(self.times, self.survival, strict=True)
        return next((time for time, left in after if left <= 0.5 + _NOISE), None)


def kaplan_meier(durations: Sequence[float], observed: Sequence[bool]) -> KaplanMeier:
    """Return the Kaplan–Meier estimate of the time until an event.

    durations: in years, not negative; observed: whether the event was seen at that time, or the
    case only followed so long (censored). UsageError for other lengths or a negative duration.
    Source: Kaplan & Meier 1958, by scipy's ecdf for censored data.

    >>> found = kaplan_meier([1, 2, 2, 4, 5], [True, True, False, True, False])
    >>> found.n, found.events
    (5, 3)
    """
    from scipy.stats import CensoredData, ecdf

    times, seen = np.asarray(durations, dtype=np.float64), np.asarray(observed, dtype=bool)
    if times.shape != seen.shape or (times < 0).any() or np.isnan(times).any():
        raise UsageError("Varje tid ska vara minst 0 år och ha ett besked om händelsen inträffade.")
    if not len(times):
        return KaplanMeier(0, 0, (), ())
    left = ecdf(CensoredData.right_censored(times, ~seen)).sf
    return KaplanMeier(
        n=len(times),
        events=int(seen.sum()),
        times=tuple(left.quantiles.tolist()),
        survival=tuple(left.probabilities.tolist()),
    )


def red_spells(codes: Codes, periods: ArrayLike) -> Spells:
    """Return the red spells of all municipalities in one KPI.

    codes: area × period, as `colour.CODES`. A spell begins with the first red year that is seen
    and ends in the first green one; yellow years between belong to it. It is censored at the last
    year in which the municipality has a colour, if one is missing in a year in which any has.
    """
    years = np.asarray(periods, dtype=np.int64)
    measured = np.flatnonzero((codes >= 0).any(axis=0))
    begun = np.full(len(codes), -1, dtype=np.int64)
    last = np.zeros(len(codes), dtype=np.int64)
    spells: list[tuple[int, bool]] = []
    for at in measured:
        code, year = codes[:, at], int(years[at])
        lost, green = (begun >= 0) & (code < 0), (begun >= 0) & (code == CODES[GREEN])
        spells += [(int(n), False) for n in (last - begun)[lost]]
        spells += [(int(n), True) for n in (year - begun)[green]]
        begun[lost | green] = -1
        begun[(begun < 0) & (code == CODES[RED])] = year
        last[code >= 0] = year
    spells += [(int(n), False) for n in (last - begun)[begun >= 0]]
    return Spells(tuple(n for n, _ in spells), tuple(end for _, end in spells))


def time_to_green(codes: Codes, periods: ArrayLike) -> KaplanMeier:
    """Return the time from red to green among all municipalities in one KPI; see `red_spells`."""
    spells = red_spells(codes, periods)
    return kaplan_meier(spells.years, spells.ended)
