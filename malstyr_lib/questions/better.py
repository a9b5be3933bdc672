"""Theme F, who does better: similar ones, who has made the journey, their other figures (31–33)."""

from __future__ import annotations

from typing import Final

from malstyr_lib.questions.answer import Question

QUESTIONS: Final[tuple[Question, ...]] = ()
