"""How slowly a measure moves: against scipy's Spearman and a count of one area at a time."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import strategies as st
from numpy.typing import NDArray
from properties import property_test
from scipy.stats import spearmanr

from malstyr_lib.model import Kpi
from malstyr_lib.scoring.cube import Cube
from malstyr_lib.scoring.slow import Mobility, mobilities, rank_correlations, transitions
from malstyr_lib.scoring.sweep import sweep

Floats = NDArray[np.float64]

NAMES = ("red", "yellow", "green")
SEED = st.integers(0, 2**32)
LEVELS = st.sampled_from([1, 2, 5, 60, 10_000])
"""Of how many values there are to choose among: one is all equal, few are many ties."""
SHAPE = st.tuples(st.integers(0, 3), st.integers(45, 80), st.integers(0, 4))


def some_values(seed: int, shape: tuple[int, ...], levels: int, missing: float) -> Floats:
    """Values kpi × area × period that hang together over the years, with holes."""
    chance = np.random.default_rng(seed)
    lasting = chance.integers(0, levels, (*shape[:2], 1))
    yearly = chance.integers(0, levels, shape)
    values = np.where(chance.random(shape) < 0.5, lasting, yearly) / 10
    return np.where(chance.random(shape) < missing, np.nan, values)


def kpis(*directions: str) -> list[Kpi]:
    return [
        Kpi(
            id=f"N{number:05}",
            title="Andel (%)",
            direction=direction,  # type: ignore[arg-type]
            target=2.0 if direction == "mål" else None,
        )
        for number, direction in enumerate(directions, start=1)
    ]


def cube_of(values: Floats) -> Cube:
    kpi, area, period = values.shape
    return Cube(
        tuple(f"N{number:05}" for number in range(1, kpi + 1)),
        tuple(str(number) for number in range(area)),
        tuple(range(2000, 2000 + period)),
        values,
    )


def mobility(pairs: int = 4, rho: float = 0.95, stay: float | None = 0.8) -> Mobility:
    """A mobility of which that share of 1000 reds stayed red; None for no red at all."""
    moved = dict.fromkeys([(before, after) for before in NAMES for after in NAMES], 0)
    if stay is not None:
        moved["red", "red"] = round(stay * 1000)
        moved["red", "yellow"] = 1000 - moved["red", "red"]
    return Mobility("N00001", pairs, rho, moved)


# --- rank correlations ---------------------------------------------------------------------------


@property_test(SEED, SHAPE, LEVELS, st.sampled_from([0.0, 0.05, 0.3]))
def test_rank_correlations_are_scipys_spearman_of_each_pair_of_years(
    seed: int, shape: tuple[int, int, int], levels: int, missing: float
) -> None:
    values = some_values(seed, shape, levels, missing)
    found = rank_correlations(values)
    assert found.shape == (shape[0], max(0, shape[2] - 1))
    for kpi, pair in np.ndindex(found.shape):
        both = values[kpi, :, pair : pair + 2]
        before, after = both[~np.isnan(both).any(axis=1)].T
        if len(before) < 50 or len(set(before)) == 1 or len(set(after)) == 1:
            assert math.isnan(found[kpi, pair])
        else:
            expected = spearmanr(before, after).statistic
            assert found[kpi, pair] == pytest.approx(expected, abs=1e-9)


@property_test(SEED, LEVELS, st.integers(0, 8))
def test_order_unit_and_increasing_transforms_change_no_correlation(
    seed: int, levels: int, bend: int
) -> None:
    values = some_values(seed, (2, 60, 3), levels, 0.05)
    order = np.random.default_rng(seed).permutation(60)
    expected = pytest.approx(rank_correlations(values), abs=1e-12, nan_ok=True)
    assert rank_correlations(values[:, order]) == expected
    assert rank_correlations(values * 1000 + 7) == expected
    assert rank_correlations(values**3 + bend * values) == expected
    assert rank_correlations(-values) == expected


@property_test(SEED, LEVELS)
def test_backwards_in_time_the_correlations_are_the_same(seed: int, levels: int) -> None:
    values = some_values(seed, (1, 60, 4), levels, 0.05)
    expected = pytest.approx(rank_correlations(values)[:, ::-1], abs=1e-12, nan_ok=True)
    assert rank_correlations(values[:, :, ::-1]) == expected


@pytest.mark.parametrize(("areas", "rho"), [(49, math.nan), (50, 1.0), (290, 1.0)])
def test_it_takes_fifty_areas_with_a_value_in_both_years(areas: int, rho: float) -> None:
    values = np.full((1, 300, 2), np.nan)
    values[0, :areas] = np.arange(areas)[:, None]
    values[0, areas:, 0] = 5.0  # these have no second year
    assert rank_correlations(values)[0] == pytest.approx([rho], nan_ok=True)


def test_turned_upside_down_is_minus_one() -> None:
    values = np.stack([np.arange(60.0), -np.arange(60.0)], axis=1)[None]
    assert rank_correlations(values)[0] == pytest.approx([-1.0])


def test_noise_is_a_tie_among_ranks_too() -> None:
    first = np.where(np.arange(60) < 30, 0.1 + 0.2, 0.3)
    assert np.isnan(rank_correlations(np.stack([first, np.arange(60.0)], axis=1)[None])).all()


# --- transitions ---------------------------------------------------------------------------------


@property_test(SEED, st.tuples(st.integers(0, 4), st.integers(0, 12), st.integers(0, 5)))
def test_transitions_agree_with_a_count_of_one_area_at_a_time(
    seed: int, shape: tuple[int, int, int]
) -> None:
    codes = np.random.default_rng(seed).integers(-1, 3, shape).astype(np.int8)
    expected = np.zeros((shape[0], 3, 3), dtype=int)
    for kpi in range(shape[0]):
        for row in codes[kpi].tolist():
            for before, after in pairwise(row):
                if before != -1 and after != -1:
                    expected[kpi, before, after] += 1
    assert transitions(codes).tolist() == expected.tolist()


def test_a_grey_year_between_two_reds_is_no_transition() -> None:
    codes = np.array([[[0, -1, 0, 0, 1, 2]]], dtype=np.int8)
    assert transitions(codes).tolist() == [[[1, 1, 0], [0, 0, 1], [0, 0, 0]]]


# --- the grade -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pairs", "rho", "stay", "grade"),
    [
        (4, 0.9, 0.8, "trögrörlig"),
        (4, 0.9, 0.799, "medel"),
        (4, 0.899, 0.8, "medel"),
        (4, 0.6, 0.2, "medel"),
        (4, 0.599, 0.2, "rörlig"),
        (4, 0.599, 1.0, "rörlig"),
        (4, -0.3, 0.2, "rörlig"),
        (3, 0.95, 0.9, "okänt"),
        (0, math.nan, 0.9, "okänt"),
        (9, 0.95, None, "okänt"),
    ],
)
def test_a_grade_needs_both_places_and_reds_that_last(
    pairs: int, rho: float, stay: float | None, grade: str
) -> None:
    assert mobility(pairs, rho, stay).grade == grade


@pytest.mark.parametrize(
    ("rho", "years"),
    [
        (0.5, 1.0),
        (0.25, 0.5),
        (0.5 ** (1 / 3), 3.0),
        (0.5 ** (1 / 10), 10.0),
        (1.0, math.inf),
        (0.0, math.nan),
        (-0.2, math.nan),
        (math.nan, math.nan),
    ],
)
def test_after_a_half_life_half_of_a_difference_is_left(rho: float, years: float) -> None:
    assert mobility(rho=rho).half_life == pytest.approx(years, nan_ok=True)


def test_a_share_is_of_those_with_the_colour_the_year_before() -> None:
    one = mobility(stay=0.87)
    assert one.share("red", "red") == pytest.approx(0.87)
    assert math.isnan(one.share("green", "red"))
    assert math.isnan(mobility(stay=None).share("red", "red"))


# --- all of it -----------------------------------------------------------------------------------


@property_test(SEED, LEVELS, st.sampled_from(["högt", "lågt", "mål"]))
def test_a_mobility_is_made_of_mean_correlation_and_transitions(
    seed: int, levels: int, direction: str
) -> None:
    whole = cube_of(some_values(seed, (2, 55, 6), levels, 0.05))
    measures = kpis(direction, "ingen")
    found = sweep(whole, {kpi.id: kpi for kpi in measures})
    rho, counts = rank_correlations(whole.values), transitions(found.colour)
    for at, (kpi, one) in enumerate(mobilities(whole, measures).items()):
        known = rho[at][~np.isnan(rho[at])]
        assert (one.kpi, one.pairs) == (kpi, len(known))
        assert one.rho == pytest.approx(
            sum(known) / len(known) if len(known) else math.nan, nan_ok=True
        )
        for (before, after), n in one.transitions.items():
            assert n == counts[at, NAMES.index(before), NAMES.index(after)]


@property_test(SEED, LEVELS)
def test_a_flipped_direction_moves_as_much_with_red_and_green_changing_places(
    seed: int, levels: int
) -> None:
    whole = cube_of(some_values(seed, (1, 55, 6), levels, 0.05))
    high, low = (mobilities(whole, kpis(way))["N00001"] for way in ("högt", "lågt"))
    other = {"red": "green", "green": "red", "yellow": "yellow"}
    assert str((low.pairs, low.rho)) == str((high.pairs, high.rho))
    for (before, after), n in high.transitions.items():
        assert low.transitions[other[before], other[after]] == n


def test_a_measure_that_stands_still_is_slow_and_one_of_pure_chance_is_quick() -> None:
    chance = np.random.default_rng(1)
    still = np.repeat(np.arange(200.0)[:, None], 6, axis=1)
    whole = cube_of(np.stack([still, chance.random((200, 6)), still]))
    found = mobilities(whole, kpis("högt", "lågt", "ingen"))
    assert [one.grade for one in found.values()] == ["trögrörlig", "rörlig", "okänt"]
    assert found["N00001"].share("red", "red") == 1
    assert found["N00001"].transitions["red", "red"] == 5 * 50
    assert found["N00002"].share("red", "red") == pytest.approx(0.25, abs=0.1)


def test_a_measure_every_second_year_has_no_pair_of_years() -> None:
    values = np.repeat(np.arange(60.0)[:, None], 9, axis=1)
    values[:, 1::2] = np.nan
    one = mobilities(cube_of(values[None]), kpis("högt"))["N00001"]
    assert (one.pairs, one.grade) == (0, "okänt")


def test_without_kpis_or_years_there_is_nothing() -> None:
    assert mobilities(cube_of(np.empty((0, 60, 3))), []) == {}
    assert mobilities(cube_of(np.empty((1, 60, 0))), kpis("högt"))["N00001"].grade == "okänt"
    assert rank_correlations(np.empty((1, 60, 0))).shape == (1, 0)
