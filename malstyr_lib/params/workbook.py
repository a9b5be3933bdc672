"""Reads a committee's activities from Excel into the document that YAML gives, cell by cell.

A sheet is a unit's when it has the row of headings; its unit is the one in the cell after
"Enhetens id", whatever the sheet is called, so a row moved to another sheet is that unit's. The
sheets "Så här gör du" and "Listor" are not read, nor are empty ones; any other is a problem, so
that nothing somebody wrote is passed over in silence. Hidden rows and sheets are read as others.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, time
from pathlib import Path
from typing import Final, NamedTuple

from openpyxl.utils import get_column_letter

from malstyr_lib.errors import Problem
from malstyr_lib.params._layout import (
    COLUMNS,
    HELP_SHEET,
    LIST_SHEET,
    REQUIRED,
    UNIT_LABEL,
)
from malstyr_lib.params._xlsx import (
    HIDDEN,
    Cell,
    Row,
    Sheet,
    hidden,
    sheets_of,
    text_of,
)
from malstyr_lib.params._yaml import Document, Loc, Tree, unread
from malstyr_lib.params.files import Refused, in_sheet, shown

_LIST: Final = "aktiviteter"
_HEADINGS: Final = {column.key: column.heading for column in COLUMNS}
_CHOICES: Final = ("status", "exempel")
_SEARCHED_ROWS: Final = 20
_FEWEST_HEADINGS: Final = 3

_FORMULA = "är en formel; skriv värdet"
_ERROR = "är ett fel ({}); skriv värdet"
_OUTSIDE = "står utanför tabellen; flytta texten till en kolumn med rubrik eller ta bort den"
_NOTES = (
    "bladet är ingen enhets blad och läses inte; flytta det till en annan fil, eller kopiera ett"
    " blad som finns och skriv enhetens id"
)
_NO_UNIT = (
    f"bladet säger inte vilken enhet det hör till; skriv '{UNIT_LABEL}' i A1 och enhetens id i B1"
)
_COPY = "kopiera raden med rubriker från ett annat blad"
_NO_HEADINGS = f"raden med rubriker saknas; {_COPY}"
_NO_SHEET = "filen har inget blad för en enhet; gör en ny med malstyr mall aktiviteter"


class _NoText(Exception):
    """A cell that has no text; the message is why."""


class _Unit(NamedTuple):
    """Whose a sheet is: the row that says it, the cell's name, and the id if it can be read."""

    line: int
    cell: str
    id: str | None


def read(folder: Path, file: str) -> Document:
    """Return an Excel file of the params folder as a document; never raises for what it holds."""
    try:
        sheets = sheets_of(folder / file)
    except Refused as reason:
        return unread(file, reason)
    book = _Book(file)
    for sheet in sheets:
        if sheet.rows and sheet.title not in (HELP_SHEET, LIST_SHEET):
            book.add(sheet)
    return book.document()


class _Book:
    """Gathers the rows of the units' sheets, and where each stands."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.items: list[Tree] = []
        self.lines: dict[Loc, int] = {}
        self.sheets: dict[Loc, str] = {}
        self.columns: dict[Loc, str] = {}
        self.problems: list[Problem] = []
        self.some = False

    def document(self) -> Document:
        if not self.some:
            self.problems.append(Problem(self.file, 0, _NO_SHEET))
        tree: Tree = {_LIST: self.items}
        problems = tuple(self.problems)
        return Document(self.file, tree, self.lines, problems, self.sheets, self.columns)

    def add(self, sheet: Sheet) -> None:
        """Add a sheet's activities, or the problem why none of them can be read."""
        self.some = True
        head = _heading_row(sheet)
        unit = self._unit(sheet, head)
        if head is None:
            self._wrong(sheet, 0, _NO_HEADINGS if unit else _NOTES)
            return
        keys = self._keys(sheet, head)
        rows = [row for row in sheet.rows if row.number > head.number]
        if unit is None and rows:
            self._wrong(sheet, 0, _NO_UNIT)
        elif unit and unit.id is not None and keys:
            for row in rows:
                self._add_row(sheet, row, keys, unit)

    def _wrong(self, sheet: Sheet, line: int, text: str) -> None:
        self.problems.append(Problem(in_sheet(self.file, sheet.title), line, text))

    def _unit(self, sheet: Sheet, head: Row | None) -> _Unit | None:
        """Return whose a sheet is by the cell after the label, or None where there is no label."""
        for row in sheet.rows:
            if head and row.number >= head.number:
                break
            for index, cell in row.cells.items():
                if cell.kind == "s" and _plain(cell) == UNIT_LABEL.casefold():
                    name = f"cell {get_column_letter(index + 1)}{row.number} ({UNIT_LABEL})"
                    id_ = self._told(sheet, row, name, row.cells.get(index + 1))
                    return _Unit(row.number, name, id_)
        return None

    def _told(self, sheet: Sheet, row: Row, name: str, cell: Cell | None) -> str | None:
        """Return a cell's text, or None and note the problem where it has none."""
        try:
            return _text(cell) if cell else ""
        except _NoText as reason:
            self._wrong(sheet, row.number, f"{name}: {reason}")
            return None

    def _keys(self, sheet: Sheet, head: Row) -> dict[int, str]:
        """Return the YAML key of each column with a heading, or nothing when one is missing.

        A heading that is nearly right is a problem, and read as what it was meant to be; one that
        is not known is a problem, and has no key.
        """
        told = {i: self._told(sheet, head, _column(i), cell) for i, cell in head.cells.items()}
        headings = {index: heading for index, heading in told.items() if heading}
        keys = {index: _normal(heading) for index, heading in headings.items()}
        for index, heading in headings.items():
            if keys[index] not in _HEADINGS:
                keys[index] = _nearest(heading, _HEADINGS.keys() - set(keys.values()))
                cure = _HEADINGS.get(keys[index])
                meant = f"; menade du '{cure}'?" if cure else "; ta bort kolumnen"
                self._wrong(sheet, head.number, f"{_column(index, heading)}: okänd rubrik{meant}")
            elif keys[index] in [keys[before] for before in headings if before < index]:
                again = f"rubriken '{heading}' finns redan; ta bort den ena kolumnen"
                self._wrong(sheet, head.number, f"{_column(index)}: {again}")
        missing = [heading for key, heading in _HEADINGS.items() if key not in keys.values()]
        for heading in missing:
            self._wrong(sheet, head.number, f"rubriken '{heading}' saknas; {_COPY}")
        return {} if missing else keys

    def _add_row(self, sheet: Sheet, row: Row, keys: Mapping[int, str], unit: _Unit) -> None:
        told = {
            index: self._told(sheet, row, _column(index, _HEADINGS.get(keys.get(index, ""))), cell)
            for index, cell in row.cells.items()
        }
        for index in (index for index, text in told.items() if text and index not in keys):
            self._wrong(sheet, row.number, f"{_column(index)}: {_OUTSIDE}")
        texts = {keys[index]: text for index, text in told.items() if text and keys.get(index)}
        if not texts or None in told.values():
            return
        loc = (_LIST, len(self.items))
        self.items.append(_item(texts, unit.id or ""))
        self.lines |= {loc: row.number, (*loc, "enhet"): unit.line}
        self.sheets[loc] = sheet.title
        self.columns[(*loc, "enhet")] = unit.cell
        for index, key in keys.items():
            self._name_column(loc, index, key)

    def _name_column(self, loc: Loc, index: int, key: str) -> None:
        name = _column(index, _HEADINGS.get(key))
        self.columns[(*loc, key)] = name
        item = self.items[-1]
        listed = item.get(key) if isinstance(item, dict) else None
        for number in range(len(listed) if isinstance(listed, list) else 0):
            self.columns[(*loc, key, number)] = name


def _item(texts: Mapping[str, str], unit: str) -> dict[str, Tree]:
    """Return a row as YAML would have it; a cell that must not be empty is there as empty."""
    item: dict[str, Tree] = {"enhet": unit, **dict.fromkeys(REQUIRED, ""), **texts}
    if "nyckeltal" in texts:
        item["nyckeltal"] = [word for word in re.split(r"[\s,;]+", texts["nyckeltal"]) if word]
    return item | {key: texts[key].lower() for key in _CHOICES if key in texts}


def _heading_row(sheet: Sheet) -> Row | None:
    """Return the row with most of the headings, if it has some of them and is near the top."""
    near = [row for row in sheet.rows if row.number <= _SEARCHED_ROWS]
    best = max(near, key=_headings, default=None)
    return best if best and _headings(best) >= _FEWEST_HEADINGS else None


def _headings(row: Row) -> int:
    return sum(_plain(cell) in _HEADINGS for cell in row.cells.values())


def _nearest(heading: str, known: Iterable[str]) -> str:
    """Return the key that a heading was meant to be, or nothing when none is near."""
    near = difflib.get_close_matches(_normal(heading), sorted(known), n=1, cutoff=0.6)
    return near[0] if near else ""


def _column(index: int, heading: str | None = None) -> str:
    letter = get_column_letter(index)
    return f"kolumn {letter} ({shown(heading)})" if heading else f"kolumn {letter}"


def _plain(cell: Cell) -> str:
    """Return a cell's text to compare with, in lower case; nothing for what is no text."""
    try:
        return _normal(_text(cell))
    except _NoText:
        return ""


def _normal(text: str) -> str:
    return " ".join(text.casefold().split())


def _text(cell: Cell) -> str:
    """Return what a cell says, as YAML would have it: text, a day in ISO, ja or nej."""
    value = cell.value
    if cell.kind == "f":
        raise _NoText(_FORMULA)
    if cell.kind == "e":
        raise _NoText(_ERROR.format(shown(str(value))))
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if cell.kind == "n":
        return _number(value, cell.form)
    if isinstance(value, datetime):
        whole = value.time() == time()
        return value.date().isoformat() if whole else value.isoformat(" ", "minutes")
    if hidden(str(value)):
        raise _NoText(HIDDEN)
    return text_of(str(value))


def _number(value: float, form: str) -> str:
    """Return a number with a decimal comma, and as percent where the cell shows it so."""
    percent = form.endswith("%")
    figures = f"{value * 100 if percent else value:.15g}".replace(".", ",")
    return f"{figures} %" if percent else figures
