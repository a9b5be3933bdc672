"""Whether a series goes anywhere: against scipy, every permutation, and exact fractions."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from random import Random
from statistics import median

import numpy as np
import pytest
from hypothesis import strategies as st
from properties import property_test
from scipy.stats import kendalltau, percentileofscore, theilslopes

from malstyr_lib.errors import UsageError
from malstyr_lib.scoring.trend import (
    WEAKEST,
    Trend,
    judgement,
    p_value,
    secured,
    slopes,
    slow_trend,
    trend,
)

YEAR = st.integers(2000, 2022)
TENTHS = st.integers(-30, 90)
POINTS = st.lists(st.tuples(YEAR, TENTHS), min_size=5, max_size=9, unique_by=lambda at: at[0])
FEW_LEVELS = st.lists(
    st.tuples(YEAR, st.integers(-2, 3)), min_size=5, max_size=9, unique_by=lambda at: at[0]
)
SERIES = POINTS | FEW_LEVELS
"""Year and value, in tenths of the KPI's unit, in no order; the years have gaps."""
MIRROR = {"up": "down", "down": "up"}


def of(points: Sequence[tuple[int, float]], unit: float = 0.1) -> Trend:
    """The trend of a series told in tenths, in another unit when asked for."""
    return trend([year for year, _ in points], [value * unit for _, value in points])


def mirrored(verdict: str) -> str:
    word, _, way = verdict.rpartition("_")
    return f"{word}_{MIRROR[way]}" if way in MIRROR else verdict


def exact_slope(points: Sequence[tuple[int, int]]) -> Fraction:
    """The median of all slopes between two years, counted in fractions."""
    pairs = itertools.combinations(sorted(points), 2)
    return median(Fraction(late - soon, year - first) for (first, soon), (year, late) in pairs)


def score(values: Sequence[float]) -> int:
    """How many pairs rise, less how many fall."""
    return sum((late > soon) - (late < soon) for soon, late in itertools.combinations(values, 2))


@lru_cache
def every_score(ranked: tuple[int, ...]) -> Counter[int]:
    """How many orders of the values have each score, tried one by one."""
    return Counter(score(order) for order in itertools.permutations(ranked))


# --- the p-value ---------------------------------------------------------------------------------


@property_test(st.integers(2, 30).flatmap(lambda n: st.permutations(range(n))))
def test_without_ties_p_is_scipys_exact_kendall(order: list[int]) -> None:
    expected = kendalltau(range(len(order)), order, method="exact").pvalue
    assert p_value(np.array(order) / 10) == pytest.approx(expected, abs=1e-9)


@property_test(st.lists(st.integers(0, 6), min_size=2, max_size=7))
def test_with_ties_p_is_the_share_of_all_orders_that_go_as_far(values: list[int]) -> None:
    rank = {value: at for at, value in enumerate(sorted(set(values)))}
    scores = every_score(tuple(sorted(rank[value] for value in values)))
    far = sum(n for other, n in scores.items() if abs(other) >= abs(score(values)))
    assert p_value(np.array(values) / 10) == pytest.approx(far / scores.total(), abs=1e-12)


@pytest.mark.parametrize(
    ("values", "p"),
    [
        ([1, 2, 3, 4, 5], 2 / 120),
        ([5, 4, 3, 2, 1], 2 / 120),
        ([1, 2, 3, 5, 4], 10 / 120),
        ([1, 2, 3, 4, 4], 2 / 60),  # 60 orders, of which the rising and the falling go as far
        ([7, 7, 7, 7, 7], 1.0),
        ([1, 2, 3, 4, 5, 6], 2 / 720),
    ],
)
def test_the_p_of_a_short_series_can_be_counted_by_hand(values: list[float], p: float) -> None:
    assert p_value(np.array(values, dtype=float)) == pytest.approx(p, abs=1e-15)


def test_of_all_orders_of_eight_values_at_most_five_percent_are_false_alarms() -> None:
    ps = [p_value(np.array(order)) for order in itertools.permutations(range(8))]
    alarms = sum(p <= 0.05 for p in ps)
    assert (len(ps), alarms) == (40_320, 1_256)  # twice Kendall's table, S ≥ 18: 628
    assert alarms / len(ps) <= 0.05


def test_no_level_gives_more_false_alarms_than_it_says() -> None:
    ps = Counter(p_value(np.array(order)) for order in itertools.permutations(range(7)))
    so_far = 0
    for p in sorted(ps):
        so_far += ps[p]
        assert so_far / 5_040 == pytest.approx(p)


# --- the slope -----------------------------------------------------------------------------------


@property_test(SERIES)
def test_the_slope_is_scipys_theil_sen_per_calendar_year(points: list[tuple[int, int]]) -> None:
    years, values = zip(*points, strict=True)
    expected = theilslopes(np.array(values) / 10, years).slope
    assert of(points).slope_per_year == pytest.approx(expected, abs=1e-9)


@property_test(st.lists(st.lists(st.none() | TENTHS, min_size=6, max_size=6), max_size=5))
def test_many_slopes_at_once_are_those_of_each(rows: list[list[int | None]]) -> None:
    years = [2010, 2011, 2013, 2014, 2018, 2022]
    numbers = np.array(rows, dtype=float).reshape(len(rows), 6)
    found = slopes(numbers / 10, years)
    assert found.shape == (len(rows),)
    for row, slope in zip(rows, found, strict=True):
        known = [at for at, value in enumerate(row) if value is not None]
        if len(known) < 2:
            assert math.isnan(slope)
        else:
            expected = theilslopes([row[at] / 10 for at in known], [years[at] for at in known])  # type: ignore[operator]
            assert slope == pytest.approx(expected.slope, abs=1e-9)


def test_a_year_without_a_value_counts_in_the_slope() -> None:
    assert of([(2010, 0), (2012, 20), (2014, 40), (2016, 60), (2018, 80)]).slope_per_year == 1.0


def test_slopes_keep_the_other_axes_and_are_nan_without_years() -> None:
    assert slopes(np.zeros((2, 3, 4)), [1, 2, 3, 4]).tolist() == [[0.0] * 3] * 2
    assert np.isnan(slopes(np.zeros((2, 1)), [2020])).tolist() == [True, True]


# --- what is said of one series ------------------------------------------------------------------


@property_test(st.lists(st.tuples(YEAR, TENTHS), max_size=4, unique_by=lambda at: at[0]))
def test_four_years_or_fewer_give_no_word_at_all(points: list[tuple[int, int]]) -> None:
    found = of(points)
    assert (found.verdict, found.p_value, found.way, found.steady) == ("too_few", None, "", False)
    assert math.isnan(found.slope_per_year)
    assert found.years == tuple(sorted(year for year, _ in points))


@property_test(SERIES)
def test_what_is_said_of_a_series_agrees_with_exact_fractions(
    points: list[tuple[int, int]],
) -> None:
    found, slope = of(points), exact_slope(points)
    assert found.slope_per_year == pytest.approx(float(slope) / 10, abs=1e-12)
    assert (found.slope_per_year == 0) == (slope == 0)
    without = [exact_slope([one for one in points if one is not left]) for left in points]
    up, down = (all(sign * one > 0 for one in (slope, *without)) for sign in (1, -1))
    assert found.steady == (up or down)
    way = "up" if slope > 0 else "down"
    if found.p_value is not None and found.p_value <= 0.05 and slope:
        assert found.verdict == f"secured_{way}"
    else:
        likely = (up or down) and (found.p_value or 0.0) <= WEAKEST
        assert found.verdict == (f"direction_{way}" if likely else "none")


@property_test(SERIES)
def test_a_flipped_sign_mirrors_what_is_said(points: list[tuple[int, int]]) -> None:
    found, back = of(points), of(points, unit=-0.1)
    assert back.slope_per_year == -found.slope_per_year
    assert (back.p_value, back.steady) == (found.p_value, found.steady)
    assert back.verdict == mirrored(found.verdict)


@property_test(SERIES, st.sampled_from([1, 0.01, 1e-6, 1000, 1e9, 6, 1 / 7, 1 / 3, math.pi]))
def test_another_unit_scales_the_slope_and_changes_no_verdict(
    points: list[tuple[int, int]], unit: float
) -> None:
    found, other = of(points), of(points, unit=unit)
    assert other.slope_per_year == pytest.approx(10 * unit * found.slope_per_year, rel=1e-6)
    assert (other.p_value, other.steady) == (found.p_value, found.steady)
    assert other.verdict == found.verdict


@property_test(SERIES, st.randoms(use_true_random=False))
def test_the_order_of_the_input_changes_nothing(
    points: list[tuple[int, int]], random: Random
) -> None:
    other = random.sample(points, len(points))
    assert of(other) == of(points)


@property_test(SERIES, st.integers(2023, 2030))
def test_a_year_without_a_value_is_as_a_year_not_given(
    points: list[tuple[int, int]], year: int
) -> None:
    assert of([(year, math.nan), *points]) == of(points)


@property_test(SERIES, st.integers(-1900, 40))
def test_only_the_distance_between_years_matters(points: list[tuple[int, int]], by: int) -> None:
    found, moved = of(points), of([(year + by, value) for year, value in points])
    assert (moved.slope_per_year, moved.verdict) == (found.slope_per_year, found.verdict)


def test_noise_in_the_tenth_digit_is_no_direction() -> None:
    """In whole numbers the slope is 0 when 2010 is left out; in tenths it was 7e-18."""
    points = [(2001, 11), (2004, 9), (2005, 5), (2007, 6), (2010, 7)]
    assert (of(points, unit=1).verdict, of(points).verdict) == ("none", "none")


def test_a_series_that_is_all_equal_says_nothing() -> None:
    found = trend(range(2015, 2023), [41.7] * 8)
    assert (found.slope_per_year, found.p_value, found.verdict) == (0.0, 1.0, "none")
    assert trend(range(2015, 2023), [0.0] * 8).verdict == "none"


@pytest.mark.parametrize(
    ("values", "verdict", "way"),
    [
        ([1, 2, 3, 4, 5], "secured_up", "up"),
        ([5, 4, 3, 2, 1], "secured_down", "down"),
        ([1, 2, 3, 5, 4], "direction_up", "up"),
        ([5, 4, 3, 1, 2], "direction_down", "down"),
        ([1, 3, 2, 1, 3], "none", ""),
    ],
)
def test_what_five_years_can_say(values: list[float], verdict: str, way: str) -> None:
    found = trend(range(2018, 2023), values)
    assert (found.verdict, found.way) == (verdict, way)


def test_each_year_has_one_value() -> None:
    with pytest.raises(UsageError, match="ett värde per år: 5 år, 4 värden"):
        trend([2018, 2019, 2020, 2021, 2022], [1, 2, 3, 4])
    with pytest.raises(UsageError, match="Samma år finns två gånger"):
        trend([2018, 2019, 2020, 2021, 2021], [1, 2, 3, 4, 5])


# --- the series of a report together ------------------------------------------------------------

RISING = trend(range(2018, 2023), [1, 2, 3, 4, 5])
FLAT = trend(range(2018, 2023), [3, 3, 3, 3, 3])
SHORT = trend([2021, 2022], [1, 2])


def a_report(seed: int) -> list[Trend]:
    """Up to 25 trends, many of them secured alone; drawn by seed, since ten thousand are drawn."""
    chance = Random(seed)
    return [a_trend(chance) for _ in range(chance.randint(0, 25))]


def a_trend(chance: Random) -> Trend:
    values = [chance.randint(-30, 90) for _ in range(chance.randint(5, 8))]
    order = chance.choice([values, sorted(values), sorted(values, reverse=True), None])
    return SHORT if order is None else of(list(enumerate(order)))


REPORT = st.integers(0, 2**64).map(a_report)


def test_five_rising_years_are_secured_alone_but_not_among_thirty_flat_series() -> None:
    assert RISING.p_value == pytest.approx(2 / 120)
    assert [one.verdict for one in secured([RISING])] == ["secured_up"]
    assert secured([RISING, *[FLAT] * 30])[0].verdict == "direction_up"


def test_just_at_five_percent_is_secured() -> None:
    assert secured([RISING, FLAT, FLAT])[0].verdict == "secured_up"  # 2/120 · 3 = 5 %
    assert secured([RISING, FLAT, FLAT, FLAT])[0].verdict == "direction_up"
    assert secured([RISING, RISING, *[FLAT] * 4])[0].verdict == "secured_up"
    assert secured([RISING, RISING, *[FLAT] * 5])[0].verdict == "direction_up"


def benjamini_hochberg(ps: list[Fraction]) -> Fraction:
    """The highest p that is secured at 5 %: the last that is at most its place's share of it."""
    ranked = enumerate(sorted(ps), start=1)
    return max((p for k, p in ranked if p <= Fraction(k, 20 * len(ps))), default=Fraction(-1))


@property_test(REPORT)
def test_secured_agrees_with_a_slow_benjamini_hochberg(report: list[Trend]) -> None:
    tested = [one.p_value for one in report if one.p_value is not None]
    highest = benjamini_hochberg([Fraction(p).limit_denominator(40_320) for p in tested])
    for one, judged in zip(report, secured(report), strict=True):
        if one.p_value is None:
            assert judged == one
            continue
        safe = Fraction(one.p_value).limit_denominator(40_320) <= highest
        assert judged.verdict.startswith("secured") == (safe and one.slope_per_year != 0)
        if not safe:
            likely = one.steady and one.p_value <= WEAKEST
            assert judged.verdict.startswith("direction") == likely
        assert (judged.slope_per_year, judged.p_value) == (one.slope_per_year, one.p_value)


@property_test(REPORT, st.randoms(use_true_random=False))
def test_the_order_of_a_report_changes_no_verdict(report: list[Trend], random: Random) -> None:
    places = random.sample(range(len(report)), len(report))
    judged = secured(report)
    assert secured([report[at] for at in places]) == [judged[at] for at in places]


def test_nothing_tested_is_left_as_it_is() -> None:
    assert secured([]) == []
    assert secured([SHORT]) == [SHORT]


# --- slow measures -------------------------------------------------------------------------------

YEARS = [2015, 2016, 2017, 2019, 2021, 2022]
OWN = st.lists(st.integers(0, 6), min_size=6, max_size=6)
ROW = OWN | st.lists(st.none() | st.integers(0, 6), min_size=6, max_size=6)


def rows_of(rows: list[list[int | None]], unit: float) -> np.ndarray:
    return np.array(rows, dtype=float).reshape(len(rows), 6) * unit


@property_test(OWN, st.lists(ROW, max_size=8), st.sampled_from([1, 0.1, 0.001, 1 / 3, 1000]))
def test_a_slow_measure_has_scipys_percentile_among_the_others_slopes(
    own: list[int], rows: list[list[int | None]], unit: float
) -> None:
    others = [
        [(year, value) for year, value in zip(YEARS, row, strict=True) if value is not None]
        for row in rows
    ]
    theirs = [float(exact_slope(points)) for points in others if len(points) >= 5]
    ours = exact_slope(list(zip(YEARS, own, strict=True)))
    found = slow_trend(YEARS, [value * unit for value in own], rows_of(rows, unit))
    assert found.slope_per_year == pytest.approx(float(ours) * unit, rel=1e-7, abs=1e-12)
    assert (found.p_value, found.verdict, found.way) == (None, "slow", "")
    if theirs:
        expected = percentileofscore(theirs, float(ours), kind="mean") / 100
        assert found.percentile == pytest.approx(expected)
    else:
        assert found.percentile is None


@property_test(ROW, st.lists(ROW, min_size=1, max_size=8), st.permutations(range(6)))
def test_the_order_of_the_years_changes_no_percentile(
    own: list[int | None], rows: list[list[int | None]], places: list[int]
) -> None:
    numbers, others = np.array(own, dtype=float), rows_of(rows, 0.1)
    found = slow_trend(YEARS, numbers, others)
    moved = slow_trend([YEARS[at] for at in places], numbers[places], others[:, places])
    assert str(moved) == str(found)


def test_years_in_any_order_belong_to_their_own_values() -> None:
    years, own = [2020, 2016, 2018, 2017, 2019], [5, 1, 3, 2, 4]
    others = np.array([[10, 2, 6, 4, 8], [0, 0, 0, 0, 0]], dtype=float)  # 2 a year, and flat
    assert slow_trend(years, own, others).percentile == 0.5


def test_only_the_years_of_the_own_series_are_compared() -> None:
    own = [1, 2, 3, 4, 5, math.nan]
    others = np.array([[0, 0, 0, 0, 0, 99], [0, 3, 6, 9, 12, -99], [0, 1, 2, 3, math.nan, 9]])
    found = slow_trend([2015, 2016, 2017, 2018, 2019, 2020], own, others)
    assert found == Trend(1.0, None, "slow", (2015, 2016, 2017, 2018, 2019), percentile=0.5)


def test_a_slow_series_of_four_years_says_nothing_either() -> None:
    found = slow_trend(YEARS, [1, 2, 3, 4, math.nan, math.nan], np.zeros((3, 6)))
    assert (found.verdict, found.percentile) == ("too_few", None)


def test_the_same_slope_counts_half_though_floats_differ() -> None:
    years, steps = range(2015, 2021), np.arange(6) / 10
    found = slow_trend(years, 5.3 + steps, np.array([1.1 + steps, 2.1 + steps, 9.1 + steps]))
    assert found.percentile == 0.5


# --- for the better or the worse -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "direction", "said"),
    [
        ([1, 2, 3, 4, 5], "högt", "bättre"),
        ([1, 2, 3, 4, 5], "lågt", "sämre"),
        ([5, 4, 3, 2, 1], "högt", "sämre"),
        ([5, 4, 3, 2, 1], "lågt", "bättre"),
        ([1, 2, 3, 4, 5], "ingen", ""),
        ([1, 3, 2, 1, 3], "högt", ""),
        ([1, 2, 3, 4, 5], "mål", "bättre"),  # towards 6
        ([11, 10, 9, 8, 7], "mål", "bättre"),
        ([7, 8, 9, 10, 11], "mål", "sämre"),
        ([5, 7, 5, 7, 5], "mål", ""),  # always 1 from it
    ],
)
def test_a_trend_is_judged_by_the_direction(values: list[float], direction: str, said: str) -> None:
    assert judgement(trend(range(2018, 2023), values), values, direction, target=6.0) == said


@pytest.mark.parametrize("direction", ["högt", "lågt", "mål"])
def test_neither_a_slow_nor_a_short_series_is_judged(direction: str) -> None:
    slow = slow_trend(range(2018, 2023), [1, 2, 3, 4, 5], np.zeros((2, 5)))
    short = trend([2021, 2022], [4, 5])
    assert judgement(slow, [1, 2, 3, 4, 5], direction, target=6.0) == ""
    assert judgement(short, [4, 5], direction, target=6.0) == ""


@property_test(SERIES)
def test_a_flipped_direction_flips_the_judgement(points: list[tuple[int, int]]) -> None:
    found, values = of(points), [value / 10 for _, value in sorted(points)]
    high, low = (judgement(found, values, direction) for direction in ("högt", "lågt"))
    assert {high, low} in ({"bättre", "sämre"}, {""})
