"""What can be said of a municipality's KPIs, as tables: every figure with its reason beside it.

Evidence in, a table per question out; all in the order of the KPIs. The reasons are Swedish and
without a full stop. How sure a colour is stands in `sureness`. Docs: docs/metod.md.
"""

from __future__ import annotations

from math import nan
from typing import Any, Final

import numpy as np
import pandas as pd

from malstyr_lib import tables
from malstyr_lib.model import Kpi
from malstyr_lib.scoring import phrases
from malstyr_lib.scoring.compare import compared_change
from malstyr_lib.scoring.evidence import Evidence
from malstyr_lib.scoring.limits import limits
from malstyr_lib.scoring.margin import change_within_counts, change_within_margin, in_percent
from malstyr_lib.scoring.shift import Shift
from malstyr_lib.scoring.slow import Mobility
from malstyr_lib.scoring.spells import KaplanMeier
from malstyr_lib.scoring.trend import Trend, judgement

TRENDS: Final = {
    "kpi": "str",
    "municipality": "str",
    "first": "Int64",
    "last": "Int64",
    "years": "int64",
    "slope_per_year": "float64",
    "p_value": "float64",
    "percentile": "float64",
    "verdict": "str",
    "way": "str",
    "judgement": "str",
    "reason": "str",
}
MOBILITY: Final = {
    "kpi": "str",
    "pairs": "int64",
    "rho": "float64",
    "half_life": "float64",
    "red_to_red": "float64",
    "red_to_yellow": "float64",
    "red_to_green": "float64",
    "grade": "str",
    "reason": "str",
}
SHIFTS: Final = {
    "kpi": "str",
    "municipality": "str",
    "period_before": "int64",
    "value_before": "float64",
    "before": "str",
    "period": "int64",
    "value": "float64",
    "after": "str",
    "peers": "int64",
    "peers_same": "int64",
    "base_rate": "float64",
    "own": "float64",
    "others": "float64",
    "members": "float64",
    "revision": "float64",
    "total": "float64",
    "lasted": "boolean",
    "reason": "str",
}
CHANGES: Final = {
    "kpi": "str",
    "municipality": "str",
    "period_before": "int64",
    "period": "int64",
    "change": "float64",
    "median": "float64",
    "z": "float64",
    "percentile": "float64",
    "same_way": "float64",
    "n": "int64",
    "within_margin": "boolean",
    "margin_from": "str",
    "reason": "str",
}
TIMES: Final = {
    "kpi": "str",
    "spells": "int64",
    "ended": "int64",
    "within_1": "float64",
    "within_2": "float64",
    "within_3": "float64",
    "within_5": "float64",
    "median": "float64",
    "reason": "str",
}
BREAKS: Final = {"kpi": "str", "period": "Int64", "kind": "str", "reason": "str"}
LIMITS: Final = {
    "kpi": "str",
    "municipality": "str",
    "mean": "float64",
    "low": "float64",
    "high": "float64",
    "n": "int64",
    "preliminary": "bool",
    "outside": "str",
    "reason": "str",
}


def trends(e: Evidence) -> pd.DataFrame:
    """Return the trend of every KPI with its verdict (`TRENDS`); see `trend` and `slow_trend`."""
    return tables.of_rows(TRENDS, (_trend(e, kpi, e.trends[kpi.id]) for kpi in e.kpis))


def _trend(e: Evidence, kpi: Kpi, one: Trend) -> dict[str, Any]:
    at = [e.whole.periods.index(year) for year in one.years]
    judged = judgement(one, e.series(kpi.id)[at], kpi.direction, kpi.target)
    return {
        "kpi": kpi.id,
        "municipality": e.own,
        "first": one.years[0] if one.years else None,
        "last": one.years[-1] if one.years else None,
        "years": len(one.years),
        "slope_per_year": one.slope_per_year,
        "p_value": nan if one.p_value is None else one.p_value,
        "percentile": nan if one.percentile is None else one.percentile,
        "verdict": one.verdict,
        "way": {"up": "upp", "down": "ned", "": ""}[one.way],
        "judgement": judged,
        "reason": phrases.trend_words(
            one, kpi, judged, decimals=e.decimals(kpi.id), broken=e.cut(kpi.id)
        ),
    }


def mobility(e: Evidence) -> pd.DataFrame:
    """Return how slowly every KPI moves over all municipalities (`MOBILITY`)."""
    return tables.of_rows(MOBILITY, (_mobility(kpi, e.mobilities[kpi.id]) for kpi in e.kpis))


def _mobility(kpi: Kpi, one: Mobility) -> dict[str, Any]:
    return {
        "kpi": one.kpi,
        "pairs": one.pairs,
        "rho": one.rho,
        "half_life": one.half_life,
        **{f"red_to_{colour}": one.share(tables.RED, colour) for colour in tables.JUDGED},
        "grade": one.grade,
        "reason": phrases.mobility_words(one, kpi),
    }


def moves(e: Evidence, years: tuple[int, int] | None = None) -> pd.DataFrame:
    """Return what became of every KPI between two years (`SHIFTS`), whatever its colour.

    years: the first and the last; four years back from each KPI's newest value by default, or the
    first year after that with a value and no break since. A KPI without a colour in both, as the
    scores have it, or with a break between them, has no row.
    """
    found = []
    for kpi in e.kpis:
        pair = years or _four_years(e, kpi.id)
        one = e.moved(kpi, pair) if pair and _coloured(e, kpi.id, pair) else None
        if one is not None:
            said = phrases.moved_words(one, e.decimals(kpi.id))
            found.append(_shift(e, one) | {"reason": said})
    return tables.of_rows(SHIFTS, found)


def _four_years(e: Evidence, kpi: str) -> tuple[int, int] | None:
    """Return a KPI's newest year with a value, and the first to compare it with."""
    known = [
        year
        for year, value in zip(e.whole.periods, e.series(kpi), strict=True)
        if not np.isnan(value)
    ]
    back = [
        year
        for year in known
        if known[-1] - 4 <= year < known[-1] and not e.broken(kpi, (year, known[-1]))
    ]
    return (back[0], known[-1]) if back else None


def _coloured(e: Evidence, kpi: str, years: tuple[int, int]) -> bool:
    """Return whether a KPI's scores have a colour in both years."""
    rows = e.scores[(e.scores["kpi"] == kpi) & (e.scores["colour"] != tables.GREY)]
    return set(years) <= set(rows["period"])


def shifts(e: Evidence) -> pd.DataFrame:
    """Return every change of colour with base rate and parts (`SHIFTS`), oldest first."""
    return tables.of_rows(SHIFTS, (_shift(e, one) for one in e.shifts))


def _shift(e: Evidence, one: Shift) -> dict[str, Any]:
    parts = one.parts
    split = ("own", "others", "members", "revision", "total")
    return {
        "kpi": one.kpi,
        "municipality": e.own,
        "period_before": one.period_before,
        "value_before": one.value_before,
        "before": one.before,
        "period": one.period,
        "value": one.value,
        "after": one.after,
        "peers": sum(one.peers.values()),
        "peers_same": one.peers[one.after],
        "base_rate": one.base_rate,
        **{name: getattr(parts, name) if parts else nan for name in split},
        "lasted": one.lasted,
        "reason": "; ".join(phrases.shift_words(one, e.decimals(one.kpi))),
    }


def changes(e: Evidence) -> pd.DataFrame:
    """Return the newest change of every KPI beside the others' (`CHANGES`)."""
    rows = []
    for kpi in e.kpis:
        known = np.flatnonzero(~np.isnan(e.series(kpi.id)))
        if len(known) > 1:
            before, after = (int(at) for at in known[-2:])
            rows.append(_change(e, kpi, before, after))
    return tables.of_rows(CHANGES, rows)


def _change(e: Evidence, kpi: Kpi, before: int, after: int) -> dict[str, Any]:
    values = e.values(kpi.id)
    one = compared_change(values[:, before], values[:, after], e.at)
    years = (e.whole.periods[before], e.whole.periods[after])
    both = (float(values[e.at, before]), float(values[e.at, after]))
    within, source = _within(e, kpi, years, both)
    return {
        "kpi": kpi.id,
        "municipality": e.own,
        "period_before": years[0],
        "period": years[1],
        "change": one.own,
        "median": one.median,
        "z": one.z,
        "percentile": one.percentile,
        "same_way": one.same_way,
        "n": one.n,
        "within_margin": within,
        "margin_from": source,
        "reason": phrases.change_words(
            one,
            years,
            decimals=e.decimals(kpi.id),
            within=source if within else "",
            broken=e.broken(kpi.id, years),
        ),
    }


def _within(
    e: Evidence, kpi: Kpi, years: tuple[int, int], values: tuple[float, float]
) -> tuple[bool | None, str]:
    """Return whether a change may be nothing but chance, and what says so; None when nothing can.

    By Kolada's margins of error where there are, else by Newcombe's interval for the difference
    where the number of persons is known.
    """
    errors = [e.margins.get(kpi.id, {}).get(year, nan) for year in years]
    within = change_within_margin(*values, *errors)
    if within is not None:
        return within, "Kolada"
    bases = [e.bases.get(kpi.id, {}).get(year, 0.0) for year in years]
    shares = in_percent(kpi.title) and all(0 <= value <= 100 for value in values)
    if min(bases) < 1 or not shares:
        return None, ""
    return change_within_counts(values, bases), "antal"


def times(e: Evidence) -> pd.DataFrame:
    """Return the time from red to green among all municipalities, by KPI (`TIMES`)."""
    return tables.of_rows(TIMES, (_time(kpi, e.times[kpi.id]) for kpi in e.kpis))


def _time(kpi: Kpi, one: KaplanMeier) -> dict[str, Any]:
    within = {years: one.within(years) for years in phrases.WITHIN_YEARS}
    return {
        "kpi": kpi.id,
        "spells": one.n,
        "ended": one.events,
        **{f"within_{years}": nan if of is None else of for years, of in within.items()},
        "median": nan if one.median is None else one.median,
        "reason": phrases.time_words(one, kpi),
    }


def breaks(e: Evidence) -> pd.DataFrame:
    """Return the breaks in every KPI's series (`BREAKS`)."""
    return tables.of_rows(
        BREAKS,
        (
            {"kpi": one.kpi, "period": one.period, "kind": one.kind, "reason": one.reason}
            for kpi in e.kpis
            for one in e.breaks[kpi.id]
        ),
    )


def usual(e: Evidence) -> pd.DataFrame:
    """Return between which limits the own values usually lie (`LIMITS`): XmR, from ten points."""
    rows = []
    for kpi in e.kpis:
        years = e.points(kpi.id)
        values = e.series(kpi.id)[[e.whole.periods.index(year) for year in years]]
        found = limits(values.tolist())
        if found is not None:
            outside = [years[at] for at in found.outside]
            rows.append(
                {
                    "kpi": kpi.id,
                    "municipality": e.own,
                    "mean": found.mean,
                    "low": found.low,
                    "high": found.high,
                    "n": found.n,
                    "preliminary": found.preliminary,
                    "outside": " ".join(map(str, outside)),
                    "reason": phrases.usual_words(outside, preliminary=found.preliminary),
                }
            )
    return tables.of_rows(LIMITS, rows)
