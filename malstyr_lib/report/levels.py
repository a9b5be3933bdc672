"""How many levels are reached, in words: coverage first, and bounds where any is unknown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from malstyr_lib import text
from malstyr_lib.scoring.expected import RollUp, State, rolled_up

STATES: Final[dict[str, State]] = {
    "met": "met",
    "not_yet": "missed",
    "late": "missed",
    "unknown": "unknown",
}
"""What a standing of chain.TARGETS is when levels are rolled up."""
ENOUGH_FOR_SHARES: Final = 10
"""With fewer levels than this a share of them says less than how many they are."""


def rolled(states: Iterable[str]) -> RollUp:
    """Return levels rolled up, with bounds; states: those of chain.TARGETS."""
    return rolled_up([STATES[one] for one in states])


def reached_words(year: int, this_year: Sequence[str], newest: Sequence[str]) -> str:
    """Return how many levels are reached, as sentences: coverage first, bounds for the unknown.

    this_year, newest: states of chain.TARGETS, one per level: by the year's own value alone, and
    by the newest value that was known, whatever its year.
    """
    found, whole = rolled(this_year), len(this_year)
    known = found.met + found.missed
    if not whole:
        return "Inga målnivåer är satta, så det går inte att säga hur långt målet har nått."
    if whole == 1:
        return _one_level(year, this_year[0], newest[0])
    older = "" if list(this_year) == list(newest) else f" {_by_newest(newest)}"
    if not known:
        return f"Ingen av {whole} målnivåer går att pröva med ett värde för {year}.{older}"
    going = f"{_going(known, whole)} att pröva med värden för {year}"
    return f"{going}: {_split(this_year)}.{_bounds(found, whole)}{older}"


def _going(known: int, whole: int) -> str:
    if known < whole:
        return f"{known} av {whole} målnivåer går"
    return "Båda målnivåerna går" if whole == 2 else f"Alla {whole} målnivåer går"


_ONE: Final = {"met": "är nådd", "not_yet": "är inte nådd än", "late": "blev inte nådd i tid"}


def _one_level(year: int, this_year: str, newest: str) -> str:
    """Return how the only level stands, as sentences."""
    if this_year != "unknown":
        return f"Den enda målnivån {_ONE[this_year]}, med värdet för {year}."
    if newest == "unknown":
        return f"Den enda målnivån går inte att pröva, varken med ett värde för {year} eller äldre."
    said = f"Den enda målnivån går inte att pröva med ett värde för {year}."
    return f"{said} Med det senaste kända värdet, som är äldre, {_turned(_ONE[newest])}."


def _turned(words: str) -> str:
    """Return "är nådd" as it stands after something else in a sentence: "är den nådd"."""
    verb, _, rest = words.partition(" ")
    return f"{verb} den {rest}"


def _by_newest(states: Sequence[str]) -> str:
    """Return how many levels are reached by the newest known values, as a sentence."""
    unknown = states.count("unknown")
    if unknown == len(states):
        return "Inte heller med äldre värden."
    left = f"; {unknown} går inte att pröva alls" if unknown else ""
    return f"Räknat på senaste kända värde, också äldre: {_split(states)}{left}."


def _split(states: Sequence[str]) -> str:
    """Return how many levels there are of each known kind."""
    met, not_yet, late = (states.count(one) for one in ("met", "not_yet", "late"))
    words = [
        f"{met or 'ingen'} är {'nådda' if met > 1 else 'nådd'}",
        f"{not_yet} är inte {'nådda' if not_yet > 1 else 'nådd'} än" if not_yet else "",
        f"{late} blev inte {'nådda' if late > 1 else 'nådd'} i tid" if late else "",
    ]
    return text.listing([one for one in words if one])


def _bounds(found: RollUp, whole: int) -> str:
    """Return the share that is reached, between bounds where it is not known; "" where clear."""
    if found.certain and whole < ENOUGH_FOR_SHARES:
        return ""
    least, most = found.met, found.met + found.unknown
    if whole < ENOUGH_FOR_SHARES:
        between = f"{least} eller {most}" if found.unknown == 1 else f"mellan {least} och {most}"
        return f" Nådda är {between}."
    low, high = (text.number(100 * share, 0) for share in (found.lower, found.upper))
    span = f"{low}\u00a0%" if found.certain else f"mellan {low} och {high}\u00a0%"
    return f" Nådda är {span} av målnivåerna."
