"""Who does it: a committee, its administrations and their units, and how they change over years.

A committee is not an administration: it may have several, and they change while its goals stay.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from pydantic import Field

from malstyr_lib.model.fields import Frozen, Id, LintCode, Name, Text, Year
from malstyr_lib.model.goals import CommitteeGoal

FILE_NAME: Final = "(filens namn)"


class Unit(Frozen):
    """A unit of an administration, such as a school, in force from one year to another.

    `ou` is the unit's id in Kolada, where it has one. `replaces`: the units whose work and figures
    it took over, which is how a series keeps its history.
    """

    id: Id
    name: Name = Field(alias="namn")
    ou: Name | None = Field(alias="kolada", default=None)
    since: Year | None = Field(alias="från", default=None)
    until: Year | None = Field(alias="till", default=None)
    replaces: tuple[Id, ...] = Field(alias="ersätter", default=())


class Administration(Frozen):
    """An administration of a committee and its units; `replaces` as for a unit."""

    id: Id
    name: Name = Field(alias="namn")
    since: Year | None = Field(alias="från", default=None)
    until: Year | None = Field(alias="till", default=None)
    replaces: tuple[Id, ...] = Field(alias="ersätter", default=())
    units: tuple[Unit, ...] = Field(alias="enheter", default=())


Part: TypeAlias = Unit | Administration
"""What an own measure can be divided by."""


class Waiver(Frozen):
    """A remark that somebody has looked at and lets stand: its code, what it is about, and why.

    `about` is what the remark names first, such as a KPI, a goal, a unit or a perspective; without
    it every remark of the code is let stand.
    """

    code: LintCode = Field(alias="kod")
    about: Name | None = Field(alias="gäller", default=None)
    why: Text = Field(alias="varför")


class Committee(Frozen):
    """A committee: `slug` is its file's name and its folder in output, `code` its short name.

    The alias of `slug` is set by `params` from the file's name; it is no key for users to write.
    """

    slug: str = Field(alias=FILE_NAME)
    code: Id = Field(alias="kod")
    name: Name = Field(alias="namn")
    administrations: tuple[Administration, ...] = Field(alias="förvaltningar", default=())
    goals: tuple[CommitteeGoal, ...] = Field(alias="mål", default=())
    waivers: tuple[Waiver, ...] = Field(alias="undantag", default=())

    @property
    def kpis(self) -> tuple[str, ...]:
        """The committee's focus KPIs, each once, in the order its goals name them."""
        return tuple(dict.fromkeys(kpi for goal in self.goals for kpi in goal.kpis))

    @property
    def units(self) -> tuple[Unit, ...]:
        """The units of all administrations, in order, those that are no more included.

        A unit ends with its administration at the latest, and begins with it unless it says when.
        """
        return tuple(_within(one, unit) for one in self.administrations for unit in one.units)

    @property
    def parts(self) -> dict[str, Part]:
        """The administrations, each with its units after it, those that are no more included."""
        found: dict[str, Part] = {}
        for one in self.administrations:
            found[one.id] = one
            found |= {unit.id: _within(one, unit) for unit in one.units}
        return found

    def in_force(self, year: int | None) -> Committee:
        """Return the committee with the goals in force a year; None: those that have not ended."""
        goals = tuple(goal for goal in self.goals if goal.in_force(year))
        return self if goals == self.goals else self.model_copy(update={"goals": goals})


def _within(administration: Administration, unit: Unit) -> Unit:
    """Return a unit that is there no longer than its administration."""
    since = unit.since or administration.since
    until = min(filter(None, (unit.until, administration.until)), default=None)
    if (since, until) == (unit.since, unit.until):
        return unit
    return unit.model_copy(update={"since": since, "until": until})


def in_force(one: Part, year: int) -> bool:
    """Return whether a unit or an administration is there in a year."""
    return (one.since or year) <= year <= (one.until or year)
