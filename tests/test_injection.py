"""Whatever anybody writes is shown as text, and comes alive nowhere: in no report and no form."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from unittest import mock

import hostile
import nbformat
import pages
import pytest
from bs4 import BeautifulSoup
from conftest import Exercise, straight
from test_index import ENTRIES, MADE

from malstyr_lib.batch import Wanted, jobs
from malstyr_lib.batch.making import finished
from malstyr_lib.batch.notebook import Done
from malstyr_lib.model import SteeringModel
from malstyr_lib.ovning.dataset import Dataset
from malstyr_lib.report.forms import FORMS, Page
from malstyr_lib.report.index import list_page
from malstyr_lib.report.kinds import KINDS
from malstyr_lib.workspace import packaged

pytestmark = pytest.mark.filterwarnings("ignore:Glyph:UserWarning")  # no font has every letter
ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "header", "main", "nav", "section"),
    *("h1", "h2", "h3", "h4", "p", "ul", "ol", "li", "a", "em", "strong", "code", "div", "span"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td", "data", "br", "dl", "dt", "dd"),
    *("figure", "figcaption", "img", "details", "summary", "form", "fieldset", "legend"),
    *("label", "input", "button", "pre", "blockquote", "hr", "abbr", "time", "colgroup", "col"),
}
ATTRIBUTES = {
    *("id", "class", "lang", "charset", "name", "content", "style", "href", "src", "alt", "scope"),
    *("role", "tabindex", "value", "type", "checked", "method", "for", "colspan", "rowspan"),
    *("datetime", "title", "open", "width", "height", "dir", "span"),
}
RAW = [one for one in hostile.PAYLOADS if "<" in one and not one.startswith("&")]


@dataclass(frozen=True)
class Made:
    """A report that was made of hostile texts: its executed notebook and its page."""

    done: Done
    page: Page


Make = Callable[[str, int], Made]


@pytest.fixture(scope="module")
def make(
    tmp_path_factory: pytest.TempPathFactory, world: Dataset, steering_model: SteeringModel
) -> Make:
    """What makes the first report of a kind, of texts that begin at a certain payload."""
    stores: dict[int, Exercise] = {}

    def at(start: int) -> Exercise:
        if start not in stores:
            bad = hostile.poisoned(steering_model, start)
            own = bad.municipality.model_copy(update={"code": "9001"})
            bad = bad.model_copy(update={"municipality": own})
            folder = tmp_path_factory.mktemp("fientlig")
            place = straight(folder, hostile.poisoned_world(world, bad, start + 7)).place
            stores[start] = Exercise(place, bad)
        return stores[start]

    def made(kind: str, start: int = 0) -> Made:
        where = at(start)
        job = jobs(where.model, where.place, Wanted([kind], year=2025))[0]
        with mock.patch("malstyr_lib.params.load", return_value=where.model):
            done = pages.run_here(job)
        return Made(done, finished(job, where.model, done))

    return made


class Every(dict[str, Made]):
    """The first report of every kind, made once, when it is first asked for."""

    def __init__(self, make: Make) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, kind: str) -> Made:
        self[kind] = self._make(kind, 0)
        return self[kind]


@pytest.fixture(scope="module")
def every(make: Make) -> Every:
    return Every(make)


# --- what is alive -----------------------------------------------------------------------------


def alive(html: str) -> list[str]:
    """What in a page could run, load, lead away, or was not made by us."""
    found = [f"rå text: {one}" for one in RAW if one in html]
    for tag in BeautifulSoup(html, "html.parser").find_all(True):
        if tag.name not in ALLOWED:
            found.append(f"<{tag.name}>")
        for name, value in tag.attrs.items():
            told = (value if isinstance(value, str) else " ".join(value)).strip()
            known = name in ATTRIBUTES or name.startswith(("aria-", "data-"))
            if not known or name.startswith("on"):
                found.append(f"{tag.name} {name}")
            if name in ("href", "src") and re.match(r"[a-z][a-z0-9+.-]*:|//", told, re.I):
                found += (
                    [] if told.startswith("data:image/png;base64,") else [f"{name}={told[:50]}"]
                )
            if name == "style" and re.search(r"url\(|expression|javascript", told, re.I):
                found.append(f"style={told[:50]}")
            if name == "http-equiv":
                found.append(str(tag)[:80])
    return found


def shape(html: str) -> Counter[str]:
    """How many there are of each element that no text can be allowed to make."""
    names = Counter(tag.name for tag in BeautifulSoup(html, "html.parser").find_all(True))
    return Counter({name: names[name] for name in ("h1", "title", "style", "main", "form", "nav")})


def shown(html: str) -> set[int]:
    """The numbers of the payloads whose marks a page shows."""
    return {int(number) for number in re.findall(r"⟦(\d+)⟧", html)}


@pytest.mark.parametrize("kind", KINDS)
def test_no_text_comes_alive_in_a_page(every: Mapping[str, Made], kind: str) -> None:
    assert alive(every[kind].page.html) == []
    assert shape(every[kind].page.html) == Counter(h1=1, title=1, style=1, main=1, nav=1)


def test_the_texts_reach_the_pages(every: Mapping[str, Made]) -> None:
    assert len(hostile.PAYLOADS) >= 60
    assert len(set(hostile.PAYLOADS)) == len(hostile.PAYLOADS)
    assert all(len(shown(every[kind].page.html)) >= 5 for kind in KINDS)
    assert len(shown(every["namnd"].page.html)) >= 45


@pytest.mark.parametrize("kind", KINDS)
def test_no_text_comes_alive_in_a_notebook(every: Mapping[str, Made], kind: str) -> None:
    done = every[kind].done.notebook
    source = nbformat.read(packaged("notebooks") / KINDS[kind].notebook, as_version=4)
    assert [cell.source for cell in done.cells] == [cell.source for cell in source.cells]
    for output in (one for cell in done.cells for one in cell.get("outputs", [])):
        assert not {"text/markdown", "text/latex", "image/svg+xml"} & set(output["data"])
        assert not [kind for kind in output["data"] if "javascript" in kind]
        assert alive(output["data"].get("text/html", "")) == []


def test_no_text_comes_alive_in_the_list() -> None:
    texts = hostile.texts(0)
    entries = [
        replace(
            one,
            kind=next(texts),
            name=next(texts),
            folder=next(texts),
            published=MADE,
            error=next(texts) if number % 2 else None,
            committees=(next(texts),),
            files=(next(texts), next(texts)),
        )
        for number, one in enumerate(ENTRIES * 4)
    ]
    html = list_page(entries, next(texts))
    assert alive(html) == []
    assert shape(html) == Counter(h1=1, title=1, style=1, main=1, form=1)
    assert len(shown(html)) >= 60
    style = html.partition("<style>")[2].partition("</style>")[0]
    assert "⟦" not in style


# --- the other forms -------------------------------------------------------------------------


def word_alive(document: bytes) -> list[str]:
    """Fields, links outwards and embedded things in a Word document."""
    with zipfile.ZipFile(io.BytesIO(document)) as parts:
        read = {name: parts.read(name).decode("utf-8", "replace") for name in parts.namelist()}
    outside = [
        target
        for name, told in read.items()
        if name.endswith(".rels")
        for target in re.findall(r"<Relationship [^>]*TargetMode=\"External\"[^>]*>", told)
    ]
    fields = re.findall(r"<w:(?:instrText|fldSimple)[^>]*>([^<]*)", read["word/document.xml"])
    risky = [one for one in fields if re.search(r"DDE|INCLUDE|HYPERLINK|IMPORT|LINK", one)]
    odd = [name for name in read if re.search(r"vba|embeddings|activeX|afchunk", name, re.I)]
    return [*outside, *risky, *odd]


_OUT = r"<hyperlink (?!ref=\"[A-Z]+\d+\" location=\"'[^'\"]*'!A1\" display=)[^>]*>"
"""A link in a sheet that leads anywhere but to the top of another sheet."""


def excel_alive(workbook: bytes) -> list[str]:
    """Formulas, links and connections in a workbook; links to its own sheets are its contents."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as parts:
        read = {name: parts.read(name).decode("utf-8", "replace") for name in parts.namelist()}
    sheets = [told for name, told in read.items() if name.startswith("xl/worksheets/sheet")]
    found = [one for told in sheets for one in re.findall(rf"<f[ >].*?</f>|{_OUT}", told)]
    odd = [name for name in read if re.search(r"externalLink|connections|vba", name, re.I)]
    rels = [told for name, told in read.items() if name.endswith(".rels")]
    return [*found, *odd, *(one for told in rels for one in re.findall('"External"', told))]


def pdf_alive(document: bytes) -> list[str]:
    """Actions and links outwards in a PDF, compressed objects opened."""
    pikepdf = pytest.importorskip("pikepdf")
    with pikepdf.open(io.BytesIO(document)) as pdf:
        plain = io.BytesIO()
        pdf.save(
            plain,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
        )
    keys = rb"/(?:JS|JavaScript|Launch|URI|SubmitForm|EmbeddedFile|OpenAction)\b"
    outside = re.sub(rb"stream\r?\n.*?endstream", b"", plain.getvalue(), flags=re.DOTALL)
    return [found.decode() for found in re.findall(keys, outside)]


def data_alive(document: bytes) -> list[str]:
    """What is not plain JSON."""
    return [] if isinstance(json.loads(document), dict) else ["ingen JSON"]


ALIVE: Mapping[str, Callable[[bytes], list[str]]] = {
    "docx": word_alive,
    "xlsx": excel_alive,
    "pdf": pdf_alive,
    "json": data_alive,
}


@pytest.mark.parametrize("form", [form for form in FORMS if form != "html"])
@pytest.mark.parametrize(
    "kind", [pytest.param(k, marks=[] if k == "namnd" else [pytest.mark.slow]) for k in KINDS]
)
def test_no_text_comes_alive_in_another_form(
    every: Mapping[str, Made], kind: str, form: str
) -> None:
    assert ALIVE[form](FORMS[form](every[kind].page)) == []


# --- every payload in every kind of field ------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("start", range(0, len(hostile.PAYLOADS), 3))
def test_every_payload_meets_every_kind_of_field(make: Make, kind: str, start: int) -> None:
    assert alive(make(kind, start).page.html) == []


# --- positive controls -------------------------------------------------------------------------


@pytest.mark.parametrize("payload", RAW)
def test_a_text_that_is_not_escaped_is_found(payload: str) -> None:
    assert alive(f"<main><p>{payload}</p></main>") != []


@pytest.mark.parametrize(
    "fault",
    [
        '<p onclick="x">hej</p>',
        '<a href="javascript:x">hej</a>',
        '<a href="https://example.org">hej</a>',
        '<img src="//example.org/x.png" alt="x">',
        '<p style="background:url(x)">hej</p>',
        "<script>1</script>",
        '<meta http-equiv="refresh" content="0">',
    ],
)
def test_what_is_alive_is_found(fault: str) -> None:
    assert alive(f"<main>{fault}</main>") != []


def test_a_new_heading_is_found() -> None:
    assert shape("<main><h1>A</h1><h1>B</h1></main>") != Counter(h1=1, main=1)


def zipped(**parts: str) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as made:
        for name, told in parts.items():
            made.writestr(name.replace("__", "/").replace("_DOT_", "."), told)
    return body.getvalue()


def test_what_is_alive_in_a_document_or_workbook_is_found() -> None:
    link = '<Relationship Id="1" Target="https://example.org" TargetMode="External"/>'
    plain = {"word__document_DOT_xml": "<w:p/>"}
    assert word_alive(zipped(**plain)) == []
    assert word_alive(zipped(**plain, word___rels__document_DOT_xml_DOT_rels=link)) != []
    field = "<w:instrText>DDEAUTO cmd</w:instrText>"
    assert word_alive(zipped(word__document_DOT_xml=field)) != []
    assert excel_alive(zipped(xl__worksheets__sheet1_DOT_xml="<c><f>1+1</f></c>")) != []
    assert excel_alive(zipped(xl__worksheets__sheet1_DOT_xml='<c t="s"><v>1</v></c>')) == []
