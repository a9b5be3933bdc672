"""The dumbbell chart: women's and men's value year by year, beside how far apart others' are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes

from malstyr_lib import text
from malstyr_lib.charts.chart import (
    LOOK,
    NATION,
    OTHERS,
    Chart,
    SwedishTicks,
    canvas,
    finish,
)
from malstyr_lib.markup import STATUS

WOMEN: Final = "#B35900"
MEN: Final = "#00437A"
USUAL: Final = "De andras vanliga skillnad, lagd mitt i vår"
_BELOW: Final = 0.24
"""How far below a year's own line the others' is drawn."""


def dumbbell(
    gaps: pd.DataFrame,
    *,
    title: str,
    name: str,
    hint: str,
    decimals: int,
    words: tuple[str, str] = ("kvinnor", "män"),
    exercise: bool = False,
) -> Chart:
    """Return a line per year from women's value to men's, in the KPI's unit, newest on top.

    gaps: period, women, men, usual (the others' median of women minus men), women_colour and
    men_colour, a row per year with both known. hint: which way is good, in words. words: what the
    two are called.
    """
    newest = gaps.sort_values("period", ascending=False).to_dict("records")
    with mpl.rc_context(LOOK):
        figure, axes = canvas(7.4, 1.3 + 0.34 * len(gaps))
        for at, row in enumerate(newest):
            _draw_year(axes, row, -at)
        _draw_marks(axes, newest, words)
        axes.set_yticks([-at for at in range(len(newest))], [str(row["period"]) for row in newest])
        axes.set_ylim(-len(newest) + 0.4, 0.6)
        axes.xaxis.set_major_formatter(SwedishTicks())
        axes.margins(x=0.12)
        finish(figure, axes, hint, exercise=exercise)
    who = text.listing(list(words))
    caption = (
        f"{title}, {who} i {name}. {text.source(exercise=exercise)}; de andras vanliga skillnad"
        " (medianen) och färger: egen bearbetning."
    )
    alt = _alt(newest, title, name, words, decimals)
    return Chart(figure, alt, caption, _table(newest, words), decimals)


def _draw_year(axes: Axes, row: Mapping[Any, Any], at: float) -> None:
    axes.plot([row["women"], row["men"]], [at, at], color=NATION, lw=1.6, zorder=2)
    middle, half = (row["women"] + row["men"]) / 2, row["usual"] / 2
    if half == half:
        under = [at - _BELOW] * 2
        axes.plot([middle - half, middle + half], under, color=OTHERS, lw=3.5, zorder=1)


def _draw_marks(axes: Axes, newest: list[dict[Any, Any]], words: tuple[str, str]) -> None:
    """Draw the marks, each kind at once so that the legend has it once, and the others' bar."""
    axes.plot([], [], color=OTHERS, lw=3.5, label=USUAL)
    for column, marker, colour, word in (
        ("men", "s", MEN, words[1]),
        ("women", "o", WOMEN, words[0]),
    ):
        values = [row[column] for row in newest]
        places = [-at for at in range(len(newest))]
        axes.plot(values, places, marker, color=colour, ms=7, zorder=4, label=word.capitalize())


def _alt(
    newest: list[dict[Any, Any]], title: str, name: str, words: tuple[str, str], decimals: int
) -> str:
    """Return what the chart shows in words: the newest year, and the first one."""
    if not newest:
        return f"Hantelbild över {title}, utan värden."
    last, first = newest[0], newest[-1]
    women, men = (text.number(last[column], decimals) for column in ("women", "men"))
    said = [
        f"Hantelbild över {title} i {name}.",
        f"{last['period']}: {words[0]} {women}, {words[1]} {men}, skillnad"
        f" {text.gap(last['women'] - last['men'], decimals)}.",
    ]
    if last["usual"] == last["usual"]:
        said.append(f"De andras vanliga skillnad är {text.gap(last['usual'], decimals)}.")
    if first is not last:
        before = text.gap(first["women"] - first["men"], decimals)
        said.append(f"{first['period']} var skillnaden {before}.")
    return " ".join(said)


def _table(newest: list[dict[Any, Any]], words: tuple[str, str]) -> pd.DataFrame:
    """Return the chart's numbers under the headings that readers see, newest year first."""
    women, men = (word.capitalize() for word in words)
    return pd.DataFrame(
        {
            "År": [str(row["period"]) for row in newest],
            women: [float(row["women"]) for row in newest],
            men: [float(row["men"]) for row in newest],
            "Skillnad": [float(row["women"] - row["men"]) for row in newest],
            "De andras vanliga skillnad": [float(row["usual"]) for row in newest],
            f"Färg, {words[0]}": [STATUS[row["women_colour"]].label for row in newest],
            f"Färg, {words[1]}": [STATUS[row["men_colour"]].label for row in newest],
        }
    )
