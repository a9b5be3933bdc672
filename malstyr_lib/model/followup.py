"""What is done and said about the goals: activities, notes, questions, own measures and reports.

The `committee` of what lies in a file per committee is that file's name, set by `params`.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Final, Literal

from pydantic import Field, WithJsonSchema

from malstyr_lib.model.fields import (
    Day,
    Frozen,
    Id,
    KpiId,
    Name,
    Signed,
    Text,
    Written,
    Year,
    YesNo,
    one_line,
)
from malstyr_lib.model.goals import LevelLine
from malstyr_lib.model.organisation import FILE_NAME

Status = Literal["planerad", "pågår", "klar", "pausad", "avbruten"]
Pace = Literal["månad", "kvartal", "år"]
Judgement = Literal["trolig", "möjlig", "utesluten"]
Likes = Literal["högt", "lågt", "ingen"]

OPEN: Final = ("planerad", "pågår")
"""The states of an activity that something is still to come of."""

_PERIODS: Final[dict[Pace, re.Pattern[str]]] = {
    "månad": re.compile(r"(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])"),
    "kvartal": re.compile(r"(?:19|20)[0-9]{2}-K[1-4]"),
    "år": re.compile(r"(?:19|20)[0-9]{2}"),
}
PERIOD_FORMS: Final[dict[Pace, str]] = {"månad": "2026-03", "kvartal": "2026-K1", "år": "2026"}
"""A period of each pace, as it is written."""
MONTHS: Final = (
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
)


def pace_of(period: str) -> Pace | None:
    """Return how often a period like 2026-03, 2026-K1 or 2026 comes; None for what is none."""
    return next((pace for pace, one in _PERIODS.items() if one.fullmatch(period)), None)


def _period(line: str) -> str | None:
    period = line.upper()
    return period if pace_of(period) else None


Period = Annotated[
    str,
    one_line("period", _period),
    WithJsonSchema({"type": ["string", "integer"], "examples": ["2026-03", "2026-K1", 2026]}),
]


class Activity(Frozen):
    """What a unit does for a goal: by whom (a role, no name), when, and how it goes."""

    id: Id
    unit: Id = Field(alias="enhet")
    goal: Id = Field(alias="mål")
    kpis: tuple[KpiId, ...] = Field(alias="nyckeltal", default=())
    what: Text = Field(alias="vad")
    who: Name = Field(alias="vem")
    start: Day
    stop: Day = Field(alias="slut")
    status: Status
    result: Text | None = Field(alias="resultat", default=None)
    check: Day | None = Field(alias="kontroll", default=None)
    committee: str = Field(alias=FILE_NAME, default="")
    example: YesNo = Field(alias="exempel", default=False)

    @property
    def unfinished(self) -> bool:
        """Whether it is neither finished nor broken off: still to come, or paused."""
        return self.status in (*OPEN, "pausad")

    def counts_in(self, year: int) -> bool:
        """Return whether a report about a year shows it: of that year, or left open before it."""
        return self.start.year <= year and (self.stop.year >= year or self.unfinished)

    def late(self, day: date) -> bool:
        """Return whether it should have been done before a day and something is still to come."""
        return self.status in OPEN and self.stop < day


class Cause(Frozen):
    """A cause that was considered: how it was judged, and on what grounds."""

    what: Text = Field(alias="orsak")
    judged: Judgement = Field(alias="bedömning")
    why: Text | None = Field(alias="varför", default=None)


class Note(Frozen):
    """What people say of a KPI or an own measure in a period; `value` is what it was then."""

    kpi: Id = Field(alias="nyckeltal")
    period: Period
    value: Written | None = Field(alias="värde", default=None)
    comment: Text | None = Field(alias="kommentar", default=None)
    causes: tuple[Cause, ...] = Field(alias="orsaker", default=())
    written: Signed = Field(alias="skriven")
    committee: str = Field(alias=FILE_NAME, default="")
    example: YesNo = Field(alias="exempel", default=False)


class Question(Frozen):
    """A question of the analysis group: to whom and when, the answer, and what comes of it.

    `due`: when an answer is wanted. `by`: when what will be done is to be done.
    """

    id: Id
    asked: Text = Field(alias="fråga")
    kpi: KpiId | None = Field(alias="nyckeltal", default=None)
    to: Name = Field(alias="till")
    day: Day = Field(alias="ställd")
    due: Day | None = Field(alias="svar-senast", default=None)
    answer: Text | None = Field(alias="svar", default=None)
    answered: Day | None = Field(alias="besvarad", default=None)
    action: Text | None = Field(alias="åtgärd", default=None)
    by: Day | None = Field(alias="klar-senast", default=None)
    done: Day | None = Field(alias="klar", default=None)
    committee: str = Field(alias=FILE_NAME, default="")
    example: YesNo = Field(alias="exempel", default=False)


class Measure(Frozen):
    """A measure of the municipality's own: what it counts, where from, and what it is held against.

    Its values lie beside the file, under the same name, as CSV or Excel. `kpi`: the KPI in Kolada
    that measures the same, a year or more later.
    """

    id: str = Field(alias=FILE_NAME)
    title: Text = Field(alias="rubrik")
    unit: Name = Field(alias="måttenhet")
    pace: Pace = Field(alias="takt")
    direction: Likes = Field(alias="riktning")
    committee: Id = Field(alias="nämnd")
    perspective: Id = Field(alias="perspektiv")
    source: Text = Field(alias="källa")
    level: LevelLine | None = Field(alias="målnivå", default=None)
    kpi: KpiId | None = Field(alias="kolada", default=None)
    note: Text | None = Field(alias="anteckning", default=None)
    example: YesNo = Field(alias="exempel", default=False)


class Report(Frozen):
    """A report of a year, with the day after which no more figures get into it."""

    id: Id
    name: Name = Field(alias="namn")
    year: Year = Field(alias="år")
    stop: Day = Field(alias="stoppdag")
