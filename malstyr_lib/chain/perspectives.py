"""Whether every committee answers for all perspectives: goals, KPIs, activities, reporting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pandas as pd

from malstyr_lib import tables
from malstyr_lib.chain.basis import Basis, Remark, is_active, of_committee
from malstyr_lib.model import Committee, Perspective

WHAT: Final = {
    "mål": "MS113",
    "nyckeltal": "MS114",
    "aktivitet": "MS115",
    "återrapportering": "MS116",
}
"""What a committee is to have in a perspective, with the code of the remark when it has not."""
COVERAGE: Final = {
    "committee": "str",
    "perspective": "str",
    "what": "str",
    "amount": "int64",
    "waived": "str",
}
_CURES: Final = {
    "mål": "sätt ett mål i perspektivet, eller gör ett undantag med skäl",
    "nyckeltal": "välj ett nyckeltal till målet, eller gör ett undantag med skäl",
    "aktivitet": "lägg en aktivitet för målet, eller gör ett undantag med skäl",
    "återrapportering": "skriv resultat i en aktivitet, eller en anteckning om ett nyckeltal",
}


def coverage(basis: Basis) -> pd.DataFrame:
    """Return how much every committee has in every perspective of everything (`COVERAGE`).

    A KPI, an activity or a report counts in the perspective of the goal that it serves. Reporting
    is an activity of the year with a result, or a note of the year about one of the goal's KPIs.
    waived: why an empty cell is let stand, as the parameters say it.
    """
    rows = [
        {
            "committee": committee.slug,
            "perspective": perspective.id,
            "what": what,
            "amount": amount,
            "waived": _reason(basis, committee, perspective, what),
        }
        for committee in basis.model.committees
        for perspective in basis.model.perspectives
        for what, amount in _amounts(basis, committee, perspective).items()
    ]
    return tables.of_rows(COVERAGE, rows)


def _amounts(basis: Basis, committee: Committee, perspective: Perspective) -> dict[str, int]:
    goals = [
        goal for goal in committee.in_force(basis.year).goals if goal.perspective == perspective.id
    ]
    ids, kpis = {goal.id for goal in goals}, {kpi for goal in goals for kpi in goal.kpis}
    measures = [
        one.id
        for one in basis.model.measures
        if (one.committee, one.perspective) == (committee.code, perspective.id)
    ]
    active = [
        one for one in basis.activities(committee) if one.goal in ids and is_active(one, basis.year)
    ]
    notes = [
        one
        for one in basis.model.notes
        if one.committee == committee.slug
        and one.kpi in kpis | {*measures}
        and one.written.startswith(str(basis.year))
    ]
    told = sum(one.result is not None for one in active) + len(notes)
    return {
        "mål": len(goals),
        "nyckeltal": len(kpis) + len(measures),
        "aktivitet": len(active),
        "återrapportering": told,
    }


def _reason(basis: Basis, committee: Committee, perspective: Perspective, what: str) -> str:
    """Return why a cell may be empty; without a goal there can be no KPI, and so on along it."""
    so_far = [WHAT[one] for one in list(WHAT)[: list(WHAT).index(what) + 1]]
    for waiver in (*committee.waivers, *basis.model.waivers):
        about = (waiver.about or perspective.id).casefold()
        if waiver.code in so_far and about == perspective.id.casefold():
            return waiver.why
    return ""


def gaps(basis: Basis) -> Iterator[Remark]:
    """Yield MS113–MS116: the first thing that a committee lacks in a perspective.

    Without a goal there is no KPI either, and so on: only the first is worth a remark.
    """
    table = coverage(basis)
    for committee in basis.model.committees:
        for perspective in basis.model.perspectives:
            mine = table[
                (table["committee"] == committee.slug) & (table["perspective"] == perspective.id)
            ]
            empty = mine.loc[mine["amount"] == 0, "what"].tolist()
            if empty:
                what = str(empty[0])
                none = "inget" if what in ("mål", "nyckeltal") else "ingen"
                said = f"{committee.code} har {none} {what} i perspektivet {perspective.name}"
                about = WHAT[what], perspective.id
                yield of_committee(committee, ("mål",), about, said, _CURES[what])
