"""The whole municipality as values: its committees side by side, and what was reported before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

import pandas as pd

from malstyr_lib import manifest, tables, text
from malstyr_lib.chain import Basis
from malstyr_lib.model import Committee, Kpi, SteeringModel
from malstyr_lib.outcome import Outcome
from malstyr_lib.questions import Setting
from malstyr_lib.report.analysis import Analysis, analyse, day_of, report_year
from malstyr_lib.report.opening import Opened, opened
from malstyr_lib.scoring import Shift, findings, overall

ALL: Final = "Hela kommunen"


@dataclass(frozen=True, eq=False)
class Across:
    """All committees in one year, on one snapshot.

    reported: the outcomes of the reports that have been made, as the manifest of output keeps
    them.
    """

    opened: Opened
    year: int
    reported: Sequence[Outcome] = ()

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
        """The committees in the order of the parameters, with the goals in force."""
        return tuple(one.committee for one in self.analyses)

    @cached_property
    def kpis(self) -> tuple[Kpi, ...]:
        """Every focus KPI once, in the order that the committees name them."""
        return tuple({kpi.id: kpi for one in self.analyses for kpi in one.kpis}.values())

    @property
    def ids(self) -> tuple[str, ...]:
        """The focus KPIs, each once."""
        return tuple(kpi.id for kpi in self.kpis)

    def of(self, kpi: str) -> Analysis:
        """Return the first analysis that follows a KPI."""
        return next(one for one in self.analyses if kpi in one.committee.kpis)

    def following(self, kpi: str) -> tuple[Committee, ...]:
        """Return the committees that follow a KPI."""
        return tuple(one for one in self.committees if kpi in one.kpis)

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

    @property
    def fetched(self) -> date:
        """The day that the figures were fetched, in Sweden."""
        return text.swedish(self.opened.snapshot.fetched).date()

    @property
    def day(self) -> date:
        """The day that the goal chain is looked at; see `analysis.day_of`."""
        return day_of(self.opened.snapshot, self.year)

    @cached_property
    def setting(self) -> Setting:
        """Where questions are asked, on the committees' own evidence."""
        start = self.opened
        return Setting(
            model=start.model,
            snapshot=start.snapshot,
            own=start.model.municipality.code,
            today=self.day,
            year=self.year,
            earlier=start.earlier,
            own_values=start.own_values,
            reported=self.reported,
            at_hand={one.committee.slug: one.evidence for one in self.analyses},
        )

    @property
    def basis(self) -> Basis:
        """The goal chain on the day, without figures."""
        return Basis(self.model, self.day)

    def colour(self, kpi: str) -> str:
        """Return the newest colour of a KPI; grey where there is none."""
        return self._colours.get(kpi, tables.GREY)

    @cached_property
    def _colours(self) -> dict[str, str]:
        return dict(zip(self.now["kpi"], self.now["colour"], strict=True))

    def counts(self, kpis: Sequence[str]) -> dict[str, int]:
        """Return how many of some KPIs have each colour."""
        found = [self.colour(kpi) for kpi in kpis]
        return {colour: found.count(colour) for colour in tables.COLOURS}

    @cached_property
    def red(self) -> pd.DataFrame:
        """The red ones of `now`, the one farthest from the median (in quartile widths) first."""
        return overall.reds(self.now)

    @cached_property
    def shifts(self) -> list[tuple[Analysis, Shift]]:
        """The KPIs whose newest colour differs from the one before, each once, worse first."""
        found = {one.kpi: (a, one) for a in reversed(self.analyses) for one in a.shifts}
        order = {kpi: at for at, kpi in enumerate(self.ids)}
        return sorted(found.values(), key=lambda pair: (pair[1].better, order[pair[1].kpi]))

    @cached_property
    def shift_findings(self) -> pd.DataFrame:
        """The same shifts with base rates and parts (findings.SHIFTS)."""
        newest = {(one.kpi, one.period) for _, one in self.shifts}
        every = [findings.shifts(a.evidence) for a in self.analyses]
        table = pd.concat(every, ignore_index=True).drop_duplicates(["kpi", "period"])
        kept = [pair in newest for pair in zip(table["kpi"], table["period"], strict=True)]
        return table[kept].reset_index(drop=True)

    @cached_property
    def expected(self) -> pd.DataFrame:
        """Reds and shifts beside what to expect (overall.EXPECTED), and whose: all first."""
        whose = [(ALL, overall.expected(self.setting.whole))]
        whose += [
            (one.committee.name, overall.expected(one.evidence))
            for one in self.analyses
            if one.kpis
        ]
        return pd.concat([rows.assign(whose=name) for name, rows in whose], ignore_index=True)

    def expect(self, what: str, whose: str = ALL) -> dict[str, object]:
        """Return one row of `expected`: röda, lämnade rött or blev röda."""
        rows = self.expected
        (row,) = rows[(rows["what"] == what) & (rows["whose"] == whose)].to_dict("records")
        return {str(name): value for name, value in row.items()}

    def committees_of(self, kpi: str) -> str:
        """Return the codes of the committees that follow a KPI: "BN", "KS och MSN"."""
        return text.listing([one.code for one in self.following(kpi)])

    def kpi(self, kpi: str) -> Kpi:
        """Return a KPI of the registry."""
        return self.model.kpi(kpi)


def _each_once(every: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return scores below each other, without those of a KPI that an earlier committee has."""
    kept: list[pd.DataFrame] = []
    seen: set[str] = set()
    for table in every:
        kept.append(table[~table["kpi"].isin(seen)])
        seen |= set(table["kpi"])
    return pd.concat(kept, ignore_index=True)


def across(year: int | None = None, snapshot: str | None = None) -> Across:
    """Return all committees in a year, from the folders that `workspace.find` finds.

    year: None is the newest usual one. snapshot: its id; None is the newest. ParamsError with
    every problem, StoreEmpty with the cure, ReportError for a manifest that can't be read,
    UsageError when there is no such year or municipality in the snapshot.
    """
    start = opened(snapshot)
    chosen = report_year(start.model, start.snapshot, year)
    return Across(start, chosen, tuple(manifest.read(start.place.output)))
