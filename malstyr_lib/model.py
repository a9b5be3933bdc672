"""The steering model: what a municipality has decided to steer by, as frozen types."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Final, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
)

Direction = Literal["högt", "lågt", "mål", "ingen"]

CODE_PATTERN: Final = r"^[0-9]{4}$"
KPI_PATTERN: Final = r"^[NU][0-9]{5}$"
ID_PATTERN: Final = r"^[A-Za-zÅÄÖåäö0-9][A-Za-zÅÄÖåäö0-9_-]{0,39}$"

FILE_NAME: Final = "(filens namn)"

MunicipalityCode = Annotated[str, StringConstraints(pattern=CODE_PATTERN)]
KpiId = Annotated[str, StringConstraints(pattern=KPI_PATTERN)]
Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


def _yes_or_no(value: object) -> object:
    """Read the words ja and nej; anything else is left for pydantic to refuse."""
    return {"ja": True, "nej": False}.get(value, value) if isinstance(value, str) else value


def _decimal_comma(value: object) -> object:
    """Read 99,5 as well as 99.5, since the files are edited by Swedish hands."""
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]+,[0-9]+", value.strip()):
        return value.strip().replace(",", ".")
    return value


def _reviewed(value: object) -> object:
    """Read nej as nobody yet, and otherwise ask for the day and who: "2026-11-23 Anna Berg"."""
    if not isinstance(value, str) or not value.strip():
        return value
    if value == "nej":
        return None
    day, _, who = value.strip().partition(" ")
    if not who or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", day):
        raise ValueError("no day and name")
    date.fromisoformat(day)
    return value


YesNo = Annotated[StrictBool, BeforeValidator(_yes_or_no)]
Reviewed = Annotated[Name | None, BeforeValidator(_reviewed)]
Number = Annotated[float, BeforeValidator(_decimal_comma), Field(allow_inf_nan=False)]


class Frozen(BaseModel):
    """A value that cannot change and refuses keys it does not know; read by its Swedish keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True)


class Municipality(Frozen):
    """The municipality that steers: its code is text of four digits, as in Kolada."""

    code: MunicipalityCode = Field(alias="kod")
    name: Name = Field(alias="namn")


class Perspective(Frozen):
    """One of the perspectives that every committee answers for."""

    id: Id
    name: Name = Field(alias="namn")


class FocusArea(Frozen):
    """A focus area within a perspective, such as jämställdhet in Hållbar utveckling."""

    id: Id
    name: Name = Field(alias="namn")
    perspective: Id = Field(alias="perspektiv")


class CouncilGoal(Frozen):
    """A goal of the council; `example` says that the wording is not decided by anyone."""

    id: Id
    text: Text
    perspective: Id = Field(alias="perspektiv")
    focus_areas: tuple[Id, ...] = Field(alias="fokusområden", default=())
    example: YesNo = Field(alias="exempel", default=False)
    decision: Name | None = Field(alias="beslut", default=None)


class Kpi(Frozen):
    """A key figure of the registry: what it is called, which way is good, and who reviewed that.

    `title` is pinned: a live title that differs means that Kolada changed the KPI. `target` is in
    the KPI's own unit and given exactly when direction is `mål`. `reviewed` is who and when, or
    None while nobody has reviewed the direction. `similar_area` is the middle part of Kolada's
    group titles ("Liknande kommuner grundskola, Hedemora, 2024"). `base` is the KPI with the
    number of the very persons that this one is a share of, the same year; it need not be in the
    registry, and None says that there is none.
    """

    id: KpiId
    title: Text = Field(alias="rubrik")
    direction: Direction = Field(alias="riktning")
    target: Number | None = Field(alias="mål", default=None)
    perspective: Id | None = Field(alias="perspektiv", default=None)
    focus_area: Id | None = Field(alias="fokusområde", default=None)
    similar_area: Name | None = Field(alias="liknande", default=None)
    base: KpiId | None = Field(alias="underlag", default=None)
    reviewed: Reviewed = Field(alias="granskad", default=None)
    note: Text | None = Field(alias="anteckning", default=None)


class CommitteeGoal(Frozen):
    """A committee's goal, the council goal and perspective it serves, and its KPIs in order."""

    id: Id
    text: Text
    council_goal: Id = Field(alias="fullmäktigemål")
    perspective: Id = Field(alias="perspektiv")
    kpis: tuple[KpiId, ...] = Field(alias="nyckeltal", default=())
    example: YesNo = Field(alias="exempel", default=False)
    decision: Name | None = Field(alias="beslut", default=None)


class Committee(Frozen):
    """A committee: `slug` is its file's name and its folder in output, `code` its short name.

    The alias of `slug` is set by `params` from the file's name; it is no key for users to write.
    """

    slug: str = Field(alias=FILE_NAME)
    code: Id = Field(alias="kod")
    name: Name = Field(alias="namn")
    administrations: tuple[Name, ...] = Field(alias="förvaltningar", default=())
    goals: tuple[CommitteeGoal, ...] = Field(alias="mål", default=())

    @property
    def kpis(self) -> tuple[str, ...]:
        """The committee's focus KPIs, each once, in the order its goals name them."""
        return tuple(dict.fromkeys(kpi for goal in self.goals for kpi in goal.kpis))


class SteeringModel(Frozen):
    """Everything the parameter files say, checked as a whole by `params.load`."""

    municipality: Municipality
    perspectives: tuple[Perspective, ...]
    focus_areas: tuple[FocusArea, ...]
    council_goals: tuple[CouncilGoal, ...]
    kpis: tuple[Kpi, ...]
    committees: tuple[Committee, ...]

    def kpi(self, kpi_id: str) -> Kpi:
        """Return a KPI of the registry; KeyError when it is not there."""
        return {kpi.id: kpi for kpi in self.kpis}[kpi_id]
