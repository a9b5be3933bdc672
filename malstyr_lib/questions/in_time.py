"""Whether what is done can be seen in the next report: question 40."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from malstyr_lib import publication, text
from malstyr_lib.kolada_days import years_on
from malstyr_lib.model import OPEN, Activity, Report
from malstyr_lib.questions.answer import Reply, likely, sure, unsure
from malstyr_lib.questions.arrival import (
    ahead,
    cure,
    figure,
    in_words,
    late_for_sure,
    measured,
    rhythm,
)
from malstyr_lib.questions.needs import Need
from malstyr_lib.scoring import findings
from malstyr_lib.scoring.measured import window

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case

_SHOWS: Final = "Siffran visar hur det är, inte vad av det som arbetet har gjort."
_SHIFTED: Final = "Dagen räknas från den som Kolada anger för nästa värde, och kan flyttas."


def work(case: Case) -> list[Activity]:
    """Return the activities for the KPI that are planned, going on or done, the earliest first."""
    mine = (
        one
        for one in case.setting.model.activities
        if case.id in one.kpis and one.status in (*OPEN, "klar")
    )
    return sorted(mine, key=lambda one: (one.start, one.id))


WORK: Final = Need(
    "aktivitet",
    "Ingen aktivitet för {kpi} är inskriven som planerad, pågående eller klar.",
    "Skriv vad som görs i nämndens fil i mappen aktiviteter, med nyckeltalet.",
    lambda case: bool(work(case)),
)


@dataclass(frozen=True)
class Sight:
    """When an activity can be seen in the figure.

    year: that of the first value that is wholly of the time after the start, as the KPI is
    measured. day: when it comes, counted from the day that Kolada tells of the next value; None
    when none is told. here: whether it is there. part: the year of the start, where its value
    comes before the next stop day and is of the time after the start only in part.
    """

    activity: Activity
    year: int
    day: date | None
    here: bool
    part: int | None


def in_time(case: Case) -> Reply:
    """Answer whether what is done can be seen in the figure of the next report."""
    row, report = figure(case), ahead(case)[0]
    every = [_sight(case, row, one, report) for one in work(case)]
    more = {"underlag": _table(case, every)}
    if row["state"] == "ended":
        said = f"Nej, {in_words(row['reason'])}, så inget som görs nu kan synas i den."
        return sure(said, "Koppla aktiviteten till ett nyckeltal som lever.", **more)
    return _reply(case, every[0], row, report, more)


def _reply(
    case: Case, one: Sight, row: dict[Any, Any], report: Report, more: dict[str, Any]
) -> Reply:
    """Return the answer for the earliest activity."""
    began, stop = _began(case, one), f"stoppdagen för {report.name} den {text.day(report.stop)}"
    if one.here:
        said = f"{began} Det värdet finns redan, så arbetet har haft tid att synas."
        return likely(said, f"{_SHOWS}{_slow_words(case)}", **more)
    if one.day is None and report.stop >= date(one.year, 1, 1):
        said = (
            f"{began} När det kommer är okänt, så det går inte att säga om det hinner före {stop}."
        )
        return unsure(cure(case, row["state"]), said, **more)
    if one.day is not None and one.day < case.setting.today:
        gone = f"skulle ha kommit omkring den {text.day(one.day)} men finns inte i det hämtade"
        return unsure(cure(case, "late"), f"{began} Det {gone}.", **more)
    if one.day is not None and one.day <= report.stop:
        when = f"Det väntas omkring den {text.day(one.day)}, före {stop}"
        said = f"{began} {when}, så arbetet kan hinna synas där."
        return likely(said, f"{_SHIFTED}{_slow_words(case)}", **more)
    when = (
        f"väntas omkring den {text.day(one.day)}" if one.day else "kan inte komma förrän det året"
    )
    said = f"{began} Det {when}, efter {stop}, så arbetet hinner inte synas där."
    if one.part is not None:
        also = f"Där kan värdet för {one.part} komma med, som bara till en del gäller tiden efter."
        return likely(said, f"{also}{_slow_words(case)}", **more)
    unmeasured = f"Värdet för {one.year} kan inte mätas före {one.year}."
    why = f"{_SHIFTED if one.day else unmeasured}{_slow_words(case)}"
    return (sure if late_for_sure(one.day, report) else likely)(said, why, **more)


def _began(case: Case, one: Sight) -> str:
    """Return when an activity begins and the first value that is wholly of the time after it."""
    verb = "började" if one.activity.start <= case.setting.today else "börjar"
    return (
        f"Aktiviteten {one.activity.id} {verb} den {text.day(one.activity.start)}, så det första"
        f" värde som gäller bara tiden därefter är det för {one.year}."
    )


def _slow_words(case: Case) -> str:
    """Return that the measure moves slowly, where it does, as a sentence to add."""
    found = case.finding(findings.mobility)
    if found is None or found["grade"] != "trögrörlig":
        return ""
    return f" Måttet är dessutom trögrörligt: {found['reason']}."


def _sight(case: Case, row: dict[Any, Any], one: Activity, report: Report) -> Sight:
    """Return when an activity can be seen in the figure; row: publication.FIGURES."""
    whole = one.start.year if (one.start.month, one.start.day) <= (1, 31) else one.start.year + 1
    year = _measured(case, whole + window(case.title, case.description) - 1)
    begun = _measured(case, one.start.year)
    comes = _published(row, begun)
    partly = begun < year and comes is not None and one.start < comes <= report.stop
    return Sight(
        activity=one,
        year=year,
        day=_published(row, year),
        here=_there(row, year),
        part=begun if partly or (begun < year and _there(row, begun)) else None,
    )


def _there(row: dict[Any, Any], year: int) -> bool:
    return bool(pd.notna(row["newest"]) and row["newest"] >= year)


def _measured(case: Case, year: int) -> int:
    """Return the first year from one on that is measured, where not every year is."""
    known = measured(case)
    return year + (known[-1] - year) % rhythm(case) if known else year


def _published(row: dict[Any, Any], year: int) -> date | None:
    """Return about when a year's value comes: as long after its year as the next one does."""
    day = publication.first_day(row)
    return None if pd.isna(row["period"]) else years_on(day, year - int(row["period"]))


def _table(case: Case, every: list[Sight]) -> pd.DataFrame:
    """Return every activity with when it can be seen, and the first report that it can be in."""
    return pd.DataFrame(
        {
            "Aktivitet": [one.activity.id for one in every],
            "Början": [text.day(one.activity.start) for one in every],
            "Första värdet därefter": [one.year for one in every],
            "Väntas omkring": [_due(one) for one in every],
            "Första rapporten": [_reached(case, one) for one in every],
        }
    )


def _due(one: Sight) -> str:
    if one.here:
        return "Finns"
    return text.day(one.day) if one.day else "Okänt"


def _reached(case: Case, one: Sight) -> str:
    """Return the first report that the figure can be in, in words."""
    if one.here:
        return ahead(case)[0].name
    if one.day is None:
        return "Okänt"
    within = (report.name for report in ahead(case) if one.day <= report.stop)
    return next(within, "Ingen inskriven")
