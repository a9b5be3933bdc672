"""Small trends beside each other: own values over the middle half of all, for a sheet of paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from textwrap import fill
from typing import Final

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from malstyr_lib import text
from malstyr_lib.charts.chart import (
    EXERCISE_INK,
    INK,
    LOOK,
    NATION,
    OWN,
    SIMILAR,
    Chart,
    SwedishTicks,
    beside,
)
from malstyr_lib.charts.trend import broken_words, draw_band, led_words

_WIDTH: Final = 7.25
_HEIGHT: Final = 1.65
_SIZE: Final = 9
"""Of all its text, in points on a sheet of A4."""
_LETTERS: Final = {1: 95, 2: 46, 3: 30}
"""How many letters of a panel's title stand on a line, by how many panels there are."""


@dataclass(frozen=True)
class Panel:
    """One small trend: `scoring.history`'s table in the KPI's unit, and what it is called.

    hint: which way is good, in words. unit: the own unit's values by year, where they are known.
    breaks: years that can't be compared with those before.
    """

    title: str
    series: pd.DataFrame
    hint: str
    decimals: int
    unit: dict[int, float] = field(default_factory=dict)
    breaks: tuple[int, ...] = ()


def small_trends(panels: Sequence[Panel], *, name: str, unit: str, exercise: bool = False) -> Chart:
    """Return at most three small trends side by side; name: the municipality. unit: its unit."""
    with mpl.rc_context(LOOK):
        figure = Figure(figsize=(_WIDTH, _HEIGHT), layout="constrained")
        for at, panel in enumerate(panels, 1):
            axes = figure.add_subplot(1, len(panels), at)
            _draw(axes, panel, (name, unit))
            title = fill(f"{panel.title}: {panel.hint.lower()}", _LETTERS[len(panels)])
            axes.set_title(title, color=INK, fontsize=_SIZE)
        _legend(figure)
        if exercise:
            figure.suptitle(text.EXERCISE, color=EXERCISE_INK, fontsize=_SIZE, weight="bold", x=0.5)
    caption = f"Hela kommunens värden. {text.source(exercise=exercise)}; band: egen bearbetning."
    alt = " ".join(_alt(panel, name, unit) for panel in panels)
    return Chart(figure, alt, caption, _table(panels, name, unit), max(p.decimals for p in panels))


def _draw(axes: Axes, panel: Panel, names: tuple[str, str]) -> None:
    draw_band(axes, panel.series)
    _draw_line(axes, panel, _own(panel), ("-o", OWN, names[0]))
    _draw_line(axes, panel, panel.unit, ("--D", SIMILAR, names[1]))
    for year in panel.breaks:
        axes.axvline(year - 0.5, color=NATION, ls=(0, (4, 3)), lw=1, label="Brott i serien")
    axes.margins(x=0.14, y=0.14)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=4))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.yaxis.set_major_formatter(SwedishTicks())
    axes.tick_params(labelsize=_SIZE)


def _draw_line(
    axes: Axes, panel: Panel, values: dict[int, float], look: tuple[str, str, str]
) -> None:
    """Draw values by year with the newest written beside it; nothing without values."""
    if not values:
        return
    style, colour, label = look
    axes.plot([*values], [*values.values()], style, color=colour, ms=3, lw=1.5, label=label)
    last = max(values)
    words = text.number(values[last], panel.decimals)
    beside(axes, (last, values[last]), words, 5, color=colour, fontsize=_SIZE)


def _own(panel: Panel) -> dict[int, float]:
    known = panel.series[panel.series["own"].notna()]
    return dict(zip(known["period"].astype(int), known["own"].astype(float), strict=True))


def _legend(figure: Figure) -> None:
    """Put one legend for all panels below them, each kind of line once."""
    found = {
        label: handle
        for axes in figure.axes
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    figure.legend([*found.values()], [*found], loc="outside lower left", ncols=3, fontsize=_SIZE)


def _alt(panel: Panel, name: str, unit: str) -> str:
    """Return what a panel shows in words: the first and newest value, the median, the unit."""
    said, last = led_words(panel.series, panel.title, name, panel.decimals)
    if last is None:
        return said
    said += f" Medianen {last['period']:.0f}: {text.number(last['median'], panel.decimals)}."
    if panel.unit:
        newest = max(panel.unit)
        said += f" {unit}: {text.number(panel.unit[newest], panel.decimals)} ({newest})."
    return said + broken_words(panel.breaks)


def _table(panels: Sequence[Panel], name: str, unit: str) -> pd.DataFrame:
    """Return the charts' numbers under the headings that readers see."""
    rows = [
        {
            "Nyckeltal": panel.title,
            "År": str(row["period"]),
            name: row["own"],
            "Undre kvartil": row["q25"],
            "Övre kvartil": row["q75"],
            unit: panel.unit.get(int(row["period"]), float("nan")),
        }
        for panel in panels
        for row in panel.series.to_dict("records")
    ]
    table = pd.DataFrame(rows)
    return table.drop(columns=unit) if table[unit].isna().all() else table
