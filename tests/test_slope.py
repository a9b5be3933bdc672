"""The slope chart: unlike units on one scale, and every line named without a collision."""

from __future__ import annotations

import itertools
from typing import Any

import pandas as pd
import pytest

from malstyr_lib.charts import Chart, slope


def line(at: int, start: float, end: float, colour: str = "yellow") -> dict[str, Any]:
    label = f"Elever i årskurs {at} som är behöriga till ett yrkesprogram, hemkommun, andel (%)"
    years = {"first": 2017, "last": 2022}
    return {"kpi": f"N{at:05d}", "label": label, "start": start, "end": end, "colour": colour} | (
        years
    )


def slope_of(*lines: dict[str, Any], **more: Any) -> Chart:
    rows = pd.DataFrame(lines, columns=["kpi", "label", "first", "start", "last", "end", "colour"])
    return slope(rows, title="Invånare", name="Övninge", hint="Uppåt är bättre", **more)


def test_it_says_in_words_how_many_went_each_way_and_who_is_outermost() -> None:
    chart = slope_of(line(1, -0.5, 0.25, "green"), line(2, 0.1, -1.25, "red"), line(3, 0.0, 0.0))
    assert chart.alt == (
        "Lutningsdiagram över Invånare, 3 nyckeltal i Övninge: 1 ligger bättre mot medianen det"
        " senaste året än det första, 1 sämre. Högst ligger N00001 med 0,3 (2022), lägst N00002"
        " med −1,3 (2022)."
    )


def test_it_carries_its_numbers_the_highest_first() -> None:
    table = slope_of(line(1, -0.5, -0.25, "red"), line(2, 0.1, 1.25, "green")).table
    assert table["Då"].tolist() == [0.1, -0.5]
    assert table["Nu"].tolist() == [1.25, -0.25]
    assert table["Färg"].tolist() == ["▲ Grön", "▼ Röd"]
    assert table["Första året"].tolist() == ["2017", "2017"]


@pytest.mark.parametrize("amount", [1, 5, 20])
def test_no_name_lies_over_another_however_alike_the_values(amount: int) -> None:
    chart = slope_of(*(line(at, 0.0, 0.001 * at) for at in range(amount)))
    chart.png()
    (axes,) = chart.figure.axes
    boxes = sorted((one.get_window_extent() for one in axes.texts), key=lambda box: box.y0)
    assert len(boxes) == amount
    assert all(low.y1 <= high.y0 + 1 for low, high in itertools.pairwise(boxes))


def test_every_line_is_named_beside_its_end_with_symbol_id_and_years() -> None:
    (axes,) = slope_of(line(7, -0.5, 0.2, "red")).figure.axes
    (words,) = [one.get_text() for one in axes.texts]
    assert words.startswith("▼ Elever i årskurs 7")
    assert words.endswith("… N00007, 2017–2022")


def test_no_line_is_said_to_be_none_and_drawn_as_none() -> None:
    chart = slope_of()
    assert chart.alt == "Lutningsdiagram över Invånare, utan nyckeltal."
    assert chart.png().startswith(b"\x89PNG")


def test_exercise_values_are_marked_on_the_picture_itself() -> None:
    (axes,) = slope_of(line(1, 0.0, 1.0), exercise=True).figure.axes
    assert "ÖVNINGSDATA" in axes.get_title(loc="right")
