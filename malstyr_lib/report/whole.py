"""The whole municipality as values: every committee's analysis of one year, on one snapshot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from malstyr_lib.model import Committee, Kpi, SteeringModel
from malstyr_lib.report.analysis import Analysis, analyse, report_year
from malstyr_lib.report.opening import Opened


@dataclass(frozen=True, eq=False)
class Whole:
    """All committees in one year, in the order of the parameters."""

    opened: Opened
    year: int

    @property
    def model(self) -> SteeringModel:
        """The steering model."""
        return self.opened.model

    @cached_property
    def analyses(self) -> tuple[Analysis, ...]:
        """One analysis per committee, each judged among that committee's KPIs as in its report."""
        start = self.opened
        return tuple(
            analyse(start.model, start.snapshot, one.slug, self.year, start.earlier)
            for one in start.model.committees
        )

    @property
    def committees(self) -> tuple[Committee, ...]:
        """The committees, with the goals in force."""
        return tuple(one.committee for one in self.analyses)

    @cached_property
    def kpis(self) -> tuple[Kpi, ...]:
        """Every focus KPI once, in the order that the committees name them."""
        return tuple({kpi.id: kpi for one in self.analyses for kpi in one.kpis}.values())

    def of(self, kpi: str) -> Analysis:
        """Return the first analysis that follows a KPI; KeyError when none does."""
        for one in self.analyses:
            if any(kpi == other.id for other in one.kpis):
                return one
        raise KeyError(kpi)

    def following(self, kpi: str) -> tuple[Committee, ...]:
        """Return the committees that follow a KPI."""
        return tuple(one.committee for one in self.analyses if kpi in one.committee.kpis)

    @cached_property
    def now(self) -> pd.DataFrame:
        """The newest score of every focus KPI that has one, each KPI once (tables.SCORES)."""
        return _each_once(one.now for one in self.analyses)

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Every year's score of every focus KPI, each KPI once (tables.SCORES)."""
        return _each_once(one.scores for one in self.analyses)

    @property
    def exercise(self) -> bool:
        """Whether the figures are invented."""
        return any(one.exercise for one in self.analyses)


def whole(opened: Opened, year: int | None = None) -> Whole:
    """Return the whole municipality in the year given, or the newest usual one.

    UsageError when there is no such year or municipality in the snapshot.
    """
    return Whole(opened, report_year(opened.model, opened.snapshot, year))


def _each_once(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return scores below each other, without those of a KPI that an earlier committee has."""
    kept: list[pd.DataFrame] = []
    seen: set[str] = set()
    for table in tables:
        kept.append(table[~table["kpi"].isin(seen)])
        seen |= set(table["kpi"])
    return pd.concat(kept, ignore_index=True)
