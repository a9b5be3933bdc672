"""What a margin of error does to a colour and to a change, and a distance counted in persons.

Docs: docs/metod.md sections 3 and 13.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from malstyr_lib import kpi_title, tables, text
from malstyr_lib.scoring.arrays import Floats
from malstyr_lib.scoring.colour import Standing, colour_of, goodness, significant
from malstyr_lib.scoring.intervals import newcombe, wilson

GAP_NOISE: Final = 1e-7
"""How much of a distance in per cent is noise: two values up to 100, to nine significant digits."""


@dataclass(frozen=True)
class Certainty:
    """The colours that a value may have within its margin of error, red to green.

    `certain`: whether it is only one; None when the margin is unknown or there is no colour, and
    `colours` is then the one that the value has as it stands. `words`: what to say of a colour
    that is uncertain, "" of any other.
    """

    colours: tuple[str, ...]
    certain: bool | None
    words: str


def uncertain(
    values: Floats,
    own: int,
    margin: float,
    *,
    direction: str,
    target: float | None = None,
) -> Certainty:
    """Return the colours that one area may have when its value is anywhere within ± margin.

    values: the group's values in one year by area, NaN where missing, in the KPI's unit; own: the
    place of the area among them; margin: in the same unit, NaN when unknown. The others stay as
    they are. direction and target as in `colours`; UsageError likewise.
    """
    value, others = float(values[own]), np.delete(values, own)
    known = 0 <= margin < math.inf
    places = _places(value, margin if known else 0.0, others, target)
    (colour,) = _colours(np.array([value]), others, direction, target)
    possible = set(_colours(places, others, direction, target))
    colours = tuple(one for one in tables.COLOURS if one in possible)
    if not known or colour == tables.GREY:
        return Certainty((colour,), None, "")
    return Certainty(colours, len(colours) == 1, _words(colour, colours, margin))


def _places(value: float, margin: float, others: Floats, target: float | None) -> Floats:
    """Return values within ± margin, enough of them to meet every colour that there is.

    The colour can change only where the value passes another's, or its mirror image across the
    target: those places, the ends and one value between each two of them are all there is to try.
    """
    ends = np.array([value - margin, value, value + margin])
    turns = significant(others)
    if target is not None:
        turns = np.concatenate([turns, 2 * target - turns, [target]])
    inside = turns[(turns > ends[0]) & (turns < ends[-1])]
    places = np.unique(np.concatenate([ends, inside]))
    return np.concatenate([places, (places[1:] + places[:-1]) / 2])


def _colours(
    places: Floats, others: Floats, direction: str, target: float | None
) -> tuple[str, ...]:
    """Return the colour that a value has at each place, the others unchanged."""
    good = significant(goodness(places, direction, target))
    ranked = np.sort(significant(goodness(others, direction, target)))  # NaN sorts last
    ranked = ranked[~np.isnan(ranked)]
    stand = Standing(
        better=len(ranked) - np.searchsorted(ranked, good, side="right"),
        worse=np.searchsorted(ranked, good, side="left"),
        n=np.array([len(ranked) + 1]),
        known=~np.isnan(good),
    )
    return tuple(str(one) for one in colour_of(stand))


def _words(colour: str, colours: tuple[str, ...], margin: float) -> str:
    """Return that a colour is uncertain, and which others it can be; "" when there are none."""
    others = [text.ONE[one] for one in colours if one != colour]
    if not others:
        return ""
    return f"osäker färg: med felmarginalen ±{text.gap(margin)} kan den också vara " + (
        " eller ".join(others)
    )


def change_within_margin(
    before: float | None,
    after: float | None,
    margin_before: float | None,
    margin_after: float | None,
) -> bool | None:
    """Return whether a change may be nothing but error: |Δ| ≤ √(o₁² + o₂²).

    None when a value or a margin is missing. Both sides are compared to nine significant digits.
    """
    given = (before, after, margin_before, margin_after)
    first, second, *margins = (math.nan if one is None else float(one) for one in given)
    change, error = significant(np.array([abs(second - first), math.hypot(*margins)]))
    return None if np.isnan([change, error]).any() else bool(change <= error)


def of_share(value: float, number: float) -> float:
    """Return how far chance reaches from a share, in per cent, of a number of persons.

    Wilson's interval of the nearest whole persons; the longer of its two sides.
    """
    found = wilson(round(value * number / 100), round(number))
    return max(value - 100 * found.low, 100 * found.high - value)


def change_within_counts(values: Sequence[float], numbers: Sequence[float]) -> bool:
    """Return whether the change of a share, in per cent, may be nothing but chance.

    values, numbers: the earlier and the later, each share of so many persons; by Newcombe's
    interval of the nearest whole persons.
    """
    first, last = (
        (round(value * number / 100), round(number))
        for value, number in zip(values, numbers, strict=True)
    )
    found = newcombe(first, last)
    return found.low <= 0 <= found.high


def persons(gap: float, base: float | None) -> int | None:
    """Return how many persons a distance is: gap × base ÷ 100, rounded up to whole ones.

    gap: in per cent (percentage points), of a KPI that is a share of persons; base: how many
    those are, from the KPI's `base`. Rounded away from zero, since fewer would not have been
    enough, but for the noise of `GAP_NOISE` in the gap. None when the gap or the base is missing,
    or the base is not above 0.
    """
    if base is None or not math.isfinite(gap) or not 0 < base < math.inf:
        return None
    whole = max(0, math.ceil((abs(gap) - GAP_NOISE) * base / 100))
    return whole if gap > 0 else -whole


def in_percent(title: str) -> bool:
    """Return whether the unit in a KPI's title is per cent, which persons can be counted from."""
    return kpi_title.unit(title) == "%"
