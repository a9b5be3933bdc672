"""The days to come, in order: what Kolada publishes, and when the reports stop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

import pandas as pd

from malstyr_lib import tables
from malstyr_lib.model import Committee, Report

EVENTS: Final = {
    "day": "str",
    "kind": "str",
    "about": "str",
    "period": "Int64",
    "title": "str",
    "committees": "str",
    "reason": "str",
}
"""A row per day and what happens, in order. kind: stop, preliminary or final. about: the report's
or the KPI's id. period: the year of the figure, or of the report. committees: their codes."""

_KINDS: Final = ("stop", "preliminary", "final")
EVENT_WORDS: Final = {"stop": "Stoppdag", "preliminary": "Preliminärt", "final": "Publiceras"}
"""What happens on a day, for readers."""
_AWAITED: Final = ("coming", "due")


def events(
    figures: pd.DataFrame,
    *,
    reports: Sequence[Report],
    committees: Sequence[Committee],
    fetched: date,
    today: date,
) -> pd.DataFrame:
    """Return what happens today and later (EVENTS); figures: FIGURES.

    Figures are those of goals in force this year. A preliminary publication is an event of its
    own, and so is the day when a value that is there already may change.
    """
    rows = [*_stops(reports)]
    for row in figures.to_dict("records"):
        followed = [one.code for one in committees if row["kpi"] in one.in_force(today.year).kpis]
        if followed:
            rows += _of_figure(row, ", ".join(followed), fetched)
    rows = sorted(
        (one for one in rows if one["day"] >= today.isoformat()),
        key=lambda one: (one["day"], _KINDS.index(one["kind"]), one["about"]),
    )
    return tables.of_rows(EVENTS, rows)


def _stops(reports: Sequence[Report]) -> Iterator[dict[str, Any]]:
    for report in reports:
        yield {
            "day": report.stop.isoformat(),
            "kind": "stop",
            "about": report.id,
            "period": report.year,
            "title": report.name,
            "committees": None,
            "reason": "sista dagen som nya siffror kan komma med",
        }


def _of_figure(row: dict[Any, Any], committees: str, fetched: date) -> Iterator[dict[str, Any]]:
    """Yield the days of a figure that is awaited, or that may change."""
    awaited = row["state"] in _AWAITED
    final, preliminary = row["day"], row["preliminary_day"]
    common = {
        "about": row["kpi"],
        "period": row["period"],
        "title": row["title"],
        "committees": committees,
        "reason": row["reason"],
    }
    if awaited and isinstance(preliminary, str):
        yield {"day": preliminary, "kind": "preliminary", **common}
    changes = row["state"] == "here" and row["newest"] == row["period"]
    if isinstance(final, str) and (awaited or (changes and final > fetched.isoformat())):
        yield {"day": final, "kind": "final", **common}
