"""Theme A, is the figure true: chance, persons, coverage, definition, source, gaps (1–9)."""

from __future__ import annotations

from typing import Final

from malstyr_lib.questions.answer import Question

QUESTIONS: Final[tuple[Question, ...]] = ()
