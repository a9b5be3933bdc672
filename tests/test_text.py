"""Numbers, dates and lists as a Swedish reader expects them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from malstyr_lib import text


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [
        (81.25, 1, "81,3"),  # half away from zero, where babel alone gives 81,2
        (-81.25, 1, "\N{MINUS SIGN}81,3"),
        (0.5, 0, "1"),
        (2.5, 0, "3"),
        (1.005, 2, "1,01"),  # by the decimal text, not the binary value below it
        (12345678.5, 1, "12\u00a0345\u00a0678,5"),
        (-0.04, 1, "0,0"),
        (0.0, 1, "0,0"),
        (1e-7, 1, "0,0"),
        (float("nan"), 1, "–"),
        (None, 1, "–"),
    ],
)
def test_a_number_is_rounded_and_written_for_readers(
    value: float | None, decimals: int, written: str
) -> None:
    assert text.number(value, decimals) == written


@given(st.floats(-1e12, 1e12), st.integers(0, 3))
def test_a_written_number_is_within_half_a_step_of_the_value(value: float, decimals: int) -> None:
    plain = text.number(value, decimals).replace("\u00a0", "").replace(",", ".")
    assert abs(float(plain.replace(text.MINUS, "-")) - value) <= 0.5001 * 10.0**-decimals + 1e-3 * (
        abs(value) > 1e9
    )


@pytest.mark.parametrize(
    ("values", "decimals"),
    [([22.0, 16.0], 0), ([15.62, 22.0], 1), ([0.65, 1.95], 2), ([1234.5], 0), ([], 0)],
)
def test_decimals_follow_the_size_of_the_values(values: list[float], decimals: int) -> None:
    for same in (values, np.array(values, dtype=float), pd.Series(values, dtype=float)):
        assert text.decimals_for(same) == decimals


def test_a_gap_that_is_not_nothing_is_not_written_as_nothing() -> None:
    assert text.gap(0.03, 1) == "0,03"
    assert text.gap(0.3, 0) == "0,3"
    assert text.gap(2.4, 0) == "2"
    assert text.gap(0.5, 0) == "1", "by the same rule as all numbers are rounded by"
    assert text.gap(0.0, 1) == "0,0"
    assert text.gap(float("nan"), 1) == "–"


def test_a_moment_is_told_by_the_day_it_was_in_sweden() -> None:
    assert text.day("2026-11-22T23:30:00+00:00") == "23 november 2026"


def test_days_and_lists_are_written_in_words() -> None:
    assert text.day(date(2026, 11, 23)) == "23 november 2026"
    assert text.day("2026-03-01T10:00:00+00:00") == "1 mars 2026"
    assert text.listing(["KS"]) == "KS"
    assert text.listing(["KS", "BN", "ON"]) == "KS, BN och ON"
    assert text.listing([]) == ""
    assert text.count(1, "kommun", "kommuner") == "1 kommun"
    assert text.count(1234, "kommun", "kommuner") == "1\u00a0234 kommuner"


def test_the_nearest_known_word_is_suggested_whatever_its_case() -> None:
    assert text.did_you_mean("hedemorra", ["Hedemora", "Avesta"]) == "; menade du 'Hedemora'?"
    assert text.did_you_mean("xyz", ["Hedemora"]) == ""


def test_invented_values_are_never_signed_kolada() -> None:
    assert text.source(exercise=False) == "Källa: Kolada"
    assert "Kolada" not in text.source(exercise=True)


def test_a_number_as_large_as_any_is_written_and_not_stumbled_on() -> None:
    assert text.number(1e300, 4).endswith(",0000")
    assert text.number(-1e27, 1).startswith("\u22121\u00a0000")
