"""A table of values in, the same figures arranged so that a request touches only its own rows.

A row is one (KPI, area, period) with its one to three gender cells. Rows lie sorted by KPI, area
and period; `first_row` and `first_cell` say where a KPI's rows and a row's cells begin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Ints = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Index:
    """The rows and cells of one table of values; an area is a municipality or a unit."""

    kpis: dict[str, int]
    areas: dict[str, int]
    kpi_ids: tuple[str, ...]
    area_ids: tuple[str, ...]
    genders: tuple[str, ...]
    statuses: tuple[str, ...]
    first_row: Ints
    row_kpi: Ints
    row_area: Ints
    row_period: Ints
    first_cell: Ints
    cell_gender: Ints
    cell_status: Ints
    cell_value: Floats


def build(table: pd.DataFrame, area: str) -> Index:
    """Return the index of a table of values whose areas are in the named column."""
    kpi, place, gender, status = (
        table[name].astype("category").cat for name in ("kpi", area, "gender", "status")
    )
    period = table["period"].to_numpy()
    order = _order(kpi.codes.to_numpy(), place.codes.to_numpy(), period=period)
    key = _key(kpi.codes.to_numpy()[order], place.codes.to_numpy()[order], period=period[order])
    first_cell = np.flatnonzero(np.concatenate([[True], np.diff(key) != 0])) if len(key) else key
    at = order[first_cell]
    row_kpi = kpi.codes.to_numpy()[at]
    kpi_ids, area_ids = _words(kpi.categories), _words(place.categories)
    return Index(
        kpis={word: code for code, word in enumerate(kpi_ids)},
        areas={word: code for code, word in enumerate(area_ids)},
        kpi_ids=kpi_ids,
        area_ids=area_ids,
        genders=_words(gender.categories),
        statuses=_words(status.categories),
        first_row=np.searchsorted(row_kpi, np.arange(len(kpi_ids) + 1)),
        row_kpi=row_kpi,
        row_area=place.codes.to_numpy()[at],
        row_period=period[at].astype(np.int16),
        first_cell=np.append(first_cell, len(key)),
        cell_gender=gender.codes.to_numpy()[order],
        cell_status=status.codes.to_numpy()[order],
        cell_value=table["value"].to_numpy()[order],
    )


def rows(
    index: Index,
    *,
    kpis: Sequence[str] | None = None,
    areas: Sequence[str] | None = None,
    years: Sequence[int] | None = None,
) -> Ints:
    """Return the numbers of the rows asked for, in order; None asks for all."""
    found = _of_kpis(index, kpis)
    if areas is not None:
        wanted = np.zeros(len(index.area_ids), dtype=bool)
        wanted[[index.areas[area] for area in areas if area in index.areas]] = True
        found = found[wanted[index.row_area[found]]]
    return found if years is None else found[np.isin(index.row_period[found], years)]


def _of_kpis(index: Index, kpis: Sequence[str] | None) -> Ints:
    if kpis is None:
        return np.arange(len(index.row_kpi))
    codes = sorted({index.kpis[kpi] for kpi in kpis if kpi in index.kpis})
    spans = [np.arange(index.first_row[code], index.first_row[code + 1]) for code in codes]
    return np.concatenate([np.empty(0, dtype=np.int64), *spans])


def dense(index: Index, found: Ints, *, years: Sequence[int]) -> Floats:
    """Return one KPI's rows as area × year × gender, NaN where there is no value."""
    grid = np.full((len(index.area_ids), len(years), len(index.genders)), np.nan)
    starts, ends = index.first_cell[found], index.first_cell[found + 1]
    row = np.repeat(found, ends - starts)
    within = np.arange(len(row)) - np.repeat(
        np.cumsum(ends - starts) - (ends - starts), ends - starts
    )
    cells = index.first_cell[row] + within
    year = np.searchsorted(years, index.row_period[row])
    grid[index.row_area[row], year, index.cell_gender[cells]] = index.cell_value[cells]
    return grid


def _words(categories: pd.Index) -> tuple[str, ...]:
    return tuple(str(word) for word in categories)


def _key(kpi: Ints, area: Ints, *, period: Ints) -> Ints:
    """Return one sortable number per cell that is the same for the cells of a row."""
    return (kpi.astype(np.int64) * 100_000 + area) * 10_000 + period


def _order(kpi: Ints, area: Ints, *, period: Ints) -> Ints:
    """Return the order that sorts cells by row; a table that is sorted keeps its own."""
    key = _key(kpi, area, period=period)
    if np.all(key[1:] >= key[:-1]):
        return np.arange(len(key))
    return np.argsort(key, kind="stable")
