"""The forty-eight dumb questions in order, and how one is found by its number, name or words."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import cache
from typing import Final

from malstyr_lib.errors import UsageError
from malstyr_lib.questions import (
    action,
    better,
    itself,
    meaning,
    novelty,
    pace,
    peers,
    truth,
    whom,
)
from malstyr_lib.questions.answer import Question

THEMES: Final = {
    "A": "Är siffran sann?",
    "B": "Är det nytt?",
    "C": "Är det bara vi?",
    "D": "Vem gäller det?",
    "E": "Vad betyder det?",
    "F": "Vem lyckas bättre?",
    "G": "Hur fort kan det gå?",
    "H": "Gör vi något åt det?",
    "I": "Frågor till rapporten själv",
}
_MODULES: Final = (truth, novelty, peers, whom, meaning, better, pace, action, itself)
QUESTIONS: Final[tuple[Question, ...]] = tuple(
    question for module in _MODULES for question in module.QUESTIONS
)
THEME_OF: Final = {
    question.number: theme
    for theme, module in zip(THEMES, _MODULES, strict=True)
    for question in module.QUESTIONS
}
_ENOUGH: Final = 0.62
"""How alike words must be to a question's to be taken for it."""
_AHEAD: Final = 0.08
"""How much better the best match must be than the next one."""
_NEAR: Final = 0.3
"""How alike a question's words must be to be suggested."""


def question(asked: int | str) -> Question:
    """Return a question by its number, name or words. UsageError with the nearest ones."""
    words = str(asked).strip()
    if words.isascii() and words.isdigit():
        return _numbered(int(words))
    alike = {one.number: _alike(words, one) for one in QUESTIONS}
    ranked = sorted(QUESTIONS, key=lambda one: -alike[one.number])
    best, next_best = (alike[one.number] for one in ranked[:2])
    if best == 1 or (best >= _ENOUGH and best - next_best >= _AHEAD):
        return ranked[0]
    near = [one for one in ranked[:3] if alike[one.number] > _NEAR]
    if not near:
        raise UsageError(
            f"Det finns ingen fråga '{words}'. Alla 48 visas med: malstyr fraga --lista"
        )
    meant = " eller ".join(f"{one.number} '{one.words}'" for one in near)
    raise UsageError(f"Det finns ingen fråga '{words}'; menade du {meant}?")


def _numbered(number: int) -> Question:
    by_number = {one.number: one for one in QUESTIONS}
    if number not in by_number:
        raise UsageError(
            f"Det finns ingen fråga {number}: de är {min(by_number)}–{max(by_number)}."
            " Alla visas med: malstyr fraga --lista"
        )
    return by_number[number]


def _alike(words: str, one: Question) -> float:
    """Return how alike words are to a question's name or words, 0–1."""
    asked = _bare(words)
    return max(_alikeness(asked, _bare(one.name)), _alikeness(asked, _bare(one.words)))


def _alikeness(asked: str, known: str) -> float:
    """Return 1 for the same, most of it for a beginning, else shared words and letters."""
    if asked == known:
        return 1.0
    if len(asked) >= 4 and known.startswith(asked):
        return 0.9
    mine, theirs = set(asked.split()), set(known.split())
    shared = len(mine & theirs) / len(mine | theirs)
    letters = SequenceMatcher(None, asked, known).ratio()
    return 0.5 * shared + 0.5 * letters if shared else 0.8 * letters


@cache
def _bare(words: str) -> str:
    return " ".join(re.findall(r"\w+", words.casefold()))
