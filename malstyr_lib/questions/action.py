"""Theme H, do we do anything about it: who, when it shows, the next figure, last time (39–44)."""

from __future__ import annotations

from typing import Final

from malstyr_lib.questions.answer import Question

QUESTIONS: Final[tuple[Question, ...]] = ()
