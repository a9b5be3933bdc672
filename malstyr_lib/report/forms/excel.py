"""The page's tables as an Excel workbook: a list of them first, then a sheet for each.

Tables of the same columns in a section are one table, with the heading that each stood under in
its first column, so that a section's key figures can be sorted and filtered together. The page is
read, not the data behind it, so that the workbook says the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from malstyr_lib import text
from malstyr_lib.markup import STATUSES
from malstyr_lib.report.forms.contents import Cell, Contents, Picture, Table, contents
from malstyr_lib.report.forms.page import Page
from malstyr_lib.report.sheets import Book, Coloured, Content, Value

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

LIST: Final = "Innehåll"
_UNDER: Final = "Under rubriken"
_CAPTION: Final = "Tabellens rubrik"
_NUMBER: Final = re.compile(r"[\u2212-]?\d[\d\u00a0]*(?:,(?P<decimals>\d+))?")
_WHOLE: Final = re.compile(r"0|[1-9]\d{0,8}")
_ROWS_PER_PIXEL: Final = 1 / 20
_PICTURE_SCALE: Final = 0.6


@dataclass(frozen=True)
class Sheet:
    """Tables of the same columns in one section, to be written as one."""

    name: str
    tables: tuple[Table, ...]

    @property
    def section(self) -> str:
        """The section that they stand in."""
        return self.tables[0].section

    @property
    def several(self) -> bool:
        """Whether there is more than one, so that each row says which it is of."""
        return len(self.tables) > 1

    @property
    def columns(self) -> list[str]:
        """The heads of the columns."""
        own = list(self.tables[0].columns)
        return [_UNDER, *own, _CAPTION] if self.several else own

    @property
    def rows(self) -> list[list[Content]]:
        """The cells, row by row."""
        return [
            [one.heading, *cells, one.caption] if self.several else cells
            for one in self.tables
            for cells in ([_content(cell) for cell in row] for row in one.rows)
        ]

    @property
    def caption(self) -> str:
        """What the table is called: its own caption, or what those of several begin with."""
        return self.name.lstrip("0123456789 ") if self.several else self.tables[0].caption


def workbook(page: Page) -> bytes:
    """Return the page's tables and charts as an Excel workbook."""
    there = contents(page.html)
    fetched = page.about.get("fetched")
    book = Book(page.title, made=datetime.fromisoformat(fetched) if fetched else None)
    listed, sheets = book.sheet(LIST), [*_sheets(there.tables)]
    mark = text.EXERCISE if page.exercise else ""
    links = [(_written(book, one, mark), one.section, one.caption) for one in sheets]
    for section in dict.fromkeys(one.section for one in there.pictures):
        mine = [one for one in there.pictures if one.section == section]
        links.append((_charts(book, section, mine), section, "Diagrammen som bilder"))
    _list(book, listed, page, there, links)
    return book.finished()


def _sheets(tables: Sequence[Table]) -> Iterator[Sheet]:
    """Return the tables that are written together, in the order of the page."""
    groups: dict[tuple[str, tuple[str, ...]], list[Table]] = {}
    for one in tables:
        groups.setdefault((one.section, one.columns), []).append(one)
    for together in groups.values():
        yield Sheet(_name(together), tuple(together))


def _name(together: Sequence[Table]) -> str:
    """Return what tables have in common, after the number of their section."""
    number = re.match(r"\d+", together[0].section)
    words = zip(*(one.caption.split() for one in together), strict=False)
    shared = [same[0] for same in takewhile(lambda same: len(set(same)) == 1, words)]
    charts = together[0].chart.split(" ")[0] if together[0].chart else ""
    name = charts or " ".join(shared) or together[0].section
    return f"{number[0]} {name}" if number else name


def _content(cell: Cell) -> Content:
    """Return a cell as it is written: its number, its status in colour, or its words."""
    if cell.value is not None and (found := _NUMBER.search(cell.words)):
        before, after = cell.words[: found.start()], cell.words[found.end() :]
        return Value(cell.value, len(found["decimals"] or ""), before, after)
    if cell.status:
        status = STATUSES[cell.status]
        return Coloured(cell.words, status.ink, status.fill)
    return Value(float(cell.words)) if _WHOLE.fullmatch(cell.words) else cell.words


def _written(book: Book, one: Sheet, mark: str) -> str:
    """Write one sheet; return what it is called."""
    sheet = book.sheet(one.name)
    sheet.write_string(0, 0, one.section, book.look(bold=True, font_size=14))
    sheet.write_string(1, 0, one.caption, book.look(italic=True))
    sheet.write_string(2, 0, mark, book.look(bold=True))
    book.table(sheet, one.columns, one.rows, top=3)
    return str(sheet.get_name())


def _charts(book: Book, section: str, pictures: Sequence[Picture]) -> str:
    """Write a section's charts below each other, each under its caption and with its alt text."""
    number = re.match(r"\d+", section)
    sheet = book.sheet(f"{number[0]} Diagram" if number else f"Diagram {section}")
    sheet.write_string(0, 0, section, book.look(bold=True, font_size=14))
    row = 2
    for one in pictures:
        sheet.write_string(row, 0, one.caption)
        scale = {"x_scale": _PICTURE_SCALE, "y_scale": _PICTURE_SCALE}
        more = {"image_data": BytesIO(one.png), "description": one.alt, **scale}
        sheet.insert_image(row + 1, 0, "diagram.png", more)
        row += 3 + round(_height(one.png) * _PICTURE_SCALE * 96 / 150 * _ROWS_PER_PIXEL)
    return str(sheet.get_name())


def _height(png: bytes) -> int:
    """Return a picture's height in pixels, as its head says it."""
    return int.from_bytes(png[20:24], "big")


def _list(
    book: Book,
    sheet: Worksheet,
    page: Page,
    there: Contents,
    links: Sequence[tuple[str, str, str]],
) -> None:
    """Write the first sheet: what the report is, what it rests on, and where its tables are."""
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 34)
    sheet.set_column(2, 2, 90)
    sheet.write_string(0, 0, there.title or page.title, book.look(bold=True, font_size=16))
    rows = [*([text.EXERCISE] if page.exercise else []), *_facts(page, there)]
    for at, words in enumerate(rows, start=1):
        sheet.write_string(at, 0, words)
    top = len(rows) + 2
    for column, head in enumerate(("Blad", "Avsnitt", "Innehåll")):
        sheet.write_string(top, column, head, book.look(bold=True, bottom=1))
    for at, (name, section, caption) in enumerate(links, start=top + 1):
        sheet.write_url(at, 0, f"internal:'{name}'!A1", book.look(underline=1), name)
        sheet.write_string(at, 1, section, book.look(text_wrap=True))
        sheet.write_string(at, 2, caption, book.look(text_wrap=True))
    sheet.freeze_panes(top + 1, 0)


def _facts(page: Page, there: Contents) -> list[str]:
    """Return what the report rests on, in sentences."""
    start = [one for one in there.start if one != text.EXERCISE]
    snapshot = page.about.get("snapshot")
    told = [f"Ögonblicksbild: {snapshot}."] if snapshot else []
    return [*start, *told, "Sammanhanget står i rapporten; här finns dess tabeller och diagram."]
