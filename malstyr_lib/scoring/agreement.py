"""How many comparison groups agree that a value is red: "röd i k av 5".

Own processing. Docs: docs/metod.md section 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from malstyr_lib import text
from malstyr_lib.scoring.arrays import Floats, Ints
from malstyr_lib.scoring.colour import colour_of, goodness, standing
from malstyr_lib.scoring.groups import GROUPS
from malstyr_lib.tables import GREEN, GREY, RED, YELLOW

LEAVE_ONE_OUT: Final = "liknande utom en"
COMPARATORS: Final = (*GROUPS, LEAVE_ONE_OUT)
_NAMES: Final = {
    "alla": "alla",
    "län": "länet",
    "liknande": "liknande",
    "kommungrupp": "kommungruppen",
    LEAVE_ONE_OUT: LEAVE_ONE_OUT,
}
_NOTHING: Final = "går inte att säga: ingen jämförelse ger en färg"


@dataclass(frozen=True)
class Agreement:
    """The own colour against each of five comparators: how many are red, of how many not grey.

    colours: by alla, län, liknande, kommungrupp and "liknande utom en".
    """

    red: int
    of: int
    colours: Mapping[str, str]

    @property
    def sentence(self) -> str:
        """The agreement in words, with the red ones named when only some of them are."""
        if not self.of:
            return _NOTHING
        counted = f"röd i {self.red} av {self.of}"
        if self.red in (0, self.of):
            return counted
        against = [_NAMES[one] for one in COMPARATORS if self.colours[one] == RED]
        return f"{counted}: mot {text.listing(against)}"


def agreement(
    values: Floats,
    own: int,
    members: Mapping[str, Ints],
    *,
    direction: str,
    target: float | None = None,
) -> Agreement:
    """Return how many comparators the own value is red against, for one KPI in one year.

    values: by area, in the KPI's unit, NaN where missing. own: the own place among the areas.
    members: the places of each kind of group (groups.GROUPS); the own place counts as a member,
    and a kind that is left out is grey. direction and target: as for `colours`.
    The fifth comparator, "liknande utom en", leaves each of the similar that has a value, other
    than the own, out in turn: red or green when more than half of those colours are, else yellow
    (also at a draw, so that neither direction is favoured). It is red only where liknande is.
    A comparator with fewer than four values, or without the own, is grey and not counted in `of`.
    UsageError for an unknown direction or a missing target.
    """
    good = goodness(np.asarray(values, dtype=np.float64), direction, target)
    groups = {kind: _own_first(good, own, members.get(kind, ())) for kind in GROUPS}
    colours = {kind: str(colour_of(standing(groups[kind]))[0]) for kind in GROUPS}
    colours[LEAVE_ONE_OUT] = _without_one(groups["liknande"])
    judged = [colour for colour in colours.values() if colour != GREY]
    return Agreement(red=judged.count(RED), of=len(judged), colours=colours)


def _own_first(good: Floats, own: int, places: Ints | tuple[()]) -> Floats:
    """Return the goodness of a group's members that have a value, the own first in any case."""
    others = np.setdiff1d(np.asarray(places, dtype=np.int64), [own])
    peers = good[others]
    return np.concatenate([good[[own]], peers[~np.isnan(peers)]])


def _without_one(good: Floats) -> str:
    """Return the colour that more than half give, when each but the first is left out in turn."""
    turns = len(good) - 1
    left_out = np.hstack([np.zeros((turns, 1), dtype=bool), np.eye(turns, dtype=bool)])
    given = colour_of(standing(np.where(left_out, np.nan, good), axis=1))[:, 0].tolist()
    if GREY in given or not given:
        return GREY
    majority = (colour for colour in (RED, GREEN) if 2 * given.count(colour) > turns)
    return next(majority, YELLOW)
