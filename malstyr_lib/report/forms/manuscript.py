"""A page's main part as the manuscript of a document: plain elements, pictures beside them.

What a document can't hold is left out or put right here, once for Word and PDF: pictures become
files, the numbers behind charts an appendix, and a link leads only to a place that is there.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from malstyr_lib.errors import ReportError
from malstyr_lib.report.forms.columns import WIDE, set_widths

CONTENTS: Final = "innehall"
"""The id of the list of contents, for a form that has a better one of its own."""
LEADING: Final = "inledning"
"""The class of a paragraph that ends in a colon."""
SHEET: Final = "enhetsblad"
"""The class of what stands first on a sheet of one page."""
APPENDIX: Final = "bilaga"
"""The id of the appendix's heading, which all of the appendix follows."""
_APPENDIX_TITLE: Final = "Bilaga: siffrorna bakom diagrammen"
_LEFT_OUT: Final = {"script", "style", "button", "textarea", "label", "svg", "form"}
_EMPTY: Final = {"img", "br", "hr", "col", "wbr", "input", "meta", "link"}
_KEPT: Final = {"id", "href", "src", "alt", "class", "scope", "colspan", "rowspan", "style"}
_SIDE: Final = re.compile(r"text-align:\s*(left|right|center)")
_INSIDE: Final = re.compile(r"data:image/(png|jpeg|svg\+xml);base64,(.+)", re.DOTALL)


@dataclass(frozen=True)
class Manuscript:
    """The main part of a page. pictures: by file name. alts: each picture's alt text."""

    main: Element
    pictures: Mapping[str, bytes]
    alts: Mapping[str, str]

    @cached_property
    def sheet(self) -> bool:
        """Whether it is a sheet of one page: less air, and no list of contents."""
        return any(one.get("class") == SHEET for one in self.main.iter())

    @property
    def appendix(self) -> list[Element]:
        """The appendix: its heading and all that follows, nothing without one."""
        every = list(self.main)
        at = next((n for n, one in enumerate(every) if one.get("id") == APPENDIX), len(every))
        return every[at:]

    @property
    def wide_appendix(self) -> bool:
        """Whether any table of the appendix needs a page on its side."""
        tables = [table for part in self.appendix for table in part.iter("table")]
        return any(table.get("class") == WIDE for table in tables)

    def html(self) -> str:
        """Return it as HTML; whatever came from data is escaped."""
        return tostring(self.main, encoding="unicode", method="html")


def manuscript(html: str, line: int, wide: int = 0) -> Manuscript:
    """Return the manuscript of a page, or of a piece of one without a main part.

    line: how many characters of a table's text stand beside each other in the document. wide: the
    same on a page on its side, 0 where there are no such pages. ReportError for a picture that has
    no alt text.
    """
    main = _read(html)
    pictures = _taken_out(main)
    _unwrap(main, "div", "tabell")
    _numbers_last(main)
    _unfold(main)
    _lead_on(main)
    _only_true_links(main)
    for table in main.iter("table"):
        set_widths(table, line, wide)
    alts = {image.get("src", ""): image.get("alt", "") for image in main.iter("img")}
    made = Manuscript(main, pictures, alts)
    if made.wide_appendix:
        for table in (table for part in made.appendix for table in part.iter("table")):
            set_widths(table, wide)
    return made


def box_of(one: Element) -> None:
    """Make a box of a paragraph, with the paragraph in it: pandoc lets only boxes have a look."""
    inside = Element("p")
    inside.text, inside[:] = one.text, list(one)
    one.tag, one.text, one[:] = "div", None, [inside]


class _Reader(HTMLParser):
    """Reads the elements of the main part, with those attributes only that a document uses."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.main = Element("div")
        self._open = [self.main]
        self._left_out = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _LEFT_OUT:
            self._left_out += 1
        elif not self._left_out:
            new = SubElement(self._open[-1], tag, _attributes(attrs))
            if tag not in _EMPTY:
                self._open.append(new)

    def handle_endtag(self, tag: str) -> None:
        if tag in _LEFT_OUT:
            self._left_out = max(0, self._left_out - 1)
        elif any(one.tag == tag for one in self._open[1:]) and not self._left_out:
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self._left_out:
            _say(self._open[-1], data)


def _read(html: str) -> Element:
    """Return the main part, or everything where there is none."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    found = reader.main.find(".//main")
    main = reader.main if found is None else found
    main.tag = "body"
    main.attrib.clear()
    main.tail = None
    return main


def _attributes(attrs: Iterable[tuple[str, str | None]]) -> dict[str, str]:
    """Return what a document uses of an element's attributes; of its style only the side."""
    kept = {name: value or "" for name, value in attrs if name in _KEPT}
    if side := _SIDE.search(kept.pop("style", "")):
        kept["style"] = side[0]
    return kept


def _say(place: Element, words: str) -> None:
    """Put words last in an element."""
    if len(place):
        place[-1].tail = (place[-1].tail or "") + words
    else:
        place.text = (place.text or "") + words


def _taken_out(main: Element) -> dict[str, bytes]:
    """Make the pictures files with names of their own; return them by name."""
    pictures: dict[str, bytes] = {}
    for image in main.iter("img"):
        if not image.get("alt", "").strip():
            raise ReportError("En bild i rapporten saknar alternativtext. Ge den en i notebooken.")
        name, content = _picture(image.get("src", ""), len(pictures) + 1)
        pictures[name] = content
        image.set("src", name)
        image.set("width", "100%")
    return pictures


def _picture(source: str, number: int) -> tuple[str, bytes]:
    """Return the name and the content of a picture; ReportError unless it lies in the page."""
    inside = _INSIDE.fullmatch(source)
    try:
        content = base64.b64decode(inside[2] if inside else "!", validate=True)
    except binascii.Error as error:
        where = source.partition(",")[0][:60]
        raise ReportError(
            f"Bilden {where} ligger inte i rapporten och kan inte tas med."
        ) from error
    ending = (inside[1] if inside else "").partition("+")[0]
    return f"bild-{number}.{ending}", content


def _pairs(main: Element) -> Iterator[tuple[Element, Element]]:
    """Return every element with the one that it stands in, as they are now."""
    return iter([(place, one) for place in main.iter() for one in place])


def _put(place: Element, old: Element, new: Iterable[Element]) -> None:
    """Put elements in the place of one; what was written after it stays after them."""
    at, pieces = list(place).index(old), list(new)
    place[at : at + 1] = pieces
    if pieces:
        pieces[-1].tail = old.tail


def _unwrap(main: Element, tag: str, kind: str) -> None:
    """Leave out boxes of a kind, but not what is in them."""
    for place, one in _pairs(main):
        if one.tag == tag and one.get("class") == kind:
            _put(place, one, list(one))


def _numbers_last(main: Element) -> None:
    """Move the tables that are folded away below charts to an appendix, each with a number."""
    moved: list[Element] = []
    for place, folded in _pairs(main):
        table = folded.find(".//table")
        if folded.tag == "details" and table is not None and _below_figure(place, folded):
            moved.append(_numbered(table, len(moved) + 1))
            _put(place, folded, [_pointer(len(moved))])
    if moved:
        main.append(_element("h2", _APPENDIX_TITLE, id=APPENDIX))
        main.extend(moved)
        for contents in main.findall(".//nav/ul"):
            line = SubElement(contents, "li")
            line.append(_element("a", _APPENDIX_TITLE, href=f"#{APPENDIX}"))


def _below_figure(place: Element, one: Element) -> bool:
    at = list(place).index(one)
    return at > 0 and place[at - 1].tag == "figure"


def _numbered(table: Element, number: int) -> Element:
    """Return a table of the appendix, with its number before its caption, to be linked to."""
    caption = table.find("caption")
    if caption is not None:
        caption.text = f"B{number}. {caption.text or ''}"
    place = Element("div", {"id": f"siffror-{number}"})
    place.append(table)
    table.tail = None
    return place


def _pointer(number: int) -> Element:
    """Return the words below a chart that say where its numbers are."""
    words = Element("p", {"class": "siffror"})
    words.append(_element("a", f"Siffrorna: tabell B{number} i bilagan", href=f"#siffror-{number}"))
    return words


def _element(tag: str, words: str, **attributes: str) -> Element:
    new = Element(tag, attributes)
    new.text = words
    return new


def _unfold(main: Element) -> None:
    """Show what is folded away, below its summary; the list of contents becomes a box."""
    for place, one in _pairs(main):
        if one.tag == "details":
            for summary in one.findall("summary"):
                summary.tag = "p"
                summary.set("class", "rad")
            _put(place, one, list(one))
        elif one.tag == "nav":
            one.tag = "div"
            one.set("id", CONTENTS)


def _lead_on(main: Element) -> None:
    """Mark the paragraphs that lead on to what follows, so that no page ends with one."""
    for one in main.iter("p"):
        if not one.get("class") and "".join(one.itertext()).rstrip().endswith(":"):
            one.set("class", LEADING)


def _only_true_links(main: Element) -> None:
    """Make words of the links that lead nowhere from a document, and let an id stand once."""
    ids: set[str] = set()
    for one in main.iter():
        if (name := one.get("id")) is not None and (name in ids or not name):
            del one.attrib["id"]
        ids.update(filter(None, [name]))
    for link in main.iter("a"):
        target = link.get("href", "")
        if not target.startswith(("https://", "http://")) and target.removeprefix("#") not in ids:
            link.tag = "span"
            link.attrib.clear()
