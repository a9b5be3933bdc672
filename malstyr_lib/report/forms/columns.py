"""How wide a table's columns are on an A4 page: after their longest words and their texts.

A browser does this by itself; a document has to be told.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Final
from xml.etree.ElementTree import Element, SubElement

from malstyr_lib.markup import OWN_STATUS, STATUS

DENSE: Final = "tat"
"""The class of a table whose columns need more than the page at the usual size of text."""
_AIR: Final = 3
_WORD: Final = 15
"""Longer words than this may be divided."""
_BOLD: Final = 1.15
"""How much wider a column's head and a status are, being bold."""
_TEXT: Final = 150
"""A text that is longer than this gets no more room for it."""
_NUMBER: Final = "tal"
_STATUS: Final = {*STATUS, *OWN_STATUS}


def set_widths(table: Element, line: int) -> None:
    """Give a table's columns their widths; one with merged cells is left to the document.

    line: how many characters of a table's text stand beside each other on the page.
    """
    rows = [[cell for cell in row if cell.tag in {"td", "th"}] for row in table.iter("tr")]
    if not rows or len({len(row) for row in rows}) > 1 or _merged(rows):
        return
    for old in table.findall("colgroup"):
        table.remove(old)
    columns = Element("colgroup")
    cells = list(zip(*rows, strict=True))
    if sum(map(_least_of, cells)) > line:
        table.set("class", DENSE)
    for share in _shares(cells, line):
        SubElement(columns, "col", {"style": f"width:{share:.1%}"})
    table.insert(1 if table.find("caption") is not None else 0, columns)


def _merged(rows: Sequence[Sequence[Element]]) -> bool:
    return any({"colspan", "rowspan"} & set(cell.keys()) for row in rows for cell in row)


def _shares(columns: Sequence[Sequence[Element]], line: int) -> list[float]:
    """Return each column's part of the page's width; together one, or less for a small table."""
    least = list(map(_least_of, columns))
    wanted = [
        max(low, max(min(len(_words(cell)), _TEXT) for cell in column) + _AIR)
        for low, column in zip(least, columns, strict=True)
    ]
    if sum(wanted) <= line:
        return [want / line for want in wanted]
    spare = max(0, line - sum(least))
    more = [want - low for want, low in zip(wanted, least, strict=True)]
    widths = [low + spare * one / (sum(more) or 1) for low, one in zip(least, more, strict=True)]
    return [width / sum(widths) for width in widths]


def _least_of(column: Sequence[Element]) -> int:
    return max(map(_least, column)) + _AIR


def _least(cell: Element) -> int:
    """Return the fewest characters that a cell needs beside each other."""
    words = _words(cell)
    kinds = set(cell.get("class", "").split())
    longest = max((min(len(word), _WORD) for word in words.split()), default=1)
    if cell.tag == "td" and kinds & {_NUMBER, *_STATUS} and len(words) <= _WORD:
        longest = len(words)
    return ceil(longest * _BOLD) if cell.get("scope") == "col" or kinds & _STATUS else longest


def _words(cell: Element) -> str:
    return " ".join("".join(cell.itertext()).split(" "))
