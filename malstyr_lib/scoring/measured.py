"""What one value of a KPI measures: how many years, and whether it only repeats an earlier year.

Docs: docs/metod.md sections 7 and 8.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from malstyr_lib.scoring.arrays import Floats
from malstyr_lib.scoring.colour import significant

FEWEST_AREAS: Final = 30
"""How many municipalities must have values in both of two years that are set side by side."""
SAME_SHARE: Final = 0.9
"""The share of municipalities with the very same value from which a year is a repetition."""

_COUNTED: Final = {"två": 2, "tre": 3, "fyra": 4, "fem": 5, "sex": 6, "sju": 7, "tio": 10}
_NUMBER: Final = rf"(?P<number>{'|'.join(_COUNTED)}|\d{{1,2}})"
_MEAN: Final = r"(?:medelvärde\w*|medeltal\w*|genomsnitt\w*|snitt\w*|median\w*)"
_LAST: Final = rf"\s+de\s+{_NUMBER}\s+(?:senaste|sista|föregående)\s+åren"
_OVER: Final = r"\s+(?:för|av|över|under)"


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_IN_ALL: Final = (
    _words(rf"\b{_NUMBER}\s?-?\s?års?-?\s?(?:medel|snitt|genomsnitt|intervall)"),
    _words(rf"\brullande\s+{_NUMBER}\s?-?\s?år"),
    _words(rf"\b{_MEAN}{_OVER}\s+(?:\w+\s+)?{_NUMBER}\s?-?\s?årsperiod"),
    _words(rf"(?<!faktorn utgörs av ett )\b{_MEAN}{_OVER}{_LAST}"),
    _words(rf"\bsenaste\s+{_NUMBER}\s?-?\s?årsperioden\b"),
)
"""Words that tell the years in all."""
_BEFORE: Final = (
    _words(r"\bT\s?[-–]\s?(?P<number>[2-9])\s+(?:till|[-–])\s+(?:år\s+)?T\b(?!\s?[-–]\s?\d)"),
    _words(r"\bT\s+(?:till|[-–])\s+(?:år\s+)?T\s?[-–]\s?(?P<number>\d)\b"),
    _words(r"\bår T, T-1 och T-(?P<number>\d)\b"),
    _words(rf"\baktuella året och de {_NUMBER} föregående åren\b"),
)
"""Words that tell how many years before the year itself."""
_TWO: Final = _words(r"\båren \(T och T-1\)|\b(?:19|20)\d\d och (?:19|20)\d\d slås ihop\b")
_TITLE: Final = _words(rf"^(?!.*\bökat\b).*\bunder de senaste {_NUMBER} åren\b")
_TERM: Final = _words(r"\bavslutad mandatperiod\b")


def window(title: str, description: str) -> int:
    """Return how many years each value covers: 1 unless the title or description tells of more.

    "Treårsmedelvärde", "år T-4 till år T" (5), "det aktuella året och de fem föregående åren" (6),
    "2021 och 2022 slås ihop" (2). A school year and the mean over a year ("årsmedelvärde") are of
    one year, as is a cost ÷ the mean number of pupils of two years. A value that may stem from any
    of the last three years ("senast uppmätta värde under den senaste treårsperioden") counts as
    three, and a change over five years as five. The longest one told counts.
    """
    words = f"{title}\n{' '.join(description.split())}"
    if _TERM.search(words):
        return 4
    found = [1, *(_count(match) for pattern in _IN_ALL for match in pattern.finditer(words))]
    found += [1 + _count(match) for pattern in _BEFORE for match in pattern.finditer(words)]
    found += [_count(match) for match in _TITLE.finditer(title)]
    found += [2 for _ in _TWO.finditer(words)]
    return max(found)


def _count(found: re.Match[str]) -> int:
    number = found["number"].lower()
    return _COUNTED[number] if number in _COUNTED else int(number)


def repeated(values: Floats, periods: Sequence[int]) -> frozenset[int]:
    """Return the years that only repeat the measurement of the year with values before them.

    values: one KPI, area × period, NaN where missing; municipalities only. A year repeats when at
    least 90 % of the municipalities with values in both years, which must be 30, have exactly the
    same value to 9 significant digits; so must 90 % of those who do not have the commonest value
    both times, since a nought that stays a nought says nothing. When all are one and the same
    value, nothing repeats. A rate that most decide to leave as it is, as a tax, looks the same as
    a repetition and counts as one. Source: dumma-fragor.md question 6.
    """
    rounded = significant(values)
    known = np.flatnonzero((~np.isnan(rounded)).any(axis=0))
    pairs = pairwise(known.tolist())
    return frozenset(periods[b] for a, b in pairs if _repeats(rounded[:, a], rounded[:, b]))


def _repeats(before: Floats, after: Floats) -> bool:
    both = ~np.isnan(before) & ~np.isnan(after)
    if both.sum() < FEWEST_AREAS:
        return False
    before, after = before[both], after[both]
    told, amounts = np.unique(before, return_counts=True)
    commonest = told[amounts.argmax()]
    own = (before != commonest) | (after != commonest)
    same = before == after
    return bool(own.any() and same.mean() >= SAME_SHARE and same[own].mean() >= SAME_SHARE)
