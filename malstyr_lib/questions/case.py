"""What a question is asked about: one KPI of one municipality, with all that is known of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from malstyr_lib import kpi_title, tables, text
from malstyr_lib.chain import Basis
from malstyr_lib.model import Committee, Kpi
from malstyr_lib.scoring.arrays import Codes, Floats
from malstyr_lib.scoring.colour import goodness
from malstyr_lib.scoring.evidence import Evidence
from malstyr_lib.scoring.shift import Shift

if TYPE_CHECKING:
    from malstyr_lib.questions.setting import Setting

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
    def values(self) -> Floats:
        """The values of all municipalities, by `evidence.everyone` × `years`; NaN where none."""
        return self.evidence.values(self.id)

    @property
    def years(self) -> tuple[int, ...]:
        """The years of `values`, without holes."""
        return self.evidence.whole.periods

    @property
    def again(self) -> frozenset[int]:
        """The years that only repeat the measurement before them."""
        return self.evidence.again(self.id)

    @property
    def reported(self) -> dict[int, int]:
        """How many municipalities have a value, by year; no year without any."""
        return self.evidence.reported(self.id)

    @property
    def judged(self) -> bool:
        """Whether the KPI has a direction, so that there is better and worse."""
        return self.kpi.direction != "ingen"

    @cached_property
    def series(self) -> dict[int, float]:
        """The own known values by year, oldest first."""
        told = zip(self.years, self.evidence.series(self.id), strict=True)
        return {year: float(value) for year, value in told if value == value}

    @cached_property
    def scores(self) -> pd.DataFrame:
        """The KPI's scores against all municipalities, every year (tables.SCORES)."""
        return self.evidence.scores[self.evidence.scores["kpi"] == self.id]

    @cached_property
    def colours(self) -> dict[int, str]:
        """The own colour by year."""
        return dict(zip(self.scores["period"], self.scores["colour"], strict=True))

    @property
    def coloured(self) -> dict[int, str]:
        """The own colour by year, oldest first, of the years that have one."""
        every = sorted(self.colours.items())
        return {int(year): colour for year, colour in every if colour != tables.GREY}

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

    @property
    def reason(self) -> str:
        """Why the newest score has its colour, or none; "" without any score."""
        return str(self.now["reason"]) if self.now else ""

    @property
    def early(self) -> bool:
        """Whether the newest colour is preliminary."""
        return bool(self.now and self.now["preliminary"])

    @property
    def newest_colour(self) -> str:
        """The colour of the newest own value; grey when the newest score has no value."""
        return self.colour if self.now and self.now["period"] == self.period else tables.GREY

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
        if year not in self.years:
            return np.full(len(self.evidence.everyone), np.nan)
        return np.asarray(self.values[:, self.years.index(year)])

    def everyone_of(self, kpi: str, year: int) -> Floats:
        """Return the same of any KPI that the snapshot holds, totals."""
        if kpi == self.id:
            return self.everyone(year)
        rows = self.setting.values(kpi)
        rows = rows[(rows["period"] == year) & (rows["gender"] == "T")]
        told = rows.set_index("municipality")["value"].reindex(self.evidence.everyone)
        return told.to_numpy(dtype=np.float64)

    def known_others(self, values: Floats) -> Floats:
        """Return the others' of values by `evidence.everyone`, those that are known."""
        others = np.delete(values, self.evidence.at)
        return np.asarray(others[~np.isnan(others)])

    def others(self, year: int) -> Floats:
        """Return the others' known values in a year."""
        return self.known_others(self.everyone(year))

    def good(self, values: Floats) -> Floats:
        """Return values of the KPI turned so that more is better; see `goodness`."""
        return goodness(values, self.kpi.direction, self.kpi.target)

    def codes(self, year: int) -> Codes:
        """Return all municipalities' colours in a year (`colour.CODES`), by `evidence.everyone`."""
        return self.evidence.swept.colour[self.at, :, self.years.index(year)].copy()

    def name_of(self, at: int) -> str:
        """Return the name of the municipality in a place among all."""
        return self.setting.names[self.evidence.everyone[at]]

    def peers(self, kind: str) -> list[int]:
        """Return where the others of a comparison group stand among all."""
        return [at for at in self.evidence.places_of(kind, self.id) if at != self.evidence.at]

    def members(self, kind: str) -> list[str]:
        """Return the ids of a comparison group, the own included: alla, län, liknande, …"""
        return list(self.evidence.groups[kind][self.id].members)

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The KPI's observations up to the year, all areas and genders (tables.OBSERVATIONS)."""
        return self.evidence.rows(self.id)

    def own(self, kpi: str, gender: str = "T") -> dict[int, float]:
        """Return the own known values of any KPI that the snapshot holds, by year; {} if not."""
        if (kpi, gender) not in self._found:
            held = self.setting.held(kpi)
            rows = self.setting.values(kpi) if held else tables.empty(tables.OBSERVATIONS)
            self._found[kpi, gender] = tables.series(rows, kpi, self.setting.own, gender)
        return dict(self._found[kpi, gender])

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
        good = self.good(np.array([value, than]))
        return bool(good[0] > good[1])

    @cached_property
    def source(self) -> str:
        """Where the figures are from, in one sentence."""
        day = text.day(self.setting.snapshot.fetched)
        world = "den påhittade övningsvärlden" if self.setting.exercise else "Kolada"
        return f"Värden ur {world} ({self.id}), hämtade {day}; svaret är egen bearbetning."
