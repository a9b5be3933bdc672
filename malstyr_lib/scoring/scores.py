"""The scores table: colour, rank and gaps of KPIs, each with its reason.

Docs: docs/metod.md sections 1–3 and 5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan, nan
from statistics import median

import numpy as np
import pandas as pd

from malstyr_lib import kpi_title, tables, text
from malstyr_lib.model import Kpi
from malstyr_lib.scoring.arrays import Counts, Floats
from malstyr_lib.scoring.colour import (
    FEWEST,
    Standing,
    colour_of,
    goodness,
    one_placed,
)
from malstyr_lib.scoring.cube import Cube, cube
from malstyr_lib.scoring.distance import Distance, measured
from malstyr_lib.scoring.groups import Group
from malstyr_lib.scoring.privacy import paired

PRELIMINARY_BELOW = 0.8
GREY_BELOW = 0.5
BARE_WITHIN = 0.1
DEEP_BEYOND = 1.0
OLD_AFTER_YEARS = 3
BARELY_RED = "knappt röd"
DEEPLY_RED = "djupt röd"
_JUDGEMENTS = ("rank", "gap_to_yellow", "gap_to_median", "gap_iqr")

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
    from the pinned title makes the KPI grey. Comparators are always of the same year. For K and
    M, a municipality that lacks one of the two, or T alone, has neither (see `paired`).
    `gap_to_yellow` is in the KPI's unit and given for red only; `gap_to_median` is positive when
    worse than the median; `gap_iqr` is that in interquartile ranges.
    """
    shown = observations if gender == "T" else paired(observations)
    whole = cube(shown, kpis=[kpi.id for kpi in kpis], areas=everyone, years=years, gender=gender)
    own, rows = whole.areas.index(municipality), []
    for number, kpi in enumerate(kpis):
        peers = groups[kpi.id]
        members = np.flatnonzero(np.isin(whole.areas, peers.members))
        judged = _judged(whole, number, kpi, own=own, members=members)
        same = {"municipality": municipality, "group": peers.kind, "gender": gender}
        asked = _asked(kpi, gender, (titles or {}).get(kpi.id), years)
        rows += [same | _row(year, asked) for year in judged if _is_told(year, asked)]
    return tables.of_rows(tables.SCORES, rows)


@dataclass(frozen=True)
class _Asked:
    """What a KPI was asked about, and what makes it grey: an ended series, a changed title."""

    kpi: Kpi
    gender: str
    ended: int | None
    changed: str
    years: frozenset[int]


def _asked(kpi: Kpi, gender: str, live_title: str | None, years: Sequence[int]) -> _Asked:
    ended, changed = kpi_title.ended_year(kpi.title), _why_changed(kpi.title, live_title)
    return _Asked(kpi, gender, ended, changed, frozenset(years))


@dataclass(frozen=True)
class _Year:
    """One KPI's own value in one year, judged."""

    period: int
    value: float
    colour: str
    better: int
    worse: int
    n: int
    known: bool
    to_yellow: float
    to_median: float
    in_iqr: float
    yellow_in_iqr: float
    reported: int
    usual: float

    @property
    def coverage(self) -> float:
        """The share of the usual number of municipalities that have a value; NaN when unknown."""
        return self.reported / self.usual


def _judged(whole: Cube, number: int, kpi: Kpi, *, own: int, members: Counts) -> list[_Year]:
    """Return a KPI's own values judged among the members, all years at once."""
    by_period = whole.values[number].T
    compared = np.take(by_period, members, axis=1)
    good = goodness(compared, kpi.direction, kpi.target)
    stand, far = _own(good, int(np.flatnonzero(members == own)[0]))
    reported = (~np.isnan(by_period)).sum(axis=1)
    columns = (
        by_period[:, own],
        colour_of(stand),
        stand.better,
        stand.worse,
        (~np.isnan(compared)).sum(axis=1),
        stand.known,
        far.to_yellow,
        far.to_median,
        far.in_iqr,
        far.yellow_in_iqr,
        reported,
        usual_n(reported),
    )
    lists = (column.tolist() for column in columns)
    return [_Year(*one) for one in zip(whole.periods, *lists, strict=True)]


def _own(good: Floats, at: int) -> tuple[Standing, Distance]:
    """Return how one of those compared (good: period × area) stands, and its distances."""
    ranked, stand = one_placed(good, at)
    far = measured(good[:, at : at + 1], ranked)
    return stand, Distance(far.to_yellow[:, 0], far.to_median[:, 0], far.spread[:, 0])


def usual_n(reported: Counts) -> Floats:
    """Return, year by year, the median n of the three latest earlier years that have any value.

    NaN while there is no earlier year. Only earlier years count, so that a report made again
    later says the same.
    """
    usual: list[float] = []
    earlier: list[int] = []
    for n in reported.tolist():
        usual.append(median(earlier[-3:]) if earlier else nan)
        earlier += [n] if n > 0 else []
    return np.array(usual, dtype=np.float64)


def _is_told(year: _Year, asked: _Asked) -> bool:
    """Return whether a year has a row: see `score`."""
    begun = not isnan(year.value) or not year.coverage < GREY_BELOW
    return (begun and year.reported > 0) or year.period in asked.years


def _row(year: _Year, asked: _Asked) -> dict[str, object]:
    """Return one score row."""
    grey = _why_grey(year, asked)
    ranked = year.known and not grey
    colour = tables.GREY if grey else year.colour
    return {
        "kpi": asked.kpi.id,
        "period": year.period,
        "value": year.value,
        "n": year.n,
        "rank": year.better + 1 if ranked else None,
        "colour": colour,
        "reason": grey or _why_coloured(year),
        "gap_to_yellow": year.to_yellow if colour == tables.RED else nan,
        "gap_to_median": year.to_median if ranked else nan,
        "gap_iqr": year.in_iqr if ranked else nan,
        "preliminary": ranked and year.coverage < PRELIMINARY_BELOW,
    }


def _why_grey(year: _Year, asked: _Asked) -> str:
    """Return why a KPI has no colour in a year, or nothing when it has one."""
    if asked.kpi.direction == "ingen":
        return NO_DIRECTION
    if asked.changed:
        return asked.changed
    if asked.ended is not None and year.period > asked.ended:
        return f"serien upphörde {asked.ended}"
    if isnan(year.value):
        return _why_missing(year.period, asked.gender)
    if year.n < FEWEST:
        return f"för få jämförbara: {text.count(year.n, 'kommun', 'kommuner')} har värde"
    if year.coverage < GREY_BELOW:
        return f"för få har lämnat uppgift: {_share(year)}"
    return ""


def _why_missing(period: int, gender: str) -> str:
    if gender == "T":
        return f"eget värde saknas för {period}"
    return (
        f"värdet för {period} saknas, eller visas inte eftersom det andra könets eller det totala"
        " saknas"
    )


def _why_coloured(year: _Year) -> str:
    """Return the count that the colour rests on."""
    alike = year.n - year.better - year.worse - 1
    tied = f" och {alike} lika" if alike else ""
    counted = f"{year.better} av {year.n} har bättre värde, {year.worse} sämre{tied}{_depth(year)}"
    if year.coverage < PRELIMINARY_BELOW:
        return f"{counted}; preliminär färg: {_share(year)}"
    return counted


def _depth(year: _Year) -> str:
    """Return whether a red value is near its border or far beyond it."""
    if year.colour != tables.RED:
        return ""
    if year.yellow_in_iqr > DEEP_BEYOND:
        return f"; {DEEPLY_RED}"
    return f"; {BARELY_RED}" if year.yellow_in_iqr <= BARE_WITHIN else ""


def _share(year: _Year) -> str:
    reported = text.count(year.reported, "kommun", "kommuner")
    return f"{reported} har värde, normalt {year.usual:.0f}"


def _why_changed(pinned: str, live: str | None) -> str:
    """Return what Kolada has changed in a title since it was pinned, or nothing."""
    if live is None or kpi_title.same(pinned, live):
        return ""
    if units := kpi_title.changed_unit(pinned, live):
        return f"rubriken har ändrats i Kolada: enheten var {units[0]} och är nu {units[1]}"
    return TITLE_CHANGED


def latest(scores: pd.DataFrame, year: int, kpis: Sequence[Kpi]) -> pd.DataFrame:
    """Return each KPI's newest row up to `year`, as a report of that year may show it.

    A series that has ended, or whose newest row is older than its own rhythm explains (more than
    three years, or one more than lies between its years), keeps its value but has no colour, and
    says why. KPIs without any row up to `year` are absent. The order is that of `scores`.
    """
    sofar = scores[scores["period"] <= year]
    newest = sofar.loc[sofar.groupby("kpi", sort=False)["period"].idxmax()].reset_index(drop=True)
    ended = {kpi.id: kpi_title.ended_year(kpi.title) for kpi in kpis}
    years = {str(kpi): rows.to_numpy() for kpi, rows in sofar.groupby("kpi")["period"]}
    why = [
        _why_too_old(period, year, ended[kpi], years[kpi])
        for kpi, period in zip(newest["kpi"], newest["period"], strict=True)
    ]
    return _without_colour(newest, pd.Series(why, index=newest.index, dtype="str"))


def _why_too_old(period: int, year: int, ended: int | None, years: Counts) -> str:
    """Return why a newest row is too old for a colour in a year's report, or nothing."""
    if ended is not None and ended < year:
        return f"serien upphörde {ended}"
    return f"senaste uppgiften är från {period}" if too_old(years, year) else ""


def too_old(years: Counts, year: int) -> bool:
    """Return whether the last of a series' years is older than its own rhythm explains.

    That is more than three years, or than one more than usually lies between its years.
    """
    rhythm = float(np.median(np.diff(years))) if len(years) > 1 else 0.0
    return bool(year - years[-1] > max(OLD_AFTER_YEARS, rhythm + 1 if rhythm > 0 else 0))


def _without_colour(rows: pd.DataFrame, why: pd.Series) -> pd.DataFrame:
    """Return the rows, grey where a reason is given (and were not grey for another)."""
    off = (why != "") & (rows["colour"] != tables.GREY)
    blank = {name: rows[name].mask(off) for name in _JUDGEMENTS}
    return rows.assign(
        colour=rows["colour"].mask(off, tables.GREY),
        reason=rows["reason"].mask(off, why),
        preliminary=rows["preliminary"] & ~off,
        **blank,
    )
