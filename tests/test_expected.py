"""How many reds, shifts and met goals to expect, against slow and exact counts."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import binom

from malstyr_lib.scoring.expected import (
    RedBand,
    RollUp,
    ShiftBand,
    State,
    red_band,
    rolled_up,
    shift_band,
)

R, Y, G, NONE = 0, 1, 2, -1
CODE = st.sampled_from([R, R, Y, G, NONE])
CODES = st.tuples(st.integers(0, 9), st.integers(1, 12)).flatmap(
    lambda size: st.lists(
        st.lists(CODE, min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0]
    ).map(lambda rows: np.array(rows, dtype=np.int8).reshape(size))
)
TWENTIETHS = st.lists(st.integers(0, 20).map(lambda n: Fraction(n, 20)), max_size=15)
STATES: st.SearchStrategy[list[State]] = st.lists(
    st.sampled_from(["met", "missed", "unknown"]), max_size=12
)


def by_area(*areas: list[int]) -> NDArray[np.int8]:
    """The codes, KPI × area, of areas written one by one."""
    return np.array(areas, dtype=np.int8).T


# Reds


def test_a_municipality_with_more_reds_than_nearly_all_has_more() -> None:
    usual = [[R, Y, Y, G]] * 20
    assert red_band(by_area([R, R, R, Y], *usual), 0) == RedBand(
        reds=3, coloured=4, expected=1.0, share=0.75, low=0.25, high=0.25, areas=21, beyond="more"
    )


def test_a_municipality_with_fewer_reds_than_nearly_all_has_fewer() -> None:
    usual = [[R, Y, Y, G]] * 20
    assert red_band(by_area(*usual, [Y, Y, Y, Y]), 20).beyond == "fewer"


def test_a_share_on_the_border_is_within() -> None:
    areas = [[R] * reds + [Y] * (20 - reds) for reds in range(21)]
    band = red_band(by_area(*areas), 19)
    assert (band.low, band.high) == pytest.approx((0.05, 0.95))
    beyond = [red_band(by_area(*areas), own).beyond for own in range(21)]
    assert beyond == ["fewer", *["within"] * 19, "more"]


def test_a_municipality_with_few_colours_is_not_in_the_band() -> None:
    band = red_band(by_area([R, Y, Y, G], [R, Y, NONE, NONE], [R, NONE, NONE, NONE]), 0)
    assert (band.areas, band.low, band.high) == pytest.approx((2, 0.2625, 0.4875))


def test_too_few_own_colours_are_not_compared() -> None:
    band = red_band(by_area([R, NONE, NONE, NONE], [R, Y, Y, G], [Y, Y, Y, G]), 0)
    assert (band.reds, band.coloured, band.share, band.areas) == (1, 1, 1.0, 2)
    assert band.beyond is None


def test_without_own_colour_there_is_no_share_and_no_verdict() -> None:
    band = red_band(by_area([NONE, NONE], [R, G], [Y, G]), 0)
    assert (band.reds, band.coloured, band.expected, band.areas) == (0, 0, 0.0, 2)
    assert math.isnan(band.share)
    assert band.beyond is None


@pytest.mark.parametrize("codes", [np.full((3, 2), NONE, np.int8), np.empty((0, 2), np.int8)])
def test_without_any_colour_there_is_no_band(codes: NDArray[np.int8]) -> None:
    band = red_band(codes, 1)
    assert math.isnan(band.low)
    assert math.isnan(band.high)
    assert (band.areas, band.beyond) == (0, None)


def percentile(shares: list[Fraction], share: Fraction) -> Fraction:
    """A percentile of shares, exactly, linearly between the two that are nearest."""
    ranked, place = sorted(shares), share * (len(shares) - 1)
    below, above = ranked[math.floor(place)], ranked[math.ceil(place)]
    return below + (above - below) * (place - math.floor(place))


@given(CODES, st.data())
def test_the_band_of_reds_agrees_with_a_slow_exact_count(
    codes: NDArray[np.int8], data: st.DataObject
) -> None:
    own = data.draw(st.integers(0, codes.shape[1] - 1))
    columns = [[int(code) for code in column if code != NONE] for column in codes.T]
    most = max(len(column) for column in columns)
    shares = {
        at: Fraction(column.count(R), len(column))
        for at, column in enumerate(columns)
        if column and len(column) >= most / 2
    }
    band = red_band(codes, own)
    assert (band.reds, band.coloured) == (columns[own].count(R), len(columns[own]))
    assert band.expected == len(columns[own]) / 4
    assert band.areas == len(shares)
    if not shares:
        return
    low, high = (percentile(list(shares.values()), Fraction(n, 20)) for n in (1, 19))
    assert (band.low, band.high) == pytest.approx((float(low), float(high)))
    if own not in shares:
        assert band.beyond is None
    else:
        above, below = shares[own] > high, shares[own] < low
        assert band.beyond == ("more" if above else "fewer" if below else "within")


@given(CODES, st.randoms(use_true_random=False))
def test_the_order_of_kpis_and_of_the_others_changes_no_band(
    codes: NDArray[np.int8], random: Random
) -> None:
    kpis, areas = (random.sample(range(size), size) for size in codes.shape)
    mixed = codes[np.ix_(kpis, areas)]
    kept = codes.copy()
    for own in range(codes.shape[1]):
        assert repr(red_band(mixed, areas.index(own))) == repr(red_band(codes, own))
    assert np.array_equal(codes, kept)


# Shifts


def test_no_kpi_that_could_shift_gives_no_shift() -> None:
    assert shift_band([]) == ShiftBand(0.0, 0, 0)


def test_what_is_certain_has_no_spread() -> None:
    assert shift_band([1.0, 1.0, 0.0]) == ShiftBand(2.0, 2, 2)


def test_twenty_five_reds_that_leave_at_a_rate_of_a_fifth() -> None:
    assert shift_band([0.2] * 25) == ShiftBand(pytest.approx(5.0), 2, 8)


@given(st.integers(1, 60), st.integers(1, 99))
def test_equal_rates_agree_with_the_binomial(n: int, percent: int) -> None:
    band = shift_band([percent / 100] * n)
    assert (band.low, band.high) == tuple(binom.ppf([0.05, 0.95], n, percent / 100))
    assert band.expected == pytest.approx(n * percent / 100)


@given(TWENTIETHS)
def test_the_band_of_shifts_agrees_with_an_exact_count(rates: list[Fraction]) -> None:
    chances = [Fraction(1)]
    for rate in rates:
        stay, leave = [*chances, Fraction(0)], [Fraction(0), *chances]
        chances = [a * (1 - rate) + b * rate for a, b in zip(stay, leave, strict=True)]
    at_most = list(itertools.accumulate(chances))
    low, high = (
        next(k for k, chance in enumerate(at_most) if chance >= Fraction(n, 20)) for n in (1, 19)
    )
    band = shift_band([float(rate) for rate in rates])
    assert (band.low, band.high) == (low, high)
    assert band.expected == pytest.approx(float(sum(rates)))


@given(st.lists(st.floats(0, 1), max_size=40), st.randoms(use_true_random=False))
def test_the_order_of_rates_changes_no_band(rates: list[float], random: Random) -> None:
    band, mixed = shift_band(rates), shift_band(random.sample(rates, len(rates)))
    assert (mixed.low, mixed.high) == (band.low, band.high)
    assert 0 <= band.low <= band.high <= len(rates)


@given(st.lists(st.floats(0, 1), max_size=40), st.floats(0, 1))
def test_one_more_kpi_raises_the_band_by_one_at_most(rates: list[float], rate: float) -> None:
    fewer, more = shift_band(rates), shift_band([*rates, rate])
    assert fewer.low <= more.low <= fewer.low + 1
    assert fewer.high <= more.high <= fewer.high + 1


# Goals


def test_goals_with_unknowns_lie_between_two_bounds() -> None:
    goals: list[State] = ["met"] * 7 + ["missed"] * 11 + ["unknown"] * 17
    found = rolled_up(goals)
    assert (found.met, found.missed, found.unknown) == (7, 11, 17)
    assert (found.lower, found.upper) == pytest.approx((0.20, 0.6857), abs=0.0001)
    assert found.coverage == pytest.approx(18 / 35)
    assert not found.certain


def test_goals_that_are_all_known_have_one_figure() -> None:
    found = rolled_up(["met", "missed", "met", "met"])
    assert found == RollUp(met=3, missed=1, unknown=0, lower=0.75, upper=0.75, coverage=1.0)
    assert found.certain


def test_no_goals_have_no_figure() -> None:
    found = rolled_up([])
    assert (found.met, found.missed, found.unknown) == (0, 0, 0)
    assert all(math.isnan(share) for share in (found.lower, found.upper, found.coverage))
    assert not found.certain


@given(STATES, st.data())
def test_the_bounds_hold_whatever_the_unknowns_turn_out_to_be(
    states: list[State], data: st.DataObject
) -> None:
    outcome = st.sampled_from(["met", "missed"])
    filled = [data.draw(outcome) if state == "unknown" else state for state in states]
    found, later = rolled_up(states), rolled_up(filled)
    assert later.certain is bool(states)
    assert not states or found.lower <= later.lower == later.upper <= found.upper


@given(STATES.filter(lambda states: "unknown" in states), st.sampled_from(["met", "missed"]))
def test_every_goal_that_becomes_known_narrows_the_bounds(
    states: list[State], outcome: State
) -> None:
    at = states.index("unknown")
    before, after = rolled_up(states), rolled_up([*states[:at], outcome, *states[at + 1 :]])
    assert before.lower <= after.lower <= after.upper <= before.upper
    assert after.upper - after.lower < before.upper - before.lower
    assert after.coverage > before.coverage
    assert not before.certain


@given(STATES.filter(bool))
def test_what_is_not_covered_is_the_width_between_the_bounds(states: list[State]) -> None:
    found = rolled_up(states)
    assert found.upper - found.lower == pytest.approx(1 - found.coverage)


@given(STATES, st.randoms(use_true_random=False))
def test_the_order_of_goals_changes_nothing(states: list[State], random: Random) -> None:
    mixed = random.sample(states, len(states))
    assert repr(rolled_up(mixed)) == repr(rolled_up(states))
