"""Are our conditions worse: what Kolada's models expect of a municipality, beside the outcome."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd

from malstyr_lib import kpi_title, scoring, tables, text
from malstyr_lib.questions.answer import Reply, likely, unsure
from malstyr_lib.scoring.arrays import Floats
from malstyr_lib.scoring.colour import FEWEST

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case

Kind = Literal["expected", "deviation"]

_MODELLED: Final = re.compile(
    r"modellberäkna|förväntat värde|förväntas|referenskostnad|nettokostnadsavvik|salsa", re.I
)
_DEVIATION: Final = re.compile(r"avvikelse", re.I)
_NOT: Final = re.compile(r"korrigering|framskrivning", re.I)
_CODED: Final = re.compile(r"färre än\s*=\s*2", re.I)
COST: Final = re.compile(r"kostnad", re.I)
_PROVISIONS: Final = ("kommunala skolor", "kommunal", "lägeskommun", "hemkommun", "fristående")
_SILENT: Final = re.compile(
    r"\(.*?\)|\b(?:modellberäkna\w*|förvänta\w*|värdet?|avvikelse\w*|från|salsa|på enhetsnivå"
    r"|andel|antal|genomsnitt\w*|procentenheter|poäng|referenskostnad|nettokostnadsavvikelse"
    r"|nettokostnad|kostnad|kommunala skolor|kommunal|lägeskommun|hemkommun|fristående skolor"
    r"|elever|alla ämnen|för|som|är|har|i|av|alla|till|inom)\b",
    re.I,
)
_TAIL: Final = re.compile(r"\b(?:inkl|exkl)\b.*|, [^,]*(?:kr/|antal/|miljoner kronor).*$", re.I)
_STEM: Final = 5
"""How many letters of a word tell what it is: uppnå and uppnått are one."""


@dataclass(frozen=True)
class _Model:
    """A KPI with what a model expects, or how far the outcome is from it; near: not quite of us."""

    id: str
    title: str
    kind: Kind
    near: bool


def conditions(case: Case) -> Reply:
    """Answer what Kolada's models expect beside others; never ja, since a model is no more."""
    models = list(_models(case))
    held = _held(case, models)
    expected = next((one for one in held if one.kind == "expected"), None)
    deviation = next((one for one in held if one.kind == "deviation"), None)
    if expected is not None:
        return _beside_expected(case, expected, deviation)
    if deviation is not None:
        return _beside_model(case, deviation)
    return _without_model(case, models)


def rests_on(case: Case) -> str:
    """Return the id of the KPI that the answer rests on; "" when it can't be said."""
    held = _held(case, _models(case))
    return next((one.id for one in sorted(held, key=lambda one: one.kind != "expected")), "")


def _held(case: Case, models: Iterable[_Model]) -> list[_Model]:
    """Return the models that the municipality has a value in."""
    return [one for one in models if case.own(one.id)]


def _models(case: Case) -> Iterator[_Model]:
    """Yield the KPIs of what is expected of the same thing, those nearest to it first."""
    own = case.title
    if _modelled(own) == "deviation":
        yield _Model(case.id, own, "deviation", near=False)
    found = [
        (rank, kpi, title, kind)
        for kpi, title in case.setting.titles.by_id.items()
        if (kind := _modelled(title)) and kpi != case.id and (rank := _rank(own, title))
    ]
    for rank, kpi, title, kind in sorted(found, key=lambda one: (one[0], one[1])):
        yield _Model(kpi, title, kind, near=rank[0] > 0)


@cache
def _modelled(title: str) -> Kind | None:
    """Return whether a title tells of what a model expects, of the deviation from it, or not."""
    if not _MODELLED.search(title) or _NOT.search(title):
        return None
    return "deviation" if _DEVIATION.search(title) else "expected"


def _rank(own: str, other: str) -> tuple[int, int] | None:
    """Return how near a model is to a KPI (a lower one is nearer); None when it is another thing.

    Costs are near a model of the whole that they are part of; all else must be the very same
    thing, since a model of another says nothing of this one's outcome. Pupils by home are not
    those by school, so such a model is only near.
    """
    mine, theirs = _stems(own), _stems(other)
    costs = bool(COST.search(own)), bool(COST.search(other))
    if not mine or not theirs or costs[0] != costs[1]:
        return None
    if costs[0]:
        units = kpi_title.unit(own), kpi_title.unit(other)
        same = units[0] == units[1] or units[1] == "%"
        return (int(theirs != mine), int(not same)) if theirs <= mine else None
    if mine != theirs:
        return None
    apart = _provision(own) != _provision(other) or _leaves_out(own) != _leaves_out(other)
    return int(apart), int(bool(_CODED.search(other)))


@cache
def _stems(title: str) -> frozenset[str]:
    """Return what a title is about: the beginnings of its words, without those of any model."""
    bare = _SILENT.sub(" ", _TAIL.sub("", kpi_title.plain(title)).casefold())
    return frozenset(word[:_STEM] for word in re.findall(r"\w+", bare))


def _provision(title: str) -> str:
    """Return whose pupils or units a title is about, "" when it doesn't say."""
    bare = title.casefold()
    return next((one for one in _PROVISIONS if one in bare), "")


def _leaves_out(title: str) -> bool:
    """Return whether a title says that some are not counted."""
    return "exkl" in title.casefold()


def _middle(values: Floats) -> float:
    return float(np.median(values)) if len(values) else float("nan")


def _beside_expected(case: Case, expected: _Model, deviation: _Model | None) -> Reply:
    """Return whether worse is expected than of others, and how the outcome differs from it."""
    year = max(case.own(expected.id))
    values = case.everyone_of(expected.id, year)
    table = pd.DataFrame(_rows(case, [expected, *([deviation] if deviation else [])]))
    said = [_expected(case, expected, values, year=year)]
    said += [_outcome(case, deviation)] if deviation else []
    return likely(" ".join(said), _why(expected), underlag=table)


def _expected(case: Case, model: _Model, values: Floats, *, year: int) -> str:
    """Return whether what is expected is worse than of others, in words and numbers."""
    others = case.known_others(values)
    own = float(values[case.evidence.at])
    return (
        f"{_worse(case, model, values)}: modellens värde för {case.name} är"
        f" {_number(model, own, values)} {year}, mot {_number(model, _middle(others), values)}"
        f" i mitten av {text.count(len(others), 'annan kommun', 'andra kommuner')}."
    )


def _worse(case: Case, model: _Model, values: Floats) -> str:
    """Return whether the expected value is among the worse quarter of all, by the colour rule."""
    cost = bool(COST.search(model.title))
    direction = "lågt" if cost else case.kpi.direction
    colour = scoring.colours(values, direction, case.kpi.target)[case.evidence.at]
    worse, better = ("mer kostsamma", "mindre kostsamma") if cost else ("sämre", "bättre")
    return {
        tables.RED: f"Förutsättningarna är {worse} än i de flesta kommuner",
        tables.GREEN: f"Förutsättningarna är {better} än i de flesta kommuner",
        tables.YELLOW: "Förutsättningarna är ungefär som i de flesta kommuner",
    }.get(colour, "Förutsättningarna går att läsa ur en modell, men inte som bättre eller sämre")


def _number(model: _Model, value: float, values: Floats) -> str:
    unit = kpi_title.unit(model.title)
    written = text.number(value, text.decimals_for(values))
    return f"{written}\u00a0{unit}" if unit in ("%", "kr", "kr/inv", "kr/elev") else written


def _outcome(case: Case, model: _Model) -> str:
    """Return how the outcome differs from what the model expects, in the model's own year."""
    own = case.own(model.id)
    year = max(own)
    if _CODED.search(model.title):
        words = {2.0: "färre än", 1.0: "lika många som", 0.0: "fler än"}.get(own[year])
        return f"Utfallet {year} är {words or 'inte jämförbart med vad'} modellen väntar."
    what = "Nettokostnaden" if COST.search(model.title) else "Utfallet"
    if not own[year]:
        return (
            f"{what} {year} är densamma som modellen väntar."
            if what[0] == "N"
            else (f"{what} {year} är detsamma som modellen väntar.")
        )
    way = "högre" if own[year] > 0 else "lägre"
    size = text.gap(abs(own[year]), text.decimals_for(own.values()))
    return f"{what} {year} är {size}{_unit_words(model)} {way} än modellen väntar."


def _unit_words(model: _Model) -> str:
    """Return the unit of a difference, with the blank before it."""
    plain = model.title.casefold()
    if "miljoner kronor" in plain:
        return " miljoner kronor"
    if "procentenheter" in plain:
        return " procentenheter"
    if COST.search(plain):
        return "\u00a0%"
    if "poäng" in plain:
        return " poäng"
    return " procentenheter" if "%" in plain else ""


def _beside_model(case: Case, model: _Model) -> Reply:
    """Return how the outcome differs from the model; what it expects too, if that can be told."""
    table = pd.DataFrame(_rows(case, [model]))
    year = max(case.own(model.id))
    if _told(case, model) and year in case.series:
        values = case.everyone(year) - case.everyone_of(model.id, year)
        said = f"{_expected(case, replace(model, title=case.title), values, year=year)}"
        why = f"{_why(model)} Modellens värde är uträknat som utfallet minus avvikelsen."
        return likely(f"{said} {_outcome(case, model)}", why, underlag=table)
    said = (
        f"{_outcome(case, model)} Om förutsättningarna i sig är sämre går inte att läsa ur"
        " skillnaden."
    )
    why = (
        f"{_why(model)} Det väntade värdet i sig är inte hämtat, eller finns inte; alla"
        " nyckeltal hämtas med: malstyr hamta --allt."
    )
    return likely(said, why, underlag=table)


def _told(case: Case, model: _Model) -> bool:
    """Return whether outcome minus deviation is what the model expects of the very same thing."""
    same_unit = case.unit == "%" if "procentenheter" in model.title else "poäng" in model.title
    alike = _stems(case.title) == _stems(model.title)
    return same_unit and alike and not (model.near or COST.search(model.title))


def _why(model: _Model) -> str:
    told = f"”{' '.join(model.title.split())}” ({model.id})"
    near = " Den gäller inte precis samma sak som nyckeltalet självt." if model.near else ""
    return f"Modellen är Koladas {told} och väger bara in det som står i dess beskrivning.{near}"


def _rows(case: Case, models: list[_Model]) -> Iterator[dict[str, object]]:
    """Yield a row per KPI that the answer rests on, this one first."""
    known = {case.id: case.title} | {one.id: one.title for one in models}
    for kpi, title in known.items():
        own = case.series if kpi == case.id else case.own(kpi)
        year = max(own)
        others = case.known_others(case.everyone_of(kpi, year))
        yield {
            "Nyckeltal": kpi_title.labelled(title, kpi),
            "År": year,
            case.name: own[year],
            "De andras median": _middle(others),
            "Andra kommuner": len(others),
        }


def _without_model(case: Case, models: list[_Model]) -> Reply:
    """Return that it can't be said, why, and how the similar ones stand meanwhile."""
    if not models:
        why = (
            f"Kolada har inget väntat värde, ingen referenskostnad och ingen modell för {case.id}."
            " Fråga verksamheten vilka förutsättningar som skiljer kommunen från andra."
        )
    elif any(case.setting.held(one.id) for one in models):
        ids = text.listing([one.id for one in models if case.setting.held(one.id)])
        why = f"{case.name} har inget värde i Koladas modell ({ids})."
    else:
        ids = text.listing([one.id for one in models[:3]])
        why = (
            f"Kolada har en modell ({ids}), men den är inte hämtad."
            " Hämta alla nyckeltal, så går frågan att besvara: malstyr hamta --allt."
        )
    alike = _similar(case)
    if alike is None:
        return unsure(why)
    said, table = alike
    return unsure(why, f"Det går inte att säga, men {said}", underlag=table)


def _similar(case: Case) -> tuple[str, pd.DataFrame] | None:
    """Return how the similar ones stand beside all others, in words and numbers; None if few."""
    if case.period is None:
        return None
    alike = case.everyone(case.period)[case.peers("liknande")]
    alike, every = alike[~np.isnan(alike)], case.others(case.period)
    if len(alike) < FEWEST:
        return None
    ours, theirs = float(np.median(alike)), float(np.median(every))
    said = (
        f"de {len(alike)} kommuner som Kolada räknar som liknande har medianen {case.said(ours)},"
        f" alla andra {case.said(theirs)} och {case.name} {case.said(case.value)} ({case.period})."
    )
    table = pd.DataFrame(
        {
            "Vem": [case.name, "Liknande, median", "Alla andra, median"],
            "År": [case.period] * 3,
            "Värde": [case.value, ours, theirs],
            "Kommuner": [1, len(alike), len(every)],
        }
    )
    return said, table
