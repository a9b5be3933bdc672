"""What a question is asked about: one KPI of one municipality, with all that is known of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from malstyr_lib import kpi_title, tables, text
from malstyr_lib.chain import Basis
from malstyr_lib.model import Committee, Kpi
from malstyr_lib.scoring.colour import goodness
from malstyr_lib.scoring.evidence import Evidence
from malstyr_lib.scoring.shift import Shift

if TYPE_CHECKING:
    from malstyr_lib.questions.setting import Setting

Floats = NDArray[np.float64]
_T = TypeVar("_T")


@dataclass(frozen=True)
class Case:
    """One KPI of one municipality; everything is computed when it is first asked for.

    evidence: that of the committee's KPIs, or of this one alone where no committee follows it.
    """

    setting: Setting
    kpi: Kpi
    evidence: Evidence
    committee: Committee | None = None
    _found: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def id(self) -> str:
        """The KPI's id."""
        return self.kpi.id

    @property
    def name(self) -> str:
        """The municipality's name."""
        return self.setting.name

    @cached_property
    def title(self) -> str:
        """The KPI's title as Kolada has it now."""
        return self.evidence.titles.get(self.id) or self.kpi.title

    @property
    def label(self) -> str:
        """How the KPI is named to readers: its title with single blanks, and its id."""
        return kpi_title.labelled(self.title, self.id)

    @cached_property
    def description(self) -> str:
        """The KPI's description as Kolada has it now, "" when there is none."""
        row = self.entry
        return "" if row is None or pd.isna(row["description"]) else str(row["description"])

    @cached_property
    def entry(self) -> dict[Any, Any] | None:
        """The KPI's row in Kolada's catalogue (tables.KPIS); None when it is not there."""
        return self.setting.catalogue.get(self.id)

    @cached_property
    def unit(self) -> str:
        """The unit that the title says, "" when it says none."""
        return kpi_title.unit(self.title)

    @cached_property
    def basis(self) -> Basis:
        """The goal chain on the setting's day, with the figures that the case has already."""
        return Basis(self.setting.model, self.setting.today, self.evidence)

    @property
    def at(self) -> int:
        """The KPI's place in the evidence's cube."""
        return self.evidence.number[self.id]

    @property
    def judged(self) -> bool:
        """Whether the KPI has a direction, so that there is better and worse."""
        return self.kpi.direction != "ingen"

    @cached_property
    def series(self) -> dict[int, float]:
        """The own known values by year, oldest first."""
        years, values = self.evidence.whole.periods, self.evidence.series(self.id)
        return {
            year: float(value) for year, value in zip(years, values, strict=True) if value == value
        }

    @cached_property
    def scores(self) -> pd.DataFrame:
        """The KPI's scores against all municipalities, every year (tables.SCORES)."""
        return self.evidence.scores[self.evidence.scores["kpi"] == self.id]

    @cached_property
    def colours(self) -> dict[int, str]:
        """The own colour by year."""
        return dict(zip(self.scores["period"], self.scores["colour"], strict=True))

    @cached_property
    def now(self) -> dict[Any, Any] | None:
        """The newest score (tables.SCORES), as a report may show it; None without any row."""
        rows = self.evidence.now
        mine = rows[rows["kpi"] == self.id].to_dict("records")
        return mine[0] if mine else None

    @property
    def shifts(self) -> list[Shift]:
        """The changes of colour that can be compared, oldest first; none across a break."""
        return self.evidence.shifts_of(self.kpi)

    @property
    def colour(self) -> str:
        """The newest colour; grey where there is none."""
        return str(self.now["colour"]) if self.now else tables.GREY

    @cached_property
    def period(self) -> int | None:
        """The year of the newest own value."""
        return max(self.series, default=None)

    @cached_property
    def value(self) -> float:
        """The newest own value; NaN where there is none."""
        return self.series[self.period] if self.period is not None else float("nan")

    @cached_property
    def before(self) -> int | None:
        """The year of the own value before the newest."""
        return max((year for year in self.series if year != self.period), default=None)

    def everyone(self, year: int) -> Floats:
        """Return all municipalities' values in a year, by `evidence.everyone`; NaN where none."""
        periods = self.evidence.whole.periods
        if year not in periods:
            return np.full(len(self.evidence.everyone), np.nan)
        return np.asarray(self.evidence.whole.values[self.at, :, periods.index(year)])

    def others(self, year: int) -> Floats:
        """Return the others' known values in a year."""
        values = np.delete(self.everyone(year), self.evidence.at)
        return np.asarray(values[~np.isnan(values)])

    def members(self, kind: str) -> list[str]:
        """Return the ids of a comparison group, the own included: alla, län, liknande, …"""
        return list(self.evidence.groups[kind][self.id].members)

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The KPI's observations up to the year, all areas and genders (tables.OBSERVATIONS)."""
        every = self.evidence.observations
        return every[every["kpi"] == self.id]

    def own(self, kpi: str, gender: str = "T") -> dict[int, float]:
        """Return the own known values of any KPI that the snapshot holds, by year; {} if not."""
        if (kpi, gender) not in self._found:
            self._found[kpi, gender] = self._own(kpi, gender)
        return dict(self._found[kpi, gender])

    def _own(self, kpi: str, gender: str) -> dict[int, float]:
        if not self.setting.held(kpi):
            return {}
        rows = self.setting.values(kpi)
        mine = rows[
            (rows["municipality"] == self.setting.own)
            & (rows["gender"] == gender)
            & rows["value"].notna()
        ]
        return {int(y): float(v) for y, v in zip(mine["period"], mine["value"], strict=True)}

    def once(self, compute: Callable[[Case], _T]) -> _T:
        """Return what a function finds of the case, computed the first time it is asked for."""
        if compute not in self._found:
            self._found[compute] = compute(self)
        found: _T = self._found[compute]
        return found

    def finding(self, table: Callable[[Evidence], pd.DataFrame]) -> dict[Any, Any] | None:
        """Return this KPI's row of a table of `scoring.findings`; None where it has none."""
        rows = self.setting.finding(self.evidence, table)
        mine = rows[rows["kpi"] == self.id].to_dict("records")
        return mine[-1] if mine else None

    @cached_property
    def decimals(self) -> int:
        """How many decimals readers need, by the values of all."""
        return self.evidence.decimals(self.id)

    def said(self, value: float | None) -> str:
        """Return a value of the KPI as readers see it, with its unit where that is short."""
        written = text.number(value, self.decimals)
        return f"{written}\u00a0%" if self.unit == "%" else written

    def had(self, value: float, year: int | None) -> str:
        """Return what the municipality had in a year, as the beginning of a sentence."""
        return f"År {year} hade {self.name} {self.said(value)}"

    def far(self, gap: float) -> str:
        """Return a distance in the KPI's unit; between shares it is in percentage points."""
        written = text.gap(abs(gap), self.decimals)
        ending = "" if written == "1" else "er"
        return f"{written} procentenhet{ending}" if self.unit == "%" else written

    def better(self, value: float, than: float) -> bool | None:
        """Return whether a value is strictly better than another; None without direction."""
        if not self.judged:
            return None
        good = goodness(np.array([value, than]), self.kpi.direction, self.kpi.target)
        return bool(good[0] > good[1])

    @cached_property
    def source(self) -> str:
        """Where the figures are from, in one sentence."""
        day = text.day(self.setting.snapshot.fetched)
        world = "den påhittade övningsvärlden" if self.setting.exercise else "Kolada"
        return f"Värden ur {world} ({self.id}), hämtade {day}; svaret är egen bearbetning."
