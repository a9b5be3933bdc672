"""Theme I, questions to the report itself: what we know, how red, which KPIs, again (45–48)."""

from __future__ import annotations

from typing import Final

from malstyr_lib.questions.answer import Question

QUESTIONS: Final[tuple[Question, ...]] = ()
