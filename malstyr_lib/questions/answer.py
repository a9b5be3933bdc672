"""What a dumb question is answered with: one signed sentence, how sure, what it rests on, and why.

A theme's function takes a `Case` and returns a `Reply`; `ask.answer` makes an `Answer` of it. An
answer that can't be given is an answer too, and says why.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal

import pandas as pd

from malstyr_lib import markup, tables, text
from malstyr_lib.charts import Chart

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case
    from malstyr_lib.questions.needs import Need

Sureness = Literal["ja", "troligen", "går inte att säga"]
SURE: Final = "ja"
LIKELY: Final = "troligen"
UNSURE: Final = "går inte att säga"

ANSWERS: Final = {
    "kpi": "str",
    "municipality": "str",
    "question": "int64",
    "name": "str",
    "fraga": "str",
    "sakerhet": "str",
    "svar": "str",
    "varfor": "str",
    "kalla": "str",
}
"""Answers as a table: the flat objects that `malstyr fraga --json` prints."""


@dataclass(frozen=True)
class Question:
    """One of the forty-eight: its stable number and name, its words, and how it is answered.

    needs: what must be there for any answer; what is not there is told with its cure. about:
    whether it is asked of one KPI or of the whole report. Numbers and names never change.
    """

    number: int
    name: str
    words: str
    reply: Callable[[Case], Reply] = field(repr=False)
    needs: tuple[Need, ...] = field(default=(), repr=False)
    about: Literal["kpi", "rapport"] = "kpi"


@dataclass(frozen=True)
class Reply:
    """What a theme's function says. svar, varfor: whole sentences in Swedish, with a full stop.

    underlag: the numbers, under Swedish headings, floats unrounded. drawing: draws the chart when
    somebody looks at it. sources: what else than Kolada it rests on, in words.
    """

    svar: str
    sakerhet: Sureness
    varfor: str
    underlag: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    drawing: Callable[[], Chart] | None = field(default=None, repr=False)
    sources: tuple[str, ...] = ()


def sure(svar: str, varfor: str, **more: Any) -> Reply:
    """Return a reply that the figures carry."""
    return Reply(svar, SURE, varfor, **more)


def likely(svar: str, varfor: str, **more: Any) -> Reply:
    """Return a reply that the figures point to without carrying it."""
    return Reply(svar, LIKELY, varfor, **more)


def sure_unless(doubt: str, svar: str, varfor: str, **more: Any) -> Reply:
    """Return a reply that is sure, unless something makes it doubtful, which is told last."""
    return likely(svar, f"{varfor} {doubt}", **more) if doubt else sure(svar, varfor, **more)


def unsure(varfor: str, svar: str = "Det går inte att säga.", **more: Any) -> Reply:
    """Return that it can't be said, and why; `svar` when something can be said of it anyway."""
    return Reply(svar, UNSURE, varfor, **more)


@dataclass(frozen=True)
class Answer:
    """The answer to one question about one KPI of one municipality.

    svar and varfor are sentences that can be signed; sakerhet says how much they carry. underlag
    holds the numbers under the headings that readers see (no rows where there are none), kalla
    where they are from.
    """

    question: Question
    kpi: str
    municipality: str
    svar: str
    sakerhet: Sureness
    varfor: str
    kalla: str
    underlag: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    drawing: Callable[[], Chart] | None = field(default=None, repr=False)
    decimals: int = 1

    @cached_property
    def diagram(self) -> Chart | None:
        """The chart, drawn the first time that it is asked for; None where a table says it all."""
        return self.drawing() if self.drawing else None

    @property
    def row(self) -> dict[str, Any]:
        """The answer as one flat object (`ANSWERS`)."""
        return {
            "kpi": self.kpi,
            "municipality": self.municipality,
            "question": self.question.number,
            "name": self.question.name,
            "fraga": self.question.words,
            "sakerhet": self.sakerhet,
            "svar": self.svar,
            "varfor": self.varfor,
            "kalla": self.kalla,
        }

    @property
    def text(self) -> str:
        """The answer in plain words, ready to be copied into a document."""
        return f"{self.question.words} {self.svar} {self.sure_words}: {self.varfor} {self.kalla}"

    @property
    def sure_words(self) -> str:
        """How sure it is, in words."""
        return {SURE: "Säkert", LIKELY: "Troligen", UNSURE: "Går inte att säga"}[self.sakerhet]

    def html(self, *, level: int = 3) -> markup.Html:
        """Return the answer as a piece of a page: heading, words, chart, numbers and source."""
        title = f"{self.question.number}. {self.question.words}"
        pieces = [
            markup.heading(level, title),
            markup.paragraph(self.svar),
            markup.paragraph(f"{self.sure_words}: {self.varfor}"),
        ]
        if self.diagram is not None:
            pieces.append(self.diagram.html)
        if len(self.underlag):
            caption = f"Underlag till fråga {self.question.number}: {self.question.words}"
            shown = written(self.underlag, self.decimals)
            pieces.append(markup.table(shown, caption, numeric=numeric_columns(self.underlag)))
        return markup.joined([*pieces, markup.paragraph(self.kalla)])

    def _repr_html_(self) -> str:
        return self.html().html

    def __repr__(self) -> str:
        lines = [
            f"{self.question.number}. {self.question.words} ({self.kpi})",
            self.svar,
            f"{self.sure_words}: {self.varfor}",
        ]
        if len(self.underlag):
            lines.append(written(self.underlag, self.decimals).to_string(index=False))
        return "\n".join([*lines, self.kalla])


def written(table: pd.DataFrame, decimals: int) -> pd.DataFrame:
    """Return a table with its numbers written as Swedish readers expect; integers stay whole."""
    return pd.DataFrame(
        {name: [_cell(value, decimals) for value in table[name]] for name in table.columns}
    )


def _cell(value: Any, decimals: int) -> Any:
    if isinstance(value, markup.Html):
        return value
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return text.NO_VALUE
    return text.gap(value, decimals) if isinstance(value, float) else str(value)


def numeric_columns(table: pd.DataFrame) -> list[str]:
    """Return the columns of numbers, which are set to the right."""
    return [str(name) for name in table.columns if pd.api.types.is_numeric_dtype(table[name])]


def answers_table(answers: list[Answer]) -> pd.DataFrame:
    """Return answers as a table (`ANSWERS`)."""
    return tables.of_rows(ANSWERS, (one.row for one in answers))
