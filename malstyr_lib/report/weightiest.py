"""The red KPIs that matter most in every administration, with every part of why beside them.

The order is the distance to the median alone; nothing is summed into a score of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isnan
from typing import Any, Final

import pandas as pd

from malstyr_lib import markup, tables, text
from malstyr_lib.chain.basis import is_active
from malstyr_lib.markup import Html, Source
from malstyr_lib.model import Administration, Committee, Kpi
from malstyr_lib.model.organisation import in_force
from malstyr_lib.questions.weight import INFLUENCE_WORDS, LAW_WORDS, Weight, widths
from malstyr_lib.report import wording
from malstyr_lib.report.across import Across
from malstyr_lib.report.analysis import Analysis
from malstyr_lib.report.wording import label

FIRST: Final = 3
"""How many of an administration's reds are said in words."""
_GOAL: Final = {1: "inget mål", 2: "mål utan målnivå", 3: "mål med målnivå"}
WEIGHTS: Final = {
    "committee": "str",
    "administration": "str",
    "kpi": "str",
    "gap": "float64",
    "red": "float64",
    "of": "float64",
    "persons": "float64",
    "law": "int64",
    "goal": "int64",
    "weight": "float64",
}
"""What `weights` returns; law and goal are the chosen weights of question 28."""


@dataclass(frozen=True)
class Place:
    """An administration, or what no activity says which administration works with."""

    committee: Committee
    administration: Administration | None

    @property
    def name(self) -> str:
        """How it is headed: committee and administration."""
        part = self.administration
        return f"{self.committee.name}, {part.name if part else 'ingen förvaltning utpekad'}"


def by_administration(x: Across) -> Html:
    """Return every administration's reds: the farthest in words, and all with every part."""
    if not any(a.kpis for a in x.analyses):
        return markup.note("Nämnderna har inga nyckeltal i styrparametrarna.")
    return markup.joined(piece for a in x.analyses for piece in _committee(x, a))


def _committee(x: Across, a: Analysis) -> Iterator[Html]:
    if a.red.empty:
        yield markup.heading(3, a.committee.name)
        yield markup.note(_no_red(a))
        return
    for place, kpis in places(x, a):
        yield markup.heading(3, place.name)
        if place.administration is None:
            yield markup.note(
                "Nämnden har flera förvaltningar, och ingen aktivitet säger vilken av dem som"
                " arbetar med det här."
            )
        yield markup.bullets([_why(x, a, kpi) for kpi in kpis[:FIRST]])
        caption = f"{place.name}. Det röda, och varför det kan väga tungt. {text.OWN_PROCESSING}."
        rows = [_row(x, a, kpi) for kpi in kpis]
        yield markup.table(pd.DataFrame(rows), caption)


def _no_red(a: Analysis) -> str:
    if not a.kpis:
        return "Nämnden har inga nyckeltal i styrparametrarna."
    if not len(a.now) or (a.now["colour"] == tables.GREY).all():
        return "Inget av nämndens nyckeltal har färg, så inget går att väga."
    return "Inget av nämndens nyckeltal är rött."


def places(x: Across, a: Analysis) -> list[tuple[Place, list[Kpi]]]:
    """Return a committee's administrations with their red KPIs, the farthest first.

    A KPI is an administration's when one of its units has an activity for it this year, or when
    the committee has only that one.
    """
    reds = [a.model.kpi(kpi) for kpi in a.red["kpi"]]
    there = [one for one in a.committee.administrations if in_force(one, x.day.year)]
    if len(there) == 1:
        return [(Place(a.committee, there[0]), reds)]
    found = [
        (Place(a.committee, one), [kpi for kpi in reds if one.id in _working(x, a, kpi)])
        for one in there
    ]
    placed = {kpi.id for _, kpis in found for kpi in kpis}
    rest = [kpi for kpi in reds if kpi.id not in placed]
    return [pair for pair in (*found, (Place(a.committee, None), rest)) if pair[1]]


def _working(x: Across, a: Analysis, kpi: Kpi) -> set[str]:
    """Return the administrations whose units have an activity for a KPI this year."""
    mine = x.basis.activities(a.committee)
    units = {one.unit for one in mine if kpi.id in one.kpis and is_active(one, x.day.year)}
    return {
        one.id
        for one in a.committee.administrations
        if units & {one.id, *(unit.id for unit in one.units)}
    }


def _weight(x: Across, kpi: Kpi) -> Weight:
    return Weight(x.setting.case(kpi.id))


def _why(x: Across, a: Analysis, kpi: Kpi) -> str:
    """Return one red KPI with what speaks for looking at it, as a sentence."""
    row = a.now[a.now["kpi"] == kpi.id].iloc[0]
    agreed = a.agreements[kpi.id]
    said = [
        f"{_far(_weight(x, kpi).gap)} {row['period']}",
        f"röd i {agreed['red']} av {agreed['of']} jämförelser",
        "lagen kräver det som talet mäter" if kpi.statutory else "",
        f"{INFLUENCE_WORDS[kpi.influence]} påverkbarhet" if kpi.influence else "",
        "trögrörligt mått" if a.paces[kpi.id]["grade"] == "trögrörlig" else "",
    ]
    return f"{label(kpi)}: {'; '.join(one for one in said if one)}."


def _far(gap: float) -> str:
    if isnan(gap):
        return "avståndet till medianen går inte att mäta i kvartilbredder"
    return f"{widths(gap)} sämre än medianen"


def _row(x: Across, a: Analysis, kpi: Kpi) -> dict[str, object]:
    """Return every part of one red KPI's weight, as question 28 counts them."""
    row, mine, agreed = a.now[a.now["kpi"] == kpi.id].iloc[0], _weight(x, kpi), a.agreements[kpi.id]
    source = Source(kpi.id, int(row["period"]), a.own)
    return {
        "Nyckeltal": label(kpi),
        "Färg": wording.sure_colour_words(a, row),
        "Kvartilbredder": markup.number(mine.gap, 2, source),
        "Röd i jämförelser": f"{agreed['red']} av {agreed['of']}",
        "Lagkrav": f"{LAW_WORDS[kpi.statutory]} (× {mine.law})",
        "Mål": f"{_GOAL[mine.goal]} (× {mine.goal})",
        "Påverkbarhet": INFLUENCE_WORDS[kpi.influence] if kpi.influence else "inte bedömd",
        "Personer": markup.number(mine.people, 0),
        "Tyngd": markup.number(mine.whole, 0),
    }


def weights(x: Across) -> pd.DataFrame:
    """Return the parts of every red KPI's weight (`WEIGHTS`), administration by administration."""
    rows = [
        _parts(x, a, place, kpi) for a in x.analyses for place, kpis in places(x, a) for kpi in kpis
    ]
    return tables.of_rows(WEIGHTS, rows)


def _parts(x: Across, a: Analysis, place: Place, kpi: Kpi) -> dict[str, Any]:
    mine, agreed = _weight(x, kpi), a.agreements[kpi.id]
    return {
        "committee": a.committee.slug,
        "administration": place.administration.id if place.administration else "",
        "kpi": kpi.id,
        "gap": mine.gap,
        "red": float(agreed["red"]),
        "of": float(agreed["of"]),
        "persons": mine.people,
        "law": mine.law,
        "goal": mine.goal,
        "weight": mine.whole,
    }
