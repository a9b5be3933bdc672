"""A small table as it stands in a file: rows of text with their lines, and what is wrong there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

MAX_ROWS: Final = 50_000
TOO_LONG: Final = (
    "fler än 50 000 rader; är det rätt fil? Ta annars bort raderna under den sista med värden"
)


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
