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
from malstyr_lib.model import Kpi
from malstyr_lib.scoring.colour import FEWEST, goodness
from malstyr_lib.scoring.distance import distance
from malstyr_lib.scoring.margin import in_percent, persons

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case

POPULATION: Final = "N01951"
"""Kolada's KPI with the number of inhabitants."""
_YELLOW: Final = "gult"
MEDIAN: Final = "medianen"
_BEST: Final = "bäst av de liknande"
_NOUNS: Final = (
    ("elev", "elev", "elever"),
    ("brukare", "brukare", "brukare"),
    ("hemtjänsttagare", "hemtjänsttagare", "hemtjänsttagare"),
    ("årsarbetare", "årsarbetare", "årsarbetare"),
    ("heltidstjänst", "heltidstjänst", "heltidstjänster"),
    ("anställd", "anställd", "anställda"),
    ("månadsavlönad", "månadsavlönad", "månadsavlönade"),
    ("lärare", "lärare", "lärare"),
    ("barn", "barn", "barn"),
    ("hushåll", "hushåll", "hushåll"),
    ("invånare", "invånare", "invånare"),
    ("befolkning", "invånare", "invånare"),
)
_SICK: Final = re.compile(r"sjukfrånvaro", re.IGNORECASE)
_FEWER: Final = re.compile(r"\d+\s*(?:[-–]\s*\d+)?\s*(?:år|\+)|\d\+|justera", re.IGNORECASE)
"""Signs in a title that it is not all inhabitants that are counted."""
_PER_PERSON: Final = {
    "kr": (1e-6, "mnkr", "mnkr"),
    "antal": (1.0, "fall", "fall"),
    "kg": (1e-3, "ton", "ton"),
    "ton": (1.0, "ton", "ton"),
}
_PER: Final = re.compile(r"(kr|antal|kg|ton)[^/,]*/\s*(\d[\d\s]*)?inv", re.IGNORECASE)


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

    base: the number of persons that it is counted from, NaN where it needs none.
    """

    each: float
    one: str
    many: str
    told: str
    base: float = nan
    exact: bool = False

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
    good = goodness(values, case.kpi.direction, case.kpi.target)
    at, far = case.evidence.at, distance(good)
    found = [_mark(case, MEDIAN, float(good[at] + far.to_median[at]), good[at])]
    if case.colour == tables.RED:
        found.insert(0, _mark(case, _YELLOW, float(good[at] + far.to_yellow[at]), good[at]))
    best = _best(case, good)
    if best is not None:
        who = case.setting.names[case.evidence.everyone[best]]
        found.append(_mark(case, _BEST, float(good[best]), good[at], who))
    return found


def _best(case: Case, good: np.ndarray) -> int | None:
    """Return the place of the best of the similar municipalities; None without any value."""
    place = {area: at for at, area in enumerate(case.evidence.everyone)}
    others = [place[area] for area in case.members("liknande") if area != case.setting.own]
    known = [at for at in others if not np.isnan(good[at])]
    return max(known, key=lambda at: float(good[at]), default=None)


def _mark(case: Case, to: str, good: float, own: float, who: str = "") -> Mark:
    value = {"högt": good, "lågt": -good}.get(case.kpi.direction, nan)
    return Mark(to, value, good - float(own), who)


def unit_of(case: Case, year: int) -> Unit | None:
    """Return what a distance can be counted in; None when that is not known.

    A share of persons by its base of the very year; a number per inhabitant, of all ages, by the
    population; millions of kronor as they are.
    """
    if case.unit == "mnkr":
        return Unit(1.0, "mnkr", "mnkr", "Talet är i miljoner kronor.")
    base = case.evidence.bases.get(case.id, {}).get(year, nan)
    if in_percent(case.title) and base > 0:
        one, many = _noun(case)
        told = f"{case.kpi.base}: {text.number(base, 0)} {many} {year}"
        return Unit(base / 100, one, many, told, base, exact=True)
    return _per_inhabitant(case, year)


def _noun(case: Case) -> tuple[str, str]:
    """Return what a KPI's base counts, one and many."""
    if _SICK.search(case.title):
        return "årsarbetare", "årsarbetare"
    title = str(case.setting.catalogue.get(str(case.kpi.base), {}).get("title", "")).casefold()
    found = ((one, many) for word, one, many in _NOUNS if word in title)
    return next(found, ("person", "personer"))


def _per_inhabitant(case: Case, year: int) -> Unit | None:
    found, people = _PER.search(case.title), population(case, year)
    if found is None or _FEWER.search(case.title) or isnan(people):
        return None
    size, one, many = _PER_PERSON[found[1].casefold()]
    per = int(re.sub(r"\s", "", found[2] or "1"))
    told = f"{POPULATION}: {text.number(people, 0)} invånare {year}"
    return Unit(people / per * size, one, many, told, people)


def population(case: Case, year: int) -> float:
    """Return the number of inhabitants in a year, NaN when it is not held."""
    return case.own(POPULATION).get(year, nan)


def is_sick_leave(kpi: Kpi) -> bool:
    """Return whether a KPI is a share of working hours, which is no share of persons."""
    return _SICK.search(kpi.title) is not None


def far(case: Case, gap: float) -> str:
    """Return a distance with the unit that the title says, also where it is a long one."""
    said = case.far(gap)
    if not case.unit and "antal dagar" in case.title:
        return f"{said} dagar"
    plain = ("dagar", "timmar", "minuter", "månader", "år", "tkr", "mnkr", "kg")
    return f"{said} {case.unit}" if case.unit in plain or case.unit[:2] == "kr" else said
