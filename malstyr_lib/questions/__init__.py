"""The dumb questions: forty-eight that the analysis group may ask of a key figure, answered.

A `Setting` (parameters, snapshot, day) gives a `Case` per KPI; `answer` asks it. A module per
theme, a function per question. Docs: docs/handbok/dumma-fragor.md, docs/metod.md.
"""

from malstyr_lib.questions.answer import UNSURE, Answer, Question, answers_table
from malstyr_lib.questions.ask import Answerable, answer, answerable, answers
from malstyr_lib.questions.case import Case
from malstyr_lib.questions.catalogue import QUESTIONS, THEME_OF, THEMES, question
from malstyr_lib.questions.setting import Setting

__all__ = [
    "QUESTIONS",
    "THEMES",
    "THEME_OF",
    "UNSURE",
    "Answer",
    "Answerable",
    "Case",
    "Question",
    "Setting",
    "answer",
    "answerable",
    "answers",
    "answers_table",
    "question",
]
