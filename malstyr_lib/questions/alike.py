"""Who stood as the case stands now, in any year: what became of them, for questions 37 and 38."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from malstyr_lib.scoring.starters import AHEAD, Starters, similar_starters

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case


def starters(case: Case, *, ahead: Sequence[int] = AHEAD, turned: bool = False) -> list[Starters]:
    """Return what became of those that stood as the own newest value, so many years ahead.

    turned: changes of goodness, positive when better, instead of changes of the values. No year
    of another unit is looked at.
    """
    e, now = case.evidence, case.period
    if now is None:
        return []
    dated = [(one.kind, one.period) for one in e.breaks[case.id] if one.period is not None]
    units = [year for kind, year in dated if kind == "unit" and year <= now]
    kept = [at for at, year in enumerate(case.years) if year >= max(units, default=year)]
    told = case.good(case.values) if turned else case.values
    return similar_starters(
        told[:, kept],
        e.at,
        [case.years[at] for at in kept].index(now),
        periods=[case.years[at] for at in kept],
        breaks=e.break_years(case.id),
        repeated=case.again,
        ahead=ahead,
    )
