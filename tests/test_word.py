"""Rules for a report as Word: what the page says is there, in a form that can be edited on."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from html import escape, unescape
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from conftest import EveryPage
from matplotlib.figure import Figure

from malstyr_lib import markup
from malstyr_lib.cli import run
from malstyr_lib.errors import ReportError
from malstyr_lib.markup import STATUS
from malstyr_lib.report.forms import FORMS
from malstyr_lib.report.forms.page import Page
from malstyr_lib.report.forms.reference import packaged, packed, unpacked
from malstyr_lib.report.forms.template import word_template
from malstyr_lib.report.forms.word import word
from malstyr_lib.text import EXERCISE

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
APPENDIX = "Bilaga: siffrorna bakom diagrammen"


def png() -> bytes:
    buffer = BytesIO()
    Figure(figsize=(1, 1)).savefig(buffer, format="png")
    return buffer.getvalue()


PNG = "data:image/png;base64," + base64.b64encode(png()).decode()


def piece(words: str) -> Page:
    """A small page with the same words in every place that data can come into."""
    said = escape(words)
    html = (
        f"<main><h1>{said}</h1><p>{said}</p><h2>Del</h2><h3>{said}</h3><ul><li>{said}</li></ul>"
        f'<figure><img src="{PNG}" alt="{said}"><figcaption>{said}</figcaption></figure>'
        f"<table><caption>{said}</caption><thead><tr><th scope='col'>{said}</th></tr></thead>"
        f"<tbody><tr><td>{said}</td></tr></tbody></table></main>"
    )
    return Page(html, title=words, exercise=False)


@pytest.fixture(scope="module")
def page(every_page: EveryPage) -> Page:
    return every_page["namnd"]


@pytest.fixture(scope="module")
def made(page: Page) -> bytes:
    return word(page)


@pytest.fixture(scope="module")
def body(made: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(part(made, "word/document.xml"))


def part(docx: bytes, name: str) -> str:
    return ZipFile(BytesIO(docx)).read(name).decode()


def said(one: ElementTree.Element) -> str:
    return " ".join("".join(text.text or "" for text in one.iter(f"{W}t")).split())


def styled(body: ElementTree.Element, style: str) -> list[str]:
    """The words of every paragraph in a style."""
    return [
        said(one)
        for one in body.iter(f"{W}p")
        if (name := one.find(f"{W}pPr/{W}pStyle")) is not None and name.get(f"{W}val") == style
    ]


def seen(html: str, pattern: str) -> list[str]:
    found = re.findall(pattern, html, re.DOTALL)
    return [" ".join(unescape(re.sub("<[^>]+>", "", one)).split()) for one in found]


def test_its_headings_are_those_of_the_page(page: Page, body: ElementTree.Element) -> None:
    heads = {level: seen(page.html, rf"<h{level}[^>]*>(.*?)</h{level}>") for level in (1, 2, 3)}
    assert styled(body, "Heading1") == heads[1]
    assert styled(body, "Heading2") == [*heads[2], APPENDIX]
    assert styled(body, "Heading3") == heads[3]
    assert len(heads[2]) > 8


def test_the_contents_name_every_part_and_word_can_update_them(
    page: Page, made: bytes, body: ElementTree.Element
) -> None:
    assert styled(body, "TOC1") == [*seen(page.html, r"<h2[^>]*>(.*?)</h2>"), APPENDIX]
    document = part(made, "word/document.xml")
    assert document.count('w:fldCharType="begin"') == document.count('w:fldCharType="end"') == 1
    anchors = set(re.findall(r'w:anchor="([^"]+)"', document))
    assert anchors <= set(re.findall(r'<w:bookmarkStart [^>]*w:name="([^"]+)"', document))


def test_every_picture_has_the_alt_text_of_the_page(page: Page, made: bytes) -> None:
    alts = [unescape(alt) for alt in re.findall(r'<img[^>]* alt="([^"]*)"', page.html)]
    document = ElementTree.fromstring(part(made, "word/document.xml"))
    described = [one.get("descr") for one in document.iter() if one.tag.endswith("}docPr")]
    assert described == alts
    assert len(alts) > 3


def test_every_table_has_its_caption_and_a_head_that_is_repeated(
    page: Page, body: ElementTree.Element
) -> None:
    captions = [re.sub(r"^B\d+\. ", "", one) for one in styled(body, "TableCaption")]
    assert sorted(captions) == sorted(seen(page.html, "<caption[^>]*>(.*?)</caption>"))
    tables = list(body.iter(f"{W}tbl"))
    assert len(tables) == page.html.count("<table>") > 20
    for table in tables:
        rows = table.findall(f"{W}tr")
        heads = [row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows]
        assert heads == [True] + [False] * (len(rows) - 1)
        assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)
    assert len(list(body.iter(f"{W}tr"))) == page.html.count("<tr>")


def test_every_figure_has_its_caption(page: Page, body: ElementTree.Element) -> None:
    captions = seen(page.html, "<figcaption>(.*?)</figcaption>")
    assert styled(body, "ImageCaption") == captions
    assert len(captions) > 3


def test_the_numbers_of_the_charts_are_an_appendix_that_each_chart_names(
    page: Page, body: ElementTree.Element
) -> None:
    charts = page.html.count("<details>")
    pointers = [f"Siffrorna: tabell B{at} i bilagan" for at in range(1, charts + 1)]
    assert [one for one in styled(body, "Hnvisning") if "bilagan" in one] == pointers
    captions = styled(body, "TableCaption")[-charts:]
    assert [one.partition(".")[0] for one in captions] == [f"B{at}" for at in range(1, charts + 1)]
    folded = r"<details>.*?<caption[^>]*>(.*?)</caption>"
    assert [one.partition(" ")[2] for one in captions] == seen(page.html, folded)


def test_the_whole_document_is_in_swedish(made: bytes) -> None:
    styles = part(made, "word/styles.xml")
    assert set(re.findall(r'<w:lang [^>]*w:val="([^"]+)"', styles)) == {"sv-SE"}
    assert "<w:lang" not in part(made, "word/document.xml")
    assert "<dc:language>sv-SE</dc:language>" in part(made, "docProps/core.xml")
    assert '<w:themeFontLang w:val="sv-SE" />' in part(made, "word/settings.xml")


def test_its_properties_and_its_header_say_the_title_and_that_it_is_exercise(
    page: Page, made: bytes
) -> None:
    core = part(made, "docProps/core.xml")
    assert f"<dc:title>{page.title}</dc:title>" in core
    assert f"<dc:subject>{EXERCISE}</dc:subject>" in core
    head = said(ElementTree.fromstring(part(made, "word/sidhuvud.xml")))
    assert head == f"{page.title}{EXERCISE}"
    assert EXERCISE in styled(ElementTree.fromstring(part(made, "word/document.xml")), "Vningsdata")


def test_a_report_of_real_figures_says_nothing_of_exercise() -> None:
    made = unpacked(word(piece("Verkligt")))
    assert not [name for name, content in made.items() if EXERCISE.encode() in content]


def test_it_is_on_a4_with_its_tables_inside(body: ElementTree.Element) -> None:
    (size,) = body.iter(f"{W}pgSz")
    assert (size.get(f"{W}w"), size.get(f"{W}h")) == ("11906", "16838")
    for table in body.iter(f"{W}tbl"):
        (width,) = table.findall(f"{W}tblPr/{W}tblW")
        assert width.get(f"{W}type") == "pct"
        assert 0 < float(width.get(f"{W}w", "0")) <= 5005
    edge = 11906 - 2 * 1134
    pictures = [int(one.get("cx", "0")) for one in body.iter() if one.tag.endswith("}extent")]
    assert pictures
    assert max(pictures) <= edge * 635


def test_an_appendix_of_wide_tables_is_on_pages_on_their_side() -> None:
    head = "".join(f"<th scope='col'>{2010 + at}</th>" for at in range(14))
    row = "<tr>" + "<td class='tal'>−1\u00a0234,5</td>" * 14 + "</tr>"
    wide = f"<table><caption>T</caption><thead><tr>{head}</tr></thead><tbody>{row}</tbody></table>"
    figure = f'<figure><img src="{PNG}" alt="En bild"><figcaption>Bild</figcaption></figure>'
    folded = f"<details><summary>Siffrorna</summary>{wide}</details>"
    upright, on_its_side = (11906, 16838), (16838, 11906)
    for table, sizes in ((folded, [upright, on_its_side]), (wide, [upright])):
        page = Page(f"<main><h1>R</h1>{figure}{table}</main>", "R", exercise=False)
        body = ElementTree.fromstring(part(word(page), "word/document.xml"))
        found = [(one.get(f"{W}w"), one.get(f"{W}h")) for one in body.iter(f"{W}pgSz")]
        assert [(int(w or 0), int(h or 0)) for w, h in found] == sizes


def test_numbers_are_set_to_the_right(page: Page, body: ElementTree.Element) -> None:
    sides = [one.get(f"{W}val") for one in body.iter(f"{W}jc")]
    assert sides.count("right") == page.html.count("text-align:right") > 300


def test_a_status_keeps_its_symbol_word_and_colours(
    page: Page, made: bytes, body: ElementTree.Element
) -> None:
    styles = part(made, "word/styles.xml")
    for kind, style in {"red": "Statusrd", "yellow": "Statusgul", "green": "Statusgrn"}.items():
        status = STATUS[kind]
        cells = styled(body, style)
        assert len(cells) == page.html.count(f'<td class="{kind}"') > 2
        assert all(one.startswith(status.label) for one in cells)
        look = re.search(rf'<w:style [^>]*w:styleId="{style}".*?</w:style>', styles, re.DOTALL)
        assert look
        assert f'w:fill="{status.fill[1:]}"' in look[0]
        assert f'<w:color w:val="{status.ink[1:]}"' in look[0]


def test_it_leads_to_nothing_outside_and_to_no_data_address(made: bytes) -> None:
    for name in ZipFile(BytesIO(made)).namelist():
        if name.endswith((".xml", ".rels")):
            assert "data:" not in part(made, name)
    assert "External" not in part(made, "word/_rels/document.xml.rels")


def test_the_same_page_gives_the_same_bytes(page: Page, made: bytes) -> None:
    assert word(page) == made


def test_what_is_folded_away_on_the_page_is_read_in_the_document() -> None:
    page = Page(f"<main>{markup.folded('Mer om det', 'Hela texten.').html}</main>", "T", False)
    body = ElementTree.fromstring(part(word(page), "word/document.xml"))
    assert [said(one) for one in body.iter(f"{W}p")] == ["Mer om det", "Hela texten."]


HARMFUL = [
    "<script>alert(1)</script>",
    "</w:t></w:r><w:r><w:t>x",
    '<w:fldSimple w:instr=" TITLE ">',
    "=HYPERLINK(&quot;http://x&quot;)",
    "{ INCLUDETEXT c:/x }",
    "**stark** [länk](http://x.se) `kod`",
    "\\1 \\g<0> $1 {{ 7*7 }}",
    "http://elak.se/?a=1&b=2",
    "<w:tr><w:trPr>",
    "a: b = c",
]


@pytest.mark.parametrize("words", HARMFUL)
def test_data_is_words_and_nothing_else(words: str) -> None:
    made = word(piece(words))
    document = part(made, "word/document.xml")
    plain = " ".join(words.split())
    body = ElementTree.fromstring(document)
    for style in ("Heading1", "Heading3", "ImageCaption", "TableCaption", "Tabelltext"):
        assert styled(body, style) == [plain]
    assert "<w:instrText" not in document
    assert "<w:hyperlink" not in document
    assert said(ElementTree.fromstring(part(made, "word/sidhuvud.xml"))) == plain
    assert "External" not in part(made, "word/_rels/document.xml.rels")


def test_a_picture_without_alt_text_is_told() -> None:
    with pytest.raises(ReportError, match="En bild i rapporten saknar alternativtext"):
        word(Page(f'<main><img src="{PNG}"></main>', "Titel", exercise=False))


def edited(docx: bytes, **changes: tuple[str, str]) -> bytes:
    """A Word document as someone changed it: words in a file, by its name without ending."""
    parts = unpacked(docx)
    for name, (old, new) in changes.items():
        content = parts[f"word/{name}.xml"].decode()
        assert old in content
        parts[f"word/{name}.xml"] = content.replace(old, new).encode()
    return packed(parts)


def test_the_municipalitys_own_template_gives_the_report_its_look(
    page: Page, tmp_path: Path
) -> None:
    own = tmp_path / "referens.docx"
    own.write_bytes(
        edited(
            word_template(),
            styles=("032553", "00AA00"),
            sidfot=("Sida ", "Övninge kommun, sida "),
            document=('w:w="11906"', 'w:w="12345"'),
        )
    )
    made = word(replace(page, reference=own))
    assert "00AA00" in part(made, "word/styles.xml")
    assert "032553" not in part(made, "word/styles.xml")
    assert "Övninge kommun, sida " in part(made, "word/sidfot.xml")
    assert 'w:w="12345"' in part(made, "word/document.xml")
    assert "Wordmall för rapporterna" not in part(made, "word/document.xml")
    assert page.title in part(made, "word/sidhuvud.xml")


def test_a_template_without_our_styles_gets_them(page: Page, tmp_path: Path) -> None:
    parts = unpacked(packaged())
    styles = re.sub(
        r'(?s)<w:style [^>]*w:styleId="(Status|Tabell)[^"]*".*?</w:style>',
        "",
        parts["word/styles.xml"].decode(),
    )
    own = tmp_path / "referens.docx"
    own.write_bytes(packed({**parts, "word/styles.xml": styles.encode()}))
    assert 'w:fill="F2C9CE"' not in part(own.read_bytes(), "word/styles.xml")
    assert 'w:fill="F2C9CE"' in part(word(replace(page, reference=own)), "word/styles.xml")


def without(name: str) -> bytes:
    return packed({key: content for key, content in unpacked(packaged()).items() if key != name})


BROKEN = {
    "text": (b"Hej", "den är ingen Wordfil"),
    "half": (packaged()[:4000], "den är ingen Wordfil"),
    "old Word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "den är ingen Wordfil"),
    "no styles": (without("word/styles.xml"), r"den saknar word/styles\.xml"),
    "no document": (without("word/document.xml"), r"den saknar word/document\.xml"),
    "damaged": (edited(packaged(), styles=("</w:styles>", "</w:style>")), "den är skadad"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_template_that_is_no_word_file_is_told_with_the_cure(case: str, tmp_path: Path) -> None:
    content, why = BROKEN[case]
    own = tmp_path / "referens.docx"
    own.write_bytes(content)
    with pytest.raises(ReportError, match=why) as error:
        word(replace(piece("Hej"), reference=own))
    assert str(error.value).startswith(f"Wordmallen {own} går inte att använda: ")
    assert "flytta bort den" in str(error.value)


def test_a_template_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="filen kan inte läsas"):
        word(replace(piece("Hej"), reference=tmp_path))


def test_the_template_is_written_for_the_municipality_and_never_over_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    params = tmp_path / "params"
    params.mkdir()
    command = ["mall", "word", "--params", str(params)]
    assert run(command) == 0
    own = params / "mallar" / "referens.docx"
    assert f"{own} är skriven" in capsys.readouterr().out
    assert own.read_bytes() == word_template()
    own.write_bytes(b"min egen")
    assert run(command) == 2
    assert f"{own} finns redan och skrivs inte över" in capsys.readouterr().err
    assert own.read_bytes() == b"min egen"


def test_the_template_shows_every_style_that_a_report_uses(body: ElementTree.Element) -> None:
    shown = {one.get(f"{W}val") for one in body.iter(f"{W}pStyle")}
    styles = part(word_template(), "word/styles.xml")
    assert shown <= set(re.findall(r'w:styleId="([^"]+)"', styles))


def test_word_and_pdf_are_forms_of_every_report() -> None:
    assert {"docx", "pdf"} <= set(FORMS)
