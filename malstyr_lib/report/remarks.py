"""What should be looked over in parameters that hold together: remarks, not errors."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from malstyr_lib import kpi_title, text
from malstyr_lib.model import Committee, Kpi, SteeringModel

FEWEST, MOST = 8, 12


def remarks(model: SteeringModel) -> list[str]:
    """Return what a coordinator should look over, committee by committee, then the whole."""
    return [
        *(remark for committee in model.committees for remark in _of_committee(model, committee)),
        *_of_whole(model),
    ]


def title_remarks(model: SteeringModel, live: pd.DataFrame) -> list[str]:
    """Return the KPIs whose pinned title is not the live one (live: tables.KPIS), old and new.

    They have no colour until someone has looked at the change and pinned the new title.
    """
    now = dict(zip(live["id"], live["title"], strict=True))
    return [
        f"{kpi.id} har ändrats i Kolada och färgsätts inte. I nyckeltal.yaml: ”{kpi.title}”."
        f" I Kolada: ”{now[kpi.id]}”.{_what_changed(kpi.title, now[kpi.id])}"
        " Granska riktningen och skriv in den nya rubriken."
        for kpi in model.kpis
        if kpi.id in now and not kpi_title.same(kpi.title, now[kpi.id])
    ]


def base_remarks(model: SteeringModel, live: pd.DataFrame) -> list[str]:
    """Return the KPIs with a base that is not in Kolada, or can't be one (live: tables.KPIS)."""
    now = dict(zip(live["id"], live["title"], strict=True))
    return [
        f"{kpi.id} har underlaget {kpi.base} i nyckeltal.yaml, men {wrong}. Avstånd sägs inte i"
        " antal personer förrän underlaget är rättat eller borttaget."
        for kpi in model.kpis
        if kpi.base and (wrong := _why_no_base(kpi, now.get(kpi.base)))
    ]


def _why_no_base(kpi: Kpi, title: str | None) -> str:
    """Return why a KPI can't be a share of what has a title, or nothing when it can."""
    if title is None:
        return "det nyckeltalet finns inte i Kolada"
    if kpi_title.unit(kpi.title) != "%":
        return f"{kpi.id} är inte i procent"
    return "" if kpi_title.unit(title) == "antal" else f"i Kolada är det inget antal: ”{title}”"


def _what_changed(pinned: str, live: str) -> str:
    """Return the change that matters most in a title, as a sentence of its own, or nothing."""
    if units := kpi_title.changed_unit(pinned, live):
        return f" Enheten har ändrats från {units[0]} till {units[1]}."
    ended = kpi_title.ended_year(live)
    return f" Serien upphörde {ended}." if ended and not kpi_title.ended_year(pinned) else ""


def _of_committee(model: SteeringModel, committee: Committee) -> Iterator[str]:
    if not FEWEST <= len(committee.kpis) <= MOST:
        yield (
            f"{committee.code} har {len(committee.kpis)} fokusnyckeltal;"
            f" {FEWEST}–{MOST} brukar vara lagom."
        )
    answered = {goal.perspective for goal in committee.goals if goal.kpis}
    missing = [one.name for one in model.perspectives if one.id not in answered]
    if missing:
        yield f"{committee.code} har inget nyckeltal i perspektivet {text.listing(missing)}."


def _undecided(model: SteeringModel) -> list[str]:
    """Return the goals that are neither an example nor rest on a stated decision."""
    goals = [(goal.id, goal.example, goal.decision) for goal in model.council_goals]
    goals += [
        (goal.id, goal.example, goal.decision)
        for committee in model.committees
        for goal in committee.goals
    ]
    return [name for name, example, decision in goals if not example and not decision]


def _of_whole(model: SteeringModel) -> Iterator[str]:
    served = {goal.council_goal for committee in model.committees for goal in committee.goals}
    for goal in model.council_goals:
        if goal.id not in served:
            yield f"Fullmäktiges mål {goal.id} har ingen nämnd som svarar för det."
    unreviewed = sum(kpi.reviewed is None for kpi in model.kpis)
    if unreviewed:
        yield f"{unreviewed} av {len(model.kpis)} nyckeltal har en riktning som ingen har granskat."
    if undecided := _undecided(model):
        yield (
            f"Mål utan beslut: {text.listing(undecided)}. Skriv beslut (vem, dag, paragraf) när"
            " målet inte längre är ett exempel."
        )
    marks = [goal.example for goal in model.council_goals]
    marks += [goal.example for committee in model.committees for goal in committee.goals]
    if any(marks):
        yield f"{sum(marks)} av {len(marks)} mål är exempel som kommunen inte har beslutat om."
