"""The changes of colour that the box itself has shown, and what is known of each."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from malstyr_lib import tables, text
from malstyr_lib.scoring import phrases
from malstyr_lib.scoring.colour import CODES

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case
    from malstyr_lib.scoring.shift import Shift


def newest_turn(case: Case) -> tuple[int, int] | None:
    """Return the two years that the box last changed colour between; None if it never has."""
    seen = pairwise(case.coloured.items())
    turns = [(one[0], other[0]) for one, other in seen if one[1] != other[1]]
    return turns[-1] if turns else None


def settled(case: Case, years: tuple[int, int]) -> Shift | None:
    """Return the change of colour between two years, if it is one among those with both."""
    return next((one for one in case.shifts if (one.period_before, one.period) == years), None)


def as_shown(case: Case, one: Shift) -> bool:
    """Return whether the colours among those with both years are the ones that the box shows."""
    shown = (case.colours.get(one.period_before), case.colours.get(one.period))
    return shown == (one.before, one.after)


def how_common(case: Case, years: tuple[int, int]) -> str:
    """Return how common a change of colour was, and why it is not settled where it isn't."""
    one = settled(case, years)
    if one is not None and as_shown(case, one):
        return text.sentence(phrases.base_rate_words(one))
    return f"{text.sentence(among_all(case, years))} {unsettled(case, years)}"


def unsettled(case: Case, years: tuple[int, int]) -> str:
    """Return why a change that the box shows is not one that compares, as a sentence."""
    broken = case.evidence.broken(case.id, years)
    if broken is not None:
        return f"Serien bröts {broken.period}, så de två åren går inte att jämföra."
    preliminary = set(case.scores.loc[case.scores["preliminary"], "period"])
    early = [year for year in years if year in preliminary]
    if early:
        return f"Färgen {early[-1]} är preliminär, så bytet är inte säkert."
    move = case.evidence.moved(case.kpi, years)
    if move is None:
        return "De kommuner som har värden båda åren är för få för en färg."
    return f"Bland de {move.n} kommuner som har värden båda åren {_became(move)}."


def _became(move: Shift) -> str:
    if move.before == move.after:
        return f"är färgen {text.ONE[move.after]} båda åren"
    return f"gick färgen från {text.ONE[move.before]} till {text.ONE[move.after]}"


def same_turn(case: Case, years: tuple[int, int]) -> tuple[int, int]:
    """Return how many others had the own colour before and one after, and those that turned too.

    Among all the others, each year's colour as it was shown.
    """
    one, other = (case.colours[year] for year in years)
    before, after = (case.codes(year) for year in years)
    before[case.evidence.at] = CODES[tables.GREY]
    alike = (before == CODES[one]) & (after >= 0)
    return int(alike.sum()), int((alike & (after == CODES[other])).sum())


def among_all(case: Case, years: tuple[int, int]) -> str:
    """Return how common the change was among all the others, each year's colour as it was shown."""
    one, other = (case.colours[year] for year in years)
    others, same = same_turn(case, years)
    if not others:
        return f"ingen annan kommun var {text.ONE[one]} {years[0]}"
    return (
        f"av {text.count(others, 'annan kommun', 'andra kommuner')} som var"
        f" {text.coloured(one, others)} {years[0]} var {same} {text.coloured(other, same)}"
        f" {years[1]} ({text.percent(same / others)})"
    )
