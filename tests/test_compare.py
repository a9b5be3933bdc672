"""Is the change ours? Against a count in fractions, and the rules that hold for any change."""

from __future__ import annotations

import math
from fractions import Fraction
from statistics import median

import numpy as np
import pytest
from hypothesis import strategies as st
from properties import property_test

from malstyr_lib.scoring.compare import Change, compared_change

TENTHS = st.integers(-5, 12)
PAIR = st.tuples(st.none() | TENTHS, st.none() | TENTHS)
KNOWN = st.tuples(TENTHS, TENTHS)
MOVES = st.tuples(KNOWN, st.lists(KNOWN | PAIR, max_size=9))
"""The own values of two years, in tenths, and those of the others."""
UNITS = st.sampled_from([1.0, 0.1, 0.001, 1000.0, 1 / 3, 1 / 7])


def compared(pairs: list[tuple[int | None, int | None]], own: int = 0, unit: float = 0.1) -> Change:
    numbers = np.array(pairs, dtype=float).reshape(len(pairs), 2) * unit
    return compared_change(numbers[:, 0], numbers[:, 1], own)


def counted(own: tuple[int, int], others: list[tuple[int | None, int | None]]) -> Change:
    """The same, exactly, in tenths: one municipality at a time."""
    ours = own[1] - own[0]
    theirs = [after - before for before, after in others if None not in (before, after)]  # type: ignore[operator]
    if not theirs:
        return Change(ours, *[math.nan] * 4, 0)
    middle = median(map(Fraction, theirs))
    spread = median(abs(change - middle) for change in theirs)
    lower = sum(change < ours for change in theirs) + Fraction(theirs.count(ours), 2)
    same = sum(np.sign(change) == np.sign(ours) for change in theirs)
    return Change(
        own=ours,
        median=float(middle),
        z=float((ours - middle) / spread) / 1.4826 if spread else math.nan,
        percentile=float(lower / len(theirs)),
        same_way=same / len(theirs),
        n=len(theirs),
    )


def figures(change: Change) -> list[float]:
    return [change.own, change.median, change.z, change.percentile, change.same_way, change.n]


@property_test(MOVES, UNITS)
def test_a_change_stands_where_an_exact_count_puts_it_in_any_unit(
    moves: tuple[tuple[int, int], list[tuple[int | None, int | None]]], unit: float
) -> None:
    own, others = moves
    found, expected = compared([own, *others], unit=unit), counted(own, others)
    assert found.own == pytest.approx(expected.own * unit, rel=1e-6, abs=1e-12)
    assert found.median == pytest.approx(expected.median * unit, rel=1e-6, abs=2e-8, nan_ok=True)
    assert found.z == pytest.approx(expected.z, rel=1e-6, abs=1e-6, nan_ok=True)
    assert figures(found)[3:] == pytest.approx(figures(expected)[3:], nan_ok=True)


@property_test(MOVES)
def test_z_has_the_sign_of_how_we_differ_from_the_middle(
    moves: tuple[tuple[int, int], list[tuple[int | None, int | None]]],
) -> None:
    found = compared([moves[0], *moves[1]])
    if not math.isnan(found.z) and abs(found.own - found.median) > 1e-9:
        assert (found.z > 0) == (found.own > found.median)


@property_test(MOVES)
def test_negated_values_mirror_the_place(
    moves: tuple[tuple[int, int], list[tuple[int | None, int | None]]],
) -> None:
    pairs = [moves[0], *moves[1]]
    found, back = compared(pairs), compared(pairs, unit=-0.1)
    assert [-back.own, -back.median, -back.z, 1 - back.percentile, back.same_way] == (
        pytest.approx(figures(found)[:-1], nan_ok=True)
    )


@property_test(MOVES, st.randoms(use_true_random=False))
def test_the_order_of_municipalities_and_one_without_a_value_change_nothing(
    moves: tuple[tuple[int, int], list[tuple[int | None, int | None]]], random: object
) -> None:
    found = compared([moves[0], *moves[1]])
    others = [*moves[1], (None, 3), (4, None), (None, None)]
    random.shuffle(others)  # type: ignore[attr-defined]
    for own in (0, len(others) // 2, len(others)):
        moved = compared([*others[:own], moves[0], *others[own:]], own)
        assert figures(moved) == pytest.approx(figures(found), nan_ok=True)


def test_a_change_beside_five_others_by_hand() -> None:
    """The others change by 0, 1, 2, 3 and 9: median 2, and half of them are within 1 of it."""
    found = compared([(10, 13), (0, 0), (0, 1), (0, 2), (0, 3), (0, 9)], unit=1.0)
    assert found == Change(own=3, median=2, z=1 / 1.4826, percentile=0.7, same_way=0.8, n=5)


def test_one_that_stands_still_goes_the_way_of_those_who_do() -> None:
    assert compared([(5, 5), (1, 1), (2, 2), (3, 4), (4, 3)]).same_way == 0.5


def test_when_half_of_the_others_change_alike_there_is_no_z() -> None:
    found = compared([(10, 12), (11, 12), (21, 22), (33, 34), (50, 51), (0, 9)])
    assert math.isnan(found.z)
    assert (found.percentile, found.same_way, found.n) == (0.8, 1.0, 5)


def test_the_same_change_counts_half_though_floats_differ() -> None:
    before = np.array([1.1, 2.1, 3.1, 5.1, 7.1, 64.1])
    found = compared_change(before, before + 0.1, 0)
    assert found.percentile == 0.5
    assert math.isnan(found.z)


def test_noise_is_no_change() -> None:
    found = compared_change(np.array([0.3, 0.3, 0.2]), np.array([0.1 + 0.2, 0.4, 0.1]), 0)
    assert (found.own, found.percentile, found.same_way) == (0.0, 0.5, 0.0)


def test_nobody_else_leaves_the_own_change_alone() -> None:
    for pairs in ([(1, 2)], [(1, 2), (None, 3), (3, None)]):
        assert figures(compared(pairs, unit=1.0)) == pytest.approx(
            [1, math.nan, math.nan, math.nan, math.nan, 0], nan_ok=True
        )


@pytest.mark.parametrize("own", [(None, 2), (2, None), (None, None)])
def test_without_an_own_change_nothing_is_said(own: tuple[int | None, int | None]) -> None:
    found = compared([own, (1, 2), (3, 4)])
    assert figures(found) == pytest.approx([*[math.nan] * 5, 2], nan_ok=True)


def test_the_years_are_left_as_they_were() -> None:
    before, after = np.array([1.0, 2, 3]), np.array([1.1, math.nan, 2])
    compared_change(before, after, 0)
    assert before.tolist() == [1, 2, 3]
    assert after[[0, 2]].tolist() == [1.1, 2]
