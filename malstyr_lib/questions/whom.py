"""Theme D, whom it is about: women and men, units, schools or pupils, groups, averages (21–26)."""

from __future__ import annotations

from typing import Final

from malstyr_lib.questions.answer import Question

QUESTIONS: Final[tuple[Question, ...]] = ()
