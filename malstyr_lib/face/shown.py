"""How the face shows what it found: a title, sentences, a chart and a table, with their source."""

from __future__ import annotations

import textwrap
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import pandas as pd

from malstyr_lib import markup, text
from malstyr_lib.charts import Chart
from malstyr_lib.markup import STATUS
from malstyr_lib.questions import Setting

WIDEST: Final = 70
"""How many characters of a cell plain text shows."""
MOST_ROWS: Final = 60
"""How many rows of a table are shown; all of them are in `.tabell`."""


LABELS: Final = {status.word: status.label for status in STATUS.values()}
"""A colour as it is shown, by its word."""


@dataclass(frozen=True)
class Sheet:
    """What is shown of one thing.

    table: written for readers, its first column the row heads. draw: makes the chart, which only
    HTML has.
    """

    title: str
    source: str
    sentences: Sequence[str] = ()
    table: pd.DataFrame = field(default_factory=pd.DataFrame)
    caption: str = ""
    numeric: Sequence[str] = ()
    draw: Callable[[], Chart | None] = lambda: None
    exercise: bool = False


class Shown(ABC):
    """Anything that the face returns: HTML in a notebook, plain text elsewhere."""

    @abstractmethod
    def _sheet(self) -> Sheet:
        """Return what is shown."""

    def _repr_html_(self) -> str:
        return _html(self._sheet())

    def __repr__(self) -> str:
        return _text(self._sheet())


def source_of(setting: Setting) -> str:
    """Return who published the figures, when they were fetched, and what is worked out here."""
    return f"{figures_of(setting)} Färger och jämförelser: egen bearbetning."


def figures_of(setting: Setting) -> str:
    """Return who published the values and when they were fetched, where nothing is judged."""
    source = text.source(exercise=setting.exercise)
    return f"{source} (värden hämtade {text.day(setting.snapshot.fetched)})."


def _html(sheet: Sheet) -> str:
    pieces = [
        markup.heading(3, sheet.title),
        *markup.exercise(invented=sheet.exercise),
        *(markup.paragraph(words) for words in sheet.sentences),
        *([chart.html] if (chart := sheet.draw()) else []),
    ]
    if len(sheet.table):
        shown = sheet.table.head(MOST_ROWS)
        pieces.append(markup.table(shown, sheet.caption or sheet.title, numeric=sheet.numeric))
    return markup.joined([*pieces, *map(markup.paragraph, [*_left_out(sheet), sheet.source])]).html


def _text(sheet: Sheet) -> str:
    lines = [sheet.title, *([text.EXERCISE] if sheet.exercise else []), *sheet.sentences]
    if len(sheet.table):
        lines += ["", *_lines(sheet.table.head(MOST_ROWS), sheet.numeric), ""]
    return "\n".join([*lines, *_left_out(sheet), sheet.source])


def _lines(table: pd.DataFrame, numeric: Sequence[str]) -> list[str]:
    """Return a table as lines of text: words to the left, numbers to the right."""
    columns = []
    for name in table.columns:
        short = (textwrap.shorten(str(cell), WIDEST, placeholder=" …") for cell in table[name])
        cells = [str(name), *short]
        wide = max(map(len, cells))
        columns.append([c.rjust(wide) if name in numeric else c.ljust(wide) for c in cells])
    return ["  ".join(row).rstrip() for row in zip(*columns, strict=True)]


def _left_out(sheet: Sheet) -> list[str]:
    """Return how many rows are not shown, and where they are."""
    more = len(sheet.table) - MOST_ROWS
    if more <= 0:
        return []
    return [f"{text.count(more, 'rad', 'rader')} till finns i .tabell."]
