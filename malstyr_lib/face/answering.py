"""Asking the dumb questions: one of them, several, or which of them can be answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from malstyr_lib import text
from malstyr_lib.errors import UsageError
from malstyr_lib.face.desk import desk
from malstyr_lib.face.named import Years, last_named
from malstyr_lib.face.shown import Sheet, Shown, source_of
from malstyr_lib.model import Committee
from malstyr_lib.questions import (
    QUESTIONS,
    THEME_OF,
    THEMES,
    Answer,
    Answerable,
    Case,
    Question,
    Setting,
    answer,
    answerable,
    answers,
    answers_table,
    question,
)

Asked = int | str | Iterable[int | str]
ALL = "alla"


def fraga(
    nyckeltal: str | int,
    fraga: Asked | None = None,
    kommun: str | None = None,
    ar: Years = None,
) -> Answer | Answers | Askable:
    """Ställ en dum fråga om ett nyckeltal, och få ett svar som går att skriva under.

    nyckeltal: id, som "N00090", eller rubriken. fraga: frågans nummer, dess korta namn eller dess
    ord; en lista för flera, "alla" för alla. Utan fråga visas vilka som går att besvara. kommun:
    namn eller kod, den egna om inget sägs. ar: senaste år att se till.

    En fråga till hela rapporten ställs om en nämnd, ms.fraga("BN", 46), eller om alla nämnder,
    ms.fraga(46). Alla frågor: ms.fragor().
    Svaret har `.svar`, `.sakerhet`, `.varfor`, `.underlag` (en DataFrame) och `.diagram`.

    Exempel: ms.fraga("N00090", 16) eller ms.fraga("N00090", "är det bara vi")
    """
    at = desk()
    setting, words = at.setting(kommun, last_named(ar)), str(nyckeltal).strip()
    if fraga is None and words.isdigit():
        return _of_committees(setting, setting.committees, int(words))
    committees = [one for one in setting.committees if words.casefold() in _names(one)]
    if committees:
        return _of_report(setting, committees[0], fraga)
    case = setting.case(at.kpi(words))
    return askable(case) if fraga is None else asked(case, fraga)


def asked(case: Case, what: Asked) -> Answer | Answers:
    """Return the answer to one question about a case, or the answers to several."""
    if isinstance(what, str) and what.strip().casefold() == ALL:
        return Answers(_title(case), case.setting, tuple(answers(case)))
    if isinstance(what, int | str):
        return answer(case, what)
    return Answers(_title(case), case.setting, tuple(answers(case, what)))


def _title(case: Case) -> str:
    return f"{case.label}, {case.name}"


def askable(case: Case) -> Askable:
    """Return which questions can be answered for a case."""
    return Askable(case, tuple(answerable(case)))


def _names(committee: Committee) -> tuple[str, ...]:
    """Return what a committee may be called."""
    return committee.code.casefold(), committee.slug.casefold(), committee.name.casefold()


def _of_committees(
    setting: Setting, committees: Sequence[Committee], what: int | str | Question
) -> Answers:
    """Return the answers to a question to the whole report, one for each committee."""
    cases = [case for one in committees if (case := _case_of(setting, one))]
    one = _to_report(what, cases)
    names = tuple(case.committee.name for case in cases if case.committee)
    return Answers(
        f"{one.number}. {one.words}", setting, tuple(answer(case, one) for case in cases), names
    )


def _of_report(
    setting: Setting, committee: Committee, what: Asked | None
) -> Answer | Answers | Askable:
    """Return what is asked of a committee's report; without a question, which can be."""
    case = _case_of(setting, committee)
    if case is None:
        raise UsageError(f"{committee.name} har inget nyckeltal med värden i lagret att fråga om.")
    if what is None:
        every = answerable(case)
        return Askable(case, tuple(one for one in every if one.question.about == "rapport"))
    if str(what).strip().casefold() == ALL:
        return asked(case, [one.number for one in QUESTIONS if one.about == "rapport"])
    several = [what] if isinstance(what, int | str) else list(what)
    numbers = [_to_report(one, [case]).number for one in several]
    return asked(case, numbers[0] if isinstance(what, int | str) else numbers)


def _to_report(what: int | str | Question, cases: Sequence[Case]) -> Question:
    """Return a question to the whole report; UsageError for one about a key figure."""
    one = what if isinstance(what, Question) else question(what)
    if one.about != "rapport":
        some = cases[0].id if cases else "N00090"
        raise UsageError(
            f'Fråga {one.number} ställs om ett nyckeltal: ms.fraga("{some}", {one.number}).'
        )
    return one


def _case_of(setting: Setting, committee: Committee) -> Case | None:
    """Return the case of the first key figure of a committee that is its own and has values."""
    cases = (setting.case(kpi) for kpi in committee.kpis if setting.held(kpi))
    return next((case for case in cases if case.committee == committee), None)


@dataclass(frozen=True, repr=False)
class Answers(Shown):
    """Svaren på flera frågor. `.tabell` är en DataFrame med ett svar per rad."""

    rubrik: str
    _setting: Setting = field(repr=False)
    svar: tuple[Answer, ...] = field(repr=False)
    _committees: tuple[str, ...] = ()

    @property
    def tabell(self) -> pd.DataFrame:
        """Ett svar per rad: fråga, svar, säkerhet, varför och källa."""
        return answers_table(list(self.svar))

    def __len__(self) -> int:
        return len(self.svar)

    def __getitem__(self, at: int) -> Answer:
        return self.svar[at]

    def _sheet(self) -> Sheet:
        questions = [f"{one.question.number}. {one.question.words}" for one in self.svar]
        whose = {"Nämnd": list(self._committees)} if self._committees else {"Fråga": questions}
        table = pd.DataFrame(
            whose
            | {
                "Svar": [one.svar for one in self.svar],
                "Hur säkert": [one.sure_words for one in self.svar],
                "Varför": [one.varfor for one in self.svar],
            }
        )
        return Sheet(
            self.rubrik,
            source_of(self._setting),
            table=table,
            caption=f"Svar: {self.rubrik}",
            exercise=self._setting.exercise,
        )


@dataclass(frozen=True, repr=False)
class Askable(Shown):
    """Vilka frågor som går att besvara om ett nyckeltal, och vad som saknas för de andra."""

    _case: Case = field(repr=False)
    _found: tuple[Answerable, ...] = field(repr=False)

    @property
    def tabell(self) -> pd.DataFrame:
        """En fråga per rad: nummer, namn, fråga, om den går att besvara, och vad som saknas."""
        return pd.DataFrame(
            {
                "nummer": pd.Series([one.question.number for one in self._found], dtype="int64"),
                "namn": pd.Series([one.question.name for one in self._found], dtype="str"),
                "fraga": pd.Series([one.question.words for one in self._found], dtype="str"),
                "gar": pd.Series([one.now for one in self._found], dtype="bool"),
                "saknas": pd.Series([self._lacking(one) for one in self._found], dtype="str"),
            }
        )

    def _lacking(self, one: Answerable) -> str:
        return " ".join(need.words(self._case) for need in one.lacking)

    def _sheet(self) -> Sheet:
        case, rows = self._case, self.tabell.to_dict("records")
        can = sum(bool(row["gar"]) for row in rows)
        table = pd.DataFrame(
            {
                "Nr": [str(row["nummer"]) for row in rows],
                "Fråga": [row["fraga"] for row in rows],
                "Går att ställa": ["Ja" if row["gar"] else "Nej" for row in rows],
                "Vad som saknas": [row["saknas"] or text.NO_VALUE for row in rows],
            }
        )
        return Sheet(
            f"Frågor om {_title(case)}",
            source_of(case.setting),
            [
                f"{can} av {len(rows)} frågor går att ställa nu."
                f' Ställ en med dess nummer: ms.fraga("{case.id}", {_one(rows)}).'
            ],
            table,
            f"Vilka frågor som går att ställa om {case.id}",
            exercise=case.setting.exercise,
        )


def _one(rows: list[dict[Any, Any]]) -> int:
    """Return the number of a question to take as the example: the first that can be asked."""
    return int(next((row["nummer"] for row in rows if row["gar"]), rows[0]["nummer"]))


def fragor() -> Questions:
    """Visa alla frågor som går att ställa, tema för tema.

    Exempel: ms.fragor()
    """
    return Questions()


class Questions(Shown):
    """Alla frågor. `.tabell` är en DataFrame med nummer, tema, namn och fråga."""

    @property
    def tabell(self) -> pd.DataFrame:
        """En fråga per rad: nummer, tema, kort namn och frågans ord."""
        return pd.DataFrame(
            {
                "nummer": [one.number for one in QUESTIONS],
                "tema": [THEMES[THEME_OF[one.number]] for one in QUESTIONS],
                "namn": [one.name for one in QUESTIONS],
                "fraga": [one.words for one in QUESTIONS],
            }
        )

    def _sheet(self) -> Sheet:
        found = self.tabell
        table = pd.DataFrame(
            {
                "Nr": found["nummer"].astype("str"),
                "Tema": found["tema"],
                "Kort namn": found["namn"],
                "Fråga": found["fraga"],
            }
        )
        return Sheet(
            "De dumma frågorna",
            'Ställ en om ett nyckeltal: ms.fraga("N00090", 16), eller med dess ord.',
            table=table,
            caption=f"Alla {len(table)} frågor, tema för tema",
        )
