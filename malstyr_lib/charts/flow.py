"""The colour flow: how many key figures went from each colour to each, as bands with numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from malstyr_lib import tables, text
from malstyr_lib.charts.chart import INK, LOOK, Chart, canvas, stamp
from malstyr_lib.charts.spread import spread
from malstyr_lib.markup import STATUS

_LEVELS: Final = (tables.GREEN, tables.YELLOW, tables.RED, tables.GREY)
_GAP: Final = 1.2
"""The room between two colours, in key figures."""
_BAR: Final = 0.035
_TALLEST: Final = 7.0
_UNIT: Final = 0.15
"""How tall one key figure is, in inches, where there is room: a number fits in it."""
_LINE: Final = 0.145
"""How tall a line of small text is, in inches."""


@dataclass(frozen=True)
class Band:
    """The key figures that went from one colour to another: how many, and where they are drawn.

    start, end: the middle of the band at its left and right end, in key figures from the bottom.
    """

    before: str
    after: str
    amount: int
    start: float
    end: float


def flow(
    moves: pd.DataFrame,
    *,
    title: str,
    first: str,
    last: str,
    exercise: bool = False,
) -> Chart:
    """Return bands from the colours before to the colours now, as thick as they are many.

    moves: before and after, a colour of tables.COLOURS each, a row per key figure. first, last:
    what the two sides are, in words. exercise: whether the values are invented.
    """
    bands = _bands(Counter(zip(moves["before"], moves["after"], strict=True)))
    tall = len(moves) + _GAP * (len(_LEVELS) - 1)
    with mpl.rc_context(LOOK):
        height = float(np.clip(_UNIT * tall, 1.8, _TALLEST))
        figure, axes = canvas(7.4, height + 0.7)
        for band in bands:
            _draw_band(axes, band)
        _draw_numbers(axes, bands, _LINE * tall / height)
        for side, column in ((0.0, "before"), (1.0, "after")):
            _draw_bars(axes, moves[column].tolist(), side, _LINE * tall / height)
        _draw_heads(axes, first, last, tall)
        stamp(axes, exercise=exercise)
    caption = f"{title}. {text.OWN_PROCESSING}."
    return Chart(figure, _alt(moves, title), caption, _table(bands), 0)


def _tops(colours: Sequence[str]) -> dict[str, float]:
    """Return where each colour's pile begins from above: negative, in key figures."""
    tops, at = {}, 0.0
    for level in _LEVELS:
        tops[level] = at
        amount = colours.count(level)
        at -= amount + _GAP if amount else 0
    return tops


def _bands(counts: Mapping[tuple[str, str], int]) -> list[Band]:
    """Return the bands from above, each beside those of the same colour at both its ends."""
    left = _tops([before for (before, _), n in counts.items() for _ in range(n)])
    right = _tops([after for (_, after), n in counts.items() for _ in range(n)])
    found = []
    for before in _LEVELS:
        for after in _LEVELS:
            amount = counts.get((before, after), 0)
            if amount:
                start, end = left[before] - amount / 2, right[after] - amount / 2
                found.append(Band(before, after, amount, start, end))
                left[before] -= amount
                right[after] -= amount
    return found


def _draw_band(axes: Axes, band: Band) -> None:
    """Draw one band, in the colour that it comes from; one that turned has a dark edge."""
    across = np.linspace(_BAR, 1 - _BAR, 60)
    gone = np.linspace(0, 1, 60)
    eased = 3 * gone**2 - 2 * gone**3
    middle = band.start + (band.end - band.start) * eased
    turned = band.before != band.after
    axes.fill_between(
        across,
        middle - band.amount / 2,
        middle + band.amount / 2,
        facecolor=STATUS[band.before].fill,
        edgecolor=STATUS[band.before].ink if turned else "white",
        lw=1.0 if turned else 0.5,
        alpha=0.9,
        zorder=3 if turned else 2,
    )


def _draw_numbers(axes: Axes, bands: Sequence[Band], line: float) -> None:
    """Write at the start of every band how many it is and which colour it leads to."""
    for band, place in zip(bands, spread([band.start for band in bands], line), strict=True):
        status = STATUS[band.after]
        words = f"{band.amount} {status.symbol}"
        weight = "bold" if band.before != band.after else "normal"
        axes.text(0.05, place, words, va="center", fontsize=8, color=INK, weight=weight, zorder=5)


def _draw_bars(axes: Axes, colours: Sequence[str], side: float, line: float) -> None:
    """Draw one side's colours as a pile, each with its symbol, word and number beside it."""
    tops = _tops(colours)
    there = [level for level in _LEVELS if level in colours]
    wanted = [tops[level] - colours.count(level) / 2 for level in there]
    start = side if not side else side - _BAR
    for level, place, at in zip(there, wanted, spread(wanted, 1.1 * line), strict=True):
        amount, status = colours.count(level), STATUS[level]
        axes.barh(place, _BAR, height=amount, left=start, color=status.ink, zorder=4)
        axes.text(
            side - 0.015 if not side else side + 0.015,
            at,
            f"{status.label} {amount}",
            ha="left" if side else "right",
            va="center",
            color=status.ink,
            fontsize=9,
        )


def _draw_heads(axes: Axes, first: str, last: str, tall: float) -> None:
    for x, words in ((0.0, first), (1.0, last)):
        axes.text(
            x, 0.6, words, ha="right" if not x else "left", va="bottom", fontsize=9, weight="bold"
        )
    axes.set_xlim(-0.28, 1.28)
    axes.set_ylim(-tall - 0.3, 1.9)
    axes.axis("off")


def _alt(moves: pd.DataFrame, title: str) -> str:
    """Return what the chart shows in words: how many there were of each colour, and what turned."""
    if moves.empty:
        return f"Färgflöde, {title}, utan nyckeltal."
    pairs = Counter(zip(moves["before"], moves["after"], strict=True))
    said = [
        f"{n} från {STATUS[one].word.casefold()} till {STATUS[other].word.casefold()}"
        for (one, other), n in pairs.items()
        if one != other
    ]
    same = sum(n for (one, other), n in pairs.items() if one == other)
    ends = f"Annan färg: {text.listing(said)}." if said else "Inget har fått annan färg."
    amount = text.count(len(moves), "nyckeltal", "nyckeltal")
    return f"Färgflöde, {title}: {amount}, varav {same} med samma färg. {ends}"


def _table(bands: Sequence[Band]) -> pd.DataFrame:
    """Return the chart's numbers under the headings that readers see."""
    return pd.DataFrame(
        {
            "Förut": [STATUS[band.before].label for band in bands],
            "Nu": [STATUS[band.after].label for band in bands],
            "Antal nyckeltal": [band.amount for band in bands],
        }
    )
