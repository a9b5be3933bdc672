"""What a chart is: a figure with its alt text, caption and numbers; and the look they share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import Formatter

from malstyr_lib import markup, text

OWN: Final = "#032553"
SIMILAR: Final = "#C46F00"
NATION: Final = "#636365"
OTHERS: Final = "#949494"
BAND: Final = "#C9DDF0"
EXERCISE_INK: Final = "#7A1FA2"
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
    "text.parse_math": False,  # a name is a name, whatever signs are in it
    "legend.fontsize": 8.0,
}


@dataclass(frozen=True, repr=False)
class Chart:
    """A figure with what a reader who cannot see it needs: alt text, caption and its numbers."""

    figure: Figure
    alt: str
    caption: str
    table: pd.DataFrame
    decimals: int = 1

    def png(self) -> bytes:
        """Return the picture; the same chart gives the same bytes.

        Drawn by its canvas: `savefig` would draw it twice, first for its layout.
        """
        buffer = BytesIO()
        with mpl.rc_context(LOOK):
            FigureCanvasAgg(self.figure).print_png(buffer, metadata={"Software": None})
        return buffer.getvalue()

    def sourced(self, source: Callable[[pd.Series, str], markup.Source]) -> Chart:
        """Return the chart with the source of every number in its table.

        source: of a cell, by its row and its column's name.
        """
        table = self.table.astype(object)
        for column in map(str, self.table.select_dtypes("number")):
            decimals = self.decimals if self.table[column].dtype == "float64" else 0
            told = [
                markup.number(row[column], decimals, source(row, column))
                for _, row in self.table.iterrows()
            ]
            table[column] = pd.Series(told, index=table.index, dtype=object)
        return replace(self, table=table)

    @property
    def html(self) -> markup.Html:
        """The chart as a figure with its numbers folded away below it."""
        numbers = markup.table(self.table, self.caption, decimals=self.decimals)
        return markup.figure(self.png(), alt=self.alt, caption=self.caption, numbers=numbers)

    def _repr_html_(self) -> str:
        return self.html.html

    def __repr__(self) -> str:
        return f"{self.alt} {self.caption}"


def font_folder() -> Path:
    """Return where the charts' font lies, for what a document says beside them."""
    return Path(mpl.get_data_path()) / "fonts" / "ttf"


def canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """Return an empty figure and its axes, in inches; pyplot and its global state stay out."""
    with mpl.rc_context(LOOK):
        figure = Figure(figsize=(width, height), dpi=DPI, layout="constrained")
        return figure, figure.add_subplot()


class SwedishTicks(Formatter):
    """Writes an axis' numbers as Swedish readers expect them, with decimals enough for all."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        return self.format_ticks([x])[0]

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """Return the ticks in Swedish, all with the decimals that tell them apart."""
        decimals = text.enough(0, 4, lambda places: _exact(values, places))
        return [text.number(value, decimals) for value in values]


def _exact(values: Sequence[float], decimals: int) -> bool:
    scaled = np.asarray(values, dtype=float) * 10.0**decimals
    return bool(np.allclose(scaled, np.rint(scaled), rtol=0, atol=1e-6))


def stamp(axes: Axes, *, exercise: bool) -> None:
    """Write on the picture itself that its values are invented, when they are."""
    if exercise:
        axes.set_title(text.EXERCISE, loc="right", color=EXERCISE_INK, fontsize=8, weight="bold")


def finish(figure: Figure, axes: Axes, hint: str, *, exercise: bool) -> None:
    """Put the hint above, the legend below, and the mark of invented values on the picture.

    The own series comes first in the legend: it is drawn last, on top.
    """
    axes.set_title(hint, color=NATION, fontsize=9)
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles[::-1], labels[::-1], loc="outside lower left", ncols=4)
    stamp(axes, exercise=exercise)


def beside(axes: Axes, at: tuple[float, float], words: str, right: float, **look: Any) -> None:
    """Write words in bold to the right of a place, so many points from it."""
    axes.annotate(
        words,
        at,
        xytext=(right, 0),
        textcoords="offset points",
        weight="bold",
        va="center",
        **look,
    )
