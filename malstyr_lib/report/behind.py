"""What the answers about a KPI rest on beside their own tables, as rows of data.json."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import Any

from malstyr_lib.chain.basis import is_active
from malstyr_lib.questions import Case, arrival, genders, pace, persons, turns
from malstyr_lib.questions.compared import changes_beside, newest_pair
from malstyr_lib.questions.red_run import run_of

Row = dict[str, Any]


def rows_behind(case: Case) -> Iterator[tuple[str, Row]]:
    """Return named rows: the run of red, the gap between genders, activities, the next figure."""
    told = {
        "runs": _run(case),
        "gender_gaps": _gap(case),
        "changes_beside": _beside(case),
        "activities": _activities(case),
        "publication": _publication(case),
        "counted": _counted(case),
        "spells": _spells(case),
    }
    yield from ((name, {"kpi": case.id, **row}) for name, row in told.items() if row)


def _run(case: Case) -> Row:
    """Return the years with a colour, the red ones, and how common the turn into the run was."""
    run = run_of(case)
    if run is None:
        return {}
    reds = len(run.reds)
    row = {
        "first": run.years[0],
        "last": run.years[-1],
        "years": len(run.years),
        "earlier": len(run.years) - 1,
        "red": reds,
        "red_earlier": reds - 1 if reds else 0,
        "last_red": run.reds[-1] if reds else None,
        "since": run.current[0],
        "in_row": len(run.current),
    }
    if len(run.current) == len(run.years):
        return row
    before = run.years[-len(run.current) - 1]
    others, same = _turned(case, (before, run.current[0]))
    share = same / others if others else None
    return row | {"before": before, "peers": others, "peers_same": same, "base_rate": share}


def _turned(case: Case, years: tuple[int, int]) -> tuple[int, int]:
    """Return how many others could make the same change of colour, and how many did."""
    one = turns.settled(case, years)
    if one is not None and turns.as_shown(case, one):
        return sum(one.peers.values()), one.peers[one.after]
    return turns.same_turn(case, years)


def _gap(case: Case) -> Row:
    """Return the newest gap between women and men beside the others'."""
    gaps = genders.gaps_of(case) if genders.BOTH.met(case) else None
    if gaps is None or gaps.empty:
        return {}
    return {str(name): value for name, value in gaps.iloc[-1].items()}


def _beside(case: Case) -> Row:
    """Return how many of the others have a lower, the same or a higher newest change."""
    pair = newest_pair(case)
    if pair is None:
        return {}
    found = changes_beside(case, pair)
    return {"period_before": pair[0], "period": pair[1], **vars(found), "n": found.n}


def _activities(case: Case) -> Row:
    """Return how many activities there are for the KPI in the year that it is asked."""
    year = case.setting.today.year
    mine = [
        one for one in case.setting.model.activities if case.id in one.kpis and is_active(one, year)
    ]
    return {"year": year, "activities": len(mine)}


def _counted(case: Case) -> Row:
    """Return how many persons or answers the newest value is of, where that is known."""
    found = persons.counted(case)
    return {"period": case.period, "count": found.number} if found else {}


def _spells(case: Case) -> Row:
    """Return in which years red spells are followed, the longest, and the half-life rounded up."""
    found, years = case.evidence.times[case.id], pace.years_with_colour(case)
    if not found.n or years is None:
        return {}
    half = case.evidence.mobilities[case.id].half_life
    halved = pace.years_to_count_on(case, half) if isfinite(half) else None
    longest = float(max(found.times))
    return {"first": years[0], "last": years[1], "longest": longest, "halved": halved}


def _publication(case: Case) -> Row:
    """Return when the next figure comes, as Kolada has it."""
    told = arrival.figure(case)
    return {name: told[name] for name in ("newest", "period", "others", "day", "state")}
