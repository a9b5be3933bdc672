"""Which KPIs were dropped since the last report, with the colours that they had, and which came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from malstyr_lib import kpi_title, manifest, tables, text
from malstyr_lib.markup import STATUS
from malstyr_lib.questions.answer import Reply, sure, unsure
from malstyr_lib.questions.followers import committees, followed, of_them

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case

_DROPPED = "MS110"
"""The remark of a KPI that was left, which a waiver tells why."""


@dataclass(frozen=True)
class Before:
    """What the last reports followed: the colours by KPI, and the day that they were made."""

    colours: Mapping[str, str]
    made: str
    committees: int


def chosen(case: Case) -> Reply:
    """Answer which KPIs were dropped since the last report, and what colour they had then."""
    before, now = _before(case), followed(case)
    if before is None:
        return _without_report(case, now)
    dropped = [kpi for kpi in before.colours if kpi not in now]
    added = [kpi for kpi in now if kpi not in before.colours]
    table = _table(case, before, dropped, added)
    why = _why(case, before, dropped)
    since = f"sedan förra rapporten, {text.day(before.made)}"
    if not dropped:
        new = f", och {text.count(len(added), 'är nytt', 'är nya')}" if added else ""
        said = f"Inget av {of_them(case)} nyckeltal har lämnats {since}{new}."
        return sure(said, why, underlag=table)
    red = [kpi for kpi in dropped if before.colours[kpi] == tables.RED]
    were = _were(len(red), len(dropped))
    said = (
        f"Av {of_them(case)} nyckeltal har {len(dropped)} lämnats och {len(added)} kommit till"
        f" {since}; {were}."
    )
    return sure(said, why, underlag=table)


def _were(red: int, dropped: int) -> str:
    """Return how many of what was dropped was red then."""
    if dropped == 1:
        return "det lämnade var rött då" if red else "det lämnade var inte rött då"
    return f"{red or 'inget'} av de lämnade var {'röda' if red > 1 else 'rött'} då"


def _before(case: Case) -> Before | None:
    """Return what the newest report of an earlier year followed, of every committee asked about."""
    setting, slugs = case.setting, {one.slug for one in committees(case)}
    told = manifest.last_told(setting.reported, lambda one: one.made < setting.today.year)
    newest = [one for slug, one in told.items() if slug in slugs]
    if not newest:
        return None
    colours: dict[str, str] = {}
    for one in newest:
        colours |= dict(one.found["focus"])
    return Before(colours, max(one.published or one.ran for one in newest), len(newest))


def _why(case: Case, before: Before, dropped: list[str]) -> str:
    """Return how red what was followed was, beside which what was dropped is to be seen."""
    red = sum(one == tables.RED for one in before.colours.values())
    colour = "röda" if red > 1 else "rött"
    said = f"Av {len(before.colours)} nyckeltal i förra rapporten var {red or 'inget'} {colour}."
    untold = [kpi for kpi in dropped if not _reason(case, kpi)]
    if untold:
        said += f" Varför {text.listing(untold[:3])} lämnades står inte i styrparametrarna."
    return said


def _reason(case: Case, kpi: str) -> str:
    """Return why a KPI was dropped: as a waiver says it, or that its series has ended."""
    waivers = [
        *(waiver for one in committees(case) for waiver in one.waivers),
        *case.setting.model.waivers,
    ]
    for waiver in waivers:
        if waiver.code == _DROPPED and waiver.about == kpi:
            return waiver.why
    ended = kpi_title.ended_year(case.setting.told(kpi, "title"))
    return f"Serien upphörde {ended}." if ended else ""


def _table(case: Case, before: Before, dropped: list[str], added: list[str]) -> pd.DataFrame:
    rows: list[dict[str, Any]] = [
        {
            "Nyckeltal": f"{case.setting.told(kpi, 'title')} ({kpi})".strip(),
            "Ändring": "lämnat" if kpi in dropped else "nytt",
            "Färg i förra rapporten": _colour(before.colours.get(kpi)),
            "Varför": _reason(case, kpi) or text.NO_VALUE if kpi in dropped else text.NO_VALUE,
        }
        for kpi in [*dropped, *added][:40]
    ]
    return pd.DataFrame(rows)


def _colour(colour: str | None) -> str:
    return STATUS[colour].label if colour in tables.COLOURS else text.NO_VALUE


def _without_report(case: Case, now: tuple[str, ...]) -> Reply:
    """Return what the goals themselves tell of KPIs that were dropped, without a last report."""
    ended = {
        kpi: goal.until
        for one in case.setting.model.committees
        if one.slug in {mine.slug for mine in committees(case)}
        for goal in one.goals
        if goal.until is not None and goal.until < case.setting.today.year
        for kpi in goal.kpis
        if kpi not in now
    }
    why = (
        "Ingen rapport som gjordes ett tidigare år finns kvar att jämföra med. Spara årets rapport"
        " i output, så går frågan att besvara nästa år."
    )
    if not ended:
        said = "Vilka nyckeltal som har bytts ut sedan förra rapporten går inte att säga."
        return unsure(why, said)
    said = (
        f"Med mål som har tagit slut har {of_them(case)} rapport lämnat"
        f" {text.count(len(ended), 'nyckeltal', 'nyckeltal')}; färgen de hade då går inte att säga."
    )
    table = pd.DataFrame(
        {
            "Nyckeltal": [f"{case.setting.told(kpi, 'title')} ({kpi})".strip() for kpi in ended],
            "Målets sista år": list(ended.values()),
        }
    )
    return unsure(why, said, underlag=table)
