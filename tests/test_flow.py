"""The colour flow: every key figure once on each side, in numbers, words and bands."""

from __future__ import annotations

import itertools
from typing import Any

import pandas as pd
import pytest
from hypothesis import strategies as st
from properties import heavy_property_test, property_test

from malstyr_lib import tables
from malstyr_lib.charts import Chart, flow
from malstyr_lib.charts.spread import spread

MOVES = [
    *[("red", "red")] * 3,
    *[("red", "yellow")] * 2,
    ("red", "green"),
    *[("yellow", "red")] * 2,
    *[("green", "green")] * 4,
    ("grey", "yellow"),
]


def flow_of(moves: list[tuple[str, str]], **more: Any) -> Chart:
    rows = pd.DataFrame(moves, columns=["before", "after"])
    return flow(rows, title="Färgerna", first="Förra mätningen", last="Senaste", **more)


def words(chart: Chart) -> list[str]:
    (axes,) = chart.figure.axes
    return [one.get_text() for one in axes.texts]


def test_it_says_in_words_how_many_turned_each_way() -> None:
    assert flow_of(MOVES).alt == (
        "Färgflöde, Färgerna: 13 nyckeltal, varav 7 med samma färg. Annan färg: 2 från röd till"
        " gul, 1 från röd till grön, 2 från gul till röd och 1 från ingen färg till gul."
    )


def test_it_carries_every_number_with_symbol_and_word() -> None:
    table = flow_of(MOVES).table
    assert table.to_dict("list") == {
        "Förut": ["▲ Grön", "◆ Gul", "▼ Röd", "▼ Röd", "▼ Röd", "– Ingen färg"],
        "Nu": ["▲ Grön", "▼ Röd", "▲ Grön", "◆ Gul", "▼ Röd", "◆ Gul"],
        "Antal nyckeltal": [4, 2, 1, 2, 3, 1],
    }


def test_without_colour_the_picture_still_says_which_and_how_many() -> None:
    told = words(flow_of(MOVES))
    assert [one for one in told if one in ("▲ Grön 4", "◆ Gul 2", "▼ Röd 6", "– Ingen färg 1")]
    assert {"4 ▲", "2 ▼", "1 ▲", "2 ◆", "3 ▼", "1 ◆"} <= set(told)


def test_nothing_turned_and_no_key_figures_are_said_to_be_so() -> None:
    assert flow_of([("red", "red")]).alt.endswith("Inget har fått annan färg.")
    assert flow_of([]).alt == "Färgflöde, Färgerna, utan nyckeltal."
    assert flow_of([]).png().startswith(b"\x89PNG")


def test_exercise_values_are_marked_on_the_picture_itself() -> None:
    (axes,) = flow_of(MOVES, exercise=True).figure.axes
    assert "ÖVNINGSDATA" in axes.get_title(loc="right")


COLOURS = st.sampled_from(tables.COLOURS)


@heavy_property_test(st.lists(st.tuples(COLOURS, COLOURS), min_size=1, max_size=60))
def test_no_key_figure_is_lost_or_told_twice(moves: list[tuple[str, str]]) -> None:
    chart = flow_of(moves)
    assert chart.table["Antal nyckeltal"].sum() == len(moves)
    sides = [one for one in words(chart) if one[-1].isdigit()]
    assert sum(int(one.split()[-1]) for one in sides) == 2 * len(moves)


@pytest.mark.parametrize("amount", [13, 42, 90])
def test_no_number_lies_over_another(amount: int) -> None:
    moves = (MOVES * 7)[:amount]
    chart = flow_of(moves)
    chart.png()
    (axes,) = chart.figure.axes
    boxes = [one.get_window_extent() for one in axes.texts]
    over = [
        (axes.texts[at].get_text(), axes.texts[other].get_text())
        for at, one in enumerate(boxes)
        for other in range(at)
        if one.shrunk(0.9, 0.75).overlaps(boxes[other].shrunk(0.9, 0.75))
    ]
    assert over == []


PLACES = st.lists(st.floats(-100, 100), max_size=25)


@property_test(PLACES, st.floats(0.1, 10))
def test_labels_are_spread_as_far_as_they_need_and_in_their_order(
    places: list[float], apart: float
) -> None:
    found = spread(places, apart)
    order = sorted(range(len(places)), key=lambda at: places[at])
    steps = [found[b] - found[a] for a, b in itertools.pairwise(order)]
    assert all(step >= apart - 1e-6 for step in steps)


@property_test(st.lists(st.integers(-50, 50), max_size=20, unique=True))
def test_labels_with_room_stay_where_they_are(places: list[int]) -> None:
    assert spread([float(one) for one in places], 0.5) == places
