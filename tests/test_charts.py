"""Charts as values: their words, their numbers, and that drawing them leaves nothing behind."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib import font_manager

from malstyr_lib.charts import Chart, strip, trend
from malstyr_lib.scoring import colours

AREAS = [f"{9000 + number}" for number in range(1, 31)]


def series(own: list[float]) -> pd.DataFrame:
    """A KPI's history of as many years as there are own values."""
    n = len(own)
    return pd.DataFrame(
        {
            "period": range(2020, 2020 + n),
            "own": own,
            "q25": [10.0] * n,
            "median": [12.5] * n,
            "q75": [15.0] * n,
            "similar": [13.0] * n,
            "n_similar": [7] * n,
            "nation": [12.0] * n,
            "n": [290] * n,
        }
    )


def trend_of(own: list[float], **more: object) -> Chart:
    given = {"colours": {2020: "red", 2021: "yellow", 2022: "green"}, "decimals": 1} | more
    return trend(series(own), title="Sjukfrånvaro", name="Övninge", hint="Lägre är bättre", **given)  # type: ignore[arg-type]


def year(values: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "municipality": AREAS[: len(values)],
            "title": [f"Kommun {area}" for area in AREAS[: len(values)]],
            "value": values,
            "colour": colours(values, "lågt"),
        }
    )


def strip_of(values: list[float], **more: object) -> Chart:
    return strip(
        year(values),
        title="Sjukfrånvaro",
        name="Övninge",
        own="9001",
        similar=["9002", "9003"],
        period=2022,
        hint="Lägre är bättre",
        decimals=1,
        **more,  # type: ignore[arg-type]
    )


def test_a_trend_says_its_main_values_in_words() -> None:
    assert trend_of([20.0, 18.5, 16.25]).alt == (
        "Linjediagram över Sjukfrånvaro. Övninge: 20,0 (2020) och 16,3 (2022)."
        " Median för alla kommuner 2022: 12,5. Liknande kommuner: 13,0."
    )


def test_a_trend_carries_its_numbers_with_symbol_and_word_for_colour() -> None:
    table = trend_of([20.0, 18.5, 16.25]).table
    assert table["Övninge"].tolist() == [20.0, 18.5, 16.25]
    assert table["Färg"].tolist() == ["▼ Röd", "◆ Gul", "▲ Grön"]
    assert table["Median"].tolist() == [12.5] * 3


def test_a_strip_says_its_main_values_in_words() -> None:
    assert strip_of([float(n) for n in range(30)]).alt == (
        "Punktdiagram över Sjukfrånvaro 2022, 30 kommuner. Övninge har 0,0; medianen är 14,5,"
        " lägst 0,0, högst 29,0."
    )


def test_values_and_own_processing_are_signed_apart() -> None:
    assert "Källa: Kolada" in trend_of([1.0, 2.0]).caption
    assert "egen bearbetning" in trend_of([1.0, 2.0]).caption


@pytest.mark.parametrize(
    "chart", [trend_of([1.0, 2.0], exercise=True), strip_of([1.0] * 9, exercise=True)]
)
def test_invented_values_are_said_to_be_on_the_picture_itself(chart: Chart) -> None:
    titles = [axes.get_title(loc="right") for axes in chart.figure.axes]
    assert titles == ["ÖVNINGSDATA – påhittade kommuner och värden"]
    assert "Kolada" not in chart.caption


@pytest.mark.parametrize(
    "own",
    [[], [5.0], [np.nan, np.nan], [np.nan, 5.0], [3.0] * 40, [-5.0, 0.0, 5.0]],
    ids=["inga år", "ett år", "inget eget", "bara sista", "fyrtio år", "minustal"],
)
def test_a_trend_can_be_drawn_of_whatever_there_is(own: list[float]) -> None:
    assert trend_of(own).png().startswith(b"\x89PNG")


@pytest.mark.parametrize("values", [[1.0], [1.0] * 30, [0.0] * 29 + [1e9]])
def test_a_strip_can_be_drawn_of_whatever_there_is(values: list[float]) -> None:
    assert strip_of(values).png().startswith(b"\x89PNG")


def test_the_line_is_broken_where_a_year_has_no_value() -> None:
    lines = trend_of([1.0, 2.0, np.nan, 4.0]).figure.axes[0].get_lines()
    solid = next(line for line in lines if line.get_label() == "Övninge")
    assert np.isnan(solid.get_ydata()).tolist() == [False, False, True, False]


def test_a_name_with_a_dollar_sign_is_a_name() -> None:
    chart = trend(series([1.0, 2.0]), title="$x$", name="A$B$C", colours={}, hint="$", decimals=1)
    assert chart.png().startswith(b"\x89PNG")


def test_every_municipality_is_seen_when_many_have_the_same_value() -> None:
    tied = pd.DataFrame(
        {
            "municipality": [f"{9000 + at}" for at in range(290)],
            "title": "x",
            "value": [1.0, 2.0] * 145,
            "colour": "yellow",
        }
    )
    chart = strip(
        tied, title="x", name="x", own="9000", similar=[], period=2022, hint="", decimals=0
    )
    chart.png()
    dots = max(chart.figure.axes[0].collections, key=lambda part: len(part.get_offsets()))
    seen = {(round(float(x), 6), round(float(y), 6)) for x, y in dots.get_offsets()}
    assert len(seen) == 289


def test_the_same_chart_gives_the_same_bytes() -> None:
    assert trend_of([1.0, 2.0]).png() == trend_of([1.0, 2.0]).png()
    values = [float(n % 7) for n in range(30)]
    assert strip_of(values).png() == strip_of(values).png()


def test_drawing_leaves_no_figure_open_and_no_setting_changed() -> None:
    before = dict(mpl.rcParams)
    trend_of([1.0, 2.0]).png()
    strip_of([1.0, 2.0, 3.0, 4.0]).png()
    assert plt.get_fignums() == []
    assert dict(mpl.rcParams) == before


def test_the_font_that_is_used_comes_along_and_has_the_letters_and_symbols() -> None:
    path = font_manager.findfont("DejaVu Sans", fallback_to_default=False)
    assert Path(path).is_relative_to(Path(mpl.get_data_path()))
    letters = font_manager.get_font(path).get_charmap()
    assert all(ord(letter) in letters for letter in "åäöÅÄÖ▼◆▲–−")


def test_axis_numbers_have_decimals_enough_to_be_true() -> None:
    chart = strip_of([6.0 + n * 0.65 for n in range(30)])
    chart.png()
    axis = chart.figure.axes[0].xaxis
    for place, label in zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=True):
        assert float(label.get_text().replace(",", ".").replace("−", "-")) == pytest.approx(place)


def test_a_chart_is_a_frozen_value() -> None:
    chart = trend_of([1.0, 2.0])
    assert replace(chart, alt="annan").alt == "annan"
    with pytest.raises(AttributeError):
        chart.alt = "annan"  # type: ignore[misc]


def test_a_chart_shows_itself_with_alt_text_and_a_table() -> None:
    html = trend_of([1.0, 2.0])._repr_html_()
    assert 'alt="Linjediagram över' in html
    assert "<details><summary>Visa siffrorna</summary>" in html
    assert "<caption " in html
