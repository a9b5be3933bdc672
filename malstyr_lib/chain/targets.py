"""How far a goal is to reach: the level as a number, how near it is, if it has ever been done."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import Any, Final

import numpy as np
import pandas as pd

from malstyr_lib import tables, text
from malstyr_lib.chain.basis import Basis, goals
from malstyr_lib.model import Committee, CommitteeGoal, Kpi, Target
from malstyr_lib.scoring.colour import goodness
from malstyr_lib.scoring.starters import changes_ahead

FEWEST_KNOWN: Final = 20
"""With fewer municipalities to look at, nothing is said of what has ever been done."""
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
"""Targets as a table; state: met, not_yet, late (not met in its year) or unknown."""


@dataclass(frozen=True)
class Aim:
    """A target beside an own value: the number that is wanted, in the KPI's unit.

    `wanted` is NaN where no number can be said: no figures, no direction, or to become green in a
    KPI whose target is a value of its own. `met`: None when it can't be told.
    """

    period: int | None
    value: float
    wanted: float
    met: bool | None


def aim(basis: Basis, kpi: Kpi, target: Target) -> Aim:
    """Return how a KPI stands to a target: by its newest value up to the target's year.

    Minst and högst are as they are written; to leave red and to be green are told by the colour,
    and the median by which side of it the value is on, in the KPI's direction.
    """
    row, level = _row(basis, kpi, target.by), target.level
    if row is None:
        return Aim(None, nan, level.value if level.value is not None else nan, None)
    period, value = int(row["period"]), float(row["value"])
    if level.value is not None:
        return Aim(period, value, level.value, level.reached(value))
    if row["colour"] == tables.GREY:
        return Aim(period, value, nan, None)
    if level.kind == "lämna rött":
        return Aim(period, value, _border(row, kpi), row["colour"] != tables.RED)
    if level.kind == "grönt":
        return Aim(period, value, nan, row["colour"] == tables.GREEN)
    wanted = _median(basis, kpi, period, str(level.group))
    good = goodness(np.array([value, wanted]), kpi.direction, kpi.target)
    return Aim(period, value, wanted, None if np.isnan(wanted) else bool(good[0] >= good[1]))


def _row(basis: Basis, kpi: Kpi, by: int) -> dict[Any, Any] | None:
    """Return the score of the newest own value up to a year; None when there is none."""
    if basis.evidence is None:
        return None
    scores = basis.evidence.scores
    mine = scores[(scores["kpi"] == kpi.id) & (scores["period"] <= by) & scores["value"].notna()]
    newest = mine.sort_values("period").tail(1).to_dict("records")
    now = basis.now.get(kpi.id)
    if newest and now is not None and now["period"] == newest[0]["period"]:
        return now  # grey when it is too old to say anything of today
    return newest[0] if newest else None


def _border(row: dict[Any, Any], kpi: Kpi) -> float:
    """Return the value at which a red KPI is yellow, the others as they are; NaN for another."""
    sign = {"högt": 1, "lågt": -1}.get(kpi.direction, nan)
    return float(row["value"] + sign * row["gap_to_yellow"])


def _median(basis: Basis, kpi: Kpi, period: int, group: str) -> float:
    """Return the median of a group in a year, the own municipality included as in the colours."""
    e = basis.evidence
    if e is None:
        return nan
    values = e.values(kpi.id)[e.places_of(group, kpi.id), e.whole.periods.index(period)]
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else nan


@dataclass(frozen=True)
class Precedent:
    """How many municipalities have ever improved as much in as many years.

    known: how many have had a value and a later one, with all of the years between to do it in;
    reached: how many of them improved as much or more at least once.
    """

    years: int
    known: int
    reached: int


def precedent(basis: Basis, kpi: Kpi, one: Aim, by: int) -> Precedent | None:
    """Return how many municipalities have improved as much as a target asks, in the time.

    No improvement is counted across a break in the series. None when it can't be asked: no number,
    no direction of better, no years left, met already, or more years than there are figures of.
    """
    e = basis.evidence
    if e is None or one.period is None or one.met is not False or kpi.direction == "ingen":
        return None
    years = by - one.period
    own = goodness(np.array([one.value, one.wanted]), kpi.direction, kpi.target)
    needed = float(own[1] - own[0])
    if not 1 <= years < len(e.whole.periods) or not needed > 0:
        return None
    good = goodness(e.values(kpi.id), kpi.direction, kpi.target)
    breaks = e.break_years(kpi.id)
    steps = [changes_ahead(good, at, e.whole.periods, breaks) for at in range(1, years + 1)]
    best = np.fmax.reduce(steps)
    best[:, good.shape[1] - years :] = np.nan  # the last values have not had their time
    known = ~np.isnan(best)
    reached = np.where(known, best, -np.inf) >= needed - _NOISE
    return Precedent(years, int(known.any(axis=1).sum()), int(reached.any(axis=1).sum()))


def standings(basis: Basis, committee: Committee) -> pd.DataFrame:
    """Return how every target of a committee's goals in force stands (`TARGETS`)."""
    rows = [
        _standing(basis, committee, goal, target)
        for owner, _, goal in goals(basis)
        if owner.slug == committee.slug
        for target in goal.targets
    ]
    return tables.of_rows(TARGETS, rows)


def _standing(
    basis: Basis, committee: Committee, goal: CommitteeGoal, target: Target
) -> dict[str, Any]:
    kpi = basis.registry[target.kpi]
    places = basis.decimals(kpi.id)
    found = aim(basis, kpi, target)
    return {
        "committee": committee.slug,
        "goal": goal.id,
        "kpi": kpi.id,
        "level": str(target.level),
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
    return "late" if one.period >= by else "not_yet"


def _words(basis: Basis, kpi: Kpi, one: Aim, target: Target, decimals: int) -> str:
    """Return a target's standing in words; whether it has ever been done, where it can be asked."""
    wanted = f"{target.level} senast {target.by}"
    decimals = max(decimals, text.places(target.level.value or 0.0))
    if one.period is None:
        return f"{wanted}: inget värde än"
    shown = text.apart(one.value, [one.wanted] if one.wanted == one.wanted else [], decimals)
    value = f"{shown} ({one.period})"
    if one.met is None:
        return f"{wanted}: {value}, går inte att säga"
    if one.met:
        return f"{wanted}: nådd, {value}"
    left = abs(one.wanted - one.value)
    gap = f", {text.gap(left, decimals)} kvar" if left == left else ""
    so_far = "inte nådd" if one.period >= target.by else "inte nådd än"
    return f"{wanted}: {so_far}, {value}{gap}{_ever(precedent(basis, kpi, one, target.by))}"


def _ever(found: Precedent | None) -> str:
    """Return how common an improvement as large has been, or nothing."""
    if found is None or found.known < FEWEST_KNOWN:
        return ""
    reached, known = (text.number(amount, 0) for amount in (found.reached, found.known))
    return (
        f"; en så stor förbättring på {found.years} år har {reached} av {known} kommuner gjort"
        " någon gång"
    )
