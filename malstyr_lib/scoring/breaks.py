"""Where a KPI's series is broken: years from which values cannot be set beside the earlier ones.

Read from the figures and from what changed between two retrievals; what Kolada itself says of a
break is read in `break_text`. Docs: docs/metod.md section 8.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

import numpy as np
import pandas as pd

from malstyr_lib.scoring.arrays import Floats
from malstyr_lib.scoring.measured import FEWEST_AREAS, repeated
from malstyr_lib.scoring.sentences import quote, sentences

Kind = Literal["level", "text", "title", "unit"]

LIMIT: Final = 4.0
"""How many times its usual move the median may make before it is a level break."""
FEWEST_MOVES: Final = 4
"""How many other moves it takes to know the usual one."""

FLOOR: Final = 0.5
"""How many interquartile ranges the median must move at least, however still it usually stands."""

_NOISE: Final = 1e-9
_LEAPT: Final = "medianen för alla kommuner ändrades {} mer än fyra gånger så mycket som den brukar"
_STOOD: Final = "medianen för alla kommuner ändrades {}, fast den brukar stå stilla"


@dataclass(frozen=True)
class Break:
    """A break in one KPI's series, with what tells of it in words for a reader.

    period: the first year after the break, from which values are not comparable with the earlier
    ones; None when a text tells of a break without a year that can be placed. kind: level (the
    figures), text (the description), title or unit. reason: Swedish, begins with a small letter.
    """

    kpi: str
    period: int | None
    kind: Kind
    reason: str


@dataclass(frozen=True)
class _Step:
    """From one year with values to the next: the median's move, a year and in all, and the IQR."""

    period: int
    per_year: float
    move: float
    spread: float


def level_breaks(kpi: str, values: Floats, periods: Sequence[int]) -> list[Break]:
    """Return the years in which the median of all municipalities leaps; none for a short series.

    values: one KPI, area × period, in its unit, NaN where missing; municipalities only. periods:
    the years, rising. A step goes from one year with at least 30 municipalities to the next one,
    years that only repeat a measurement left out, and its move is that of the median over those
    with a value in both years, at least 30, so that changed coverage is no leap. A move per
    calendar year that is more than four times the usual one is a break in the later year; the usual
    one is the median of the other steps' moves, of which there must be four. The move must also be
    more than half the distance between the municipalities' quartiles in the earlier year, and more
    than the whole of it where the median usually stands still: a small move after quiet years is
    no new definition (docs/adr/0006).
    """
    steps = _steps(values, periods)
    found = []
    for at, step in enumerate(steps):
        others = [other.per_year for other in steps[:at] + steps[at + 1 :]]
        if len(others) < FEWEST_MOVES:
            continue
        usual = float(np.median(others))
        leapt = step.per_year > LIMIT * usual and step.move > FLOOR * step.spread
        if usual and leapt:
            found.append(Break(kpi, step.period, "level", _LEAPT.format(step.period)))
        elif not usual and step.move > step.spread:
            found.append(Break(kpi, step.period, "level", _STOOD.format(step.period)))
    return found


def _steps(values: Floats, periods: Sequence[int]) -> list[_Step]:
    """Return the steps whose municipalities with values in both years are enough."""
    own = ~np.isin(periods, list(repeated(values, periods)))
    enough = np.flatnonzero(own & ((~np.isnan(values)).sum(axis=0) >= FEWEST_AREAS))
    pairs = list(pairwise(enough.tolist()))
    both = [values[~np.isnan(values[:, pair]).any(axis=1)][:, pair] for pair in pairs]
    return [
        _step(pair, periods[a], periods[b])
        for pair, (a, b) in zip(both, pairs, strict=True)
        if len(pair) >= FEWEST_AREAS
    ]


def _step(pair: Floats, before: int, after: int) -> _Step:
    """Return the step of municipalities × two years; a move that is only noise is none at all."""
    first, last = np.median(pair, axis=0)
    q1, q3 = np.quantile(pair[:, 0], (0.25, 0.75))
    move = abs(float(last - first))
    if move <= _NOISE * max(abs(first), abs(last)):
        move = 0.0
    return _Step(after, move / (after - before), move, float(q3 - q1))


def changed_breaks(changes: pd.DataFrame, period: int) -> list[Break]:
    """Return a break for every changed unit, title and description, in the order of the table.

    changes: kpi, change, before, after as `drift.KPI_CHANGES`, between two retrievals; other
    kinds of change are no breaks. period: the first year whose values were published with the
    new words, which only the caller knows.
    """
    rows = zip(changes["kpi"], changes["change"], changes["before"], changes["after"], strict=True)
    return [
        Break(str(kpi), period, *_TOLD[change](before, after))
        for kpi, change, before, after in rows
        if change in _TOLD
    ]


def _unit(before: str, after: str) -> tuple[Kind, str]:
    return "unit", f"enheten ändrades från {before} till {after}"


def _title(before: str, after: str) -> tuple[Kind, str]:
    return "title", f"titeln ändrades från ”{before}” till ”{after}”"


def _description(before: str, after: str) -> tuple[Kind, str]:
    """Return the first new sentence of the description, or only that some were taken away."""
    known = set(sentences(before))
    new = [sentence for sentence in sentences(after) if sentence not in known]
    if not new:
        return "text", "beskrivningen ändrades: den säger mindre än förut"
    return "text", f"beskrivningen ändrades: ”{quote(new[0])}”"


_TOLD: Final = {"unit": _unit, "renamed": _title, "redescribed": _description}
