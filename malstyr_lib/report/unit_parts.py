"""The parts of a unit's sheet: the chain, the figures, and own measures."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from malstyr_lib import charts, markup, tables, text
from malstyr_lib.markup import STATUS, Html, Source
from malstyr_lib.model import Activity, CommitteeGoal
from malstyr_lib.questions import Case, pictures
from malstyr_lib.report import wording
from malstyr_lib.report.thread import other_years
from malstyr_lib.report.unit_basis import UnitBasis
from malstyr_lib.report.unit_wording import NAME, cut, ended, short
from malstyr_lib.scoring import phrases, scores, sureness

MOST_ACTIVITIES: Final = 2
MOST_GOALS: Final = 3
MOST_OWN: Final = 2
_REASON: Final = 60
YEARS: Final = 4
_GOAL: Final = 110
"""How many letters of a goal there is room for."""
_ALL_EXAMPLES: Final = " Allt i tabellen är exempel."


def thread(b: UnitBasis) -> Html:
    """Return the chain from the council's goal to what is done here, or that nothing is planned."""
    if not b.activities:
        return _without_activities(b)
    told: set[str] = set()
    rows = []
    for one in b.activities[:MOST_ACTIVITIES]:
        council, goal = _goals(b, one, told)
        rows.append({"Fullmäktiges mål": council, "Nämndens mål": goal, **_activity(b, one)})
        told.add(one.goal)
    left = len(b.activities) - len(rows)
    more = f" {text.count(left, 'aktivitet', 'aktiviteter')} till står i nämndens rapport."
    return _chain_table(rows, f"Läget {text.day(b.today)}.{more if left else ''}")


def _chain_table(rows: list[dict[str, str]], caption: str) -> Html:
    """Return a table of goals and work; that all of it is an example is said once."""
    cells = [cell for row in rows for name, cell in row.items() if name not in {"Läget"}]
    ending = text.EXAMPLE
    marked = [cell for cell in cells if cell.endswith(ending)]
    if marked and len(marked) == sum(cell not in _UNMARKED for cell in cells):
        rows = [
            {name: cell.removesuffix(text.EXAMPLE) for name, cell in row.items()} for row in rows
        ]
        caption += _ALL_EXAMPLES
    return markup.table(pd.DataFrame(rows), caption)


def _goals(b: UnitBasis, one: Activity, told: set[str]) -> tuple[str, str]:
    """Return the council's and the committee's goal of an activity; the same ones are told once."""
    if one.goal in told:
        return _SAME
    goal = b.goals.get(one.goal)
    if goal is None:
        return text.NO_VALUE, f"{one.goal} (gäller inte {b.today.year})"
    return _council(b, goal), _committee(goal)


_SAME: Final = ("Samma mål", "Samma mål")
_UNMARKED: Final = (*_SAME, text.NO_VALUE)


def _council(b: UnitBasis, goal: CommitteeGoal) -> str:
    found = {one.id: one for one in b.opened.model.council_goals}[goal.council_goal]
    return f"{cut(found.text, _GOAL)}{text.EXAMPLE if found.example else ''}"


def _committee(goal: CommitteeGoal) -> str:
    return f"{cut(goal.text, _GOAL)}{text.EXAMPLE if goal.example else ''}"


def _activity(b: UnitBasis, one: Activity) -> dict[str, str]:
    when = text.months(one.start, one.stop)
    status = f"{text.capital(one.status)}, {when}."
    if one.late(b.today):
        status = f"Försenad: skulle vara klar {text.day(one.stop)} och är {_STILL[one.status]}."
    result = f" {cut(one.result, 90)}" if one.result else ""
    what = f"{ended(cut(one.what, 130))} Ansvarig: {cut(one.who, 40)}."
    return {
        "Det vi gör här": f"{what}{text.EXAMPLE if one.example else ''}",
        "Läget": f"{status}{result}",
    }


_STILL: Final = {"pågår": "pågående", "planerad": "planerad"}


def _without_activities(b: UnitBasis) -> Html:
    """Return that the unit has nothing planned, what to do about it, and the goals to start in."""
    words = (
        f"{b.unit.name} har ingen aktivitet {b.today.year} i nämndens plan."
        f"{other_years(b.planned, b.today.year)} Att ingen står där säger inget om vad som görs,"
        " bara att det inte är kopplat till nämndens mål. Gör så här: välj ett mål som ligger nära"
        " det vi gör, bestäm vad vi gör, vem som håller i det och när det följs upp,"
        " och lämna det till den som samordnar nämndens uppföljning."
    )
    goals = [*b.goals.values()]
    if not goals:
        return markup.joined(
            [markup.note(words), markup.note("Nämnden har inga mål att välja på.")]
        )
    rows = [
        {"Fullmäktiges mål": _council(b, goal), "Nämndens mål": _committee(goal)}
        for goal in goals[:MOST_GOALS]
    ]
    left = len(goals) - len(rows)
    more = f" {text.count(left, 'mål', 'mål')} till står i nämndens rapport." if left else ""
    table = _chain_table(rows, f"Nämndens mål {b.today.year}.{more}")
    return markup.joined([markup.note(words), table])


def figures(b: UnitBasis) -> Html:
    """Return the key figures that it is to be seen in: a small chart and the newest years."""
    if not b.cases:
        return markup.note(
            "Ingen siffra i Kolada är kopplad till det som enheten gör. Den som lägger in en"
            " aktivitet kan också säga i vilket nyckeltal den på sikt bör synas."
        )
    about = (
        "Siffrorna gäller hela kommunen. Färgen visar läget bland alla kommuner, inte om ett mål"
        " är nått."
    )
    chart = [small_chart(b)] if any(len(case.series) > 1 for case in b.cases) else []
    pictures_ = [markup.figure(one.png(), alt=one.alt, caption=one.caption) for one in chart]
    left = len(b.moved) - len(b.cases)
    more = f"{text.count(left, 'nyckeltal', 'nyckeltal')} till följs i nämndens rapport."
    notes = [*_grey_words(b), *_ungraded(b), *_unit_words(b), *([more] if left else [])]
    return markup.joined(
        [
            markup.paragraph(about),
            *pictures_,
            _years_table(b),
            *([markup.paragraph(" ".join(notes))] if notes else []),
        ]
    )


def small_chart(b: UnitBasis) -> charts.Chart:
    """Return the small trends of the sheet's key figures."""
    return charts.small_trends(
        [_panel(b, case) for case in b.cases if case.series],
        name=b.opened.model.municipality.name,
        unit=b.unit.name,
        exercise=b.exercise,
    )


def _panel(b: UnitBasis, case: Case) -> charts.Panel:
    mine = b.unit_values.get(case.id)
    series = pictures.series(case)
    broken = case.evidence.break_years(case.id)
    first = int(series["period"].min())
    return charts.Panel(
        title=cut(case.kpi.title, 60),
        series=series,
        hint=phrases.direction_words(case.kpi).partition(" (")[0],
        decimals=case.decimals,
        unit=mine.values if mine else {},
        breaks=tuple(year for year in sorted(broken) if year > first),
    )


def _years_table(b: UnitBasis) -> Html:
    every = sorted({year for case in b.cases for year in case.series})[-YEARS:]
    rows = []
    for case in b.cases:
        rows.append(_municipality_row(b, case, every))
        if case.id in b.unit_values:
            rows.append(_unit_row(b, case, every))
    caption = (
        f"{text.source(exercise=b.exercise)}; färg och median: egen bearbetning. Hälften av"
        " kommunerna ligger på medianen eller under."
    )
    return markup.table(pd.DataFrame(rows), caption)


def _municipality_row(b: UnitBasis, case: Case, years: list[int]) -> dict[str, Any]:
    area = b.opened.model.municipality.code
    values = {year: case.series.get(year, float("nan")) for year in years}
    return {
        "Nyckeltal": f"{short(case.kpi)} ({case.id})",
        **{
            str(year): markup.number(value, case.decimals, Source(case.id, year, area))
            for year, value in values.items()
        },
        "Median": _median(case),
        "Färg": _colour(case),
    }


def _unit_row(b: UnitBasis, case: Case, years: list[int]) -> dict[str, Any]:
    values, ou = b.unit_values[case.id].values, str(b.unit.ou)
    return {
        "Nyckeltal": f"– därav {b.unit.name}",
        **{
            str(year): markup.number(
                values.get(year, float("nan")), case.decimals, Source(case.id, year, ou)
            )
            for year in years
        },
        "Median": text.NO_VALUE,
        "Färg": "jämförs inte",
    }


def _median(case: Case) -> Any:
    series, year = pictures.series(case), case.period
    at = series.loc[series["period"] == year, "median"]
    if year is None or at.empty:
        return text.NO_VALUE
    return markup.number(float(at.iloc[0]), case.decimals, Source(case.id, year, ""))


def _colour(case: Case) -> str:
    """Return the newest colour with its year, and whether it is preliminary or uncertain."""
    if case.now is None or case.colour == tables.GREY:
        return STATUS[tables.GREY].label
    certainty = case.finding(sureness.certainties)
    unsure = " (osäker)" if certainty and certainty["certain"] is False else ""
    return f"{wording.colour_words(case.now)}{unsure} {case.now['period']}"


def _grey_words(b: UnitBasis) -> list[str]:
    """Return why a key figure has no colour, or a preliminary one."""
    found = []
    for case in b.cases:
        if case.now is None:
            found.append(f"{cut(case.kpi.title, NAME)}: inget värde till och med {b.year}.")
        elif case.colour == tables.GREY or case.now["preliminary"]:
            found.append(f"{cut(case.kpi.title, NAME)}: {_why_grey(case.now['reason'])}.")
    return found


def _why_grey(reason: str) -> str:
    """Return why there is no colour, as it is said aloud."""
    said = {scores.NO_DIRECTION: "det är inte givet om högt eller lågt är bra, så ingen färg sätts"}
    return said.get(reason, reason)


def _ungraded(b: UnitBasis) -> list[str]:
    """Return that nobody has reviewed which way is good, where that is so."""
    if all(case.kpi.reviewed for case in b.cases if case.colour != tables.GREY):
        return []
    return ["Ingen i kommunen har granskat om högt eller lågt är bra, så färgen kan ändras."]


def _unit_words(b: UnitBasis) -> list[str]:
    """Return what can't be told of the unit's own values, and what they are."""
    found = []
    for case in b.cases:
        mine = b.unit_values.get(case.id)
        if mine is None:
            continue
        if mine.hidden:
            found.append(
                f"{cut(case.kpi.title, NAME)}: vårt senaste värde visas inte, för att ingen"
                " enskild ska gå att känna igen."
            )
        elif mine.values:
            found.append("Ett enstaka år för en enhet kan vara en slump. Titta på flera år.")
    return [*dict.fromkeys(found)]


def own_measures(b: UnitBasis) -> Html:
    """Return the municipality's own measures of the unit, nothing where there are none."""
    if not b.own_standings:
        return Html("")
    told = sorted(b.own_standings, key=lambda one: not _to_see(one[1]))
    left = len(told) - MOST_OWN
    more = [f"Och {text.count(left, 'eget mått', 'egna mått')} till, i nämndens rapport."]
    return markup.bullets([*map(_own_words, told[:MOST_OWN]), *(more if left > 0 else [])])


def _own_words(told: tuple[str, Any]) -> str:
    """Return a measure, its newest value, and how that stands to the measure's own target."""
    title, row = told
    early = ", preliminärt" if row["provisional"] else ""
    return f"Vårt eget mått {cut(title, 60)}: {_newest(str(row['reason']))}{early}."


def _newest(reason: str) -> str:
    """Return the first parts of what the figures say, as many as there is room for in a line."""
    parts = reason.rstrip(".").split("; ")
    return next(
        said
        for many in range(len(parts), 0, -1)
        if len(said := "; ".join(parts[:many])) <= _REASON or many == 1
    )


def _to_see(row: Any) -> bool:
    """Return whether a measure is to be seen first: its target is missed, or it is unusual."""
    return row["status"] == markup.MISSED or bool(row["unusual"])
