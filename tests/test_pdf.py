"""Rules for a report as PDF: what PDF/UA-1 lets a machine check, and that data stays data."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from io import BytesIO
from itertools import pairwise
from typing import Any

import pikepdf
import pytest
from conftest import EveryPage
from pikepdf import Array, Dictionary, Name, Pdf, String
from test_word import PNG, piece

from malstyr_lib.errors import ReportError
from malstyr_lib.report.forms.page import Page
from malstyr_lib.report.forms.pdf import pdf


@pytest.fixture(scope="module")
def page(every_page: EveryPage) -> Page:
    return every_page["namnd"]


@pytest.fixture(scope="module")
def made(page: Page) -> bytes:
    return pdf(page)


def elements(root: Any) -> Iterator[Dictionary]:
    """Every element of the structure, in the order that it is read."""
    for one in root if isinstance(root, Array) else [root]:
        if isinstance(one, Dictionary) and "/S" in one:
            yield one
        if isinstance(one, Dictionary) and "/K" in one:
            yield from elements(one.K)


def of_kind(book: Pdf, kind: str) -> list[Dictionary]:
    return [one for one in elements(book.Root.StructTreeRoot.K) if kind == one.S]


def faults(book: Pdf) -> set[str]:
    """The points of PDF/UA-1 that a PDF breaks, of those that can be checked here."""
    root, points = book.Root, {}
    points["marked"] = root.get("/MarkInfo", {}).get("/Marked") is True
    points["language"] = root.get("/Lang") == "sv-SE"
    points["shows title"] = root.get("/ViewerPreferences", {}).get("/DisplayDocTitle") is True
    about = root.Metadata.read_bytes().decode() if "/Metadata" in root else ""
    points["title"] = bool(re.search(r"<dc:title>.*<rdf:li[^>]*>[^<]+</rdf:li>", about))
    points["says PDF/UA-1"] = "<pdfuaid:part>1</pdfuaid:part>" in about
    points["tab order"] = all(one.get("/Tabs") == Name.S for one in book.pages)
    points["fonts"] = all(embedded(font) for font in fonts(book))
    points["structure"] = "/ParentTree" in root.get("/StructTreeRoot", {})
    if points["structure"]:
        points |= structure(book)
    return {name for name, kept in points.items() if not kept}


def structure(book: Pdf) -> dict[str, bool]:
    levels = [
        int(str(one.S)[2:])
        for one in elements(book.Root.StructTreeRoot.K)
        if re.fullmatch(r"/H\d", str(one.S))
    ]
    steps = [after - before for before, after in pairwise(levels)]
    tables = [list(elements(one.K)) for one in of_kind(book, "/Table")]
    heads = [[one for one in parts if one.S == "/TH"] for parts in tables]
    return {
        "headings": levels[:1] == [1] and levels.count(1) == 1 and max(steps, default=0) <= 1,
        "alt texts": all(str(one.get("/Alt", "")).strip() for one in of_kind(book, "/Figure")),
        "heads of tables": all(heads) and all(scoped(one) for row in heads for one in row),
        "captions": len(of_kind(book, "/Caption")) == len(tables) + len(of_kind(book, "/Figure")),
        "links": all(
            str(note.get("/Contents", "")).strip()
            for one in book.pages
            for note in one.get("/Annots", [])
        ),
    }


def scoped(head: Dictionary) -> bool:
    return any("/Scope" in one for one in head.get("/A", []))


def fonts(book: Pdf) -> Iterator[Dictionary]:
    for page in book.pages:
        yield from page.get("/Resources", {}).get("/Font", {}).values()


def embedded(font: Dictionary) -> bool:
    inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
    described = inner.get("/FontDescriptor", {})
    return "/ToUnicode" in font and any(f"/FontFile{kind}" in described for kind in ("", 2, 3))


def words(book: Pdf, kind: str) -> list[str]:
    return [str(one.get("/T", "")) for one in of_kind(book, kind)]


def seen(html: str, pattern: str) -> list[str]:
    found = re.findall(pattern, html, re.DOTALL)
    return [" ".join(unescape(re.sub("<[^>]+>", "", one)).split()) for one in found]


def opened(content: bytes) -> Pdf:
    return pikepdf.open(BytesIO(content))


def test_a_report_keeps_the_points_of_pdf_ua_that_a_machine_can_check(made: bytes) -> None:
    assert faults(opened(made)) == set()


def no_alt(book: Pdf) -> None:
    del of_kind(book, "/Figure")[0].Alt


def no_scope(book: Pdf) -> None:
    of_kind(book, "/TH")[3].A = Array([])


def no_head(book: Pdf) -> None:
    for one in of_kind(book, "/TH")[:4]:
        one.S = Name.TD


def a_jump(book: Pdf) -> None:
    of_kind(book, "/H2")[0].S = Name.H3


def no_caption(book: Pdf) -> None:
    of_kind(book, "/Caption")[0].S = Name.P


def no_ua(book: Pdf) -> None:
    about = book.Root.Metadata.read_bytes().replace(b"<pdfuaid:part>1", b"<pdfuaid:part>2")
    book.Root.Metadata.write(about)


def no_title(book: Pdf) -> None:
    about = re.sub(rb"<dc:title>.*</dc:title>", b"", book.Root.Metadata.read_bytes())
    book.Root.Metadata.write(about)


def no_font(book: Pdf) -> None:
    del next(fonts(book)).DescendantFonts[0].FontDescriptor.FontFile2


def no_tabs(book: Pdf) -> None:
    del book.pages[-1].Tabs


def english(book: Pdf) -> None:
    book.Root.Lang = String("en-US")


def no_contents(book: Pdf) -> None:
    del book.pages[0].Annots[0].Contents


BROKEN: dict[str, Callable[[Pdf], None]] = {
    "alt texts": no_alt,
    "heads of tables": no_scope,
    "headings": a_jump,
    "captions": no_caption,
    "says PDF/UA-1": no_ua,
    "title": no_title,
    "fonts": no_font,
    "tab order": no_tabs,
    "language": english,
    "links": no_contents,
    "marked": lambda book: book.Root.MarkInfo.__delitem__("/Marked"),
    "shows title": lambda book: book.Root.ViewerPreferences.__delitem__("/DisplayDocTitle"),
    "structure": lambda book: book.Root.StructTreeRoot.__delitem__("/ParentTree"),
}


@pytest.mark.parametrize("point", BROKEN)
def test_each_of_those_points_is_seen_when_it_is_broken(made: bytes, point: str) -> None:
    book = opened(made)
    BROKEN[point](book)
    assert faults(book) == {point}


def test_a_table_without_a_head_is_seen(made: bytes) -> None:
    book = opened(made)
    no_head(book)
    assert faults(book) == {"heads of tables"}


def test_its_headings_are_those_of_the_page(page: Page, made: bytes) -> None:
    book = opened(made)
    for level in (1, 3):
        assert words(book, f"/H{level}") == seen(page.html, rf"<h{level}[^>]*>(.*?)</h{level}>")
    appendix = "Bilaga: siffrorna bakom diagrammen"
    assert words(book, "/H2") == ["Innehåll", *seen(page.html, r"<h2[^>]*>(.*?)</h2>"), appendix]


def test_every_picture_has_the_alt_text_of_the_page(page: Page, made: bytes) -> None:
    alts = [unescape(alt) for alt in re.findall(r'<img[^>]* alt="([^"]*)"', page.html)]
    book = opened(made)
    assert [str(one.Alt) for one in of_kind(book, "/Figure")] == alts
    assert len(alts) > 3


def test_every_table_is_there_with_every_row(page: Page, made: bytes) -> None:
    book = opened(made)
    assert len(of_kind(book, "/Table")) == page.html.count("<table>") > 20
    assert len(of_kind(book, "/TR")) == page.html.count("<tr>")


def test_the_contents_lead_to_every_part(page: Page, made: bytes) -> None:
    book = opened(made)
    assert len(of_kind(book, "/TOCI")) == page.html.count("<h2 ") + 1


def test_it_is_on_a4_and_carries_the_title(page: Page, made: bytes) -> None:
    book = opened(made)
    assert {tuple(round(float(x)) for x in one.MediaBox) for one in book.pages} == {
        (0, 0, 595, 842)
    }
    assert str(book.docinfo.Title) == page.title


def test_its_only_font_comes_along_with_every_machine(made: bytes) -> None:
    book = opened(made)
    names = {str(font.BaseFont).partition("+")[2].partition("-")[0] for font in fonts(book)}
    assert names == {"DejaVuSans"}


def test_the_same_page_gives_the_same_bytes(page: Page, made: bytes) -> None:
    assert pdf(page) == made


def test_it_says_that_it_was_made_when_the_figures_were_fetched(made: bytes) -> None:
    assert str(opened(made).docinfo.CreationDate) == "D:20261123120000Z"


PAYLOADS = [
    '#eval("1+1")',
    '#image("/etc/passwd")',
    '#read("rapport.typ")',
    "#let image(..x) = []",
    '#import "@preview/cetz:0.3.4"',
    "#set page(fill: black)",
    "$ x^2 $ och $x$",
    "@del-1 <del-1>",
    "*stark* _kursiv_ `kod` ```typ #pagebreak()```",
    "= Rubrik",
    "+ punkt",
    "1. punkt",
    "\ue023 \ue05c \uf8ff",
    "- punkt",
    "/ term: text",
    "\\u{41} \\#a \\",
    "// kommentar /* och */ mer",
    "https://elak.se/x",
    "a ~ b -- c --- d -? ... ' \" ]",
    "<script>alert(1)</script> &lt;b&gt; &amp;",
    "#panic()[ #(1/0) ]",
    "{{ 7*7 }} {% x %} ${y}",
    "#sys.inputs.om",
]


@pytest.mark.parametrize("words_in", PAYLOADS)
def test_data_is_never_alive_in_typst(words_in: str) -> None:
    book = opened(pdf(piece(words_in)))
    assert faults(book) == set()
    plain = re.sub("[\ue000-\uf8ff]", "\ufffd", " ".join(words_in.split()))
    assert words(book, "/H1") == words(book, "/H3") == [plain]
    assert words(book, "/H2") == ["Del"]
    (figure,) = of_kind(book, "/Figure")
    assert str(figure.Alt) == words_in
    assert str(book.docinfo.Title) == words_in
    assert not of_kind(book, "/Link")
    assert not of_kind(book, "/Em")
    assert len(of_kind(book, "/L")) == len(of_kind(book, "/LI")) == 1
    assert len(book.pages) == 1


def test_nothing_but_the_reports_pictures_can_be_read() -> None:
    with pytest.raises(ReportError, match=r"Bilden /etc/passwd ligger inte i rapporten"):
        pdf(Page(f'<main><img src="/etc/passwd" alt="{PNG[:5]}"></main>', "Titel", exercise=False))


def test_a_picture_without_alt_text_is_told() -> None:
    page = Page(f'<main><img src="{PNG}" alt=" "></main>', "Titel", exercise=False)
    with pytest.raises(ReportError, match="En bild i rapporten saknar alternativtext"):
        pdf(page)


def test_a_link_leads_to_a_part_of_the_document_or_out_of_it_and_else_is_words() -> None:
    links = '<a href="#del">a</a> <a href="#borta">b</a> <a href="data:text/html,x">c</a>'
    more = '<a href="javascript:x()">d</a> <a href="../x.html">e</a> <a href="https://x.se">f</a>'
    html = f'<main><h1>R</h1><h2 id="del">Del</h2><p>{links} {more}</p></main>'
    book = opened(pdf(Page(html, "R", exercise=False)))
    notes = book.pages[0].Annots
    assert [str(one.A.URI) for one in notes if "/A" in one] == ["https://x.se"]
    assert len(notes) == 2


def test_a_short_report_has_no_appendix_and_no_contents() -> None:
    book = opened(pdf(Page("<main><h1>R</h1><p>a</p></main>", "R", exercise=False)))
    assert not of_kind(book, "/TOC")
    assert not of_kind(book, "/H2")


def test_a_table_that_is_longer_than_a_page_goes_on_with_its_head() -> None:
    row = '<tr><th scope="row">Ort</th><td class="tal" style="text-align:right">1,0</td></tr>'
    head = '<tr><th scope="col">Kommun</th><th scope="col" class="tal">Värde</th></tr>'
    table = f"<table><caption>Alla</caption><thead>{head}</thead><tbody>{row * 120}</tbody></table>"
    book = opened(pdf(Page(f"<main><h1>R</h1>{table}</main>", "R", exercise=False)))
    assert len(book.pages) > 2
    assert len(of_kind(book, "/TR")) == 121
    assert faults(book) == set()


def of_columns(amount: int, words: str = "−1\u00a0234,5") -> str:
    """A table with as many columns of numbers."""
    head = "".join(f'<th scope="col" class="tal">År {2014 + at}</th>' for at in range(amount))
    row = "<tr>" + f'<td class="tal">{words}</td>' * amount + "</tr>"
    head = f"<thead><tr>{head}</tr></thead>"
    return f"<table><caption>T</caption>{head}<tbody>{row}</tbody></table>"


def sizes(book: Pdf) -> list[tuple[int, int]]:
    return [(round(float(one.MediaBox[2])), round(float(one.MediaBox[3]))) for one in book.pages]


def sides(book: Pdf) -> tuple[float, float]:
    """From where to where the one table reaches from side to side."""
    (one,) = of_kind(book, "/Table")
    (box,) = [look.BBox for look in one.A if "/BBox" in look]
    return float(box[0]), float(box[2])


UPRIGHT, ON_ITS_SIDE = (595, 842), (842, 595)
MARGIN = 56


@pytest.mark.parametrize(
    ("columns", "size"), [(2, UPRIGHT), (9, UPRIGHT), (12, ON_ITS_SIDE), (15, ON_ITS_SIDE)]
)
def test_a_table_is_within_its_page_which_lies_on_its_side_for_many_columns(
    columns: int, size: tuple[int, int]
) -> None:
    html = f"<main><h1>R</h1><p>Före.</p>{of_columns(columns)}<p>Efter.</p></main>"
    book = opened(pdf(Page(html, "R", exercise=False)))
    assert sizes(book) == ([UPRIGHT] if size == UPRIGHT else [UPRIGHT, ON_ITS_SIDE, UPRIGHT])
    left, right = sides(book)
    assert MARGIN <= left < right <= size[0] - MARGIN
    assert faults(book) == set()


def test_the_appendix_lies_on_its_side_with_its_heading_when_one_of_its_tables_does() -> None:
    chart = f'<figure><img src="{PNG}" alt="En bild"><figcaption>Bild</figcaption></figure>'
    folded = f"<details><summary>Siffrorna</summary>{of_columns(12)}</details>"
    html = f"<main><h1>R</h1><h2>Del</h2>{chart}{folded}</main>"
    book = opened(pdf(Page(html, "R", exercise=False)))
    assert sizes(book) == [UPRIGHT, ON_ITS_SIDE]
    assert words(book, "/H2") == ["Del", "Bilaga: siffrorna bakom diagrammen"]
    assert faults(book) == set()
    (link,) = of_kind(book, "/Link")
    assert link is not None


def test_long_words_of_a_head_are_divided_before_a_page_is_turned() -> None:
    table = of_columns(8, "1,0").replace("År", "Samhällsbyggnadsförvaltningen")
    book = opened(pdf(Page(f"<main><h1>R</h1>{table}</main>", "R", exercise=False)))
    assert sizes(book) == [UPRIGHT]
