"""A page as a Word document that can be edited on: headings, alt texts, heads of tables, Swedish.

It is written through a template: the municipality's own, or the one that comes along.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from xml.etree.ElementTree import Element, SubElement

from malstyr_lib import text
from malstyr_lib.markup import STATUSES, Status
from malstyr_lib.report.forms import reference
from malstyr_lib.report.forms.columns import WIDE, set_widths
from malstyr_lib.report.forms.manuscript import (
    APPENDIX,
    CONTENTS,
    LEADING,
    Manuscript,
    box_of,
    manuscript,
)
from malstyr_lib.report.forms.page import Page
from malstyr_lib.report.forms.pandoc import converted

_LINE: Final = 105
"""How many characters of a table's text stand beside each other."""
_WIDE_LINE: Final = 158
"""The same on a page on its side, which only the appendix has."""
LANGUAGE: Final = "sv-SE"
_STYLE: Final = "custom-style"
_STYLES: Final = {
    "ovning": "Övningsdata",
    "not": "Notis",
    "fel": "Notis",
    "siffror": "Hänvisning",
    "slut": "Hänvisning",
    LEADING: "Inledning",
}
"""The style of a paragraph, by its kind."""
_DOCUMENT: Final = "word/document.xml"
_ROW: Final = re.compile(r"<w:tr>(<w:trPr>)?")
_CONTENTS: Final = re.compile(rf'(?s)<w:bookmarkStart [^>]*w:name="{CONTENTS}" />.*?<w:bookmarkEnd')
_FIELD: Final = ' TOC \\o "2-2" \\h \\z \\u '


def word(page: Page) -> bytes:
    """Return a page as a Word document; the same page gives the same bytes.

    ReportError for a picture without alt text, or a template that is no Word file.
    """
    written = manuscript(page.html, _LINE, _WIDE_LINE)
    _upright(written)
    template = reference.completed(page.reference) if page.reference else reference.packaged()
    if written.sheet:
        _drop_contents(written.main)
        template = reference.tightened(template)
    for one in written.main.iter():
        _dress(one)
    with TemporaryDirectory(prefix="malstyr-") as folder:
        place = Path(folder)
        (place / "mall.docx").write_bytes(template)
        for name, content in written.pictures.items():
            (place / name).write_bytes(content)
        made = converted(
            written.html(),
            "docx",
            place,
            "--reference-doc=mall.docx",
            f"--template={reference.FOLDER / 'dokument.openxml'}",
            "--syntax-highlighting=none",
            f"--metadata=lang:{LANGUAGE}",
            *_told(page),
            stamp=page.made_at,
        )
    parts = _finished(reference.unpacked(made), page)
    if written.wide_appendix:
        parts[_DOCUMENT] = _turned(parts[_DOCUMENT].decode("utf-8")).encode("utf-8")
    return reference.packed(parts)


def _upright(written: Manuscript) -> None:
    """Fit the wide tables before the appendix to the page as it is."""
    last = {table for part in written.appendix for table in part.iter("table")}
    for table in written.main.iter("table"):
        if table.get("class") == WIDE and table not in last:
            set_widths(table, _LINE)


def _turned(document: str) -> str:
    """Return a document whose appendix is a section of its own, on pages on their side."""
    start = document.rindex("<w:sectPr")
    section = document[start : document.rindex("</w:body>")]
    size = re.search(r"<w:pgSz [^>]*>", section)
    appendix = re.search(rf'<w:bookmarkStart [^>]*w:name="{APPENDIX}"', document)
    if size is None or appendix is None:
        return document
    sides = dict(re.findall(r'w:([wh])="(\d+)"', size[0]))
    side = f'<w:pgSz w:w="{sides["h"]}" w:h="{sides["w"]}" w:orient="landscape"/>'
    before, after = document[: appendix.start()], document[appendix.start() : start]
    upright = f"<w:p><w:pPr>{section}</w:pPr></w:p>"
    return f"{before}{upright}{after}{section.replace(size[0], side)}</w:body></w:document>"


def _told(page: Page) -> list[str]:
    """Return what the document's properties say: its title, and that figures are invented."""
    title = f"--metadata=title:{page.title}"
    return [title, f"--metadata=subject:{text.EXERCISE}"] if page.exercise else [title]


def _dress(one: Element) -> None:
    """Give an element the style that its class says, by what pandoc passes on to Word."""
    kind = one.get("class", "")
    if one.tag in {"td", "th"}:
        _dress_cell(one, STATUSES.get(kind))
    elif one.tag == "p" and kind in _STYLES:
        box_of(one)
        one.set(_STYLE, _STYLES[kind])
    elif one.get("id") == CONTENTS:
        _dress_contents(one)


def _dress_cell(cell: Element, status: Status | None) -> None:
    usual = "Tabellrubrik" if cell.get("scope") == "col" else "Tabelltext"
    inside = Element("p")
    inside.text, inside[:] = cell.text, list(cell)
    box = Element("div", {_STYLE: reference.style_name(status) if status else usual})
    box.append(inside)
    cell.text, cell[:] = None, [box]


def _drop_contents(main: Element) -> None:
    """Leave out the list of contents."""
    for place in list(main.iter()):
        for one in [one for one in place if one.get("id") == CONTENTS]:
            place.remove(one)


def _dress_contents(contents: Element) -> None:
    """Make a Word list of contents of the links to the headings."""
    links = list(contents.iter("a"))
    contents[:] = []
    head = SubElement(contents, "div", {_STYLE: "TOC Heading"})
    SubElement(head, "p").text = "Innehåll"
    for link in links:
        line = SubElement(contents, "div", {_STYLE: "toc 1"})
        SubElement(line, "p").append(link)


def _finished(parts: Mapping[str, bytes], page: Page) -> dict[str, bytes]:
    """Return the files of a document with what pandoc can't say put right."""
    document = parts[_DOCUMENT].decode("utf-8")
    document = document.replace('w:firstColumn="0"', 'w:firstColumn="1"')
    document = document.replace('w:val="0020" /><w:tblCaption', 'w:val="00A0" /><w:tblCaption')
    document = _ROW.sub(_whole_row, document)
    document = _CONTENTS.sub(lambda found: _as_field(found[0]), document)
    sides = {
        name: _sided(content.decode("utf-8"), page).encode("utf-8")
        for name, content in parts.items()
        if re.fullmatch(r"word/(header|footer|sidhuvud|sidfot)\d*\.xml", name)
    }
    return {**parts, **sides, _DOCUMENT: document.encode("utf-8")}


def _whole_row(found: re.Match[str]) -> str:
    """Return the start of a table's row that no page divides."""
    rest = "" if found[1] else "</w:trPr>"
    return f"<w:tr><w:trPr><w:cantSplit />{rest}"


def _as_field(contents: str) -> str:
    """Return the list of contents as a field that Word can update, pages and all."""
    start, link = contents.find("<w:hyperlink"), contents.rfind("</w:hyperlink>")
    if start < 0:
        return contents
    end = link + len("</w:hyperlink>")
    kinds = [f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate")]
    code = f'<w:r><w:instrText xml:space="preserve">{escape(_FIELD)}</w:instrText></w:r>'
    last = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    begin = code.join(kinds)
    return f"{contents[:start]}{begin}{contents[start:end]}{last}{contents[end:]}"


def _sided(side: str, page: Page) -> str:
    """Return a header or footer whose fields say the document's title and that it is exercise."""
    said = {"TITLE": page.title, "SUBJECT": text.EXERCISE if page.exercise else ""}
    for name, words in said.items():
        field = rf'(?s)(<w:fldSimple w:instr="\s*{name}\s*"[^>]*>.*?<w:t)[^>]*(?:/>|>[^<]*</w:t>)'
        new = f' xml:space="preserve">{escape(words, quote=False)}</w:t>'
        side = re.sub(field, partial(_told_in, new), side)
    return side


def _told_in(new: str, found: re.Match[str]) -> str:
    return f"{found[1]}{new}"
