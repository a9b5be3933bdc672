"""The kinds of report: what each is called, which notebook makes it, and what it is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from malstyr_lib import text
from malstyr_lib.errors import UsageError
from malstyr_lib.model import SteeringModel
from malstyr_lib.report.analysis import committee_named
from malstyr_lib.report.workplaces import workplaces


@dataclass(frozen=True)
class Subject:
    """What one report is about: a committee, a unit, or the municipality as a whole.

    committees: the slugs of those that it belongs to.
    """

    slug: str
    code: str
    name: str
    committees: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """One kind of report.

    name: what `--typ` and the folder in output say. words: what readers call it. notebook: the
    file that makes it. subjects: what there is one each of, in a model and a year. parameter: the
    notebook's name for the subject, or nothing when there is one report for all. begun: whether it
    can be made of a year that has begun and has no values yet.
    """

    name: str
    words: str
    notebook: str
    subjects: Callable[[SteeringModel, int], list[Subject]]
    title: str
    parameter: str = ""
    begun: bool = False

    def titled(self, subject: Subject, year: int, municipality: str) -> str:
        """Return the title of a page: "Bildningsnämnden: nyckeltalen 2025 – Hedemora"."""
        said = self.title.format(name=subject.name, year=year)
        return f"{said} – {municipality}"

    def given(self, subject: Subject, year: int, snapshot: str) -> dict[str, str | int]:
        """Return the values of the notebook's parameters."""
        about = {self.parameter: subject.slug} if self.parameter else {}
        return {**about, "ar": year, "ogonblicksbild": snapshot}


def _committees(model: SteeringModel, _: int) -> list[Subject]:
    return [Subject(one.slug, one.code, one.name, (one.slug,)) for one in model.committees]


def _municipality(model: SteeringModel, _: int) -> list[Subject]:
    name = model.municipality.name
    return [Subject("kommunen", name, name, tuple(one.slug for one in model.committees))]


def _units(model: SteeringModel, year: int) -> list[Subject]:
    return [
        Subject(one.slug, one.committee.code, one.name, (one.committee.slug,))
        for one in workplaces(model, year)
    ]


COMMITTEE: Final = Kind(
    "namnd",
    "Nämndanalys",
    "namnd.ipynb",
    _committees,
    "{name}: nyckeltalen {year}",
    parameter="namnd",
)
ANALYSIS_GROUP: Final = Kind(
    "analysgrupp",
    "Analysgrupp",
    "analysgrupp.ipynb",
    _municipality,
    "Analysgruppen: kommunens nyckeltal {year}",
)
KEY_FIGURES: Final = Kind(
    "nyckeltal",
    "Analysrapport över nyckeltal",
    "nyckeltal.ipynb",
    _municipality,
    "Analysrapport över nyckeltal {year}",
)
INTERIM: Final = Kind(
    "delar",
    "Delårsrapport",
    "delarsrapport.ipynb",
    _municipality,
    "Delårsrapport {year}",
    begun=True,
)
ANNUAL: Final = Kind(
    "ars",
    "Årsredovisning",
    "arsredovisning.ipynb",
    _municipality,
    "Årsredovisning {year}",
    begun=True,
)
UNIT: Final = Kind(
    "enhet",
    "Enhetsblad",
    "enhetsblad.ipynb",
    _units,
    "{name}: enhetsblad {year}",
    parameter="enhet",
)
KINDS: Final = {
    one.name: one for one in (COMMITTEE, ANALYSIS_GROUP, INTERIM, ANNUAL, KEY_FIGURES, UNIT)
}
"""Every kind by its name, in the order that they are made."""


def kinds_named(names: Sequence[str]) -> list[Kind]:
    """Return the kinds with the names given, all of them for none; UsageError for an unknown."""
    unknown = [name for name in names if name not in KINDS]
    if unknown:
        known = {word.casefold(): name for name, one in KINDS.items() for word in (name, one.words)}
        near = text.did_you_mean(unknown[0], known, known.get) or "."
        raise UsageError(
            f"Rapporttypen '{unknown[0]}' finns inte{near} Typerna är {text.listing([*KINDS])}."
        )
    return [kind for name, kind in KINDS.items() if not names or name in names]


def subjects(
    kind: Kind, model: SteeringModel, year: int, committees: Sequence[str] = ()
) -> list[Subject]:
    """Return what to make reports of; committees: only what belongs to one of them.

    A report of the whole municipality belongs to no single committee, so it is left out when
    committees are named. UsageError for an unknown committee.
    """
    chosen = {committee_named(model, name).slug for name in committees}
    return [
        one
        for one in kind.subjects(model, year)
        if not chosen or (kind.parameter and chosen & set(one.committees))
    ]
