"""An own measure's values as lines: one part and gender each, by period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isnan
from typing import Final

import pandas as pd

from malstyr_lib import periods, tables, text
from malstyr_lib.model import Measure, Pace, SteeringModel, pace_of

WHOLE: Final = "Helheten"
GENDER_WORDS: Final = {"T": "", "K": "kvinnor", "M": "män"}


@dataclass(frozen=True)
class Line:
    """One part's and gender's values by period, those known, and which are provisional."""

    part: str
    gender: str
    values: Mapping[str, float]
    provisional: frozenset[str]

    @property
    def settled(self) -> Mapping[str, float]:
        """The values that are not provisional."""
        return {period: v for period, v in self.values.items() if period not in self.provisional}


def part_names(model: SteeringModel) -> dict[str, str]:
    """Return what every part is called, the whole first, then in the order of the files."""
    return {"": WHOLE} | {name: part.name for name, part in model.parts.items()}


def lines(measure: Measure, values: pd.DataFrame, names: Mapping[str, str]) -> list[Line]:
    """Return a measure's lines in the order of `names`, T before K and M; other paces left out."""
    own = values[(values["measure"] == measure.id)]
    own = own.loc[[pace_of(period) == measure.pace for period in own["period"]]]
    order = {part: at for at, part in enumerate(names)}
    found = [
        _line(str(part), str(gender), rows)
        for (part, gender), rows in own.groupby(["part", "gender"])
    ]
    genders = tables.GENDERS
    return sorted(
        found,
        key=lambda one: (order.get(one.part, len(order)), one.part, genders.index(one.gender)),
    )


def whole_of(found: Iterable[Line]) -> Line | None:
    """Return the line of the whole, of both genders together, if there is one."""
    return next((one for one in found if not one.part and one.gender == "T"), None)


def _line(part: str, gender: str, rows: pd.DataFrame) -> Line:
    known = rows[rows["value"].notna()].sort_values("period")
    values = dict(zip(known["period"], known["value"].astype(float), strict=True))
    return Line(part, gender, values, frozenset(known.loc[known["provisional"], "period"]))


def called(line: Line, names: Mapping[str, str]) -> str:
    """Return what a line is called, with its gender where it has one."""
    gender = GENDER_WORDS[line.gender]
    name = names.get(line.part, line.part)
    return f"{name}, {gender}" if gender else name


def yearly_changes(pace: Pace, values: Mapping[str, float]) -> dict[str, float]:
    """Return every period's value minus that of the same period the year before, where both are."""
    before = {period: values.get(periods.year_before(pace, period)) for period in values}
    return {period: values[period] - was for period, was in before.items() if was is not None}


def in_a_row(pace: Pace, values: Mapping[str, float], last: str) -> list[float]:
    """Return the values from the first period to `last` in order, NaN in the gaps."""
    known = [period for period in values if period <= last]
    if not known:
        return []
    first, end = periods.place(min(known)), periods.place(last)
    return [values.get(periods.at(pace, number), float("nan")) for number in range(first, end + 1)]


def changed_words(change: float, decimals: int) -> str:
    """Return a change in words: "0,4 högre", "0,4 lägre" or "lika"."""
    if isnan(change) or abs(change) < 1e-9:
        return "lika"
    return f"{text.gap(abs(change), decimals)} {'högre' if change > 0 else 'lägre'}"
