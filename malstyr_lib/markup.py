"""Accessible HTML of what readers meet: tables with caption and scope, figures with alt text.

Everything that comes in is escaped here, and only here.
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from html import escape, unescape
from itertools import zip_longest
from typing import Any, Final

import pandas as pd

from malstyr_lib import tables, text


@dataclass(frozen=True)
class Status:
    """How a colour is shown: never by hue alone, always with a symbol and a word."""

    word: str
    symbol: str
    marker: str
    ink: str
    fill: str

    @property
    def label(self) -> str:
        """The colour in a symbol and a word, so that it never stands alone."""
        return f"{self.symbol} {self.word}"


STATUS: Final = {
    tables.RED: Status("Röd", "▼", "v", "#6E0F1F", "#F2C9CE"),
    tables.YELLOW: Status("Gul", "◆", "D", "#8F4F00", "#FFE3B3"),
    tables.GREEN: Status("Grön", "▲", "^", "#005F73", "#CDE9EA"),
    tables.GREY: Status("Ingen färg", "–", "_", "#595959", "#E6E6E6"),
}
MET: Final = "met"
MISSED: Final = "missed"
UNTARGETED: Final = "untargeted"
UNKNOWN: Final = "unknown"
OWN_STATUS: Final = {
    MET: Status("Når målet", "✓", "o", "#00437A", "#DCEAF7"),
    MISSED: Status("Når inte målet", "✗", "X", "#5A1A6E", "#EFE3F4"),
    UNTARGETED: Status("Utan mål", "○", "s", "#595959", "#F2F2F2"),
    UNKNOWN: Status("Inget värde", "–", "_", "#595959", "#F2F2F2"),
}
"""How an own measure stands to its own target: never in the colours that compare with others."""
STATUSES: Final = STATUS | OWN_STATUS
"""Every status that a cell of a table can have."""
_STATUS_OF_LABEL: Final = {status.label: colour for colour, status in STATUSES.items()}


@dataclass(frozen=True)
class Source:
    """Which of Kolada's values a number is, or is worked out from.

    area: a municipality's or a unit's id; "" when it is no single one's.
    """

    kpi: str
    period: int
    area: str
    gender: str = "T"


@dataclass(frozen=True)
class Number:
    """A number as readers meet it, with the value that was rounded and where it came from.

    A table sets it to the right; a workbook gets the value, and data.json the source.
    """

    words: str
    value: float
    source: Source | None = None

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True)
class Html:
    """A piece of a report: HTML in a notebook, plain text elsewhere."""

    html: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        rows = re.sub(r"</(tr|p|li|h\d|caption|figcaption)>", "\n", self.html)
        cells = re.sub(r"</t[hd]>", "\t", re.sub(r"<img[^>]*alt=\"([^\"]*)\"[^>]*>", r"\1\n", rows))
        lines = unescape(re.sub(r"<[^>]+>", "", cells)).splitlines()
        return "\n".join(line.strip() for line in lines if line.strip())


def number(value: float, decimals: int, source: Source | None = None) -> Number:
    """Return a value as a number for readers; a missing one is "–"."""
    return Number(text.number(value, decimals), float(value), source)


def joined(pieces: Iterable[Html]) -> Html:
    """Return pieces after one another as one piece."""
    return Html("\n".join(piece.html for piece in pieces))


def paragraph(words: str) -> Html:
    """Return a paragraph of plain words."""
    return Html(f"<p>{escape(words)}</p>")


def heading(level: int, words: str, *, anchor: str = "") -> Html:
    """Return a heading; `anchor` becomes its id."""
    name = f' id="{escape(anchor)}"' if anchor else ""
    return Html(f"<h{level}{name}>{escape(words)}</h{level}>")


def note(words: str, *, kind: str = "not") -> Html:
    """Return a boxed remark."""
    return Html(f'<p class="{escape(kind)}">{escape(words)}</p>')


def exercise(*, invented: bool) -> list[Html]:
    """Return the mark of invented figures, or nothing where they are not."""
    return [note(text.EXERCISE, kind="ovning")] if invented else []


def bullets(lines: Sequence[str]) -> Html:
    """Return a list, an item per line."""
    return Html("<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>")


def listed(pieces: Iterable[Html], kind: str, *, ordered: bool = False) -> Html:
    """Return pieces as a list of a kind, an item per piece; ordered: whether it is numbered."""
    items = "".join(f"<li>{piece.html}</li>" for piece in pieces)
    tag = "ol" if ordered else "ul"
    return Html(f'<{tag} class="{escape(kind)}">{items}</{tag}>')


def link(target: str, words: str) -> Html:
    """Return a link to a place in the same page or beside it."""
    return Html(f'<a href="{escape(target)}">{escape(words)}</a>')


def chooser(kpi: str, words: str) -> Html:
    """Return words that a page with a script makes a button of, to choose a KPI with."""
    return Html(f'<span data-nyckeltal="{escape(kpi)}">{escape(words)}</span>')


def folded(summary: str, words: str) -> Html:
    """Return a paragraph that is folded away until its summary is opened."""
    return Html(f"<details><summary>{escape(summary)}</summary><p>{escape(words)}</p></details>")


def download(name: str, data: bytes, kind: str, words: str) -> Html:
    """Return a link that saves a file; the file is in the page itself. kind: its media type."""
    inside = base64.b64encode(data).decode("ascii")
    return Html(
        f'<a download="{escape(name)}" href="data:{kind};base64,{inside}">{escape(words)}</a>'
    )


def copied(words: str, label: str) -> Html:
    """Return words in a box of their own to mark and copy, with a button where there is a script.

    label: what the box is called, for those who don't see it too.
    """
    return Html(
        f'<label class="kopia" for="kopiera">{escape(label)}</label>'
        f'<textarea id="kopiera" rows="7" readonly>{escape(words)}</textarea>'
        '<button type="button" class="kopiera" hidden>Kopiera texten</button>'
    )


def boxed(content: Html, kind: str, **data: str) -> Html:
    """Return content in a box of a kind; `data` becomes its data attributes."""
    more = "".join(f' data-{name}="{escape(value)}"' for name, value in data.items())
    return Html(f'<div class="{escape(kind)}"{more}>{content.html}</div>')


def table(
    rows: pd.DataFrame,
    caption: str,
    *,
    decimals: int = 1,
    numeric: Collection[str] = (),
    row_kinds: Sequence[str] = (),
) -> Html:
    """Return a table with its caption, column heads and, in the first column, row heads.

    Floats are written with `decimals` decimals, missing values as "–", `Html` cells as they are;
    a cell that begins with a status label ("▼ Röd") gets its colour as well. A `Number` keeps its
    value and source in the page; a column of them is set to the right, and so are the columns of
    ready-written numbers that `numeric` names. `row_kinds` are the classes of the rows, in order.
    """
    heads = str(rows.columns[0])
    numbers = [name for name in rows.columns if any(isinstance(x, Number) for x in rows[name])]
    numeric = {*numeric, *map(str, numbers)}
    top = "".join(_head(str(name), number=name in numeric) for name in rows.columns)
    body = "".join(
        (f'<tr class="{escape(kind)}">' if kind else "<tr>")
        + "".join(
            _cell(value, decimals, head=name == heads, number=name in numeric)
            for name, value in zip(rows.columns, row, strict=True)
        )
        + "</tr>"
        for row, kind in zip_longest(
            rows.itertuples(index=False, name=None), row_kinds, fillvalue=""
        )
    )
    return Html(
        f'<div class="tabell" role="region" tabindex="0" aria-label="{escape(caption)}">'
        f'<table><caption style="text-align:left">{escape(caption)}</caption>'
        f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _head(name: str, *, number: bool) -> str:
    return f'<th scope="col"{_look("tal" if number else "")}>{escape(name)}</th>'


def _cell(value: Any, decimals: int, *, head: bool, number: bool) -> str:
    words = value.html if isinstance(value, Html) else _written(value, decimals)
    if head:
        return f'<th scope="row"{_look("")}>{words}</th>'
    return f"<td{_look(_kind(value, words, number=number))}>{words}</td>"


def _written(value: Any, decimals: int) -> str:
    """Return a cell's words, escaped; a number keeps its value and source beside them."""
    if isinstance(value, float) and math.isfinite(value):
        value = number(value, decimals)
    if not isinstance(value, Number) or not math.isfinite(value.value):
        return escape(_words(value, decimals))
    told = "".join(
        f' data-{name}="{escape(str(part))}"'
        for name, part in (vars(value.source) if value.source else {}).items()
    )
    return f'<data value="{value.value!r}"{told}>{escape(value.words)}</data>'


def _look(kind: str) -> str:
    """Return a cell's class and style; in the cell, since JupyterLab has a style of its own."""
    side = "right" if kind == "tal" else "left"
    status = STATUSES.get(kind)
    ink = f";color:{status.ink};background:{status.fill}" if status else ""
    return (f' class="{kind}"' if kind else "") + f' style="text-align:{side}{ink}"'


def _words(value: Any, decimals: int) -> str:
    if isinstance(value, float):
        return text.number(value, decimals)
    return text.NO_VALUE if value is None or value is pd.NA else str(value)


def _kind(value: Any, words: str, *, number: bool) -> str:
    """Return the class of a cell: its status, or that it is a number, or none."""
    for label, colour in _STATUS_OF_LABEL.items():
        if words.startswith(label):
            return colour
    return "tal" if number or isinstance(value, int | float | Number) else ""


def figure(png: bytes, *, alt: str, caption: str, numbers: Html | None = None) -> Html:
    """Return a picture with its alt text, its caption and, folded away, its numbers."""
    data = base64.b64encode(png).decode("ascii")
    folded = (
        f"<details><summary>Visa siffrorna</summary>{numbers.html}</details>" if numbers else ""
    )
    shown = picture(f"data:image/png;base64,{data}", alt=alt, caption=caption)
    return Html(f"{shown.html}{folded}")


def picture(source: str, *, alt: str, caption: str) -> Html:
    """Return a picture that lies at an address, with its alt text and its caption."""
    return Html(
        f'<figure><img src="{escape(source)}" alt="{escape(alt)}">'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )
