"""Writes a committee's activities as an Excel file: a sheet for each unit, with room for more.

The cells to fill in are open and the rest is locked, without a password: it stops slips, and who
needs to can take it off. Every text is stored as text, whatever sign it begins with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from io import BytesIO
from typing import Any, Final, NamedTuple, get_args

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from malstyr_lib.errors import UsageError
from malstyr_lib.model import Activity, Committee, Status, SteeringModel, in_force
from malstyr_lib.params._layout import (
    COLUMNS,
    HELP_SHEET,
    LIST_SHEET,
    MAX_ROWS,
    UNIT_LABEL,
    Column,
    escaped,
)

EMPTY_ROWS: Final = 200
HEADING_ROW: Final = 4

_FIRST_DAY: Final = date(1970, 1, 1)
_LAST_DAY: Final = date(2100, 12, 31)
_DAY_NOUGHT: Final = date(1899, 12, 30)
_FIRST_IN_EXCEL: Final = date(1900, 3, 1)
_LONGEST_TITLE: Final = 31
_HELP_WIDTH: Final = 90
_DATES: Final = ("start", "slut", "kontroll")
_LENGTHS: Final = {"id": 40, "vad": 2000, "vem": 200, "resultat": 2000}
_WRAPPED: Final = Alignment(wrap_text=True, vertical="top")
_STRAIGHT: Final = Alignment(vertical="center")
_OPEN: Final = Protection(locked=False)
_BOLD: Final = Font(name="Calibri", bold=True)
_LARGE: Final = Font(name="Calibri", bold=True, size=16)
_WHITE: Final = Font(name="Calibri", bold=True, color="FFFFFF")
_DARK: Final = PatternFill("solid", fgColor="032553")
_STRIPES: Final = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
_STEPS: Final = (
    "Varje enhet har ett eget blad. Skriv en rad för varje aktivitet, direkt under rubrikerna.",
    "Där det finns en lista att välja ur visas en pil när du ställer dig i cellen.",
    "Skriv bara text och dagar, inga formler.",
    "En aktivitet flyttas till en annan enhet: kopiera raden till den enhetens blad, och töm den"
    " här. Klipp inte ut, då låser Excel cellerna.",
    "En aktivitet som är klar får stå kvar: ändra status, och skriv resultatet när ni vet det.",
    "Tomma rader gör inget. Det går att lämna rader emellan, och att sortera och filtrera.",
    "Rubriker och enhetens id är låsta så att de inte ändras av misstag. Inget lösenord behövs för"
    " att låsa upp: Granska, Ta bort bladets skydd.",
    "Anteckningar och diagram har sin plats i en annan fil. Ett blad som inte är en enhets blir ett"
    " fel.",
    "Spara som Excel-arbetsbok (.xlsx), utan lösenord, och stäng filen. Kontrollera den sedan med:"
    " malstyr kontrollera",
)


class _Plan(NamedTuple):
    """A unit's sheet to be: its id, its name, and the activities that are there already."""

    unit: str
    name: str
    activities: tuple[Activity, ...]


def activities_workbook(model: SteeringModel, committee: Committee, year: int) -> bytes:
    """Return an Excel file with a sheet for each unit in force in a year, activities filled in.

    Activities of other units, and of units that there are not, get sheets too: nothing is lost.
    UsageError for a committee that has neither units nor activities.
    """
    plans = _plans(model, committee, year)
    if not plans:
        raise UsageError(
            f"{committee.code} har inga enheter. Skriv förvaltningar och enheter i"
            f" namnder/{committee.slug}.yaml, och kör igen."
        )
    book = Workbook()
    _describe(book, model, committee)
    _write_help(book.worksheets[0], committee)
    titles = _titles(plan.name for plan in plans)
    sheets = [book.create_sheet(title) for title in titles]
    choices = _write_lists(book.create_sheet(LIST_SHEET), model, committee.in_force(year))
    for number, (sheet, plan) in enumerate(zip(sheets, plans, strict=True), 1):
        _write_plan(sheet, plan, choices, number)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _plans(model: SteeringModel, committee: Committee, year: int) -> list[_Plan]:
    own = [one for one in model.activities if one.committee == committee.slug]
    named = {unit.id: unit.name for unit in committee.units}
    there = [unit.id for unit in committee.units if in_force(unit, year)]
    units = dict.fromkeys([*there, *(one.unit for one in own)])
    return [
        _Plan(unit, named.get(unit, unit), tuple(one for one in own if one.unit == unit))
        for unit in units
    ]


def _describe(book: Workbook, model: SteeringModel, committee: Committee) -> None:
    about = book.properties
    about.title = escaped(f"Aktivitetsplan, {committee.name}")
    about.creator = escaped(model.municipality.name)
    about.language = "sv-SE"


def _titles(names: Iterable[str]) -> list[str]:
    """Return names as Excel takes them for sheets: short, without its signs, each only once."""
    taken = {HELP_SHEET.casefold(), LIST_SHEET.casefold(), "history", "historik"}
    titles: list[str] = []
    for name in names:
        plain = " ".join(re.sub(r"[\\/*?:\[\]\x00-\x1f\x7f\ufffe\uffff]", " ", name).split())
        plain, number = plain.strip("' ") or "Enhet", 1
        title = _short(plain, "")
        while title.casefold() in taken:
            number += 1
            title = _short(plain, f" ({number})")
        taken.add(title.casefold())
        titles.append(title)
    return titles


def _short(name: str, ending: str) -> str:
    """Return a name with an ending in at most as many UTF-16 units as Excel counts to."""
    while len((name + ending).encode("utf-16-le")) > 2 * _LONGEST_TITLE:
        name = name[:-1]
    return name.rstrip("' ") + ending


def _write_help(sheet: Worksheet, committee: Committee) -> None:
    """Fill in the first sheet: how it is done, and what each column means."""
    sheet.title = HELP_SHEET
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 12, _HELP_WIDTH
    _put(sheet, 1, 1, f"Aktivitetsplan för {committee.name}").font = _LARGE
    sheet.row_dimensions[1].height = 24
    _put(sheet, 2, 1, HELP_SHEET).font = _BOLD
    for number, step in enumerate(_STEPS, 1):
        _put(sheet, 2 + number, 1, f"{number}.").alignment = _WRAPPED
        _put(sheet, 2 + number, 2, step).alignment = _WRAPPED
        sheet.row_dimensions[2 + number].height = 16 * (1 + len(step) // _HELP_WIDTH)
    first = len(_STEPS) + 4
    rows = [(column.heading, _must(column) + column.help) for column in COLUMNS]
    _write_table(sheet, first, 1, [("Kolumn", "Vad du skriver"), *rows], "Kolumner")
    _finish(sheet)


def _must(column: Column) -> str:
    return "" if "tom" in column.help else "Måste fyllas i. "


def _write_lists(sheet: Worksheet, model: SteeringModel, committee: Committee) -> dict[str, str]:
    """Fill in the sheet of what there is to choose from; return the cells of ids by column."""
    own = dict.fromkeys(committee.kpis)
    rest = (kpi.id for kpi in model.kpis if kpi.id not in own)
    titles = {kpi.id: kpi.title for kpi in model.kpis}
    goals = [(goal.id, goal.text) for goal in committee.goals]
    kpis = [(kpi, titles[kpi]) for kpi in (*own, *rest)]
    for letter, width in (("A", 14), ("B", 60), ("C", 3), ("D", 14), ("E", 90)):
        sheet.column_dimensions[letter].width = width
    _write_table(sheet, 1, 1, [("Mål", "Målets text"), *goals], "Mal")
    _write_table(sheet, 1, 4, [("Nyckeltal", "Rubrik"), *kpis], "Nyckeltal")
    sheet.freeze_panes = "A2"
    _finish(sheet)
    ranges = {"mål": ("A", len(goals)), "nyckeltal": ("D", len(kpis))}
    return {
        key: f"{LIST_SHEET}!${letter}$2:${letter}${count + 1}"
        for key, (letter, count) in ranges.items()
        if count
    }


def _write_table(
    sheet: Worksheet, top: int, left: int, rows: Sequence[tuple[str, str]], name: str
) -> None:
    """Write rows as a table, whose first row screen readers know as the headings."""
    for down, row in enumerate(rows):
        for right, value in enumerate(row):
            cell = _put(sheet, top + down, left + right, value)
            cell.alignment = _WRAPPED
            if not down:
                cell.font, cell.fill = _WHITE, _DARK
    if len(rows) > 1:
        _add_table(sheet, f"Lista_{name}", (top, left), (top + len(rows) - 1, left + 1))


def _add_table(sheet: Worksheet, name: str, first: tuple[int, int], last: tuple[int, int]) -> None:
    corners = (f"{get_column_letter(column)}{row}" for row, column in (first, last))
    table = Table(displayName=name, ref=":".join(corners), tableStyleInfo=_STRIPES)
    sheet.add_table(table)


def _write_plan(sheet: Worksheet, plan: _Plan, choices: dict[str, str], number: int) -> None:
    """Fill in a unit's sheet: whose it is, the headings, its activities, and room for more."""
    head = [(UNIT_LABEL, plan.unit), ("Enhet", plan.name), ("En rad per aktivitet från rad 5.", "")]
    for row, texts in enumerate(head, 1):
        for index in range(1, len(COLUMNS) + 1):
            cell = _put(sheet, row, index, texts[index - 1] if index <= 2 else "")
            cell.alignment, cell.font = _STRAIGHT, _BOLD
    for index, column in enumerate(COLUMNS, 1):
        _open_column(sheet, index, column)
        cell = _put(sheet, HEADING_ROW, index, column.heading)
        cell.font, cell.fill, cell.alignment = _WHITE, _DARK, _WRAPPED
    for row, activity in enumerate(plan.activities, HEADING_ROW + 1):
        _write_activity(sheet, row, activity)
    last = HEADING_ROW + len(plan.activities) + EMPTY_ROWS
    _add_table(sheet, f"Aktiviteter_{number}", (HEADING_ROW, 1), (last, len(COLUMNS)))
    for index, column in enumerate(COLUMNS, 1):
        _guide(sheet, get_column_letter(index), column, choices)
    sheet.freeze_panes = f"B{HEADING_ROW + 1}"
    sheet.print_title_rows = f"{HEADING_ROW}:{HEADING_ROW}"
    _finish(sheet)


def _open_column(sheet: Worksheet, index: int, column: Column) -> None:
    """Let a column be filled in all the way down, as text or days, without a cell for each row."""
    styled = sheet.column_dimensions[get_column_letter(index)]
    styled.width = column.width
    _style(styled, column.key)


def _style(styled: Any, key: str) -> None:
    styled.protection, styled.alignment = _OPEN, _WRAPPED
    styled.number_format = "yyyy-mm-dd" if key in _DATES else "@"


def _write_activity(sheet: Worksheet, row: int, activity: Activity) -> None:
    values: dict[str, str | date | None] = {
        "id": activity.id,
        "mål": activity.goal,
        "nyckeltal": ", ".join(activity.kpis),
        "vad": activity.what,
        "vem": activity.who,
        "start": activity.start,
        "slut": activity.stop,
        "status": activity.status,
        "resultat": activity.result,
        "kontroll": activity.check,
        "exempel": "ja" if activity.example else "",
    }
    for index, column in enumerate(COLUMNS, 1):
        _style(_put(sheet, row, index, values[column.key]), column.key)


def _put(sheet: Worksheet, row: int, column: int, value: str | date | None) -> Cell:
    """Write a value into a cell: a text as text, also one that begins with =."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    if isinstance(value, date) and value < _FIRST_IN_EXCEL:  # Excel has no such days
        value = value.isoformat()
    if value and isinstance(value, str):
        cell.value = escaped(value)
        cell.data_type = "s"
    elif value:
        cell.value = value
    return cell


def _guide(sheet: Worksheet, letter: str, column: Column, choices: dict[str, str]) -> None:
    """Give a column its drop-down list or its bounds, and its words of help."""
    rule = _rule(column.key, choices)
    rule.promptTitle, rule.prompt = column.heading, column.help
    rule.errorTitle, rule.error = column.heading, column.help
    rule.showInputMessage = True
    rule.showErrorMessage = (
        column.key != "nyckeltal"
    )  # the list there gives one, but many may stand
    rule.add(f"{letter}{HEADING_ROW + 1}:{letter}{MAX_ROWS}")
    sheet.add_data_validation(rule)


def _rule(key: str, choices: dict[str, str]) -> DataValidation:
    listed = choices | {"status": _inline(get_args(Status)), "exempel": _inline(("ja", "nej"))}
    if key in listed:
        return DataValidation("list", formula1=listed[key], allow_blank=True)
    if key in _DATES:
        first, last = (str((day - _DAY_NOUGHT).days) for day in (_FIRST_DAY, _LAST_DAY))
        return DataValidation("date", first, formula2=last, operator="between", allow_blank=True)
    longest = str(_LENGTHS.get(key, 1000))
    return DataValidation("textLength", longest, operator="lessThanOrEqual", allow_blank=True)


def _inline(words: Iterable[str]) -> str:
    return f'"{",".join(words)}"'


def _finish(sheet: Worksheet) -> None:
    """Make a sheet print as wide as a page, and lock it but for its open cells.

    Rows may still be sorted and filtered, and columns made wider.
    """
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.5)
    sheet.print_options.gridLines = True
    lock = sheet.protection
    lock.sheet = True
    lock.sort = lock.autoFilter = lock.formatColumns = lock.formatRows = False
