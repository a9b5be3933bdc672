"""The strip chart: every municipality of one year as a dot, own and similar marked, reds shaded."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from malstyr_lib import text
from malstyr_lib.charts.chart import (
    LOOK,
    NATION,
    OTHERS,
    OWN,
    SIMILAR,
    Chart,
    SwedishTicks,
    canvas,
    finish,
)
from malstyr_lib.markup import STATUS

SIMILAR_WORDS = "Liknande kommuner"
PLACES = 160
"""How many dots fit side by side along the axis."""
PILE_POINTS = 85.0
"""How high a pile of dots may be."""


def strip(
    values: pd.DataFrame,
    *,
    title: str,
    name: str,
    own: str,
    similar: Sequence[str],
    period: int,
    hint: str,
    decimals: int,
    exercise: bool = False,
    marked: str = SIMILAR_WORDS,
) -> Chart:
    """Return a strip chart of one year's values, in the KPI's unit.

    values: municipality, title, value and colour, a row per municipality with a value. own: the
    own municipality's id; similar: the ids of the similar ones. hint: which way is good, in words.
    decimals: how many the values are written with. exercise: whether the values are invented.
    marked: what the similar ones are, in words, when others than Kolada's are marked.
    """
    with mpl.rc_context(LOOK):
        figure, axes = canvas(7.4, 2.3)
        _draw_zones(axes, values)
        _draw_dots(axes, values, own, similar, (name, marked))
        axes.set_yticks([])
        axes.set_xlabel("")
        axes.spines["left"].set_visible(False)
        axes.xaxis.set_major_formatter(SwedishTicks())
        finish(figure, axes, hint, exercise=exercise)
    source = text.source(exercise=exercise)
    caption = f"{title}, alla kommuner {period}. {source}; färger: egen bearbetning."
    return Chart(
        figure,
        _alt(values, title, name, own, period, decimals),
        caption,
        _table(values, own, similar),
        decimals,
    )


def _draw_zones(axes: Axes, values: pd.DataFrame) -> None:
    """Shade the spans of values that are red and green, with the word in the widest."""
    for colour in ("red", "green"):
        spans, status = _spans(values, colour), STATUS[colour]
        if not spans:
            continue
        for low, high in spans:
            axes.axvspan(low, high, color=status.fill, lw=0, zorder=0)
        low, high = max(spans, key=lambda span: span[1] - span[0])
        axes.text(
            (low + high) / 2,
            0.98,
            status.label,
            transform=axes.get_xaxis_transform(),
            color=status.ink,
            ha="center",
            va="top",
            fontsize=8,
        )


def _spans(values: pd.DataFrame, colour: str) -> list[tuple[float, float]]:
    """Return the unbroken runs of one colour along the values (two where a target lies between)."""
    ranked = values.sort_values("value")
    run = (ranked["colour"] != ranked["colour"].shift()).cumsum()
    chosen = ranked[ranked["colour"] == colour]
    pad = (ranked["value"].max() - ranked["value"].min()) / (4 * PLACES)
    return [(part.min() - pad, part.max() + pad) for _, part in chosen["value"].groupby(run)]


def _draw_dots(
    axes: Axes, values: pd.DataFrame, own: str, similar: Sequence[str], names: tuple[str, str]
) -> None:
    """Draw everyone; names: what the own and the marked ones are in the legend."""
    others = values[values["municipality"] != own]
    axes.axvline(values["value"].median(), color=NATION, lw=1, ls=":", label="Median", zorder=3)
    import seaborn as sns  # it takes a second: only who draws dots waits

    size = _dot_size(others["value"])
    sns.swarmplot(
        x=others["value"], ax=axes, color=OTHERS, size=size, warn_thresh=1.0, legend=False
    )
    axes.plot([], [], "o", color=OTHERS, ms=3, label="Övriga kommuner")
    alike = others.loc[others["municipality"].isin(similar), "value"]
    mine = values.loc[values["municipality"] == own, "value"]
    for marked, marker, colour, size, label in (
        (alike, "D", SIMILAR, 6, names[1]),
        (mine, "o", OWN, 10, names[0]),
    ):
        if len(marked):
            at = [0.0] * len(marked)
            axes.plot(marked, at, marker, color=colour, ms=size, mec="white", zorder=4, label=label)


def _dot_size(values: pd.Series) -> float:
    """Return a size in points at which the tallest pile of equal values still fits the axes."""
    low, high = values.min(), values.max()
    places = np.round((values - low) / ((high - low) or 1.0) * PLACES)
    return float(np.clip(PILE_POINTS / places.value_counts().max(), 0.6, 3.0))


def _alt(values: pd.DataFrame, title: str, name: str, own: str, period: int, decimals: int) -> str:
    """Return what the chart shows in words, with its main values."""
    mine = values.loc[values["municipality"] == own, "value"]
    low, median, high = (float(values["value"].quantile(share)) for share in (0, 0.5, 1))
    at = (
        f"{name} har {text.number(mine.iloc[0], decimals)}" if len(mine) else f"{name} saknar värde"
    )
    return (
        f"Punktdiagram över {title} {period}, {len(values)} kommuner. {at}; medianen är"
        f" {text.number(median, decimals)}, lägst {text.number(low, decimals)},"
        f" högst {text.number(high, decimals)}."
    )


def _table(values: pd.DataFrame, own: str, similar: Sequence[str]) -> pd.DataFrame:
    """Return own and similar municipalities' values, and the spread of all, for readers."""
    named = values[values["municipality"].isin([own, *similar])].sort_values("value")
    spread = values["value"].quantile([0, 0.25, 0.5, 0.75, 1])
    return pd.DataFrame(
        {
            "Kommun": [
                *named["title"],
                "Lägst av alla",
                "Undre kvartil",
                "Median",
                "Övre kvartil",
                "Högst av alla",
            ],
            "Värde": [*named["value"], *spread],
            "Färg": [*(STATUS[colour].label for colour in named["colour"]), *[text.NO_VALUE] * 5],
        }
    )
