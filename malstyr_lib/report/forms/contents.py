"""What stands on a page, read once: its sections, tables, cells, figures and pictures."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from bs4 import BeautifulSoup, Tag
from bs4.filter import SoupStrainer

from malstyr_lib.markup import STATUSES

_PNG: Final = "data:image/png;base64,"
_BLOCKS: Final = ("li", "p", "br")


@dataclass(frozen=True)
class Cell:
    """A cell as it is read. value: the number behind it, unrounded, None for words.

    source: kpi, period, area and gender of the value, as far as it has any. status: a key of
    markup.STATUSES, "" for none.
    """

    words: str
    value: float | None = None
    source: dict[str, str] = field(default_factory=dict)
    status: str = ""


@dataclass(frozen=True)
class Table:
    """A table with where it stands: its section (h2) and the nearest heading below that.

    chart: the alt text of the chart whose numbers it holds, "" for any other table.
    """

    section: str
    heading: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    chart: str = ""


@dataclass(frozen=True)
class Picture:
    """A chart as a picture (PNG), with where it stands, its alt text and its caption."""

    section: str
    heading: str
    alt: str
    caption: str
    png: bytes


@dataclass(frozen=True)
class Contents:
    """A page's title, the paragraphs below it, and its tables and pictures in order."""

    title: str
    start: tuple[str, ...]
    tables: tuple[Table, ...]
    pictures: tuple[Picture, ...]


@lru_cache(maxsize=1)
def contents(page: str) -> Contents:
    """Return what stands on a page as `report_page` makes it."""
    main = BeautifulSoup(page, "html.parser", parse_only=SoupStrainer("main"))
    read = [*_read(main)]
    title = main.h1
    return Contents(
        title=_words(title) if title else "",
        start=tuple(_start(title)) if title else (),
        tables=tuple(one for one in read if isinstance(one, Table)),
        pictures=tuple(one for one in read if isinstance(one, Picture)),
    )


def _start(title: Tag) -> Iterator[str]:
    """Return the paragraphs right below a page's title."""
    for one in title.find_next_siblings():
        if one.name != "p":
            return
        yield _words(one)


def _read(main: Tag) -> Iterator[Table | Picture]:
    """Return the tables and pictures in order, each with the headings that it stands under."""
    section = heading = alt = ""
    for one in main.find_all(["h2", "h3", "h4", "img", "table"]):
        if one.name == "h2":
            section, heading = _words(one), ""
        elif one.name in ("h3", "h4"):
            heading = _words(one)
        elif one.name == "table":
            yield _table(one, section, heading, alt if one.find_parent("details") else "")
        else:
            alt = str(one.get("alt", ""))
            yield from _picture(one, section, heading)


def _picture(image: Tag, section: str, heading: str) -> Iterator[Picture]:
    source = str(image.get("src", ""))
    if source.startswith(_PNG):
        figure = image.find_parent("figure")
        caption = figure.figcaption if figure else None
        png = base64.b64decode(source.removeprefix(_PNG))
        said = _words(caption) if caption else ""
        yield Picture(section, heading, str(image.get("alt", "")), said, png)


def _table(table: Tag, section: str, heading: str, chart: str) -> Table:
    rows = [row.find_all(["th", "td"]) for row in table.find_all("tr")]
    return Table(
        section=section,
        heading=heading,
        caption=_words(table.caption) if table.caption else "",
        columns=tuple(_words(cell) for cell in rows[0]),
        rows=tuple(tuple(_cell(cell) for cell in row) for row in rows[1:]),
        chart=chart,
    )


def _cell(cell: Tag) -> Cell:
    status = next((name for name in cell.get_attribute_list("class") if name in STATUSES), "")
    figure, words = cell.data, _words(cell)
    if figure is None or _words(figure) != words:
        return Cell(words, status=str(status or ""))
    told = {name: str(figure.get(f"data-{name}", "")) for name in ("kpi", "period", "area")}
    gender = {"gender": str(figure.get("data-gender", ""))}
    return Cell(words, float(str(figure["value"])), told | gender if told["kpi"] else {})


def _words(part: Tag) -> str:
    """Return a part's words as they are read; what stands on lines of its own on its own line."""
    apart = "\n" if part.find(_BLOCKS) else ""
    return part.get_text(apart, strip=bool(apart)).strip()
