"""Parameter files in, one checked `SteeringModel` out, or every problem with file and line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Annotated, Any

from pydantic import Field

from malstyr_lib.errors import ParamsError, Problem
from malstyr_lib.model import (
    FILE_NAME,
    Committee,
    CouncilGoal,
    FocusArea,
    Frozen,
    Kpi,
    Municipality,
    Perspective,
    SteeringModel,
)
from malstyr_lib.params import _checks
from malstyr_lib.params._checks import COMMITTEES, MUNICIPALITY, REGISTRY, STEERING, Files
from malstyr_lib.params._problems import Checked, checked
from malstyr_lib.params._yaml import Document, read

__all__ = ["load"]

_NEARLY_YAML = re.compile(r"\.ya?ml(\.txt)?$", re.IGNORECASE)


class _Steering(Frozen):
    """What styrmodell.yaml holds."""

    perspectives: Annotated[tuple[Perspective, ...], Field(min_length=1, alias="perspektiv")]
    focus_areas: tuple[FocusArea, ...] = Field(alias="fokusområden", default=())
    council_goals: Annotated[tuple[CouncilGoal, ...], Field(min_length=1, alias="mål")]


class _Registry(Frozen):
    """What nyckeltal.yaml holds."""

    kpis: Annotated[tuple[Kpi, ...], Field(min_length=1, alias="nyckeltal")]


def load(folder: Path) -> SteeringModel:
    """Return the steering model of a params folder; raises ParamsError with every problem."""
    if not folder.is_dir():
        missing = "mappen finns inte; ange rätt mapp med --params MAPP"
        raise ParamsError([Problem(folder.as_posix(), 0, missing)])
    files = _read(folder)
    municipality = checked(Municipality, files[MUNICIPALITY][0])
    steering = checked(_Steering, files[STEERING][0])
    registry = checked(_Registry, files[REGISTRY][0])
    committees = [_committee(document) for document in files[COMMITTEES]]
    parts: list[Checked[Any]] = [municipality, steering, registry, *committees]
    problems = [problem for part in parts for problem in part.problems]
    problems += [*_checks.problems(files), *_strays(folder)]
    if problems or not (municipality.value and steering.value and registry.value):
        raise ParamsError(problems)
    return SteeringModel(
        municipality=municipality.value,
        perspectives=steering.value.perspectives,
        focus_areas=steering.value.focus_areas,
        council_goals=steering.value.council_goals,
        kpis=registry.value.kpis,
        committees=tuple(part.value for part in committees if part.value),
    )


def _read(folder: Path) -> Files:
    names = sorted(path.name for path in _committee_folder(folder) if path.suffix == ".yaml")
    files = {file: (read(folder, file),) for file in (MUNICIPALITY, STEERING, REGISTRY)}
    return files | {COMMITTEES: tuple(read(folder, f"{COMMITTEES}/{name}") for name in names)}


def _committee_folder(folder: Path) -> list[Path]:
    """Return what lies in the folder of committees, but for what systems and editors leave."""
    inside = folder / COMMITTEES
    return [p for p in inside.iterdir() if p.name[0] not in ".~#"] if inside.is_dir() else []


def _committee(document: Document) -> Checked[Committee]:
    return checked(Committee, document, {FILE_NAME: PurePosixPath(document.file).stem})


def _strays(folder: Path) -> Iterator[Problem]:
    """Yield that there is no committee, and files that would be one by another ending."""
    paths = _committee_folder(folder)
    if not any(path.suffix == ".yaml" for path in paths):
        first = "ingen nämnd finns; lägg en fil per nämnd i mappen, till exempel bn.yaml"
        yield Problem(COMMITTEES, 0, first)
    for path in paths:
        if path.suffix != ".yaml" and _NEARLY_YAML.search(path.name):
            wanted = _NEARLY_YAML.sub(".yaml", path.name)
            yield Problem(f"{COMMITTEES}/{path.name}", 0, f"läses inte; döp om filen till {wanted}")
