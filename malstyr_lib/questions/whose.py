"""Whom a question to the report is about: the KPI's committee, or all of them where it has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from malstyr_lib.model import Committee
from malstyr_lib.scoring.evidence import Evidence

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case


def whose(case: Case) -> tuple[Committee, ...]:
    """Return the committee that is asked about, or all of them."""
    return (case.committee,) if case.committee else case.setting.committees


def of_whom(case: Case) -> str:
    """Return whose the KPIs and goals are, in the genitive."""
    name = case.committee.name if case.committee else "nämnderna"
    return name if name.endswith(("s", "x", "z")) else f"{name}s"


def followed(case: Case) -> tuple[str, ...]:
    """Return the KPIs that are followed, each once."""
    return tuple(dict.fromkeys(kpi for one in whose(case) for kpi in one.kpis))


def whose_evidence(case: Case) -> Evidence:
    """Return the evidence of what is followed."""
    return case.setting.evidence(case.committee) if case.committee else case.setting.whole
