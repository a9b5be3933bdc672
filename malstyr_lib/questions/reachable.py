"""Question 37, a target in reach: how many have ever improved as much in as many years."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isnan
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from malstyr_lib import tables, text
from malstyr_lib.chain import aim, goals, precedent
from malstyr_lib.chain.targets import FEWEST_KNOWN, Aim, Precedent
from malstyr_lib.model import Target
from malstyr_lib.questions.alike import starters
from malstyr_lib.questions.answer import Reply, likely, sure, unsure
from malstyr_lib.questions.untouched import too_late
from malstyr_lib.scoring.distance import border_of
from malstyr_lib.scoring.starters import FEWEST as FEWEST_CASES

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case

_NOISE: Final = 1e-9
SUPPOSED_YEARS: Final = 3
"""How many years a target that nobody has set is supposed to have."""


@dataclass(frozen=True)
class Tried:
    """A target that is tried against what has ever been done; set is False for a supposed one."""

    target: Target
    aim: Aim
    ever: Precedent | None
    set: bool

    @property
    def words(self) -> str:
        """The level and its year, as in ”minst 85” till 2027."""
        return f"”{self.target.level}” till {self.target.by}"


def target_in_reach(case: Case) -> Reply:
    """Answer how many municipalities have ever improved as much as the target asks, in the time."""
    targets = [_tried(case, one, is_set=True) for one in _targets(case)]
    if not targets and (why := too_late(case, _supposed_by(case))):
        return unsure(f"{_none_set(case)} {why}")
    tried = targets or _supposed(case)
    if not tried:
        cure = " Skriv en målnivå under nämndens mål." if case.setting.home else ""
        return unsure(
            f"{_none_set(case)} {case.name} är inte röd och ligger inte sämre till än medianen, så"
            f" det finns inget avstånd att pröva.{cure}",
        )
    first = next((one for one in tried if one.aim.met is False), tried[0])
    return _said(case, first, {"underlag": _table(tried)})


def _targets(case: Case) -> list[Target]:
    """Return the targets of the KPI in goals in force, the soonest first; none of another's."""
    if not case.setting.home:
        return []
    found = [
        target
        for _, _, goal in goals(case.basis)
        for target in goal.targets
        if target.kpi == case.id
    ]
    return sorted(found, key=lambda one: one.by)


def _tried(case: Case, target: Target, *, is_set: bool) -> Tried:
    basis = case.basis
    found = aim(basis, case.kpi, target)
    if target.level.kind == "grönt" and found.met is False:
        found = replace(found, wanted=_green_border(case, found))
    return Tried(target, found, precedent(basis, case.kpi, found, target.by), is_set)


def _green_border(case: Case, one: Aim) -> float:
    """Return the value that must be passed to be green, the others as they are; NaN if none."""
    sign = {"högt": 1, "lågt": -1}.get(case.kpi.direction)
    if sign is None or one.period is None:
        return float("nan")
    return sign * border_of(sign * case.others(one.period), "green")


def _supposed(case: Case) -> list[Tried]:
    """Return a target that could be tried where none is set: to leave red, or the median."""
    bordered = case.colour == tables.RED and case.kpi.direction != "mål"
    level = "lämna rött" if bordered else "median bland alla"
    told = {"nyckeltal": case.id, "nivå": level, "senast": _supposed_by(case)}
    target = Target.model_validate(told)
    found = _tried(case, target, is_set=False)
    return [] if found.aim.met else [found]


def _supposed_by(case: Case) -> int:
    """Return the year of a supposed target: not one that has been, whatever the newest value."""
    year = case.setting.today.year if case.setting.year is None else case.setting.year
    return max(case.period or 0, year) + SUPPOSED_YEARS


def _said(case: Case, one: Tried, more: dict[str, Any]) -> Reply:
    """Return what can be said of one target."""
    if one.aim.met is None:
        return unsure(
            f"Hur {case.name} står mot {one.words} går inte att säga. {_why(case)}", **more
        )
    value = f"{case.said(one.aim.value)} ({one.aim.period})"
    if one.aim.met:
        return sure(
            f"Målet {one.words} är redan nått: {case.name} har {value}, så det kräver ingen"
            " förbättring.",
            "Det nyaste värdet är ställt mot målnivån.",
            **more,
        )
    if why := too_late(case, one.target.by):
        return unsure(why, _not_met(case, one, value), **more)
    if one.ever is None or one.ever.known < FEWEST_KNOWN:
        return unsure(_why_no_precedent(one), _not_met(case, one, value), **more)
    return _common(case, one, more)


def _not_met(case: Case, one: Tried, value: str) -> str:
    if not one.set:
        return "Det går inte att säga."
    return f"Målet {one.words} är inte nått: {case.name} har {value}."


def _why_no_precedent(one: Tried) -> str:
    """Return why it can't be said whether as much has ever been done."""
    if one.aim.period is not None and one.target.by <= one.aim.period:
        return "Målåret är här eller har passerat, så det finns ingen tid kvar att pröva."
    if isnan(one.aim.wanted):
        return (
            "Nivån hänger på de andra kommunerna och går inte att skriva som ett tal, så det går"
            " inte att räkna vilka som har gjort en lika stor förbättring."
        )
    if one.ever is None:
        return "Målnivån ligger åt andra hållet, eller så är åren fler än värdena i Kolada."
    return (
        f"Bara {text.count(one.ever.known, 'kommun', 'kommuner')} har värden med så många år"
        f" emellan. Det krävs minst {FEWEST_KNOWN}."
    )


def _common(case: Case, one: Tried, more: dict[str, Any]) -> Reply:
    """Return how common an improvement as large as the target's has been."""
    ever = one.ever or Precedent(0, 0, 0)
    years = text.count(ever.years, "år", "år")
    asked = f"{case.far(one.aim.wanted - one.aim.value)} på {years}"
    who = f"{text.number(ever.reached, 0)} av" if ever.reached else "Ingen av"
    alike = _among_alike(case, one, ever.years)
    done = (
        f"{alike}{who} {text.number(ever.known, 0)} kommuner har någon gång, från vilken nivå som"
        f" helst, förbättrats lika mycket på lika många år{_share(ever.reached, ever.known)}."
    )
    rest = (
        "Varje kommuns bästa förbättring på så lång tid räknas. Att andra har gjort det säger inte"
        " att det går här."
    )
    if one.set:
        grade = sure if alike else likely
        few = "" if alike else f" Färre än {FEWEST_CASES} fall låg lika till som {case.name}."
        return grade(f"Målet {one.words} kräver {asked}. {done}", rest + few, **more)
    return likely(
        f"Om målet vore {one.words} skulle det kräva {asked}. {done}",
        f"{_none_set(case)} Nivån och året är bara antagna för att ha något att pröva. {rest}",
        **more,
    )


def _share(part: int, of: int) -> str:
    """Return a share in brackets, never rounded to all or none; "" for none at all."""
    if not part:
        return ""
    if part < of and 200 * part >= 199 * of:
        return " (mer än 99\u00a0%)"
    return f" ({text.number(100 * part / of, 0) if 200 * part >= of else 'under 1'}\u00a0%)"


def _among_alike(case: Case, one: Tried, years: int) -> str:
    """Return how often those that stood alike improved as much in as many years; "" if too few."""
    good = case.good(np.array([one.aim.value, one.aim.wanted]))
    (found,) = starters(case, ahead=(years,), turned=True)
    cases = len(found.changes)
    if cases < FEWEST_CASES:
        return ""
    reached = int((found.changes >= good[1] - good[0] - _NOISE).sum())
    return (
        f"Av {cases} fall där andra låg lika till som {case.name} blev det så i"
        f" {reached or 'inget'}{_share(reached, cases)}. "
    )


def _none_set(case: Case) -> str:
    if not case.setting.home:
        return f"Målen för {case.name} är inte kända här."
    return f"Inget mål som gäller nu har en målnivå för {case.id}."


def _why(case: Case) -> str:
    grey = case.reason and case.colour == tables.GREY
    return f"Skälet: {case.reason}." if grey else "Värde saknas."


def _table(tried: list[Tried]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Mål": [one.words if one.set else f"{one.words} (antaget)" for one in tried],
            "Värde": [one.aim.value for one in tried],
            "Målnivå": [one.aim.wanted for one in tried],
            "Kvar": [abs(one.aim.wanted - one.aim.value) for one in tried],
            "År": [text.NO_VALUE if one.ever is None else str(one.ever.years) for one in tried],
            "Kommuner som har klarat det": [_ever(one, "reached") for one in tried],
            "Kommuner med värden": [_ever(one, "known") for one in tried],
        }
    )


def _ever(one: Tried, what: str) -> str:
    """Return one of the counts of what has ever been done, as text."""
    return text.NO_VALUE if one.ever is None else text.number(getattr(one.ever, what), 0)
