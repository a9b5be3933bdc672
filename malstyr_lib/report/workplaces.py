"""The units that get a sheet of their own: who they are, and by which names they are found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from malstyr_lib import text
from malstyr_lib.errors import UsageError
from malstyr_lib.model import Committee, SteeringModel, Unit, in_force

_LETTERS: Final = str.maketrans("åäö_", "aao-")


@dataclass(frozen=True)
class Workplace:
    """A unit in force a year, with its committee; slug and name are no other unit's that year."""

    slug: str
    name: str
    committee: Committee
    unit: Unit


def workplaces(model: SteeringModel, year: int) -> list[Workplace]:
    """Return the units in force a year, committee by committee, in the order of the files."""
    found = [(one, unit) for one in model.committees for unit in one.units if in_force(unit, year)]
    names = Counter(unit.name for _, unit in found)
    slugs = _slugs(f"{one.slug}-{unit.id}" for one, unit in found)
    return [
        Workplace(slug, unit.name if names[unit.name] == 1 else _told_apart(unit), one, unit)
        for slug, (one, unit) in zip(slugs, found, strict=True)
    ]


def workplace_named(model: SteeringModel, name: str, year: int) -> Workplace:
    """Return the unit whose slug, id or name is given; UsageError when it is not in force."""
    known, wanted = workplaces(model, year), name.strip().casefold()
    for one in known:
        if wanted in (one.slug, one.unit.id.casefold(), one.name.casefold()):
            return one
    near = text.did_you_mean(name, [word for one in known for word in (one.slug, one.name)]) or "."
    slugs = text.listing([one.slug for one in known]) or "inga"
    raise UsageError(f"Det finns ingen enhet '{name}' {year}{near} Enheterna är {slugs}.")


def _told_apart(unit: Unit) -> str:
    """Return a unit's name with its id, since another has the same name."""
    return f"{unit.name} ({unit.id})"


def _slugs(names: Iterator[str]) -> list[str]:
    """Return names as folder names of plain letters, a number after those that would be alike."""
    found: list[str] = []
    for name in names:
        plain = name.casefold().translate(_LETTERS)
        among = (plain, *(f"{plain}-{number}" for number in range(2, 1000)))
        found.append(next(one for one in among if one not in found))
    return found
