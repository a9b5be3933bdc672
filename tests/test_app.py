"""The page for those who write no code: what it shows for what is chosen, and what it hands on."""

from __future__ import annotations

import base64
import re
import shutil
import socket
from dataclasses import replace
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zipfile import ZipFile

import pandas as pd
import pytest
from conftest import Exercise
from openpyxl import load_workbook

from malstyr_lib import markup
from malstyr_lib.charts import Chart, strip
from malstyr_lib.cli import run
from malstyr_lib.errors import ReportError, UsageError
from malstyr_lib.face import content, files, server
from malstyr_lib.face.app import sida
from malstyr_lib.face.content import Chosen
from malstyr_lib.face.page import BROKEN, Page
from malstyr_lib.questions import Answer, Question, Setting, answer, question
from malstyr_lib.questions.answer import sure
from malstyr_lib.questions.raised import fragelista
from malstyr_lib.report import documents
from malstyr_lib.store import Store
from malstyr_lib.store.writing import writing

EXERCISE = "ÖVNINGSDATA – påhittade kommuner och värden"
RED = "N17461"
"""The education committee's first red KPI in the exercise world."""


def anew(asked: Setting, **other: Any) -> Setting:
    """The same setting with something else in it, and nothing computed yet."""
    same = {name: getattr(asked, name) for name in ("model", "snapshot", "own", "today")}
    return Setting(**same | {"own_values": asked.own_values} | other)


@pytest.fixture
def page(asked: Setting) -> Page:
    """The page of the exercise municipality, as it opens."""
    earlier = anew(asked, year=2020)
    return Page({None: asked, 2020: earlier}.__getitem__, "bn")


def words(html: str) -> str:
    """What a reader sees of a piece of HTML."""
    return repr(markup.Html(html))


def pressed(page: Page, number: int) -> None:
    """Press the button of a question, wherever it is on the page."""
    for one in (*page.raised.children, *page.offered.children):
        if getattr(one, "description", "").startswith(f"{number}. "):
            one.click()
            return
    raise AssertionError(f"no button for question {number}")


# --- what is chosen and what is shown --------------------------------------------------------


def test_the_page_opens_with_the_committees_red_ones_farthest_from_the_median_first(
    page: Page,
) -> None:
    said = words(page.red.value)
    assert said.startswith("Rött: Bildningsnämnden\n3 röda, 3 gula och 2 gröna av 10 nyckeltal.")
    assert [row[-7:-1] for row in re.findall(r"\n.* \([NU]\d{5}\)", said)] == [
        "N17461",
        "N15452",
        "U15900",
    ]
    assert "▼ Röd\t60,6\t2025\t266 av 277" in said


def test_invented_figures_are_said_to_be_on_the_page_and_in_what_is_copied(page: Page) -> None:
    assert EXERCISE in page.root.children[0].value
    page.theme.value = "C"
    pressed(page, 16)
    assert re.search(f"<textarea[^>]*>{EXERCISE}", page.answer.value)


def test_another_committee_has_its_own_red_list_and_key_figures(page: Page) -> None:
    page.committee.value = "on"
    assert "Rött: Omsorgsnämnden" in page.red.value
    assert RED not in page.red.value
    assert RED not in [kpi for _, kpi in page.kpi.options]


def test_all_committees_together_offer_the_whole_registry(page: Page, asked: Setting) -> None:
    page.committee.value = content.EVERY
    assert "Rött: Alla nämnder" in page.red.value
    assert {kpi for _, kpi in page.kpi.options} == {one.id for one in asked.model.kpis}


def test_a_key_figure_that_is_still_there_stays_chosen(page: Page) -> None:
    page.kpi.value = RED
    page.committee.value = content.EVERY
    assert page.kpi.value == RED
    assert "60,6" in words(page.about.value)


def test_the_colours_are_those_against_the_group_that_is_chosen(page: Page, asked: Setting) -> None:
    page.group.value = "län"
    rows = content.scores(asked, Chosen("bn", "län"))
    red = rows.loc[rows["colour"] == "red", "kpi"]
    assert "mot kommunerna i länet" in page.red.value
    assert all(kpi in page.red.value for kpi in red)
    found = rows[rows["kpi"] == page.kpi.value].iloc[0]
    assert f"plats {found['rank']} av {found['n']}" in words(page.about.value)


def test_the_newest_year_is_chosen_when_the_page_opens(page: Page) -> None:
    assert page.year.label == "Senaste (2025)"
    assert [label for label, _ in page.year.options][1:3] == ["2024", "2023"]


def test_an_earlier_year_shows_what_was_known_of_it(page: Page) -> None:
    page.year.value = 2020
    years = re.findall(r"\t(\d{4})\t", words(page.red.value))
    assert years
    assert max(years) <= "2020"


def test_a_question_that_lacks_something_says_what_and_the_cure_below_its_button(
    page: Page, asked: Setting
) -> None:
    page.committee.value = content.EVERY
    page.kpi.value = next(one.id for one in asked.model.kpis if one.direction == "ingen")
    page.theme.value = "C"
    shown = [getattr(one, "description", "") or one.value for one in page.offered.children]
    at = shown.index("16. Är vi röda mot alla, eller bara mot våra liknande? (underlag saknas)")
    assert "har ingen riktning i nyckeltal.yaml" in shown[at + 1]
    assert "Bestäm en riktning" in shown[at + 1]


def test_what_the_figures_raise_can_be_asked_first_with_why(page: Page, asked: Setting) -> None:
    title, *shown = page.raised.children
    assert "Frågor som siffrorna väcker" in title.value
    first = fragelista(asked.case(page.kpi.value))[0]
    assert shown[0].description == f"{first.question.number}. {first.question.words}"
    assert first.why in words(shown[1].value)


def test_an_answer_is_shown_told_and_handed_on(page: Page) -> None:
    page.kpi.value = RED
    page.theme.value = "C"
    pressed(page, 16)
    said = "Övninge är röd i 5 av 5 jämförelser 2025"
    assert said in words(page.answer.value)
    assert said in words(page.status.value)
    assert f"hemkommun, andel (%) ({RED}), Övninge" in words(page.answer.value)
    assert page.files.value.count("<a download=") == 2


def test_an_answer_is_taken_away_when_another_key_figure_is_chosen(page: Page) -> None:
    page.theme.value = "C"
    pressed(page, 16)
    page.kpi.value = page.kpi.options[1][1]
    assert page.answer.value == page.files.value == ""


def test_a_fault_in_an_answer_is_said_on_the_page_and_shown_where_the_page_runs(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Answer:
        raise ZeroDivisionError

    monkeypatch.setattr("malstyr_lib.face.page.answer", broken)
    with pytest.raises(ZeroDivisionError):
        page.ask(question(16))
    assert BROKEN in page.status.value


def test_a_committee_without_key_figures_has_nothing_to_ask_about(asked: Setting) -> None:
    model = asked.model.model_copy(
        update={
            "committees": tuple(
                one.model_copy(update={"goals": ()}) if one.slug == "bn" else one
                for one in asked.model.committees
            )
        }
    )
    without = anew(asked, model=model)
    page = Page(lambda year: without, "bn")
    assert content.NOTHING in page.red.value
    assert page.about.value == ""
    assert not page.offered.children


def test_what_is_data_is_never_markup(asked: Setting) -> None:
    case = replace(asked.case(RED))
    object.__setattr__(case, "title", "<img src=x onerror=alert(1)>")
    shown = content.answered(case, answer(case, 16)).html
    assert "<img" not in shown
    assert "&lt;img src=x" in shown


# --- the page in a notebook ------------------------------------------------------------------


def test_the_notebook_shows_the_page_of_the_folders(
    exercise: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in exercise.place.environment().items():
        monkeypatch.setenv(name, value)
    root = sida("ON")
    assert root.children[1].children[0].value == "on"


def test_a_page_stays_on_the_snapshot_that_it_opened_with(
    exercise: Exercise, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shutil.copytree(exercise.place.store, tmp_path / "lager")
    for name, value in replace(exercise.place, store=tmp_path / "lager").environment().items():
        monkeypatch.setenv(name, value)
    with patch("malstyr_lib.face.page.Page") as opened:
        sida()
    setting_of = opened.call_args.args[0]
    first = setting_of(None).snapshot
    with writing(tmp_path / "lager") as writer:
        newer = writer.put_manifest({**first.manifest, "fetched": "2039-01-01T00:00:00+00:00"})
    assert Store(tmp_path / "lager").open().id == newer
    assert setting_of(2020).snapshot.id == first.id


def test_what_is_wrong_with_the_folders_is_a_sentence_on_the_page(
    exercise: Exercise, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MALSTYR_PARAMS", str(exercise.place.params))
    monkeypatch.setenv("MALSTYR_STORE", str(tmp_path))
    assert "är tomt. Hämta värden med: malstyr hamta" in repr(sida())


# --- documents -------------------------------------------------------------------------------


def drawn() -> Chart:
    rows = pd.DataFrame(
        {
            "municipality": [f"{1000 + at}" for at in range(30)],
            "title": [f"Ort {at}" for at in range(30)],
            "value": [float(at) for at in range(30)],
            "colour": ["red"] * 8 + ["yellow"] * 14 + ["green"] * 8,
        }
    )
    return strip(
        rows,
        title="Mått (%)",
        name="Ort 3",
        own="1003",
        similar=["1004"],
        period=2025,
        hint="Högre är bättre",
        decimals=1,
        exercise=True,
    )


@pytest.fixture(scope="module")
def told(asked: Setting) -> Answer:
    """An answer with a chart, and with cells that would do harm if they were taken for more."""
    rows = pd.DataFrame(
        {
            "Ort": ['=HYPERLINK("http://x")', "+1", "http://elak.se", "<b>Ort</b>"],
            "Värde": [1.23456, float("nan"), float("nan"), -2.0],
            "År": [2025, 2024, 2023, 2022],
            "Egen": [True, False, False, False],
        }
    )
    reply = sure("Ort 3 är röd.", "Alla jämförelser säger detsamma.", underlag=rows, drawing=drawn)
    one = Question(16, "röda mot alla", "Är vi röda?", lambda case: reply)
    return answer(asked.case(RED), one)


@pytest.fixture(scope="module")
def docx(told: Answer) -> ZipFile:
    return ZipFile(BytesIO(documents.word(told, f"Mått ({RED}), Övninge", exercise=True)))


def test_word_says_the_answer_with_headings_in_swedish(docx: ZipFile) -> None:
    body = docx.read("word/document.xml").decode()
    seen = unescape(re.sub(r"<[^>]+>", " ", body))
    for said in (EXERCISE, f"Gäller: Mått ({RED}), Övninge.", "Ort 3 är röd.", "Säkert: Alla"):
        assert said in seen
    assert body.count('w:pStyle w:val="Heading1"') == 1
    assert body.count('w:pStyle w:val="Heading2"') == 4
    assert 'w:val="sv-SE"' in docx.read("word/styles.xml").decode()
    assert "<dc:title>Är vi röda?</dc:title>" in docx.read("docProps/core.xml").decode()


def test_words_picture_has_its_alt_text_and_its_tables_have_heads_and_captions(
    docx: ZipFile,
) -> None:
    body = docx.read("word/document.xml").decode()
    (alt,) = re.findall(r'<wp:docPr descr="([^"]+)"', body)
    assert alt == drawn().alt
    assert sum(name.startswith("word/media/") for name in docx.namelist()) == 1
    assert body.count("<w:tblHeader") == 2
    assert re.findall(r'tblCaption w:val="([^"]+)"', body) == [
        "Siffrorna bakom svaret",
        "Diagrammets siffror",
    ]


def test_word_takes_no_data_for_markup_or_for_a_link(docx: ZipFile) -> None:
    body = docx.read("word/document.xml").decode()
    assert "&lt;b&gt;Ort&lt;/b&gt;" in body
    links = docx.read("word/_rels/document.xml.rels").decode()
    assert "elak" not in links
    assert "w:instrText" not in body


def test_excel_takes_no_data_for_a_formula_or_a_link(told: Answer) -> None:
    book = load_workbook(BytesIO(documents.excel(told, "Mått", exercise=True)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert [row[0].value for row in book["Underlag"].iter_rows(min_row=3)] == [
        '=HYPERLINK("http://x")',
        "+1",
        "http://elak.se",
        "<b>Ort</b>",
    ]


def test_excel_keeps_numbers_unrounded_and_missing_ones_empty(told: Answer) -> None:
    book = load_workbook(BytesIO(documents.excel(told, "Mått", exercise=True)))
    assert book.sheetnames == ["Svar", "Underlag", "Diagram"]
    sheet = book["Underlag"]
    assert [cell.value for cell in sheet["B"]][2:] == [1.23456, None, None, -2]
    assert [cell.value for cell in sheet["C"]][2:] == [2025, 2024, 2023, 2022]
    assert [cell.value for cell in sheet["D"]][2:] == ["ja", "nej", "nej", "nej"]


def test_excel_says_the_answer_and_that_figures_are_invented_on_every_sheet(told: Answer) -> None:
    book = load_workbook(BytesIO(documents.excel(told, "Mått", exercise=True)))
    said = {row[0].value: row[1].value for row in book["Svar"].iter_rows()}
    assert said["Svar"] == "Ort 3 är röd."
    assert said["Hur säkert"] == "Säkert"
    assert all(EXERCISE in (sheet["A1"].value, sheet["B1"].value) for sheet in book)


def test_real_figures_are_not_said_to_be_invented(told: Answer) -> None:
    book = load_workbook(BytesIO(documents.excel(told, "Mått", exercise=False)))
    assert book["Underlag"]["A1"].value == "Ort"


def test_the_links_carry_the_files_and_say_their_kind_and_size(asked: Setting) -> None:
    case = asked.case(RED)
    shown = files.saved(case, answer(case, 16)).html
    found = re.findall(r'<a download="([^"]+)" href="data:[^;]+;base64,([^"]+)">([^<]+)<', shown)
    assert [name for name, _, _ in found] == [
        "ovninge-n17461-fraga-16-roda-mot-alla.docx",
        "ovninge-n17461-fraga-16-roda-mot-alla.xlsx",
    ]
    for _, inside, _ in found:
        assert ZipFile(BytesIO(base64.b64decode(inside))).testzip() is None
    assert [re.sub(r"\d+", "9", said) for _, _, said in found] == [
        "Hämta svaret som Word (docx, 9 kB)",
        "Hämta svaret som Excel (xlsx, 9 kB)",
    ]


# --- the command -----------------------------------------------------------------------------


def test_the_server_listens_on_this_computer_only_and_its_token_is_not_in_its_command() -> None:
    words = server.command(8899)
    assert "--Voila.ip=127.0.0.1" in words
    assert "--token" in words
    assert not [word for word in words if word.startswith("--token=")]


def test_without_the_extra_the_cure_is_said(
    exercise: Exercise, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(server, "find_spec", lambda name: None)
    place = exercise.place
    assert run(["app", "--params", str(place.params), "--lager", str(place.store)]) == 2
    assert "uv sync --extra app" in capsys.readouterr().err


def test_an_empty_store_says_how_to_fill_it_before_anything_starts(
    exercise: Exercise, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["app", "--params", str(exercise.place.params), "--lager", str(tmp_path)]) == 3
    assert "är tomt. Hämta värden med: malstyr hamta" in capsys.readouterr().err


def test_a_port_that_is_taken_is_said_to_be(exercise: Exercise) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = f"Port {port} är upptagen. Välj en annan med --port"
        with pytest.raises(UsageError, match=said), server.serving(exercise.place, port=port):
            pass


def test_a_server_that_ends_before_it_answers_is_a_report_that_could_not_be_made(
    exercise: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "command", lambda port: ["python", "-c", "raise SystemExit(1)"])
    with (
        pytest.raises(ReportError, match="Sidan kunde inte starta"),
        server.serving(exercise.place),
    ):
        pass
