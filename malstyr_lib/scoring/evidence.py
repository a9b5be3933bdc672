"""All that is needed to say something of one municipality's KPIs, computed once and shared.

Tables in; `findings` makes tables with reasons of it. Docs: docs/metod.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from malstyr_lib import tables, text
from malstyr_lib.model import Kpi
from malstyr_lib.scoring.arrays import Floats
from malstyr_lib.scoring.break_text import text_breaks
from malstyr_lib.scoring.breaks import Break, level_breaks
from malstyr_lib.scoring.cube import Cube, cube
from malstyr_lib.scoring.groups import GROUPS, Group, groups_of
from malstyr_lib.scoring.history import history
from malstyr_lib.scoring.measured import repeated, window
from malstyr_lib.scoring.points import independent
from malstyr_lib.scoring.scores import latest, score
from malstyr_lib.scoring.shift import Shift, every_shift, moved
from malstyr_lib.scoring.slow import Mobility, mobilities, yearly
from malstyr_lib.scoring.spells import KaplanMeier, time_to_green
from malstyr_lib.scoring.sweep import Sweep, sweep
from malstyr_lib.scoring.trend import Trend, secured, slow_trend, trend


@dataclass(frozen=True)
class Evidence:
    """One municipality's KPIs up to a year, beside all municipalities'; totals unless said.

    observations: the values of `kpis` and of their companions (tables.OBSERVATIONS), already cut
    at `year`. catalogue: Kolada's KPIs (tables.KPIS). changed: breaks that are known from two
    retrievals. published: observations as they were first told, for what has been revised since.
    margin_of: the KPI with a KPI's margin of error, by id, where Kolada has one.
    """

    kpis: tuple[Kpi, ...]
    own: str
    year: int
    observations: pd.DataFrame
    catalogue: pd.DataFrame
    municipalities: pd.DataFrame
    municipality_groups: pd.DataFrame
    changed: tuple[Break, ...] = ()
    published: pd.DataFrame | None = None
    margin_of: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def everyone(self) -> list[str]:
        """The ids of all municipalities."""
        return tables.municipalities_only(self.municipalities)

    @cached_property
    def at(self) -> int:
        """The place of the own municipality among all."""
        return self._place[self.own]

    @cached_property
    def whole(self) -> Cube:
        """The KPIs' values for all municipalities."""
        return cube(self.observations, kpis=[kpi.id for kpi in self.kpis], areas=self.everyone)

    @cached_property
    def told(self) -> Cube | None:
        """The same values as they were first told, where an earlier retrieval is known."""
        if self.published is None:
            return None
        ids = [kpi.id for kpi in self.kpis]
        return cube(self.published, kpis=ids, areas=self.everyone)

    @cached_property
    def number(self) -> dict[str, int]:
        """The place of every KPI in the cube."""
        return {kpi.id: at for at, kpi in enumerate(self.kpis)}

    def kpi(self, kpi: str) -> Kpi:
        """Return one of the KPIs by its id."""
        return self.kpis[self.number[kpi]]

    def values(self, kpi: str) -> Floats:
        """Return one KPI's values, municipality × the cube's periods."""
        return np.asarray(self.whole.values[self.number[kpi]])

    @cached_property
    def swept(self) -> Sweep:
        """The standing of every municipality in every KPI and year, against all."""
        return sweep(self.whole, {kpi.id: kpi for kpi in self.kpis})

    @cached_property
    def titles(self) -> dict[str, str]:
        """Kolada's titles by KPI."""
        return dict(zip(self.catalogue["id"], self.catalogue["title"].fillna(""), strict=True))

    def scored(self, kind: str) -> pd.DataFrame:
        """Return scores against one kind of comparison group (tables.SCORES)."""
        return score(
            self.observations,
            self.kpis,
            self.own,
            everyone=self.everyone,
            groups=self.groups[kind],
            titles=self.titles,
        )

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Scores against all municipalities, every year (tables.SCORES)."""
        return self.scored("alla")

    @cached_property
    def now(self) -> pd.DataFrame:
        """The newest score of every KPI that has one, as a report of `year` may show it."""
        return latest(self.scores, self.year, self.kpis)

    @cached_property
    def groups(self) -> Mapping[str, dict[str, Group]]:
        """The comparison groups by kind and KPI."""
        return {
            kind: groups_of(
                kind,
                self.own,
                self.kpis,
                municipalities=self.municipalities,
                municipality_groups=self.municipality_groups,
            )
            for kind in GROUPS
        }

    def places_of(self, kind: str, kpi: str) -> list[int]:
        """Return where the members of a KPI's comparison group stand among all, the own too."""
        return [self._place[area] for area in self.groups[kind][kpi].members]

    @cached_property
    def _place(self) -> dict[str, int]:
        return {area: at for at, area in enumerate(self.everyone)}

    def rows(self, kpi: str) -> pd.DataFrame:
        """Return one KPI's observations, of all areas and genders (tables.OBSERVATIONS)."""
        return self.observations[self.observations["kpi"] == kpi]

    def history(self, kpi: str) -> pd.DataFrame:
        """Return one KPI's values beside the others' (see `history`), a row per year."""
        return history(
            self.rows(kpi),
            kpi,
            self.own,
            everyone=self.everyone,
            similar=self.groups["liknande"][kpi],
        )

    def series(self, kpi: str) -> Floats:
        """Return the own values of one KPI, by the cube's periods."""
        return np.asarray(self.values(kpi)[self.at])

    def decimals(self, kpi: str) -> int:
        """Return how many decimals readers need for one KPI, by the values of all."""
        if kpi not in self._decimals:
            every = self.values(kpi).reshape(-1)
            self._decimals[kpi] = text.decimals_for(every.tolist())
        return self._decimals[kpi]

    @cached_property
    def _decimals(self) -> dict[str, int]:
        """The decimals that have been asked for, by KPI."""
        return {}

    @cached_property
    def mobilities(self) -> dict[str, Mobility]:
        """How slowly every KPI moves, over all municipalities and the years measured anew."""
        return mobilities(yearly(self.whole), self.kpis)

    @cached_property
    def times(self) -> dict[str, KaplanMeier]:
        """The time from red to green among all municipalities, by KPI."""
        return {
            kpi.id: time_to_green(self.swept.colour[at], self.whole.periods)
            for at, kpi in enumerate(self.kpis)
        }

    @cached_property
    def shifts(self) -> list[Shift]:
        """Every change of colour, KPI by KPI, oldest first; none across a break in the series."""
        return [one for kpi in self.kpis for one in self.shifts_of(kpi)]

    def shifts_of(self, kpi: Kpi) -> list[Shift]:
        """Return the changes of colour of one KPI, oldest first; none across a break."""
        if kpi.id not in self._shifts:
            found = every_shift(self.whole, [kpi], self.scores, told=self.told)
            self._shifts[kpi.id] = [
                replace(one, later=tuple(self._comparable(one)))
                for one in found
                if not self.broken(one.kpi, (one.period_before, one.period))
            ]
        return self._shifts[kpi.id]

    @cached_property
    def _shifts(self) -> dict[str, list[Shift]]:
        """The changes of colour that have been asked for, by KPI."""
        return {}

    def _comparable(self, one: Shift) -> Iterator[tuple[int, str]]:
        """Yield the later colours of a shift that no break parts from it."""
        for year, colour in one.later:
            if self.broken(one.kpi, (one.period, year)):
                return
            yield year, colour

    def moved(self, kpi: Kpi, years: tuple[int, int]) -> Shift | None:
        """Return what became of a KPI between two years; see `shift.moved`.

        None also when its series breaks between them.
        """
        if self.broken(kpi.id, years):
            return None
        return moved(self.whole, kpi, self.own, years=years, told=self.told)

    @cached_property
    def breaks(self) -> dict[str, list[Break]]:
        """The breaks in every KPI's series, oldest first, those without a year last."""
        return {kpi.id: self._breaks(kpi.id) for kpi in self.kpis}

    def _breaks(self, kpi: str) -> list[Break]:
        told = self.reported(kpi)
        found = [
            *(one for one in self.changed if one.kpi == kpi),
            *level_breaks(kpi, self.values(kpi), self.whole.periods),
            *text_breaks(kpi, self.titles.get(kpi, ""), self._description(kpi), [*told]),
        ]
        return sorted(found, key=lambda one: (one.period is None, one.period or 0))

    def break_years(self, kpi: str) -> list[int]:
        """Return the years from which a series can't be compared backwards, oldest first."""
        return [one.period for one in self.breaks[kpi] if one.period is not None]

    def cut(self, kpi: str) -> int | None:
        """Return the year of the break that cuts a series: the last up to its newest own value."""
        known = np.flatnonzero(~np.isnan(self.series(kpi)))
        newest = self.whole.periods[int(known[-1])] if len(known) else -1
        return max((year for year in self.break_years(kpi) if year <= newest), default=None)

    def broken(self, kpi: str, years: tuple[int, int]) -> Break | None:
        """Return a break that parts two years of a KPI's series, if there is one."""
        within = (one for one in self.breaks[kpi] if years[0] < (one.period or -1) <= years[1])
        return next(within, None)

    def _description(self, kpi: str) -> str:
        """Return the description of a KPI."""
        told = self.catalogue.loc[self.catalogue["id"] == kpi, "description"].fillna("")
        return " ".join(told)

    def reported(self, kpi: str) -> dict[int, int]:
        """Return how many municipalities have a value, by year; no year without any."""
        seen = (~np.isnan(self.values(kpi))).sum(axis=0).tolist()
        return {year: n for year, n in zip(self.whole.periods, seen, strict=True) if n}

    def again(self, kpi: str) -> frozenset[int]:
        """Return the years that only repeat the measurement before them."""
        if kpi not in self._again:
            self._again[kpi] = repeated(self.values(kpi), self.whole.periods)
        return self._again[kpi]

    @cached_property
    def _again(self) -> dict[str, frozenset[int]]:
        """The repeated years that have been asked for, by KPI."""
        return {}

    def points(self, kpi: str) -> list[int]:
        """Return the years that a trend of the own values may stand on."""
        known = zip(self.whole.periods, self.series(kpi), strict=True)
        return independent(
            [year for year, value in known if value == value],
            breaks=self.break_years(kpi),
            repeated=self.again(kpi),
            window=window(self.titles.get(kpi, ""), self._description(kpi)),
        )

    @cached_property
    def trends(self) -> dict[str, Trend]:
        """The trend of every KPI's own values, all judged together; slow ones among the others'."""
        found = secured([self._trend(kpi.id) for kpi in self.kpis])
        return {kpi.id: one for kpi, one in zip(self.kpis, found, strict=True)}

    def _trend(self, kpi: str) -> Trend:
        years = self.points(kpi)
        columns = [self.whole.periods.index(year) for year in years]
        values = self.values(kpi)[:, columns]
        if self.mobilities[kpi].grade == "trögrörlig":
            return slow_trend(years, values[self.at], np.delete(values, self.at, axis=0))
        return trend(years, values[self.at])

    @cached_property
    def margins(self) -> dict[str, dict[int, float]]:
        """The own margin of error by KPI and year, where Kolada has a KPI for it."""
        pairs = self.margin_of
        return {
            kpi.id: tables.series(self.observations, pairs[kpi.id], self.own)
            for kpi in self.kpis
            if kpi.id in pairs
        }

    @cached_property
    def bases(self) -> dict[str, dict[int, float]]:
        """The own number of persons that a KPI is a share of, by KPI and year, where known."""
        return {
            kpi.id: tables.series(self.observations, kpi.base, self.own)
            for kpi in self.kpis
            if kpi.base
        }
