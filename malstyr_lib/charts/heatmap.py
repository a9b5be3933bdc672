"""The heatmap: a row per KPI, a column per year, in each cell the value and the colour's symbol."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile
from typing import Final

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from malstyr_lib import kpi_title, tables, text
from malstyr_lib.charts.chart import INK, LOOK, NATION, Chart, canvas, stamp
from malstyr_lib.markup import STATUS, Number, Source

MOST_ROWS: Final = 40
MOST_YEARS: Final = 10
LONGEST: Final = 48
"""How many signs of a title stand beside a row."""
SYMBOLS: Final = "▼ röd, ◆ gul, ▲ grön, bara tal: ingen färg, –: inget värde, (p): preliminär"
_INCHES_A_ROW: Final = 0.27
_WIDTH: Final = 9.2
_LONG_RED: Final = 5
"""From how many reds in a row on a row is named in the alt text."""
_FRAME: Final = "#B5B5B5"


@dataclass(frozen=True)
class HeatRow:
    """One row of a heatmap: a KPI, under which heading it stands, and how its values are written.

    title: the KPI's title without its id; area: the municipality that the values are of.
    """

    kpi: str
    title: str
    group: str
    decimals: int
    area: str = ""

    @property
    def short(self) -> str:
        """The title as far as there is room for it, and the id."""
        return f"{shortened(self.title)} ({self.kpi})"


@dataclass(frozen=True)
class _Cell:
    """A score as a cell of the picture shows it."""

    value: float
    colour: str
    preliminary: bool
    reason: str

    def words(self, decimals: int) -> str:
        """Return symbol and value: "▼ 72,4", "▼ 72,4 (p)"; "–" where there is no value."""
        value = text.number(self.value, decimals)
        if self.colour == tables.GREY:
            return value
        return f"{STATUS[self.colour].symbol} {value}{' (p)' * self.preliminary}"


_Cells = dict[tuple[str, int], _Cell]


def shortened(title: str) -> str:
    """Return a title cut between two words, with "…" where something was left out."""
    words = kpi_title.plain(title)
    if len(words) <= LONGEST:
        return words
    cut = words[: LONGEST - 1].rpartition(" ")[0] or words[: LONGEST - 1]
    return f"{cut.rstrip(',.;:-– ')} …"


def heatmap(
    scores: pd.DataFrame,
    rows: Sequence[HeatRow],
    *,
    title: str,
    last: int,
    exercise: bool = False,
) -> Chart:
    """Return a heatmap of the years up to `last`; a caller parts it at `MOST_ROWS` rows.

    scores: kpi, period, value, colour, reason and preliminary, a row per KPI and year
    (tables.SCORES has them). rows: the KPIs in the order to show, those of a group together; one
    without scores is a grey row. A cell without a score is empty.
    """
    span = [year for year in sorted({*scores["period"]}) if last - MOST_YEARS < year <= last] or [
        last
    ]
    cells = _cells(scores)
    with mpl.rc_context(LOOK):
        figure, axes = canvas(_WIDTH, 0.9 + _INCHES_A_ROW * _height(rows))
        _draw(axes, rows, span, cells)
        stamp(axes, exercise=exercise)
    source = text.source(exercise=exercise)
    caption = f"{title}. {SYMBOLS}. {source}; färger: egen bearbetning."
    return Chart(figure, _alt(rows, span, cells, title), caption, _table(rows, span, cells))


def _cells(scores: pd.DataFrame) -> _Cells:
    names = ["kpi", "period", "value", "colour", "preliminary", "reason"]
    return {
        (str(kpi), int(period)): _Cell(float(value), str(colour), bool(early), str(reason))
        for kpi, period, value, colour, early, reason in scores[names].itertuples(
            index=False, name=None
        )
    }


def _height(rows: Sequence[HeatRow]) -> int:
    """Return how many lines the rows take with their headings."""
    return len(rows) + sum(1 for _ in groupby(rows, key=lambda row: row.group))


def _lines(rows: Sequence[HeatRow]) -> Iterator[tuple[int, HeatRow | str]]:
    """Yield headings and rows, each with its line from the top."""
    at = 0
    for group, members in groupby(rows, key=lambda row: row.group):
        yield at, group
        at += 1
        for member in members:
            yield at, member
            at += 1


def _draw(axes: Axes, rows: Sequence[HeatRow], span: Sequence[int], cells: _Cells) -> None:
    height, size = _height(rows), 8.0 if len(span) <= 8 else 7.2
    labels: dict[float, str] = {}
    for at, line in _lines(rows):
        if isinstance(line, str):
            axes.text(
                -0.05,
                at + 0.55,
                shortened(line),
                ha="right",
                va="center",
                weight="bold",
                fontsize=8.5,
            )
            continue
        labels[at + 0.5] = line.short
        for column, year in enumerate(span):
            _draw_cell(axes, (column, at), cells.get((line.kpi, year)), line.decimals, size)
    axes.set_xlim(0, len(span))
    axes.set_ylim(max(height, 1), 0)
    axes.set_yticks(list(labels), list(labels.values()), fontsize=8)
    axes.set_xticks([at + 0.5 for at in range(len(span))], [str(year) for year in span])
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)


def _draw_cell(
    axes: Axes, corner: tuple[int, int], cell: _Cell | None, decimals: int, size: float
) -> None:
    """Draw one cell; red has a dark frame and heavy signs, so that it is seen in grey print too."""
    if cell is None:
        return
    status, red = STATUS[cell.colour], cell.colour == tables.RED
    left, top = corner
    axes.add_patch(
        Rectangle(
            (left + 0.02, top + 0.06),
            0.96,
            0.88,
            facecolor=status.fill,
            edgecolor=status.ink if red else _FRAME,
            lw=1.2 if red else 0.4,
            hatch="///" if cell.preliminary else None,
        )
    )
    axes.text(
        left + 0.5,
        top + 0.53,
        cell.words(decimals),
        ha="center",
        va="center",
        color=NATION if cell.value != cell.value else status.ink if red else INK,
        fontsize=size,
        weight="bold" if red else "normal",
    )


def _newest(rows: Sequence[HeatRow], span: Sequence[int], cells: _Cells) -> tuple[int, list[str]]:
    """Return the newest year in which any row has a colour, and every row's colour then."""
    coloured = [
        year
        for year in span
        for row in rows
        if (row.kpi, year) in cells and cells[row.kpi, year].colour != tables.GREY
    ]
    year = max(coloured, default=span[-1])
    found = [cells.get((row.kpi, year)) for row in rows]
    return year, [tables.GREY if cell is None else cell.colour for cell in found]


def _alt(rows: Sequence[HeatRow], span: Sequence[int], cells: _Cells, title: str) -> str:
    """Return what the chart shows in words: the newest year's colours, and what is always red."""
    years = f"{span[0]}–{span[-1]}" if len(span) > 1 else str(span[0])
    led = f"Värmekarta, {title}: {text.count(len(rows), 'nyckeltal', 'nyckeltal')}, {years}."
    if not rows:
        return f"{led} Det finns inget att visa."
    year, colours = _newest(rows, span, cells)
    counted = text.listing(
        [
            f"{colours.count(colour)} {text.coloured_values(colour, colours.count(colour))}"
            for colour in tables.COLOURS
            if colour in colours
        ]
    )
    return f"{led} {year} är {counted}.{_long_red(rows, span, cells)}"


def _long_red(rows: Sequence[HeatRow], span: Sequence[int], cells: _Cells) -> str:
    """Return which rows have been red the longest, up to their newest colour."""
    long = [row.short for row in rows if _reds_in_a_row(row, span, cells) >= _LONG_RED]
    if not long:
        return f" Inget är rött {_LONG_RED} mätningar i rad fram till den senaste."
    return f" Rött minst {_LONG_RED} mätningar i rad fram till den senaste: {text.listing(long)}."


def _reds_in_a_row(row: HeatRow, span: Sequence[int], cells: _Cells) -> int:
    """Return how many of a row's newest colours are red, one after the other."""
    seen = [cells[row.kpi, year].colour for year in span if (row.kpi, year) in cells]
    known = [colour for colour in reversed(seen) if colour != tables.GREY]
    return sum(1 for _ in takewhile(lambda colour: colour == tables.RED, known))


def _table(rows: Sequence[HeatRow], span: Sequence[int], cells: _Cells) -> pd.DataFrame:
    """Return the numbers under the headings that readers see, a column per year, and the greys."""
    written = [
        {"Nyckeltal": f"{kpi_title.plain(row.title)} ({row.kpi})"}
        | {str(year): _number(row, year, cells.get((row.kpi, year))) for year in span}
        | {"Varför ingen färg": _greys(row, span, cells)}
        for row in rows
    ]
    heads = ["Nyckeltal", *map(str, span), "Varför ingen färg"]
    return pd.DataFrame(written, columns=heads)


def _number(row: HeatRow, year: int, cell: _Cell | None) -> Number | str:
    if cell is None or cell.value != cell.value:
        return text.NO_VALUE
    source = Source(row.kpi, year, row.area) if row.area else None
    return Number(cell.words(row.decimals), cell.value, source)


def _greys(row: HeatRow, span: Sequence[int], cells: _Cells) -> str:
    """Return why there is no colour, the years with the same reason together."""
    why: dict[str, list[str]] = {}
    for year in span:
        cell = cells.get((row.kpi, year))
        if cell is not None and cell.colour == tables.GREY:
            reason = cell.reason.removesuffix(f" för {year}")  # the year stands before it
            why.setdefault(reason, []).append(str(year))
    if not any((row.kpi, year) in cells for year in span):
        return "Inget värde något av åren"
    seen = sum((row.kpi, year) in cells for year in span)
    said = [
        f"{'alla år' if len(years) == seen else text.listing(years)}: {reason}"
        for reason, years in why.items()
    ]
    return "; ".join(said) or text.NO_VALUE
