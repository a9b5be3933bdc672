"""The Word template that a report is written through: the packaged one, or a municipality's own.

The packaged one is pandoc's, with our styles in it, on A4, with the title and the page's number.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from malstyr_lib.errors import ReportError
from malstyr_lib.markup import STATUSES, Status
from malstyr_lib.report.forms.pandoc import data_file

FOLDER: Final = Path(__file__).parents[1] / "mall" / "word"
_NAMES: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_RELATION: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_STYLES: Final = "word/styles.xml"
_DOCUMENT: Final = "word/document.xml"
_NEEDED: Final = (_STYLES, _DOCUMENT, "[Content_Types].xml")
_DEFAULTS: Final = (
    '<w:rPrDefault><w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:eastAsia="Calibri"'
    ' w:cs="Calibri"/><w:sz w:val="22"/><w:szCs w:val="22"/>'
    '<w:lang w:val="sv-SE" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
    '<w:pPrDefault><w:pPr><w:spacing w:after="120" w:line="264" w:lineRule="auto"/></w:pPr>'
    "</w:pPrDefault>"
)
_A4: Final = (
    f'<w:sectPr xmlns:r="{_RELATION}"><w:headerReference w:type="default" r:id="rIdHuvud"/>'
    '<w:footerReference w:type="default" r:id="rIdFot"/><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1361" w:right="1134" w:bottom="1247" w:left="1134" w:header="624"'
    ' w:footer="567" w:gutter="0"/></w:sectPr>'
)
_SIDES: Final = {"header": ("rIdHuvud", "sidhuvud.xml"), "footer": ("rIdFot", "sidfot.xml")}
_STYLE: Final = re.compile(r"<w:style .*?</w:style>", re.DOTALL)
_TABS: Final = '<w:defaultTabStop w:val="720" />'
_NUMBER: Final = re.compile(r'w:(\w+)="(\d+)"')
_SINGLE: Final = 240
_LEAST_SIZE: Final = 18
_SHEET: Final = {"top": 850, "bottom": 680, "left": 737, "right": 737, "header": 340, "footer": 340}
"""How wide a sheet's margins are at the most, in twentieths of a point."""
_SHEET_WIDTH: Final = 11906 - 737 - 737
_EDGE: Final = 'w:pos="9638"'
"""Where the right tab of a header stands, at the packaged template's margin."""
_FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)


@cache
def packaged() -> bytes:
    """Return the Word template that comes along."""
    parts = unpacked(data_file("reference.docx"))
    return packed({**parts, **_dressed(parts), **_sides(parts)})


def completed(file: Path) -> bytes:
    """Return a municipality's own template, with those of our styles that it lacks.

    ReportError, with what is wrong and the cure, when it is no Word file.
    """
    try:
        parts = unpacked(file.read_bytes())
        styles = parts[_STYLES].decode("utf-8")
        there = {name.casefold() for name in _names(styles)}
        for name in _NEEDED:
            ElementTree.fromstring(parts[name])
    except OSError as error:
        raise _broken(file, f"filen kan inte läsas: {error.strerror}") from error
    except KeyError as error:
        raise _broken(file, f"den saknar {error.args[0]}") from error
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise _broken(file, "den är ingen Wordfil (.docx)") from error
    except ElementTree.ParseError as error:
        raise _broken(file, "den är skadad") from error
    lacking = [style for style in _our_styles() if not there & {*_lowered(style)}]
    end = "</w:styles>"
    return packed({**parts, _STYLES: styles.replace(end, "".join([*lacking, end])).encode("utf-8")})


def tightened(template: bytes) -> bytes:
    """Return a template for a sheet of one page: smaller text, less air and narrower margins.

    No text gets smaller than nine points, and no margin wider than it was.
    """
    parts = unpacked(template)
    styles, document = (parts[name].decode("utf-8") for name in (_STYLES, _DOCUMENT))
    styles = _renumbered(styles, "sz(?:Cs)?", _smaller)
    styles = _renumbered(styles, "(?:top|bottom)", _closer)
    styles = _renumbered(styles, "spacing", _closer).replace(_EDGE, f'w:pos="{_SHEET_WIDTH}"')
    document = _renumbered(document, "pgMar", lambda name, now: min(now, _SHEET.get(name, now)))
    changed = {_STYLES: styles.encode("utf-8"), _DOCUMENT: document.encode("utf-8")}
    return packed({**parts, **changed})


def _renumbered(xml: str, element: str, new: Callable[[str, int], int]) -> str:
    """Return XML with other numbers in an element; new: of an attribute's name and number."""

    def told(found: re.Match[str]) -> str:
        return f'w:{found[1]}="{new(found[1], int(found[2]))}"'

    return re.sub(rf"<w:{element} [^>]*>", lambda found: _NUMBER.sub(told, found[0]), xml)


def _smaller(_: str, size: int) -> int:
    """Return a size in half points, smaller where it is more than the least."""
    return min(size, max(_LEAST_SIZE, int(size * 0.85)))


def _closer(name: str, space: int) -> int:
    """Return the space round text, in a table's cell or between lines, in twentieths of a point."""
    if name in {"before", "after", "w"}:
        return int(space * 0.4)
    return min(space, _SINGLE) if name == "line" else space


def _broken(file: Path, why: str) -> ReportError:
    return ReportError(
        f"Wordmallen {file} går inte att använda: {why}. Öppna den i Word och spara den som .docx,"
        " eller flytta bort den: då används den mall som följer med. malstyr mall word gör en ny."
    )


def unpacked(docx: bytes) -> dict[str, bytes]:
    """Return the files of a Word document by name."""
    with zipfile.ZipFile(BytesIO(docx)) as book:
        return {name: book.read(name) for name in book.namelist()}


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Return a Word document of its files; the same files give the same bytes."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(zipfile.ZipInfo(name, _FIRST_DAY), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def style_name(status: Status) -> str:
    """Return what Word calls the look of a status: "Status röd"."""
    return f"Status {status.word.lower()}"


def _dressed(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the styles, in our looks, and the settings, in Swedish."""
    styles = parts[_STYLES].decode("utf-8")
    ours = _our_styles()
    mine = {name for style in ours for name in _lowered(style)}
    kept = [style for style in _STYLE.findall(styles) if not mine & {*_lowered(style)}]
    start = re.sub(r"(?s)(?<=<w:docDefaults>).*?(?=</w:docDefaults>)", _DEFAULTS, styles)
    head = start[: start.index("<w:style ")]
    settings = parts["word/settings.xml"].decode("utf-8")
    for old, new in (
        ('<w:themeFontLang w:val="en-US" />', '<w:themeFontLang w:val="sv-SE" />'),
        ('<w:decimalSymbol w:val="." />', '<w:decimalSymbol w:val="," />'),
        ('<w:listSeparator w:val="," />', '<w:listSeparator w:val=";" />'),
        (_TABS, f'{_TABS}<w:autoHyphenation w:val="true" />'),
    ):
        settings = settings.replace(old, new)
    whole = "".join([head, *ours, *kept, "</w:styles>"])
    return {_STYLES: whole.encode("utf-8"), "word/settings.xml": settings.encode("utf-8")}


def _sides(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the page: A4, with a header and a footer, and what ties them to the document."""
    links, kinds = "word/_rels/document.xml.rels", "[Content_Types].xml"
    relations = "".join(
        f'<Relationship Id="{name}" Type="{_RELATION}/{kind}" Target="{file}"/>'
        for kind, (name, file) in _SIDES.items()
    )
    types = "".join(
        f'<Override PartName="/word/{file}" ContentType="{_TYPE}.{kind}+xml"/>'
        for kind, (_, file) in _SIDES.items()
    )
    document = re.sub(r"(?s)<w:sectPr>.*?</w:sectPr>", _A4, parts[_DOCUMENT].decode("utf-8"))
    return {
        _DOCUMENT: document.encode("utf-8"),
        links: _ended(parts[links], relations, "</Relationships>"),
        kinds: _ended(parts[kinds], types, "</Types>"),
        **{f"word/{file}": (FOLDER / file).read_bytes() for _, file in _SIDES.values()},
    }


def _ended(content: bytes, more: str, end: str) -> bytes:
    return content.replace(end.encode("utf-8"), f"{more}{end}".encode())


@cache
def _our_styles() -> tuple[str, ...]:
    """Return every style of ours, as Word writes them."""
    written = (FOLDER / "stilar.xml").read_text(encoding="utf-8")
    statuses = map(_status_style, STATUSES.values())
    return (*_STYLE.findall(written), *statuses)


def _status_style(status: Status) -> str:
    """Return the look of a status in a table's cell: its colours, beside its symbol and word."""
    name = style_name(status)
    ink, fill = status.ink.removeprefix("#"), status.fill.removeprefix("#")
    return (
        f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{_id(name)}">'
        f'<w:name w:val="{escape(name)}"/><w:basedOn w:val="Tabelltext"/><w:qFormat/>'
        f'<w:pPr><w:shd w:val="clear" w:color="auto" w:fill="{fill}"/></w:pPr>'
        f'<w:rPr><w:b/><w:bCs/><w:color w:val="{ink}"/></w:rPr></w:style>'
    )


def _id(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", name)


def _names(styles: str) -> Iterator[str]:
    return (found[1] for found in re.finditer(r'<w:name w:val="([^"]*)"', styles))


def _lowered(style: str) -> Iterator[str]:
    return (name.casefold() for name in _names(style))
