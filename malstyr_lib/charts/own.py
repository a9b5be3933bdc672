"""The chart of an own measure: a small panel for the whole and each part, on one common scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

from malstyr_lib import periods, text
from malstyr_lib.charts.chart import (
    EXERCISE_INK,
    LOOK,
    NATION,
    OTHERS,
    OWN,
    SIMILAR,
    Chart,
    SwedishTicks,
    beside,
)
from malstyr_lib.model import Pace

COLUMNS = 3
PANEL_WIDTH = 2.55
PANEL_HEIGHT = 1.75
NAME_WIDTH = 30
NAME_LINES = 4
"""How many letters of a name go on a line above its panel."""
PROVISIONAL = "preliminärt"


def own_lines(
    values: pd.DataFrame,
    *,
    names: Mapping[str, str],
    title: str,
    pace: Pace,
    point: str,
    hint: str,
    decimals: int,
    target: float | None = None,
    target_words: str = "",
    source: str = "Egna uppgifter",
    invented: str = "",
) -> Chart:
    """Return a panel for every part, the whole's line dashed beside it, in the measure's unit.

    values: part, period, value and provisional of one gender, a row per period of the pace. names:
    the parts' names in the order wanted, "" the whole. point: what the chart shows, in a sentence.
    target, target_words: the own level as a number, and in words. invented: stamped on the picture
    when the figures are not real.
    """
    wide = _wide(values, names, pace)
    provisional = _wide(values, names, pace, column="provisional").fillna(0.0) > 0
    with mpl.rc_context(LOOK):
        figure, panels = _panels(len(wide.columns))
        for at, (axes, part) in enumerate(zip(panels, wide.columns, strict=True)):
            _draw_target(axes, target)
            _draw_whole(axes, wide, part, pace)
            _draw_part(axes, wide[part], provisional[part], pace, decimals)
            _label(axes, names.get(part, part), first=at == 0)
        _scale(panels, wide, pace)
        _keys(figure, wide, provisional, pace, target_words)
        figure.suptitle(hint, x=0.01, ha="left", fontsize=9, color=NATION)
        if invented:
            figure.text(0.99, 0.985, invented, ha="right", va="top", color=EXERCISE_INK, fontsize=8)
    rolling = f"; {_rolling_words(pace).lower()}: egen bearbetning" if pace != "år" else ""
    caption = f"{title}. Källa: {source}{rolling}."
    alt = _alt(wide, names, title, point, target_words, decimals)
    return Chart(figure, alt, caption, _table(wide, provisional, names), decimals)


def _wide(
    values: pd.DataFrame, names: Mapping[str, str], pace: Pace, column: str = "value"
) -> pd.DataFrame:
    """Return a column per part in the order of names, a row per period without gaps."""
    order = {part: at for at, part in enumerate(names)}
    parts = sorted(set(values["part"]), key=lambda part: (order.get(part, len(order)), part))
    numbers = [periods.place(period) for period in values["period"]]
    steps = range(min(numbers), max(numbers) + 1) if numbers else range(0)
    filled = values.assign(at=numbers, **{column: values[column].astype(float)})
    table = filled.pivot(index="at", columns="part", values=column)
    told = table.reindex(index=list(steps), columns=parts)
    return told.set_axis([periods.at(pace, number) for number in steps], axis=0)


def _panels(count: int) -> tuple[Figure, list[Axes]]:
    columns = 2 if count == 4 else min(COLUMNS, max(count, 1))
    rows = -(-count // columns) if count else 1
    width = PANEL_WIDTH * columns if columns > 1 else 2 * PANEL_WIDTH
    figure = Figure(figsize=(width, PANEL_HEIGHT * rows + 0.75), layout="constrained")
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    flat = list(grid.flat)
    for unused in flat[count:]:
        unused.remove()
    for above in flat[max(count - columns, 0) : count]:
        above.tick_params(labelbottom=True)
    return figure, flat[:count]


def _at(wide: pd.DataFrame | pd.Series, pace: Pace) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return where every period is along the axis, in years: a year's values from its start."""
    per = periods.PER_YEAR[pace]
    return np.array([periods.place(str(period)) / per for period in wide.index], dtype=np.float64)


def _draw_target(axes: Axes, target: float | None) -> None:
    if target is not None:
        axes.axhline(target, color=SIMILAR, lw=1.2, ls=(0, (1, 1.5)), zorder=1)


def _draw_whole(axes: Axes, wide: pd.DataFrame, part: str, pace: Pace) -> None:
    """Draw the whole's course dashed behind a part, so that the two can be told apart."""
    if part and "" in wide.columns:
        course = _course(wide[""], pace)
        axes.plot(_at(wide, pace), course, color=NATION, lw=1.3, ls=(0, (5, 2)), zorder=2)


def _course(series: pd.Series, pace: Pace) -> pd.Series:
    """Return the mean of each period and the rest of the year before it, where all are known."""
    per = periods.PER_YEAR[pace]
    return series.rolling(per, min_periods=per).mean()


def _draw_part(
    axes: Axes, series: pd.Series, provisional: pd.Series, pace: Pace, decimals: int
) -> None:
    along = _at(series, pace)
    yearly = pace == "år"
    thin = (
        {"lw": 1.6, "ms": 4.5, "color": OWN} if yearly else {"lw": 0.7, "ms": 2.2, "color": OTHERS}
    )
    axes.plot(along, series, "-o", zorder=3, **thin)  # type: ignore[arg-type]
    if not yearly:
        axes.plot(along, _course(series, pace), "-", color=OWN, lw=2.2, zorder=4)
    open_ones = provisional & series.notna()
    axes.plot(
        along[open_ones], series[open_ones], "o", mfc="white", mec=OWN, ms=4.5, mew=1.2, zorder=5
    )
    known = np.flatnonzero(series.notna())
    if len(known):
        last = known[-1]
        _last(
            axes, along[last], float(series.iloc[last]), decimals, open=bool(open_ones.iloc[last])
        )


def _last(axes: Axes, x: float, y: float, decimals: int, *, open: bool) -> None:
    """Mark the newest value and write it beside, hollow when it is provisional."""
    fill = "white" if open else OWN
    axes.plot([x], [y], "o", mfc=fill, mec=OWN, ms=4.5, mew=1.2, zorder=6)
    beside(
        axes,
        (x, y),
        text.number(y, decimals),
        5,
        color=OWN,
        fontsize=8.5,
        annotation_clip=False,
        path_effects=[withStroke(linewidth=3, foreground="white")],
        zorder=7,
    )


def _label(axes: Axes, name: str, *, first: bool) -> None:
    axes.set_title(
        "\n".join(wrap(name, NAME_WIDTH, max_lines=NAME_LINES, placeholder=" …")),
        fontsize=9,
        weight="bold" if first else "normal",
        color=OWN,
    )


def _scale(panels: Sequence[Axes], wide: pd.DataFrame, pace: Pace) -> None:
    for axes in panels:
        axes.yaxis.set_major_formatter(SwedishTicks())
        axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
        axes.margins(x=0.03, y=0.1)
        axes.grid(axis="y", color="#E6E6E6", lw=0.6, zorder=0)
        axes.set_axisbelow(True)
    if len(panels) and len(wide):
        along = _at(wide, pace)
        reach = max(float(along[-1] - along[0]), 1.0)
        panels[0].set_xlim(along[0] - 0.03 * reach, along[-1] + 0.2 * reach)


def _keys(
    figure: Figure, wide: pd.DataFrame, provisional: pd.DataFrame, pace: Pace, target_words: str
) -> None:
    """Say below the panels what each kind of line and mark is."""
    line = mpl.lines.Line2D
    keys = []
    if pace != "år":
        keys.append(line([], [], color=OTHERS, lw=0.7, marker="o", ms=2.2, label=_ONE[pace]))
        keys.append(line([], [], color=OWN, lw=2.2, label=_rolling_words(pace)))
    if "" in wide.columns and len(wide.columns) > 1:
        keys.append(line([], [], color=NATION, lw=1.3, ls=(0, (5, 2)), label="Helheten"))
    if target_words:
        keys.append(
            line([], [], color=SIMILAR, lw=1.2, ls=(0, (1, 1.5)), label=f"Mål: {target_words}")
        )
    if provisional.to_numpy().any():
        hollow = {"marker": "o", "ls": "", "mfc": "white", "mec": OWN, "ms": 4.5}
        keys.append(line([], [], label=PROVISIONAL.capitalize(), **hollow))  # type: ignore[arg-type]
    if keys:
        figure.legend(handles=keys, loc="outside lower left", ncols=3)


_ONE = {"månad": "Varje månad", "kvartal": "Varje kvartal", "år": "Varje år"}


def _rolling_words(pace: Pace) -> str:
    return f"Medel av {'tolv månader' if pace == 'månad' else 'fyra kvartal'} bakåt"


def _alt(
    wide: pd.DataFrame,
    names: Mapping[str, str],
    title: str,
    point: str,
    target_words: str,
    decimals: int,
) -> str:
    """Return what the chart shows: its point first, then each part's newest value."""
    if wide.empty:
        return f"Linjediagram över {title}, utan värden."
    last = [
        f"{names.get(part, part)} {text.number(known.iloc[-1], decimals)}"
        for part in wide.columns
        if len(known := wide[part].dropna())
    ]
    span = f"{periods.words(str(wide.index[0]))} till {periods.words(str(wide.index[-1]))}"
    target = f" Målet är {target_words}." if target_words else ""
    newest = f" Senaste värden: {text.listing(last)}." if last else ""
    return f"Linjediagram över {title}, {span}. {point}{target}{newest}"


def _table(wide: pd.DataFrame, provisional: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Return the numbers under the headings that readers see, the newest period first."""
    called = [names.get(part, part) for part in wide.columns]
    marked = [_marked(called, list(row)) for row in provisional.to_numpy()]
    columns: dict[str, object] = {"Period": [periods.words(str(one)) for one in wide.index]}
    columns |= {
        name: wide[part].to_numpy() for name, part in zip(called, wide.columns, strict=True)
    }
    if any(marked):
        columns["Preliminärt"] = [one or text.NO_VALUE for one in marked]
    return pd.DataFrame(columns).iloc[::-1].reset_index(drop=True)


def _marked(called: Sequence[str], provisional: Sequence[bool]) -> str:
    """Return which parts are provisional: "alla", their names, or nothing."""
    if all(provisional):
        return "alla"
    return text.listing([name for name, so in zip(called, provisional, strict=True) if so])
