"""The trend chart of a case: drawn when somebody looks at it, with the colour of every year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from malstyr_lib import charts, kpi_title, text
from malstyr_lib.scoring.history import history

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case


def trend_chart(case: Case) -> charts.Chart:
    """Return the case's series beside the others', as the reports draw it."""
    e = case.evidence
    series = history(
        case.rows,
        case.id,
        e.own,
        everyone=e.everyone,
        similar=e.groups["liknande"][case.id],
    )
    return charts.trend(
        series,
        title=kpi_title.plain(case.title),
        name=case.name,
        colours=case.colours,
        hint=_hint(case),
        decimals=case.decimals,
        exercise=case.setting.exercise,
        breaks=[one.period for one in e.breaks[case.id] if one.period is not None],
    )


def _hint(case: Case) -> str:
    """Return which way is good, in words."""
    target = text.exact(case.kpi.target) if case.kpi.target is not None else ""
    return {
        "högt": "Högre är bättre",
        "lågt": "Lägre är bättre",
        "mål": f"Närmare {target} är bättre",
        "ingen": "Varken högt eller lågt är bra i sig",
    }[case.kpi.direction]
