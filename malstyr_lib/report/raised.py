"""The five questions that a KPI's figures raise, with their answers, as part of a report."""

from __future__ import annotations

from functools import partial
from typing import Final

import pandas as pd

from malstyr_lib import markup, questions
from malstyr_lib.markup import Html, Source
from malstyr_lib.model import Kpi
from malstyr_lib.questions import Answer, Case, Setting
from malstyr_lib.questions.raised import Raised, fragelista
from malstyr_lib.report.analysis import Analysis
from malstyr_lib.report.wording import label

_PICTURED: Final = (21, 22)
"""The questions whose charts stand in a red KPI's portrait: women and men, and units."""
_GENDERS: Final = {"Kvinnor": "K", "Flickor": "K", "Män": "M", "Pojkar": "M"}
"""The gender that a column of the chart's numbers is of."""


def setting(a: Analysis, own_values: pd.DataFrame) -> Setting:
    """Return where a report asks its questions: on its own evidence, snapshot and day."""
    return Setting(
        model=a.model,
        snapshot=a.snapshot,
        own=a.own,
        today=a.day,
        year=a.year,
        earlier=a.earlier,
        own_values=own_values,
        at_hand={a.committee.slug: a.evidence},
    )


def answered(a: Analysis, asked: Setting, kpi: Kpi) -> list[tuple[Raised, Answer]]:
    """Return the questions that one KPI's figures raise, each with its answer."""
    return case_of(a, asked, kpi).once(_answered)


def _answered(case: Case) -> list[tuple[Raised, Answer]]:
    return [(one, questions.answer(case, one.question)) for one in fragelista(case)]


def case_of(a: Analysis, asked: Setting, kpi: Kpi) -> Case:
    """Return one of the committee's KPIs as the questions are asked about it."""
    return asked.case_in(a.evidence, kpi, a.committee)


def five(a: Analysis, asked: Setting, kpi: Kpi) -> Html:
    """Return the questions that one KPI's figures raise: why each is asked, and its answer."""
    rows = [_row(one, found) for one, found in answered(a, asked, kpi)]
    caption = f"Fem frågor som siffrorna väcker om {label(kpi)}"
    return markup.table(pd.DataFrame(rows), caption)


def pictures(a: Analysis, asked: Setting, kpi: Kpi) -> list[Html]:
    """Return women beside men and the own units of one KPI as charts, each where there is one."""
    case = case_of(a, asked, kpi)
    drawn = [questions.answer(case, number).diagram for number in _PICTURED]
    return [one.sourced(partial(_source, case)).html for one in drawn if one is not None]


def _source(case: Case, row: pd.Series, column: str) -> Source:
    """Return whose value a number in a chart of women and men, or of units, is."""
    gender = _GENDERS.get(column, "T")
    ours = gender != "T" or column == "Skillnad"
    period = int(row.get("År", case.period or 0))
    return Source(case.id, period, case.setting.own if ours else "", gender)


def _row(one: Raised, found: Answer) -> dict[str, str]:
    said = f"{found.svar} {found.varfor}" if found.sakerhet == questions.UNSURE else found.svar
    return {
        "Fråga": f"{one.question.number}. {one.question.words}",
        "Därför ställs den": one.why,
        "Svar": said,
        "Säkert?": found.sakerhet.capitalize(),
    }
