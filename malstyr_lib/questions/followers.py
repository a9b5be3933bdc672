"""Who follows what a question is about: the KPI's committee, or all of them where it has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from malstyr_lib.model import Committee
from malstyr_lib.questions.compared import whose
from malstyr_lib.scoring.evidence import Evidence

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case


def committees(case: Case) -> tuple[Committee, ...]:
    """Return the committee that is asked about, or all of them."""
    return (case.committee,) if case.committee else case.setting.committees


def of_them(case: Case) -> str:
    """Return the committee or committees in the genitive."""
    return whose(case.committee.name if case.committee else "nämnderna")


def theirs(case: Case, what: str) -> str:
    """Return a phrase of what they follow, such as "4 röda", with whose it is.

    Another municipality has not chosen it: then it is told who has.
    """
    if case.setting.home:
        return f"{of_them(case)} {what}"
    who = case.committee.name if case.committee else "nämnderna"
    return f"de {what} som {who} i {case.setting.model.municipality.name} följer"


def followed(case: Case) -> tuple[str, ...]:
    """Return the KPIs that are followed, each once."""
    return tuple(dict.fromkeys(kpi for one in committees(case) for kpi in one.kpis))


def evidence_of(case: Case) -> Evidence:
    """Return the evidence of what is followed."""
    return case.setting.evidence(case.committee) if case.committee else case.setting.whole
