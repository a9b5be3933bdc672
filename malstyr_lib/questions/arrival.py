"""When a KPI's next figure comes, and which report it can be in: questions 41 and 42."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from malstyr_lib import publication, tables, text
from malstyr_lib.kolada_days import from_iso
from malstyr_lib.model import Report
from malstyr_lib.questions.answer import Reply, Sureness, likely, sure, unsure
from malstyr_lib.questions.needs import Need

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case

NEAR_DAYS: Final = 31
"""How near its stop day a figure that comes too late may still turn out to be in time."""
_ISO: Final = re.compile(r"\d{4}-\d\d-\d\d")
_CURE: Final = re.compile(r"; hämta (på nytt|igen)")
_EVERY: Final = {2: "vartannat år", 3: "vart tredje år", 4: "vart fjärde år", 5: "vart femte år"}
_MOVES: Final = "Koladas dagar är de som angavs vid hämtningen, och kan flyttas."
_ENDED: Final = "Kolada skriver i rubriken när en serie har upphört."
_WITHIN: Final = {
    "there": "finns det senaste värdet redan",
    "yes": "hinner nästa siffra med",
    "preliminary": "hinner nästa siffra bara med preliminärt",
    "no": "hinner nästa siffra inte med",
    "unclear": "är det oklart om nästa siffra hinner med",
}
_SHORT: Final = {
    "there": "Finns redan",
    "yes": "Ja",
    "preliminary": "Bara preliminärt",
    "no": "Nej",
    "unclear": "Oklart",
}

REPORTS: Final = Need(
    "kommande stoppdag",
    "Ingen rapport med en stoppdag framåt är inskriven.",
    "Skriv nästa rapport och dess stoppdag i styrmodell.yaml, under rapporter.",
    lambda case: bool(ahead(case)),
)


def ahead(case: Case) -> list[Report]:
    """Return the reports whose stop day has not passed, the next one first."""
    left = (one for one in case.setting.model.reports if one.stop >= case.setting.today)
    return sorted(left, key=lambda one: (one.stop, one.id))


def figure(case: Case) -> dict[Any, Any]:
    """Return when the KPI's next figure comes (a row of publication.FIGURES), as of the day.

    Of all that was fetched, also after the year that is asked about.
    """
    setting = case.setting
    cut = setting.year is not None
    rows = setting.snapshot.values(case.id) if cut else setting.values(case.id)
    entries = [] if case.entry is None else [case.entry]
    (row,) = publication.figures(
        pd.DataFrame(entries, columns=list(tables.KPIS)),
        rows,
        kpis=[case.kpi],
        municipality=setting.own,
        areas=case.evidence.everyone,
        asked=setting.snapshot.asked_kpis,
        fetched=fetched(case),
        today=setting.today,
    ).to_dict("records")
    return row


def next_figure(case: Case) -> Reply:
    """Answer when the next figure comes, as Kolada has it; it tells no day of what we count."""
    row = figure(case)
    said, state = _sentence(case, row), row["state"]
    more = {"underlag": _days(row)}
    if state == "ended":
        return sure(f"Ingen mer siffra kommer: {in_words(str(row['reason']))}.", _ENDED, **more)
    if state in ("coming", "due") or (state == "here" and row["newest"] == row["period"]):
        why = "Hämta på nytt för att se om den finns." if state == "due" else _MOVES
        return likely(said, f"{why}{_rhythm_words(case)}", **more)
    return unsure(f"{cure(case, state)}{_rhythm_words(case)}", said, **more)


def _sentence(case: Case, row: dict[Any, Any]) -> str:
    """Return what is known of the next figure as a sentence."""
    said = in_words(str(row["reason"]))
    if row["state"] == "undated" and _counted_at_home(case):
        known = f"{case.name} räknar själv, och Kolada anger ingen dag"
        said = f"det är okänt när nästa värde kommer: {known}"
    if said.startswith(("skulle", "är inte", "finns inte")):
        said = f"{case.id} {said}"
    return f"{text.capital(said)}."


def in_words(reason: str) -> str:
    """Return a reason of `publication` with its days in words, and without its cure."""
    told = _CURE.split(reason, maxsplit=1)[0].replace("; skulle", "; det skulle")
    return _ISO.sub(lambda day: f"den {text.day(day[0])}", told)


def cure(case: Case, state: str) -> str:
    """Return why the day is not known and what would tell it, as a sentence."""
    if state in ("late", "without_us"):
        asked = "Hämta på nytt med malstyr hamta"
        lacks = f", och fråga annars om uppgifterna för {case.name} är lämnade"
        return f"{asked}{lacks if state == 'without_us' else ''}."
    if state == "unasked":
        return "Hämta på nytt med malstyr hamta, så följer nyckeltalet med."
    if _counted_at_home(case):
        return "Källan är en egen undersökning: fråga den som lämnar uppgiften till Kolada."
    return "Kolada anger ingen dag; fråga den som har statistiken, eller hämta på nytt senare."


def _counted_at_home(case: Case) -> bool:
    """Return whether the municipality counts for itself, as the description says."""
    return "egen undersökning" in case.description.casefold()


def _rhythm_words(case: Case) -> str:
    steps = rhythm(case)
    return f" Måttet mäts {_EVERY[steps]}." if steps in _EVERY else ""


def measured(case: Case) -> list[int]:
    """Return the years that the KPI was measured, by any municipality's values, the last ones last.

    A year that only repeats the measurement before it is none.
    """
    return [year for year in case.reported if year not in case.again]


def rhythm(case: Case) -> int:
    """Return how many years there are between the KPI's measurements; 1 where it differs."""
    steps = [later - former for former, later in pairwise(measured(case))][-3:]
    return steps[0] if len(steps) > 1 and len(set(steps)) == 1 else 1


def _days(row: dict[Any, Any]) -> pd.DataFrame:
    """Return what is known of the next figure, as a table."""
    others = str(row["others"]) if pd.notna(row["period"]) else text.NO_VALUE
    told = {
        "Senaste egna värdet gäller": _year(row["newest"]),
        "Nästa värde gäller": _year(row["period"]),
        "Preliminär dag": _day_words(from_iso(row["preliminary_day"])),
        "Slutlig dag": _day_words(from_iso(row["day"])),
        "Andra kommuner som har det": others,
    }
    return pd.DataFrame({"Uppgift": list(told), "Svar": list(told.values())})


def arrives(case: Case) -> Reply:
    """Answer whether the next figure can be in the next report, and the last year to use there."""
    row, reports = figure(case), ahead(case)
    found = [_within(case, row, report) for report in reports]
    answer = found[0][0]
    said = f"I {stop_words(reports[0])} {_WITHIN[answer]}: {in_words(str(row['reason']))}."
    usable = row["period"] if answer in ("yes", "preliminary") else row["newest"]
    if pd.notna(usable):
        said += f" Det sista året som kan användas där är {usable}."
    table = pd.DataFrame(
        {
            "Rapport": [report.name for report in reports],
            "Stoppdag": [text.day(report.stop) for report in reports],
            "Hinner siffran med": [_SHORT[told] for told, _ in found],
            "Varför": [text.capital(in_words(why)) for _, why in found],
        }
    )
    if answer == "unclear":
        return unsure(cure(case, row["state"]), said, underlag=table)
    why = _ENDED if row["state"] == "ended" else _MOVES
    return Reply(said, _sureness(row, answer, reports[0]), why, underlag=table)


def _within(case: Case, row: dict[Any, Any], report: Report) -> tuple[str, str]:
    today = case.setting.today
    return publication.in_report(row, report.stop, fetched=fetched(case), today=today)


def _sureness(row: dict[Any, Any], answer: str, report: Report) -> Sureness:
    """Return how sure it is: what is there, has ended or comes long after the stop day is sure."""
    late = answer == "no" and late_for_sure(publication.first_day(row), report)
    return "ja" if late or answer == "there" else "troligen"


def late_for_sure(day: date | None, report: Report) -> bool:
    """Return whether a figure of a day is so late for a report that no move brings it in time."""
    return day is None or (day - report.stop).days > NEAR_DAYS


def stop_words(report: Report) -> str:
    """Return a report and its stop day in words."""
    return f"{report.name} (stoppdag den {text.day(report.stop)})"


def fetched(case: Case) -> date:
    """Return the day in Sweden that the figures were fetched."""
    return text.swedish(case.setting.snapshot.fetched).date()


def _day_words(day: date | None) -> str:
    return text.day(day) if day else text.NO_VALUE


def _year(year: Any) -> str:
    return text.NO_VALUE if pd.isna(year) else str(year)
