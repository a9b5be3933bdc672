"""One real answer of Hedemora's to every question, kept as prose: a change of words is read.

Rewrite the file with `pytest tests/test_questions_golden.py --golden`, and read the difference.
"""

from __future__ import annotations

import pytest
from conftest import ROOT
from prose import sentence_faults

from malstyr_lib.questions import QUESTIONS, UNSURE, Question, Setting, answer
from malstyr_lib.questions.answer import SURE

pytestmark = pytest.mark.real

GOLDEN = ROOT / "tests" / "golden" / "hedemoras-svar.txt"
OTHERWISE = "N00090"
ASKED = {
    2: "N00206",
    5: "U21401",
    8: "N15428",
    16: "N15428",
    19: "N15428",
    21: "N15505",
    23: "N15428",
    24: "N15505",
    26: "N15428",
    27: "N00206",
    28: "N00206",
    30: "N15428",
}
"""The key figure that a question is asked of, where sick leave has nothing to answer."""


def paragraph(setting: Setting, one: Question) -> str:
    found = answer(setting.case(ASKED.get(one.number, OTHERWISE)), one)
    heading = f"{one.number}. {one.words} ({found.kpi}) [{found.sakerhet}]"
    return f"{heading}\n{found.svar}\n{found.varfor}\n{found.kalla}\n"


def test_hedemoras_answers_are_the_ones_that_were_read(
    real_setting: Setting, pytestconfig: pytest.Config
) -> None:
    told = "\n".join(paragraph(real_setting, one) for one in QUESTIONS)
    told = told.replace(real_setting.snapshot.id, "ÖGONBLICKSBILD")
    if pytestconfig.getoption("--golden"):
        GOLDEN.write_text(told, encoding="utf-8")
    assert told == GOLDEN.read_text(encoding="utf-8")


def test_most_questions_can_be_answered_of_hedemora(real_setting: Setting) -> None:
    found = [answer(real_setting.case(ASKED.get(one.number, OTHERWISE)), one) for one in QUESTIONS]
    unsure = [one.question.number for one in found if one.sakerhet == UNSURE]
    assert len(unsure) < 16, unsure
    for one in found:
        assert not sentence_faults(one.svar, secured=one.sakerhet == SURE)
