"""The forty-eight as a whole: their ids, how they are found, and that none ever falls."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from asking import ladder, planted
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from prose import faults, sentence_faults
from small_land import kpi

from malstyr_lib.errors import UsageError
from malstyr_lib.questions import (
    QUESTIONS,
    THEME_OF,
    THEMES,
    UNSURE,
    Answer,
    Setting,
    answer,
    answerable,
    answers,
    answers_table,
    question,
)
from malstyr_lib.questions.answer import ANSWERS, LIKELY, SURE

KPIS = ("N00090", "N15428", "U21401", "N15505", "U21468", "N31816", "N85054", "N00670")
MORE = ("U07453", "N11024", "N03102", "U09800", "N00610", "N07403", "N31807", "N17461", "U15900")


def test_there_are_forty_eight_with_stable_numbers_in_nine_themes() -> None:
    assert [one.number for one in QUESTIONS] == list(range(1, 49))
    assert list(THEMES) == list("ABCDEFGHI")
    sizes = [list(THEME_OF.values()).count(theme) for theme in THEMES]
    assert sizes == [9, 5, 6, 6, 4, 3, 5, 6, 4]


def test_every_question_has_a_name_and_words_of_its_own() -> None:
    for told in ([one.name for one in QUESTIONS], [one.words for one in QUESTIONS]):
        assert len({words.casefold() for words in told}) == 48
    assert all(one.words.endswith("?") for one in QUESTIONS)
    assert all(1 <= len(one.name.split()) <= 4 for one in QUESTIONS)


@pytest.mark.parametrize("one", QUESTIONS, ids=lambda one: str(one.number))
def test_a_question_is_found_by_its_number_its_name_and_its_words(one: object) -> None:
    assert isinstance(one, type(QUESTIONS[0]))
    bare = one.words.rstrip("?").upper()
    for asked in (one.number, str(one.number), one.name, one.words, bare):
        assert question(asked) is one


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("är det bara vi", 15),
        ("ar det bara vi", 15),
        ("slump", 1),
        ("vilken enhet", 22),
        ("hur fort", None),
        ("gäller det kvinnor och män", 21),
        ("nar kommer nasta siffra", 42),
        ("vad händer om vi inget gör", 38),
    ],
)
def test_words_that_are_nearly_a_questions_are_understood(words: str, number: int | None) -> None:
    if number is None:
        with pytest.raises(UsageError, match="menade du"):
            question(words)
    else:
        assert question(words).number == number


def test_words_that_are_no_question_name_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError, match="malstyr fraga --lista"):
        question("xyzzy")
    with pytest.raises(UsageError, match="de är 1–48"):
        question(49)


@given(st.text(max_size=60))
def test_any_words_are_a_question_or_a_sentence_that_says_they_are_not(words: str) -> None:
    try:
        assert question(words) in QUESTIONS
    except UsageError as refused:
        told = str(refused)
    else:
        return
    assert told.endswith(("?", ".", "--lista"))


# --- all of them, on what there is ----------------------------------------------------------------


IN_TABLES = ("en orsak", "ett bevis", "inget tal", "mall", "utropstecken")
"""What the cells of a table are held to: they also hold Kolada's titles, as Kolada writes them."""


def is_signed(one: Answer) -> list[str]:
    """What keeps an answer from being signed: nothing, when it is as it should be."""
    secured = one.sakerhet == SURE
    found = sentence_faults(one.svar, secured=secured)
    found += sentence_faults(one.varfor, secured=secured)
    for name in one.underlag.columns:
        told = one.underlag[name]
        words = [cell for cell in told if isinstance(cell, str)]
        found += [fault for cell in words for fault in faults(cell) if fault.rule in IN_TABLES]
    if len(one.underlag) > 40:
        return [f"{one.kpi} {one.question.number}: {len(one.underlag)} rows"]
    if one.sakerhet not in (SURE, LIKELY, UNSURE):
        return [f"sakerhet {one.sakerhet}"]
    return [f"{one.kpi} {one.question.number} {fault}: {one.svar} {one.varfor}" for fault in found]


@pytest.mark.parametrize(
    "kpi_id", [*KPIS, *(pytest.param(one, marks=pytest.mark.slow) for one in MORE)]
)
def test_every_question_is_answered_in_sentences_that_can_be_signed(
    asked: Setting, kpi_id: str
) -> None:
    told = answers(asked.case(kpi_id))
    assert [one.question.number for one in told] == list(range(1, 49))
    assert [fault for one in told for fault in is_signed(one)] == []


@pytest.mark.parametrize("kpi_id", ["N00090", pytest.param("N15505", marks=pytest.mark.slow)])
def test_another_municipality_and_another_year_are_answered_too(
    asked: Setting, kpi_id: str
) -> None:
    for own, year in (("9002", None), ("9004", 2019), ("9001", 2012)):
        told = answers(replace(asked, own=own, year=year, at_hand={}).case(kpi_id))
        assert [fault for one in told for fault in is_signed(one)] == []


def test_what_cannot_be_answered_says_why_and_never_vanishes(tmp_path: Path) -> None:
    nothing = planted(tmp_path, [ladder(40, 2, own=[float("nan")] * 2)], [kpi(1, "ingen")])
    told = answers(nothing.case("N00001"))
    assert len(told) == 48
    assert [fault for one in told for fault in is_signed(one)] == []
    unsure = [one for one in told if one.sakerhet == UNSURE]
    assert len(unsure) > 30
    assert all(len(one.varfor) > 20 for one in unsure)


def test_a_chart_is_drawn_only_when_it_is_looked_at(
    asked: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a chart was drawn")

    with monkeypatch.context() as patched:
        patched.setattr(Figure, "__init__", refuse)
        told = answers(asked.case("N15428"))
    assert sum(one.drawing is not None for one in told) > 5


@pytest.mark.parametrize("kpi_id", ["N15428", "N15505"])
def test_every_chart_has_alt_text_a_caption_and_its_numbers(asked: Setting, kpi_id: str) -> None:
    for one in answers(asked.case(kpi_id)):
        if one.diagram is not None:
            assert len(one.diagram.alt) > 40
            assert one.diagram.alt != one.diagram.caption
            assert len(one.diagram.table)


def test_an_answer_is_a_flat_object_a_text_and_a_page(asked: Setting) -> None:
    one = answer(asked.case("N15428"), 16)
    assert list(one.row) == list(ANSWERS)
    assert one.text.startswith(one.question.words)
    assert one.svar in repr(one)
    assert "<table>" in one.html().html
    table = answers_table([one])
    assert table.dtypes.astype(str).to_dict() == ANSWERS
    assert isinstance(table, pd.DataFrame)


def test_every_answer_names_its_source_and_is_never_called_koladas_own(asked: Setting) -> None:
    for one in answers(asked.case("N15428")):
        assert "övningsvärlden" in one.kalla
        assert "Källa: Kolada" not in one.kalla


def test_what_can_be_answered_now_is_known_without_answering(asked: Setting) -> None:
    case = asked.case("N15428")
    for one in answerable(case):
        found = answer(case, one.question)
        if not one.now:
            assert found.sakerhet == UNSURE
            assert all(need.words(case) in found.varfor for need in one.lacking)


def test_questions_about_the_report_are_answered_alike_whichever_key_figure_is_asked(
    asked: Setting,
) -> None:
    committee = next(one for one in asked.committees if one.code == "BN")
    cases = [asked.case(kpi_id) for kpi_id in committee.kpis[:3]]
    for one in QUESTIONS:
        if one.about == "rapport":
            assert len({answer(case, one).svar for case in cases}) == 1


# --- the real figures -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hedemora(real_setting: Setting) -> Setting:
    return real_setting


@pytest.mark.real
@pytest.mark.parametrize("kpi_id", KPIS[:3])
def test_real_figures_are_answered_in_sentences_that_can_be_signed(
    hedemora: Setting, kpi_id: str
) -> None:
    told = answers(hedemora.case(kpi_id))
    assert [fault for one in told for fault in is_signed(one)] == []


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.parametrize("own", ["2083", "0180", "2418"])
def test_all_questions_on_all_key_figures_of_three_municipalities(
    hedemora: Setting, own: str
) -> None:
    setting = replace(hedemora, own=own, at_hand={})
    wrong = [
        fault
        for registered in setting.model.kpis
        for one in answers(setting.case(registered.id))
        for fault in is_signed(one)
    ]
    assert len(setting.model.kpis) == 144
    assert wrong == []


# --- the handbook ---------------------------------------------------------------------------------


def test_the_handbook_lists_every_question_by_theme() -> None:
    page = (ROOT / "docs" / "handbok" / "dumma-fragor.md").read_text(encoding="utf-8")
    for letter, theme in THEMES.items():
        assert f"**{letter}. {theme}**" in page
    rows = re.findall(r"^\| (\d+) \| (.+?) \| (.+?) \|", page, re.MULTILINE)
    assert [(int(n), words, name) for n, words, name in rows] == [
        (one.number, one.words, f"`{one.name}`") for one in QUESTIONS
    ]
