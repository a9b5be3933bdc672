"""Parameter files in, one checked `SteeringModel` out, or every problem with file and line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field

from malstyr_lib.errors import ParamsError, Problem
from malstyr_lib.model import (
    FILE_NAME,
    Activity,
    Committee,
    CouncilGoal,
    FocusArea,
    Frozen,
    Kpi,
    Measure,
    Municipality,
    Note,
    Perspective,
    Question,
    Report,
    SteeringModel,
    Waiver,
)
from malstyr_lib.params import _checks
from malstyr_lib.params._checks import Files
from malstyr_lib.params._problems import Checked, checked
from malstyr_lib.params._yaml import Document, Loc, read
from malstyr_lib.params.files import (
    ACTIVITIES,
    COMMITTEES,
    MEASURES,
    NOTES,
    PER_COMMITTEE,
    QUESTIONS,
    REGISTRY,
    STEERING,
    lying_in,
)
from malstyr_lib.workspace import MUNICIPALITY

__all__ = ["MODELS", "NoteFile", "Places", "load", "load_with_places"]

_NEARLY_YAML = re.compile(r"\.ya?ml(\.txt)?$", re.IGNORECASE)
_OTHER_TABLE = re.compile(r"\.(xls[a-z]?|xlt[xm]?|ods|fods|csv|numbers)$", re.IGNORECASE)
_FOLDERS = (COMMITTEES, MEASURES, *PER_COMMITTEE)


class _Steering(Frozen):
    """What styrmodell.yaml holds."""

    perspectives: Annotated[tuple[Perspective, ...], Field(min_length=1, alias="perspektiv")]
    focus_areas: tuple[FocusArea, ...] = Field(alias="fokusområden", default=())
    council_goals: Annotated[tuple[CouncilGoal, ...], Field(min_length=1, alias="mål")]
    reports: tuple[Report, ...] = Field(alias="rapporter", default=())
    waivers: tuple[Waiver, ...] = Field(alias="undantag", default=())


class _Registry(Frozen):
    """What nyckeltal.yaml holds."""

    kpis: Annotated[tuple[Kpi, ...], Field(min_length=1, alias="nyckeltal")]


class _Activities(Frozen):
    """What a committee's file of activities holds."""

    items: tuple[Activity, ...] = Field(alias="aktiviteter", default=())


class NoteFile(Frozen):
    """What a committee's file of notes holds."""

    items: tuple[Note, ...] = Field(alias="anteckningar", default=())


class _Questions(Frozen):
    """What a committee's file of questions holds."""

    items: tuple[Question, ...] = Field(alias="frågor", default=())


_KINDS: Final[dict[str, type[Any]]] = {
    ACTIVITIES: _Activities,
    NOTES: NoteFile,
    QUESTIONS: _Questions,
}
_ALONE: Final[dict[str, type[Frozen]]] = {
    MUNICIPALITY: Municipality,
    STEERING: _Steering,
    REGISTRY: _Registry,
}
_NAMED: Final[dict[str, type[Frozen]]] = {COMMITTEES: Committee, MEASURES: Measure}
MODELS: Final[dict[str, type[Frozen]]] = {**_ALONE, **_NAMED, **_KINDS}
"""What each file holds, and each file of a folder."""


@dataclass(frozen=True)
class Places:
    """Where everything stands that was read, by file and the keys and numbers on the way there."""

    documents: Mapping[str, Document]

    def problem(self, file: str, loc: Loc, sentence: str) -> Problem:
        """Return a problem at the line of a place, or of the nearest place around it.

        file: as the parameter folder names it, with or without its ending.
        """
        near = (name for name in self.documents if name == file or name.startswith(f"{file}."))
        document = next((self.documents[name] for name in near), None)
        return document.problem(loc, sentence) if document else Problem(file, 0, sentence)


def load(folder: Path) -> SteeringModel:
    """Return the steering model of a params folder; raises ParamsError with every problem."""
    return load_with_places(folder)[0]


def load_with_places(folder: Path) -> tuple[SteeringModel, Places]:
    """Return the steering model, and where in the files its parts stand; raises as `load`."""
    if not folder.is_dir():
        missing = "mappen finns inte; ange rätt mapp med --params MAPP"
        raise ParamsError([Problem(folder.as_posix(), 0, missing)])
    files = _read(folder)
    parts = _checked(files)
    problems = [problem for part in chain(*parts.values()) for problem in part.problems]
    problems += [*_checks.problems(files), *_strays(folder)]
    if problems:
        raise ParamsError(problems)
    places = Places({one.file: one for kind in files.values() for one in kind})
    values = {kind: tuple(part.value for part in found) for kind, found in parts.items()}
    return _model(files, values), places


def _checked(files: Files) -> dict[str, list[Checked[Any]]]:
    """Return every file as what it should hold, by the kind of file."""
    found: dict[str, list[Checked[Any]]] = {
        kind: [checked(model, one) for one in files[kind]]
        for kind, model in (_ALONE | _KINDS).items()
    }
    return found | {
        kind: [checked(model, one, {FILE_NAME: one.name}) for one in files[kind]]
        for kind, model in _NAMED.items()
    }


def _model(files: Files, parts: Mapping[str, tuple[Any, ...]]) -> SteeringModel:
    (municipality,), (steering,), (registry,) = (
        parts[kind] for kind in (MUNICIPALITY, STEERING, REGISTRY)
    )
    return SteeringModel(
        municipality=municipality,
        perspectives=steering.perspectives,
        focus_areas=steering.focus_areas,
        council_goals=steering.council_goals,
        kpis=registry.kpis,
        committees=parts[COMMITTEES],
        activities=_owned(files[ACTIVITIES], parts[ACTIVITIES]),
        measures=parts[MEASURES],
        notes=_owned(files[NOTES], parts[NOTES]),
        questions=_owned(files[QUESTIONS], parts[QUESTIONS]),
        reports=steering.reports,
        waivers=steering.waivers,
    )


def _read(folder: Path) -> Files:
    files = {file: (read(folder, file),) for file in (MUNICIPALITY, STEERING, REGISTRY)}
    return files | {inside: tuple(_read_folder(folder, inside)) for inside in _FOLDERS}


def _read_folder(folder: Path, inside: str) -> Iterator[Document]:
    for path in lying_in(folder, inside):
        if path.suffix == ".yaml":
            yield read(folder, f"{inside}/{path.name}")
        elif path.suffix == ".xlsx" and inside == ACTIVITIES:
            from malstyr_lib.params import workbook  # half a second, for those who have Excel

            yield workbook.read(folder, f"{inside}/{path.name}")


def _owned(documents: Iterable[Document], parts: Iterable[Any]) -> tuple[Any, ...]:
    """Return all that the committees' files list, each with the name of its file."""
    return tuple(
        item.model_copy(update={"committee": document.name})
        for document, listed in zip(documents, parts, strict=True)
        for item in listed.items
    )


def _strays(folder: Path) -> Iterator[Problem]:
    """Yield that there is no committee, and files that would be read by another ending."""
    if not any(path.suffix == ".yaml" for path in lying_in(folder, COMMITTEES)):
        first = "ingen nämnd finns; lägg en fil per nämnd i mappen, till exempel bn.yaml"
        yield Problem(COMMITTEES, 0, first)
    for inside in _FOLDERS:
        for path in lying_in(folder, inside):
            if path.suffix != ".yaml" and _NEARLY_YAML.search(path.name):
                wanted = _NEARLY_YAML.sub(".yaml", path.name)
                yield Problem(f"{inside}/{path.name}", 0, f"läses inte; döp om filen till {wanted}")
    yield from _other_tables(folder)


def _other_tables(folder: Path) -> Iterator[Problem]:
    """Yield tables of activities that are not in the one format that is read."""
    for path in lying_in(folder, ACTIVITIES):
        if path.suffix != ".xlsx" and _OTHER_TABLE.search(path.name):
            same = path.suffix.casefold() == ".xlsx"
            cure = "döp om filen till" if same else "spara om den som Excel-arbetsbok,"
            yield Problem(f"{ACTIVITIES}/{path.name}", 0, f"läses inte; {cure} {path.stem}.xlsx")
