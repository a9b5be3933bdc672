"""What questions about the others share: years that can be compared, and words."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from malstyr_lib.scoring.colour import significant

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case


_NOISE: Final = 2e-8
"""Changes that differ by less, as a share of the values, differ by rounding only."""
NAMED: Final = 8
"""How many municipalities are named at most: whom to ring, not a table of places."""


def whose(name: str) -> str:
    """Return a name in the genitive: Hedemoras, but Borås."""
    return name if name[-1:].casefold() in {"s", "x", "z"} else f"{name}s"


@dataclass(frozen=True)
class Beside:
    """How many of the others have a lower, the same and a higher change than the own."""

    lower: int
    same: int
    higher: int

    @property
    def n(self) -> int:
        """All the others with a change."""
        return self.lower + self.same + self.higher


def changes_beside(case: Case, pair: tuple[int, int]) -> Beside:
    """Return where the own change lies among the others', counted and not as shares."""
    before, after = (significant(case.everyone(year)) for year in pair)
    size = np.fmax(np.abs(before), np.abs(after))
    change = after - before
    gap = np.delete(change - change[case.evidence.at], case.evidence.at)
    near = _NOISE * np.fmax(np.delete(size, case.evidence.at), size[case.evidence.at])
    known = ~np.isnan(gap)
    same = known & (np.abs(gap) <= near)
    return Beside(
        lower=int((known & ~same & (gap < 0)).sum()),
        same=int(same.sum()),
        higher=int((known & ~same & (gap > 0)).sum()),
    )


def anew(case: Case) -> list[int]:
    """Return the years with an own value that is not the last one repeated, oldest first.

    A year only repeats when nearly all have the same value as before, the own municipality too.
    """
    kept: list[int] = []
    for year, value in case.series.items():
        if year not in case.again or not kept or value != case.series[kept[-1]]:
            kept.append(year)
    return kept


def newest_pair(case: Case) -> tuple[int, int] | None:
    """Return the two newest years after each other that no break parts; None without any."""
    pairs = list(pairwise(anew(case)))
    whole = (pair for pair in reversed(pairs) if not case.evidence.broken(case.id, pair))
    return next(whole, None)


def no_pair(case: Case) -> str:
    """Return why there are no two years to compare, and what would help."""
    years = anew(case)
    broken = case.evidence.broken(case.id, (years[-2], years[-1])) if len(years) > 1 else None
    if broken is None:
        return (
            f"{case.name} har inte två år som är mätta var för sig."
            " Vänta på nästa mätning, eller hämta fler år."
        )
    return (
        f"Åren kan inte jämföras: {broken.reason}."
        " Vänta tills två år är mätta på samma sätt, så går frågan att besvara."
    )


def older(case: Case, pair: tuple[int, int]) -> str:
    """Return that a newer year can't be compared with the one before, or nothing."""
    newest = anew(case)[-1]
    if pair[1] == newest:
        return ""
    broken = case.evidence.broken(case.id, (pair[1], newest))
    why = f": {broken.reason}" if broken else ""
    return f" Nyare år kan inte jämföras med åren före{why}."
