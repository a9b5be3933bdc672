"""A committee for a planted land: goals in, the fields of a steering model out."""

from __future__ import annotations

from typing import Any

from malstyr_lib.model import Committee, CommitteeGoal, CouncilGoal, Perspective, Target, Waiver


def goal(name: str, kpis: list[str], *, targets: list[str] | None = None, **more: Any) -> Any:
    """A committee's goal with its KPIs; targets: those of them that are to leave red."""
    levels = [
        Target.model_validate({"nyckeltal": kpi, "nivå": "lämna rött", "senast": "2030"})
        for kpi in targets or []
    ]
    return CommitteeGoal(
        id=name,
        text=f"Målet {name}.",
        council_goal="KF1",
        perspective="invånare",
        kpis=tuple(kpis),
        targets=tuple(levels),
        **more,
    )


def committee(*goals: CommitteeGoal, waivers: tuple[Waiver, ...] = ()) -> dict[str, Any]:
    """The fields of a model with one committee, Skolnämnden, and two perspectives."""
    return {
        "perspectives": (
            Perspective(id="invånare", name="Invånare"),
            Perspective(id="ekonomi", name="Ekonomi"),
        ),
        "council_goals": (CouncilGoal(id="KF1", text="Skola.", perspective="invånare"),),
        "committees": (
            Committee(slug="sn", code="SN", name="Skolnämnden", goals=goals, waivers=waivers),
        ),
    }
