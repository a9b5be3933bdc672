"""An answer as a document to hand on: Word with headings, alt text and language, or Excel.

What comes from data is never a formula, a link or mark-up in either.
"""

from __future__ import annotations

import math
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from malstyr_lib import markup, text
from malstyr_lib.charts import Chart
from malstyr_lib.markup import Html
from malstyr_lib.questions import Answer
from malstyr_lib.questions.answer import numeric_columns, written
from malstyr_lib.report.forms import Page
from malstyr_lib.report.forms import word as form

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SETTINGS: Final = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_WIDEST: Final = 60


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
            *([markup.note(text.EXERCISE, kind="ovning")] if exercise else []),
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
    import xlsxwriter

    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, _SETTINGS) as book:
        book.set_properties({"title": answer.question.words})
        _said(book, _rows(answer, about, exercise=exercise))
        _table(book, "Underlag", answer.underlag, answer.decimals, exercise=exercise)
        if (chart := answer.diagram) is not None:
            _table(book, "Diagram", chart.table, chart.decimals, exercise=exercise)
    return buffer.getvalue()


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


def _said(book: Workbook, rows: dict[str, str]) -> None:
    """Write the sheet with the words of the answer."""
    sheet = _sheet(book, "Svar")
    bold = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 12)
    sheet.set_column(1, 1, 90)
    for at, (name, words) in enumerate(rows.items()):
        sheet.write_string(at, 0, name, bold)
        sheet.write_string(at, 1, words, wrapped)


def _sheet(book: Workbook, name: str) -> Worksheet:
    """Return a new sheet that is printed on A4, as wide as the page."""
    sheet = book.add_worksheet(name)
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    return sheet


def _table(book: Workbook, name: str, rows: pd.DataFrame, decimals: int, *, exercise: bool) -> None:
    """Write a table to a sheet of its own; one without rows gets no sheet."""
    if not len(rows):
        return
    sheet = _sheet(book, name)
    bold = book.add_format({"bold": True, "bottom": 1})
    shown = book.add_format({"num_format": f"0.{'0' * decimals}" if decimals else "0"})
    top = 1 if exercise else 0
    if exercise:
        sheet.write_string(0, 0, text.EXERCISE, bold)
    for column, heading in enumerate(rows.columns):
        sheet.write_string(top, column, str(heading), bold)
        values = [_plain(value) for value in rows[heading]]
        for row, value in enumerate(values, start=top + 1):
            if isinstance(value, str):
                sheet.write_string(row, column, value)
            elif value is not None:
                sheet.write_number(row, column, value, shown if isinstance(value, float) else None)
        widest = max(len(str(heading)), *(len(str(value)) for value in values))
        sheet.set_column(column, column, min(widest + 2, _WIDEST))
    sheet.freeze_panes(top + 1, 1)


def _plain(value: Any) -> str | float | int | None:
    """Return a cell as a number, as words, or as nothing where there is no value."""
    if value is None or value is pd.NA:
        return None
    if isinstance(value, bool | np.bool_):
        return "ja" if value else "nej"
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, int | np.integer):
        return int(value)
    return repr(value) if isinstance(value, Html) else str(value)
