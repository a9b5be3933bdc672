"""How far it is to the next colour: in the KPI's unit, quartile widths, places and persons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import isnan
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from malstyr_lib import text
from malstyr_lib.questions.answer import Reply, likely, sure
from malstyr_lib.questions.chance import doubt
from malstyr_lib.questions.pictures import year_chart
from malstyr_lib.scoring import sureness
from malstyr_lib.scoring.arrays import Floats
from malstyr_lib.scoring.colour import significant, three_quarters
from malstyr_lib.scoring.distance import border_of, distance
from malstyr_lib.scoring.margin import GAP_NOISE, in_percent, persons
from malstyr_lib.scoring.scores import BARE_WITHIN, DEEP_BEYOND
from malstyr_lib.tables import GREEN, RED, YELLOW

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case

_ALIKE: Final = "de flesta har samma värde, så varje ändring byter färg"
_TURNS: Final = {RED: (YELLOW,), YELLOW: (GREEN, RED), GREEN: (YELLOW,)}


@dataclass(frozen=True)
class _Step:
    """The way to one colour. gap: in the KPI's unit, to the border.

    widths: the gap in quartile widths, NaN where they are 0. places: how many municipalities must
    be passed. people: the gap in persons, None where their number is unknown.
    """

    to: str
    gap: float
    widths: float
    places: int
    people: int | None
    closed: bool


def next_colour(case: Case) -> Reply:
    """Answer how far it is to the next colour, of yellow both ways; no ja for an unsure colour."""
    now = case.now or {}
    colour, period = str(now["colour"]), int(now["period"])
    steps = [_step(case, period, colour, to) for to in _TURNS[colour]]
    ways = _ALIKE if all(_any_change_turns(one) for one in steps) else ""
    said = f"{_standing(case, colour, period, steps[0])}: {ways or _ways(case, colour, steps)}."
    certainty = case.finding(sureness.certainties) or {}
    doubts = doubt(case).colour_words
    told = "" if certainty.get("margin_from") else doubts  # the margin tells of itself
    return (likely if doubts or case.early else sure)(
        said + _people(steps),
        f"{_why(now, certainty, steps)} {told}".strip(),
        underlag=_table(steps),
        drawing=partial(year_chart, case, period),
    )


def _any_change_turns(step: _Step) -> bool:
    """Return whether the least change is enough, since most values are the same."""
    return isnan(step.widths) and not step.gap and not step.closed


def _step(case: Case, period: int, colour: str, to: str) -> _Step:
    """Return the way from a colour to the next one, the others unchanged."""
    good = significant(case.good(case.everyone(period)))
    own, known = float(good[case.evidence.at]), case.known_others(good)
    most = three_quarters(len(known) + 1)
    limit = border_of(known, "green" if {colour, to} == {YELLOW, GREEN} else "red")
    better, worse = int((known > own).sum()), int((known < own).sum())
    places = {
        (RED, YELLOW): better - most + 1,
        (YELLOW, RED): most - better,
        (YELLOW, GREEN): most - worse,
        (GREEN, YELLOW): worse - most + 1,
    }[colour, to]
    gap, spread = abs(own - limit), float(distance(good).spread[0])
    closed = colour == YELLOW and limit == _end(case, known, best=to == GREEN)
    people = _persons(case, period, gap, strictly=colour == YELLOW)
    return _Step(to, gap, gap / spread, places, people, closed)


def _end(case: Case, good: Floats, *, best: bool) -> float | None:
    """Return the best (or worst) goodness that a value can have; None where there is no end."""
    if case.kpi.direction == "mål":
        return 0.0 if best else None
    high = case.kpi.direction == "högt"
    if best == high:
        return (100.0 if high else -100.0) if in_percent(case.kpi.title) else None
    return 0.0 if (good >= 0).all() or (good <= 0).all() else None


def _persons(case: Case, period: int, gap: float, *, strictly: bool) -> int | None:
    """Return the persons that a gap takes, one more where the border itself is not enough."""
    base = case.evidence.bases.get(case.id, {}).get(period)
    if base is None or not in_percent(case.kpi.title):
        return None
    return persons(gap + 2 * GAP_NOISE if strictly else gap, base)


def _standing(case: Case, colour: str, period: int, step: _Step) -> str:
    """Return the colour and its year; of red whether it is near its border or far beyond it."""
    depth = {RED: _depth(step.widths)}.get(colour, "")
    return f"{case.name} är {depth}{text.ONE[colour]} {period}"


def _depth(widths: float) -> str:
    if widths > DEEP_BEYOND:
        return "djupt "
    return "knappt " if widths <= BARE_WITHIN else ""


def _ways(case: Case, colour: str, steps: list[_Step]) -> str:
    """Return the distances in words, the way to the better colour first."""
    told = [
        f"{_far(case, one)} till {text.NEUTER[one.to]}"
        f" ({text.count(one.places, 'plats', 'platser')})"
        for one in steps
    ]
    if colour == GREEN:
        return f"det är {told[0]}, alltså så mycket som kan förloras innan rutan blir gul"
    ways = [words for words, one in zip(told, steps, strict=True) if not one.closed]
    shut = [text.NEUTER[one.to] for one in steps if one.closed]
    said = f"det är {text.listing(ways)}" if ways else "den kan inte byta färg"
    if not (shut and ways):
        return said
    return f"{said}, medan {shut[0]} inte går att nå: så många har redan ytterst möjliga värde"


def _far(case: Case, step: _Step) -> str:
    if not step.gap:
        return "minsta möjliga steg"
    return case.far(step.gap)


def _people(steps: list[_Step]) -> str:
    """Return the same distances in persons, or nothing where their number is unknown."""
    told = [
        f"{text.count(one.people, 'person', 'personer')} till {text.NEUTER[one.to]}"
        for one in steps
        if one.people is not None and not one.closed
    ]
    return f" I personer är det {text.listing(told)}." if told else ""


def _why(now: dict[Any, Any], certainty: dict[Any, Any], steps: list[_Step]) -> str:
    """Return what the distance rests on, how wide it is, and how sure the colour is."""
    rests = f"Det gäller om de andra står stilla: {now['reason']}."
    widths = steps[0].widths
    if isnan(widths):
        wide = " Värdena är så lika att kvartilbredden är noll."
    else:
        size = text.gap(widths, 1)
        wide = (
            f" Avståndet till {text.NEUTER[steps[0].to]} är {size} kvartilbredder, alltså av"
            " bredden hos kommunernas mittersta hälft."
        )
    if not certainty.get("margin_from"):
        return f"{rests}{wide}"
    return f"{rests}{wide} {text.sentence(str(certainty['reason']))}"


def _table(steps: list[_Step]) -> pd.DataFrame:
    columns: dict[str, Callable[[_Step], Any]] = {
        "Till": lambda one: text.NEUTER[one.to].capitalize(),
        "Avstånd": lambda one: one.gap,
        "Kvartilbredder": lambda one: one.widths,
        "Platser": lambda one: one.places,
        "Personer": lambda one: one.people,
    }
    table = pd.DataFrame({name: [read(one) for one in steps] for name, read in columns.items()})
    return table.astype({"Personer": "Int64"})
