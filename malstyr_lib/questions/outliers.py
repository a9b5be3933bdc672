"""Question 22, which unit: those that chance does not explain, and nobody else, by name."""

from __future__ import annotations

from functools import partial
from math import isnan
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from malstyr_lib import charts, text
from malstyr_lib.charts.funnel import BEYOND, UNJUDGED, WITHIN
from malstyr_lib.questions import units
from malstyr_lib.questions.answer import Reply, likely, sure, unsure
from malstyr_lib.questions.needs import Need
from malstyr_lib.questions.units import FEWEST_PERSONS, One, Units
from malstyr_lib.scoring import phrases

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case

SHOWN: Final = 40
"""How many units are shown at most."""
NAMED: Final = 4
"""How many units are named at most in the answer."""


def _published(case: Case) -> bool:
    return bool(case.entry and case.entry["has_ou_data"])


def _fetched(case: Case) -> bool:
    asked = case.setting.snapshot.manifest["asked"].get("unit_kpis", [])
    return not _published(case) or case.id in asked or units.held(case)


PUBLISHED: Final = Need(
    "enheter i Kolada",
    "Kolada har inte {kpi} för enheter, bara för kommuner.",
    "Verksamheten kan ha uppgiften för sina enheter; den kan då följas som ett eget mått.",
    lambda case: _published(case) or units.held(case),
)
FETCHED: Final = Need(
    "hämtade enheter",
    "Lagret har inte {kpi} för enheter i {name}.",
    "Står nyckeltalet i nyckeltal.yaml hämtar kommandot malstyr hamta de egna enheterna.",
    _fetched,
)
ROWS: Final = Need(
    "värden för enheter",
    "Kolada har inga värden av {kpi} för enheter i {name}.",
    "Verksamheten kan ha dem i egna system.",
    lambda case: not _published(case) or not _fetched(case) or _own_rows(case),
)


def _own_rows(case: Case) -> bool:
    return units.held(case) and units.own_units(case) is not None


def which_unit(case: Case) -> Reply:
    """Answer which own unit it is about: those farther from the whole than chance explains."""
    found = units.own_units(case)
    if found is None or len(found.shown) < 2:
        return _too_few(case, found)
    more: dict[str, Any] = {
        "underlag": table(case, found),
        "drawing": partial(drawn, case, found),
    }
    span, why = span_words(case, found), why_words(case, found)
    if not found.judged:
        said = f"{span}, men det går inte att säga om någon av dem avviker."
        return unsure(f"{why} Med fyra år av värden går det att säga.", said, **more)
    if not found.out:
        said = f"Ingen enhet kan pekas ut: {span[0].lower() + span[1:]}, och ingen är {BEYOND}."
        return (sure if found.sized else likely)(said, why, **more)
    said = f"{out_words(case, found)} {span}."
    return (sure if again(case, found) else likely)(said, why, **more)


def span_words(case: Case, found: Units) -> str:
    """Return from where to where the units go, beside the whole."""
    values = [one.value for one in found.shown]
    low, high = text.number(min(values), case.decimals), case.said(max(values))
    return (
        f"De {len(found.shown)} enheter i {case.name} som kan visas ligger mellan {low} och {high}"
        f" {found.period}, och kommunen som helhet på {case.said(found.centre)}"
    )


def out_words(case: Case, found: Units) -> str:
    """Return which units chance does not explain, below the whole and above it."""
    sides = []
    for way, word in ((-1, "lägre"), (1, "högre")):
        names = [_named(case, one) for one in found.out if one.way == way]
        more = f"{len(names) - NAMED} till"
        listed = names if len(names) <= NAMED + 1 else [*names[:NAMED], more]
        sides += (
            [f"{text.listing(listed)} ligger {word}{_judged(case, found, way)}"] if names else []
        )
    return f"{text.listing(sides)} än slumpen brukar ge."


def _named(case: Case, one: One) -> str:
    persons = "" if isnan(one.persons) else f", {text.number(one.persons, 0)} personer"
    return f"{one.name} ({case.said(one.value)}{persons})"


def _judged(case: Case, found: Units, way: int) -> str:
    """Return whether that side is better or worse, where there is a direction."""
    better = case.better(found.centre + way, found.centre)
    worse = case.better(found.centre, found.centre + way)
    if case.kpi.direction == "mål" or better is None or better == worse:
        return ""
    return " (bättre)" if better else " (sämre)"


def again(case: Case, found: Units) -> bool:
    """Return whether all that stand out did so the year before too, on the same side."""
    before = units.own_units(case, found.period - 1)
    then = {one.ou: one.way for one in before.shown} if before else {}
    return all(then.get(one.ou) == one.way for one in found.out)


def why_words(case: Case, found: Units) -> str:
    """Return what the limits rest on, who is not shown, and who weighs most."""
    basis = (
        "Gränserna är vidare ju färre personer en enhet har."
        if found.sized
        else "Antalet personer per enhet är inte känt, så slumpen bedöms efter hur mycket"
        " enheternas egna värden brukar ändras från år till år."
    )
    return " ".join(filter(None, [basis, _hidden_words(found), _weight_words(case, found)]))


def _hidden_words(found: Units) -> str:
    if not found.hidden:
        return ""
    return (
        f"{text.count(found.hidden, 'enhet', 'enheter')} visas inte, för att värdet är dolt,"
        f" gruppen har färre än {FEWEST_PERSONS} personer eller ett dolt värde annars hade gått"
        " att räkna ut."
    )


def contributions(case: Case, found: Units) -> list[float]:
    """Return how much of the distance to the median every unit shown makes; NaN where unknown."""
    others = case.everyone(found.period)
    middle = float(np.nanmedian(others)) if not np.isnan(others).all() else float("nan")
    return [one.share * (one.value - middle) for one in found.shown]


def _weight_words(case: Case, found: Units) -> str:
    """Return which unit makes most of the distance to the median, where persons are known."""
    parts = contributions(case, found)
    if not found.sized or not parts or any(isnan(one) for one in parts):
        return ""
    at = int(np.argmax(np.abs(parts)))
    share = text.number(100 * found.shown[at].share, 0)
    part = text.gap(parts[at], case.decimals)
    return (
        f"Störst del av avståndet till medianen har {found.shown[at].name}: {part}, med"
        f" {share}\u00a0% av personerna."
    )


def table(case: Case, found: Units) -> pd.DataFrame:
    """Return the units that may be shown, those that stand out first, then by size or value."""
    parts = dict(zip(found.shown, contributions(case, found), strict=True))
    size = {one: one.persons if found.sized else one.value for one in found.shown}
    order = sorted(found.shown, key=lambda one: (not one.way, -size[one]))[:SHOWN]
    place = {-1: BEYOND, 0: WITHIN, 1: BEYOND}
    columns: dict[str, Any] = {"Enhet": [one.name for one in order]}
    if any(not isnan(one.persons) for one in order):
        columns["Antal personer"] = pd.array(
            [pd.NA if isnan(one.persons) else int(one.persons) for one in order], dtype="Int64"
        )
    columns |= {
        f"Värde {found.period}": [one.value for one in order],
        "Undre gräns": [one.low for one in order],
        "Övre gräns": [one.high for one in order],
        "Läge": [UNJUDGED if isnan(one.low) else place[one.way] for one in order],
    }
    if found.sized:
        columns["Del av avståndet till medianen"] = [parts[one] for one in order]
    return pd.DataFrame(columns)


def _too_few(case: Case, found: Units | None) -> Reply:
    """Return that there are not two units to compare, and how many are hidden."""
    if found is None:
        return unsure(f"Ingen enhet i {case.name} har något värde av {case.id}.")
    hidden = _hidden_words(found)
    only = "Bara en enhet kan visas" if found.shown else "Ingen enhet kan visas"
    why = f"{only} i {case.name} {found.period}, så det finns ingen att jämföra med. {hidden}"
    return unsure(why.strip())


def drawn(case: Case, found: Units) -> charts.Chart:
    """Return the units that the table tells of, in a funnel."""
    kept = {*table(case, found)["Enhet"]}
    rows = found.table
    return charts.funnel(
        rows[rows["name"].isin(kept)],
        title=case.label,
        name=case.name,
        centre=found.centre,
        period=found.period,
        hint=phrases.direction_words(case.kpi),
        decimals=case.decimals,
        exercise=case.setting.exercise,
    )
