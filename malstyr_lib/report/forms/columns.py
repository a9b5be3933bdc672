"""How wide a table's columns are on an A4 page: after their longest words and their texts.

A browser does this by itself; a document has to be told.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor
from typing import Final
from xml.etree.ElementTree import Element, SubElement

from malstyr_lib.markup import STATUSES

WIDE: Final = "bred"
"""The class of a table that needs a page on its side."""
_AIR: Final = 3
_TIGHT_AIR: Final = 2
_WORD: Final = 15
"""Longer words than this may be divided."""
_SHORTEST: Final = 8
"""How short the pieces of a word may be where the columns are many."""
_STATUS_WORD: Final = 12
"""The longest status that is never divided: "– Ingen färg"."""
_FILLED: Final = 0.9
"""How much of a line may be needed before words are divided, so that texts get some room too."""
_BOLD: Final = 1.15
"""How much wider a column's head and a status are, being bold."""
_TEXT: Final = 150
"""A text that is longer than this gets no more room for it."""
_NUMBER: Final = "tal"

Cells = Sequence[Sequence[Element]]


def set_widths(table: Element, line: int, wide: int = 0) -> None:
    """Give a table's columns their widths; one with merged cells is left to the document.

    line: how many characters of a table's text stand beside each other on the page. wide: the same
    on a page on its side, for a table that needs one; 0 when there are no such pages.
    """
    rows = [[cell for cell in row if cell.tag in {"td", "th"}] for row in table.iter("tr")]
    if not rows or len({len(row) for row in rows}) > 1 or _merged(rows):
        return
    for old in table.findall("colgroup"):
        table.remove(old)
    columns = Element("colgroup")
    cells = list(zip(*rows, strict=True))
    least = _least_that_fit(cells, line)
    if wide and sum(least) > line:
        table.set("class", WIDE)
        line, least = wide, _least_that_fit(cells, wide)
    for share in _shares(cells, least, line):
        SubElement(columns, "col", {"style": f"width:{floor(share * 10_000) / 100}%"})
    table.insert(1 if table.find("caption") is not None else 0, columns)


def _merged(rows: Cells) -> bool:
    return any({"colspan", "rowspan"} & set(cell.keys()) for row in rows for cell in row)


def _least_that_fit(columns: Cells, line: int) -> list[int]:
    """Return the least widths, with words divided no more than it takes to leave some room."""
    least = [max(_least(cell, _WORD) for cell in column) + _AIR for column in columns]
    for word in range(_WORD, _SHORTEST - 1, -1):
        if sum(least) <= _FILLED * line:
            break
        least = [max(_least(cell, word) for cell in column) + _TIGHT_AIR for column in columns]
    return least


def _shares(columns: Cells, least: Sequence[int], line: int) -> list[float]:
    """Return each column's part of the page's width; together one, or less for a small table."""
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


def _least(cell: Element, longest: int) -> int:
    """Return the fewest characters that a cell needs beside each other.

    longest: the longest piece of a word; a short number is not divided, nor what has figures in it.
    """
    words = _words(cell)
    kinds = set(cell.get("class", "").split())
    least = max((_piece(word, longest) for word in words.split()), default=1)
    if cell.tag == "td" and len(words) <= _WORD and (_NUMBER in kinds or kinds & STATUSES.keys()):
        short = _NUMBER in kinds or len(words) <= _STATUS_WORD or longest == _WORD
        least = len(words) if short else max(least, len(" ".join(words.split(" ")[:2])))
    return ceil(least * _BOLD) if cell.get("scope") == "col" or kinds & STATUSES.keys() else least


def _piece(word: str, longest: int) -> int:
    whole = any(letter.isdigit() for letter in word)
    return min(len(word), _WORD if whole else longest)


def _words(cell: Element) -> str:
    return " ".join("".join(cell.itertext()).split(" "))
