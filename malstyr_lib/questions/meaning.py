"""Theme E, what it means: in persons and kronor, whether it matters, what it costs (27–30)."""

from __future__ import annotations

from typing import Final

from malstyr_lib.questions.answer import Question

QUESTIONS: Final[tuple[Question, ...]] = ()
