"""Reads the first sheet of a workbook into a grid of text, whatever the file turns out to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from openpyxl.utils import get_column_letter

from malstyr_lib.params import _grid
from malstyr_lib.params._grid import TOO_LONG, Fault, Grid
from malstyr_lib.params._xlsx import (
    HIDDEN,
    Cell,
    Row,
    Sheet,
    hidden,
    sheets_in,
    text_of,
)
from malstyr_lib.params.files import Refused, shown

MAX_COLUMNS: Final = 20
_FORMULA: Final = (
    "är en formel; kopiera cellerna och klistra in dem som värden (Klistra in special)"
)
_FAR: Final = "cell {} ligger för långt åt höger och läses inte; flytta den eller töm den"
_ERROR: Final = "visar ett fel ({}); skriv värdet eller lämna cellen tom"


def sheet_grid(content: bytes) -> Grid:
    """Return the rows of the first visible sheet; raises Refused with one sentence.

    Another visible sheet with rows is a fault, and so is a cell beyond the columns that are read.
    Numbers are written with a decimal comma and all their decimals, percent as "7,5 %", the first
    of a month as 2026-03 and any other day as 2026-03-15.
    """
    try:
        sheets = sheets_in(content, most_rows=_grid.MAX_ROWS + 1)
    except Refused as reason:
        raise Refused(TOO_LONG if reason.line > _grid.MAX_ROWS else reason.text) from None
    first = next((one for one in sheets if one.visible), sheets[0])
    faults = [*_unread(sheets, first), *(fault for row in first.rows for fault in _faults(row))]
    rows = [_grid.Row(row.number, tuple(_texts(row))) for row in first.rows]
    return Grid(tuple(row for row in rows if any(row.cells)), tuple(faults), first.title)


def _unread(sheets: Iterable[Sheet], first: Sheet) -> Iterator[Fault]:
    """Yield the sheets whose rows nobody would miss: visible, not the first, and not empty."""
    for sheet in sheets:
        if sheet is not first and sheet.visible and sheet.rows:
            said = f"bladet '{shown(sheet.title)}' läses inte; lägg alla rader i det första"
            yield Fault(0, said)


def _faults(row: Row) -> Iterator[Fault]:
    far = [column for column in row.cells if column > MAX_COLUMNS]
    if far:
        yield Fault(row.number, _FAR.format(f"{get_column_letter(min(far))}{row.number}"))
    for column, cell in row.cells.items():
        if wrong := _wrong(cell):
            yield Fault(row.number, f"cell {get_column_letter(column)}{row.number} {wrong}")


def _wrong(cell: Cell) -> str:
    """Return why a cell has no text; "" when it has."""
    if cell.kind == "f":
        return _FORMULA
    if cell.kind == "e":
        return _ERROR.format(cell.value)
    return HIDDEN if isinstance(cell.value, str) and hidden(cell.value) else ""


def _texts(row: Row) -> Iterator[str]:
    """Yield the cells from the first column to the last that holds something."""
    for column in range(1, min(max(row.cells), MAX_COLUMNS) + 1):
        yield _text(row.cells[column]) if column in row.cells else ""


def _text(cell: Cell) -> str:
    """Return a cell as a Swedish hand would have written it; one with no text as nothing."""
    value = cell.value
    if _wrong(cell):
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, int | float):
        return _number(value, percent="%" in cell.form)
    if isinstance(value, datetime):
        return _day(value.date()) if not (value.hour or value.minute) else value.isoformat(" ")
    return _day(value) if isinstance(value, date) else text_of(str(value))


def _day(day: date) -> str:
    return f"{day:%Y-%m}" if day.day == 1 else day.isoformat()


def _number(value: float, *, percent: bool) -> str:
    exact = Decimal(repr(value)) * (100 if percent else 1)
    plain = format(exact, "f")
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return plain.replace(".", ",") + (" %" if percent else "")
