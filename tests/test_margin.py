"""Uncertain colours, changes within the margin, whole persons, and what is hidden beside."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from properties import some

from malstyr_lib import tables
from malstyr_lib.errors import UsageError
from malstyr_lib.model import SteeringModel
from malstyr_lib.scoring import colours
from malstyr_lib.scoring.margin import (
    Certainty,
    change_within_margin,
    in_percent,
    persons,
    uncertain,
)
from malstyr_lib.scoring.privacy import paired, small_groups

NAN = math.nan
EIGHT = np.arange(1.0, 9.0)

shares = st.just(0.0) | st.floats(1e-6, 100)
halves = st.integers(0, 24).map(lambda n: n / 2)
groups = st.lists(halves | st.just(NAN), min_size=0, max_size=12)


# --- uncertain colours -------------------------------------------------------------------------


def test_a_colour_that_another_value_within_the_margin_would_not_have_is_uncertain() -> None:
    assert uncertain(EIGHT, 1, 1.2, direction="högt") == Certainty(
        ("red", "yellow"), False, "osäker färg: med felmarginalen ±1,2 kan den också vara gul"
    )


def test_a_colour_that_holds_within_the_whole_margin_is_certain() -> None:
    assert uncertain(EIGHT, 0, 0.9, direction="högt") == Certainty(("red",), True, "")
    assert uncertain(EIGHT, 0, 0.9, direction="lågt") == Certainty(("green",), True, "")


def test_a_wide_margin_names_every_other_colour() -> None:
    told = uncertain(EIGHT, 3, 6, direction="lågt")
    assert told.colours == ("red", "yellow", "green")
    assert told.words == "osäker färg: med felmarginalen ±6,0 kan den också vara röd eller grön"


def test_a_tie_at_the_very_end_of_the_margin_counts() -> None:
    assert uncertain(EIGHT, 1, 1.0, direction="högt").colours == ("red", "yellow")
    assert uncertain(EIGHT, 1, 0.999, direction="högt").colours == ("red",)


def test_noise_in_the_last_digits_is_no_other_colour() -> None:
    values = np.array([0.3, 0.3, 0.3, 0.3, 0.3, 0.3])
    assert uncertain(values, 0, 1e-12, direction="högt").colours == ("yellow",)


def test_towards_a_target_the_best_is_inside_the_margin_and_not_at_its_ends() -> None:
    values = np.array([50.0, 44, 45, 46, 54, 55, 56, 40])
    values[0] = 48.0
    told = uncertain(values, 0, 8, direction="mål", target=50)
    assert told.colours == ("red", "yellow", "green")
    ends = [colours([end, *values[1:]], "mål", 50)[0] for end in (40.0, 56.0)]
    assert "green" not in ends


def test_only_a_single_value_ties_with_all_the_others_and_it_is_found() -> None:
    values = np.array([0.0, 1, 1, 1])
    assert uncertain(values, 0, 3, direction="högt").colours == ("red", "yellow", "green")


@pytest.mark.parametrize("margin", [NAN, -1.0, math.inf])
def test_an_unknown_margin_says_nothing_of_certainty(margin: float) -> None:
    assert uncertain(EIGHT, 1, margin, direction="högt") == Certainty(("red",), None, "")


@pytest.mark.parametrize(
    ("values", "direction"),
    [([NAN, 2, 3, 4, 5], "högt"), ([1, 2, 3, NAN], "högt"), ([1, 2, 3, 4, 5], "ingen")],
)
def test_what_has_no_colour_has_no_certainty(values: list[float], direction: str) -> None:
    assert uncertain(np.array(values), 0, 1.0, direction=direction) == Certainty(
        ("grey",), None, ""
    )


def test_a_target_that_is_missing_is_wrong_use() -> None:
    with pytest.raises(UsageError, match="behöver ett värde att vara nära"):
        uncertain(EIGHT, 1, 1.0, direction="mål")


def test_the_values_are_not_changed() -> None:
    values = EIGHT.copy()
    uncertain(values, 1, 3.0, direction="mål", target=4.5)
    assert values.tolist() == EIGHT.tolist()


def scanned(own: float, others: list[float], margin: float, how: dict[str, Any]) -> set[str]:
    """The colours at every quarter within the margin: on halves that meets all ties and gaps."""
    steps = round(4 * margin)
    points = [own + step / 4 for step in range(-steps, steps + 1)]
    return {colours([point, *others], how["direction"], how["target"])[0] for point in points}


hows = st.one_of(
    st.sampled_from([{"direction": "högt", "target": None}, {"direction": "lågt", "target": None}]),
    halves.map(lambda target: {"direction": "mål", "target": target}),
)


@given(own=halves, others=groups, margin=halves, how=hows)
@example(own=2.0, others=[1.0, 1, 1], margin=2.0, how={"direction": "mål", "target": 1.0})
def test_the_colours_are_those_that_a_slow_scan_of_the_interval_meets(
    own: float, others: list[float], margin: float, how: dict[str, Any]
) -> None:
    told = uncertain(np.array([own, *others]), 0, margin, **how)
    assert set(told.colours) == scanned(own, others, margin, how)
    grey = told.colours == ("grey",)
    assert told.certain is (None if grey else len(told.colours) == 1)
    assert bool(told.words) == (told.certain is False)


@given(
    values=st.lists(shares | st.just(NAN), min_size=1, max_size=30),
    direction=st.sampled_from(["högt", "lågt", "mål"]),
    data=st.data(),
)
def test_without_a_margin_there_is_exactly_the_one_colour(
    values: list[float], direction: str, data: st.DataObject
) -> None:
    own, target = data.draw(st.integers(0, len(values) - 1)), 50.0
    told = uncertain(np.array(values), own, 0.0, direction=direction, target=target)
    assert told.colours == (colours(values, direction, target)[own],)
    assert told.words == ""


@given(
    values=st.lists(shares, min_size=4, max_size=30),
    direction=st.sampled_from(["högt", "lågt", "mål"]),
    margins=st.tuples(shares, shares).map(sorted),
)
def test_a_wider_margin_never_has_fewer_colours(
    values: list[float], direction: str, margins: list[float]
) -> None:
    narrow, wide = (
        set(uncertain(np.array(values), 0, margin, direction=direction, target=50.0).colours)
        for margin in margins
    )
    assert narrow <= wide


# --- changes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "margins", "within"),
    [
        (50.0, 55.0, (3.0, 4.0), True),  # exactly the root of 9 + 16
        (50.0, 55.1, (3.0, 4.0), False),
        (55.1, 50.0, (3.0, 4.0), False),
        (50.1, 50.4, (0.3, 0.0), True),  # 0.29999… and 0.3 are the same
        (50.0, 50.0, (0.0, 0.0), True),
        (None, 50.0, (3.0, 4.0), None),
        (50.0, NAN, (3.0, 4.0), None),
        (50.0, 50.0, (None, 4.0), None),
        (50.0, 50.0, (3.0, NAN), None),
    ],
)
def test_a_change_is_within_the_margin_when_both_years_errors_together_can_make_it(
    before: float | None, after: float | None, margins: tuple[Any, Any], within: bool | None
) -> None:
    assert change_within_margin(before, after, *margins) is within


# --- persons -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gap", "base", "whole"),
    [
        (2.5, 120, 3),
        (2.5, 121, 4),  # 3,025: three would not have been enough
        (0.1 + 0.2, 1000, 3),  # and not four for the noise
        (81.4 - 81.3, 1000, 1),
        (-2.5, 121, -4),
        (0.0, 1000, 0),
        (0.001, 1000, 1),
        (1e-9, 1000, 0),
        (100.0, 7, 7),
        (2.5, None, None),
        (2.5, NAN, None),
        (2.5, 0, None),
        (2.5, -3, None),
        (NAN, 1000, None),
    ],
)
def test_a_distance_is_as_many_whole_persons_as_it_takes(
    gap: float, base: float | None, whole: int | None
) -> None:
    assert persons(gap, base) == whole


@given(base=st.integers(1, 1_000_000), data=st.data())
def test_persons_that_are_a_share_are_counted_back_exactly(base: int, data: st.DataObject) -> None:
    worse, better = sorted(data.draw(st.tuples(st.integers(0, base), st.integers(0, base))))
    gap = float(f"{100 * better / base:.9g}") - float(f"{100 * worse / base:.9g}")
    assert persons(gap, base) == better - worse
    assert persons(-gap, base) == worse - better


@given(base=st.integers(1, 100_000), gap=st.floats(0.001, 100))
def test_fewer_persons_would_not_have_been_enough(base: int, gap: float) -> None:
    whole = persons(gap, base)
    assert whole is not None
    assert whole * 100 / base >= gap - 1e-6
    assert (whole - 1) * 100 / base < gap


def test_persons_are_counted_from_per_cent_only(steering_model: SteeringModel) -> None:
    assert in_percent("Elever i åk 9 som är behöriga till yrkesprogram, hemkommun, andel (%)")
    assert in_percent("Unga vuxna med ekonomiskt bistånd, andel (%) av invånare 18-24 år")
    assert not in_percent("Elever i åk 9, avvikelse från SALSA, procentenheter")
    assert not in_percent("Nystartade företag, antal/1000 inv, 16-64 år")
    assert not in_percent("Kvalitetsindex äldreomsorg")
    assert all(in_percent(kpi.title) for kpi in steering_model.kpis if kpi.base)


# --- genders -----------------------------------------------------------------------------------


def observations(*rows: tuple[str, int, str, float]) -> pd.DataFrame:
    area, year, gender, value = zip(*rows, strict=True)
    columns = {"kpi": ["N00001"] * len(rows), "municipality": area, "period": year}
    more = {"gender": gender, "value": value, "status": [""] * len(rows)}
    return tables.frame(tables.OBSERVATIONS, columns | more)


def shown(table: pd.DataFrame) -> set[tuple[Any, ...]]:
    rows = table[table["value"].notna()]
    return set(zip(rows["municipality"], rows["period"], rows["gender"], strict=True))


def test_women_and_men_are_hidden_where_the_total_is_though_others_have_theirs() -> None:
    table = observations(
        *[("9001", 2022, gender, 50.0) for gender in "TKM"],
        *[("9002", 2022, "T", NAN), ("9002", 2022, "K", 50.0), ("9002", 2022, "M", 51.0)],
        *[("9003", 2022, "K", 50.0), ("9003", 2022, "M", 51.0)],
    )
    assert shown(paired(table)) == {("9001", 2022, gender) for gender in "TKM"}


def test_women_and_men_are_shown_where_no_municipality_has_a_total_that_year() -> None:
    table = observations(
        *[("0000", 2021, gender, 50.0) for gender in "TKM"],  # Riket's total tells nothing
        *[(area, 2021, gender, 50.0) for area in ("9001", "9002") for gender in "KM"],
        ("9001", 2022, "T", 50.0),
    )
    assert shown(paired(table)) == shown(table)


def test_a_total_is_never_hidden_for_the_sake_of_a_gender() -> None:
    table = observations(("9001", 2022, "T", 50.0), ("9001", 2022, "K", 50.0))
    assert shown(paired(table)) == {("9001", 2022, "T")}


cells = st.lists(
    st.tuples(
        st.sampled_from(["0000", "9001", "9002", "9003"]),
        st.sampled_from([2021, 2022]),
        st.sampled_from("TKM"),
        st.sampled_from([NAN, 50.0, 60.0]),
    ),
    unique_by=lambda cell: cell[:3],
    min_size=1,
)


@some(25, 1_000)
@given(rows=cells, data=st.data())
def test_no_hidden_gender_or_total_can_be_worked_out_whatever_the_order(
    rows: list[tuple[str, int, str, float]], data: st.DataObject
) -> None:
    after = shown(paired(observations(*rows)))
    assert after <= shown(observations(*rows))
    totals = {cell for cell in shown(observations(*rows)) if cell[2] == "T"}
    assert totals <= after
    for area, year, _, _ in rows:
        alike = [(area, year, gender) in after for gender in "KM"]
        assert len(set(alike)) == 1
        others = {one for one, when, _ in totals if when == year and one != "0000"}
        assert (area, year, "T") in totals or not (alike[0] and others)
    assert shown(paired(observations(*data.draw(st.permutations(rows))))) == after


# --- units -------------------------------------------------------------------------------------


def units(*rows: tuple[str, str, int, str, float]) -> pd.DataFrame:
    ou, area, year, gender, value = zip(*rows, strict=True)
    columns = {"kpi": ["N15505"] * len(rows), "municipality": area, "ou": ou, "period": year}
    more = {"gender": gender, "value": value, "status": [""] * len(rows)}
    return tables.frame(tables.OU_OBSERVATIONS, columns | more)


def test_the_first_known_unit_is_hidden_beside_one_that_is_alone() -> None:
    table = units(
        ("V15E3", "9001", 2022, "T", 210.0),
        ("V15E2", "9001", 2022, "T", 230.0),
        ("V15E1", "9001", 2022, "T", NAN),
        ("V15E1", "9001", 2023, "T", 220.0),  # nothing is hidden that year
        ("V15E2", "9001", 2023, "T", 220.0),
        ("V15E8", "9002", 2022, "T", 220.0),  # nor in another municipality
        ("V15E9", "9002", 2022, "T", 220.0),
    )
    hidden = small_groups(table)["value"].isna()
    assert hidden.tolist() == [False, True, True, False, False, False, False]
    assert table["value"].isna().sum() == 1


def test_two_hidden_units_hide_each_other() -> None:
    rows = [("V15E1", "9001", 2022, "T", NAN), ("V15E2", "9001", 2022, "T", NAN)]
    table = units(*rows, ("V15E3", "9001", 2022, "T", 210.0))
    assert small_groups(table)["value"].equals(table["value"])


def test_genders_are_groups_of_their_own() -> None:
    table = units(
        ("V15E1", "9001", 2022, "K", NAN),
        ("V15E1", "9001", 2022, "M", 200.0),
        ("V15E2", "9001", 2022, "K", 210.0),
        ("V15E2", "9001", 2022, "M", 190.0),
    )
    assert small_groups(table)["value"].isna().tolist() == [True, False, True, False]


def test_a_table_without_units_stays_without() -> None:
    assert small_groups(tables.empty(tables.OU_OBSERVATIONS)).empty
    assert paired(tables.empty(tables.OBSERVATIONS)).empty


unit_cells = st.lists(
    st.tuples(
        st.sampled_from([f"V15E{n}" for n in range(6)]),
        st.sampled_from(["9001", "9002"]),
        st.sampled_from([2021, 2022]),
        st.sampled_from("TK"),
        st.sampled_from([NAN, 200.0, 210.0]),
    ),
    unique_by=lambda cell: cell[:4],
    min_size=1,
)


@some(25, 1_000)
@given(rows=unit_cells, data=st.data())
def test_no_hidden_unit_is_alone_among_others_and_the_order_changes_nothing(
    rows: list[tuple[str, str, int, str, float]], data: st.DataObject
) -> None:
    table = units(*rows)
    after = small_groups(table)
    pd.testing.assert_frame_equal(after.drop(columns="value"), table.drop(columns="value"))
    kept = after["value"].notna()
    assert after["value"][kept].equals(table["value"][kept])
    group = ["kpi", "municipality", "period", "gender"]
    amounts = after.assign(hidden=~kept).groupby(group)["hidden"].agg(["sum", "size"])
    assert not ((amounts["sum"] == 1) & (amounts["size"] > 1)).any()
    before = table.assign(hidden=table["value"].isna()).groupby(group)
    more = amounts["sum"] - before["hidden"].sum()
    assert set(more) <= {0, 1}
    order = data.draw(st.permutations(range(len(rows))))
    again = small_groups(units(*(rows[at] for at in order)))
    assert again["value"].equals(after["value"].iloc[order].reset_index(drop=True))
