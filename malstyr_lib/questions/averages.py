"""Question 25, whether the average hides anything: parts of an own measure, or the own units."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from malstyr_lib import periods, text
from malstyr_lib.model import Measure
from malstyr_lib.own import hidden_by_average, part_names, with_history
from malstyr_lib.own.hidden import Year, chance_of
from malstyr_lib.own.lines import Line, lines, whole_of
from malstyr_lib.questions import outliers, units
from malstyr_lib.questions.answer import Reply, likely, sure, unsure
from malstyr_lib.questions.needs import Need
from malstyr_lib.questions.sources import made_up

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case

RISK: Final = 0.05
"""How often chance alone may set any part apart from the whole."""
NAMED: Final = 3


@dataclass(frozen=True)
class Beside:
    """A part beside the whole over the whole's last year: means, and periods above and below."""

    name: str
    value: float
    whole: float
    up: int
    down: int

    @property
    def chance(self) -> float:
        """How often chance gives as many on the same side."""
        return chance_of(self.up, self.down)


def measure_of(case: Case) -> Measure | None:
    """Return the own measure of the same thing that has values for parts, if there is one."""
    if not case.setting.home:
        return None
    values = case.setting.own_values
    parted = {*values.loc[(values["part"] != "") & values["value"].notna(), "measure"]}
    found = (one for one in case.setting.model.measures if one.kpi == case.id)
    return next((one for one in found if one.id in parted), None)


PARTED: Final = Need(
    "delar",
    "Varken enheter eller delar av ett eget mått är kända för {kpi} i {name}.",
    "Följ det som ett eget mått med värden per förvaltning eller enhet, i mappen egna.",
    lambda case: measure_of(case) is not None or units.held(case),
)


@dataclass(frozen=True)
class Read:
    """An own measure's values with what its parts inherit, and its lines: the whole and parts."""

    measure: Measure
    values: pd.DataFrame
    whole: Line
    parts: tuple[Line, ...]

    @property
    def last(self) -> str:
        """The whole's newest settled period."""
        return max(self.whole.settled)


def what_it_hides(case: Case) -> Reply:
    """Answer whether parts or units differ from the whole more than chance explains."""
    measure = measure_of(case)
    if measure and made_up(case, measure) and not units.held(case):
        return unsure(made_up(case, measure))
    read = _read(case, measure) if measure and not made_up(case, measure) else None
    found = _beside(case, read) if read else []
    return _of_parts(case, read, found) if read and found else _of_units(case)


def _read(case: Case, measure: Measure) -> Read | None:
    """Return a measure as it is read, once; None without a settled whole."""
    values = with_history(case.setting.model, case.setting.own_values).values
    every = [one for one in lines(measure, values, _names(case)) if one.gender == "T"]
    whole = whole_of(every)
    if whole is None or not whole.settled:
        return None
    return Read(measure, values, whole, tuple(one for one in every if one.part))


def _beside(case: Case, read: Read) -> list[Beside]:
    """Return the parts beside the whole, where both are known, highest first."""
    span = _span(read)
    found = (_one(one, read.whole, span, _names(case)) for one in read.parts)
    return sorted((one for one in found if one is not None), key=lambda one: -one.value)


def _names(case: Case) -> dict[str, str]:
    return part_names(case.setting.model)


def _span(read: Read) -> list[str]:
    pace = read.measure.pace
    return [periods.back(pace, read.last, step) for step in range(periods.PER_YEAR[pace])]


def _one(one: Line, whole: Line, span: list[str], names: dict[str, str]) -> Beside | None:
    both = [
        (one.settled[at], whole.settled[at])
        for at in span
        if at in one.settled and at in whole.settled
    ]
    if not both:
        return None
    beside = Year.of_pairs(both)
    name = names.get(one.part, one.part)
    return Beside(name, beside.now, beside.before, beside.up, beside.down)


def _of_parts(case: Case, read: Read, found: list[Beside]) -> Reply:
    measure = read.measure
    apart = [one for one in found if one.chance <= RISK / len(found)]
    high, low = found[0], found[-1]
    decimals = text.decimals_for([one.value for one in found])
    until, span = _until(read)
    whole = text.number(high.whole, decimals)
    start = (
        f"{until} är helheten {whole}{_unit(measure)}, och delarna går från"
        f" {_said(low, decimals)} till {_said(high, decimals)}"
    )
    why = (
        f"Delarna jämförs med helheten period för period under {span}. {_turned(case, read)}"
    ).strip()
    more: dict[str, Any] = {
        "underlag": _table(found),
        "sources": (f"Eget mått: {measure.source}.",),
    }
    if apart:
        return sure(f"Ja: {start}. {_who(apart, found)} skiljer sig från helheten.", why, **more)
    few = " Ett enda år per del räcker inte." if measure.pace == "år" else ""
    calm = f"{text.capital(start)}, men ingen del skiljer sig säkert."
    return likely(calm, f"{why}{few}", **more)


def _who(apart: list[Beside], found: list[Beside]) -> str:
    """Return which parts differ: all, or by name, some."""
    names = [one.name for one in apart]
    if len(apart) == len(found):
        return "Alla delar" if len(found) > 1 else names[0]
    if len(names) > NAMED + 1:
        names = [*names[:NAMED], f"{len(names) - NAMED} till"]
    return text.listing(names)


def _said(one: Beside, decimals: int) -> str:
    return f"{text.number(one.value, decimals)} ({one.name})"


def _unit(measure: Measure) -> str:
    return "\u00a0%" if measure.unit == "%" else ""


def _until(read: Read) -> tuple[str, str]:
    """Return when the year ends, and what it is, in words."""
    pace = read.measure.pace
    if pace == "år":
        return read.last, f"året {read.last}"
    counted = periods.counted(pace, periods.PER_YEAR[pace])
    return f"under {counted} till och med {periods.words(read.last)}", f"samma {counted}"


def _turned(case: Case, read: Read) -> str:
    """Return which parts go another way than the whole, where any does."""
    table = hidden_by_average(read.measure, read.values, names=_names(case))
    odd = table[table["hidden"] & (table["part"] != "")]
    names = text.listing(list(odd["name"]))
    return f"Åt ett annat håll än helheten rör sig {names}." if names else ""


def _table(found: list[Beside]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Del": [one.name for one in found],
            "Medel för året": [one.value for one in found],
            "Helheten, samma perioder": [one.whole for one in found],
            "Perioder över": [one.up for one in found],
            "Perioder under": [one.down for one in found],
        }
    )


def _of_units(case: Case) -> Reply:
    found = units.own_units(case) if units.held(case) else None
    if found is None or len(found.shown) < 2:
        return unsure(
            f"Färre än två enheter i {case.name} har värden av {case.id} som kan visas, och inget"
            " eget mått har värden för delar."
        )
    more: dict[str, Any] = {
        "underlag": outliers.table(case, found),
        "drawing": partial(outliers.drawn, case, found),
    }
    span, why = outliers.span_words(case, found), outliers.why_words(case, found)
    low = f"{span[0].lower()}{span[1:]}"
    if not found.judged:
        return unsure(why, f"{span}; det går inte att säga om det är mer än slump.", **more)
    if not found.out:
        said = f"Inget säkert: {low}, och skillnaderna är inte större än slumpen brukar ge."
        return likely(said, why, **more)
    count = text.count(len(found.out), "enhet", "enheter")
    grade = sure if outliers.again(case, found) else likely
    said = f"Ja: {low}. {count} ligger längre från helheten än slumpen brukar ge."
    return grade(said, why, **more)
