"""Intervals against published figures, and the rules that any interval of its kind keeps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from malstyr_lib.errors import UsageError
from malstyr_lib.scoring.intervals import Interval, count_interval, newcombe, wilson

SHARES = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
NOISE = 1e-9


def ends(interval: Interval, decimals: int = 4) -> tuple[float, float]:
    return round(interval.low, decimals), round(interval.high, decimals)


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_newcombes_published_single_shares(
    part: int, whole: int, low: float, high: float
) -> None:
    assert ends(wilson(part, whole)) == (low, high)


@pytest.mark.parametrize(
    ("after", "before", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_a_difference_has_newcombes_published_interval(
    after: tuple[int, int], before: tuple[int, int], low: float, high: float
) -> None:
    assert ends(newcombe(before, after)) == (low, high)


@pytest.mark.parametrize(
    ("events", "level", "low", "high"),
    [
        (65, 0.95, 50.1632, 82.8491),  # as PHEindicatormethods' byars_lower(65), byars_upper(65)
        (65, 0.998, 42.8803, 94.0003),
        (10, 0.95, 4.7874, 18.3915),
    ],
)
def test_from_ten_events_on_a_count_has_byars_interval(
    events: int, level: float, low: float, high: float
) -> None:
    assert ends(count_interval(events, level=level)) == (low, high)


@pytest.mark.parametrize(
    ("events", "low", "high"),
    [(0, 0.0, 3.689), (1, 0.025, 5.572), (5, 1.623, 11.668), (9, 4.115, 17.085)],
)
def test_below_ten_events_a_count_has_the_exact_poisson_interval(
    events: int, low: float, high: float
) -> None:
    assert ends(count_interval(events), 3) == (low, high)


@given(st.integers(10, 5000))
def test_byar_is_within_two_thousandths_of_the_exact_interval(events: int) -> None:
    found = count_interval(events)
    assert found.low == pytest.approx(chi2.ppf(0.025, 2 * events) / 2, rel=0.002)
    assert found.high == pytest.approx(chi2.ppf(0.975, 2 * events + 2) / 2, rel=0.002)


@given(SHARES)
def test_the_interval_of_a_share_holds_it_and_stays_between_none_and_all(
    share: tuple[int, int],
) -> None:
    part, whole = share
    found = wilson(part, whole)
    assert 0 <= found.low <= part / whole + NOISE
    assert part / whole - NOISE <= found.high <= 1


@given(SHARES)
def test_the_rest_of_a_share_has_the_mirrored_interval(share: tuple[int, int]) -> None:
    part, whole = share
    found, rest = wilson(part, whole), wilson(whole - part, whole)
    assert (1 - rest.high, 1 - rest.low) == pytest.approx((found.low, found.high), abs=NOISE)


@given(SHARES, st.integers(2, 50))
def test_the_same_share_of_more_has_a_narrower_interval(share: tuple[int, int], times: int) -> None:
    part, whole = share
    few, many = wilson(part, whole), wilson(part * times, whole * times)
    assert many.high - many.low < few.high - few.low


@given(SHARES)
def test_a_higher_level_holds_the_interval_of_a_lower(share: tuple[int, int]) -> None:
    wide, narrow = wilson(*share, level=0.998), wilson(*share)
    assert wide.low <= narrow.low <= narrow.high <= wide.high


@given(SHARES, SHARES)
def test_swapped_years_mirror_the_interval_of_the_difference(
    before: tuple[int, int], after: tuple[int, int]
) -> None:
    found, back = newcombe(before, after), newcombe(after, before)
    assert (-back.high, -back.low) == pytest.approx((found.low, found.high), abs=NOISE)


@given(SHARES, SHARES)
def test_the_interval_of_a_difference_holds_it_and_stays_possible(
    before: tuple[int, int], after: tuple[int, int]
) -> None:
    change = after[0] / after[1] - before[0] / before[1]
    found = newcombe(before, after)
    assert -1 <= found.low <= change + NOISE
    assert change - NOISE <= found.high <= 1


@given(SHARES, SHARES, st.integers(2, 50))
def test_the_same_difference_between_more_has_a_narrower_interval(
    before: tuple[int, int], after: tuple[int, int], times: int
) -> None:
    few = newcombe(before, after)
    many = newcombe((before[0] * times, before[1] * times), (after[0] * times, after[1] * times))
    assert many.high - many.low < few.high - few.low


@given(st.integers(0, 5000))
def test_one_more_event_raises_both_ends(events: int) -> None:
    fewer, more = count_interval(events), count_interval(events + 1)
    assert fewer.low < more.low
    assert fewer.high < more.high
    assert fewer.low <= events < fewer.high


def test_a_whole_number_may_come_as_a_float() -> None:
    assert wilson(56.0, 70.0) == wilson(56, 70)
    assert count_interval(12.0) == count_interval(12)


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (7, 5, r"7 av 5 är ingen andel: delen är större än helheten\. Ange delen först"),
        (0, 0, r"0 av 0 är ingen andel\. Utelämna den"),
        (-1, 5, r"Delen är -1, men kan inte vara negativ\. Ange 0 eller mer"),
        (1, -5, r"Helheten är -5, men kan inte vara negativ"),
        (2.5, 5, r"Delen är 2\.5, men måste vara ett heltal\. Ange ett antal"),
        (2, float("nan"), "Helheten är nan, men måste vara ett heltal"),
        (2, float("inf"), "Helheten är inf, men måste vara ett heltal"),
    ],
)
def test_an_impossible_share_is_named_with_the_cure(part: float, whole: float, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        wilson(part, whole)
    with pytest.raises(UsageError, match=said):
        newcombe((1, 2), (part, whole))
    with pytest.raises(UsageError, match=said):
        newcombe((part, whole), (1, 2))


@pytest.mark.parametrize(
    ("events", "said"),
    [(-3, "Antalet är -3, men kan inte"), (10.5, r"Antalet är 10\.5, men måste vara ett heltal")],
)
def test_an_impossible_count_is_named_with_the_cure(events: float, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        count_interval(events)


@pytest.mark.parametrize("level", [0, 1, 95, float("nan")])
def test_a_level_that_is_no_share_is_named_with_the_cure(level: float) -> None:
    said = rf"Nivån är {level}\. Ange en andel mellan 0 och 1, som 0\.95"
    with pytest.raises(UsageError, match=said):
        wilson(1, 2, level=level)
    with pytest.raises(UsageError, match=said):
        newcombe((1, 2), (1, 2), level=level)
    with pytest.raises(UsageError, match=said):
        count_interval(12, level=level)
