"""Ask: a case and a question in, an answer out, also where what it needs is not there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from malstyr_lib.questions.answer import Answer, Question, Reply, unsure
from malstyr_lib.questions.case import Case
from malstyr_lib.questions.catalogue import QUESTIONS, question
from malstyr_lib.questions.needs import Need


def answer(case: Case, asked: int | str | Question) -> Answer:
    """Return the answer to one question, by its number, name or words, about a case.

    UsageError for a question that there is none of. What the question needs and the case lacks
    is told in `varfor`, with its cure; nothing is passed over.
    """
    one = asked if isinstance(asked, Question) else question(asked)
    absent = " ".join(need.words(case) for need in lacking(case, one))
    return _signed(case, one, unsure(absent) if absent else one.reply(case))


def answers(case: Case, asked: Iterable[int | str | Question] = QUESTIONS) -> list[Answer]:
    """Return the answers to several questions about a case, all forty-eight unless told."""
    return [answer(case, one) for one in asked]


def lacking(case: Case, one: Question) -> list[Need]:
    """Return what a question needs that is not there for a case."""
    return [need for need in one.needs if not need.met(case)]


def _signed(case: Case, one: Question, reply: Reply) -> Answer:
    """Return a reply as an answer: with its question, whom it is about and its sources."""
    return Answer(
        question=one,
        kpi=case.id,
        municipality=case.setting.own,
        svar=reply.svar,
        sakerhet=reply.sakerhet,
        varfor=reply.varfor,
        kalla=" ".join([case.source, *reply.sources]),
        underlag=reply.underlag,
        drawing=reply.drawing,
        decimals=case.decimals,
    )


@dataclass(frozen=True)
class Answerable:
    """Whether a question can be answered now for a case, and what would make it so."""

    question: Question
    lacking: tuple[Need, ...]

    @property
    def now(self) -> bool:
        """Whether it can be answered with what is at hand."""
        return not self.lacking


def answerable(case: Case) -> list[Answerable]:
    """Return for every question whether what it needs is there."""
    return [Answerable(one, tuple(lacking(case, one))) for one in QUESTIONS]
