"""The two charts of a key figure: its trend, and where all municipalities are in one year."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import pandas as pd

from malstyr_lib import charts, scoring, tables
from malstyr_lib.scoring import phrases

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case


def trend_chart(case: Case) -> charts.Chart:
    """Return the trend of a case, with the others' middle half, its similar ones and Riket."""
    return charts.trend(
        series(case),
        title=case.label,
        name=case.name,
        colours=case.colours,
        hint=phrases.direction_words(case.kpi),
        decimals=case.decimals,
        exercise=case.setting.exercise,
        breaks=case.evidence.break_years(case.id),
    )


def series(case: Case) -> pd.DataFrame:
    """Return a case's values beside the others' (`scoring.history`), a row per year."""
    return case.evidence.history(case.id)


def strip_chart(
    case: Case, year: int, marked: Collection[str], *, words: str = charts.SIMILAR_WORDS
) -> charts.Chart:
    """Return all municipalities of a year as dots. marked: some ids; words: what those are."""
    return _strip(case, of_year(case, year), year, title=case.label, marked=(marked, words))


def year_chart(case: Case, year: int) -> charts.Chart:
    """Return all municipalities of a year as dots, Kolada's similar ones marked."""
    return strip_chart(case, year, case.members("liknande"))


def change_chart(case: Case, pair: tuple[int, int]) -> charts.Chart:
    """Return every municipality's change between two years as dots; changes have no colour."""
    change = case.everyone(pair[1]) - case.everyone(pair[0])
    names, areas = case.setting.names, case.evidence.everyone
    rows = pd.DataFrame(
        {"municipality": areas, "title": [names[area] for area in areas], "value": change}
    )
    return _strip(
        case,
        rows[rows["value"].notna()].assign(colour=tables.GREY).reset_index(drop=True),
        pair[1],
        title=f"Ändring från {pair[0]} till {pair[1]}, {case.label}",
        marked=(case.members("liknande"), charts.SIMILAR_WORDS),
    )


def _strip(
    case: Case,
    rows: pd.DataFrame,
    year: int,
    *,
    title: str,
    marked: tuple[Collection[str], str],
) -> charts.Chart:
    return charts.strip(
        rows,
        title=title,
        name=case.name,
        own=case.setting.own,
        similar=[area for area in marked[0] if area != case.setting.own],
        period=year,
        hint=phrases.direction_words(case.kpi),
        decimals=case.decimals,
        exercise=case.setting.exercise,
        marked=marked[1],
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
    return str(row["reason"]) if row["colour"] == tables.GREY else ""
