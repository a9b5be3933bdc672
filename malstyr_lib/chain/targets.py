"""How far a goal is to reach: the level as a number, how near it is, if it has ever been done."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from malstyr_lib import tables, text
from malstyr_lib.chain.basis import Basis, goals
from malstyr_lib.model import Committee, CommitteeGoal, Kpi, Level, Target
from malstyr_lib.scoring.colour import goodness

Floats = NDArray[np.float64]

FEWEST_STARTS: Final = 20
"""With fewer earlier values to look at, nothing is said of what has ever been done."""
_NOISE: Final = 1e-9

TARGETS: Final = {
    "committee": "str",
    "goal": "str",
    "kpi": "str",
    "level": "str",
    "by": "int64",
    "period": "Int64",
    "value": "float64",
    "wanted": "float64",
    "state": "str",
    "reason": "str",
}
"""Targets as a table; state: met, missed, late (missed, and its year has come) or unknown."""
_AMONG: Final = {
    "alla": "bland alla",
    "län": "i länet",
    "liknande": "bland liknande",
    "kommungrupp": "i kommungruppen",
}


def level_words(level: Level) -> str:
    """Return a level in the words that the parameters are written in."""
    if level.value is not None:
        return f"{level.kind} {text.exact(level.value)}"
    if level.group is not None:
        return f"median {_AMONG[level.group]}"
    return "bli grönt" if level.kind == "grönt" else level.kind


@dataclass(frozen=True)
class Aim:
    """A target beside the newest own value: the number that is wanted, in the KPI's unit.

    `wanted` is NaN where no number can be said: no figures, no direction, or to become green in a
    KPI whose target is a value of its own. `met`: None when it can't be told.
    """

    period: int | None
    value: float
    wanted: float
    met: bool | None


def aim(basis: Basis, kpi: Kpi, level: Level) -> Aim:
    """Return how the newest own value stands to a level.

    Minst and högst are as they are written; to leave red and to be green are told by the colour,
    and the median by which side of it the value is on, in the KPI's direction.
    """
    row = basis.now.get(kpi.id)
    if row is None or np.isnan(row["value"]):
        return Aim(None, nan, level.value if level.value is not None else nan, None)
    period, value = int(row["period"]), float(row["value"])
    if level.value is not None:
        met = value >= level.value if level.kind == "minst" else value <= level.value
        return Aim(period, value, level.value, bool(met))
    if row["colour"] == tables.GREY:
        return Aim(period, value, nan, None)
    if level.kind == "lämna rött":
        return Aim(period, value, _border(row, kpi), row["colour"] != tables.RED)
    if level.kind == "grönt":
        return Aim(period, value, nan, row["colour"] == tables.GREEN)
    wanted = _median(basis, kpi, period, str(level.group))
    good = goodness(np.array([value, wanted]), kpi.direction, kpi.target)
    return Aim(period, value, wanted, None if np.isnan(wanted) else bool(good[0] >= good[1]))


def _border(row: dict[Any, Any], kpi: Kpi) -> float:
    """Return the value at which a red KPI is yellow, the others as they are; NaN for another."""
    sign = {"högt": 1, "lågt": -1}.get(kpi.direction, nan)
    return float(row["value"] + sign * row["gap_to_yellow"])


def _median(basis: Basis, kpi: Kpi, period: int, group: str) -> float:
    """Return the median of a group in a year, the own municipality included as in the colours."""
    e = basis.evidence
    if e is None:
        return nan
    members = [e.everyone.index(area) for area in e.groups[group][kpi.id].members]
    values = e.whole.values[e.number[kpi.id], members, e.whole.periods.index(period)]
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else nan


@dataclass(frozen=True)
class Precedent:
    """How often something like it has been done: improvements as large in as many years.

    starts: how many times a municipality has had a value and a later one within the years;
    reached: how many of them were followed by an improvement as large or larger.
    """

    years: int
    starts: int
    reached: int


def precedent(basis: Basis, kpi: Kpi, one: Aim, by: int) -> Precedent | None:
    """Return how often all municipalities have improved as much as a target asks, in the time.

    None when it can't be asked: no number, no direction of better, no years left, or met already.
    """
    e = basis.evidence
    if e is None or one.period is None or one.met is not False or kpi.direction == "ingen":
        return None
    years = by - one.period
    own = goodness(np.array([one.value, one.wanted]), kpi.direction, kpi.target)
    needed = float(own[1] - own[0])
    if years < 1 or not needed > 0:
        return None
    good = goodness(e.whole.values[e.number[kpi.id]], kpi.direction, kpi.target)
    best = np.fmax.reduce([_improvements(good, ahead) for ahead in range(1, years + 1)])
    known = ~np.isnan(best)
    return Precedent(years, int(known.sum()), int((best[known] >= needed - _NOISE).sum()))


def _improvements(good: Floats, ahead: int) -> Floats:
    """Return how much better every value is some years ahead (area × period), NaN where unknown."""
    later = np.full_like(good, np.nan)
    if ahead < good.shape[1]:
        later[:, :-ahead] = good[:, ahead:] - good[:, :-ahead]
    return later


def standings(basis: Basis, committee: Committee) -> pd.DataFrame:
    """Return how every target of a committee's goals in force stands (`TARGETS`)."""
    rows = [
        _standing(basis, committee, goal, target)
        for owner, _, goal in goals(basis)
        if owner.slug == committee.slug
        for target in goal.targets
    ]
    return tables.frame(TARGETS, {name: [row[name] for row in rows] for name in TARGETS})


def _standing(
    basis: Basis, committee: Committee, goal: CommitteeGoal, target: Target
) -> dict[str, Any]:
    kpi = basis.registry[target.kpi]
    places = basis.decimals(kpi.id)
    found = aim(basis, kpi, target.level)
    return {
        "committee": committee.slug,
        "goal": goal.id,
        "kpi": kpi.id,
        "level": level_words(target.level),
        "by": target.by,
        "period": found.period,
        "value": found.value,
        "wanted": found.wanted,
        "state": _state(found, target.by),
        "reason": _words(basis, kpi, found, target, places),
    }


def _state(one: Aim, by: int) -> str:
    if one.met is None or one.period is None:
        return "unknown"
    if one.met:
        return "met"
    return "late" if one.period >= by else "missed"


def _words(basis: Basis, kpi: Kpi, one: Aim, target: Target, decimals: int) -> str:
    """Return a target's standing in words; whether it has ever been done, where it can be asked."""
    wanted = f"{level_words(target.level)} senast {target.by}"
    decimals = max(decimals, text.places(target.level.value or 0.0))
    if one.period is None:
        return f"{wanted}: inget värde än"
    value = f"{text.number(one.value, decimals)} ({one.period})"
    if one.met is None:
        return f"{wanted}: {value}, går inte att säga"
    if one.met:
        return f"{wanted}: nått, {value}"
    left = abs(one.wanted - one.value)
    gap = f", {text.gap(left, decimals)} kvar" if left == left else ""
    late = "; året har passerat" if one.period >= target.by else ""
    return f"{wanted}: inte nått, {value}{gap}{late}{_ever(precedent(basis, kpi, one, target.by))}"


def _ever(found: Precedent | None) -> str:
    """Return how common an improvement as large has been, or nothing."""
    if found is None or found.starts < FEWEST_STARTS:
        return ""
    reached, starts = (text.number(amount, 0) for amount in (found.reached, found.starts))
    return (
        f"; en så stor förbättring på {found.years} år har skett i {reached} av {starts} fall i"
        " landets kommuner"
    )
