"""The slope chart: a line per key figure from its first year to its newest, on a common scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes

from malstyr_lib import text
from malstyr_lib.charts.chart import LOOK, NATION, OTHERS, Chart, SwedishTicks, canvas, stamp
from malstyr_lib.charts.spread import spread
from malstyr_lib.markup import STATUS

_LINE: Final = 0.2
"""How tall a label is, in inches."""
_NAME_WIDTH: Final = 44
"""How many letters of a key figure's name are written beside its line."""
_DECIMALS: Final = 1


def slope(
    lines: pd.DataFrame,
    *,
    title: str,
    name: str,
    hint: str,
    exercise: bool = False,
) -> Chart:
    """Return a line per key figure between two years, on a scale that all of them share.

    lines: kpi, label, first, start, last, end and colour, a row per key figure; start and end are
    how much better than the median the values of the two years were (worse: negative), in quartile
    widths, so that measures in different units can be set side by side. colour: that of the newest
    year. hint: what the scale says, in words. exercise: whether the values are invented.
    """
    rows = lines.sort_values("end", ascending=False, kind="stable").to_dict("records")
    height = max(2.4, _LINE * 1.25 * len(rows))
    with mpl.rc_context(LOOK):
        figure, axes = canvas(7.4, height + 0.6)
        axes.plot([0, 1], [0, 0], color=NATION, lw=1, ls=":", zorder=1)
        for row in rows:
            _draw_line(axes, row)
        low, high = _ends(rows)
        axes.set_ylim(low, high)
        _draw_names(axes, rows, _LINE * (high - low) / height)
        axes.set_xlim(-0.03, 2.15)
        axes.set_xticks([0, 1], ["Första året", "Senaste året"])
        axes.spines["bottom"].set_visible(False)
        axes.tick_params(axis="x", length=0)
        axes.yaxis.set_major_formatter(SwedishTicks())
        axes.set_xlabel(hint, loc="left", color=NATION, fontsize=9)
        stamp(axes, exercise=exercise)
    caption = f"{title}: {name} mot medianen för alla kommuner. {text.OWN_PROCESSING}."
    return Chart(figure, _alt(rows, title, name), caption, _table(rows), _DECIMALS)


def _ends(rows: Sequence[dict[Any, Any]]) -> tuple[float, float]:
    """Return how far the axis reaches: all values and the median, with room for the labels."""
    values = [0.0, *(row[end] for row in rows for end in ("start", "end"))]
    room = 0.08 * ((max(values) - min(values)) or 1.0)
    return min(values) - room, max(values) + room


def _draw_line(axes: Axes, row: dict[Any, Any]) -> None:
    status = STATUS[row["colour"]]
    axes.plot([0, 1], [row["start"], row["end"]], color=OTHERS, lw=1.4, zorder=2)
    axes.plot(0, row["start"], "o", color="white", mec=NATION, ms=5, zorder=3)
    axes.plot(1, row["end"], status.marker, color=status.ink, ms=7, zorder=4)


def _draw_names(axes: Axes, rows: Sequence[dict[Any, Any]], line: float) -> None:
    """Write each name beside the end of its line; a thin lead goes to a name that had to move."""
    wanted = [row["end"] for row in rows]
    for row, at in zip(rows, _within(axes, spread(wanted, line), line), strict=True):
        axes.plot([1.02, 1.07], [row["end"], at], color=OTHERS, lw=0.7, zorder=1)
        axes.text(1.08, at, _label(row), ha="left", va="center", fontsize=7.5)


def _within(axes: Axes, places: list[float], line: float) -> list[float]:
    """Return places moved together, where those at an end would leave the axes."""
    low, high = axes.get_ylim()
    if not places:
        return places
    down = max(0.0, max(places) - (high - line / 2))
    up = max(0.0, (low + line / 2) - min(places))
    return [place - down + up for place in places]


def _label(row: dict[Any, Any]) -> str:
    """Return a key figure's symbol, short name, id and years."""
    name = " ".join(str(row["label"]).split())
    short = name if len(name) <= _NAME_WIDTH else f"{name[: _NAME_WIDTH - 1].rstrip()}…"
    return f"{STATUS[row['colour']].symbol} {short} {row['kpi']}, {row['first']}–{row['last']}"


def _alt(rows: Sequence[dict[Any, Any]], title: str, name: str) -> str:
    """Return what the chart shows in words: how many came nearer the good side, and the ends."""
    if not rows:
        return f"Lutningsdiagram över {title}, utan nyckeltal."
    up = sum(row["end"] > row["start"] for row in rows)
    down = sum(row["end"] < row["start"] for row in rows)
    amount = text.count(len(rows), "nyckeltal", "nyckeltal")
    best, worst = rows[0], rows[-1]
    ends = f" Högst ligger {_end(best)}" + (f", lägst {_end(worst)}." if best is not worst else ".")
    return (
        f"Lutningsdiagram över {title}, {amount} i {name}: {up} ligger bättre mot medianen det"
        f" senaste året än det första, {down} sämre.{ends}"
    )


def _end(row: dict[Any, Any]) -> str:
    return f"{row['kpi']} med {text.number(row['end'], _DECIMALS)} ({row['last']})"


def _table(rows: Sequence[dict[Any, Any]]) -> pd.DataFrame:
    """Return the chart's numbers under the headings that readers see, the highest first."""
    return pd.DataFrame(
        {
            "Nyckeltal": [f"{' '.join(str(row['label']).split())} ({row['kpi']})" for row in rows],
            "Första året": [str(row["first"]) for row in rows],
            "Då": [float(row["start"]) for row in rows],
            "Senaste året": [str(row["last"]) for row in rows],
            "Nu": [float(row["end"]) for row in rows],
            "Färg": [STATUS[row["colour"]].label for row in rows],
        }
    )
