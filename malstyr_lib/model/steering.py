"""The steering model: everything that a municipality has decided to steer by, as one value."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from malstyr_lib.model.fields import (
    Frozen,
    Id,
    Influence,
    KpiId,
    MunicipalityCode,
    Name,
    Number,
    Positive,
    Reviewed,
    Text,
    YesNo,
)
from malstyr_lib.model.followup import Activity, Measure, Note, Question, Report
from malstyr_lib.model.goals import CouncilGoal
from malstyr_lib.model.organisation import Committee, Part, Waiver

Direction = Literal["högt", "lågt", "mål", "ingen"]


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


class Kpi(Frozen):
    """A key figure of the registry: what it is called, which way is good, and who reviewed that.

    `title` is pinned: a live title that differs means that Kolada changed the KPI. `target` is in
    the KPI's own unit and given exactly when direction is `mål`. `reviewed` is who and when, or
    None while nobody has reviewed the direction. `similar_area` is the middle part of Kolada's
    group titles ("Liknande kommuner grundskola, Hedemora, 2024"). `base` is the KPI with the
    number of the very persons that this one is a share of, the same year; it need not be in the
    registry, and None says that there is none. `influence` is what people judge that the
    municipality can do about it (1 little, 3 much), `statutory` whether the law requires it, and
    `cost` what a person's worth of the gap costs locally, in kronor; None: nobody has said.
    """

    id: KpiId
    title: Text = Field(alias="rubrik")
    direction: Direction = Field(alias="riktning")
    target: Number | None = Field(alias="mål", default=None)
    perspective: Id | None = Field(alias="perspektiv", default=None)
    focus_area: Id | None = Field(alias="fokusområde", default=None)
    similar_area: Name | None = Field(alias="liknande", default=None)
    base: KpiId | None = Field(alias="underlag", default=None)
    influence: Influence | None = Field(alias="påverkbarhet", default=None)
    statutory: YesNo | None = Field(alias="lagkrav", default=None)
    cost: Positive | None = Field(alias="kronor", default=None)
    reviewed: Reviewed = Field(alias="granskad", default=None)
    note: Text | None = Field(alias="anteckning", default=None)


class SteeringModel(Frozen):
    """Everything the parameter files say, checked as a whole by `params.load`."""

    municipality: Municipality
    perspectives: tuple[Perspective, ...]
    focus_areas: tuple[FocusArea, ...]
    council_goals: tuple[CouncilGoal, ...]
    kpis: tuple[Kpi, ...]
    committees: tuple[Committee, ...]
    activities: tuple[Activity, ...] = ()
    measures: tuple[Measure, ...] = ()
    notes: tuple[Note, ...] = ()
    questions: tuple[Question, ...] = ()
    reports: tuple[Report, ...] = ()
    waivers: tuple[Waiver, ...] = ()

    @property
    def parts(self) -> dict[str, Part]:
        """Every administration and unit by its id, in the order of the files."""
        return {name: part for one in self.committees for name, part in one.parts.items()}

    def kpi(self, kpi_id: str) -> Kpi:
        """Return a KPI of the registry; KeyError when it is not there."""
        return {kpi.id: kpi for kpi in self.kpis}[kpi_id]
