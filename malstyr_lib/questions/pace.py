"""Theme G, how fast it can go: others' time, base rate, slow measures, targets (34–38)."""

from __future__ import annotations

from typing import Final

from malstyr_lib.questions.answer import Question

QUESTIONS: Final[tuple[Question, ...]] = ()
