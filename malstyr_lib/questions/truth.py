"""Theme A, is the figure true: chance, persons, coverage, definition, source, gaps (1–9)."""

from __future__ import annotations

from typing import Final

from malstyr_lib.questions.alive import ALIVE, DEFINITION
from malstyr_lib.questions.answer import Question
from malstyr_lib.questions.chance import CHANCE
from malstyr_lib.questions.coverage import COVERAGE, SAME_AGAIN
from malstyr_lib.questions.empty import WHY_EMPTY
from malstyr_lib.questions.persons import HOW_MANY
from malstyr_lib.questions.sources import COUNTED_BY, SAME_THING

QUESTIONS: Final[tuple[Question, ...]] = (
    CHANCE,
    HOW_MANY,
    COVERAGE,
    DEFINITION,
    ALIVE,
    SAME_AGAIN,
    SAME_THING,
    COUNTED_BY,
    WHY_EMPTY,
)
