"""The scores table: colour, rank and gaps of KPIs, each with its reason.

Docs: docs/metod.md sections 1–3 and 5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from malstyr_lib import kpi_title, tables, text
from malstyr_lib.model import Kpi
from malstyr_lib.scoring.colour import FEWEST, Standing, colour_of, goodness, standing
from malstyr_lib.scoring.cube import cube
from malstyr_lib.scoring.distance import Distance, distance
from malstyr_lib.scoring.groups import Group
from malstyr_lib.scoring.privacy import paired
from malstyr_lib.scoring.trend import middle

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
    worse than the median; `gap_iqr` is that in interquartile ranges. Source: metod.md 1-3.
    """
    rows = observations if gender == "T" else paired(observations)
    whole = cube(rows, kpis=[kpi.id for kpi in kpis], areas=everyone, years=years, gender=gender)
    own = whole.areas.index(municipality)
    parts = []
    for number, kpi in enumerate(kpis):
        peers = groups[kpi.id]
        series = _judged(whole.values[number], kpi, own=own, members=_places(whole.areas, peers))
        asked = _Asked(whole.periods, gender, (titles or {}).get(kpi.id), frozenset(years))
        table = _table(series, asked)
        parts.append(table.assign(municipality=municipality, group=peers.kind, gender=gender))
    joined = pd.concat(parts, ignore_index=True) if parts else tables.empty(tables.SCORES)
    return joined[list(tables.SCORES)].astype(tables.SCORES)


def _places(areas: Sequence[str], peers: Group) -> NDArray[np.int64]:
    """Return where a group's members stand among the areas."""
    members = set(peers.members)
    return np.array([at for at, area in enumerate(areas) if area in members], dtype=np.int64)


@dataclass(frozen=True)
class _Asked:
    """What a KPI was asked about: the cube's years, the gender, its live title, certain years."""

    periods: tuple[int, ...]
    gender: str
    live_title: str | None
    years: frozenset[int]


@dataclass(frozen=True)
class _Series:
    """One KPI's own row, judged year by year."""

    kpi: Kpi
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


def _judged(
    values: NDArray[np.float64], kpi: Kpi, *, own: int, members: NDArray[np.int64]
) -> _Series:
    """Return the own row (of values: area × period) judged among the members, all years at once."""
    good = goodness(values[members], kpi.direction, kpi.target)
    stand = standing(good)
    at = int(np.flatnonzero(members == own)[0])
    reported = (~np.isnan(values)).sum(axis=0)
    return _Series(
        kpi=kpi,
        value=values[own],
        colour=colour_of(stand)[at],
        stand=Standing(
            better=stand.better[at],
            worse=stand.worse[at],
            n=(~np.isnan(values[members])).sum(axis=0),
            known=stand.known[at],
        ),
        far=distance(good).of(at),
        reported=reported,
        usual=usual_n(reported),
    )


def usual_n(reported: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return, year by year, the median n of the three latest earlier years that have any value.

    reported: any shape whose last axis is the years. NaN while there is no earlier year. Only
    earlier years count, so that a report made again later says the same.
    """
    usual = np.full(reported.shape, np.nan)
    latest = np.full((*reported.shape[:-1], 3), np.nan)
    for year in range(reported.shape[-1]):
        known = (~np.isnan(latest)).sum(axis=-1, keepdims=True)
        usual[..., year] = middle(np.sort(latest, axis=-1), known)
        now = reported[..., year, np.newaxis]
        latest = np.where(now > 0, np.concatenate([latest[..., 1:], now], axis=-1), latest)
    return usual


def _table(series: _Series, asked: _Asked) -> pd.DataFrame:
    """Return one KPI's score rows, without the columns that are the same for all of them."""
    begun = ~np.isnan(series.value) | ~(series.coverage < GREY_BELOW)
    shown = begun & (series.reported > 0) | np.isin(asked.periods, list(asked.years))
    rows = [_row(series, int(year), asked) for year in np.flatnonzero(shown)]
    columns = [name for name in tables.SCORES if name not in ("municipality", "group", "gender")]
    return pd.DataFrame(rows, columns=columns)


def _row(series: _Series, year: int, asked: _Asked) -> dict[str, object]:
    """Return one score row."""
    grey = _why_grey(series, year, asked)
    ranked = bool(series.stand.known[year] and not grey)
    colour = tables.GREY if grey else str(series.colour[year])
    return {
        "kpi": series.kpi.id,
        "period": asked.periods[year],
        "value": series.value[year],
        "n": series.stand.n[year],
        "rank": series.stand.better[year] + 1 if ranked else None,
        "colour": colour,
        "reason": grey or _why_coloured(series, year),
        "gap_to_yellow": series.far.to_yellow[year] if colour == tables.RED else np.nan,
        "gap_to_median": series.far.to_median[year] if ranked else np.nan,
        "gap_iqr": series.far.in_iqr[year] if ranked else np.nan,
        "preliminary": ranked and bool(series.coverage[year] < PRELIMINARY_BELOW),
    }


def _why_grey(series: _Series, year: int, asked: _Asked) -> str:
    """Return why a KPI has no colour in a year, or nothing when it has one."""
    kpi, period, n = series.kpi, asked.periods[year], int(series.stand.n[year])
    ended, changed = kpi_title.ended_year(kpi.title), _why_changed(kpi.title, asked.live_title)
    reasons = (
        (kpi.direction == "ingen", NO_DIRECTION),
        (bool(changed), changed),
        (ended is not None and period > ended, f"serien upphörde {ended}"),
        (np.isnan(series.value[year]), _why_missing(period, asked.gender)),
        (n < FEWEST, f"för få jämförbara: {text.count(n, 'kommun', 'kommuner')} har värde"),
        (series.coverage[year] < GREY_BELOW, f"för få har lämnat uppgift: {_share(series, year)}"),
    )
    return next((reason for applies, reason in reasons if applies), "")


def _why_missing(period: int, gender: str) -> str:
    if gender == "T":
        return f"eget värde saknas för {period}"
    return (
        f"värdet för {period} saknas, eller visas inte eftersom det andra könets eller det totala"
        " saknas"
    )


def _why_coloured(series: _Series, year: int) -> str:
    """Return the count that the colour rests on."""
    stand = series.stand
    n, better, worse = (int(part[year]) for part in (stand.n, stand.better, stand.worse))
    alike = n - better - worse - 1
    tied = f" och {alike} lika" if alike else ""
    counted = f"{better} av {n} har bättre värde, {worse} sämre{tied}{_depth(series, year)}"
    if series.coverage[year] < PRELIMINARY_BELOW:
        return f"{counted}; preliminär färg: {_share(series, year)}"
    return counted


def _depth(series: _Series, year: int) -> str:
    """Return whether a red value is near its border or far beyond it."""
    beyond = series.far.yellow_in_iqr[year]
    if series.colour[year] != tables.RED:
        return ""
    if beyond > DEEP_BEYOND:
        return f"; {DEEPLY_RED}"
    return f"; {BARELY_RED}" if beyond <= BARE_WITHIN else ""


def _share(series: _Series, year: int) -> str:
    reported = text.count(int(series.reported[year]), "kommun", "kommuner")
    return f"{reported} har värde, normalt {series.usual[year]:.0f}"


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


def _why_too_old(period: int, year: int, ended: int | None, years: NDArray[np.int64]) -> str:
    """Return why a newest row is too old for a colour in a year's report, or nothing."""
    if ended is not None and ended < year:
        return f"serien upphörde {ended}"
    return f"senaste uppgiften är från {period}" if too_old(years, year) else ""


def too_old(years: NDArray[np.int64], year: int) -> bool:
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
