"""Checks what no single key can tell: ids that are taken or unknown, targets, names of files.

The trees are read as they stand, so that a fault in one key hides none in another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final, NamedTuple, TypeAlias

from malstyr_lib import text
from malstyr_lib.errors import Problem
from malstyr_lib.model import ID_PATTERN, KPI_PATTERN
from malstyr_lib.params._yaml import Document, Loc, Tree, shown

MUNICIPALITY: Final = "kommun.yaml"
STEERING: Final = "styrmodell.yaml"
REGISTRY: Final = "nyckeltal.yaml"
COMMITTEES: Final = "namnder"

Files: TypeAlias = Mapping[str, tuple[Document, ...]]


class Where(NamedTuple):
    """A kind of place: in which files, and by which keys on the way there."""

    files: str
    keys: tuple[str, ...]


_DEFINED: Final = {
    "perspektiv": Where(STEERING, ("perspektiv", "id")),
    "fokusområde": Where(STEERING, ("fokusområden", "id")),
    "fullmäktigemål": Where(STEERING, ("mål", "id")),
    "nyckeltal": Where(REGISTRY, ("nyckeltal", "id")),
}
_USED: Final = (
    ("perspektiv", Where(STEERING, ("fokusområden", "perspektiv"))),
    ("perspektiv", Where(STEERING, ("mål", "perspektiv"))),
    ("fokusområde", Where(STEERING, ("mål", "fokusområden"))),
    ("perspektiv", Where(REGISTRY, ("nyckeltal", "perspektiv"))),
    ("fokusområde", Where(REGISTRY, ("nyckeltal", "fokusområde"))),
    ("fullmäktigemål", Where(COMMITTEES, ("mål", "fullmäktigemål"))),
    ("perspektiv", Where(COMMITTEES, ("mål", "perspektiv"))),
    ("nyckeltal", Where(COMMITTEES, ("mål", "nyckeltal"))),
)
_UNIQUE: Final = (
    *_DEFINED.values(),
    Where(COMMITTEES, ("kod",)),
    Where(COMMITTEES, ("mål", "id")),
)
_SAFE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_WINDOWS = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]")


@dataclass(frozen=True)
class Place:
    """A text and where it stands."""

    document: Document
    loc: Loc
    value: str

    def problem(self, sentence: str) -> Problem:
        return self.document.problem(self.loc, sentence)


def problems(files: Files) -> Iterator[Problem]:
    """Yield every problem between keys and between files, in no particular order."""
    for where in _UNIQUE:
        yield from _taken(places(files, where))
    for noun, where in _USED:
        yield from _unknown(noun, _DEFINED[noun], where, files)
    yield from _targets(files)
    yield from _bases(files)
    yield from _file_names(files[COMMITTEES])


def places(files: Files, where: Where) -> list[Place]:
    """Return every text of a kind of place, in the order of the files and their lines."""
    return [
        Place(document, loc, value)
        for document in files[where.files]
        if document.tree is not None
        for loc, value in _texts(document.tree, (), where.keys)
    ]


def _texts(tree: Tree, loc: Loc, keys: tuple[str, ...]) -> Iterator[tuple[Loc, str]]:
    if isinstance(tree, list):
        for index, item in enumerate(tree):
            yield from _texts(item, (*loc, index), keys)
    elif isinstance(tree, dict):
        if keys and keys[0] in tree:
            yield from _texts(tree[keys[0]], (*loc, keys[0]), keys[1:])
    elif not keys:
        yield loc, tree


def _taken(found: Iterable[Place]) -> Iterator[Problem]:
    first: dict[str, Place] = {}
    for place in found:
        before = first.setdefault(place.value.casefold(), place)
        if place.value and before is not place:
            key, word = place.loc[-1], shown(place.value)
            yield place.problem(f"{key} '{word}' finns redan {_seen_from(place, before)}")


def _seen_from(place: Place, before: Place) -> str:
    line = before.problem("").line
    other = before.document.file
    return f"på rad {line}" if other == place.document.file else f"i {other} rad {line}"


def _unknown(noun: str, defined: Where, where: Where, files: Files) -> Iterator[Problem]:
    """Yield what refers to nothing; texts that are no ids at all have their own problem already."""
    known = {place.value for place in places(files, defined)}
    pattern = KPI_PATTERN if noun == "nyckeltal" else ID_PATTERN
    for place in places(files, where) if known else ():
        if place.value not in known and re.search(pattern, place.value):
            near = "" if noun == "nyckeltal" else text.did_you_mean(place.value, known)
            near = near or f"; det finns inte i {defined.files}"  # a guessed KPI would be another
            yield place.problem(f"okänt {noun} '{shown(place.value)}'{near}")


def _targets(files: Files) -> Iterator[Problem]:
    """Yield KPIs whose target is missing, or stands there without being asked for."""
    directions = places(files, Where(REGISTRY, ("nyckeltal", "riktning")))
    targets = {p.loc[:-1]: p for p in places(files, Where(REGISTRY, ("nyckeltal", "mål")))}
    for direction in directions:
        target = targets.get(direction.loc[:-1])
        if direction.value == "mål" and target is None:
            yield direction.problem("riktning är mål men 'mål' saknas; skriv till exempel mål: 50")
        if direction.value in {"högt", "lågt", "ingen"} and target is not None:
            yield target.problem(
                f"'mål' får bara finnas när riktning är mål, inte {direction.value}"
            )


def _bases(files: Files) -> Iterator[Problem]:
    """Yield KPIs that are said to be a share of themselves."""
    ids = {p.loc[:-1]: p.value for p in places(files, Where(REGISTRY, ("nyckeltal", "id")))}
    for base in places(files, Where(REGISTRY, ("nyckeltal", "underlag"))):
        if base.value == ids.get(base.loc[:-1]):
            yield base.problem(
                "underlag kan inte vara nyckeltalet självt; skriv id för det nyckeltal som ger"
                f" antalet personer som {shown(base.value)} är en andel av, eller ta bort raden"
            )


def _file_names(committees: Iterable[Document]) -> Iterator[Problem]:
    """Yield files whose names cannot be folders everywhere: a committee's slug is its file's."""
    first: dict[str, str] = {}
    for document in committees:
        slug = PurePosixPath(document.file).stem
        before = first.setdefault(slug.casefold(), document.file)
        if before != document.file:
            yield document.problem((), f"namnet skiljer sig bara i stora bokstäver från {before}")
        if not _SAFE.fullmatch(slug):
            yield document.problem((), "filens namn får ha högst 40 tecken: a-z, 0-9, - och _")
        elif _WINDOWS.fullmatch(slug):
            yield document.problem((), "namnet är upptaget i Windows; döp om filen")
