"""Question 35, gone yellow anyway: how often the others' red is not red the year after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from malstyr_lib import tables, text
from malstyr_lib.questions.answer import Reply, likely, unsure
from malstyr_lib.scoring import phrases
from malstyr_lib.scoring.colour import CODES

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case
    from malstyr_lib.scoring.shift import Shift

FEWEST: Final = 20
"""With fewer reds to follow nothing is said of how usual it is to leave red."""
_SHOWN: Final = 20
_COMMON: Final = (
    (1 / 3, "Det kan mycket väl ha blivit så ändå"),
    (0.1, "Det går inte att utesluta"),
    (0.0, "Det är ovanligt, men inte uteslutet"),
)
"""What is said of an own shift, by the share of the others' reds that are not red the next year."""


@dataclass(frozen=True)
class Pair:
    """Two measured years after each other: how many others were red, and how many left it."""

    before: int
    after: int
    red: int
    left: int
    green: int

    @property
    def words(self) -> str:
        """The years in words."""
        return f"{self.before}–{self.after}"


def gone_yellow_anyway(case: Case) -> Reply:
    """Answer how usual it is that red is not red the year after, whatever was done."""
    found = list(pairs(case))
    red, left = sum(one.red for one in found), sum(one.left for one in found)
    if red < FEWEST:
        return unsure(
            f"Det finns bara {text.count(red, 'fall', 'fall')} där en annan kommun var röd och"
            f" följdes till nästa mätning. Det krävs minst {FEWEST}."
        )
    newest = found[-1]
    span = f"{found[0].before}–{newest.after}"
    usual = (
        f"Av andra kommuners röda år {span} följdes {text.percent(left / red)} av ett år som inte"
        f" var rött ({text.number(left, 0)} av {text.number(red, 0)}), och {newest.words} var det"
        f" {newest.left} av {newest.red}."
    )
    shift = _own_shift(case)
    return likely(
        f"{_led(case, shift, left / red)} {usual}",
        "Bland dem finns både de som gjorde något särskilt och de som inte gjorde det, så"
        " andelen är vad man kan vänta sig utan att veta mer." + _beside(case, shift),
        underlag=_table(found),
    )


def pairs(case: Case) -> Iterator[Pair]:
    """Yield what became of the others' reds from each measured year to the next, oldest first.

    Not over a break, and without the years that only repeat a measurement.
    """
    found = [(y, np.delete(case.codes(y), case.evidence.at)) for y in case.years]
    years = [(y, codes) for y, codes in found if (codes >= 0).any() and y not in case.again]
    for (before, one), (after, other) in pairwise(years):
        if not case.evidence.broken(case.id, (before, after)):
            red = (one == CODES[tables.RED]) & (other >= 0)
            yield Pair(
                before,
                after,
                red=int(red.sum()),
                left=int((red & (other != CODES[tables.RED])).sum()),
                green=int((red & (other == CODES[tables.GREEN])).sum()),
            )


def _own_shift(case: Case) -> Shift | None:
    """Return the last time that the own municipality left red, if it has."""
    mine = case.shifts
    left = [one for one in mine if one.before == tables.RED]
    return left[-1] if left else None


def _led(case: Case, shift: Shift | None, usual: float) -> str:
    """Return the answer in short: of the own shift if it is the newest, else of what is usual."""
    if shift is not None and case.now and shift.period == case.now["period"]:
        common = next(words for least, words in _COMMON if usual >= least)
        return f"{common}: {case.name} lämnade rött {shift.period}."
    if case.colour == tables.GREY or case.now is None:
        return f"{case.name} har ingen färg nu."
    if case.colour != tables.RED:
        return f"{case.name} {_not_red(case)}, så svaret gäller andra kommuner."
    return f"{case.name} är röd {case.now['period']}."


def _not_red(case: Case) -> str:
    """Return since when the own municipality has not been red, as it has a colour."""
    red = [year for year, colour in case.coloured.items() if colour == tables.RED]
    since = [year for year in case.coloured if not red or year > red[-1]]
    if len(since) < 2:
        return f"är inte röd {since[-1]}"
    return f"har inte varit röd {since[0]}–{since[-1]}"


def _beside(case: Case, shift: Shift | None) -> str:
    """Return how usual the own shift was when it was made."""
    if shift is None:
        return ""
    words = phrases.base_rate_words(shift)
    lasted = "".join(f" Det {one}." for one in phrases.lasted_words(shift))
    return (
        f" När {case.name} lämnade rött {shift.period_before}–{shift.period} gällde detta: {words}."
        f"{lasted}"
    )


def _table(found: list[Pair]) -> pd.DataFrame:
    """Return the pairs and their sum."""
    shown: list[Any] = [(one.words, one.red, one.left, one.green) for one in found[-_SHOWN:]]
    shown.append(("Alla år", *(sum(getattr(one, of) for one in found) for of in _SUMMED)))
    return pd.DataFrame(
        {
            "Mellan": [row[0] for row in shown],
            "Röda före": [row[1] for row in shown],
            "Inte röda efter": [row[2] for row in shown],
            "Varav gröna": [row[3] for row in shown],
            "Inte röda efter (%)": [
                100 * row[2] / row[1] if row[1] else float("nan") for row in shown
            ],
        }
    )


_SUMMED: Final = ("red", "left", "green")
