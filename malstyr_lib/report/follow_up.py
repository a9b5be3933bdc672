"""The goals of a whole municipality followed up to a stop day: what was known then, as values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd

from malstyr_lib import chain, periods, tables
from malstyr_lib.chain import Basis
from malstyr_lib.grounds.basis import gathered
from malstyr_lib.model import Activity, Committee, CommitteeGoal, CouncilGoal, SteeringModel
from malstyr_lib.report.analysis import Analysis, report_year
from malstyr_lib.report.opening import Opened
from malstyr_lib.report.stop_day import ANNUAL, HELD, AtStop, Stop, stop_of

SLUG: Final = "kommunen"
STANDINGS: Final = chain.TARGETS | {"this_year": "str"}
"""chain.TARGETS, and how each stands by the report year's value alone: unknown without one."""
_OLD: Final = "senaste uppgiften är från"


@dataclass(frozen=True, eq=False)
class FollowUp:
    """All committees' goals in force a year, on what was known at the report's stop day."""

    opened: Opened
    year: int
    kind: str

    @property
    def model(self) -> SteeringModel:
        """The steering model."""
        return self.opened.model

    @cached_property
    def stop(self) -> Stop:
        """The stop day, decided or assumed."""
        return stop_of(self.model, self.kind, self.year)

    @property
    def at_stop(self) -> AtStop:
        """The snapshot as it was known at the stop day."""
        return AtStop(self.opened.snapshot, self.stop.day)

    @property
    def day(self) -> date:
        """The day that the goals and the work are looked at: within the year of the report.

        That is the stop day, or the last of December, and never later than the figures.
        """
        last = date(self.year, 12, 31)
        wanted = last if self.kind == ANNUAL else min(self.stop.day, last)
        return max(min(wanted, self.at_stop.fetched), date(self.year, 1, 1))

    @property
    def then(self) -> str:
        """When it is that something was known, in words: the stop day, or the fetch before it."""
        early = self.at_stop.fetched < self.stop.day
        return "när värdena hämtades" if early else "vid stoppdagen"

    @cached_property
    def committees(self) -> tuple[Committee, ...]:
        """The committees with their goals in force the report's year."""
        return tuple(one.in_force(self.year) for one in self.model.committees)

    @property
    def in_force(self) -> tuple[tuple[Committee, CommitteeGoal], ...]:
        """The goals in force the report's year, each with its committee."""
        return tuple((one, goal) for one in self.committees for goal in one.goals)

    @property
    def goals(self) -> tuple[CommitteeGoal, ...]:
        """The goals in force the report's year."""
        return tuple(goal for _, goal in self.in_force)

    @cached_property
    def everyone(self) -> Committee:
        """All committees' goals as if they were one committee's."""
        own = self.model.municipality
        return Committee.model_construct(slug=SLUG, code=own.code, name=own.name, goals=self.goals)

    @cached_property
    def _all(self) -> Analysis:
        """The whole municipality's KPIs on everything that was fetched up to the year."""
        start, everyone = self.opened, self.everyone
        evidence = gathered(
            tuple(start.model.kpi(kpi) for kpi in everyone.kpis),
            start.snapshot,
            own=start.model.municipality.code,
            year=self.year,
            earlier=start.earlier,
        )
        return Analysis(start.model, everyone, evidence, start.snapshot, start.earlier)

    @cached_property
    def a(self) -> Analysis:
        """The whole municipality's KPIs as one analysis, on what was known at the stop day."""
        seen = self.at_stop.seen(self._all.evidence.observations)
        return replace(self._all, evidence=replace(self._all.evidence, observations=seen))

    @cached_property
    def basis(self) -> Basis:
        """The goal chain on the report's day, beside what was known."""
        return Basis(self.model, self.day, self.a.evidence)

    @cached_property
    def known(self) -> pd.DataFrame:
        """What can be known of the year's value of every KPI (stop_day.KNOWN)."""
        a = self._all
        return self.at_stop.known(
            a.kpis, self.year, municipality=a.own, observed=a.evidence.observations
        )

    @property
    def unknown(self) -> pd.DataFrame:
        """The rows of `known` whose value for the year is not there to be used."""
        return self.known[~self.known["answer"].isin(HELD)]

    @cached_property
    def standings(self) -> pd.DataFrame:
        """How every target of the goals in force stands (`STANDINGS`)."""
        found = [chain.standings(self.basis, one) for one in self.committees]
        every = pd.concat([tables.empty(chain.TARGETS), *found], ignore_index=True)
        rows = [self._of_year(self._not_too_old(row)) for row in every.to_dict("records")]
        return tables.of_rows(STANDINGS, rows)

    def _of_year(self, row: dict[Any, Any]) -> dict[Any, Any]:
        """Return a target's standing beside how it stands by the report year's own value."""
        this = pd.notna(row["period"]) and row["period"] == self.year
        return row | {"this_year": row["state"] if this else "unknown"}

    def _not_too_old(self, row: dict[Any, Any]) -> dict[Any, Any]:
        """Return a target's standing; one whose newest value is too old is not known."""
        now = self.basis.now.get(str(row["kpi"]), {})
        old = str(now.get("reason", "")).startswith(_OLD) and now["period"] == row["period"]
        if not old or row["state"] in ("unknown", "late"):
            return row
        said = f"{row['level']} senast {row['by']}: {now['reason']}, för gammal för att pröva"
        return row | {"state": "unknown", "reason": said}

    def newest(self, kpi: str) -> dict[Any, Any] | None:
        """Return the score of the newest own value that was known (tables.SCORES), or None."""
        last, now = self._last.get(kpi), self.basis.now.get(kpi)
        same = last is not None and now is not None and now["period"] == last["period"]
        return now if same else last

    @cached_property
    def _last(self) -> dict[str, dict[Any, Any]]:
        """The last score with an own value of every KPI that has one."""
        known = self.a.scores[self.a.scores["value"].notna()]
        rows = known.drop_duplicates("kpi", keep="last").to_dict("records")
        return {str(row["kpi"]): row for row in rows}

    @cached_property
    def expectations(self) -> pd.DataFrame:
        """What was expected of the report's year beside what came (chain.LEDGER)."""
        found = [chain.ledger(self.basis, one) for one in self.model.committees]
        every = pd.concat([tables.empty(chain.LEDGER), *found], ignore_index=True)
        return every[every["year"] == self.year].reset_index(drop=True)

    @cached_property
    def activities(self) -> tuple[Activity, ...]:
        """The activities of the year, and the open ones that should have been done before it."""
        return tuple(one for one in self.model.activities if one.counts_in(self.year))

    def goals_of(self, council: CouncilGoal) -> tuple[tuple[Committee, CommitteeGoal], ...]:
        """Return the committees' goals in force that serve one of the council's."""
        return tuple(pair for pair in self.in_force if pair[1].council_goal == council.id)

    @cached_property
    def own_values(self) -> pd.DataFrame:
        """The own values of periods that had ended at the stop day and are not of a later year."""
        values = self.opened.own_values
        ended = [
            periods.year_of(one) <= self.year and _ended(one, self.stop.day)
            for one in values["period"]
        ]
        return values[np.array(ended, dtype=bool)].reset_index(drop=True)

    def own_series(self, measure: str) -> pd.DataFrame:
        """Return the own values of a measure as a whole, women and men together, in order."""
        rows = self.own_values
        mine = rows[
            (rows["measure"] == measure)
            & (rows["part"] == "")
            & (rows["gender"] == tables.GENDERS[0])
            & rows["value"].notna()
        ]
        return mine.sort_values("period")

    def state(self, kpi: str) -> dict[str, Any]:
        """Return what can be known of the year's value of one KPI."""
        row: dict[str, Any] = self._known_by_kpi[kpi]
        return row

    @cached_property
    def _known_by_kpi(self) -> dict[str, dict[Any, Any]]:
        return {str(row["kpi"]): row for row in self.known.to_dict("records")}


def _ended(period: str, day: date) -> bool:
    """Return whether a period of an own measure had ended on a day."""
    year, within = int(period[:4]), period[5:]
    month = 3 * int(within[1:]) if within.startswith("K") else int(within or 12)
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1) <= day


def follow_up(opened: Opened, kind: str, year: int | None = None) -> FollowUp:
    """Return the goals followed in the year given, or the newest usual one, to its stop day.

    kind: stop_day.INTERIM or ANNUAL. UsageError when there is no such year or municipality in the
    snapshot.
    """
    return FollowUp(opened, report_year(opened.model, opened.snapshot, year, begun=True), kind)
