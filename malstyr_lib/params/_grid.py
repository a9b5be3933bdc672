"""A small table as it stands in a file: rows of text with their lines, and what is wrong there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

MAX_BYTES: Final = 1_000_000
MAX_ROWS: Final = 50_000
TOO_LARGE: Final = "filen är större än 1 MB; är det rätt fil?"
TOO_LONG: Final = (
    "fler än 50 000 rader; är det rätt fil? Ta annars bort raderna under den sista med värden"
)


class Refused(Exception):
    """A file that cannot be read as a table at all; line 0 means the file as a whole."""

    def __init__(self, text: str, line: int = 0) -> None:
        super().__init__(text)
        self.text = text
        self.line = line


class Row(NamedTuple):
    """A row: where it stands and its cells, with no blanks around them."""

    line: int
    cells: tuple[str, ...]


class Fault(NamedTuple):
    """What is wrong in a line, in the user's words."""

    line: int
    text: str


@dataclass(frozen=True)
class Grid:
    """A table's rows that hold anything, the first being its headings; `sheet` in a workbook."""

    rows: tuple[Row, ...]
    faults: tuple[Fault, ...] = ()
    sheet: str = ""
