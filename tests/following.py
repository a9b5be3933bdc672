"""Goals followed in the exercise world: a steering model with planted goals in, a follow-up out."""

from __future__ import annotations

from datetime import date
from typing import Any

from conftest import Exercise

from malstyr_lib import tables
from malstyr_lib.model import Committee, CommitteeGoal, CouncilGoal, Report, SteeringModel, Target
from malstyr_lib.params.own_values import own_values
from malstyr_lib.report.follow_up import FollowUp
from malstyr_lib.report.opening import Opened
from malstyr_lib.store import Store


def goal(
    name: str, *levels: tuple[str, str, int], kpis: tuple[str, ...] = (), **more: Any
) -> CommitteeGoal:
    """A committee's goal; levels: KPI, level and year, its KPIs those unless more are given."""
    given = {"council_goal": "KF1", "perspective": "invånare"} | more
    return CommitteeGoal(
        id=name,
        text=f"Målet {name}.",
        kpis=tuple(dict.fromkeys([*(kpi for kpi, _, _ in levels), *kpis])),
        targets=tuple(
            Target.model_validate({"nyckeltal": kpi, "nivå": level, "senast": str(by)})
            for kpi, level, by in levels
        ),
        **given,
    )


def committee(slug: str, *goals: CommitteeGoal) -> Committee:
    """A committee with its goals, called by its slug."""
    return Committee(slug=slug, code=slug.upper(), name=f"Nämnden {slug.upper()}", goals=goals)


def planted(exercise: Exercise, *committees: Committee, **more: Any) -> SteeringModel:
    """The exercise municipality's model with these committees, two council goals and no work."""
    council = (
        CouncilGoal(id="KF1", text="Alla klarar skolan.", perspective="invånare"),
        CouncilGoal(id="KF2", text="Ekonomin håller.", perspective="ekonomi"),
    )
    given: dict[str, Any] = {"council_goals": council, "reports": (), "activities": ()}
    update = given | {"measures": (), "notes": (), "questions": ()} | more
    return exercise.model.model_copy(update={"committees": committees, **update})


def stops(kind: str, year: int, day: date) -> dict[str, Any]:
    """The field of a model that says when a report stops."""
    return {"reports": (Report(id=f"{kind}-{year}", name="Rapporten", year=year, stop=day),)}


def followed(
    exercise: Exercise, model: SteeringModel | None = None, kind: str = "ars", year: int = 2025
) -> FollowUp:
    """The follow-up of a year on the exercise world's figures."""
    chosen = model or exercise.model
    values = (
        own_values(exercise.place.params, chosen)
        if chosen.measures
        else tables.empty(tables.OWN_VALUES)
    )
    snapshot = Store(exercise.place.store).open()
    return FollowUp(Opened(exercise.place, chosen, snapshot, None, values), year, kind)
