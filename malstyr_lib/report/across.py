"""The committees side by side as values, each KPI once, and what was reported of them before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final

import pandas as pd

from malstyr_lib import manifest, tables, text
from malstyr_lib.chain import Basis
from malstyr_lib.model import Kpi
from malstyr_lib.outcome import Outcome
from malstyr_lib.questions import Setting
from malstyr_lib.report.analysis import Analysis, day_of
from malstyr_lib.report.opening import opened
from malstyr_lib.report.whole import Whole, whole
from malstyr_lib.scoring import Shift, findings, overall

ALL: Final = "Hela kommunen"


@dataclass(frozen=True, eq=False)
class Across:
    """All committees in one year.

    reported: the outcomes of the reports that have been made, as the manifest of output keeps
    them. own_values: the municipality's own figures (tables.OWN_VALUES).
    """

    whole: Whole
    reported: Sequence[Outcome] = ()
    own_values: pd.DataFrame = field(default_factory=lambda: tables.empty(tables.OWN_VALUES))

    @property
    def year(self) -> int:
        """The year that is reported on."""
        return self.whole.year

    @property
    def analyses(self) -> tuple[Analysis, ...]:
        """One analysis per committee."""
        return self.whole.analyses

    @property
    def now(self) -> pd.DataFrame:
        """The newest score of every KPI that has one, each KPI once (tables.SCORES)."""
        return self.whole.now

    @property
    def fetched(self) -> date:
        """The day that the figures were fetched, in Sweden."""
        return text.swedish(self.whole.opened.snapshot.fetched).date()

    @property
    def day(self) -> date:
        """The day that the goal chain is looked at; see `analysis.day_of`."""
        return day_of(self.whole.opened.snapshot, self.year)

    @cached_property
    def setting(self) -> Setting:
        """Where questions are asked, on the committees' own evidence."""
        start = self.whole.opened
        return Setting(
            model=start.model,
            snapshot=start.snapshot,
            own=start.model.municipality.code,
            today=self.day,
            year=self.year,
            earlier=start.earlier,
            own_values=self.own_values,
            reported=self.reported,
            at_hand={one.committee.slug: one.evidence for one in self.analyses},
        )

    @property
    def basis(self) -> Basis:
        """The goal chain on the day, without figures."""
        return Basis(self.whole.model, self.day)

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

    @property
    def ids(self) -> tuple[str, ...]:
        """The focus KPIs, each once."""
        return tuple(kpi.id for kpi in self.whole.kpis)

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
        return text.listing([one.code for one in self.whole.following(kpi)])

    def kpi(self, kpi: str) -> Kpi:
        """Return a KPI of the registry."""
        return self.whole.model.kpi(kpi)


def across(year: int | None = None, snapshot: str | None = None) -> Across:
    """Return all committees in a year, from the folders that `workspace.find` finds.

    year: None is the newest usual one. snapshot: its id; None is the newest. ParamsError with
    every problem, StoreEmpty with the cure, ReportError for a manifest that can't be read.
    """
    start = opened(snapshot)
    return Across(whole(start, year), tuple(manifest.read(start.place.output)), start.own_values)
