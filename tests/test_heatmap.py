"""The heatmap: number and symbol in every cell, words from the data, and seen in grey print."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pandas as pd
import prose
import pytest
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

from malstyr_lib.charts import MOST_ROWS, Chart, HeatRow, heatmap
from malstyr_lib.charts.heatmap import shortened
from malstyr_lib.markup import STATUS, Number, Source

WHY = "eget värde saknas för {year}"


def scores(**colours: str) -> pd.DataFrame:
    """A letter per year from 2018 for each KPI: R, Y, G, g (grey with value), - (no value), p."""
    rows = [
        _score(kpi, 2018 + at, letter, at)
        for kpi, letters in colours.items()
        for at, letter in enumerate(letters)
        if letter != "."
    ]
    return pd.DataFrame(rows)


def _score(kpi: str, year: int, letter: str, at: int) -> dict[str, Any]:
    colour = {"R": "red", "Y": "yellow", "G": "green", "p": "green"}.get(letter, "grey")
    reasons = {"-": WHY.format(year=year), "g": "nyckeltalet har ingen riktning"}
    return {
        "kpi": kpi,
        "period": year,
        "value": float("nan") if letter == "-" else 10.5 + at,
        "colour": colour,
        "preliminary": letter == "p",
        "reason": reasons.get(letter, "1 av 9 har bättre värde"),
    }


def rows(*kpis: str, group: str = "Ekonomi") -> list[HeatRow]:
    return [HeatRow(kpi, f"Mått {kpi}, andel (%)", group, 1, "9001") for kpi in kpis]


def drawn(found: Chart) -> list[str]:
    return [one.get_text() for one in found.figure.axes[0].texts]


def heat(table: pd.DataFrame, which: list[HeatRow], **more: Any) -> Chart:
    return heatmap(table, which, title="Nämnden", last=2022, **more)


def test_every_cell_has_its_number_and_the_symbol_of_its_colour() -> None:
    found = heat(scores(A="RYGp-"), rows("A"))
    assert drawn(found) == ["Ekonomi", "▼ 10,5", "◆ 11,5", "▲ 12,5", "▲ 13,5 (p)", "–"]


def test_a_grey_value_stands_without_a_symbol_and_the_table_says_why() -> None:
    found = heat(scores(A="ggg", B="R--"), rows("A", "B"))
    assert drawn(found) == ["Ekonomi", "10,5", "11,5", "12,5", "▼ 10,5", "–", "–"]
    assert found.table["Varför ingen färg"].tolist() == [
        "alla år: nyckeltalet har ingen riktning",
        "2019 och 2020: eget värde saknas",
    ]


def test_a_year_without_a_score_is_an_empty_place() -> None:
    found = heat(scores(A="R.R"), rows("A", "saknas"))
    assert drawn(found) == ["Ekonomi", "▼ 10,5", "▼ 12,5"]
    assert found.table["Varför ingen färg"].tolist() == ["–", "Inget värde något av åren"]


def test_red_is_seen_without_its_hue_by_a_frame_and_heavy_signs() -> None:
    (axes,) = heat(scores(A="RYG"), rows("A")).figure.axes
    red, yellow, green = (one for one in axes.patches if isinstance(one, Rectangle))
    assert red.get_linewidth() > 2 * yellow.get_linewidth() == 2 * green.get_linewidth()
    weights = {one.get_text(): one.get_fontweight() for one in axes.texts}
    assert (weights["▼ 10,5"], weights["◆ 11,5"]) == ("bold", "normal")
    assert tuple(red.get_edgecolor())[:3] == to_rgb(STATUS["red"].ink)


def test_a_preliminary_colour_is_hatched() -> None:
    (axes,) = heat(scores(A="Gp"), rows("A")).figure.axes
    assert [one.get_hatch() for one in axes.patches] == [None, "///"]


def test_the_alt_text_counts_the_newest_years_colours() -> None:
    found = heat(scores(A="RRR", B="RYY", C="RYG", D="gg-"), rows("A", "B", "C", "D"))
    assert found.alt == (
        "Värmekarta, Nämnden: 4 nyckeltal, 2018–2020. 2020 är 1 rött, 1 gult, 1 grönt och 1 utan"
        " färg. Inget är rött 5 mätningar i rad fram till den senaste."
    )


def test_the_alt_text_names_what_has_been_red_the_longest_until_now() -> None:
    found = heat(scores(A="RRRRR", B="RRRRY", C="R-RRRR"), rows("A", "B", "C"))
    assert found.alt.endswith(
        "Rött minst 5 mätningar i rad fram till den senaste: Mått A, andel (%) (A)."
    )
    again = heatmap(scores(C="R-RRRR"), rows("C"), title="Nämnden", last=2023)
    assert again.alt.endswith("Mått C, andel (%) (C).")


def test_a_row_is_named_by_its_short_title_and_id_under_its_heading() -> None:
    long = HeatRow(
        "N1", "Elever i åk 9 som är behöriga till yrkesprogram, hemkommun (- 2024)", "I", 1
    )
    (axes,) = heat(scores(N1="R"), [long]).figure.axes
    assert [one.get_text() for one in axes.get_yticklabels()] == [
        "Elever i åk 9 som är behöriga till … (N1)"
    ]
    assert shortened("Kort titel, andel (%)") == "Kort titel, andel (%)"


def test_the_table_keeps_value_and_source_of_every_cell() -> None:
    found = heat(scores(A="RY"), rows("A")).table.iloc[0]
    assert found["Nyckeltal"] == "Mått A, andel (%) (A)"
    assert found["2018"] == Number("▼ 10,5", 10.5, Source("A", 2018, "9001"))
    assert "data-kpi" in heat(scores(A="RY"), rows("A")).html.html


def test_only_the_ten_newest_years_up_to_the_reports_are_shown() -> None:
    found = heatmap(scores(A="RYGRYGRYGRYGRY"), rows("A"), title="N", last=2030)
    assert [name for name in found.table.columns if name.isdigit()] == [
        str(year) for year in range(2021, 2031)
    ]


@pytest.mark.parametrize("amount", [5, MOST_ROWS])
def test_from_five_to_forty_rows_no_text_lies_on_another(amount: int) -> None:
    names = [f"N{at:05}" for at in range(amount)]
    table = scores(**dict.fromkeys(names, "RYG-gpRYGR"))
    found = heatmap(table, rows(*names), title="Alla", last=2027)
    found.figure.canvas.draw()
    (axes,) = found.figure.axes
    boxes = [one.get_window_extent() for one in (*axes.texts[1:], *axes.get_yticklabels())]
    boxes.sort(key=lambda one: (round(one.y0), one.x0))
    for one, other in pairwise(boxes):
        assert not one.overlaps(other)


@pytest.mark.parametrize("exercise", [True, False])
def test_invented_values_are_said_to_be_on_the_picture_itself(exercise: bool) -> None:
    found = heat(scores(A="R"), rows("A"), exercise=exercise)
    assert ("ÖVNINGSDATA" in found.figure.axes[0].get_title(loc="right")) is exercise
    assert ("Källa: Kolada" in found.caption) is not exercise


def test_without_rows_or_scores_it_says_so_and_is_still_a_picture() -> None:
    found = heat(scores(A="R")[:0], [])
    assert found.alt.endswith("Det finns inget att visa.")
    assert found.png().startswith(b"\x89PNG")
    assert len(found.table) == 0


def test_the_same_scores_give_the_same_bytes_and_are_left_alone() -> None:
    table = scores(A="RYG")
    before = table.copy()
    assert heat(table, rows("A")).png() == heat(table, rows("A")).png()
    pd.testing.assert_frame_equal(table, before)


def test_its_words_say_nothing_that_may_not_be_signed() -> None:
    found = heat(scores(A="RRRRR", B="-g..G"), rows("A", "B"))
    assert prose.faults(found.alt) == []
    assert prose.faults(found.caption) == []
