"""Reads one CSV file of Swedish hands into a grid of text; nothing is guessed but the separator."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Final

from malstyr_lib.params._grid import MAX_ROWS, TOO_LONG, Grid, Row
from malstyr_lib.params.files import Refused, decoded

_SEPARATORS: Final = (";", "\t", ",")
_NOT_UTF8: Final = (
    "filen är inte sparad som UTF-8; välj Spara som i Excel och filtypen CSV UTF-8 (kommaavgränsad)"
)
MAX_LINES: Final = 4 * MAX_ROWS
"""How many lines there may be in all, blank ones included."""
_BROKEN: Final = "raden går inte att läsa; se över citattecknen"


def csv_grid(content: bytes) -> Grid:
    """Return a CSV file's rows that hold anything; raises Refused with one sentence and its line.

    The separator is the one of ; tab and , that the heading line has most of.
    """
    if content.count(b"\n") > MAX_LINES or content.count(b"\r") > MAX_LINES:
        raise Refused(TOO_LONG)
    text = decoded(content, _NOT_UTF8)
    return Grid(tuple(_rows(text, _separator(text))))


def _separator(text: str) -> str:
    heading = text.lstrip("\r\n").partition("\n")[0]
    return max(_SEPARATORS, key=heading.count)


def _rows(text: str, separator: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line, count = 1, 0
    try:
        for cells in reader:
            stripped = tuple(cell.strip() for cell in cells)
            if any(stripped):
                count += 1
                yield Row(line, stripped)
            if count > MAX_ROWS + 1:
                raise Refused(TOO_LONG)
            line = reader.line_num + 1
    except csv.Error:
        raise Refused(_BROKEN, line) from None
