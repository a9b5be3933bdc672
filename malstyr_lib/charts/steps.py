"""The steps chart: the share that has had something happen within so many years, as a staircase."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, PercentFormatter

from malstyr_lib import text
from malstyr_lib.charts.chart import LOOK, NATION, OWN, Chart, canvas, stamp

HALF: Final = 50.0
_TOP: Final = 100.0


def steps(
    shares: pd.DataFrame,
    *,
    title: str,
    what: str,
    n: int,
    exercise: bool = False,
) -> Chart:
    """Return a staircase that climbs from 0 per cent in year 0.

    shares: years and share (per cent, 0–100), rising, one row per year at which something
    happened or was no longer followed; no row draws none. what: what has happened, in words.
    n: how many were followed. exercise: whether the values are invented.
    """
    years = [0.0, *shares["years"].tolist()]
    climbed = [0.0, *shares["share"].tolist()]
    with mpl.rc_context(LOOK):
        figure, axes = canvas(7.4, 2.8)
        axes.step(years, climbed, where="post", color=OWN, lw=2)
        axes.plot(years[1:], climbed[1:], "o", color=OWN, ms=4)
        _draw_half(axes)
        axes.set_ylim(0, _TOP)
        axes.set_xlim(left=0)
        axes.yaxis.set_major_formatter(PercentFormatter(symbol="\u00a0%"))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=12))
        axes.set_xlabel("År")
        axes.set_title(what, color=NATION, fontsize=9)
        stamp(axes, exercise=exercise)
    caption = f"{title}. {what}. {text.source(exercise=exercise)}; andelar: egen bearbetning."
    return Chart(figure, _alt(years, climbed, title, what, n), caption, _table(years, climbed), 0)


def _draw_half(axes: Axes) -> None:
    axes.axhline(HALF, color=NATION, lw=1, ls=":")
    axes.annotate(
        "hälften",
        (1, HALF),
        xycoords=axes.get_yaxis_transform(),
        xytext=(-2, 2),
        textcoords="offset points",
        color=NATION,
        fontsize=8,
        ha="right",
    )


def _alt(years: Sequence[float], climbed: Sequence[float], title: str, what: str, n: int) -> str:
    """Return what the chart shows in words, with its last step and where it passes half."""
    led = f"Trappdiagram över {title}. {what}, {text.number(n, 0)} fall."
    if len(years) == 1:
        return f"{led} Inget har setts hända."
    last = f"{text.number(climbed[-1], 0)}\u00a0% inom {text.number(years[-1], 0)} år"
    half = next((y for y, share in zip(years, climbed, strict=True) if share >= HALF), None)
    passed = "" if half is None else f"hälften inom {text.number(half, 0)} år, "
    return f"{led} {text.capital(passed)}{last}."


def _table(years: Sequence[float], climbed: Sequence[float]) -> pd.DataFrame:
    """Return the chart's numbers under the headings that readers see."""
    return pd.DataFrame(
        {"Inom år": [text.number(year, 0) for year in years], "Andel (%)": list(climbed)}
    )
