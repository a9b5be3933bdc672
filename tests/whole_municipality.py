"""Small municipalities in the exercise world: chosen committees, KPIs and values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from conftest import Exercise

from malstyr_lib import tables
from malstyr_lib.model import Committee, CommitteeGoal, SteeringModel
from malstyr_lib.outcome import Outcome
from malstyr_lib.report.across import Across
from malstyr_lib.report.opening import Opened
from malstyr_lib.store import Snapshot, Store
from malstyr_lib.workspace import Workspace

OWN = "9001"


def committee(slug: str, *kpis: str, goal: str = "KF1", **more: Any) -> Committee:
    """A committee with one goal for its KPIs, or with none at all."""
    goals = [
        CommitteeGoal.model_validate(
            {
                "id": f"{slug.upper()}1",
                "text": "Det blir bättre.",
                "fullmäktigemål": goal,
                "perspektiv": "invånare",
                "nyckeltal": list(kpis),
            }
        )
    ]
    named = {"(filens namn)": slug, "kod": slug.upper(), "namn": f"{slug.capitalize()}nämnden"}
    found = Committee.model_validate(named)
    return found.model_copy(update={"goals": tuple(goals) if kpis else (), **more})


def model_with(exercise: Exercise, *committees: Committee, **more: Any) -> SteeringModel:
    """The exercise municipality with other committees, and without activities and questions."""
    nothing: dict[str, Any] = {"activities": (), "notes": (), "questions": (), "measures": ()}
    return exercise.model.model_copy(update=nothing | {"committees": committees} | more)


def across_with(
    exercise: Exercise,
    model: SteeringModel,
    *,
    year: int = 2025,
    reported: Sequence[Outcome] = (),
    store: Path | None = None,
) -> Across:
    """All committees of a model, on the newest snapshot of the exercise's store or another."""
    place = exercise.place
    place = Workspace(place.params, store or place.store, place.output)
    snapshot = Store(place.store).open()
    start = Opened(place, model, snapshot, None, tables.empty(tables.OWN_VALUES))
    return Across(start, year, reported)


def rewritten(
    store: Store, source: Snapshot, values: pd.DataFrame, *, day: datetime, kpis: pd.DataFrame
) -> str:
    """Write a snapshot with other values or another catalogue; return its id."""
    return store.write(
        values,
        kpis=kpis,
        municipalities=source.municipalities,
        municipality_groups=source.municipality_groups,
        base_url=source.base_url,
        fetched=day,
    )


def published(slug: str, focus: Mapping[str, str], *, snapshot: str, year: int = 2024) -> Outcome:
    """The outcome of a committee's report of an earlier year, as the manifest keeps it."""
    return Outcome(
        kind="namnd",
        slug=slug,
        code=slug.upper(),
        name=f"{slug.capitalize()}nämnden",
        year=year,
        status="klar",
        seconds=1.0,
        snapshot=snapshot,
        ran="2025-06-01T08:00:00+00:00",
        published="2025-06-01T08:00:00+00:00",
        found={"focus": dict(focus)},
    )


JUNE = datetime(2025, 6, 1, 8, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 23, 12, tzinfo=UTC)
