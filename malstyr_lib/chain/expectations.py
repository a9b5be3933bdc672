"""The ledger of expectations: what a report said would come, beside what came.

An expectation counts only when it was written before the value was known.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd

from malstyr_lib import clock, tables, text
from malstyr_lib.chain.basis import Basis
from malstyr_lib.model import Committee, CommitteeGoal, Expectation, Kpi, Range
from malstyr_lib.model.fields import day_of

LEDGER: Final = {
    "committee": "str",
    "goal": "str",
    "kpi": "str",
    "year": "int64",
    "low": "float64",
    "high": "float64",
    "value": "float64",
    "state": "str",
    "why": "str",
    "reason": "str",
}
"""state: within, better, worse, above, below (without direction), waiting, hindsight or left."""
SCORED: Final = ("within", "better", "worse", "above", "below")
_WORDS: Final = {
    "within": "som väntat",
    "better": "bättre än väntat",
    "worse": "sämre än väntat",
    "above": "högre än väntat",
    "below": "lägre än väntat",
}


def ledger(basis: Basis, committee: Committee) -> pd.DataFrame:
    """Return every expectation of a committee's goals, ended ones too, by year (`LEDGER`)."""
    rows = [
        _entry(basis, committee, goal, one) for goal in committee.goals for one in goal.expectations
    ]
    rows.sort(key=lambda row: row["year"])
    return tables.of_rows(LEDGER, rows)


def ledger_words(table: pd.DataFrame) -> str:
    """Return how many of the expectations that could be scored held, in words."""
    scored = table[table["state"].isin(SCORED)]
    waiting = int((table["state"] == "waiting").sum())
    left = f" {text.count(waiting, 'väntar', 'väntar')} på sitt värde." if waiting else ""
    if scored.empty:
        return f"Ingen förväntan har kunnat prövas än.{left}"
    held = int((scored["state"] == "within").sum())
    if len(scored) == 1:
        return f"En förväntan har prövats, och den {'höll' if held else 'höll inte'}.{left}"
    amount = text.count(len(scored), "förväntan", "förväntningar")
    return f"Av {amount} som har prövats höll {held}.{left}"


def written_after(basis: Basis, one: Expectation) -> bool:
    """Return whether an expectation was written when its value was, or may have been, known.

    By the day that Kolada published the year; where Kolada tells the day of another year, as many
    years from it; where it tells none, by the end of the year itself.
    """
    return one.written >= (_published(basis, one) or date(one.year + 1, 1, 1))


def _published(basis: Basis, one: Expectation) -> date | None:
    if basis.evidence is None:
        return None
    rows = basis.evidence.catalogue
    mine = rows[rows["id"] == one.kpi][["publ_period", "publication_date"]].dropna()
    for period, told in mine.itertuples(index=False):
        day = day_of(str(told)[:10])
        if day and re.fullmatch(r"[0-9]{4}", str(period)):
            return clock.in_year(day, day.year - int(period) + one.year)
    return None


def _entry(
    basis: Basis, committee: Committee, goal: CommitteeGoal, one: Expectation
) -> dict[str, Any]:
    kpi, value = basis.registry[one.kpi], basis.value(one.kpi, one.year)
    state = came(kpi, one.between, value)
    if written_after(basis, one):
        state = "hindsight"
    elif basis.evidence is not None and one.kpi not in basis.evidence.number:
        state = "left"
    return {
        "committee": committee.slug,
        "goal": goal.id,
        "kpi": one.kpi,
        "year": one.year,
        "low": one.between.low,
        "high": one.between.high,
        "value": value,
        "state": state,
        "why": one.why,
        "reason": _reason(basis, one, value, state),
    }


def came(kpi: Kpi, expected: Range, value: float) -> str:
    """Return what came of an expectation, as `LEDGER` names it: within both ends, or which way."""
    if np.isnan(value):
        return "waiting"
    if expected.low <= value <= expected.high:
        return "within"
    above = value > expected.high
    if kpi.direction not in ("högt", "lågt"):
        return "above" if above else "below"
    return "better" if above == (kpi.direction == "högt") else "worse"


def _reason(basis: Basis, one: Expectation, value: float, state: str) -> str:
    """Return what was expected, what came and why it was expected, in words."""
    written = max(text.places(one.between.low), text.places(one.between.high))
    places = max(written, basis.decimals(one.kpi))
    ends = f"{text.exact(one.between.low)}–{text.exact(one.between.high)}"
    said = f"{one.year} väntades {ends}"
    if state == "waiting":
        return f"{said}; värdet har inte kommit"
    if state == "left":
        return f"{said}; målet har lämnats, och värdet visas inte här"
    if state == "hindsight":
        return f"{said}; skrevs när värdet redan var känt, och räknas inte"
    shown = text.apart(value, (one.between.low, one.between.high), places)
    return f"{said}, blev {shown}: {_WORDS[state]}"
