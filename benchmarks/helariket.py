"""A synthetic Kolada of any size, the same every time: what the benchmarks of the store hold.

The whole of it is 4,800 KPIs and some 14 million cells over 312 areas and the years 2000-2024:
half of the KPIs have totals alone for every area, one in seven also women and men, and the rest a
few municipalities and years. 18 percent of the cells have no value. The decimals are those of the
real Kolada: a quarter of the KPIs are whole numbers, a quarter have one decimal and nearly half
have six or eight. The areas begin on 9, as no Swedish municipality does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from malstyr_lib import tables
from malstyr_lib.ovning.dataset import STATUSES, Dataset, category

KPIS, CELLS = 4_800, 14_000_000
YEARS = range(2000, 2025)
NULLS = 0.18
AREAS = ("0000", *(f"{n:04}" for n in range(1, 22)), *(f"{n:04}" for n in range(9001, 9291)))
_SEED = 20_261_125
_DECIMALS, _SHARES = (0, 1, 2, 4, 6, 8), (0.24, 0.23, 0.04, 0.03, 0.20, 0.26)
_WHOLE, _DIVIDED, _FEW = 0.50, 0.15, 0.35


@dataclass(frozen=True)
class Shape:
    """Which cells a KPI has: area codes, how many years up to the last, and how many genders."""

    areas: npt.NDArray[np.int64]
    years: int
    genders: int

    @property
    def cells(self) -> int:
        return len(self.areas) * self.years * self.genders


def kolada(share: float = 1.0) -> Dataset:
    """Return a share of the whole: fewer KPIs, each as large as in the whole."""
    count = max(3, round(KPIS * share))
    shapes = _shapes(count, round(CELLS * share))
    return Dataset(
        kpis=_kpis([shape.genders == 3 for shape in shapes]),
        kpi_groups=tables.empty(tables.GROUPS),
        municipalities=_areas(),
        municipality_groups=tables.empty(tables.GROUPS),
        ous=tables.empty(tables.OUS),
        values=_values(shapes),
        ou_values=_no_units(),
        filled_in=(),
    )


def revised(held: Dataset, *, share: float, everywhere: bool) -> Dataset:
    """Return the next retrieval: a share of the cells changed, all over or in as few KPIs as hold.

    Of the changed cells nine in ten are revised, and the others come or go.
    """
    values = held.values
    rng = np.random.default_rng(_SEED + 1)
    amount = round(len(values) * share)
    room = len(values) if everywhere else round(amount * 1.1)
    at = rng.choice(room, amount, replace=False)
    new = values["value"].to_numpy().copy()
    moved = np.where(np.isnan(new[at]), 1.0, new[at] + 1.0)
    new[at] = np.where(rng.random(amount) < 0.1, np.nan, moved)
    status = category(np.isnan(new), STATUSES)
    return replace(held, values=values.assign(value=new, status=status))


def observations(shapes: list[Shape]) -> pd.DataFrame:
    """Return the values of KPIs of these shapes as the client gives them."""
    texts = {name: "str" for name, kind in tables.OBSERVATIONS.items() if kind == "str"}
    return _values(shapes).astype(texts)


def catalogues(count: int) -> dict[str, pd.DataFrame]:
    """Return the other tables of a snapshot with so many KPIs."""
    return {
        "kpis": _kpis([False] * count),
        "municipalities": _areas(),
        "municipality_groups": tables.empty(tables.GROUPS),
    }


def _ids(count: int) -> list[str]:
    return [f"N{number:05}" for number in range(1, count + 1)]


def _shapes(count: int, cells: int) -> list[Shape]:
    """Return what every KPI covers, its years stretched so that the cells become so many."""
    rng = np.random.default_rng(_SEED)
    kinds = rng.choice(3, count, p=(_WHOLE, _DIVIDED, _FEW))
    lengths = np.where(kinds == 1, rng.integers(3, 16, count), rng.integers(3, 23, count))
    areas = [
        np.sort(rng.choice(len(AREAS), rng.integers(22, 90), replace=False))
        if kind == 2
        else np.arange(len(AREAS))
        for kind in kinds
    ]
    genders = np.where(kinds == 1, 3, 1)
    sizes = np.array([len(part) for part in areas]) * genders
    for _ in range(8):  # whole years: a few rounds come close enough
        lengths = np.clip(lengths * cells / (sizes * np.rint(lengths)).sum(), 1, len(YEARS))
    years = np.rint(lengths).astype(int)
    return [Shape(*one) for one in zip(areas, years.tolist(), genders.tolist(), strict=True)]


def _values(shapes: list[Shape]) -> pd.DataFrame:
    """Return every cell in the order of the store, texts as categories."""
    rng = np.random.default_rng(_SEED + 2)
    sizes = [shape.cells for shape in shapes]
    value = np.concatenate([_series(rng, shape) for shape in shapes])
    spread = [_spread(shape) for shape in shapes]
    area, year, gender = (np.concatenate([part[at] for part in spread]) for at in range(3))
    return pd.DataFrame(
        {
            "kpi": category(np.repeat(np.arange(len(shapes)), sizes), _ids(len(shapes))),
            "municipality": category(area, AREAS),
            "period": year.astype(np.int64),
            "gender": category(gender, tables.GENDERS),
            "value": value,
            "status": category(np.isnan(value), STATUSES),
        }
    )


def _spread(shape: Shape) -> tuple[npt.NDArray[np.int16], ...]:
    """Return the area, year and gender of each of a KPI's cells."""
    years = np.arange(YEARS[-1] + 1 - shape.years, YEARS[-1] + 1)
    grid = np.meshgrid(shape.areas, years, np.arange(shape.genders), indexing="ij")
    return tuple(part.ravel().astype(np.int16) for part in grid)


def _series(rng: np.random.Generator, shape: Shape) -> npt.NDArray[np.float64]:
    """Return a KPI's values: areas that differ, years that drift, some cells without a value."""
    size = (len(shape.areas), shape.years, shape.genders)
    scale = 10.0 ** rng.integers(1, 5)
    level = rng.normal(1.0, 0.2, (size[0], 1, 1)) + rng.normal(0, 0.02, size).cumsum(axis=1)
    value = np.round(np.abs(level * scale), rng.choice(_DECIMALS, p=_SHARES))
    value[rng.random(size) < NULLS] = np.nan
    return value.ravel()


def _kpis(divided: list[bool]) -> pd.DataFrame:
    count = len(divided)
    ids = _ids(count)
    texts = {name: [""] * count for name, kind in tables.KPIS.items() if kind == "str"}
    titles = [f"Syntetiskt nyckeltal {one}, andel (%)" for one in ids]
    more = {
        "id": ids,
        "title": titles,
        "description": ["Påhittat, för mätning."] * count,
        "is_divided_by_gender": divided,
        "municipality_type": ["K"] * count,
        "publication_date": ["2026-06-01"] * count,
        "publ_period": ["2025"] * count,
        "has_ou_data": [False] * count,
    }
    return tables.frame(tables.KPIS, texts | more)


def _areas() -> pd.DataFrame:
    kinds = ["L" if area < "9" else "K" for area in AREAS]
    return tables.frame(
        tables.MUNICIPALITIES,
        {"id": AREAS, "title": [f"Område {area}" for area in AREAS], "type": kinds},
    )


def _no_units() -> pd.DataFrame:
    empty = tables.empty(tables.OU_OBSERVATIONS)
    texts = [name for name, kind in tables.OU_OBSERVATIONS.items() if kind == "str"]
    return empty.astype(dict.fromkeys(texts, "category"))
