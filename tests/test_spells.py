"""How long red lasts: against a reader of one municipality at a time, and published figures."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import strategies as st
from numpy.typing import NDArray
from properties import property_test

from malstyr_lib.errors import UsageError
from malstyr_lib.scoring.spells import (
    KaplanMeier,
    Spells,
    kaplan_meier,
    red_spells,
    time_to_green,
)

CODE = {"R": 0, "Y": 1, "G": 2, "-": -1}
FIRST = 2001
LETTERS = st.sampled_from("RRYG-")
COLOURS = st.integers(0, 10).flatmap(
    lambda years: st.lists(
        st.lists(LETTERS, min_size=years, max_size=years).map("".join), max_size=8
    )
)
TIMES = st.lists(st.tuples(st.integers(0, 12), st.booleans()), max_size=40)
"""Years and whether the event was seen, case by case."""


def codes(rows: list[str]) -> NDArray[np.int8]:
    """Colours area × year of rows of letters, a grey year being a dash."""
    years = len(rows[0]) if rows else 0
    numbers = [[CODE[letter] for letter in row] for row in rows]
    return np.array(numbers, dtype=np.int8).reshape(len(rows), years)


def spells_of(*rows: str) -> Spells:
    return red_spells(codes(list(rows)), range(FIRST, FIRST + len(rows[0])))


def counted(spells: Spells) -> Counter[tuple[int, bool]]:
    return Counter(zip(spells.years, spells.ended, strict=True))


def read_slowly(rows: list[str], years: list[int]) -> Counter[tuple[int, bool]]:
    """Every spell of every municipality, read from left to right."""
    measured = [at for at in range(len(years)) if any(row[at] != "-" for row in rows)]
    found: Counter[tuple[int, bool]] = Counter()
    for row in rows:
        seen = [(years[at], row[at]) for at in measured]
        while seen:
            year, letter = seen.pop(0)
            if letter != "R":
                continue
            last = year
            while seen and seen[0][1] in "RY":
                last = seen.pop(0)[0]
            if seen and seen[0][1] == "G":
                found[seen[0][0] - year, True] += 1
            else:
                found[last - year, False] += 1
    return found


def product_limit(cases: list[tuple[int, bool]]) -> dict[int, Fraction]:
    """The share left after each time, multiplied time by time in fractions."""
    left, share = Fraction(1), {}
    for time in sorted({time for time, _ in cases}):
        at_risk = sum(other >= time for other, _ in cases)
        left *= 1 - Fraction(sum(seen for other, seen in cases if other == time), at_risk)
        share[time] = left
    return share


def estimate(cases: list[tuple[int, bool]]) -> KaplanMeier:
    return kaplan_meier([time for time, _ in cases], [seen for _, seen in cases])


# --- spells --------------------------------------------------------------------------------------


@property_test(COLOURS, st.lists(st.integers(1, 3), min_size=10, max_size=10))
def test_spells_agree_with_reading_one_municipality_at_a_time(
    rows: list[str], steps: list[int]
) -> None:
    years = [FIRST + sum(steps[:at]) for at in range(len(rows[0]) if rows else 0)]
    assert counted(red_spells(codes(rows), years)) == read_slowly(rows, years)


@pytest.mark.parametrize(
    ("row", "spells"),
    [
        ("RG", {(1, True): 1}),
        ("RRRG", {(3, True): 1}),
        ("RYRYG", {(4, True): 1}),  # yellow does not end it
        ("RRR", {(2, False): 1}),  # the series ends first
        ("R", {(0, False): 1}),
        ("YYGG", {}),
        ("RGRRG", {(1, True): 1, (2, True): 1}),
        ("YRG", {(1, True): 1}),
        ("RY", {(1, False): 1}),
        ("GRG", {(1, True): 1}),
    ],
)
def test_a_spell_goes_from_the_first_red_to_the_first_green(
    row: str, spells: dict[tuple[int, bool], int]
) -> None:
    assert counted(spells_of(row)) == spells


def test_a_missing_value_ends_what_is_known_at_the_last_colour() -> None:
    found = spells_of("RR-RG", "YYYYY")
    assert counted(found) == {(1, False): 1, (1, True): 1}
    assert counted(spells_of("R-RRG", "YYYYY")) == {(0, False): 1, (2, True): 1}


def test_a_year_in_which_nobody_has_a_colour_is_passed_over() -> None:
    assert counted(spells_of("R-R-G", "Y-Y-Y")) == {(4, True): 1}


@property_test(COLOURS, st.randoms(use_true_random=False))
def test_order_and_those_without_colours_change_no_spell(rows: list[str], random: object) -> None:
    years = range(FIRST, FIRST + (len(rows[0]) if rows else 0))
    found = counted(red_spells(codes(rows), years))
    more = [*rows, "-" * len(years)]
    random.shuffle(more)  # type: ignore[attr-defined]
    assert counted(red_spells(codes(more), years)) == found


@property_test(COLOURS)
def test_a_spell_ends_once_per_red_to_green_and_lasts_no_longer_than_the_series(
    rows: list[str],
) -> None:
    length = len(rows[0]) if rows else 0
    found = red_spells(codes(rows), range(FIRST, FIRST + length))
    assert len(found.years) == len(found.ended)
    assert all(0 <= n < length for n in found.years)
    assert all(n >= 1 for n, ended in zip(found.years, found.ended, strict=True) if ended)


def test_without_municipalities_or_years_there_are_no_spells() -> None:
    assert red_spells(np.empty((0, 5), np.int8), range(5)) == Spells((), ())
    assert red_spells(np.empty((5, 0), np.int8), []) == Spells((), ())


# --- Kaplan–Meier --------------------------------------------------------------------------------

FREIREICH = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
"""Weeks in remission with 6-MP, + being censored: Freireich 1963, in every textbook since."""


def test_freireichs_remissions_have_their_published_curve() -> None:
    cases = [(int(time.strip("+")), not time.endswith("+")) for time in FREIREICH.split()]
    found = estimate(cases)
    left = dict(zip(found.times, found.survival, strict=True))
    published = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    assert {time: round(left[time], 3) for time in published} == published
    assert (found.n, found.events, found.median) == (21, 9, 23)
    assert found.within(5) == 0.0
    assert found.within(12) == pytest.approx(1 - 0.753, abs=0.0005)
    assert found.within(35) == pytest.approx(1 - 0.448, abs=0.0005)
    assert found.within(36) is None


def test_six_spells_counted_by_hand() -> None:
    """Of 6 one ends in year 1 (5/6), one of 5 in year 2 (4/6), and one of the 3 left in year 4."""
    found = estimate([(1, True), (2, True), (2, False), (4, True), (5, False), (5, False)])
    assert found.times == (1, 2, 4, 5)
    assert found.survival == pytest.approx((5 / 6, 4 / 6, 4 / 9, 4 / 9))
    assert [found.within(years) for years in (0, 1, 3, 5)] == pytest.approx(
        [0, 1 / 6, 2 / 6, 5 / 9]
    )
    assert (found.within(6), found.median) == (None, 4)


@property_test(TIMES)
def test_kaplan_meier_agrees_with_the_product_limit(cases: list[tuple[int, bool]]) -> None:
    found, share = estimate(cases), product_limit(cases)
    assert (found.n, found.events) == (len(cases), sum(seen for _, seen in cases))
    assert found.times == tuple(share)
    assert found.survival == pytest.approx([float(left) for left in share.values()], abs=1e-12)
    half = [time for time, left in share.items() if left <= Fraction(1, 2)]
    assert found.median == (half[0] if half else None)


@property_test(TIMES, st.integers(0, 15))
def test_within_is_the_share_seen_so_far_and_nothing_beyond_what_is_seen(
    cases: list[tuple[int, bool]], years: int
) -> None:
    share = product_limit(cases)
    sooner = [left for time, left in share.items() if time <= years]
    found = estimate(cases).within(years)
    if not cases or (years > max(share) and sooner[-1] > 0):
        assert found is None
    else:
        assert found == pytest.approx(float(1 - sooner[-1]) if sooner else 0.0, abs=1e-12)


@property_test(TIMES)
def test_without_censoring_it_is_the_plain_share(cases: list[tuple[int, bool]]) -> None:
    times = [time for time, _ in cases]
    found = kaplan_meier(times, [True] * len(times))
    for time, left in zip(found.times, found.survival, strict=True):
        assert left == pytest.approx(sum(other > time for other in times) / len(times))


@property_test(TIMES, st.integers(0, 12))
def test_one_more_censored_at_the_start_changes_no_later_share(
    cases: list[tuple[int, bool]], n: int
) -> None:
    more = product_limit([*cases, *[(0, False)] * n])
    found = estimate([*cases, *[(0, False)] * n])
    assert found.survival == pytest.approx([float(left) for left in more.values()], abs=1e-12)
    first = [case for case in cases if case[0] > 0]
    later = dict(zip(found.times, found.survival, strict=True))
    if len(first) == len(cases):
        for time, left in product_limit(cases).items():
            assert later[time] == pytest.approx(float(left), abs=1e-12)


def test_spells_of_no_year_that_are_censored_say_nothing() -> None:
    found = kaplan_meier([0, 0, 0], [False] * 3)
    assert (found.n, found.events, found.survival, found.median) == (3, 0, (1.0,), None)
    assert (found.within(0), found.within(1)) == (0.0, None)


def test_all_seen_to_end_is_everything_however_long_after() -> None:
    assert kaplan_meier([1, 2], [True, True]).within(50) == 1.0


def test_half_is_half_though_floats_differ() -> None:
    """Of 24, one a year and the last censored: 12 are left after 12 years, and 0,5 by floats."""
    found = kaplan_meier(range(1, 25), [*[True] * 23, False])
    assert found.survival[11] == pytest.approx(0.5)
    assert found.median == 12


def test_no_case_gives_no_share() -> None:
    found = kaplan_meier([], [])
    assert (found.n, found.within(1), found.median) == (0, None, None)


@pytest.mark.parametrize(
    ("times", "seen"), [([1, 2], [True]), ([-1], [True]), ([math.nan], [False])]
)
def test_every_time_is_at_least_no_years_and_has_its_answer(
    times: list[float], seen: list[bool]
) -> None:
    with pytest.raises(UsageError, match="minst 0 år"):
        kaplan_meier(times, seen)


def test_the_time_to_green_is_that_of_the_spells() -> None:
    rows = ["RRRG", "RYYY", "RG--", "YYRG"]
    found = time_to_green(codes(rows), range(FIRST, FIRST + 4))
    assert (found.n, found.events) == (4, 3)
    assert found.within(1) == 0.5  # two of four
    assert found.within(3) == 0.75  # one of the two left
    assert found.within(4) is None
    assert found.median == 1
