"""A KPI of quality beside what its area costs: how they lie together, never what gives what.

A cost has no colour of its own unless it has a direction: its place is told by the median.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from malstyr_lib import kpi_title, tables, text
from malstyr_lib.markup import STATUS
from malstyr_lib.model import Kpi
from malstyr_lib.questions.answer import Reply, likely, sure, unsure
from malstyr_lib.questions.conditions import COST
from malstyr_lib.questions.structure import DEVIATION, words_of
from malstyr_lib.scoring.arrays import Floats
from malstyr_lib.scoring.colour import CODES, FEWEST
from malstyr_lib.scoring.scores import BARE_WITHIN

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case

_KRONOR: Final = re.compile(r"\bkr/")
_WHOLE: Final = "övergripande"
"""What is of the municipality as a whole, and says nothing of one area's cost."""
_MOST: Final = 4
_NO_COST: Final = (
    "Registret har inget kostnadsmått med värde för samma verksamhet som {kpi}."
    " Lägg till ett i nyckeltal.yaml och hämta igen, så går de att ställa bredvid varandra."
)
_NO_EFFECT: Final = "Det visar hur de ligger bredvid varandra, inte att det ena ger det andra."


@dataclass(frozen=True)
class Cost:
    """A cost in its newest year up to the KPI's: the own value beside the line that it is told by.

    The line is the median, and nought for a deviation from the expected cost. values: those of all
    municipalities, by `evidence.everyone`.
    """

    kpi: Kpi
    year: int
    own: float
    line: float
    values: Floats

    @property
    def side(self) -> str:
        """Whether the cost is över or under the line, or på or nära it."""
        if abs(self.own - self.line) <= self.near:
            return "på" if self.own == self.line else "nära"
        return "över" if self.own > self.line else "under"

    @property
    def near(self) -> float:
        """How far from the median is as good as at it: a tenth of the quartile width."""
        if DEVIATION.search(self.kpi.title):
            return 0.0
        low, high = np.nanquantile(self.values, (0.25, 0.75))
        return BARE_WITHIN * float(high - low)

    @property
    def words(self) -> str:
        """Which line the cost is told by."""
        expected = DEVIATION.search(self.kpi.title)
        return "den förväntade" if expected else "medianen"


def is_cost(kpi: Kpi) -> bool:
    """Return whether a KPI is a cost by its title: it says so, or is kronor without direction."""
    plain = kpi.direction == "ingen" and _KRONOR.search(kpi.title) is not None
    return plain or COST.search(kpi.title) is not None


def beside_costs(case: Case) -> Reply:
    """Answer how a KPI's colour lies beside the costs of its area; a cost beside its qualities."""
    if is_cost(case.kpi):
        return _beside_qualities(case)
    costs = _costs(case)
    if not costs:
        return unsure(_NO_COST.format(kpi=case.id))
    if case.colour == tables.GREY:
        said = f"{_cost_words(case, costs)}, men talet har ingen färg att ställa bredvid."
        why = f"{case.id} har ingen färg nu. Skälet står i svaret på fråga 9."
        return unsure(why, said, underlag=_table(case, costs))
    year = int(case.now["period"]) if case.now else int(case.period or 0)
    said = f"Talet är {text.NEUTER[case.colour]} {year}, samtidigt som {_tail(costs, year)}."
    why = f"{_others(case, costs[0], year)} {_NO_EFFECT}".strip()
    give = likely if case.early or any(one.year != year for one in costs) else sure
    return give(said, why, underlag=_table(case, costs))


def _costs(case: Case) -> list[Cost]:
    """Return the costs of the same area or goal that have a value, the nearest by title first."""
    mine = words_of(case.title)
    beside = [kpi for kpi in _of_the_area(case) if is_cost(kpi)]
    beside.sort(key=lambda kpi: -len(mine & words_of(kpi.title)))
    found = [_cost(case, kpi) for kpi in beside]
    return [one for one in found if one is not None][:_MOST]


def _of_the_area(case: Case) -> list[Kpi]:
    """Return the registry's other KPIs of the same area, those of the same goal first."""
    goals = case.committee.goals if case.committee and case.setting.home else ()
    beside = {kpi for goal in goals if case.id in goal.kpis for kpi in goal.kpis}
    area = case.kpi.similar_area if case.kpi.similar_area != _WHOLE else None
    mine = case.setting.told(case.id, "operating_area")
    if area is None and "övergripande" in mine:
        mine = ""
    others = [kpi for kpi in case.setting.model.kpis if kpi.id != case.id]
    near = [kpi for kpi in others if kpi.id in beside]
    same = [
        kpi
        for kpi in others
        if kpi not in near
        and (
            kpi.similar_area == area
            if area
            else mine and case.setting.told(kpi.id, "operating_area") == mine
        )
    ]
    return [*near, *same]


def _cost(case: Case, kpi: Kpi) -> Cost | None:
    """Return a cost in its newest year up to the KPI's; None without any own value."""
    years = [year for year in case.own(kpi.id) if year <= int(case.period or 0)]
    if not years:
        return None
    year = max(years)
    values = case.everyone_of(kpi.id, year)
    if np.count_nonzero(~np.isnan(values)) < FEWEST:
        return None
    line = 0.0 if DEVIATION.search(kpi.title) else float(np.nanmedian(values))
    return Cost(kpi, year, float(values[case.evidence.at]), line, values)


def _tail(costs: list[Cost], year: int) -> str:
    """Return how the costs lie: one with its numbers, several by how many are over."""
    if len(costs) == 1:
        return _one_cost(costs[0], year)
    over = sum(one.side == "över" for one in costs)
    first = _one_cost(costs[0], year)
    counted = f"{over or 'inget'} av {len(costs)} kostnadsmått ligger över"
    return f"{first}; {counted} medianen eller det förväntade"


def _one_cost(one: Cost, year: int) -> str:
    """Return where one cost lies, with its year where that is another."""
    then = "" if one.year == year else f" {one.year}"
    places = text.decimals_for(one.values)
    own, line = (text.number(value, places) for value in (one.own, one.line))
    unit = kpi_title.unit(one.kpi.title)
    if one.words == "den förväntade":
        size = f"{text.gap(abs(one.own), 1)}{_after(unit)}"
        if not one.own:
            return f"nettokostnaden ({one.kpi.id}) är den förväntade{then}"
        return f"nettokostnaden ({one.kpi.id}) ligger {size} {one.side} den förväntade{then}"
    return (
        f"kostnaden ({one.kpi.id}) ligger {one.side} medianen{then}: {own} mot {line}{_after(unit)}"
    )


def _after(unit: str) -> str:
    return f"\u00a0{unit}" if unit == "%" else f" {unit}" if unit else ""


def _cost_words(case: Case, costs: list[Cost]) -> str:
    return text.capital(_one_cost(costs[0], int(case.period or 0)))


def _others(case: Case, one: Cost, year: int) -> str:
    """Return how usual the same was among the others with the same colour."""
    if year not in case.years or one.side in ("på", "nära"):
        return ""
    alike = (case.codes(year) == CODES[case.colour]) & ~np.isnan(one.values)
    alike[case.evidence.at] = False
    side = one.values > one.line if one.side == "över" else one.values < one.line
    amount, of = int((alike & side).sum()), int(alike.sum())
    if not of:
        return "Ingen annan kommun med samma färg har kostnaden att jämföra med."
    who = "annan kommun" if of == 1 else "andra kommuner"
    return (
        f"Av {of} {who} med samma färg ligger {amount or 'ingen'} också {one.side} {one.words}"
        f" i {one.kpi.id}."
    )


def _table(case: Case, costs: list[Cost]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Kostnadsmått": [f"{one.kpi.title} ({one.kpi.id})" for one in costs],
            "År": [one.year for one in costs],
            case.name: [one.own for one in costs],
            "Medianen eller det förväntade": [one.line for one in costs],
            "Läge": [f"{one.side} {one.words}" for one in costs],
            "Talets färg": [STATUS[case.colour].label] * len(costs),
        }
    )


def _beside_qualities(case: Case) -> Reply:
    """Return how a cost lies, beside the colours of what its area is judged by."""
    own = _cost(case, case.kpi)
    judged = _judged(case)
    if own is None or not judged:
        return unsure(
            f"Inget annat nyckeltal med färg i samma verksamhet följs bredvid {case.id}."
            " Lägg ett kvalitetsmått under samma nämnd, så går de att ställa bredvid varandra."
        )
    colours = [str(row["colour"]) for row in judged]
    red, green = colours.count(tables.RED), colours.count(tables.GREEN)
    head = _cost_words(case, [own])
    if len(judged) == 1:
        tail = f"det enda nyckeltalet med färg i samma verksamhet är {text.NEUTER[colours[0]]}"
    else:
        tail = (
            f"{red or 'inget'} av {len(judged)} nyckeltal med färg i samma verksamhet är"
            f" {_plural(red, 'rött', 'röda')} och {green or 'inget'} är"
            f" {_plural(green, 'grönt', 'gröna')}"
        )
    said = f"{head} {own.year}, samtidigt som {tail}."
    table = pd.DataFrame(
        {
            "Nyckeltal": [f"{case.evidence.titles[row['kpi']]} ({row['kpi']})" for row in judged],
            "År": [int(row["period"]) for row in judged],
            "Färg": [STATUS[one].label for one in colours],
        }
    )
    return likely(said, f"Åren kan vara olika. {_NO_EFFECT}", underlag=table)


def _judged(case: Case) -> list[dict[Any, Any]]:
    """Return the newest scores with a colour of what any committee follows in the same area."""
    area = [kpi.id for kpi in _of_the_area(case) if not is_cost(kpi)]
    found: dict[str, dict[Any, Any]] = {}
    for committee in case.setting.committees:
        if set(area) & set(committee.kpis):
            rows = case.setting.evidence(committee).now.to_dict("records")
            found |= {row["kpi"]: row for row in rows if row["colour"] != tables.GREY}
    return [found[kpi] for kpi in area if kpi in found]


def _plural(amount: int, one: str, many: str) -> str:
    return one if amount < 2 else many
