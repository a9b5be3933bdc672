"""Who has made the journey from red to green and stayed there, and what to ask them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from malstyr_lib import tables, text
from malstyr_lib.questions.answer import Reply, sure, unsure
from malstyr_lib.questions.compared import NAMED
from malstyr_lib.scoring.colour import CODES
from malstyr_lib.scoring.scores import PRELIMINARY_BELOW, usual_n

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case

AGO: Final = (3, 6)
"""How many years before the last one the journey may have begun."""
ASKED: Final = (
    "Vad bestämde ni er för, och vem bestämde det?",
    "Vad slutade ni med, och vad kostade det nya i pengar och tid?",
    "Hur lång tid gick det innan det syntes i siffran, och hur visste ni att ni var på rätt väg?",
    "Vad annat hände under samma år: nya elever eller brukare, ny mätning, ny ekonomi?",
    "Vad prövade ni som inte hjälpte?",
    "Vad har ni gjort för att det ska hålla i sig?",
)
"""What to ask those who have come from red to green, since Kolada doesn't hold it."""


@dataclass(frozen=True)
class Journey:
    """A municipality that was red in a year (the newest of those looked at) and is green now."""

    at: int
    name: str
    whose: str
    red: int
    then: float
    now: float


@dataclass(frozen=True)
class _Span:
    """Which years are looked at: those when it was red, and the last two, when it was green."""

    starts: tuple[int, ...]
    ends: tuple[int, int]


def journey(case: Case) -> Reply:
    """Answer how many reds are green in the last two years, and who: ja, since they are counted."""
    span = _span(case)
    if isinstance(span, str):
        return unsure(span)
    starts, ends = (np.array([case.codes(y) for y in part]) for part in (span.starts, span.ends))
    settled = (starts == CODES[tables.RED]).any(axis=0) & (ends != CODES[tables.GREY]).all(axis=0)
    settled[case.evidence.at] = False
    made = np.flatnonzero(settled & (ends == CODES[tables.GREEN]).all(axis=0))
    if not settled.any():
        return unsure(f"Ingen annan kommun var röd {_years(span.starts)} och har värden efteråt.")
    found = _to_ring([_journey(case, int(at), span) for at in made])
    return sure(
        _said(span, int(settled.sum()), found),
        "Vad de gjorde finns inte i Kolada: ring och fråga. Vad man kan fråga står i underlaget."
        if found
        else "Färgen är jämförelsen med alla kommuner varje år, och åren går att jämföra.",
        underlag=_table(found[:NAMED]),
    )


def _span(case: Case) -> _Span | str:
    """Return the years to look at, or why there are none."""
    years = _whole_years(case)
    if len(years) < 2:
        return "Nyckeltalet har inte två år som är mätta var för sig. Vänta på fler år."
    ends = (years[-2], years[-1])
    starts = [year for year in years if AGO[0] <= ends[1] - year <= AGO[1] and year < ends[0]]
    whole = [year for year in starts if not case.evidence.broken(case.id, (year, ends[1]))]
    broken = case.evidence.broken(case.id, (starts[0] if starts else ends[0], ends[1]))
    if whole:
        return _Span(tuple(whole), ends)
    if broken:
        return f"Åren går inte att jämföra: {broken.reason}. Vänta på fler år efter brottet."
    return (
        f"Nyckeltalet har inga värden {AGO[0]}–{AGO[1]} år före {ends[1]}."
        " Hämta fler år, eller vänta."
    )


def _whole_years(case: Case) -> list[int]:
    """Return the years that most have reported and that were measured anew, oldest first."""
    reported = np.array(list(case.reported.values()))
    enough = ~(reported / usual_n(reported) < PRELIMINARY_BELOW)
    told = zip(case.reported, enough, strict=True)
    return [year for year, ok in told if ok and year not in case.again]


def _journey(case: Case, at: int, span: _Span) -> Journey:
    red = max(year for year in span.starts if case.codes(year)[at] == CODES[tables.RED])
    then, now = (float(case.everyone(year)[at]) for year in (red, span.ends[1]))
    return Journey(at, case.name_of(at), _group(case, at), red, then, now)


def _group(case: Case, at: int) -> str:
    """Return which of the own municipality's groups another is in, the nearest one."""
    kinds = {"liknande": "liknande", "län": "länet", "kommungrupp": "SKR:s kommungrupp"}
    found = (words for kind, words in kinds.items() if at in case.peers(kind))
    return next(found, "övriga")


def _to_ring(found: list[Journey]) -> list[Journey]:
    """Return those who made it, the nearest ones first and among them by the alphabet.

    Nearest are similar ones, then the county's, SKR's group and the rest; those that are named
    stand by the alphabet, since they are no ranking.
    """
    order = ("liknande", "länet", "SKR:s kommungrupp", "övriga")
    nearest = sorted(found, key=lambda one: (order.index(one.whose), text.by_name(one.name)))
    return sorted(nearest[:NAMED], key=lambda one: text.by_name(one.name)) + nearest[NAMED:]


def _said(span: _Span, reds: int, found: list[Journey]) -> str:
    were = text.count(reds, "annan kommun", "andra kommuner")
    red = "röd" if reds == 1 else "röda"
    ends = f"{span.ends[0]} och {span.ends[1]}"
    head = f"Av {were} som var {red} {_years(span.starts)} och har värden {ends}"
    if not found:
        return f"{head} är ingen grön båda åren."
    green = "grön" if len(found) == 1 else "gröna"
    names = text.listing([one.name for one in found[:NAMED]])
    more = f", bland dem {names}" if len(found) > NAMED else f": {names}"
    share = text.percent(len(found) / reds)
    return f"{head} är {len(found)} {green} båda åren ({share}){more}."


def _years(years: tuple[int, ...]) -> str:
    return f"{years[0]}" if len(years) == 1 else f"något av åren {years[0]}–{years[-1]}"


def _table(found: list[Journey]) -> pd.DataFrame:
    """Return whom to ring, and below them what to ask."""
    if not found:
        return pd.DataFrame()
    asked = [f"Att fråga i samtalet: {words}" for words in ASKED]
    blank = [None] * len(asked)
    return pd.DataFrame(
        {
            "Att ringa, och att fråga": [*(one.name for one in found), *asked],
            "Grupp": [*(one.whose for one in found), *blank],
            "Senast röd": pd.array([*(one.red for one in found), *blank], dtype="Int64"),
            "Värde då": [*(one.then for one in found), *([np.nan] * len(asked))],
            "Värde nu": [*(one.now for one in found), *([np.nan] * len(asked))],
        }
    )
