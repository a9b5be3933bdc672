"""A page as a PDF that can be read by everyone: tagged, in Swedish, made for PDF/UA-1.

The same page gives the same bytes on every machine: its fonts come along, and its time is that of
the figures.
"""

from __future__ import annotations

import json
import re
import string
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from xml.etree.ElementTree import Element

from malstyr_lib import text
from malstyr_lib.charts import font_folder
from malstyr_lib.errors import ReportError
from malstyr_lib.markup import STATUSES
from malstyr_lib.report.forms.columns import WIDE
from malstyr_lib.report.forms.manuscript import (
    LEADING,
    Manuscript,
    box_of,
    manuscript,
)
from malstyr_lib.report.forms.page import Page
from malstyr_lib.report.forms.pandoc import converted

_LINE: Final = 103
"""How many characters of a table's text stand beside each other."""
_WIDE_LINE: Final = 155
"""The same on a page on its side."""
STANDARD: Final = "ua-1"
_TEMPLATE: Final = Path(__file__).parents[1] / "mall" / "rapport.typ"
_BOXES: Final = {
    "ovning": ("#f5e9fa", "#4a0f66", "bold"),
    "not": ("#f4f4f4", "#1a1a1a", "regular"),
    "fel": ("#f2c9ce", "#1a1a1a", "regular"),
}
"""The fill, ink and weight of a boxed remark, by its kind."""
_PLAIN: Final = {"code": "span", "kbd": "span", "samp": "span", "tt": "span", "pre": "p"}
"""What would be typst's own raw text, as plain words."""
_PRIVATE: Final = 0xE000
_HIDDEN: Final = dict.fromkeys(range(_PRIVATE, 63744), 65533) | {
    ord(mark): _PRIVATE + ord(mark) for mark in string.punctuation
}
_HIDING: Final = re.compile("[\ue000-\ue07f]")
_SIDE: Final = "liggande-"
_SMALL: Final = {"siffror", "slut", "kallor"}


def pdf(page: Page) -> bytes:
    """Return a page as a PDF. ReportError for a picture without alt text."""
    written = manuscript(page.html, _LINE, _WIDE_LINE)
    sides = _on_their_side(written)
    for one in written.main.iter():
        _look(one, small="9pt" if written.sheet else "8pt")
        one.text, one.tail = _hidden(one.text), _hidden(one.tail)
    with TemporaryDirectory(prefix="malstyr-") as folder:
        place = Path(folder)
        for name, content in written.pictures.items():
            (place / name).write_bytes(content)
        body = converted(written.html(), "typst", place, "--wrap=none").decode("utf-8")
        return _compiled(_shown(body), place, page, (written, sides))


def _on_their_side(written: Manuscript) -> list[str]:
    """Box what needs pages on their side, the appendix as a whole; return the ids of the boxes."""
    main, boxes = written.main, []
    at = len(main) - len(written.appendix)
    if written.wide_appendix:
        boxes.append(box := Element("div"))
        box[:] = main[at:]
        main[at:] = [box]
    for place in [place for part in main[:at] for place in part.iter()] + [main]:
        for table in [one for one in place if one.tag == "table" and one.get("class") == WIDE]:
            boxes.append(box := Element("div"))
            box.tail, table.tail = table.tail, None
            place[list(place).index(table)] = box
            box.append(table)
    for number, box in enumerate(boxes, 1):
        box.set("id", f"{_SIDE}{number}")
    return [box.get("id", "") for box in boxes]


def _hidden(words: str | None) -> str | None:
    """Return words with every mark hidden, since pandoc lets some come alive ("= ", "-?")."""
    return None if words is None else words.translate(_HIDDEN)


def _shown(body: str) -> str:
    """Return a body in typst's form with the hidden marks as nothing but themselves."""
    return _HIDING.sub(lambda found: "\\" + chr(ord(found[0]) - _PRIVATE), body)


def _look(one: Element, *, small: str) -> None:
    """Give an element the look that its class says, by what pandoc passes on to typst.

    small: the size of the least text.
    """
    kind = one.get("class", "")
    status = STATUSES.get(kind)
    if one.tag == "td" and status:
        one.set("typst:fill", f'rgb("{status.fill}")')
        one.set("typst:text:fill", f'rgb("{status.ink}")')
        one.set("typst:text:weight", '"bold"')
    elif one.tag in _PLAIN:
        one.tag = _PLAIN[one.tag]
    elif one.tag == "p" and kind in _BOXES:
        fill, ink, weight = _BOXES[kind]
        box_of(one)
        one.set("typst:fill", f'rgb("{fill}")')
        one.set("typst:stroke", f'(left: 3pt + rgb("{ink}"))')
        one.set("typst:inset", "(x: 9pt, y: 7pt)")
        one.set("typst:width", "100%")
        one.set("typst:text:fill", f'rgb("{ink}")')
        one.set("typst:text:weight", f'"{weight}"')
    elif one.tag == "p" and kind == LEADING:
        box_of(one)
        one.set("typst:sticky", "true")
    elif one.tag == "p" and kind in _SMALL:
        box_of(one)
        one.set("typst:text:size", small)


def _compiled(body: str, place: Path, page: Page, made: tuple[Manuscript, Sequence[str]]) -> bytes:
    """Return the PDF of a body in typst's own form, within the report's template.

    made: the manuscript, and the ids of what is on pages on their side.
    """
    import typst

    written, sides = made
    told = {
        "title": page.title,
        "exercise": text.EXERCISE if page.exercise else "",
        "alts": dict(written.alts),
        "sides": list(sides),
        "sheet": written.sheet,
    }
    source = place / "rapport.typ"
    source.write_text(_TEMPLATE.read_text(encoding="utf-8") + body, encoding="utf-8")
    try:
        return typst.compile(
            source,
            root=place,
            font_paths=[font_folder()],
            ignore_system_fonts=True,
            sys_inputs={"om": json.dumps(told)},
            pdf_standards=[STANDARD],
            package_path=place,
            package_cache_path=place,
            timestamp=page.made_at,
        )
    except typst.TypstError as error:
        raise ReportError(f"PDF-filen av {page.title} kunde inte göras: {error.message}") from error
