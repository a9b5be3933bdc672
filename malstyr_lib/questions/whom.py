"""Theme D, whom it is about: women and men, units, schools or pupils, groups, averages (21–26)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from malstyr_lib import tables, text
from malstyr_lib.markup import STATUS
from malstyr_lib.questions.answer import Question, Reply, likely, sure, unsure
from malstyr_lib.questions.averages import PARTED, what_it_hides
from malstyr_lib.questions.genders import BOTH, women_and_men
from malstyr_lib.questions.kin import PARTS, PROVIDERS, schools_or_pupils, which_groups
from malstyr_lib.questions.needs import COMMITTEE, HOME, VALUE
from malstyr_lib.questions.outliers import FETCHED, PUBLISHED, ROWS, which_unit

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case

FEW: Final = 3
"""Fewer neighbours with a colour than so many tell no story."""
NEAR: Final = "närliggande nyckeltal"
HALF: Final = 0.5
"""The share of red neighbours from which they tell the same story as a red KPI."""
EXPECTED: Final = 0.25
"""The share of red that is not more than is to be expected: a quarter of the municipalities."""


def red_neighbours(case: Case) -> Reply:
    """Answer whether the KPIs of the same goal or area are red too, or tell another story."""
    rows = _neighbours(case)
    coloured = rows[rows["colour"] != tables.GREY]
    more: dict[str, Any] = {"underlag": _table(case, rows)}
    if coloured.empty:
        return unsure(
            f"Inget annat av {_those(case)} i samma mål eller område som {case.id} har färg."
            f"{_cure(case)}",
            **more,
        )
    why = (
        f"Närliggande är {_those(case)} under samma mål eller i samma område i Kolada, vart och"
        " ett med sin senaste färg. Bland alla kommuner är högst en fjärdedel röda i varje."
    )
    said = f"{_story(case, coloured)} {_rest(coloured)}".strip()
    return (sure if len(coloured) >= FEW else likely)(said, why, **more)


def _those(case: Case) -> str:
    """Return whose KPIs they are: the committee's, or another municipality's choice."""
    if case.setting.home or case.committee is None:
        return "nämndens nyckeltal"
    where = case.setting.model.municipality.name
    return f"de nyckeltal som {case.committee.name} i {where} följer"


def _cure(case: Case) -> str:
    if not case.setting.home:
        return ""
    return " Lägg till ett nyckeltal under målet, om det finns något mer att följa."


def _neighbours(case: Case) -> pd.DataFrame:
    """Return the newest scores of the committee's KPIs under the same goal or in the same area."""
    committee, now = case.committee, case.evidence.now
    same = {
        kpi
        for goal in (committee.goals if committee else ())
        if case.id in goal.kpis
        for kpi in goal.kpis
    }
    area = case.setting.told(case.id, "operating_area")
    ids = [
        kpi
        for kpi in now["kpi"]
        if kpi != case.id
        and (kpi in same or (area and case.setting.told(kpi, "operating_area") == area))
    ]
    return now[now["kpi"].isin(ids)]


def _story(case: Case, coloured: pd.DataFrame) -> str:
    """Return whether the neighbours tell the same story as the KPI itself."""
    red, of = int((coloured["colour"] == tables.RED).sum()), len(coloured)
    is_red = case.colour == tables.RED
    mine = f"{case.id} är {text.ONE[case.colour]} i {case.name}"
    if case.colour == tables.GREY:
        mine = f"{case.id} har ingen färg i {case.name}"
    link = "och" if is_red == bool(red) else "men"
    if not red and of > 1:
        return f"Nej: {mine}, {link} inget av {of} {NEAR} är rött."
    start = _start(red, of)
    if of == 1:
        colour = text.NEUTER[coloured["colour"].iloc[0]]
        return f"{start}: {mine}, {link} det enda {NEAR}et som har färg är {colour}."
    verb = "är rött" if red == 1 else "är röda"
    return f"{start}: {mine}, {link} {red} av {of} {NEAR} {verb}{' också' * is_red}."


def _start(red: int, of: int) -> str:
    """Return the answer in a word or two: few tell no story, and a quarter red is no more than
    usual."""
    if not red:
        return "Nej"
    if of < FEW:
        return "Kanske, men de är få"
    if red / of <= EXPECTED:
        return "Nej, inte fler än väntat"
    return "Ja" if red / of >= HALF else "Delvis"


def _rest(coloured: pd.DataFrame) -> str:
    """Return the colours of the neighbours that are not red, where there are several."""
    if len(coloured) == 1:
        return ""
    number = {one: int((coloured["colour"] == one).sum()) for one in tables.COLOURS}
    told = [
        f"{number[one]} {text.coloured_values(one, number[one])}"
        for one in (tables.YELLOW, tables.GREEN)
        if number[one]
    ]
    if len(told) == 1 and told[0].startswith("1 "):
        return f"Det andra är {told[0][2:]}."
    return f"Av de andra är {text.listing(told)}." if told else ""


def _table(case: Case, rows: pd.DataFrame) -> pd.DataFrame:
    titles = case.evidence.titles
    worst = rows.assign(order=[tables.COLOURS.index(one) for one in rows["colour"]])
    shown = worst.sort_values(["order", "kpi"]).head(40)
    return pd.DataFrame(
        {
            "Närliggande nyckeltal": [
                f"{titles.get(kpi, '')} ({kpi})".strip() for kpi in shown["kpi"]
            ],
            "Färg": [STATUS[one].label for one in shown["colour"]],
            "År": [str(year) for year in shown["period"]],
            "Värde": [float(value) for value in shown["value"]],
        }
    )


QUESTIONS: Final[tuple[Question, ...]] = (
    Question(
        21,
        "kvinnor och män",
        "Gäller det både kvinnor och män?",
        women_and_men,
        needs=(VALUE, BOTH),
    ),
    Question(
        22, "vilken enhet", "Vilken enhet?", which_unit, needs=(HOME, PUBLISHED, FETCHED, ROWS)
    ),
    Question(
        23,
        "skolor eller elever",
        "Är det våra skolor eller våra elever?",
        schools_or_pupils,
        needs=(VALUE, *PROVIDERS),
    ),
    Question(
        24,
        "åldrar och grupper",
        "Vilka åldrar, vilka grupper?",
        which_groups,
        needs=(VALUE, *PARTS),
    ),
    Question(
        25, "döljer snittet något", "Döljer snittet något?", what_it_hides, needs=(HOME, PARTED)
    ),
    Question(
        26, "fler röda där", "Är det fler röda där också?", red_neighbours, needs=(VALUE, COMMITTEE)
    ),
)
