"""Theme B, is it new: how long, which way, beyond the usual, when it turned, last year (10–14)."""

from __future__ import annotations

from typing import Final

from malstyr_lib.questions.answer import Question

QUESTIONS: Final[tuple[Question, ...]] = ()
