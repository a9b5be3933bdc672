"""Whether a KPI matters: persons × distance × law × goal, with every part of it shown.

The persons are those that the number is counted from, not those that it counts.

The weights are a choice of ours, so that they are always printed beside the product.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import isnan
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from malstyr_lib import tables, text
from malstyr_lib.questions import worth
from malstyr_lib.questions.answer import Reply, likely, sure, unsure
from malstyr_lib.questions.followers import theirs
from malstyr_lib.questions.worth import Unit
from malstyr_lib.scoring.distance import distance

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case

_LAW: Final = {True: 2, False: 1, None: 1}
LAW_WORDS: Final = {True: "ja", False: "nej", None: "inte bedömt"}
INFLUENCE_WORDS: Final = {1: "liten", 2: "viss", 3: "stor"}
_GOAL_WORDS: Final = {1: "inget mål", 2: "mål", 3: "mål med målnivå"}
_ORDINALS: Final = (
    "näst",
    "tredje",
    "fjärde",
    "femte",
    "sjätte",
    "sjunde",
    "åttonde",
    "nionde",
    "tionde",
    "elfte",
    "tolfte",
)
_WIDTH: Final = "En kvartilbredd är avståndet mellan den bästa och den sämsta fjärdedelens gränser."


@dataclass(frozen=True)
class Weight:
    """What a KPI's weight is made of: persons, distance to the median in quartile widths, …"""

    case: Case

    @cached_property
    def unit(self) -> Unit | None:
        """What the distance can be counted in, if anything."""
        return worth.unit_of(self.case)

    @property
    def people(self) -> float:
        """How many persons it is counted from, NaN where that is not known."""
        return self.unit.base if self.unit else float("nan")

    @property
    def noun(self) -> str:
        """What the persons are, many of them."""
        return self.unit.people if self.unit else "personer"

    @cached_property
    def gap(self) -> float:
        """How much worse than the median it is, in quartile widths; negative when better.

        NaN where the newest score has none. The score's own distance ends at five widths, this
        does not: else all that are farther away would be equally far.
        """
        case, now = self.case, self.case.now
        if now is None or isnan(now["gap_iqr"]):
            return float("nan")
        good = case.good(case.everyone(now["period"]))
        return float(now["gap_to_median"] / distance(good).spread[0])

    @property
    def law(self) -> int:
        """The weight of what the law says; unknown for another municipality's registry."""
        return _LAW[self.case.kpi.statutory if self.case.setting.home else None]

    @cached_property
    def goal(self) -> int:
        """1 without a goal, 2 under a goal, 3 where the goal has a level for it."""
        committee = self.case.committee
        if committee is None or not self.case.setting.home:
            return 1
        levels = {one.kpi for goal in committee.goals for one in goal.targets}
        return 3 if self.case.id in levels else 2

    @property
    def bare(self) -> float:
        """Persons × distance, without the weights that are chosen."""
        return self.people * self.gap

    @property
    def whole(self) -> float:
        """Persons × distance × law × goal."""
        return self.bare * self.law * self.goal


def matters(case: Case) -> Reply:
    """Answer how heavily a KPI weighs, and its place among the reds of its committee."""
    mine = Weight(case)
    if isnan(mine.gap):
        return unsure(
            f"Avståndet till medianen går inte att mäta i kvartilbredder för {case.id}:"
            f" {_no_gap(case)}. Se fråga 9 om vad som fattas."
        )
    if mine.gap <= 0:
        said = (
            f"{case.name} ligger vid medianen eller bättre {_year(case)},"
            " så det finns inget avstånd att väga."
        )
        return sure(said, "Vägs gör bara det som är sämre än medianen.", underlag=_table([mine]))
    reds = _reds(case)
    every = reds if case.colour == tables.RED else [mine, *reds]
    if isnan(mine.people):
        return _unweighed(case, mine, every)
    return _weighed(case, mine, every)


def _no_gap(case: Case) -> str:
    if case.colour == tables.GREY:
        return case.reason or "det finns inget värde"
    return "kommunerna skiljer sig för lite åt"


def _year(case: Case) -> int:
    return int(case.now["period"]) if case.now else int(case.period or 0)


def _reds(case: Case) -> list[Weight]:
    """Return the weights of the committee's reds, this one among them when it is red."""
    rows = case.evidence.now
    red = set(rows.loc[rows["colour"] == tables.RED, "kpi"]) if case.committee else set()
    return [Weight(replace(case, kpi=kpi)) for kpi in case.evidence.kpis if kpi.id in red]


def _unweighed(case: Case, mine: Weight, every: list[Weight]) -> Reply:
    """Return what is known where the persons are not: the distance, and its place among reds."""
    place = ""
    if case.colour == tables.RED and len(every) > 1:
        place = f", {_place([one.gap for one in every], mine.gap, 'längst från medianen')}"
        place += f" av {theirs(case, f'{len(every)} röda')}"
    said = (
        f"{case.name} ligger {widths(mine.gap)} sämre än medianen {_year(case)}{place};"
        " hur många det räknas på är inte känt, så tyngden går inte att säga."
    )
    why = (
        f"Antalet personer som {case.id} räknas på fattas."
        " Skriv nyckeltalet med antalet som underlag i nyckeltal.yaml, om det finns ett i Kolada."
    )
    return unsure(why, said, underlag=_table(every))


def _weighed(case: Case, mine: Weight, every: list[Weight]) -> Reply:
    people = text.number(mine.people, 0)
    said = (
        f"Talet räknas på {people} {mine.noun} och ligger {widths(mine.gap)} sämre än medianen"
        f" {_year(case)}"
    )
    why = f"{_formula(mine)} {_WIDTH}"
    known = [one for one in every if not isnan(one.people)]
    if case.colour != tables.RED or case.committee is None or len(known) < 2:
        return likely(f"{said}{_alone(case, every)}.", why, underlag=_table(every))
    heavier = sum(one.whole > mine.whole for one in known)
    place = f"{_place([one.whole for one in known], mine.whole, 'tyngst')}"
    place += f" av {_among(case, len(known), len(every))}"
    alike = heavier == sum(one.bare > mine.bare for one in known)
    if alike and len(known) == len(every):
        why = f"{why} Platsen är densamma utan vikterna för lagkrav och mål."
        return sure(f"{said}; det är {place}.", why, underlag=_table(every))
    return likely(f"{said}; det är {place}.", why, underlag=_table(every))


def _among(case: Case, known: int, reds: int) -> str:
    whole = theirs(case, f"{reds} röda")
    return whole if known == reds else f"de {known} där antalet är känt, av {whole}"


def _alone(case: Case, every: list[Weight]) -> str:
    """Return why there is no place among the reds."""
    if case.committee is None:
        return "; ingen nämnd följer det, så det finns inget att väga det mot"
    if case.colour != tables.RED:
        return "; det är inte rött, så det vägs inte mot de röda"
    if len(every) < 2:
        return f"; inget annat av {theirs(case, 'nyckeltal')} är rött"
    return f"; av {theirs(case, f'{len(every)} röda')} är det ensamt om att ha ett känt antal"


def _place(every: list[float], mine: float, most: str) -> str:
    """Return a place from the most, in words: "tredje tyngst", "delat tyngst" with as much."""
    before = sum(one > mine for one in every)
    shared = "delat " if every.count(mine) > 1 else ""
    if not before:
        return f"{shared}{most}"
    known = before <= len(_ORDINALS)
    return f"{shared}{_ORDINALS[before - 1] if known else f'nummer {before + 1}'} {most}"


def widths(gap: float) -> str:
    """Return a number of quartile widths in words."""
    said = text.gap(gap, 1)
    return "en kvartilbredd" if said == "1,0" else f"{said} kvartilbredder"


def _formula(one: Weight) -> str:
    return (
        "Tyngd = personer × kvartilbredder × lagkrav × mål ="
        f" {text.number(one.people, 0)} × {text.gap(one.gap, 2)} × {one.law} × {one.goal}"
        f" = {text.number(one.whole, 0)}; vikterna är ett val och inget mått."
    )


def _table(every: list[Weight]) -> pd.DataFrame:
    """Return the parts of every weight, the heaviest first, those that are unknown last."""
    ranked = sorted(every, key=lambda one: (isnan(one.whole), -one.whole, -one.gap))
    rows: list[dict[str, Any]] = [
        {
            "Nyckeltal": one.case.id,
            "Personer": one.people,
            "Kvartilbredder": one.gap,
            "Lagkrav": _law(one),
            "Mål": f"{_GOAL_WORDS[one.goal]} (× {one.goal})",
            "Tyngd": one.whole if one.gap > 0 else 0.0,
        }
        for one in ranked
    ]
    people = pd.array([None if isnan(one.people) else int(one.people) for one in ranked], "Int64")
    return pd.DataFrame(rows).assign(Personer=people)


def _law(one: Weight) -> str:
    known = one.case.kpi.statutory if one.case.setting.home else None
    return f"{LAW_WORDS[known]} (× {one.law})"
