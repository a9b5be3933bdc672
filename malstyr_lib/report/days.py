"""The calendar in a committee's report: when new figures come, and which report they can be in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from malstyr_lib import markup, text
from malstyr_lib.grounds.calendar import Calendar, calendar
from malstyr_lib.markup import Html, Number, Source
from malstyr_lib.model import Report
from malstyr_lib.publication import ANSWER_WORDS, EVENT_WORDS
from malstyr_lib.report.analysis import Analysis
from malstyr_lib.report.wording import label


def days(a: Analysis) -> Html:
    """Return the days to come, and how many of the committee's figures each report can have.

    Seen from the day when the figures were fetched, so that a report made again says the same.
    """
    found = ahead(a)
    told = [_report_words(one, found) for one in found.reports]
    return markup.joined([*([markup.bullets(told)] if told else []), _day_by_day(a, found)])


def ahead(a: Analysis) -> Calendar:
    """Return the calendar of the committee, and of the reports that have not stopped yet."""
    today = text.swedish(a.fetched).date()
    reports = [one for one in a.model.reports if one.stop >= today]
    return calendar(a.model, a.snapshot, committees=[a.committee], reports=reports, today=today)


def _report_words(report: Report, found: Calendar) -> str:
    """Return how many next figures a report can have: the stop day, then each answer's number."""
    answers = found.within.loc[found.within["report"] == report.id, "answer"]
    counts = [
        f"{amount} {word}"
        for key, word in ANSWER_WORDS.items()
        if (amount := int((answers == key).sum()))
    ]
    asked = text.count(len(answers), "nyckeltal", "nyckeltal")
    if not counts:
        return f"{report.name}, stoppdag {text.day(report.stop)}: nämnden har inga nyckeltal då."
    return (
        f"{report.name}, stoppdag {text.day(report.stop)}. Kan nästa värde komma med? Av {asked}:"
        f" {text.listing(counts)}."
    )


def _day_by_day(a: Analysis, found: Calendar) -> Html:
    if found.events.empty:
        return markup.note("Kolada har inte angett någon kommande dag för nämndens nyckeltal.")
    rows = [_row(a, row) for row in found.events.to_dict("records")]
    caption = (
        f"Dagar från {text.day(a.fetched)}. Koladas dagar är de som var angivna när värdena"
        " hämtades, och kan flyttas"
    )
    return markup.table(pd.DataFrame(rows), caption)


def _row(a: Analysis, row: Mapping[Any, Any]) -> dict[str, object]:
    known = {kpi.id: label(kpi) for kpi in a.kpis}
    return {
        "Dag": text.day(row["day"]),
        "Vad": EVENT_WORDS[row["kind"]],
        "Vilket": known.get(row["about"], row["title"]),
        "Värde för år": text.NO_VALUE if row["kind"] == "stop" else _year(a, row),
    }


def _year(a: Analysis, row: Mapping[Any, Any]) -> Number | str:
    """Return the year that a figure to come is of."""
    year = row["period"]
    if not isinstance(year, int):
        return text.NO_VALUE
    return Number(str(year), float(year), Source(row["about"], year, a.own))
