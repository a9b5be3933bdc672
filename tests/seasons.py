"""One municipality's season, made in processes of this machine, as the commands make it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from malstyr_lib import params
from malstyr_lib.batch import Followed, Home, Outcome, Plan, Wanted, make_everywhere, workers
from malstyr_lib.model import SteeringModel
from malstyr_lib.workspace import Workspace


def make_reports(
    model: SteeringModel,
    place: Workspace,
    wanted: Wanted | None = None,
    *,
    at_once: int = 1,
    followed: Followed | None = None,
) -> list[Outcome]:
    """How each report that is wanted went; at_once: how many are made at a time."""
    carry = partial(workers.done, workers=at_once)
    return make_everywhere([Home(model, place)], wanted or Wanted(), carry, followed=followed)


class Planned(Exception):
    """The plan is there, and no more is wanted."""


def plan_of(place: Workspace, wanted: Wanted) -> Plan:
    """What a run would make and what stands; nothing is made."""
    told: list[Plan] = []

    def enough(plan: Plan) -> None:
        told.append(plan)
        raise Planned

    with pytest.raises(Planned):
        make_reports(params.load(place.params), place, wanted, followed=Followed(on_plan=enough))
    return told[0]


def bytes_of(output: Path) -> dict[str, bytes]:
    """Every report's page by its place in output."""
    return {
        path.relative_to(output).as_posix(): path.read_bytes()
        for path in sorted(output.rglob("rapport.html"))
    }
