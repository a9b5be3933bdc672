"""XmR limits: from ten points on, and never more points outside than there are."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from malstyr_lib.scoring.limits import Limits, limits

# NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2: flow rates of ten batches.
FLOW = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
NUMBERS = st.integers(-400, 400).map(lambda n: n / 4)
SERIES = st.lists(NUMBERS, min_size=10, max_size=40)
NAN = math.nan


def found(values: list[float]) -> Limits:
    result = limits(values)
    assert result is not None
    return result


def test_the_limits_of_a_published_series() -> None:
    flow = found(FLOW)
    assert flow.mean == pytest.approx(50.81)
    assert (flow.low, flow.high) == pytest.approx((45.8159, 55.8041), abs=0.001)
    assert (flow.n, flow.preliminary, flow.outside) == (10, True, ())


def test_below_ten_points_there_are_no_limits() -> None:
    assert limits(FLOW[:9]) is None
    assert limits([]) is None
    assert limits([*FLOW[:9], NAN, NAN, NAN]) is None


@pytest.mark.parametrize(("n", "preliminary"), [(10, True), (12, True), (13, False), (30, False)])
def test_limits_are_preliminary_below_thirteen_points(n: int, preliminary: bool) -> None:
    assert found([float(at % 3) for at in range(n)]).preliminary is preliminary


def test_a_point_beyond_a_limit_is_pointed_out_where_it_stands() -> None:
    high = [10.0, 11, 10, 11, 10, 11, 10, 11, 10, 11, 10, 11, 30, 11]
    assert found(high).outside == (12,)
    assert found([-value for value in high]).outside == (12,)


def test_a_missing_year_moves_no_limit_but_keeps_its_place() -> None:
    series = [10.0, 11, 10, 11, 10, 11, 10, 11, 10, 11, 10, 11, 30, 11]
    holed = [NAN, *series[:5], NAN, *series[5:], NAN]
    whole, left_out = found(series), found(holed)
    assert (left_out.mean, left_out.low, left_out.high) == (whole.mean, whole.low, whole.high)
    assert (left_out.n, left_out.outside) == (14, (14,))


@pytest.mark.parametrize("value", [0.1, 0.0, -7.3, 1e9 + 0.1])
def test_a_series_that_never_moves_has_no_point_outside(value: float) -> None:
    still = found([value] * 11)
    assert still.outside == ()
    assert (still.low, still.high) == pytest.approx((value, value))


@given(SERIES)
def test_limits_agree_with_a_plain_count(values: list[float]) -> None:
    mean = sum(values) / len(values)
    steps = [abs(later - sooner) for sooner, later in pairwise(values)]
    reach = 2.66 * sum(steps) / len(steps)
    result = found(values)
    assert result.mean == pytest.approx(mean)
    assert (result.low, result.high) == pytest.approx((mean - reach, mean + reach))
    assert result.outside == tuple(
        at for at, value in enumerate(values) if abs(value - mean) - reach > 1e-6
    )


@given(SERIES)
def test_another_unit_moves_the_limits_along_and_points_out_the_same(values: list[float]) -> None:
    plain, other = found(values), found([value * 1000 + 7 for value in values])
    assert other.high == pytest.approx(plain.high * 1000 + 7)
    assert other.low == pytest.approx(plain.low * 1000 + 7)
    assert other.outside == plain.outside


@given(SERIES)
def test_time_run_backwards_gives_the_same_limits(values: list[float]) -> None:
    plain, back = found(values), found(values[::-1])
    assert (back.low, back.high) == pytest.approx((plain.low, plain.high))
    assert back.outside == tuple(sorted(len(values) - 1 - at for at in plain.outside))


@given(SERIES)
def test_limits_change_nothing_that_they_are_given(values: list[float]) -> None:
    kept = list(values)
    limits(values)
    assert values == kept
