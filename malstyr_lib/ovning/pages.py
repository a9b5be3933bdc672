"""What is wanted in, the rows of one page out: areas first, then groups as unweighted means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
import numpy as np

from malstyr_lib.ovning import index
from malstyr_lib.ovning.holdings import Groups, Holdings
from malstyr_lib.ovning.index import Floats, Index, Ints


@dataclass(frozen=True)
class Wanted:
    """What a request for data asks for; None asks for everything along that dimension."""

    kpis: Sequence[str] | None
    areas: Sequence[str] | None
    years: Sequence[int] | None
    since: date | None
    types: Sequence[str] | None


@dataclass(frozen=True)
class GroupRows:
    """Group rows with at least one value: where from, and mean and number by gender."""

    kpi: Ints
    group: Ints
    period: Ints
    mean: Floats
    count: Ints


@dataclass(frozen=True)
class Found:
    """All rows that a request gives, on all its pages together."""

    held: Holdings
    index: Index
    rows: Ints
    groups: Sequence[GroupRows]
    units: bool

    @property
    def total(self) -> int:
        """How many rows there are on all pages."""
        return len(self.rows) + sum(len(part.kpi) for part in self.groups)


class _Cell(msgspec.Struct, gc=False):
    gender: str
    count: int
    status: str
    value: float | None
    isdeleted: bool


class _Row(msgspec.Struct, gc=False):
    kpi: str
    period: int
    municipality: str
    values: list[_Cell]


class _UnitRow(msgspec.Struct, gc=False):
    kpi: str
    period: int
    ou: str
    values: list[_Cell]


def find(held: Holdings, wanted: Wanted, *, units: bool) -> Found:
    """Return the rows that are wanted, of municipalities and groups or else of units."""
    source = held.ou_values if units else held.values
    areas = wanted.areas
    if wanted.types is not None and not units:
        allowed = frozenset[str]().union(*(held.types.get(kind, ()) for kind in wanted.types))
        areas = [one for one in (source.area_ids if areas is None else areas) if one in allowed]
    rows = index.rows(source, kpis=wanted.kpis, areas=areas, years=wanted.years)
    if wanted.since:
        rows = rows[
            _changed_since(held, wanted.since, kpi=source.row_kpi[rows], of=source, rows=rows)
        ]
    groups = [] if units or wanted.types is not None else list(_group_rows(held, wanted))
    return Found(held, source, rows, groups, units)


def page_of(found: Found, *, page: int, per_page: int) -> list[Any]:
    """Return one page of rows, ready to encode; the gender cells lie in no certain order."""
    start = (page - 1) * per_page
    rows = found.rows[start : start + per_page]
    made = _area_rows(found.index, rows, kind=_UnitRow if found.units else _Row)
    skip, room = max(0, start - len(found.rows)), per_page - len(made)
    for part in found.groups:
        made += _made(found.held, part, chosen=slice(skip, skip + room))
        skip, room = max(0, skip - len(part.kpi)), per_page - len(made)
    return made


def _changed_since(held: Holdings, since: date, *, kpi: Ints, of: Index, rows: Ints) -> Any:
    """Return which rows changed on a day or later: each year on its day of publication."""
    when = np.array([held.changed.get(name, (0, 1231)) for name in of.kpi_ids], dtype=np.int64)
    day = (of.row_period[rows] + when[kpi, 0]) * 10_000 + when[kpi, 1]
    return day >= since.year * 10_000 + since.month * 100 + since.day


def _area_rows(of: Index, rows: Ints, *, kind: type[_Row] | type[_UnitRow]) -> list[Any]:
    where = zip(
        of.row_kpi[rows].tolist(),
        of.row_period[rows].tolist(),
        of.row_area[rows].tolist(),
        of.first_cell[rows].tolist(),
        of.first_cell[rows + 1].tolist(),
        strict=True,
    )
    genders, statuses = of.cell_gender, of.cell_status
    made: list[Any] = []
    for kpi, period, area, first, end in where:
        cells = [
            _Cell(of.genders[gender], int(value == value), of.statuses[status], value, False)
            for gender, status, value in zip(
                genders[first:end].tolist(),
                statuses[first:end].tolist(),
                of.cell_value[first:end].tolist(),
                strict=True,
            )
        ]
        made.append(kind(of.kpi_ids[kpi], period, of.area_ids[area], _shuffled(cells, first)))
    return made


def _shuffled(cells: list[_Cell], number: int) -> list[_Cell]:
    """Return cells in an order that is no order, the same for a row every time."""
    mixed = (number * 2_654_435_761 >> 7) % 1_000
    turn = mixed % len(cells)
    turned = cells[turn:] + cells[:turn]
    return turned[::-1] if mixed < 500 else turned


def _group_rows(held: Holdings, wanted: Wanted) -> Iterator[GroupRows]:
    """Yield the group rows of each KPI wanted; none are given unless asked for in some way."""
    groups, kpis = _groups_wanted(held, wanted), wanted.kpis
    if len(groups) == 0:
        return
    for kpi in held.values.kpi_ids if kpis is None else sorted(set(kpis)):
        rows = index.rows(held.values, kpis=[kpi], years=wanted.years)
        if wanted.since:
            of = held.values
            rows = rows[_changed_since(held, wanted.since, kpi=of.row_kpi[rows], of=of, rows=rows)]
        if len(rows):
            yield _means(held, rows, groups=groups)


def _groups_wanted(held: Holdings, wanted: Wanted) -> Ints:
    """Return the groups named, or all of them when whole years of KPIs are wanted."""
    if wanted.areas is None and wanted.kpis is not None:
        return np.arange(len(held.groups.ids))
    named = [held.groups.place[one] for one in wanted.areas or () if one in held.groups.place]
    return np.array(sorted(named), dtype=np.int64)


def _means(held: Holdings, rows: Ints, *, groups: Ints) -> GroupRows:
    """Return one KPI's unweighted means of the members that have a value."""
    years = np.unique(held.values.row_period[rows])
    grid = index.dense(held.values, rows, years=years.tolist())
    members, first = _members(held.groups, groups)
    known = ~np.isnan(grid)
    count = np.add.reduceat(known[members].astype(np.int64), first, axis=0)
    total = np.add.reduceat(np.where(known, grid, 0.0)[members], first, axis=0)
    group, year = np.nonzero(count.any(axis=2))
    there, sums = count[group, year], total[group, year]
    mean = np.divide(sums, there, out=np.full(sums.shape, np.nan), where=there > 0)
    kpi = np.repeat(held.values.row_kpi[rows[0]], len(group))
    return GroupRows(kpi, groups[group], years[year], mean, there)


def _members(held: Groups, groups: Ints) -> tuple[Ints, Ints]:
    """Return the members of some groups, group after group, and where each group begins."""
    ends = np.append(held.first[1:], len(held.members))
    parts = [held.members[held.first[group] : ends[group]] for group in groups]
    sizes = [len(part) for part in parts]
    return np.concatenate(parts), np.cumsum([0, *sizes])[:-1]


def _made(held: Holdings, part: GroupRows, *, chosen: slice) -> list[Any]:
    """Return some of a KPI's group rows as the API writes them."""
    names, genders = held.values.kpi_ids, held.values.genders
    where = zip(
        part.kpi[chosen].tolist(),
        part.period[chosen].tolist(),
        part.group[chosen].tolist(),
        part.mean[chosen].tolist(),
        part.count[chosen].tolist(),
        strict=True,
    )
    return [
        _Row(names[kpi], period, held.groups.ids[group], _shuffled(cells, group + period))
        for kpi, period, group, means, counts in where
        if (
            cells := [
                _Cell(gender, count, "", mean, False)
                for gender, mean, count in zip(genders, means, counts, strict=True)
                if count
            ]
        )
    ]
