"""Everything at once says what one KPI at a time says: cube, sweep and slopes."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import theilslopes

from malstyr_lib import tables
from malstyr_lib.model import Kpi
from malstyr_lib.scoring import colours, cube
from malstyr_lib.scoring.cube import Cube
from malstyr_lib.scoring.sweep import sweep
from malstyr_lib.scoring.trend import slopes

DIRECTIONS = ("högt", "lågt", "mål", "ingen")
KPIS = [
    Kpi(id=f"N0000{at}", rubrik="Andel (%)", riktning=way, mål=50.0 if way == "mål" else None)
    for at, way in enumerate(DIRECTIONS)
]
IDS, AREAS, YEARS = [kpi.id for kpi in KPIS], ["9001", "9002", "9003", "9004", "9005"], (2020, 2023)
SEEDS = st.integers(0, 2**32 - 1)


def values(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    found = rng.integers(45, 55, (len(KPIS), len(AREAS), 4)).astype(float)
    return np.where(rng.random(found.shape) < 0.2, np.nan, found)


def whole(seed: int) -> Cube:
    return Cube(tuple(IDS), tuple(AREAS), tuple(range(YEARS[0], YEARS[1] + 1)), values(seed))


def long(seed: int) -> pd.DataFrame:
    """The values as a table whose rows lie in no order, among those of others."""
    columns = ["kpi", "municipality", "period", "gender"]
    grid = pd.MultiIndex.from_product(
        [IDS, AREAS, range(YEARS[0], YEARS[1] + 1), tables.GENDERS], names=columns
    ).to_frame(index=False)
    told = np.repeat(values(seed).ravel(), len(tables.GENDERS)) + (grid["gender"] == "K") * 100
    nation = grid.assign(municipality=tables.NATION, value=1.0)
    both = pd.concat([grid.assign(value=told), nation]).assign(status="")
    return both.astype(tables.OBSERVATIONS).sample(frac=1, random_state=seed % 1000)


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_a_cube_is_the_same_from_texts_and_categories_in_any_order(seed: int) -> None:
    texts = long(seed)
    coded = texts.astype(dict.fromkeys(("kpi", "municipality", "gender"), "category"))
    for table in (texts, coded):
        np.testing.assert_array_equal(cube(table, kpis=IDS, areas=AREAS).values, values(seed))
        women = cube(table, kpis=IDS, areas=AREAS, gender="K").values
        np.testing.assert_array_equal(women, values(seed) + 100)


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_a_sweep_gives_the_colours_of_one_kpi_and_year_at_a_time(seed: int) -> None:
    found = sweep(whole(seed), {kpi.id: kpi for kpi in KPIS})
    for at, kpi in enumerate(KPIS):
        for year in range(4):
            said = colours(values(seed)[at, :, year], kpi.direction, kpi.target)
            names = ["grey", "red", "yellow", "green"]
            assert [names[code + 1] for code in found.colour[at, :, year]] == said


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_the_slopes_of_a_cube_are_those_of_scipy_for_each_series(seed: int) -> None:
    found = slopes(whole(seed).values, range(2020, 2024))
    for at, series in np.ndenumerate(found):
        years = np.flatnonzero(~np.isnan(values(seed)[at]))
        if len(years) < 2:
            assert np.isnan(series)
        else:
            assert series == theilslopes(values(seed)[at][years], years).slope
