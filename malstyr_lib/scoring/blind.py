"""Blind spots: where a municipality is red, or stands out, and no committee is watching.

Docs: docs/metod.md section 12.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from malstyr_lib import kpi_title, tables
from malstyr_lib.model import Kpi
from malstyr_lib.scoring.arrays import Counts, Floats, Marks
from malstyr_lib.scoring.colour import CODES, colour_codes, goodness
from malstyr_lib.scoring.cube import Cube
from malstyr_lib.scoring.distance import stand_and_distance
from malstyr_lib.scoring.scores import GREY_BELOW, PRELIMINARY_BELOW, too_old, usual_n

BLIND_SPOTS: Final = {
    "kpi": "str",
    "title": "str",
    "period": "int64",
    "value": "float64",
    "n": "int64",
    "rank": "Int64",
    "beyond": "int64",
    "colour": "str",
    "kind": "str",
    "gap_iqr": "float64",
    "preliminary": "bool",
    "reason": "str",
}
"""What `blind_spots` returns. kind: red, high or low; high and low have no direction, so `colour`
is grey and `rank` counts from the highest value. beyond: how many municipalities lie farther out
on that side; of a red one, how many are better."""
OUTERMOST: Final = 0.05
"""The share of the municipalities, at either end, that stand out."""


def blind_spots(
    whole: Cube,
    municipality: str,
    *,
    titles: Mapping[str, str],
    directions: Mapping[str, Kpi],
    watched: Collection[str],
    year: int,
) -> pd.DataFrame:
    """Return what no committee watches (`BLIND_SPOTS`), in each KPI's newest year up to `year`.

    whole: the values of all municipalities. titles: Kolada's, by KPI; one without is left out.
    directions: the registry's KPIs by id. watched: the KPIs of the committees, left out too.
    A KPI with a direction is listed when the municipality is red; one without when it is among
    the 5 % with the highest or lowest values, ties included, without a colour. Left out, as they
    can't be judged: series that have ended or are too old, years that less than half of the usual
    number have reported, missing own values, and titles that are not the pinned ones.
    """
    chosen = [
        at
        for at, kpi in enumerate(whole.kpis)
        if kpi not in watched and _may_be_judged(titles.get(kpi, ""), directions.get(kpi), year)
    ]
    part = Cube(
        tuple(whole.kpis[at] for at in chosen), whole.areas, whole.periods, whole.values[chosen]
    )
    own = part.areas.index(municipality)
    newest = _newest(part, own, year)
    rows = [*_reds(newest, own, directions), *_standing_out(newest, own, directions)]
    named = [row | {"title": titles[str(row["kpi"])]} for row in rows]
    return tables.of_rows(BLIND_SPOTS, named)


def _may_be_judged(title: str, known: Kpi | None, year: int) -> bool:
    """Return whether a KPI is one to look at, by its title."""
    ended = kpi_title.ended_year(title)
    if not title or (ended is not None and ended < year):
        return False
    return known is None or kpi_title.same(known.title, title)


@dataclass(frozen=True)
class _Newest:
    """The KPIs that may be judged, each in its newest year: value by area, and which year."""

    kpis: tuple[str, ...]
    period: Counts
    values: Floats
    preliminary: Marks

    def only(self, which: list[bool]) -> _Newest:
        """Return some of them."""
        kept = np.array(which, dtype=bool)
        kpis = tuple(kpi for kpi, keep in zip(self.kpis, which, strict=True) if keep)
        return _Newest(kpis, self.period[kept], self.values[kept], self.preliminary[kept])


def _newest(part: Cube, own: int, year: int) -> _Newest:
    """Return the KPIs whose newest year up to `year` may be judged, in that year."""
    upto = np.array(part.periods) <= year
    values, periods = part.values[..., upto], np.array(part.periods)[upto]
    reported = (~np.isnan(values)).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        coverage = reported / np.array([usual_n(row) for row in reported]).reshape(reported.shape)
    begun = (~np.isnan(values[:, own]) | ~(coverage < GREY_BELOW)) & (reported > 0)
    seen = np.flatnonzero(begun.any(axis=1))
    at = begun.shape[1] - 1 - np.argmax(begun[seen, ::-1], axis=1) if len(seen) else seen
    found = _Newest(
        kpis=tuple(part.kpis[one] for one in seen),
        period=periods[at],
        values=values[seen, :, at],
        preliminary=coverage[seen, at] < PRELIMINARY_BELOW,
    )
    return found.only(
        [
            not np.isnan(found.values[row, own])
            and not coverage[one, at[row]] < GREY_BELOW
            and not too_old(periods[begun[one]], year)
            for row, one in enumerate(seen)
        ]
    )


def _reds(newest: _Newest, own: int, directions: Mapping[str, Kpi]) -> Iterator[dict[str, object]]:
    """Yield the KPIs with a direction in which the municipality is red, farthest first."""
    known = newest.only(
        [kpi in directions and directions[kpi].direction != "ingen" for kpi in newest.kpis]
    )
    good = known.values.copy()
    for at, kpi in enumerate(known.kpis):
        good[at] = goodness(known.values[at], directions[kpi].direction, directions[kpi].target)
    stand, found = stand_and_distance(good)
    far = found.in_iqr[:, own]
    red = colour_codes(stand)[:, own] == CODES[tables.RED]
    for at in sorted(np.flatnonzero(red).tolist(), key=lambda at: -np.nan_to_num(far[at])):
        n, better = int(stand.n[at, 0]), int(stand.better[at, own])
        yield _row(known, at, own) | {
            "n": n,
            "rank": better + 1,
            "beyond": better,
            "colour": tables.RED,
            "kind": "red",
            "gap_iqr": far[at],
            "reason": f"{better} av {n} har bättre värde{_early(known, at)}",
        }


def _standing_out(
    newest: _Newest, own: int, directions: Mapping[str, Kpi]
) -> Iterator[dict[str, object]]:
    """Yield the KPIs without a direction in which the municipality is outermost."""
    neutral = newest.only(
        [kpi not in directions or directions[kpi].direction == "ingen" for kpi in newest.kpis]
    )
    stand, found = stand_and_distance(neutral.values)
    far = found.in_iqr[:, own]
    for at in range(len(neutral.kpis)):
        n, above, below = (
            int(one) for one in (stand.n[at, 0], stand.better[at, own], stand.worse[at, own])
        )
        side = _side(n, above, below)
        if side:
            beyond = above if side == "high" else below
            yield _row(neutral, at, own) | {
                "n": n,
                "rank": above + 1,
                "beyond": beyond,
                "colour": tables.GREY,
                "kind": side,
                "gap_iqr": abs(far[at]),
                "reason": _outermost(n, beyond, side) + _early(neutral, at),
            }


def _side(n: int, above: int, below: int) -> str:
    """Return at which end a value is among the outermost 5 %, all that are tied with it counted."""
    room = int(OUTERMOST * n)
    if n - below <= room:
        return "high"
    return "low" if n - above <= room else ""


def _outermost(n: int, beyond: int, side: str) -> str:
    which = "högre" if side == "high" else "lägre"
    return f"{beyond or 'ingen'} av {n} kommuner har {which} värde; måttet saknar riktning"


def _early(newest: _Newest, at: int) -> str:
    return "; preliminärt, färre än vanligt har värde" if newest.preliminary[at] else ""


def _row(newest: _Newest, at: int, own: int) -> dict[str, object]:
    return {
        "kpi": newest.kpis[at],
        "period": newest.period[at],
        "value": newest.values[at, own],
        "preliminary": bool(newest.preliminary[at]),
    }
