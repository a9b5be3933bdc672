"""What a chart is: a figure with its alt text, caption and numbers; and the look they share."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from malstyr_lib import markup, text

OWN: Final = "#032553"
SIMILAR: Final = "#C46F00"
NATION: Final = "#636365"
OTHERS: Final = "#949494"
BAND: Final = "#C9DDF0"
INK: Final = "#1A1A1A"

DPI: Final = 150
LOOK: Final[dict[Any, Any]] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so å ä ö are there on every machine
    "font.size": 9.0,
    "axes.edgecolor": OTHERS,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 10.0,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "legend.fontsize": 8.0,
}


@dataclass(frozen=True)
class Chart:
    """A figure with what a reader who cannot see it needs: alt text, caption and its numbers."""

    figure: Figure
    alt: str
    caption: str
    table: pd.DataFrame
    decimals: int = 1

    def png(self) -> bytes:
        """Return the picture; the same chart gives the same bytes."""
        buffer = BytesIO()
        with mpl.rc_context(LOOK):
            self.figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
        return buffer.getvalue()

    @property
    def html(self) -> markup.Html:
        """The chart as a figure with its numbers folded away below it."""
        numbers = markup.table(self.table, self.caption, decimals=self.decimals)
        return markup.figure(self.png(), alt=self.alt, caption=self.caption, numbers=numbers)

    def _repr_html_(self) -> str:
        return self.html.html


def canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """Return an empty figure and its axes, in inches; pyplot and its global state stay out."""
    with mpl.rc_context(LOOK):
        figure = Figure(figsize=(width, height), layout="constrained")
        return figure, figure.add_subplot()


def swedish(axis: Axis) -> None:
    """Make an axis write its numbers as Swedish readers expect them, with decimals as needed."""
    step = float(np.diff(axis.get_ticklocs()).min(initial=1.0))
    decimals = next((d for d in range(4) if abs(step * 10**d - round(step * 10**d)) < 1e-6), 4)
    axis.set_major_formatter(FuncFormatter(lambda value, _: text.number(value, decimals)))


def legend(figure: Figure, axes: Axes) -> None:
    """Put the legend below the figure, own series first (it is drawn last, on top)."""
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles[::-1], labels[::-1], loc="outside lower left", ncols=4)
