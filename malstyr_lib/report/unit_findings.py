"""The tables that a unit's sheet is written from, by the names they have in data.json."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from malstyr_lib import chain
from malstyr_lib.model import Activity
from malstyr_lib.questions import pictures
from malstyr_lib.report import findings, unit_expected, unit_parts
from malstyr_lib.report.thread import left_out
from malstyr_lib.report.unit_basis import UnitBasis
from malstyr_lib.report.unit_questions import ToTalk
from malstyr_lib.scoring.counted import counted
from malstyr_lib.scoring.findings import times


def tables(b: UnitBasis, asked: Iterable[ToTalk]) -> findings.Tables:
    """Return everything that a unit's sheet is written from; asked: its three questions."""
    return {
        **_of_kpis(b),
        "unit_values": _unit_values(b),
        "own_standings": pd.DataFrame([dict(row) for _, row in b.own_standings]),
        "activities": pd.DataFrame([_activity(one) for one in b.activities]),
        "questions": pd.DataFrame([vars(one) for one in asked]),
        "amounts": _amounts(b),
    }


def _of_kpis(b: UnitBasis) -> findings.Tables:
    """Return what is told of the sheet's key figures, of the whole municipality."""
    if not b.cases:
        return {}
    shown = [case.id for case in b.cases]
    every = {
        "scores": b.evidence.scores,
        "counts": counted(b.evidence),
        "times": times(b.evidence),
        "targets": chain.standings(b.basis, b.committee),
        "expectations": chain.ledger(b.basis, b.committee),
        "coming": unit_expected.coming(b),
    }
    return {
        "now": pd.DataFrame([case.now for case in b.cases if case.now]),
        **{name: rows[rows["kpi"].isin(shown)] for name, rows in every.items()},
        "series": pd.concat(
            [pictures.series(case).assign(kpi=case.id) for case in b.cases], ignore_index=True
        ),
        **findings.behind(b.cases[:1]),
    }


def _unit_values(b: UnitBasis) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"kpi": kpi, "ou": b.unit.ou, "period": year, "value": value}
            for kpi, told in b.unit_values.items()
            for year, value in told.values.items()
        ]
    )


def _activity(one: Activity) -> dict[str, Any]:
    return {
        "id": one.id,
        "goal": one.goal,
        "kpis": " ".join(one.kpis),
        "status": one.status,
        "start": one.start.isoformat(),
        "stop": one.stop.isoformat(),
    }


def _amounts(b: UnitBasis) -> pd.DataFrame:
    """Return how many there are of what there is room for, and how many are left, by what."""
    every = {
        "activities": (len(b.activities), unit_parts.MOST_ACTIVITIES),
        "goals": (len(b.goals), unit_parts.MOST_GOALS),
        "kpis": (len(b.moved), len(b.cases)),
        "own": (len(b.own_standings), unit_parts.MOST_OWN),
    }
    found = [
        {"what": name, "amount": amount, "shown": min(amount, room), "left": max(0, amount - room)}
        for name, (amount, room) in every.items()
    ]
    years = {"year": b.today.year, "other years": left_out(b.planned, b.today.year)}
    told = [{"what": name, "amount": amount} for name, amount in years.items()]
    return pd.DataFrame([*found, *told])
