"""Who stood as the case stands now, in any year: what became of them, for questions 37 and 38."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from malstyr_lib.scoring.colour import goodness
from malstyr_lib.scoring.measured import repeated
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
    values, periods = e.whole.values[case.at], e.whole.periods
    dated = [one for one in e.breaks[case.id] if one.period is not None]
    units = [one.period or 0 for one in dated if one.kind == "unit" and (one.period or 0) <= now]
    kept = [at for at, year in enumerate(periods) if year >= max(units, default=year)]
    told = goodness(values, case.kpi.direction, case.kpi.target) if turned else values
    return similar_starters(
        told[:, kept],
        e.at,
        [periods[at] for at in kept].index(now),
        periods=[periods[at] for at in kept],
        breaks=[one.period or 0 for one in dated],
        repeated=repeated(values, periods),
        ahead=ahead,
    )
