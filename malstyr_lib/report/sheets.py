"""The sheets of a workbook, written so that nothing that comes from data is a formula or a link.

Numbers are numbers, with the decimals that readers see; every sheet is printed on A4, as wide as
the page, its headings on every page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

SETTINGS: Final = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
LONGEST_NAME: Final = 31
_WIDEST: Final = 60
_LINE: Final = 15
_A4: Final = 9
_DANGLING: Final = re.compile(r"(?:[ ,.–]|\b(?:och|i|om|som|mot|till|på|av|med)\b)+\Z")
_FORBIDDEN: Final = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


@dataclass(frozen=True)
class Value:
    """A number in a cell: unrounded, shown with some decimals between words before and after."""

    value: float
    decimals: int = 0
    before: str = ""
    after: str = ""

    @property
    def shown(self) -> str:
        """The cell's number format."""
        digits = f"#,##0.{'0' * self.decimals}" if self.decimals else "0"
        number = digits if abs(self.value) >= 10_000 else digits.removeprefix("#,##")
        return f"{_quoted(self.before)}{number}{_quoted(self.after)}"


@dataclass(frozen=True)
class Coloured:
    """Words in a cell with the ink and the fill that go with them."""

    words: str
    ink: str
    fill: str


Content = str | Value | Coloured | None


def _quoted(words: str) -> str:
    return '"' + words.replace('"', "'") + '"' if words else ""


class Book:
    """A workbook that is being written; `finished` gives its bytes."""

    def __init__(self, title: str, *, made: datetime | None = None) -> None:
        import xlsxwriter

        self._buffer = BytesIO()
        self._book: Workbook = xlsxwriter.Workbook(self._buffer, dict(SETTINGS))
        about = {"title": title, "created": made} if made else {"title": title}
        self._book.set_properties(about)
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}
        self._names: set[str] = set()

    def finished(self) -> bytes:
        """Return the workbook as a file."""
        self._book.close()
        return self._buffer.getvalue()

    def look(self, **wanted: Any) -> Format:
        """Return a format, made once."""
        key = tuple(sorted(wanted.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format({"valign": "top", **wanted})
        return self._formats[key]

    def sheet(self, name: str) -> Worksheet:
        """Return a new sheet, named as Excel allows and as no other is."""
        sheet = self._book.add_worksheet(self._free(name))
        sheet.set_paper(_A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)
        return sheet

    def _free(self, name: str) -> str:
        """Return a name that is allowed and not taken."""
        plain = " ".join(name.translate(_FORBIDDEN).split()) or "Blad"
        for number in range(1, 1000):
            ending = f" {number}" if number > 1 else ""
            free = _cut(plain, LONGEST_NAME - len(ending)) + ending
            if free.casefold() not in self._names:
                self._names.add(free.casefold())
                return free
        raise AssertionError(name)

    def table(
        self, sheet: Worksheet, columns: Sequence[str], rows: Sequence[Sequence[Content]], top: int
    ) -> None:
        """Write a table from a row on, its heads kept in sight and printed on every page."""
        head = self.look(bold=True, bottom=1, text_wrap=True)
        for at, name in enumerate(columns):
            sheet.write_string(top, at, name, head)
            cells = [row[at] for row in rows]
            sheet.set_column(at, at, _width(name, cells))
            for down, cell in enumerate(cells, start=top + 1):
                self.cell(sheet, down, at, cell)
        widths = [_width(name, [row[at] for row in rows]) for at, name in enumerate(columns)]
        for down, row in enumerate([columns, *rows], start=top):
            sheet.set_row(down, _LINE * max(map(_lines, row, widths), default=1))
        sheet.freeze_panes(top + 1, 1)
        sheet.repeat_rows(0, top)
        if rows:
            sheet.autofilter(top, 0, top + len(rows), len(columns) - 1)

    def cell(self, sheet: Worksheet, row: int, column: int, content: Content) -> None:
        """Write one cell: a number as a number, anything else as words and nothing more."""
        if isinstance(content, Value):
            look = self.look(num_format=content.shown, align="right")
            sheet.write_number(row, column, content.value, look)
        elif isinstance(content, Coloured):
            look = self.look(font_color=content.ink, bg_color=content.fill, text_wrap=True)
            sheet.write_string(row, column, content.words, look)
        elif content is not None:
            sheet.write_string(row, column, content, self.look(text_wrap=True))

    def said(self, sheet: Worksheet, rows: Mapping[str, str]) -> None:
        """Write words by what they are, in two columns."""
        sheet.set_column(0, 0, 14)
        sheet.set_column(1, 1, 90)
        for at, (name, words) in enumerate(rows.items()):
            sheet.write_string(at, 0, name, self.look(bold=True))
            sheet.write_string(at, 1, words, self.look(text_wrap=True))


def _cut(name: str, length: int) -> str:
    """Return a name no longer than that, cut between words where that can be."""
    if len(name) <= length:
        return name
    short = name[:length].rpartition(" ")[0] if name[length] != " " else name[:length]
    return _DANGLING.sub("", short) or name[:length]


def _width(name: str, cells: Sequence[Content]) -> float:
    """Return how wide a column is, by its words."""
    longest = max([len(one) for one in name.split()] + [_length(cell) for cell in cells], default=8)
    return float(min(max(longest + 2, 8), _WIDEST))


def _lines(cell: Content, width: float) -> int:
    """Return how many lines a cell takes, so that wrapped words are seen in every program."""
    words = cell.words if isinstance(cell, Coloured) else cell if isinstance(cell, str) else ""
    return sum(1 + int(len(line) * 1.05 // width) for line in words.split("\n"))


def _length(cell: Content) -> int:
    if isinstance(cell, Value):
        whole = len(f"{cell.value:.{cell.decimals}f}")
        return len(cell.before) + whole + len(cell.after)
    words = cell.words if isinstance(cell, Coloured) else cell or ""
    return max((len(line) for line in words.split("\n")), default=0)
