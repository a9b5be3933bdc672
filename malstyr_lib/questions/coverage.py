"""How many municipalities have a value, and whether it is measured anew: questions 3 and 6."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from malstyr_lib import text
from malstyr_lib.questions.answer import Question, Reply, sure, unsure
from malstyr_lib.questions.needs import Need
from malstyr_lib.scoring.colour import significant
from malstyr_lib.scoring.measured import FEWEST_AREAS, window
from malstyr_lib.scoring.scores import GREY_BELOW, PRELIMINARY_BELOW, usual_n

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case

_SHOWN: Final = 12


ANYONE: Final = Need(
    "någon kommuns värde",
    "Ingen kommun har något värde för {kpi} i det hämtade.",
    "Hämta på nytt när Kolada har publicerat, se fråga 5 om måttet lever.",
    lambda case: bool(case.reported),
)


def coverage(case: Case) -> Reply:
    """Answer how many municipalities have a value, against the year before and the usual."""
    known = case.reported
    years = list(known)
    usual = dict(zip(years, usual_n(np.array(list(known.values()))).tolist(), strict=True))
    year = int(case.now["period"]) if case.now and case.now["period"] in known else years[-1]
    earlier = [one for one in years if one < year]
    before = f", mot {known[earlier[-1]]} för {earlier[-1]}" if earlier else ""
    of = text.count(len(case.evidence.everyone), "kommun", "kommuner")
    said = f"{known[year]} av {of} har lämnat uppgift för {year}{before}."
    absent = "" if year in case.series else f" {case.name} är inte en av dem."
    return sure(
        f"{said}{_gate(case, known[year], usual[year])}{absent}",
        _usual_words(usual[year]),
        underlag=_coverage_table(known, usual, len(case.evidence.everyone)),
    )


def _gate(case: Case, n: int, usual: float) -> str:
    """Return what too few values do to the colour; "" when they are as many as usual."""
    share = n / usual if usual == usual else 1.0
    if share >= PRELIMINARY_BELOW:
        return ""
    many = f" Det är {text.number(100 * share, 0)}\u00a0% av det vanliga antalet, "
    if not case.judged:
        return f"{many}{usual:.0f}."
    done = "så ingen färg sätts ännu" if share < GREY_BELOW else "så färgen är preliminär"
    return f"{many}{usual:.0f}, {done}."


def _usual_words(usual: float) -> str:
    if usual != usual:
        return "Det är det första året med värden, så inget är vanligt ännu."
    return (
        f"Det vanliga är {usual:.0f}, medianen av de senaste tre åren före; under 80 procent av det"
        " är färgen preliminär, under 50 procent sätts ingen."
    )


def _coverage_table(known: dict[int, int], usual: dict[int, float], of: int) -> pd.DataFrame:
    years = list(known)[-_SHOWN:]
    return pd.DataFrame(
        {
            "År": years,
            "Kommuner med värde": [known[year] for year in years],
            "Av alla kommuner (%)": [100 * known[year] / of for year in years],
            "Vanligt antal": [usual[year] for year in years],
        }
    )


def same_again(case: Case) -> Reply:
    """Answer whether the newest values are only an earlier measurement, in whole or in part."""
    years = list(case.reported)
    if len(years) < 2:
        return unsure(f"Bara {years[0]} har värden. Vänta på nästa mätning, så går det att se.")
    before, year = years[-2:]
    same, n = _alike(case, before, year)
    covers = window(case.title, case.description)
    counts = f"{same} av {text.count(n, 'kommun', 'kommuner')}"
    table = _same_table(case, years)
    kept = _kept(case)
    if year in case.again:
        said = f"Ja: {counts} har exakt samma värde {year} som {before}."
        why = f"Då är det i praktiken en mätning, eller en nivå som få ändrar.{kept}"
        return sure(said, why, underlag=table)
    if covers > 1:
        return _overlapping(covers, (before, year), kept, table)
    if n < FEWEST_AREAS:
        why = f"Bara {text.count(n, 'kommun', 'kommuner')} har värde både {before} och {year}, och"
        return unsure(f"{why} det behövs {FEWEST_AREAS}.", underlag=table)
    said = f"Nej, {year} är mätt på nytt: {counts} har samma värde som {before}."
    return sure(
        said, f"En upprepning är när minst 90 procent har samma värde.{kept}", underlag=table
    )


def _kept(case: Case) -> str:
    """Return how many of the own years a trend may stand on, when there are several."""
    if len(case.series) < 2:
        return ""
    points = case.evidence.points(case.id)
    return f" För en trend räknas {len(points)} av {len(case.series)} egna år."


def _overlapping(covers: int, pair: tuple[int, int], kept: str, table: pd.DataFrame) -> Reply:
    shared = covers - (pair[1] - pair[0])
    start = f"varje värde gäller {covers} år, och {pair[0]} och {pair[1]}"
    if shared > 0:
        said = f"Delvis: {start} har {shared} av {covers} år gemensamma."
    else:
        said = f"Nej: {start} har inget år gemensamt."
    return sure(said, f"Så säger rubriken eller beskrivningen.{kept}", underlag=table)


def _alike(case: Case, before: int, year: int) -> tuple[int, int]:
    """Return how many have the same value in two years, of how many with a value in both."""
    first, last = (significant(case.everyone(one)) for one in (before, year))
    both = ~np.isnan(first) & ~np.isnan(last)
    return int((first == last)[both].sum()), int(both.sum())


def _same_table(case: Case, years: list[int]) -> pd.DataFrame:
    """Return how many have the same value as the year with values before, by year."""
    rows = []
    for before, year in [*pairwise(years)][-_SHOWN:]:
        same, n = _alike(case, before, year)
        rows.append((year, before, n, same))
    heads = ["År", "Jämfört med", "Kommuner med båda", "Samma värde"]
    return pd.DataFrame(rows, columns=heads)


COVERAGE: Final = Question(
    3,
    "hur många kommuner",
    "Hur många kommuner har lämnat uppgift?",
    coverage,
    needs=(ANYONE,),
)
SAME_AGAIN: Final = Question(
    6, "samma mätning", "Är det samma mätning upprepad?", same_again, needs=(ANYONE,)
)
