"""What a distance is worth in persons, cases, tons or kronor, where that can be counted.

Docs: docs/metod.md section 3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isnan, nan
from typing import TYPE_CHECKING, Final

import numpy as np

from malstyr_lib import tables, text
from malstyr_lib.questions.persons import are_cases, doubt_of, people
from malstyr_lib.scoring.colour import FEWEST
from malstyr_lib.scoring.distance import distance
from malstyr_lib.scoring.margin import persons

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case

POPULATION: Final = "N01951"
"""Kolada's KPI with the number of inhabitants."""
_YELLOW: Final = "gult"
MEDIAN: Final = "medianen"
_BEST: Final = "bäst av de liknande"
_FEWER: Final = re.compile(r"\d+\s*(?:[-–]\s*\d+)?\s*(?:år|\+)|\d\+", re.IGNORECASE)
"""Signs in a title that it is not all inhabitants that are counted."""
_PER_PERSON: Final = {
    "kr": (1e-6, "mnkr", "mnkr"),
    "kg": (1e-3, "ton", "ton"),
    "ton": (1.0, "ton", "ton"),
}
IN_NUMBER: Final = "i antal"
"""The noun of what is counted where only the title says what it is."""
_RATE: Final = "Det är en omräkning av ett tal per invånare, ingen räkning av vart och ett."
_PER: Final = re.compile(r"(kr|kg|ton)[^/,]*/\s*(\d[\d\s]*)?inv", re.IGNORECASE)


@dataclass(frozen=True)
class Mark:
    """A level that a value can reach. gap: how much better it must get, in the KPI's unit.

    value: what it takes, NaN where the good is a value of its own. who: the municipality that is
    there, "" when it is none in particular.
    """

    to: str
    value: float
    gap: float
    who: str = ""


@dataclass(frozen=True)
class Unit:
    """What a distance of one is worth: how many, of what, by what; exact: whole persons.

    base: the number of persons that it is counted from, NaN where it needs none; people: what
    they are called. doubt: why the number of them is no surer than likely, "" when it is sure.
    """

    each: float
    one: str
    many: str
    told: str
    base: float = nan
    exact: bool = False
    people: str = "invånare"
    doubt: str = ""

    def amount(self, gap: float) -> float:
        """Return how much a distance is; whole persons where it is of persons."""
        whole = persons(abs(gap), self.base) if self.exact else None
        return float(whole) if whole is not None else abs(gap) * self.each

    def said(self, amount: float) -> str:
        """Return an amount without its noun: whole, or with decimals where that is all."""
        small = self.one == "mnkr" or (self.one == "ton" and amount < 10)
        return text.gap(amount, 1 if small else 0)

    def noun(self, amount: float) -> str:
        """Return the noun of an amount."""
        return self.one if self.said(amount) == "1" else self.many


def marks(case: Case, year: int) -> list[Mark]:
    """Return the levels to reach in a year: yellow (from red), the median, the best similar.

    Without a direction the median alone, and the distance is to where it is higher. Empty when
    fewer than four municipalities have a value.
    """
    values = case.everyone(year)
    if np.count_nonzero(~np.isnan(values)) < FEWEST:
        return []
    if not case.judged:
        middle = float(np.nanmedian(values))
        return [Mark(MEDIAN, middle, middle - case.value)]
    good = case.good(values)
    at, far = case.evidence.at, distance(good)
    found = [_mark(case, MEDIAN, float(good[at] + far.to_median[at]), good[at])]
    if case.colour == tables.RED:
        found.insert(0, _mark(case, _YELLOW, float(good[at] + far.to_yellow[at]), good[at]))
    best = _best(case, good)
    if best is not None:
        who = case.name_of(best)
        found.append(_mark(case, _BEST, float(good[best]), good[at], who))
    return found


def _best(case: Case, good: np.ndarray) -> int | None:
    """Return the place of the best of the similar municipalities; None without any value."""
    known = [at for at in case.peers("liknande") if not np.isnan(good[at])]
    return max(known, key=lambda at: float(good[at]), default=None)


def _mark(case: Case, to: str, good: float, own: float, who: str = "") -> Mark:
    value = {"högt": good, "lågt": -good}.get(case.kpi.direction, nan)
    return Mark(to, value, good - float(own), who)


def unit_of(case: Case) -> Unit | None:
    """Return what a distance can be counted in; None when that is not known.

    Persons as question 2 counts them; kronor, kilos and tons per inhabitant, of all ages, by the
    population; millions of kronor as they are.
    """
    if case.unit == "mnkr":
        return Unit(1.0, "mnkr", "mnkr", "Talet är i miljoner kronor.")
    found = people(case)
    if found is None:
        return _per_inhabitant(case)
    told = f"{found.kpi}: {text.number(found.number, 0)} {found.many} ({found.year})"
    if found.kind == "takt":
        what = "fall" if are_cases(case) else IN_NUMBER
        each = found.number / found.per
        return Unit(each, what, what, told, found.number, people=found.many, doubt=_RATE)
    doubt = doubt_of(case, found)
    each, nouns = found.number / 100, (found.one, found.many)
    return Unit(each, *nouns, told, found.number, exact=True, people=found.many, doubt=doubt)


def _per_inhabitant(case: Case) -> Unit | None:
    found, number = _PER.search(case.title), population(case, int(case.period or 0))
    if found is None or _FEWER.search(case.title) or isnan(number):
        return None
    size, one, many = _PER_PERSON[found[1].casefold()]
    per = int(re.sub(r"\s", "", found[2] or "1"))
    told = f"{POPULATION}: {text.number(number, 0)} invånare ({case.period})"
    doubt = "" if one == "mnkr" else _RATE
    return Unit(number / per * size, one, many, told, number, doubt=doubt)


def population(case: Case, year: int) -> float:
    """Return the number of inhabitants in a year, NaN when it is not held."""
    return case.own(POPULATION).get(year, nan)


def far(case: Case, gap: float) -> str:
    """Return a distance with the unit that the title says, also where it is a long one."""
    said = case.far(gap)
    if not case.unit and "antal dagar" in case.title:
        return f"{said} dagar"
    plain = ("dagar", "timmar", "minuter", "månader", "år", "tkr", "mnkr", "kg")
    return f"{said} {case.unit}" if case.unit in plain or case.unit[:2] == "kr" else said
