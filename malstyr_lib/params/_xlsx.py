"""Opens an Excel file that anyone may have made: bounded, nothing run or followed, cells out.

What is refused before the file is parsed: what is too large or unpacks to too much, what is not
a workbook, macros, and XML that declares anything (a DTD, entities).
"""

from __future__ import annotations

import re
import unicodedata
import warnings
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, Final, NamedTuple
from xml.parsers import expat

from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import get_column_letter
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from malstyr_lib.params._layout import LONGEST_CELL, MAX_ROWS, unescaped
from malstyr_lib.params.files import Refused, content

MAX_BYTES: Final = 2_000_000
MAX_UNPACKED: Final = 50_000_000
MAX_RATIO: Final = 200
SMALL: Final = 5_000_000
"""What may be packed at any ratio: a sheet of empty rows is much smaller packed."""
MAX_PARTS: Final = 1_000
MAX_SHEETS: Final = 100
MAX_COLUMNS: Final = 100
MAX_ELEMENTS: Final = 1_000_000
MAX_CELLS: Final = 1_000_000

_LOCKED = "filen går inte att öppna; stäng den i Excel och andra program"
_LARGE = "filen är större än 2 MB; är det rätt fil? Ta bort bilder och annat som inte hör dit"
_OLE = (
    "filen är skyddad med lösenord eller sparad i ett äldre format; ta bort lösenordet och spara om"
    " den som Excel-arbetsbok (.xlsx)"
)
_OTHER = "filen är ingen Excelfil; spara om den som Excel-arbetsbok (.xlsx)"
_BROKEN = (
    "filen är skadad och går inte att läsa; öppna den i Excel och spara om den, eller ta fram en"
    " säkerhetskopia"
)
_BOMB = "filen packas upp till orimligt mycket och läses inte; är det rätt fil?"
_MACROS = "filen innehåller makron och läses inte; spara om den som Excel-arbetsbok (.xlsx)"
_DECLARES = (
    "filen innehåller en deklaration (DTD) som Excel aldrig skriver, och läses inte; var kommer den"
    " ifrån?"
)
_SHEETS = f"filen har fler än {MAX_SHEETS} blad; är det rätt fil?"
_CELLS = "filen har för många celler; ta bort kolumner och rader som inte används"
_ROWS = "bladet har text nedanför rad {}; är det rätt fil?"
HIDDEN: Final = "har ett tecken som inte går att visa; skriv om cellen"
_COLUMNS = "cellen ligger för långt åt höger; flytta texten till tabellen eller ta bort den"


class Cell(NamedTuple):
    """What a cell holds, its kind (s text, n number, d moment, b, f formula, e error), its format.

    A number is a float, and has its format; the others have none.
    """

    value: Any
    kind: str
    form: str = ""


class Row(NamedTuple):
    """A row's number and its cells that hold something, by the number of the column from 1."""

    number: int
    cells: dict[int, Cell]


class Sheet(NamedTuple):
    """A sheet's name, its rows that hold something, and whether it is shown."""

    title: str
    rows: tuple[Row, ...]
    visible: bool = True


def hidden(raw: str) -> bool:
    """Return whether a cell's text has a sign that can't be shown, or more than a cell can have."""
    if len(raw) > LONGEST_CELL * 7:  # as many signs as a cell can have, all of them escaped
        return True
    signs = {*unescaped(raw)} - {*"\n\r\t"}
    return any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in signs)


def text_of(raw: str) -> str:
    """Return a cell's text as it is shown, composed (NFC) since macOS may write å as two signs."""
    return unicodedata.normalize("NFC", re.sub("\r\n?", "\n", unescaped(raw))).strip()


def sheets_of(path: Path) -> tuple[Sheet, ...]:
    """Return what the sheets of an Excel file hold; raises Refused and nothing else."""
    return sheets_in(content(path, MAX_BYTES, large=_LARGE, shut=_LOCKED))


def sheets_in(held: bytes, *, most_rows: int = MAX_ROWS) -> tuple[Sheet, ...]:
    """Return what the sheets of an Excel file hold, as read; raises Refused and nothing else."""
    try:
        _refuse(held)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is left out, such as charts, is no news
            return _parsed(held, most_rows)
    except Refused:
        raise
    except Exception:  # the file is anyone's, and the parser raises whatever it stumbles on
        raise Refused(_BROKEN) from None


def _refuse(content: bytes) -> None:
    """Raise for what must not be parsed."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused(_OLE)
    if not content.startswith(b"PK"):
        raise Refused(_OTHER)
    with zipfile.ZipFile(BytesIO(content)) as package:
        parts = package.infolist()
        unpacked = sum(part.file_size for part in parts)
        steep = unpacked > SMALL and unpacked > MAX_RATIO * len(content)
        if unpacked > MAX_UNPACKED or steep or len(parts) > MAX_PARTS:
            raise Refused(_BOMB)
        names = {part.filename.casefold() for part in parts}
        if "[content_types].xml" not in names:
            raise Refused(_OTHER)
        if any(name.endswith("vbaproject.bin") for name in names):
            raise Refused(_MACROS)
        if any(part.flag_bits & 1 for part in parts):
            raise Refused(_OLE)
        inspector = _Inspector()
        for part in parts:
            if part.filename.casefold().endswith((".xml", ".rels", ".vml")):
                inspector.look_through(package.read(part))


class _Inspector:
    """Looks through XML before it is parsed: no DTD, and not more elements than a person makes."""

    def __init__(self) -> None:
        self._left = MAX_ELEMENTS

    def look_through(self, xml: bytes) -> None:
        """Raise for what must not be parsed, and for what is no XML at all."""
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._declared
        parser.StartElementHandler = self._began
        parser.Parse(xml, True)

    def _declared(self, *_: object) -> None:
        raise Refused(_DECLARES)  # the only place for entities

    def _began(self, *_: object) -> None:
        self._left -= 1
        if self._left < 0:
            raise Refused(_CELLS)


class _Reader(ExcelReader):
    """openpyxl's reader, but for texts: each as it is stored, where openpyxl drops "x005F_"."""

    def read_strings(self) -> None:
        named = [part for part in self.package.Override if part.ContentType == SHARED_STRINGS]
        for part in named[:1]:
            with self.archive.open(part.PartName[1:]) as source:
                self.shared_strings = [
                    _string(node)
                    for _, node in iterparse(source)
                    if node.tag == f"{{{SHEET_MAIN_NS}}}si"
                ]


def _string(node: Any) -> str:
    text = Text.from_tree(node)
    return text.content if text else ""


def _parsed(content: bytes, most_rows: int) -> tuple[Sheet, ...]:
    reader = _Reader(BytesIO(content), read_only=True, data_only=False, keep_links=False)
    reader.read()
    found = reader.wb.worksheets
    if len(found) > MAX_SHEETS:
        raise Refused(_SHEETS)
    budget = [MAX_CELLS]
    for sheet in found:
        sheet.reset_dimensions()
    return tuple(
        Sheet(one.title, tuple(_rows(one, budget, most_rows)), one.sheet_state == "visible")
        for one in found
    )


def _rows(sheet: Any, budget: list[int], most_rows: int) -> Iterator[Row]:
    for number, cells in enumerate(sheet.iter_rows(), 1):
        budget[0] -= len(cells)
        if budget[0] < 0:
            raise Refused(_CELLS)
        held = {cell.column: _cell(cell) for cell in cells if cell.value is not None}
        if held and number > most_rows:
            raise Refused(_ROWS.format(most_rows), number, sheet.title)
        if held and max(held) > MAX_COLUMNS:
            name = f"{get_column_letter(max(held))}{number}"
            raise Refused(f"cell {name}: {_COLUMNS}", number, sheet.title)
        if held:
            yield Row(number, held)


def _cell(cell: ReadOnlyCell) -> Cell:
    value: Any = cell.value
    if cell.data_type == "n":
        return Cell(float(value), "n", cell.number_format or "")
    return Cell(value, cell.data_type)
