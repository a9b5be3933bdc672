"""Schools and homes of the exercise world: the units and their figures, 2018–2025, totals only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from malstyr_lib import tables
from malstyr_lib.ovning import names
from malstyr_lib.ovning.land import YEARS, Array, Counts, Land, stream
from malstyr_lib.ovning.series import Series

FIRST_YEAR: Final = 2018
_LAST: Final = len(YEARS) - YEARS.index(FIRST_YEAR)
_SCHOOLS: Final = (1, 14, 5_000.0)  # fewest, most, inhabitants per school
_HOMES: Final = (1, 10, 7_000.0)
_OWN_SCHOOLS: Final = 5
_PUPILS_PER_SCHOOL: Final = 210.0
_SMALL_PUPILS: Final = (13, 12, 11, 12, 13, 12, 12, 12)
_SMALL_AWAY: Final = (-31.0, 22.0, -14.0, 35.0, -40.0, 12.0, 28.0, -68.0)
_STREAM: Final = 4


@dataclass(frozen=True)
class Units:
    """Some units with one figure per year: `values` is unit × year from 2018, NaN is a null."""

    kpi: str
    ids: tuple[str, ...]
    titles: tuple[str, ...]
    municipalities: tuple[str, ...]
    values: Array


def schools(marks: Series, land: Land, *, pupils: str) -> tuple[Units, Units]:
    """Return the schools' grades, which weigh up to the municipality's, and their pupils."""
    rng = stream(land.seed, _STREAM, 0)
    counts = _counts(land, _SCHOOLS)
    counts[0] = _OWN_SCHOOLS
    size = _pupils(int(counts.sum()), rng=rng, own=_OWN_SCHOOLS)
    away = rng.standard_normal((len(size), _LAST)) * 60 / np.sqrt(size)
    away += rng.standard_normal((len(size), 1)) * 8
    away[_OWN_SCHOOLS - 1] = _SMALL_AWAY
    level = np.repeat(marks.total[:, -_LAST:], counts, axis=0)
    values = np.round(np.clip(level + _weighing_up(away, size, counts=counts), 60, 330), 1)
    grades = _units(marks.kpi, values, counts=counts, land=land)
    return grades, Units(pupils, grades.ids, grades.titles, grades.municipalities, size)


def homes(satisfied: Series, land: Land) -> Units:
    """Return the homes' figures: whole per cent, wide apart, some of them hidden."""
    rng = stream(land.seed, _STREAM, 1)
    counts = _counts(land, _HOMES)
    level = np.repeat(satisfied.total[:, -_LAST:], counts, axis=0)
    away = 6 * rng.standard_normal((len(level), 1)) + 6 * rng.standard_normal(level.shape)
    values = np.where(rng.random(level.shape) < 0.12, np.nan, np.clip(level + away, 0, 100))
    return _units(satisfied.kpi, np.round(values), counts=counts, land=land)


def pupil_series(pupils: Units, like: Series) -> Series:
    """Return how many pupils each municipality has: the sum of its schools, from 2018 on."""
    _, first = np.unique(np.array(pupils.municipalities), return_index=True)
    total = np.full(like.total.shape, np.nan)
    total[:, -_LAST:] = np.add.reduceat(pupils.values, first, axis=0)
    there = np.zeros_like(like.there)
    there[:, -_LAST:, -1] = True
    return Series(pupils.kpi, 0, total, total, total, there)


def ou_table(units: Sequence[Units]) -> pd.DataFrame:
    """Return the units as Kolada lists them, each once, sorted by id."""
    known = {
        row[0]: row for u in units for row in zip(u.ids, u.titles, u.municipalities, strict=True)
    }
    rows = (dict(zip(tables.OUS, known[ou], strict=True)) for ou in sorted(known))
    return tables.of_rows(tables.OUS, rows)


def ou_observations(units: Sequence[Units]) -> pd.DataFrame:
    """Return the units' values in long form, sorted by KPI, unit and year."""
    parts = [_long(part) for part in sorted(units, key=lambda part: part.kpi)]
    long = pd.concat(parts) if parts else tables.empty(tables.OU_OBSERVATIONS)
    text = [name for name, kind in tables.OU_OBSERVATIONS.items() if kind == "str"]
    return long.reset_index(drop=True).astype(dict.fromkeys(text, "category"))


def _long(units: Units) -> pd.DataFrame:
    years = list(YEARS[-_LAST:])
    value = units.values.ravel()
    columns: dict[str, Any] = {
        "kpi": np.repeat(units.kpi, value.size),
        "municipality": np.repeat(units.municipalities, _LAST),
        "ou": np.repeat(units.ids, _LAST),
        "period": np.tile(years, len(units.ids)),
        "gender": np.repeat("T", value.size),
        "value": value,
        "status": np.where(np.isnan(value), "Missing", ""),
    }
    return tables.frame(tables.OU_OBSERVATIONS, columns)


def _counts(land: Land, how_many: tuple[int, int, float]) -> Counts:
    fewest, most, inhabitants = how_many
    return np.clip(np.round(land.population / inhabitants), fewest, most).astype(np.int64)


def _pupils(units: int, *, rng: np.random.Generator, own: int) -> Array:
    """Return pupils per school and year; the exercise municipality's last school is tiny."""
    usual = _PUPILS_PER_SCHOOL * np.exp(0.45 * rng.standard_normal((units, 1)))
    pupils = np.round(np.clip(usual * rng.uniform(0.95, 1.05, (units, _LAST)), 35, 700))
    pupils[own - 1] = _SMALL_PUPILS
    return pupils


def _weighing_up(away: Array, size: Array, *, counts: Counts) -> Array:
    """Return the schools' distances, moved so that each municipality's pupils average to 0."""
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    mean = np.add.reduceat(away * size, first, axis=0) / np.add.reduceat(size, first, axis=0)
    return away - np.repeat(mean, counts, axis=0)


def _units(kpi: str, values: Array, *, counts: Counts, land: Land) -> Units:
    """Return values with the units they belong to, in the order of the municipalities' codes."""
    school = kpi.startswith("N15")
    places = [(code, n) for code, many in zip(land.codes, counts, strict=True) for n in range(many)]
    kind, name = ("V15E", names.school) if school else ("V23E", names.home)
    titles = [name(n) for _, n in places]
    if school:
        titles[_OWN_SCHOOLS - 1] = names.SMALL_SCHOOL
    return Units(
        kpi=kpi,
        ids=tuple(f"{kind}{code}{n + 1:03d}01" for code, n in places),
        titles=tuple(titles),
        municipalities=tuple(code for code, _ in places),
        values=values,
    )
