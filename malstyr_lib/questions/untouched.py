"""Question 38, if nothing is done: where those went who stood alike, as a range and no line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from malstyr_lib import kpi_title, text
from malstyr_lib.questions.alike import starters
from malstyr_lib.questions.answer import Reply, likely, unsure
from malstyr_lib.scoring.scores import too_old
from malstyr_lib.scoring.starters import FEWEST, Starters

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case

LOW: Final = 0.1
HIGH: Final = 0.9


@dataclass(frozen=True)
class Ahead:
    """Where a value lies some years on if it goes as for the others: the middle and 80 per cent."""

    year: int
    low: float
    middle: float
    high: float
    cases: int
    areas: int


def if_nothing_is_done(case: Case) -> Reply:
    """Answer where the value would lie in 1–3 years if it goes as for those who stood alike."""
    if why := too_late(case, (case.period or 0) + 1):
        return unsure(why)
    found = [one for one in starters(case) if not too_late(case, (case.period or 0) + one.years)]
    told = [_told(case, one) for one in found if len(one.changes) >= FEWEST]
    ahead = [one for one in told if one.year > seen(case)]
    if not told:
        most = max((len(one.changes) for one in found), default=0)
        return unsure(
            f"Bara {text.count(most, 'fall', 'fall')} i andra kommuner låg lika till och kan"
            f" följas. Det krävs minst {FEWEST}, och därför fler år eller fler kommuner."
        )
    if not ahead:
        return unsure(_old(case))
    return _ahead(case, ahead)


def seen(case: Case) -> int:
    """Return the last year that there could be a value of: the one looked at, or before today's."""
    year = case.evidence.year
    return max(year, case.setting.today.year - 1) if case.setting.year is None else year


def too_late(case: Case, by: int) -> str:
    """Return why no value of a year is to be waited for, as a sentence; "" where one is.

    The series has ended by then, or the own newest value is older than its rhythm explains.
    """
    ended = kpi_title.ended_year(case.title)
    if ended is not None and ended < by:
        return f"Serien upphörde {ended}, så det kommer inga fler värden att vänta på."
    years = np.array(sorted(case.series))
    return _old(case) if len(years) and too_old(years, seen(case)) else ""


def _old(case: Case) -> str:
    return (
        f"{case.name} har inget värde av {case.id} efter {case.period}, så det finns inget läge"
        " nu att räkna från. Vänta på nästa värde, eller se fråga 5 om måttet lever."
    )


def _ahead(case: Case, told: list[Ahead]) -> Reply:
    last = told[-1]
    return likely(
        f"{case.name} har {case.said(case.value)} ({case.period}). Om det går som för andra som låg"
        f" lika till är värdet {last.year} omkring {case.said(last.middle)}, och i åtta fall av tio"
        f" mellan {case.said(last.low)} och {case.said(last.high)}.",
        f"Jämfört är {text.count(last.cases, 'fall', 'fall')} i {last.areas} andra kommuner som"
        " något år låg lika långt från medianen. De kan ha gjort mycket, så spannet visar vad som"
        " brukar hända, inte vad som händer utan insats; ingen rät linje är dragen framåt.",
        underlag=_table(case, told),
    )


def _told(case: Case, one: Starters) -> Ahead:
    """Return where the value would lie, kept within what a share or an amount can be."""
    low, middle, high = (_within(case, case.value + one.at(of)) for of in (LOW, 0.5, HIGH))
    year = (case.period or 0) + one.years
    return Ahead(year, low, middle, high, len(one.changes), one.areas)


def _within(case: Case, value: float) -> float:
    """Return a value within 0–100 for a share, and not below 0 where nobody ever was."""
    lowest = 0.0 if not (case.values < 0).any() else value
    highest = 100.0 if case.unit == "%" and not (case.values > 100).any() else value
    return min(max(value, lowest), highest)


def _table(case: Case, told: list[Ahead]) -> pd.DataFrame:
    years = [one.year for one in told]
    return pd.DataFrame(
        {
            "År": [f"{case.period} (nu)", *map(str, years)],
            "Nio av tio över": [case.value, *(one.low for one in told)],
            "Mitten": [case.value, *(one.middle for one in told)],
            "Nio av tio under": [case.value, *(one.high for one in told)],
            "Fall": [text.NO_VALUE, *(str(one.cases) for one in told)],
            "Kommuner": [text.NO_VALUE, *(str(one.areas) for one in told)],
        }
    )
