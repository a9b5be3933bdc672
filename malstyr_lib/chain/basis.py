"""What the goal chain is looked at with: the model, the day, the figures, last year's report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from malstyr_lib import tables
from malstyr_lib.model import Activity, Committee, CommitteeGoal, Kpi, SteeringModel
from malstyr_lib.scoring.evidence import Evidence

Severity = Literal["fel", "anmärkning"]
Loc = tuple[int | str, ...]


@dataclass(frozen=True)
class Basis:
    """The steering model on a day, beside the figures that there are.

    evidence: of all KPIs that any goal has named, against all municipalities; None without a
    store. before: the focus KPIs of last year's published reports and the colours they had, by the
    committee's slug. asked: the KPIs that were asked for, those without any value included.
    """

    model: SteeringModel
    today: date
    evidence: Evidence | None = None
    before: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    asked: frozenset[str] = frozenset()

    @property
    def year(self) -> int:
        """The year whose goals are in force."""
        return self.today.year

    @cached_property
    def registry(self) -> dict[str, Kpi]:
        """The registry's KPIs by id."""
        return {kpi.id: kpi for kpi in self.model.kpis}

    @cached_property
    def titles(self) -> dict[str, str] | None:
        """Kolada's titles by KPI; None without a store."""
        return None if self.evidence is None else self.evidence.titles

    @cached_property
    def now(self) -> dict[str, dict[Any, Any]]:
        """The newest score of every KPI that has one (tables.SCORES), by its id."""
        if self.evidence is None:
            return {}
        return {str(row["kpi"]): row for row in self.evidence.now.to_dict("records")}

    def colour(self, kpi: str) -> str:
        """Return the newest colour of a KPI, or "" when there is none to know."""
        return str(self.now[kpi]["colour"]) if kpi in self.now else ""

    def value(self, kpi: str, year: int) -> float:
        """Return the own value of a KPI in a year; NaN when there is none to know."""
        e = self.evidence
        if e is None or kpi not in e.number or year not in e.whole.periods:
            return float("nan")
        return float(e.series(kpi)[e.whole.periods.index(year)])

    def has_value(self, kpi: str) -> bool:
        """Return whether the municipality has ever had a value of a KPI."""
        e = self.evidence
        return e is not None and kpi in e.number and not np.isnan(e.series(kpi)).all()

    def decimals(self, kpi: str) -> int:
        """Return how many decimals readers need for one KPI; one where nothing is known."""
        e = self.evidence
        return e.decimals(kpi) if e is not None and kpi in e.number else 1

    def activities(self, committee: Committee) -> list[Activity]:
        """Return a committee's activities."""
        return [one for one in self.model.activities if one.committee == committee.slug]

    def worked(self, committee: Committee) -> frozenset[str]:
        """Return the KPIs that one of a committee's activities is there for this year."""
        mine = self.activities(committee)
        return frozenset(kpi for one in mine if is_active(one, self.year) for kpi in one.kpis)


def is_active(one: Activity, year: int) -> bool:
    """Return whether an activity counts in a year: not paused or broken off, and in its time."""
    return one.status not in ("pausad", "avbruten") and one.start.year <= year <= one.stop.year


def goals(basis: Basis) -> Iterator[tuple[Committee, int, CommitteeGoal]]:
    """Yield every goal in force, with its committee and its number in the committee's file."""
    for committee in basis.model.committees:
        for number, goal in enumerate(committee.goals):
            if goal.in_force(basis.year):
                yield committee, number, goal


def committee_file(committee: Committee) -> str:
    """Return the file of a committee, as the parameter folder names it."""
    return f"namnder/{committee.slug}.yaml"


@dataclass(frozen=True)
class Remark:
    """One thing to look over: what, where, and the cure; `about` is what a waiver names.

    file, loc: where it stands in the parameters, as `params.Places` finds it. waived: why somebody
    lets it stand, "" when nobody does.
    """

    code: str
    about: str
    file: str
    loc: Loc
    text: str
    cure: str
    committee: str = ""
    severity: Severity = "anmärkning"
    waived: str = ""


def of_committee(
    committee: Committee, loc: Loc, about: tuple[str, str], said: str, cure: str
) -> Remark:
    """Return a remark of what stands in a committee's file; about: its code, and what it is of."""
    return Remark(*about, committee_file(committee), loc, said, cure, committee.slug)


_COLUMNS: Final = ("code", "severity", "committee", "about", "place", "text", "cure", "waived")
REMARKS: Final = dict.fromkeys(_COLUMNS, "str")
"""Remarks as a table, with the place in words."""


def table(remarks: list[Remark], places: Mapping[int, str]) -> pd.DataFrame:
    """Return remarks as a table (`REMARKS`); places: the place in words by the number in order."""
    columns = {name: [getattr(one, name) for one in remarks] for name in REMARKS if name != "place"}
    columns["place"] = [places[number] for number in range(len(remarks))]
    return tables.frame(REMARKS, columns)
