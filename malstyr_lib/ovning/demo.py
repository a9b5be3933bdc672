"""The exercise folder: parameters for the exercise municipality beside its store and reports."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from malstyr_lib import workspace
from malstyr_lib.errors import UsageError
from malstyr_lib.model import SteeringModel
from malstyr_lib.ovning.dataset import Dataset
from malstyr_lib.ovning.real import real_figures
from malstyr_lib.ovning.world import exercise_world
from malstyr_lib.params import load
from malstyr_lib.tables import is_exercise
from malstyr_lib.workspace import Workspace

_MUNICIPALITY: Final = """\
# Övningskommunen. Den finns inte; alla värden är påhittade.
kod: "9001"
namn: Övninge
"""


def prepare(folder: Path) -> tuple[Workspace, SteeringModel]:
    """Make a folder ready for the exercise: parameters, and places for store and reports.

    The parameters are the package's with another municipality, so that the exercise can be
    explored like a municipality of one's own. What lies there from an earlier exercise is kept,
    edited parameters too. UsageError when the folder holds another municipality's parameters.
    """
    params = folder / workspace.PARAMS
    if not (params / workspace.MUNICIPALITY).exists():
        shutil.copytree(workspace.packaged(workspace.PARAMS), params, dirs_exist_ok=True)
        (params / workspace.MUNICIPALITY).write_text(_MUNICIPALITY, encoding="utf-8")
    place = workspace.find(params=params, store=folder / workspace.STORE, output=folder)
    model = load(place.params)
    if not is_exercise([model.municipality.code]):
        raise UsageError(
            f"Mappen {folder} hör till {model.municipality.name}. Övningen skriver inget där; ange"
            " en annan mapp med --ut."
        )
    return place, model


def dataset(real: Path | None, params: Path | None) -> Dataset:
    """Return what the stand-in server should serve: real figures of a folder, or the world."""
    if real is not None:
        return real_figures(real)
    return exercise_world(load(params or workspace.packaged(workspace.PARAMS)).kpis)
