"""Reads the first sheet of a workbook into a grid of text, whatever the file turns out to be.

Bounded before it is unpacked; formulas are refused cell by cell, links are not followed, and XML
that declares entities is refused by defusedxml, which openpyxl reads with.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import openpyxl
from openpyxl.utils import get_column_letter

from malstyr_lib.params._grid import (
    MAX_BYTES,
    MAX_ROWS,
    TOO_LARGE,
    TOO_LONG,
    Fault,
    Grid,
    Refused,
    Row,
)

MAX_UNPACKED: Final = 20_000_000
MAX_PARTS: Final = 200
MAX_COLUMNS: Final = 20
_OLD: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_BROKEN: Final = "filen går inte att läsa som Excel; öppna den i Excel och spara den som .xlsx igen"
_LOCKED: Final = (
    "filen har lösenord eller är av den gamla sorten .xls; spara den som .xlsx utan lösenord"
)
_BOMB: Final = "filen blir för stor när den packas upp; spara bara bladet med värden i en ny fil"
_FORMULA: Final = (
    "cell {} är en formel; kopiera cellerna och klistra in dem som värden (Klistra in special)"
)
_ERROR: Final = "cell {} visar ett fel ({}); skriv värdet eller lämna cellen tom"


def sheet_grid(content: bytes) -> Grid:
    """Return the rows of the first visible sheet; raises Refused with one sentence.

    Numbers are written with a decimal comma and all their decimals, percent as "7,5 %", the first
    of a month as 2026-03 and any other day as 2026-03-15.
    """
    _bounded(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what openpyxl leaves out, such as drop-down lists
            return _first_sheet(content)
    except Refused:
        raise
    except Exception:  # a hostile file can break the library in any way; the user's cure is one
        raise Refused(_BROKEN) from None


def _bounded(content: bytes) -> None:
    """Refuse what is too large, as it lies or unpacked: zipfile reads no more than is declared."""
    if len(content) > MAX_BYTES:
        raise Refused(TOO_LARGE)
    if content.startswith(_OLD):
        raise Refused(_LOCKED)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
    except Exception:
        raise Refused(_BROKEN) from None
    if any(part.flag_bits & 1 for part in parts):
        raise Refused(_LOCKED)
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise Refused(_BOMB)


def _first_sheet(content: bytes) -> Grid:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    try:
        sheets = [one for one in book.worksheets if one.sheet_state == "visible"]
        sheet = (sheets or book.worksheets)[0]
        sheet.reset_dimensions()  # what the file says of its own size is not to be trusted
        rows, faults = [], []
        for line, cells in _lines(sheet.iter_rows(max_col=MAX_COLUMNS)):
            faults += [Fault(line, said) for said in _faults(line, cells)]
            rows.append(Row(line, tuple(_text(cell) for cell in cells)))
        return Grid(tuple(row for row in rows if any(row.cells)), tuple(faults), str(sheet.title))
    finally:
        book.close()


def _lines(rows: Iterable[Any]) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Yield every row with its number, without the empty cells at its end."""
    for line, cells in enumerate(rows, start=1):
        if line > MAX_ROWS + 1:
            raise Refused(TOO_LONG)
        last = max((at for at, cell in enumerate(cells, 1) if cell.value is not None), default=0)
        if last:
            yield line, cells[:last]


def _faults(line: int, cells: Iterable[Any]) -> Iterator[str]:
    for at, cell in enumerate(cells, start=1):
        place = f"{get_column_letter(at)}{line}"
        if cell.data_type == "f":
            yield _FORMULA.format(place)
        elif cell.data_type == "e":
            yield _ERROR.format(place, cell.value)


def _text(cell: Any) -> str:
    """Return a cell as a Swedish hand would have written it; a formula or an error as nothing."""
    value = cell.value
    if value is None or cell.data_type in ("f", "e"):
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, int | float):
        return _number(value, percent="%" in str(cell.number_format or ""))
    if isinstance(value, datetime):
        return _day(value.date()) if not (value.hour or value.minute) else value.isoformat(" ")
    return _day(value) if isinstance(value, date) else str(value).strip()


def _day(day: date) -> str:
    return f"{day:%Y-%m}" if day.day == 1 else day.isoformat()


def _number(value: float, *, percent: bool) -> str:
    exact = Decimal(repr(value)) * (100 if percent else 1)
    plain = format(exact, "f")
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return plain.replace(".", ",") + (" %" if percent else "")
