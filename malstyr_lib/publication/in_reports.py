"""Whether the next figure can be in each report: before its stop day, after it, or unclear."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import pandas as pd

from malstyr_lib import tables, text
from malstyr_lib.kolada_days import from_iso
from malstyr_lib.model import Committee, Report
from malstyr_lib.publication.figures import first_day

IN_REPORTS: Final = {
    "report": "str",
    "committee": "str",
    "kpi": "str",
    "answer": "str",
    "why": "str",
}
"""A row per report, committee and focus KPI of a goal in force the report's year: the report's id,
the committee's code, and the answer, one of `ANSWERS`, with the reason."""

ANSWERS: Final = ("there", "yes", "preliminary", "no", "unclear")
"""Whether the figure is there already, or can be in the report; preliminary: one not final."""


ANSWER_WORDS: Final = {
    "there": "finns redan",
    "yes": "ja",
    "preliminary": "preliminärt",
    "no": "nej",
    "unclear": "oklart",
}
"""Each answer for readers."""


def in_reports(
    figures: pd.DataFrame,
    *,
    reports: Sequence[Report],
    committees: Sequence[Committee],
    fetched: date,
    today: date,
) -> pd.DataFrame:
    """Return whether each figure (FIGURES) can be in each report (IN_REPORTS).

    The stop day itself counts as in time. Reports come in the order of their stop days.
    """
    known = {row["kpi"]: row for row in figures.to_dict("records")}
    rows = [
        (
            report.id,
            committee.code,
            kpi,
            *in_report(known[kpi], report.stop, fetched=fetched, today=today),
        )
        for report in sorted(reports, key=lambda one: (one.stop, one.id))
        for committee in committees
        for kpi in committee.in_force(report.year).kpis
    ]
    return tables.of_rows(IN_REPORTS, (dict(zip(IN_REPORTS, row, strict=True)) for row in rows))


def in_report(row: dict[Any, Any], stop: date, *, fetched: date, today: date) -> tuple[str, str]:
    """Return whether one figure (a row of FIGURES) can be in a report that stops on a day, and why.

    The answer is one of `ANSWERS`.
    """
    state = row["state"]
    if state == "here":
        return _of_here(row, stop, fetched)
    if state == "ended":
        return "no", f"{row['reason']}; inget mer värde kommer"
    first = first_day(row)
    if first and first > stop and state != "coming":
        return "no", f"{row['reason']}; efter stoppdagen"
    if stop < today and state != "coming":
        return "no", "stoppdagen har passerat, och värdet finns inte i det hämtade"
    if state == "coming":
        return _of_coming(row, stop, max(fetched, today) if stop < today else fetched)
    if state == "due":
        return ("yes" if from_iso(row["day"]) else "preliminary"), row["reason"]
    return "unclear", row["reason"]


def _of_here(row: dict[Any, Any], stop: date, fetched: date) -> tuple[str, str]:
    """Answer for a value that is there: in time, unless it came after the stop day."""
    day = from_iso(row["day"])
    if day is None or row["newest"] != row["period"] or day <= stop:
        return "there", row["reason"]
    if day <= fetched:
        return "no", f"värdet för {row['period']} kom {day}, efter stoppdagen"
    return (
        "preliminary",
        f"värdet för {row['period']} finns, och kan ändras {day}, efter stoppdagen",
    )


def _of_coming(row: dict[Any, Any], stop: date, since: date) -> tuple[str, str]:
    """Answer for a value to come; since: the day from which a preliminary one could be fetched."""
    day, preliminary = from_iso(row["day"]), from_iso(row["preliminary_day"])
    if day and day <= stop:
        return "yes", f"{row['reason']}; {_before(day, stop)}"
    if preliminary and since <= preliminary <= stop:
        final = f"slutligt först {day}" if day else "ingen slutlig dag är angiven"
        return (
            "preliminary",
            f"bara preliminärt {preliminary}, {_before(preliminary, stop)}; {final}",
        )
    return "no", f"{row['reason']}; efter stoppdagen"


def _before(day: date, stop: date) -> str:
    days = (stop - day).days
    return f"{text.count(days, 'dag', 'dagar')} före stoppdagen" if days else "på själva stoppdagen"
