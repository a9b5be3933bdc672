"""Why a colour turned: the change of the distance to the border, in parts that sum to it.

Docs: docs/metod.md section 4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from math import factorial
from typing import Final

import numpy as np
import pandas as pd

from malstyr_lib.errors import UsageError
from malstyr_lib.scoring.arrays import Floats, Marks
from malstyr_lib.scoring.colour import goodness, significant
from malstyr_lib.scoring.distance import Border, border_of

Values = Mapping[str, float] | pd.Series

PARTS: Final = ("own", "others", "members", "revision")


@dataclass(frozen=True)
class Decomposition:
    """The change of the distance to a border, in the KPI's unit: positive is for the better.

    before and after: how far on the better side of the border the value was (negative: on the
    worse side). own, others, members and revision: the parts of `total` = after - before that
    come of the own value, the others' values, who is compared, and what Kolada has revised in the
    earlier year since it was first told; they sum to it.
    """

    before: float
    after: float
    own: float
    others: float
    members: float
    revision: float

    @property
    def total(self) -> float:
        """The whole change."""
        return self.after - self.before


@dataclass(frozen=True)
class _Side:
    """One year's goodness of the same areas, the own first, and which of them are compared."""

    good: Floats
    compared: Marks


def decompose_shift(
    before: Values,
    after: Values,
    municipality: str,
    direction: str,
    *,
    target: float | None = None,
    border: Border = "red",
    members_before: Iterable[str] | None = None,
    members_after: Iterable[str] | None = None,
    published: Values | None = None,
) -> Decomposition:
    """Return what a change of the distance to a colour border is made of.

    before, after: value by municipality, the own included, in two years, as they are told now.
    border: red (what it takes not to be red) or green (to be green). members_before, members_after:
    the comparison group each year, all that have a value by default. published: the earlier
    year's values as they were first told; without them nothing is revised.
    Shapley average over all orders in which the four parts may come, so none is favoured. A
    municipality that is compared but lacks a value in one of the years keeps its other one.
    UsageError when the own value is missing, or fewer than four are compared in either year.
    Source: Shapley 1953.

    >>> before = {"2083": 10.0, "a": 8.0, "b": 9.0, "c": 11.0, "d": 12.0}
    >>> after = {"2083": 11.0, "a": 8.0, "b": 8.5, "c": 11.0, "d": 10.0}
    >>> found = decompose_shift(before, after, "2083", "lågt")
    >>> found.before, found.after, found.own, found.others
    (2.0, 0.0, -1.0, -1.0)
    """
    first = before if published is None else published
    group_before, group_after = _group(members_before), _group(members_after)
    areas = _areas(municipality, before, after, first)
    sides = [
        _side(one, areas, members, direction, target)
        for one, members in (
            (first, group_before),
            (before, group_before),
            (after, group_after),
        )
    ]
    _refuse(municipality, sides)

    @cache  # each part asks for it in eight orders, and there are but sixteen to ask for
    def margin(parts: frozenset[str]) -> float:
        return _margin(sides, parts, border)

    found = {part: _shapley(part, margin) for part in PARTS}
    return Decomposition(before=margin(frozenset()), after=margin(frozenset(PARTS)), **found)


def _group(members: Iterable[str] | None) -> list[str] | None:
    """Return a group's members so that they can be read more than once."""
    return None if members is None else list(members)


def _areas(own: str, *years: Values) -> list[str]:
    """Return the own municipality and then all others that any of the years names."""
    others = {str(area) for year in years for area in dict(year)} - {own}
    return [own, *sorted(others)]


def _side(
    values: Values,
    areas: list[str],
    members: list[str] | None,
    direction: str,
    target: float | None,
) -> _Side:
    known = dict(values)
    told = np.array([known.get(area, np.nan) for area in areas], dtype=float)
    good = significant(goodness(told, direction, target))
    within = np.ones(len(areas), dtype=bool) if members is None else np.isin(areas, members)
    within[0] = True
    return _Side(good, within & ~np.isnan(good))


def _refuse(own: str, sides: list[_Side]) -> None:
    if any(np.isnan(side.good[0]) for side in sides):
        raise UsageError(f"{own} saknar värde i något av åren, eller så saknas riktning.")
    if any(side.compared.sum() < 4 for side in sides):
        raise UsageError("Färre än fyra kommuner har värde i något av åren; det finns ingen färg.")


def _margin(sides: list[_Side], parts: frozenset[str], border: Border) -> float:
    """Return the distance to the border when some of the parts are as they became."""
    published, revised, after = sides
    start = revised if "revision" in parts else published
    own = after if "own" in parts else start
    others = after if "others" in parts else start
    who = after if "members" in parts else start
    kept = others.good
    for other in (after, start, published, revised):
        kept = np.where(np.isnan(kept), other.good, kept)
    return float(own.good[0]) - border_of(kept[1:][who.compared[1:]], border)


def _shapley(part: str, margin: Callable[[frozenset[str]], float]) -> float:
    """Return a part's mean contribution over all orders of the parts."""
    rest = [one for one in PARTS if one != part]
    whole = factorial(len(PARTS))
    total = 0.0
    for size in range(len(rest) + 1):
        orders = factorial(size) * factorial(len(rest) - size)
        for sooner in combinations(rest, size):
            already = frozenset(sooner)
            total += orders / whole * (margin(already | {part}) - margin(already))
    return total
