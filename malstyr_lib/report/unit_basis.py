"""What a unit's sheet is made of: its activities, key figures and own values, and no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

import pandas as pd

from malstyr_lib import own, tables
from malstyr_lib.chain import Basis
from malstyr_lib.grounds.basis import gathered
from malstyr_lib.model import Activity, Committee, CommitteeGoal, Question, Unit
from malstyr_lib.questions import Case, Setting, units
from malstyr_lib.report.analysis import day_of
from malstyr_lib.report.opening import Opened
from malstyr_lib.report.workplaces import Workplace
from malstyr_lib.scoring.evidence import Evidence

MOST_KPIS: Final = 2
"""How many key figures there is room for on a sheet: the red ones first."""
_ORDER: Final = {tables.RED: 0, tables.YELLOW: 1, tables.GREEN: 1, tables.GREY: 2}


@dataclass(frozen=True)
class UnitValues:
    """A unit's own values of a key figure by year, as Kolada tells them.

    hidden: whether the newest may not be shown, since it is about few.
    """

    values: dict[int, float]
    hidden: bool = False


@dataclass(frozen=True, eq=False)
class UnitBasis:
    """One unit in one year, on one snapshot; what is costly is worked out when it is asked for."""

    opened: Opened
    place: Workplace
    year: int

    @property
    def unit(self) -> Unit:
        """The unit."""
        return self.place.unit

    @property
    def today(self) -> date:
        """The day that activities are looked at; see `analysis.day_of`."""
        return day_of(self.opened.snapshot, self.year)

    @cached_property
    def committee(self) -> Committee:
        """The committee with the goals in force that day."""
        return self.place.committee.in_force(self.today.year)

    @cached_property
    def goals(self) -> dict[str, CommitteeGoal]:
        """The committee's goals in force, by id."""
        return {goal.id: goal for goal in self.committee.goals}

    @cached_property
    def planned(self) -> list[Activity]:
        """All the unit's activities, whatever their year."""
        return [one for one in self.opened.model.activities if one.unit == self.unit.id]

    @cached_property
    def activities(self) -> list[Activity]:
        """The unit's activities of that year, and those that earlier years left open.

        Those that are not finished first, and among them the one that is to be ready first.
        """
        shown = [one for one in self.planned if one.counts_in(self.today.year)]
        return sorted(shown, key=lambda one: (_RANK[one.status], one.stop, one.id))

    @cached_property
    def exercise(self) -> bool:
        """Whether the figures are invented."""
        return tables.is_exercise(tables.municipalities_only(self.opened.snapshot.municipalities))

    @cached_property
    def moved(self) -> tuple[str, ...]:
        """The key figures that the unit's activities are to be seen in, or that it has values of.

        The latter only where no activity names any.
        """
        known = {kpi.id for kpi in self.opened.model.kpis}
        named = [kpi for one in self.activities for kpi in one.kpis if kpi in known]
        return tuple(dict.fromkeys(named)) or tuple(filter(self._told_of, self.committee.kpis))

    def _told_of(self, kpi: str) -> bool:
        """Return whether Kolada has any row of a key figure for the unit itself."""
        if not self.unit.ou or kpi not in self.opened.snapshot.manifest["ou_values"]:
            return False
        return bool((self.opened.snapshot.ou_values(kpi)["ou"] == self.unit.ou).any())

    @cached_property
    def evidence(self) -> Evidence:
        """The evidence of `moved`, against all municipalities, up to the year."""
        model, snapshot = self.opened.model, self.opened.snapshot
        kpis = tuple(model.kpi(kpi) for kpi in self.moved)
        own_code, earlier = model.municipality.code, self.opened.earlier
        return gathered(kpis, snapshot, own=own_code, year=self.year, earlier=earlier)

    @cached_property
    def setting(self) -> Setting:
        """Where questions about the unit's key figures are asked."""
        start = self.opened
        return Setting(
            model=start.model,
            snapshot=start.snapshot,
            own=start.model.municipality.code,
            today=self.today,
            year=self.year,
            earlier=start.earlier,
            own_values=start.own_values,
            at_hand={self.committee.slug: self.evidence},
        )

    @cached_property
    def cases(self) -> list[Case]:
        """The key figures that there is room for, the red ones first, else as they are named.

        The second is one that the unit has values of its own of, where there is any.
        """
        if not self.moved:
            return []
        kpis = [self.opened.model.kpi(kpi) for kpi in self.moved]
        found = [self.setting.case_in(self.evidence, kpi, self.committee) for kpi in kpis]
        ordered = sorted(found, key=lambda case: _ORDER[case.colour])
        mine = [case for case in ordered if self._told_of(case.id)]
        chosen = {case.id: case for case in [*ordered[:1], *mine[:1], *ordered]}
        return [*chosen.values()][:MOST_KPIS]

    @cached_property
    def basis(self) -> Basis:
        """The goal chain that day, with the figures of `moved`."""
        return Basis(self.opened.model, self.today, self.evidence if self.moved else None)

    @cached_property
    def unit_values(self) -> dict[str, UnitValues]:
        """The unit's own values by key figure, where Kolada has any row of it."""
        return {case.id: self._of_unit(case) for case in self.cases if self._told_of(case.id)}

    def _of_unit(self, case: Case) -> UnitValues:
        rows = self.opened.snapshot.ou_values(case.id)
        mine = rows[(rows["ou"] == self.unit.ou) & (rows["gender"] == "T")]
        years = sorted({int(one) for one in mine["period"] if one <= self.year})[-5:]
        found = {year: self._shown(case, year) for year in years}
        values = {year: value for year, value in found.items() if value is not None}
        return UnitValues(values, hidden=bool(years) and years[-1] not in values)

    def _shown(self, case: Case, year: int) -> float | None:
        """Return the unit's value of a year where it may be shown (`questions.units`)."""
        found = units.own_units(case, year)
        shown = found.shown if found else ()
        return next((one.value for one in shown if one.ou == self.unit.ou), None)

    @cached_property
    def own_standings(self) -> list[tuple[str, pd.Series]]:
        """The municipality's own measures that are told of the unit: title and standing of each."""
        model, told = self.opened.model, []
        history = own.with_history(model, self.opened.own_values)
        names = own.part_names(model)
        for measure in model.measures:
            rows = history.values[
                (history.values["measure"] == measure.id)
                & history.values["part"].isin([self.unit.id])
                & (history.values["gender"] == "T")
            ]
            if rows["value"].notna().any():
                found = own.standings(measure, rows, names=names, breaks=history.breaks)
                told.append((f"{measure.title} ({measure.unit})", found.iloc[0]))
        return told

    @cached_property
    def unanswered(self) -> list[Question]:
        """The analysis group's unanswered questions about the unit's key figures, or to its roles.

        Those that have been asked by the day, the one to be answered first on top.
        """
        roles = {one.who.casefold() for one in self.activities}
        mine = [
            one
            for one in self.opened.model.questions
            if one.committee == self.committee.slug
            and one.answer is None
            and one.day <= self.today
            and (one.kpi in self.moved or one.to.casefold() in roles)
        ]
        return sorted(mine, key=lambda one: (one.due or date.max, one.day, one.id))


_RANK: Final = {"pågår": 0, "planerad": 0, "pausad": 1, "klar": 2, "avbruten": 3}
