"""Where questions are asked: the parameters, a snapshot, the municipality and the day.

Shared by all KPIs that are asked about, so that what they have in common is computed once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, TypeAlias

import pandas as pd

from malstyr_lib import tables, text
from malstyr_lib.chain import Basis
from malstyr_lib.grounds.basis import gathered
from malstyr_lib.grounds.named import known, kpi_of
from malstyr_lib.model import Committee, Kpi, SteeringModel
from malstyr_lib.outcome import Outcome
from malstyr_lib.periods import year_of
from malstyr_lib.questions.case import Case
from malstyr_lib.questions.families import Titles
from malstyr_lib.scoring.evidence import Evidence
from malstyr_lib.store import Snapshot

_Table: TypeAlias = Callable[[Evidence], pd.DataFrame]


@dataclass(frozen=True)
class Setting:
    """What every question of a sitting is asked of.

    own: the municipality's id, the model's own or another. today: the day it is asked. year: the
    last year to look at, the newest with a value when None. earlier: a snapshot of an earlier
    year, whose values were told first. own_values: tables.OWN_VALUES, those up to
    `year`. reported: the outcomes of
    the reports that have been made, of any year, as the manifest of `output` keeps them.
    at_hand: evidence that has been gathered already, by the committee's slug.
    """

    model: SteeringModel
    snapshot: Snapshot
    own: str
    today: date
    year: int | None = None
    earlier: Snapshot | None = None
    own_values: pd.DataFrame = field(default_factory=lambda: tables.empty(tables.OWN_VALUES))
    reported: Sequence[Outcome] = ()
    at_hand: Mapping[str, Evidence] = field(default_factory=dict, repr=False, compare=False)
    _gathered: dict[str, Evidence] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _found: dict[tuple[int, _Table], tuple[Evidence, pd.DataFrame]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _values: dict[str, pd.DataFrame] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _cases: dict[tuple[str, int, str], Case] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        """Leave out the own values after the year, as Kolada's are left out."""
        if self.year is not None and len(self.own_values):
            within = [year_of(one) <= self.year for one in self.own_values["period"]]
            object.__setattr__(self, "own_values", self.own_values[within].reset_index(drop=True))

    @property
    def home(self) -> bool:
        """Whether it is the municipality whose parameters these are: only it has activities."""
        return self.own == self.model.municipality.code

    @cached_property
    def catalogue(self) -> dict[str, dict[Any, Any]]:
        """Kolada's KPIs (tables.KPIS), a row by id."""
        return {str(row["id"]): row for row in self.snapshot.kpis.to_dict("records")}

    def told(self, kpi: str, what: str) -> str:
        """Return what Kolada's catalogue tells of a KPI under a heading, "" when nothing."""
        found = self.catalogue.get(kpi, {}).get(what)
        return found if isinstance(found, str) else ""

    @cached_property
    def titles(self) -> Titles:
        """Kolada's titles, for finding the KPIs that measure the same of others."""
        return Titles({kpi: str(row["title"]) for kpi, row in self.catalogue.items()})

    @cached_property
    def areas(self) -> pd.DataFrame:
        """The areas of the snapshot (tables.MUNICIPALITIES)."""
        return self.snapshot.municipalities

    @cached_property
    def names(self) -> dict[str, str]:
        """The names of all areas by their id."""
        return dict(zip(self.areas["id"], self.areas["title"], strict=True))

    @property
    def name(self) -> str:
        """The name of the municipality that is asked about."""
        return self.names[self.own]

    @cached_property
    def exercise(self) -> bool:
        """Whether the figures are invented."""
        return tables.is_exercise(tables.municipalities_only(self.areas))

    def held(self, kpi: str) -> bool:
        """Return whether the snapshot has rows of a KPI."""
        return kpi in self.snapshot.manifest["values"]

    def values(self, kpi: str) -> pd.DataFrame:
        """Return one KPI's observations up to `year` (tables.OBSERVATIONS), also of no registry."""
        if kpi not in self._values:
            rows = self.snapshot.values(kpi)
            self._values[kpi] = rows if self.year is None else rows[rows["period"] <= self.year]
        return self._values[kpi]

    def committee_of(self, kpi: str) -> Committee | None:
        """Return the first committee that follows a KPI this year, if any."""
        return next((one for one in self.committees if kpi in one.kpis), None)

    @cached_property
    def committees(self) -> tuple[Committee, ...]:
        """The committees as they are in force in the year of the figures or the one after."""
        fetched = text.swedish(self.snapshot.fetched).year
        year = fetched if self.year is None else min(fetched, self.year + 1)
        return tuple(one.in_force(year) for one in self.model.committees)

    def evidence(self, committee: Committee) -> Evidence:
        """Return the evidence of a committee's focus KPIs, as its report has it."""
        ready = self.at_hand.get(committee.slug)
        if ready is not None and (ready.own, ready.year) == (self.own, self.year):
            return ready
        if committee.slug not in self._gathered:
            kpis = tuple(self.model.kpi(kpi) for kpi in committee.kpis)
            self._gathered[committee.slug] = self._of(kpis)
        return self._gathered[committee.slug]

    def finding(self, evidence: Evidence, table: _Table) -> pd.DataFrame:
        """Return a table of `scoring.findings`, made once for an evidence."""
        key = id(evidence), table
        if key not in self._found:  # the evidence is kept, so that no other gets its id
            self._found[key] = (evidence, table(evidence))
        return self._found[key][1]

    @cached_property
    def whole(self) -> Evidence:
        """The evidence of all KPIs that any committee follows, for questions to the report."""
        focus = dict.fromkeys(kpi for one in self.committees for kpi in one.kpis)
        return self._of(tuple(self.model.kpi(kpi) for kpi in focus))

    @cached_property
    def basis(self) -> Basis:
        """The goal chain on the day, with the figures of what the committees follow."""
        return Basis(self.model, self.today, self.whole if self.home else None)

    def case(self, kpi: str) -> Case:
        """Return one KPI's case. UsageError when nothing is known of it.

        One of the registry has a case also where the snapshot has no row of it: then the questions
        say so. A KPI that a committee follows is judged among that committee's, as in its report.
        """
        found = kpi.strip().upper()
        if found not in {one.id for one in self.model.kpis}:
            (found,) = known(self.snapshot, [kpi])
        one, committee = kpi_of(self.model, self.snapshot, found), self.committee_of(found)
        evidence = self.evidence(committee) if committee else self._of((one,))
        return self.case_in(evidence, one, committee)

    def case_in(self, evidence: Evidence, kpi: Kpi, committee: Committee | None) -> Case:
        """Return one KPI's case among the KPIs of an evidence, the same each time it is asked."""
        key = kpi.id, id(evidence), committee.slug if committee else ""
        if key not in self._cases:  # the case keeps the evidence, so that no other gets its id
            self._cases[key] = Case(self, kpi, evidence, committee)
        return self._cases[key]

    def _of(self, kpis: tuple[Kpi, ...]) -> Evidence:
        year = self.year if self.year is not None else self._newest(kpis)
        return gathered(kpis, self.snapshot, own=self.own, year=year, earlier=self.earlier)

    def _newest(self, kpis: tuple[Kpi, ...]) -> int | None:
        """Return the newest year, of those begun at the fetch, that anybody has a value for."""
        rows = self.snapshot.coded_values([kpi.id for kpi in kpis])
        begun = rows["period"] <= text.swedish(self.snapshot.fetched).year
        years = rows.loc[rows["value"].notna() & begun, "period"]
        return int(years.max()) if len(years) else None
