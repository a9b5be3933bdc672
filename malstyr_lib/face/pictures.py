"""The two charts of a key figure: its trend, and where all municipalities are in one year."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from malstyr_lib import charts, scoring
from malstyr_lib.questions import Case
from malstyr_lib.report import wording


def trend_chart(case: Case) -> charts.Chart:
    """Return the trend of a case, with the others' middle half, its similar ones and Riket."""
    return charts.trend(
        series(case),
        title=wording.label(case.kpi),
        name=case.name,
        colours=case.colours,
        hint=wording.direction_words(case.kpi),
        decimals=case.decimals,
        exercise=case.setting.exercise,
        breaks=[one.period for one in case.evidence.breaks[case.id] if one.period is not None],
    )


def series(case: Case) -> pd.DataFrame:
    """Return a case's values beside the others' (`scoring.history`), a row per year."""
    return scoring.history(
        case.rows,
        case.id,
        case.setting.own,
        everyone=case.evidence.everyone,
        similar=case.evidence.groups["liknande"][case.id],
    )


def strip_chart(
    case: Case, year: int, marked: Collection[str], *, words: str = "Liknande kommuner"
) -> charts.Chart:
    """Return all municipalities of a year as dots. marked: some ids; words: what those are."""
    return charts.strip(
        of_year(case, year),
        title=wording.label(case.kpi),
        name=case.name,
        own=case.setting.own,
        similar=[area for area in marked if area != case.setting.own],
        period=year,
        hint=wording.direction_words(case.kpi),
        decimals=case.decimals,
        exercise=case.setting.exercise,
        marked=words,
    )


def of_year(case: Case, year: int) -> pd.DataFrame:
    """Return a year's municipality, title, value and colour, for all that have a value.

    All are grey in a year that the key figure can't be judged in, whoever's the value is.
    """
    rows = case.rows
    mine = rows[(rows["period"] == year) & (rows["gender"] == "T") & rows["value"].notna()]
    there = mine[mine["municipality"].isin(case.evidence.everyone)]
    named = there.assign(title=there["municipality"].map(case.setting.names))
    direction = "ingen" if unjudged(case, year) else case.kpi.direction
    found = scoring.colours(named["value"], direction, case.kpi.target)
    return named[["municipality", "title", "value"]].assign(colour=found).reset_index(drop=True)


def unjudged(case: Case, year: int) -> str:
    """Return why no municipality has a colour in a year, or nothing when they have."""
    rows = case.rows
    known = rows[(rows["period"] == year) & (rows["gender"] == "T") & rows["value"].notna()]
    areas = [area for area in known["municipality"] if area in set(case.evidence.everyone)]
    if not areas:
        return f"ingen kommun har värde {year}"
    found = scoring.score(
        rows,
        [case.kpi],
        areas[0],
        everyone=case.evidence.everyone,
        groups=case.evidence.groups["alla"],
        titles=case.evidence.titles,
        years=[year],
    )
    row = found[found["period"] == year].iloc[0]
    return str(row["reason"]) if row["colour"] == "grey" else ""
