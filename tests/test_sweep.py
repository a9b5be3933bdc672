"""Every KPI, area and year at once says what one group at a time says, cell by cell."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest
from hypothesis import strategies as st
from numpy.typing import NDArray
from properties import property_test

from malstyr_lib import tables
from malstyr_lib.model import Kpi
from malstyr_lib.scoring import colours, cube
from malstyr_lib.scoring import sweep as sweep_module
from malstyr_lib.scoring.colour import CODES, goodness, standing
from malstyr_lib.scoring.cube import Cube
from malstyr_lib.scoring.distance import distance
from malstyr_lib.scoring.sweep import Sweep, sweep, turned

Floats = NDArray[np.float64]

SEED = st.integers(0, 2**32)
SHAPE = st.tuples(st.integers(0, 6), st.integers(1, 14), st.integers(0, 3))
LEVELS = st.sampled_from([1, 2, 5, 20, 10_000])
"""Of how many values there are to choose among: one is all equal, few are many ties."""
TARGET = 0.7
WAYS = ("högt", "lågt", "mål", "ingen", None)
"""Directions; None is a KPI that has none because it is not among those given."""


def some_cube(seed: int, shape: tuple[int, int, int], levels: int) -> Cube:
    """Tenths with holes, some of them with floating noise: 0.3 and 3 · 0.1."""
    chance = np.random.default_rng(seed)
    whole = chance.integers(-2, levels - 2, shape)
    values = np.where(chance.random(shape) < 0.5, whole / 10, whole * 0.1)
    values[chance.random(shape) < chance.choice([0.0, 0.1, 0.6])] = np.nan
    ids = tuple(f"N{number:05}" for number in range(1, shape[0] + 1))
    areas = tuple(str(number) for number in range(shape[1]))
    return Cube(ids, areas, tuple(range(2000, 2000 + shape[2])), values)


def some_kpis(seed: int, whole: Cube) -> dict[str, Kpi]:
    ways = np.random.default_rng(seed + 1).choice(len(WAYS), len(whole.kpis))
    return {
        id: Kpi(
            id=id,
            title="Andel (%)",
            direction=WAYS[way],  # type: ignore[arg-type]
            target=TARGET if WAYS[way] == "mål" else None,
        )
        for id, way in zip(whole.kpis, ways, strict=True)
        if WAYS[way] is not None
    }


def way_of(kpis: Mapping[str, Kpi], id: str) -> str:
    return kpis[id].direction if id in kpis else "ingen"


def assert_same(one: Sweep, other: Sweep) -> None:
    for name, found in vars(one).items():
        expected = vars(other)[name]
        assert (name, found.shape, found.dtype) == (name, expected.shape, expected.dtype)
        assert np.array_equal(found, expected, equal_nan=found.dtype.kind == "f"), name


# --- against one group at a time -----------------------------------------------------------------


@property_test(SEED, SHAPE, LEVELS)
def test_every_cell_is_what_its_own_group_says(
    seed: int, shape: tuple[int, int, int], levels: int
) -> None:
    whole = some_cube(seed, shape, levels)
    kpis = some_kpis(seed, whole)
    found = sweep(whole, kpis)
    assert found.colour.shape == found.to_median.shape == shape
    for at, year in np.ndindex(shape[0], shape[2]):
        way, column = way_of(kpis, whole.kpis[at]), whole.values[at, :, year]
        good = goodness(column, way, TARGET)
        stand, far = standing(good), distance(good)
        said = colours(column, way, TARGET)
        assert found.colour[at, :, year].tolist() == [CODES[colour] for colour in said]
        assert found.n[at, year] == stand.n[0]
        assert found.worse[at, :, year].tolist() == stand.worse.tolist()
        assert found.rank[at, :, year].tolist() == ((stand.better + 1) * stand.known).tolist()
        assert found.to_median[at, :, year].tolist() == pytest.approx(far.to_median, nan_ok=True)
        assert found.in_iqr[at, :, year].tolist() == pytest.approx(far.in_iqr, nan_ok=True)


def nine(number: float) -> float:
    return float(f"{number:.8e}")


def plainly(value: float, way: str) -> float:
    """A value turned so that more is better, rounded by way of text."""
    turns = {"högt": nine(value), "lågt": -nine(value), "mål": -abs(nine(value) - TARGET)}
    return nine(turns[way]) if way in turns else math.nan


@property_test(SEED, SHAPE, LEVELS)
def test_every_cell_is_what_a_plain_count_says(
    seed: int, shape: tuple[int, int, int], levels: int
) -> None:
    whole = some_cube(seed, shape, levels)
    kpis = some_kpis(seed, whole)
    found = sweep(whole, kpis)
    for at, year in np.ndindex(shape[0], shape[2]):
        way = way_of(kpis, whole.kpis[at])
        good = [plainly(value, way) for value in whole.values[at, :, year].tolist()]
        known = [one for one in good if not math.isnan(one)]
        assert found.n[at, year] == len(known)
        for area, one in enumerate(good):
            cell = at, area, year
            if math.isnan(one):
                assert (found.colour[cell], found.rank[cell], found.worse[cell]) == (-1, 0, 0)
                assert math.isnan(found.to_median[cell])
                continue
            better, worse = (sum(sign * other > sign * one for other in known) for sign in (1, -1))
            red, green = 4 * better >= 3 * len(known), 4 * worse >= 3 * len(known)
            expected = -1 if len(known) < 4 else 0 if red else 2 if green else 1
            assert found.colour[cell] == expected
            assert (found.rank[cell], found.worse[cell]) == (better + 1, worse)
            assert found.to_median[cell] == pytest.approx(np.median(known) - one, abs=1e-8)
            q1, q3 = np.quantile(known, (0.25, 0.75))
            if q3 - q1 < 1e-9:
                assert math.isnan(found.in_iqr[cell])
            else:
                gap = min(5, max(-5, (np.median(known) - one) / (q3 - q1)))
                assert found.in_iqr[cell] == pytest.approx(gap, abs=1e-6)


@property_test(SEED, SHAPE, LEVELS, st.integers(1, 60))
def test_how_much_is_worked_on_at_a_time_changes_nothing(
    seed: int, shape: tuple[int, int, int], levels: int, cells: int
) -> None:
    whole = some_cube(seed, shape, levels)
    kpis = some_kpis(seed, whole)
    at_once = sweep(whole, kpis)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweep_module, "CELLS", cells)
        assert_same(sweep(whole, kpis), at_once)


@property_test(SEED, SHAPE, LEVELS)
def test_a_flipped_direction_mirrors_every_cell(
    seed: int, shape: tuple[int, int, int], levels: int
) -> None:
    whole = some_cube(seed, shape, levels)
    high, low = (
        sweep(whole, {id: Kpi(id=id, title="Andel", direction=way) for id in whole.kpis})  # type: ignore[arg-type]
        for way in ("högt", "lågt")
    )
    assert np.where(low.colour < 0, -1, 2 - low.colour).tolist() == high.colour.tolist()
    assert low.worse.tolist() == np.where(high.rank > 0, high.rank - 1, 0).tolist()
    assert low.to_median == pytest.approx(-high.to_median, nan_ok=True)
    assert low.in_iqr == pytest.approx(-high.in_iqr, nan_ok=True)


@property_test(SEED, SHAPE, LEVELS)
def test_an_area_without_values_changes_no_other(
    seed: int, shape: tuple[int, int, int], levels: int
) -> None:
    whole = some_cube(seed, shape, levels)
    kpis = some_kpis(seed, whole)
    nobody = np.full((shape[0], 1, shape[2]), np.nan)
    more = Cube(whole.kpis, (*whole.areas, "x"), whole.periods,
                np.concatenate([whole.values, nobody], axis=1))  # fmt: skip
    found, wider = sweep(whole, kpis), sweep(more, kpis)
    assert wider.n.tolist() == found.n.tolist()
    for name in ("colour", "rank", "worse", "to_median", "in_iqr"):
        first, second = getattr(found, name), getattr(wider, name)[:, :-1]
        assert np.array_equal(first, second, equal_nan=first.dtype.kind == "f"), name


# --- by hand -------------------------------------------------------------------------------------


def one_cube(*rows: list[float]) -> Cube:
    """KPIs of one year, the areas' values in a row each."""
    values = np.array(rows, dtype=float)[:, :, None]
    ids = tuple(f"N{number:05}" for number in range(1, len(rows) + 1))
    return Cube(ids, tuple(map(str, range(values.shape[1]))), (2022,), values)


def test_eight_values_by_hand() -> None:
    whole = one_cube([1, 2, 3, 4, 5, 6, 7, 8])
    found = sweep(whole, {"N00001": Kpi(id="N00001", title="Andel", direction="högt")})
    assert found.colour[0, :, 0].tolist() == [0, 0, 1, 1, 1, 1, 2, 2]
    assert found.rank[0, :, 0].tolist() == [8, 7, 6, 5, 4, 3, 2, 1]
    assert found.worse[0, :, 0].tolist() == [0, 1, 2, 3, 4, 5, 6, 7]
    assert found.n.tolist() == [[8]]
    assert found.to_median[0, :, 0].tolist() == [3.5, 2.5, 1.5, 0.5, -0.5, -1.5, -2.5, -3.5]
    assert found.in_iqr[0, :3, 0].tolist() == [1.0, 2.5 / 3.5, 1.5 / 3.5]  # 6,25 − 2,75


def test_a_kpi_without_direction_is_grey_whether_it_says_so_or_is_not_known() -> None:
    whole = one_cube([1, 2, 3, 4], [1, 2, 3, 4])
    found = sweep(whole, {"N00001": Kpi(id="N00001", title="Andel", direction="ingen")})
    assert (found.colour == -1).all()
    assert not found.rank.any()
    assert not found.n.any()
    assert np.isnan(found.to_median).all()


def test_noise_is_a_tie_in_every_direction() -> None:
    rows = [[0.1 + 0.2, 0.3, 0.5, 0.6]] * 3
    ways = {"N00001": ("högt", None), "N00002": ("lågt", None), "N00003": ("mål", 0.3)}
    kpis = {
        id: Kpi(id=id, title="Andel", direction=way, target=target)  # type: ignore[arg-type]
        for id, (way, target) in ways.items()
    }
    found = sweep(one_cube(*rows), kpis)
    assert found.colour[:, :, 0].tolist() == [[1, 1, 1, 2], [1, 1, 1, 0], [1, 1, 1, 0]]
    assert found.rank[:, :, 0].tolist() == [[3, 3, 2, 1], [1, 1, 3, 4], [1, 1, 3, 4]]


def test_a_sweep_leaves_its_cube_as_it_was() -> None:
    whole = some_cube(3, (5, 9, 3), 5)
    before = whole.values.copy()
    sweep(whole, some_kpis(3, whole))
    assert np.array_equal(whole.values, before, equal_nan=True)


def test_a_fault_in_one_part_is_not_lost_among_the_threads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = some_cube(3, (5, 9, 3), 5)
    broken = {whole.kpis[4]: Kpi.model_construct(id=whole.kpis[4], direction="hög", target=None)}
    monkeypatch.setattr(sweep_module, "CELLS", 1)
    with pytest.raises(Exception, match="Okänd riktning 'hög'"):
        sweep(whole, broken)


def test_values_are_turned_so_that_more_is_better() -> None:
    whole = one_cube([1, 2], [1, 2], [1, 2])
    kpis = {
        "N00001": Kpi(id="N00001", title="Andel", direction="lågt"),
        "N00002": Kpi(id="N00002", title="Andel", direction="mål", target=2.0),
    }
    assert turned(whole, kpis, slice(0, 2))[:, :, 0].tolist() == [[-1, -2], [-1, 0]]
    assert np.isnan(turned(whole, kpis, slice(2, 3))).all()


# --- the cube ------------------------------------------------------------------------------------

IDS, PLACES, GENDERS = ("N00001", "N00002", "U00003"), ("9001", "9002", "0000"), ("T", "K", "M")
ROWS = st.lists(
    st.tuples(
        st.sampled_from(IDS),
        st.sampled_from(PLACES),
        st.integers(2018, 2022),
        st.sampled_from(GENDERS),
        st.none() | st.integers(0, 90),
    ),
    max_size=30,
    unique_by=lambda row: row[:4],
)
COLUMNS = ("kpi", "municipality", "period", "gender", "value")


def observations(rows: list[tuple[str, str, int, str, int | None]]) -> pd.DataFrame:
    columns = list(zip(*rows, strict=True)) or [()] * 5
    table: dict[str, list[object]] = {
        name: list(column) for name, column in zip(COLUMNS, columns, strict=True)
    }
    table["value"] = [math.nan if value is None else value for value in table["value"]]
    return tables.frame(tables.OBSERVATIONS, table | {"status": [""] * len(rows)})


@property_test(
    ROWS,
    st.lists(st.sampled_from((*IDS, "N99999")), unique=True),
    st.lists(st.sampled_from((*PLACES, "9999")), unique=True),
    st.lists(st.integers(2015, 2025), max_size=2),
    st.sampled_from(GENDERS),
)
def test_a_cube_holds_each_value_where_it_belongs_however_the_ids_are_kept(
    rows: list[tuple[str, str, int, str, int | None]],
    kpis: list[str],
    areas: list[str],
    years: list[int],
    gender: str,
) -> None:
    table = observations(rows)
    told = {tuple(row[:4]): row[4] for row in rows}
    seen = [*(row[2] for row in rows), *years]
    periods = tuple(range(min(seen), max(seen) + 1)) if seen else ()
    expected = np.full((len(kpis), len(areas), len(periods)), np.nan)
    for at, where, when in np.ndindex(expected.shape):
        value = told.get((kpis[at], areas[where], periods[when], gender))
        expected[at, where, when] = math.nan if value is None else value
    as_text = {name: table[name].astype("str") for name in ("kpi", "municipality", "gender")}
    as_categories = {name: column.astype("category") for name, column in as_text.items()}
    as_objects = {name: column.astype("object") for name, column in as_text.items()}
    spare = {
        name: column.cat.add_categories(["åäö"]).cat.reorder_categories(
            ["åäö", *column.cat.categories[::-1]]
        )
        for name, column in as_categories.items()
    }
    for kept in (as_text, as_categories, as_objects, spare):
        found = cube(table.assign(**kept), kpis=kpis, areas=areas, years=years, gender=gender)
        assert (found.kpis, found.areas, found.periods) == (tuple(kpis), tuple(areas), periods)
        assert np.array_equal(found.values, expected, equal_nan=True)


def test_a_slice_of_a_table_keeps_to_its_own_rows() -> None:
    table = observations([("N00001", "9001", 2020, "T", 1), ("N00002", "9001", 2021, "T", 2)])
    found = cube(table.iloc[1:], kpis=["N00001", "N00002"], areas=["9001"])
    assert found.periods == (2021,)
    assert found.values[1, 0, 0] == 2.0
    assert math.isnan(found.values[0, 0, 0])
