"""The dumbbell of women and men and the funnel of units: what they show, and say in words."""

from __future__ import annotations

import pandas as pd
import pytest
from matplotlib.colors import to_hex

from malstyr_lib import charts
from malstyr_lib.charts.dumbbell import MEN, WOMEN

NAN = float("nan")


def gaps(**more: list[object]) -> pd.DataFrame:
    columns: dict[str, list[object]] = {
        "period": [2023, 2024],
        "women": [240.0, 246.0],
        "men": [190.0, 186.0],
        "usual": [28.0, 29.0],
        "women_colour": ["green", "green"],
        "men_colour": ["yellow", "red"],
    }
    return pd.DataFrame(columns | more)


def dumbbell(table: pd.DataFrame) -> charts.Chart:
    return charts.dumbbell(
        table,
        title="Meritvärde (N15505)",
        name="Övninge",
        hint="Högre är bättre",
        decimals=1,
        words=("flickor", "pojkar"),
        exercise=True,
    )


def units(persons: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": ["Storskolan", "Mellanskolan", "Lillskolan"],
            "persons": persons,
            "value": [214.0, 250.0, 150.0],
            "low": [206.0, 200.0, 110.0],
            "high": [227.0, 232.0, 320.0],
        }
    )


def funnel(table: pd.DataFrame) -> charts.Chart:
    return charts.funnel(
        table,
        title="Meritvärde (N15505)",
        name="Övninge",
        centre=216.0,
        period=2025,
        hint="Högre är bättre",
        decimals=1,
    )


def test_women_and_men_have_each_their_colour_and_shape() -> None:
    (axes,) = dumbbell(gaps()).figure.axes
    marks = {
        line.get_label(): (line.get_marker(), to_hex(str(line.get_color())).upper())
        for line in axes.lines
    }
    assert marks["Flickor"] == ("o", WOMEN) == ("o", "#B35900")
    assert marks["Pojkar"] == ("s", MEN) == ("s", "#00437A")


def test_the_newest_year_is_on_top_and_the_alt_text_says_the_difference_and_the_usual_one() -> None:
    chart = dumbbell(gaps())
    (axes,) = chart.figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["2024", "2023"]
    assert chart.alt == (
        "Hantelbild över Meritvärde (N15505) i Övninge. 2024: flickor 246,0, pojkar 186,0, skillnad"
        " 60,0. De andras vanliga skillnad är 29,0. 2023 var skillnaden 50,0."
    )
    assert list(chart.table["Skillnad"]) == [60.0, 50.0]
    assert list(chart.table["Färg, pojkar"]) == ["▼ Röd", "◆ Gul"]
    assert "Källa: övningsvärlden" in chart.caption


def test_without_others_there_is_no_usual_difference() -> None:
    chart = dumbbell(gaps(usual=[NAN, NAN]))
    assert "vanliga" not in chart.alt


def test_one_year_is_enough_for_a_dumbbell() -> None:
    assert "2023 var" not in dumbbell(gaps().tail(1)).alt


def test_units_are_by_persons_so_that_the_limits_widen_downwards() -> None:
    (axes,) = funnel(units([300.0, 150.0, 12.0])).figure.axes
    named = [label.get_text() for label in axes.get_yticklabels()]
    assert named == ["Storskolan (300)", "Mellanskolan (150)", "Lillskolan (12)"]


@pytest.mark.parametrize("persons", [[NAN, NAN, NAN], [300.0, NAN, 12.0]])
def test_where_the_persons_of_some_are_unknown_the_units_are_by_value(
    persons: list[float],
) -> None:
    (axes,) = funnel(units(persons)).figure.axes
    named = [label.get_text().split(" (")[0] for label in axes.get_yticklabels()]
    assert named == ["Mellanskolan", "Storskolan", "Lillskolan"]


def test_only_who_is_outside_its_own_limits_is_marked_and_named_by_the_alt_text() -> None:
    chart = funnel(units([300.0, 150.0, 12.0]))
    assert chart.alt == (
        "Diagram över Meritvärde (N15505), 3 enheter i Övninge 2025, från 150,0 till 250,0;"
        " helheten är 216,0. Utanför det som slumpen brukar ge: Mellanskolan 250,0."
    )
    places = dict(zip(chart.table["Enhet"], chart.table["Läge"], strict=True))
    assert places["Lillskolan"] == "inom det som slumpen brukar ge"
    assert places["Mellanskolan"] == "utanför det som slumpen brukar ge"


def test_without_limits_nobody_is_outside_and_the_table_says_that_it_cannot_be_said() -> None:
    chart = funnel(units([NAN] * 3).assign(low=NAN, high=NAN))
    assert set(chart.table["Läge"]) == {"går inte att säga"}
    assert "Ingen" not in chart.alt


def test_the_same_chart_gives_the_same_bytes() -> None:
    assert dumbbell(gaps()).png() == dumbbell(gaps()).png()
    assert funnel(units([1.0, 2.0, 3.0])).png() == funnel(units([1.0, 2.0, 3.0])).png()
