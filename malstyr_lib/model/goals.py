"""Goals as they are decided: what they rest on, how far they reach, and what is expected when."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Final, Literal

from pydantic import Field, WithJsonSchema

from malstyr_lib import text
from malstyr_lib.model.fields import (
    DAY_PATTERN,
    Day,
    Frozen,
    Id,
    KpiId,
    Name,
    Text,
    Year,
    YesNo,
    clear_number,
    day_of,
    one_line,
)

LevelKind = Literal["minst", "högst", "lämna rött", "grönt", "median"]
LevelGroup = Literal["alla", "län", "liknande", "kommungrupp"]

_DECISION: Final = re.compile(
    rf"(?P<body>\S.*?),? (?P<day>{DAY_PATTERN}),? § ?(?P<paragraph>[0-9]+[a-z]?(?:[-–][0-9]+)?)"
)
_AMONG: Final[dict[str, LevelGroup]] = {
    "bland alla": "alla",
    "i länet": "län",
    "bland liknande": "liknande",
    "i kommungruppen": "kommungrupp",
}
_AMONG_WORDS: Final = {group: words for words, group in _AMONG.items()}


class Decision(Frozen):
    """What a goal rests on: who decided, the day, and the paragraph of the minutes."""

    body: Name
    day: date
    paragraph: Name

    def __str__(self) -> str:
        return f"{self.body} {self.day.isoformat()} § {self.paragraph}"


class Level(Frozen):
    """How far a KPI is to reach: a number in its unit, or a place among others.

    `value` is given for minst and högst, `group` for median (the group that it is the median of);
    to leave red and to be green is against all municipalities.
    """

    kind: LevelKind
    value: float | None = None
    group: LevelGroup | None = None

    def __str__(self) -> str:
        """As it is written in the parameters."""
        if self.value is not None:
            return f"{self.kind} {text.exact(self.value)}"
        if self.group is not None:
            return f"median {_AMONG_WORDS[self.group]}"
        return "bli grönt" if self.kind == "grönt" else self.kind

    def reached(self, value: float) -> bool | None:
        """Return whether a value is on the right side of the number; None without a number."""
        if self.value is None:
            return None
        return value >= self.value if self.kind == "minst" else value <= self.value


class Range(Frozen):
    """Two ends of what is expected, in the KPI's unit; `low` is at most `high`."""

    low: float
    high: float


def _decision(line: str) -> Decision | None:
    found = _DECISION.fullmatch(line)
    day = day_of(found["day"]) if found else None
    if not found or day is None:
        return None
    return Decision(body=found["body"], day=day, paragraph=found["paragraph"].replace("-", "–"))


def _level(line: str) -> Level | None:
    kind, _, rest = line.casefold().partition(" ")
    if kind in ("minst", "högst"):
        value = clear_number(rest)
        return (
            None
            if value is None
            else Level(kind="minst" if kind == "minst" else "högst", value=value)
        )
    if line.casefold() == "lämna rött":
        return Level(kind="lämna rött")
    if line.casefold() in ("bli grönt", "vara grönt"):
        return Level(kind="grönt")
    if kind == "median" and rest in _AMONG:
        return Level(kind="median", group=_AMONG[rest])
    return None


def _range(line: str) -> Range | None:
    ends = re.split(r" och |–| - ", line)
    if len(ends) != 2:
        return None
    low, high = (clear_number(end) for end in ends)
    return None if low is None or high is None or low > high else Range(low=low, high=high)


DecisionLine = Annotated[
    Decision,
    one_line("decision", _decision),
    WithJsonSchema({"type": "string", "examples": ["Kommunfullmäktige 2026-11-23 § 112"]}),
]
LevelLine = Annotated[
    Level,
    one_line("level", _level),
    WithJsonSchema(
        {
            "type": "string",
            "examples": ["minst 85", "högst 5,5", "lämna rött", "bli grönt"]
            + [f"median {among}" for among in _AMONG],
        }
    ),
]
RangeLine = Annotated[
    Range,
    one_line("range", _range),
    WithJsonSchema({"type": "string", "examples": ["78 och 82"]}),
]


class Target(Frozen):
    """How far one of a goal's KPIs is to reach, and by which year's value."""

    kpi: KpiId = Field(alias="nyckeltal")
    level: LevelLine = Field(alias="nivå")
    by: Year = Field(alias="senast")


class Expectation(Frozen):
    """What a report says that a KPI will be next, and why; scored when the value has come.

    `written` decides whether it was a forecast: one written after the value was known is none.
    """

    kpi: KpiId = Field(alias="nyckeltal")
    year: Year = Field(alias="år")
    between: RangeLine = Field(alias="mellan")
    why: Text = Field(alias="varför")
    written: Day = Field(alias="skriven")


class CouncilGoal(Frozen):
    """A goal of the council; `example` says that the wording is not decided by anyone."""

    id: Id
    text: Text
    perspective: Id = Field(alias="perspektiv")
    focus_areas: tuple[Id, ...] = Field(alias="fokusområden", default=())
    example: YesNo = Field(alias="exempel", default=False)
    decision: DecisionLine | None = Field(alias="beslut", default=None)


class CommitteeGoal(Frozen):
    """A committee's goal, the council goal and perspective it serves, and its KPIs in order.

    A goal is in force from the year `since` to the year `until`, both included, and always where
    none is given. A goal that has ended stays in the file: its KPIs keep their history.
    """

    id: Id
    text: Text
    council_goal: Id = Field(alias="fullmäktigemål")
    perspective: Id = Field(alias="perspektiv")
    focus_area: Id | None = Field(alias="fokusområde", default=None)
    kpis: tuple[KpiId, ...] = Field(alias="nyckeltal", default=())
    targets: tuple[Target, ...] = Field(alias="målnivåer", default=())
    expectations: tuple[Expectation, ...] = Field(alias="förväntningar", default=())
    since: Year | None = Field(alias="från", default=None)
    until: Year | None = Field(alias="till", default=None)
    example: YesNo = Field(alias="exempel", default=False)
    decision: DecisionLine | None = Field(alias="beslut", default=None)

    def in_force(self, year: int | None) -> bool:
        """Return whether the goal is in force a year; None asks whether it has not ended."""
        if year is None:
            return self.until is None
        return (self.since or year) <= year <= (self.until or year)
