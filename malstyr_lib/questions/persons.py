"""How many persons, answers or events a value is of, where that is known; question 2."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import pandas as pd

from malstyr_lib import text
from malstyr_lib.questions.answer import Question, Reply, likely, sure, unsure
from malstyr_lib.questions.needs import VALUE, Need
from malstyr_lib.scoring.margin import in_percent

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case

Kind = Literal["andel", "invånare", "takt", "svar"]
FEW: Final = 30
"""Below how many persons every one of them weighs so much that it is said."""

_NOUNS: Final = (
    ("elev", ("elev", "elever")),
    ("brukare", ("brukare", "brukare")),
    ("hemtjänsttagare", ("hemtjänsttagare", "hemtjänsttagare")),
    ("årsarbetare", ("årsarbetare", "årsarbetare")),
    ("heltidstjänst", ("heltidstjänst", "heltidstjänster")),
    ("anställd", ("anställd", "anställda")),
    ("månadsavlönad", ("anställd", "anställda")),
    ("lärare", ("lärare", "lärare")),
    ("barn", ("barn", "barn")),
    ("hushåll", ("hushåll", "hushåll")),
    ("invånare", ("invånare", "invånare")),
    ("befolkning", ("invånare", "invånare")),
)
_SICK: Final = re.compile(r"sjukfrånvaro", re.IGNORECASE)
_EVENTS: Final = re.compile(r"brott|skad|olyck|bränder|vårdade|döda|avlid|insjukn", re.I)
"""Words in a title of what happens to people: cases, and no things or persons."""
_ADJUSTED: Final = re.compile(r"justera|standardisera", re.I)
"""A number per inhabitant of another population than the own one."""
_OF_INHABITANTS: Final = re.compile(r"^(?:invånare|befolkning)\b|av\s+(?:invånare|bef)", re.I)
_RATE: Final = re.compile(r"antal/(\d+)? ?inv")
_AGES: Final = re.compile(r"(\d+)\s?[-–]\s?(\d+)\s?år|(\d+)\+")
_ANSWERS: Final = re.compile(r"antal svar|svarande, antal", re.I)


@dataclass(frozen=True)
class Counted:
    """How many a value is of, in a year; `kind` says which way it is known.

    andel: the persons that the value is a share of. invånare: the inhabitants that it is a share
    of, by the title. takt: the inhabitants that its events are counted per. svar: the answers that
    it is made of. one, many: what they are called. kpi: where the number is from.
    """

    number: float
    year: int
    one: str
    many: str
    kpi: str
    kind: Kind
    per: int = 100

    @property
    def words(self) -> str:
        """The number with its noun, as "188 elever"."""
        return text.count(round(self.number), self.one, self.many)

    def said(self, amount: int) -> str:
        """Return another number of the same."""
        return text.count(amount, self.one, self.many)


def counted(case: Case) -> Counted | None:
    """Return how many the newest value is of; None where that is not known."""
    if case.period is None:
        return None
    return people(case) or _by_answers(case)


def people(case: Case) -> Counted | None:
    """Return how many persons the newest value is counted on; answers to a survey are no such."""
    return None if case.period is None else _by_base(case) or _by_inhabitants(case)


def is_sick_leave(case: Case) -> bool:
    """Return whether a KPI is a share of working hours, which is no share of persons."""
    return _SICK.search(case.title) is not None


def are_cases(case: Case) -> bool:
    """Return whether what a KPI counts per inhabitant is what happens to people."""
    return _EVENTS.search(case.title) is not None


def _by_base(case: Case) -> Counted | None:
    known = case.evidence.bases.get(case.id, {})
    year = _nearest(known, case.period)
    if year is None or not case.kpi.base or not in_percent(case.title):
        return None
    title = str(case.setting.catalogue.get(case.kpi.base, {}).get("title", "")).casefold()
    noun = next((noun for word, noun in _NOUNS if word in title), ("person", "personer"))
    if is_sick_leave(case):
        noun = ("årsarbetare", "årsarbetare")
    return Counted(known[year], year, *noun, case.kpi.base, "andel")


def _by_inhabitants(case: Case) -> Counted | None:
    """Return the inhabitants of the ages that the title says; none when only the text limits."""
    rate = _RATE.match(case.unit)
    share = in_percent(case.title) and _OF_INHABITANTS.search(case.title)
    ages = _AGES.search(case.title)
    if not (rate or share) or (not ages and _AGES.search(case.description)):
        return None
    if rate and _ADJUSTED.search(case.title):
        return None
    wanted = f"Invånare {_aged(ages)}, antal" if ages else "Invånare totalt, antal"
    kpi = next((one for one, row in case.setting.catalogue.items() if row["title"] == wanted), "")
    number = case.own(kpi).get(case.period or 0) if kpi else None
    if not number:
        return None
    who = f"invånare {_aged(ages)}" if ages else "invånare"
    kind: Kind = "takt" if rate else "invånare"
    per = int(rate[1] or 1) if rate else 100
    return Counted(number, case.period or 0, who, who, kpi, kind, per)


def _aged(ages: re.Match[str]) -> str:
    return f"{ages[3]}+" if ages[3] else f"{ages[1]}-{ages[2]} år"


def _by_answers(case: Case) -> Counted | None:
    """Return the answers to the survey that the title begins with, where Kolada has them."""
    survey, dash, _ = case.title.partition(" - ")
    if not dash:
        return None
    for kpi, row in case.setting.catalogue.items():
        title = str(row["title"])
        if title.startswith(survey) and _ANSWERS.search(title) and case.setting.held(kpi):
            number = case.own(kpi).get(case.period or 0)
            if number:
                return Counted(number, case.period or 0, "svar", "svar", kpi, "svar")
    return None


def _nearest(known: Mapping[int, float], period: int | None) -> int | None:
    """Return the year of a number above nought that is nearest to a year."""
    years = [year for year, number in known.items() if number >= 1]
    return min(years, key=lambda year: (abs(year - (period or 0)), -year), default=None)


PERSONS: Final = Need(
    "antal personer",
    "Hur många personer {kpi} gäller är inte känt för {name}.",
    "Finns antalet i Kolada kan det skrivas som underlag i nyckeltal.yaml, om måttet är i procent;"
    " fråga annars verksamheten.",
    lambda case: case.period is None or counted(case) is not None,
)


def how_many(case: Case) -> Reply:
    """Answer how many persons a value is of, and how many of them it counts."""
    found = counted(case)
    if found is None:
        return unsure(PERSONS.words(case))
    part = round(case.value * found.number / found.per)
    table = _table(case, found)
    if found.kind == "svar":
        return _of_answers(case, found, table)
    if found.kind == "takt":
        what = "fall" if are_cases(case) else "(antal enligt rubriken)"
        said = (
            f"Värdet motsvarar omkring {text.number(part, 0)} {what} på {found.words} i"
            f" {case.name} {case.period}."
        )
        return likely(said, f"Värdet gånger antalet invånare ({found.kpi}).", underlag=table)
    if not 0 <= case.value <= 100:
        said = f"Värdet gäller {found.words} i {case.name} {found.year}."
        return likely(said, _weight(found), underlag=table)
    of = f"omkring {text.number(part, 0)} av {found.words} i {case.name}"
    said = f"Andelen {case.said(case.value)} {case.period} motsvarar {of}."
    doubt = doubt_of(case, found)
    if doubt:
        return likely(said, f"{doubt} {_weight(found)}", underlag=table)
    return sure(said, f"Antalet är {found.kpi}, samma år. {_weight(found)}", underlag=table)


def doubt_of(case: Case, found: Counted) -> str:
    """Return why a share of persons is no surer than likely, "" when nothing says so."""
    if found.year != case.period:
        return f"Antalet är från {found.year} ({found.kpi}), inte från samma år som andelen."
    if found.kind == "invånare":
        return f"Antalet är alla {found.many} ({found.kpi}), som rubriken säger att andelen gäller."
    return "Det är räknat som om alla arbetade lika mycket." if is_sick_leave(case) else ""


def _of_answers(case: Case, found: Counted, table: pd.DataFrame) -> Reply:
    said = f"Värdet {case.said(case.value)} {case.period} bygger på {found.words} i {case.name}."
    why = (
        f"Antalet är svaren på hela enkäten ({found.kpi}); en enskild fråga kan ha färre."
        f" {_weight(found) if in_percent(case.title) else ''}"
    )
    return likely(said, why.strip(), underlag=table)


def _weight(found: Counted) -> str:
    """Return what one person, or one percentage point, is worth."""
    if found.number < FEW:
        weight = text.number(100 / found.number, 1)
        return f"Med så få väger varje {found.one} {weight} procentenheter."
    point = found.number / 100
    return f"En procentenhet är {text.number(point, 0 if point >= 10 else 1)} {found.many}."


def _table(case: Case, found: Counted) -> pd.DataFrame:
    """Return the numbers of the years that have both the value and the number."""
    numbers = case.own(found.kpi)
    rows: list[dict[str, Any]] = [
        {
            "År": year,
            "Värde": value,
            f"Antal {found.many}": round(numbers[year]),
            **({} if found.kind == "svar" else {"Därav": round(value * numbers[year] / found.per)}),
        }
        for year, value in case.series.items()
        if numbers.get(year)
    ]
    return pd.DataFrame(rows)


HOW_MANY: Final = Question(
    2, "antal personer", "Hur många personer handlar det om?", how_many, needs=(VALUE, PERSONS)
)
