"""The trend chart: own series over the middle half of all municipalities, similar and Riket."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from malstyr_lib import text
from malstyr_lib.charts.chart import (
    BAND,
    LOOK,
    NATION,
    OWN,
    SIMILAR,
    Chart,
    SwedishTicks,
    beside,
    canvas,
    finish,
)
from malstyr_lib.markup import STATUS

BAND_LABEL = "Mellersta hälften av kommunerna"
SIMILAR_LABEL = "Liknande kommuner (medel)"


def trend(
    series: pd.DataFrame,
    *,
    title: str,
    name: str,
    colours: Mapping[int, str],
    hint: str,
    decimals: int,
    exercise: bool = False,
    breaks: Collection[int] = (),
) -> Chart:
    """Return a trend chart of `scoring.history`'s table, in the KPI's unit.

    name: the own municipality. colours: its colour by year, drawn as symbols along the bottom.
    hint: which way is good, in words. decimals: how many the values are written with. exercise:
    whether the values are invented. breaks: years from which the series can't be compared
    backwards, marked before the year.
    """
    with mpl.rc_context(LOOK):
        figure, axes = canvas(7.4, 3.6)
        _draw_others(axes, series)
        _draw_own(axes, series, name, decimals)
        _draw_colours(axes, colours)
        _draw_breaks(axes, _shown(series, breaks))
        axes.yaxis.set_major_formatter(SwedishTicks())
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=12))
        finish(figure, axes, hint, exercise=exercise)
    caption = (
        f"{title}. {text.source(exercise=exercise)}; band, medel och färger: egen bearbetning."
    )
    return Chart(
        figure,
        _alt(series, title, name, decimals) + broken_words(_shown(series, breaks)),
        caption,
        _table(series, name, colours),
        decimals,
    )


def draw_band(axes: Axes, series: pd.DataFrame) -> None:
    """Draw the middle half of all municipalities."""
    low, high = series["q25"], series["q75"]
    axes.fill_between(series["period"], low, high, color=BAND, lw=0, label=BAND_LABEL)


def _draw_others(axes: Axes, series: pd.DataFrame) -> None:
    draw_band(axes, series)
    lines = (("nation", ":s", NATION, "Riket"), ("similar", "--D", SIMILAR, SIMILAR_LABEL))
    for column, style, colour, label in lines:
        known = series[series[column].notna()]
        if len(known):
            axes.plot(
                known["period"], known[column], style, color=colour, ms=3, lw=1.2, label=label
            )


def _draw_own(axes: Axes, series: pd.DataFrame, name: str, decimals: int) -> None:
    known = series[series["own"].notna()]
    axes.plot(known["period"], known["own"], ":", color=OWN, lw=1)  # over years without a value
    axes.plot(series["period"], series["own"], "-o", color=OWN, ms=5, lw=2, label=name)
    if len(known):
        last = known.iloc[-1]
        words = text.number(last["own"], decimals)
        beside(axes, (last["period"], last["own"]), words, 7, color=OWN)
    axes.margins(x=0.06)


def _draw_colours(axes: Axes, colours: Mapping[int, str]) -> None:
    """Draw the own colour of every year as a symbol along the bottom of the axes."""
    axes.margins(y=0.16)
    for year, colour in colours.items():
        status = STATUS[colour]
        axes.scatter(
            [year],
            [0.04],
            transform=axes.get_xaxis_transform(),
            marker=status.marker,
            color=status.ink,
            s=26,
            zorder=5,
        )


def _shown(series: pd.DataFrame, breaks: Collection[int]) -> list[int]:
    """Return the breaks that lie between two years of the chart."""
    years = series["period"]
    return sorted({year for year in breaks if len(years) and years.min() < year <= years.max()})


def _draw_breaks(axes: Axes, breaks: Sequence[int]) -> None:
    """Draw a dashed line and a word before every year that can't be compared backwards."""
    for year in breaks:
        axes.axvline(year - 0.5, color=NATION, ls=(0, (4, 3)), lw=1)
        axes.annotate(
            "brott",
            (year - 0.5, 0.97),
            xycoords=axes.get_xaxis_transform(),
            xytext=(3, 0),
            textcoords="offset points",
            color=NATION,
            fontsize=8,
            va="top",
        )


def broken_words(breaks: Sequence[int]) -> str:
    """Return from which years values can't be compared backwards, to end a text; or nothing."""
    years = text.listing([str(year) for year in breaks])
    return f" Brott i serien: värden från {years} kan inte jämföras med tidigare." if years else ""


def _alt(series: pd.DataFrame, title: str, name: str, decimals: int) -> str:
    """Return what the chart shows in words, with its main values."""
    led, last = led_words(series, title, name, decimals)
    if last is None:
        return led
    median = text.number(last["median"], decimals)
    words = f"{led} Median för alla kommuner {last['period']:.0f}: {median}."
    if np.isnan(last["similar"]):
        return words
    return f"{words} Liknande kommuner: {text.number(last['similar'], decimals)}."


def led_words(
    series: pd.DataFrame, title: str, name: str, decimals: int
) -> tuple[str, pd.Series | None]:
    """Return what the own line shows, its first and newest value, and the row of the newest."""
    known = series[series["own"].notna()]
    if known.empty:
        return f"Linjediagram över {title}. {name} har inget värde.", None
    ends = known.iloc[[0, -1]] if len(known) > 1 else known
    values = [
        f"{text.number(value, decimals)} ({year})"
        for year, value in zip(ends["period"], ends["own"], strict=True)
    ]
    return f"Linjediagram över {title}. {name}: {text.listing(values)}.", known.iloc[-1]


def _table(series: pd.DataFrame, name: str, colours: Mapping[int, str]) -> pd.DataFrame:
    """Return the chart's numbers under the headings that readers see."""
    known = series[series[["own", "median", "nation"]].notna().any(axis=1)]
    return pd.DataFrame(
        {
            "År": [str(year) for year in known["period"]],
            name: known["own"].to_numpy(),
            "Färg": [STATUS[colours.get(year, "grey")].label for year in known["period"]],
            "Undre kvartil": known["q25"].to_numpy(),
            "Median": known["median"].to_numpy(),
            "Övre kvartil": known["q75"].to_numpy(),
            SIMILAR_LABEL: known["similar"].to_numpy(),
            "Riket": known["nation"].to_numpy(),
            "Antal kommuner": known["n"].to_numpy(),
        }
    )
