"""Whether the newest change may be chance: by margin, persons or own swings; question 1."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot, sqrt
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from malstyr_lib import text
from malstyr_lib.questions.answer import Question, Reply, likely, sure, unsure
from malstyr_lib.questions.needs import VALUE
from malstyr_lib.questions.persons import Counted, counted
from malstyr_lib.scoring import findings, sureness
from malstyr_lib.scoring.margin import (
    change_within_counts,
    in_percent,
    of_share,
    persons,
    uncertain,
)

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case

FEWEST: Final = 6
"""How many comparable own values it takes to say how the value usually swings."""
_REACH: Final = {4: 3.18, 5: 2.78, 6: 2.57, 7: 2.45, 8: 2.36, 9: 2.31, 10: 2.26, 11: 2.23}
"""How many standard deviations chance reaches, by how many changes they are from: Student's t at
95 per cent; 2.2 beyond."""
_BEYOND: Final = 2.2
_IN: Final = ("den ryms i felmarginalen", "den är större än felmarginalen")
_BY_PERSONS: Final = (
    "den ryms i osäkerheten efter antalet personer",
    "den är större än osäkerheten efter antalet personer",
)
_BY_ANSWERS: Final = (
    "den ryms i osäkerheten efter antalet svar",
    "den är större än osäkerheten efter antalet svar",
)
_AS_USUAL: Final = (
    "den är inte större än värdet brukar svänga",
    "den är större än värdet brukar svänga",
)
"""What a change is held against, when it is within that and when it is beyond."""


@dataclass(frozen=True)
class _Swings:
    """The newest change beside the own earlier ones, between years that can be compared."""

    years: tuple[int, int]
    change: float
    sd: float
    n: int

    @property
    def limit(self) -> float:
        """How large a change may be and still be as the value usually swings."""
        return _REACH.get(self.n, _BEYOND) * self.sd

    @property
    def within(self) -> bool:
        return abs(self.change) <= self.limit * (1 + 1e-9)

    @property
    def margin(self) -> float:
        """What one value is uncertain by, when a change is the difference of two such."""
        return self.limit / sqrt(2)


def _swings(case: Case) -> _Swings | None:
    """Return the newest change beside the earlier ones; None with fewer than six values."""
    years = [year for year in case.evidence.points(case.id) if year in case.series]
    if len(years) < FEWEST or years[-1] != case.period:
        return None
    moves = np.diff([case.series[year] for year in years])
    spread = float(np.std(moves[:-1], ddof=1))
    return _Swings((years[-2], years[-1]), float(moves[-1]), spread, len(moves) - 1)


@dataclass(frozen=True)
class Doubt:
    """What the newest figure's uncertainty leaves open.

    within: whether the change between `years` may be chance, None where it can't be tested.
    others: the other colours that the newest value may have within the same uncertainty.
    """

    years: tuple[int, int]
    within: bool | None
    others: tuple[str, ...]

    def of(self, pair: tuple[int, int]) -> bool:
        """Return whether a change up to a year is one that may be chance."""
        return self.within is True and pair[1] == self.years[1]

    def words(self, pair: tuple[int, int]) -> str:
        """Return that the change up to a year may be chance, to end a text; "" where it may not."""
        within = self.of(pair)
        return " Den egna ändringen ryms i osäkerheten och kan vara slump." if within else ""

    @property
    def colour_words(self) -> str:
        """That the colour may be another, as a sentence; "" where it may not."""
        if not self.others:
            return ""
        told = " eller ".join(text.ONE[one] for one in self.others)
        return f"Färgen är osäker: inom osäkerheten kan den också vara {told}."


def doubt(case: Case) -> Doubt:
    """Return what question 1 finds uncertain, for all questions that rest on the same figures."""
    change = case.finding(findings.changes)
    if change is None:
        return Doubt((0, case.period or 0), None, _others(case, _error(case, _answers(case))))
    years = int(change["period_before"]), int(change["period"])
    if case.evidence.broken(case.id, years) or not change["change"]:
        return Doubt(years, None, _others(case))
    if change["margin_from"]:
        return Doubt(years, bool(change["within_margin"]), _others(case))
    tested, swings = _tested_by_answers(case, years), _swings(case)
    if tested is not None:
        return Doubt(years, tested[0], _others(case, _error(case, _answers(case))))
    if swings is None:
        return Doubt(years, None, _others(case))
    return Doubt(swings.years, swings.within, _others(case, swings.margin))


def _others(case: Case, margin: float | None = None) -> tuple[str, ...]:
    """Return the other colours that the newest value may have; () where that is not known."""
    return tuple(one for one in _possible(case, margin) if one != case.colour)


def _possible(case: Case, margin: float | None) -> tuple[str, ...]:
    """Return the colours that the newest value may have; () where that is not known.

    By the known margin of error, else by the one that is given.
    """
    row = case.finding(sureness.certainties)
    if row is None or row["period"] != case.period:
        return ()
    if pd.notna(row["certain"]):
        return tuple(str(row["colours"]).split())
    return () if margin is None or margin != margin else _within(case, margin)


def chance(case: Case) -> Reply:
    """Answer whether the newest change may be chance, and how near the next colour is."""
    change = case.finding(findings.changes)
    if change is None:
        return _of_one(case)
    years = int(change["period_before"]), int(change["period"])
    broken = case.evidence.broken(case.id, years)
    if broken:
        why = f"Serien har ett brott {broken.period}: {broken.reason}."
        said = f"Det går inte att säga, för {years[0]} och {years[1]} kan inte jämföras."
        return unsure(why.replace(".”.", "”."), said, underlag=_table(case))
    if not change["change"]:
        return _unchanged(case, years)
    if change["margin_from"]:
        return _tested(case, years, change)
    by_answers, swings = _answered(case, years), _swings(case)
    if by_answers is not None:
        return by_answers
    return _unknown(case) if swings is None else _swung(case, swings)


def _unchanged(case: Case, years: tuple[int, int]) -> Reply:
    value = case.said(case.series[years[1]])
    said = f"{case.name} hade {value} både {years[0]} och {years[1]}, så ingen ändring kan prövas."
    return sure(said, "Båda åren har samma värde i Kolada.", underlag=_table(case))


def _of_one(case: Case) -> Reply:
    """Answer for a single value: only its colour can be uncertain."""
    row, found = case.finding(sureness.certainties), _answers(case)
    known = row is not None and pd.notna(row["certain"])
    error = float(row["margin"]) if row and known else _error(case, found)
    if row is None or error != error:
        return unsure(
            f"{case.name} har bara ett värde, och dess felmarginal är inte känd."
            " Vänta på nästa publicering.",
            underlag=_table(case),
        )
    said = f"{case.name} har bara ett värde ({case.period}), så ingen ändring kan prövas."
    of = f", efter {found.words} på hela enkäten" if found and not known else ""
    why = f"Felmarginalen är ±{text.gap(error, case.decimals)}{of}."
    return likely(
        f"{said} {_colour(case, None if known else error)}".strip(), why, underlag=_table(case)
    )


def _answers(case: Case) -> Counted | None:
    """Return the answers that a share is made of, where Kolada tells how many they are."""
    found = counted(case)
    share = in_percent(case.title) and 0 <= case.value <= 100
    return found if found and found.kind == "svar" and share else None


def _error(case: Case, found: Counted | None) -> float:
    """Return the margin of the newest share by the number of answers; NaN where unknown."""
    return of_share(case.value, found.number) if found else float("nan")


def _answered(case: Case, years: tuple[int, int]) -> Reply | None:
    """Answer by the number of answers in both years; None where they are not known."""
    tested = _tested_by_answers(case, years)
    if tested is None:
        return None
    within, counts = tested
    words = _verdict(_moved(case, years), within, _BY_ANSWERS)
    told = [f"{text.number(n, 0)} svar {year}" for n, year in zip(counts, years, strict=True)]
    why = (
        f"Prövat med Newcombes intervall (95 procent) för {told[0]} och {told[1]}; en enskild"
        " fråga kan ha färre svar än hela enkäten."
    )
    said = f"{words} {_colour(case, _error(case, _answers(case)))}".strip()
    return likely(said, f"{why}{_trend(case, within)}", underlag=_table(case))


def _tested_by_answers(case: Case, years: tuple[int, int]) -> tuple[bool, list[int]] | None:
    """Return whether a change is within the uncertainty of the answers, and how many they are."""
    found = _answers(case)
    numbers = case.own(found.kpi) if found else {}
    counts = [round(numbers.get(year, 0)) for year in years]
    values = [case.series[year] for year in years]
    if min(counts) < 1 or not all(0 <= value <= 100 for value in values):
        return None
    return change_within_counts(values, counts), counts


def _tested(case: Case, years: tuple[int, int], change: dict[Any, Any]) -> Reply:
    """Answer by Kolada's margins of error, or by the number of persons."""
    kolada, within = change["margin_from"] == "Kolada", bool(change["within_margin"])
    words = _verdict(_moved(case, years), within, _IN if kolada else _BY_PERSONS)
    why = _margins(case, years) if kolada else _newcombe(case, years)
    said = f"{words} {_beside(case, float(change['change']))}".strip()
    reply = sure if kolada else likely
    return reply(said, f"{why}{_trend(case, within)}", underlag=_table(case))


def _margins(case: Case, years: tuple[int, int]) -> str:
    margins = [case.evidence.margins[case.id][year] for year in years]
    told = [
        f"±{text.gap(margin, case.decimals)} ({year})"
        for margin, year in zip(margins, years, strict=True)
    ]
    both = text.gap(hypot(*margins), case.decimals)
    return f"Koladas felmarginal är {told[0]} och {told[1]}, för ändringen ±{both}."


def _newcombe(case: Case, years: tuple[int, int]) -> str:
    bases = [text.number(case.evidence.bases[case.id][year], 0) for year in years]
    return (
        "Prövat med Newcombes intervall (95 procent) för skillnaden mellan två andelar, av"
        f" {bases[0]} personer {years[0]} och {bases[1]} personer {years[1]}."
    )


def _swung(case: Case, swings: _Swings) -> Reply:
    """Answer by how the own values swing from year to year."""
    words = _verdict(_moved(case, swings.years), swings.within, _AS_USUAL)
    why = (
        "Felmarginalen är inte känd, så ändringen prövas mot de"
        f" {swings.n} tidigare ändringarna i serien; gränsen går vid {case.far(swings.limit)}."
    )
    said = f"{words} {_beside(case, swings.change, swings.margin)}".strip()
    return likely(said, f"{why}{_trend(case, swings.within)}", underlag=_table(case))


def _verdict(moved: str, within: bool, ends: tuple[str, str]) -> str:
    """Return whether a change may be chance, and against what that is held."""
    return f"{moved} {'kan vara' if within else 'är knappast'} slump: {ends[not within]}."


def _unknown(case: Case) -> Reply:
    years = [year for year in case.evidence.points(case.id) if year in case.series]
    values = text.count(len(years), "jämförbart värde", "jämförbara värden")
    base = "Skriv antalet personer som underlag i nyckeltal.yaml, om det finns i Kolada, eller "
    cure = f"{base if in_percent(case.title) else ''}vänta på fler år."
    return unsure(
        f"Felmarginalen är inte känd, och {case.name} har {values} där det behövs {FEWEST}."
        f" {text.capital(cure)}",
        underlag=_table(case),
    )


def _moved(case: Case, years: tuple[int, int]) -> str:
    """Return the change as the subject of a sentence."""
    first, last = (case.series[year] for year in years)
    told = text.apart(first, [last], case.decimals), text.apart(last, [first], case.decimals)
    percent = "\u00a0%" if case.unit == "%" else ""
    ends = [f"{one}{percent} ({year})" for one, year in zip(told, years, strict=True)]
    return f"Ändringen i {case.name} från {ends[0]} till {ends[1]}"


def _beside(case: Case, change: float, margin: float | None = None) -> str:
    """Return how many persons it is about, else whether the colour is uncertain, else nothing."""
    row, found = case.finding(sureness.certainties), counted(case)
    if found and found.kind == "andel" and found.year == case.period:
        red = int(row["persons"]) if row and pd.notna(row["persons"]) else 0
        if red > 0:
            return _to_yellow(case, found, red)
        moved = abs(persons(change, found.number) or 0)
        return f"Ändringen motsvarar {text.number(moved, 0)} av {found.words}."
    return _colour(case, margin)


def _to_yellow(case: Case, found: Counted, amount: int) -> str:
    """Return how many more, or fewer, it takes for the colour to be yellow."""
    way = {"högt": "till", "lågt": "färre"}.get(case.kpi.direction)
    if way is None:
        return f"Det skiljer {found.said(amount)} till gult."
    told = found.said(amount) if way == "till" else text.number(amount, 0)
    return f"Med {told} {way} hade färgen varit gul."


def _colour(case: Case, margin: float | None = None) -> str:
    """Return which other colours the value can have within its margin; "" when that is unknown."""
    colours, own = _possible(case, margin), text.ONE[case.colour]
    others = " eller ".join(text.ONE[one] for one in colours if one != case.colour)
    if not others:
        return f"Färgen {own} är densamma inom osäkerheten." if colours else ""
    row = case.finding(sureness.certainties)
    if row and pd.isna(row["certain"]):
        return f"Inom samma osäkerhet kan färgen {own} också bli {others}."
    return f"Färgen {own} är osäker: den kan också vara {others}."


def _within(case: Case, margin: float) -> tuple[str, ...]:
    """Return the colours that the newest value can have within a margin."""
    return uncertain(
        case.everyone(case.period or 0),
        case.evidence.at,
        margin,
        direction=case.kpi.direction,
        target=case.kpi.target,
    ).colours


def _trend(case: Case, within: bool) -> str:
    """Return that the trend over several years is secured, where it is."""
    one = case.evidence.trends[case.id]
    if not one.verdict.startswith("secured"):
        return ""
    joined = "däremot" if within else "också"
    return f" Trenden {one.years[0]}–{one.years[-1]} är {joined} säkerställd."


def _table(case: Case) -> pd.DataFrame:
    """Return the own values with their changes, margins of error and numbers of persons."""
    margins = case.evidence.margins.get(case.id, {})
    bases = case.evidence.bases.get(case.id, {})
    years = list(case.series)[-20:]
    columns: dict[str, Any] = {
        "År": years,
        "Värde": [case.series[year] for year in years],
        "Ändring": pd.Series([case.series[year] for year in years], dtype="float64").diff(),
    }
    if margins:
        columns["Felmarginal"] = [margins.get(year, float("nan")) for year in years]
    if bases:
        columns["Antal personer"] = [bases.get(year, float("nan")) for year in years]
    return pd.DataFrame(columns)


CHANCE: Final = Question(1, "slump", "Är det slump?", chance, needs=(VALUE,))
