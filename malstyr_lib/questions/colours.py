"""The colours of key figures beside the one that is asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from malstyr_lib.scoring import score

if TYPE_CHECKING:
    from malstyr_lib.model import Kpi
    from malstyr_lib.questions.case import Case


def scores_of(case: Case, kpi: str, title: str) -> dict[int, dict[Any, Any]]:
    """Return the own scores of a relative of the KPI against all municipalities, by year.

    Only years with an own value. A relative that is in no registry is judged the same way as the
    KPI itself, which measures the same.
    """
    rows = case.scores if kpi == case.id else _scored(case, _as_kpi(case, kpi, title))
    told = rows[rows["value"].notna()].to_dict("records")
    return {int(row["period"]): dict(row) for row in told}


def _as_kpi(case: Case, kpi: str, title: str) -> Kpi:
    known = next((one for one in case.setting.model.kpis if one.id == kpi), None)
    return known or case.kpi.model_copy(update={"id": kpi, "title": title, "base": None})


def _scored(case: Case, kpi: Kpi) -> Any:
    return score(
        case.setting.values(kpi.id),
        [kpi],
        case.setting.own,
        everyone=case.evidence.everyone,
        groups={kpi.id: case.evidence.groups["alla"][case.id]},
    )
