"""An answer as a document to hand on: Word with headings, alt text and language, or Excel.

What comes from data is never a formula, a link or mark-up in either.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import pandas as pd

from malstyr_lib import markup, text
from malstyr_lib.charts import Chart
from malstyr_lib.markup import Html, Number
from malstyr_lib.questions import Answer
from malstyr_lib.questions.answer import numeric_columns, written
from malstyr_lib.report.forms import Page
from malstyr_lib.report.forms import word as form
from malstyr_lib.report.sheets import Book, Content, Value

WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def word(answer: Answer, about: str, *, exercise: bool) -> bytes:
    """Return an answer as a Word document in Swedish; `about` says what it is asked of.

    The chart is a picture with its alt text, and its numbers are a table. exercise: whether to
    say that the figures are invented.
    """
    content = _content(answer, about, exercise=exercise)
    return form.word(Page(content.html, title=answer.question.words, exercise=exercise))


def _content(answer: Answer, about: str, *, exercise: bool) -> Html:
    """Return what the document says, in the order that it is read."""
    return markup.joined(
        [
            markup.heading(1, answer.question.words),
            *markup.exercise(invented=exercise),
            markup.paragraph(f"Gäller: {about}."),
            markup.heading(2, "Svar"),
            markup.paragraph(answer.svar),
            markup.paragraph(f"{answer.sure_words}: {answer.varfor}"),
            *_numbers(answer),
            *(_chart(answer.diagram) if answer.diagram else []),
            markup.heading(2, "Källa"),
            markup.paragraph(answer.kalla),
        ]
    )


def _numbers(answer: Answer) -> list[Html]:
    if not len(answer.underlag):
        return []
    rows = answer.underlag
    shown = written(rows, answer.decimals)
    table = markup.table(shown, "Siffrorna bakom svaret", numeric=numeric_columns(rows))
    return [markup.heading(2, "Underlag"), table]


def _chart(chart: Chart) -> list[Html]:
    """Return a chart as a picture, with its numbers below it."""
    return [
        markup.heading(2, "Diagram"),
        markup.figure(chart.png(), alt=chart.alt, caption=chart.caption),
        markup.table(chart.table, "Diagrammets siffror", decimals=chart.decimals),
    ]


def excel(answer: Answer, about: str, *, exercise: bool) -> bytes:
    """Return an answer as an Excel workbook: its words, its numbers unrounded, and the chart's."""
    book = Book(answer.question.words)
    book.said(book.sheet("Svar"), _rows(answer, about, exercise=exercise))
    _table(book, "Underlag", answer.underlag, answer.decimals, exercise=exercise)
    if (chart := answer.diagram) is not None:
        _table(book, "Diagram", chart.table, chart.decimals, exercise=exercise)
    return book.finished()


def _rows(answer: Answer, about: str, *, exercise: bool) -> dict[str, str]:
    """Return the words of an answer, by what they are."""
    invented = {"Obs": text.EXERCISE} if exercise else {}
    return invented | {
        "Fråga": answer.question.words,
        "Gäller": about,
        "Svar": answer.svar,
        "Hur säkert": answer.sure_words,
        "Varför": answer.varfor,
        "Källa": answer.kalla,
    }


def _table(book: Book, name: str, rows: pd.DataFrame, decimals: int, *, exercise: bool) -> None:
    """Write a table to a sheet of its own; one without rows gets no sheet."""
    if not len(rows):
        return
    sheet = book.sheet(name)
    if exercise:
        sheet.write_string(0, 0, text.EXERCISE, book.look(bold=True))
    told = [[_plain(value, decimals) for value in row] for row in rows.to_numpy(dtype=object)]
    book.table(sheet, [*map(str, rows.columns)], told, top=1 if exercise else 0)


def _plain(value: Any, decimals: int) -> Content:
    """Return a cell as a number, as words, or as nothing where there is no value."""
    if isinstance(value, Number):
        value = value.value
    if value is None or value is pd.NA:
        return None
    if isinstance(value, bool | np.bool_):
        return "ja" if value else "nej"
    if isinstance(value, float):
        return Value(float(value), decimals) if math.isfinite(value) else None
    if isinstance(value, int | np.integer):
        return Value(int(value))
    return repr(value) if isinstance(value, Html) else str(value)
