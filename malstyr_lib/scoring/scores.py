"""The scores table: colour, rank and gaps of KPIs, each with its reason.

Docs: docs/metod.md sections 1–3.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from malstyr_lib import tables
from malstyr_lib.model import Kpi
from malstyr_lib.scoring.colour import FEWEST, Standing, colour_of, goodness, standing
from malstyr_lib.scoring.cube import Cube, cube
from malstyr_lib.scoring.distance import Distance, distance
from malstyr_lib.scoring.groups import Group

PRELIMINARY_BELOW = 0.8
GREY_BELOW = 0.5
BARE_WITHIN = 0.1
DEEP_BEYOND = 1.0
BARELY_RED = "knappt röd"
DEEPLY_RED = "djupt röd"
_ENDED = re.compile(r"\(-\s*(\d{4})\)\s*$")

NO_DIRECTION = "nyckeltalet har ingen riktning och färgsätts inte"
TITLE_CHANGED = "rubriken har ändrats i Kolada sedan riktningen bestämdes"


def score(
    observations: pd.DataFrame,
    kpis: Sequence[Kpi],
    municipality: str,
    *,
    everyone: Sequence[str],
    groups: Mapping[str, Group],
    titles: Mapping[str, str] | None = None,
    years: Sequence[int] = (),
    gender: str = "T",
) -> pd.DataFrame:
    """Return one municipality's scores (tables.SCORES), a row per KPI and year.

    A year has a row when the municipality has a value, when at least half of the usual number
    of municipalities has one, or when it is among `years` (grey, if there is nothing to judge).

    observations: the KPIs' values for all municipalities. everyone: the ids of all
    municipalities, against which coverage is judged. groups: the comparison group of each KPI
    id, with `municipality` among its members. titles: live titles by KPI id; one that differs
    from the pinned title makes the KPI grey. Comparators are always of the same year.
    `gap_to_yellow` is in the KPI's unit and given for red only; `gap_to_median` is positive when
    worse than the median; `gap_iqr` is that in interquartile ranges. Source: metod.md 1-3.
    """
    whole = cube(
        observations, kpis=[kpi.id for kpi in kpis], areas=everyone, years=years, gender=gender
    )
    parts = [
        _score_one(whole, number, kpi, municipality, groups[kpi.id], titles or {}, years)
        for number, kpi in enumerate(kpis)
    ]
    joined = pd.concat(parts, ignore_index=True) if parts else tables.empty(tables.SCORES)
    return joined.assign(gender=gender)[list(tables.SCORES)].astype(tables.SCORES)


@dataclass(frozen=True)
class _Judged:
    """One KPI's own row of a standing, year by year."""

    value: NDArray[np.float64]
    colour: NDArray[np.str_]
    stand: Standing
    far: Distance
    reported: NDArray[np.int64]
    usual: NDArray[np.float64]

    @property
    def coverage(self) -> NDArray[np.float64]:
        """The share of the usual number of municipalities that have a value; NaN when unknown."""
        return self.reported / self.usual


def _score_one(
    whole: Cube,
    number: int,
    kpi: Kpi,
    municipality: str,
    peers: Group,
    titles: Mapping[str, str],
    asked: Sequence[int],
) -> pd.DataFrame:
    """Return the score rows of one KPI."""
    values = whole.values[number]
    members = [area for area in whole.areas if area in set(peers.members)]
    judged = _judge(values, whole.areas, municipality, members, kpi)
    begun = ~np.isnan(judged.value) | ~(judged.coverage < GREY_BELOW)
    shown = begun & (judged.reported > 0) | np.isin(whole.periods, asked)
    rows = [
        _row(judged, int(year), whole.periods[year], kpi, titles) for year in np.flatnonzero(shown)
    ]
    columns = [name for name in tables.SCORES if name not in ("kpi", "municipality", "group")]
    table = pd.DataFrame(rows, columns=[name for name in columns if name != "gender"])
    return table.assign(kpi=kpi.id, municipality=municipality, group=peers.kind)


def _judge(
    values: NDArray[np.float64],
    areas: Sequence[str],
    municipality: str,
    members: Sequence[str],
    kpi: Kpi,
) -> _Judged:
    """Return the own municipality's standing among the members, for every year at once."""
    at = [areas.index(area) for area in members]
    own = members.index(municipality)
    good = goodness(values[at], kpi.direction, kpi.target)
    stand = standing(good)
    reported = (~np.isnan(values)).sum(axis=0)
    return _Judged(
        value=values[areas.index(municipality)],
        colour=colour_of(stand)[own],
        stand=Standing(
            stand.better[own],
            stand.worse[own],
            (~np.isnan(values[at])).sum(axis=0),
            stand.known[own],
        ),
        far=distance(good).of(own),
        reported=reported,
        usual=usual_n(reported),
    )


def usual_n(reported: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return, year by year, the median n of the three latest earlier years that have any value.

    NaN while there is no earlier year. Only earlier years count, so that a report made again
    later says the same.
    """
    usual = np.full(reported.shape, np.nan)
    for year in range(1, len(reported)):
        earlier = reported[:year][reported[:year] > 0][-3:]
        if len(earlier):
            usual[year] = np.median(earlier)
    return usual


def _row(
    judged: _Judged, year: int, period: int, kpi: Kpi, titles: Mapping[str, str]
) -> dict[str, object]:
    """Return one score row, without its ids."""
    grey = _why_grey(judged, year, period, kpi, titles)
    ranked = judged.stand.known[year] and not grey
    colour = tables.GREY if grey else str(judged.colour[year])
    return {
        "period": period,
        "value": judged.value[year],
        "n": judged.stand.n[year],
        "rank": judged.stand.better[year] + 1 if ranked else None,
        "colour": colour,
        "reason": grey or _why_coloured(judged, year),
        "gap_to_yellow": judged.far.to_yellow[year] if colour == tables.RED else np.nan,
        "gap_to_median": judged.far.to_median[year] if ranked else np.nan,
        "gap_iqr": judged.far.in_iqr[year] if ranked else np.nan,
        "preliminary": bool(ranked and judged.coverage[year] < PRELIMINARY_BELOW),
    }


def _why_grey(judged: _Judged, year: int, period: int, kpi: Kpi, titles: Mapping[str, str]) -> str:
    """Return why a KPI has no colour in a year, or nothing when it has one."""
    ended = ended_year(kpi.title)
    n = judged.stand.n[year]
    reasons = (
        (kpi.direction == "ingen", NO_DIRECTION),
        (_changed(kpi.title, titles.get(kpi.id)), TITLE_CHANGED),
        (ended is not None and period > ended, f"serien upphörde {ended}"),
        (np.isnan(judged.value[year]), f"eget värde saknas för {period}"),
        (n < FEWEST, f"för få jämförbara: {n} kommuner har värde"),
        (
            judged.coverage[year] < GREY_BELOW,
            f"för få har lämnat uppgift ännu: {_share(judged, year)}",
        ),
    )
    return next((reason for applies, reason in reasons if applies), "")


def _why_coloured(judged: _Judged, year: int) -> str:
    """Return the count that the colour rests on."""
    n, better, worse = (
        int(part[year]) for part in (judged.stand.n, judged.stand.better, judged.stand.worse)
    )
    counted = f"{better} av {n} har bättre värde, {worse} sämre{_depth(judged, year)}"
    if judged.coverage[year] < PRELIMINARY_BELOW:
        return f"{counted}; preliminär färg: {_share(judged, year)}"
    return counted


def _depth(judged: _Judged, year: int) -> str:
    """Return whether a red value is near its border or far beyond it."""
    beyond = judged.far.yellow_in_iqr[year]
    if judged.colour[year] != tables.RED:
        return ""
    if beyond > DEEP_BEYOND:
        return f"; {DEEPLY_RED}"
    return f"; {BARELY_RED}" if beyond <= BARE_WITHIN else ""


def _share(judged: _Judged, year: int) -> str:
    return f"{judged.reported[year]} kommuner har värde, normalt {judged.usual[year]:.0f}"


def ended_year(title: str) -> int | None:
    """Return the year that a series ended, which Kolada marks only at the end of its title."""
    found = _ENDED.search(title)
    return int(found[1]) if found else None


def _changed(pinned: str, live: str | None) -> bool:
    return live is not None and pinned.split() != live.split()


def latest(scores: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return each KPI's newest row up to `year`, in the order of the KPIs in `scores`.

    KPIs without any row up to `year` are absent.
    """
    sofar = scores[scores["period"] <= year]
    newest = sofar.loc[sofar.groupby("kpi", sort=False)["period"].idxmax()]
    return newest.reset_index(drop=True)
