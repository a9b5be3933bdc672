"""Checks what no single key can tell: ids that are taken or unknown, targets, names of files.

The trees are read as they stand, so that a fault in one key hides none in another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

from malstyr_lib import text
from malstyr_lib.errors import Problem
from malstyr_lib.model import ID_PATTERN, KPI_PATTERN
from malstyr_lib.params._yaml import Document, Loc, Tree
from malstyr_lib.params.files import (
    ACTIVITIES,
    COMMITTEES,
    MEASURES,
    NOTES,
    PER_COMMITTEE,
    QUESTIONS,
    REGISTRY,
    STEERING,
    shown,
)

Files: TypeAlias = Mapping[str, tuple[Document, ...]]
Block: TypeAlias = tuple[str, Loc]


class Where(NamedTuple):
    """A kind of place: in which files, and by which keys on the way there."""

    files: str
    keys: tuple[str, ...]


_DEFINED: Final = {
    "perspektiv": Where(STEERING, ("perspektiv", "id")),
    "fokusområde": Where(STEERING, ("fokusområden", "id")),
    "fullmäktigemål": Where(STEERING, ("mål", "id")),
    "nyckeltal": Where(REGISTRY, ("nyckeltal", "id")),
    "mål": Where(COMMITTEES, ("mål", "id")),
    "nämnd": Where(COMMITTEES, ("kod",)),
}
_DIRECTION: Final = Where(REGISTRY, ("nyckeltal", "riktning"))
_USED: Final = (
    ("perspektiv", Where(STEERING, ("fokusområden", "perspektiv"))),
    ("perspektiv", Where(STEERING, ("mål", "perspektiv"))),
    ("fokusområde", Where(STEERING, ("mål", "fokusområden"))),
    ("perspektiv", Where(REGISTRY, ("nyckeltal", "perspektiv"))),
    ("fokusområde", Where(REGISTRY, ("nyckeltal", "fokusområde"))),
    ("fullmäktigemål", Where(COMMITTEES, ("mål", "fullmäktigemål"))),
    ("perspektiv", Where(COMMITTEES, ("mål", "perspektiv"))),
    ("fokusområde", Where(COMMITTEES, ("mål", "fokusområde"))),
    ("nyckeltal", Where(COMMITTEES, ("mål", "nyckeltal"))),
    ("mål", Where(ACTIVITIES, ("aktiviteter", "mål"))),
    ("nyckeltal", Where(ACTIVITIES, ("aktiviteter", "nyckeltal"))),
    ("nyckeltal", Where(QUESTIONS, ("frågor", "nyckeltal"))),
    ("nämnd", Where(MEASURES, ("nämnd",))),
    ("perspektiv", Where(MEASURES, ("perspektiv",))),
    ("nyckeltal", Where(MEASURES, ("kolada",))),
)
_UNIQUE: Final = (
    *_DEFINED.values(),
    Where(STEERING, ("rapporter", "id")),
    Where(ACTIVITIES, ("aktiviteter", "id")),
    Where(QUESTIONS, ("frågor", "id")),
)
_PARTS: Final = (
    Where(COMMITTEES, ("förvaltningar", "id")),
    Where(COMMITTEES, ("förvaltningar", "enheter", "id")),
)
"""What an own measure can be divided by: administrations and units, whose ids are of one kind."""
_ORDERS: Final = (
    (COMMITTEES, ("mål",), "från", "till"),
    (COMMITTEES, ("förvaltningar",), "från", "till"),
    (COMMITTEES, ("förvaltningar", "enheter"), "från", "till"),
    (ACTIVITIES, ("aktiviteter",), "start", "slut"),
    (QUESTIONS, ("frågor",), "ställd", "svar-senast"),
    (QUESTIONS, ("frågor",), "ställd", "besvarad"),
    (QUESTIONS, ("frågor",), "besvarad", "klar"),
)
"""Years or days that come one after the other: the later may not be before the first."""
_CROSSED: Final = {("högt", "högst"): ("höga", "minst"), ("lågt", "minst"): ("låga", "högst")}
"""A direction with a kind of level that goes against it: which values are good, and its kind."""
_ABSENT: Final = {"nämnd": ("okänd", f"ingen fil i mappen {COMMITTEES} har den koden")}
_SAFE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_WINDOWS = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]")


@dataclass(frozen=True)
class Place:
    """A text and where it stands."""

    document: Document
    loc: Loc
    value: str

    @property
    def block(self) -> Block:
        """Where the keys beside it stand."""
        return self.document.file, self.loc[:-1]

    def problem(self, sentence: str) -> Problem:
        """Return a problem at this place."""
        return self.document.problem(self.loc, sentence)


def problems(files: Files) -> Iterator[Problem]:
    """Yield every problem between keys and between files, in no particular order."""
    named = {**files, COMMITTEES: tuple(one for one in files[COMMITTEES] if _well_named(one))}
    for where in _UNIQUE:
        yield from _taken(places(named, where))
    yield from _taken([place for where in _PARTS for place in places(named, where)])
    for noun, where in _USED:
        yield from _unknown(noun, _DEFINED[noun], where, files)
    yield from _targets(files)
    yield from _bases(files)
    yield from _of_the_goal(files)
    yield from _levels(files)
    yield from _noted(files)
    yield from _replaced(files)
    for one in _ORDERS:
        yield from _order(files, *one)
    yield from _file_names(files[COMMITTEES])
    yield from _file_names(files[MEASURES])
    for folder in PER_COMMITTEE:
        yield from _owners(files[folder], files[COMMITTEES])


def places(files: Files, where: Where) -> list[Place]:
    """Return every text of a kind of place, in the order of the files and their lines."""
    return [
        Place(document, loc, value)
        for document in files[where.files]
        if document.tree is not None
        for loc, value in _texts(document.tree, (), where.keys)
    ]


def _by_block(files: Files, where: Where) -> dict[Block, Place]:
    """Return the texts of a kind of place of which there is one to a block, by their blocks."""
    return {place.block: place for place in places(files, where)}


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
    there = before.problem("")
    same = there.file == place.problem("").file
    return f"på rad {there.line}" if same else f"i {there.file} rad {there.line}"


def _unknown(noun: str, defined: Where, where: Where, files: Files) -> Iterator[Problem]:
    """Yield what refers to nothing; texts that are no ids at all have their own problem already.

    What a file defines that can't be read nobody knows, so nothing is said to be unknown.
    """
    read = all(document.tree is not None for document in files[defined.files])
    known = {place.value for place in places(files, defined)} if read else set()
    pattern = KPI_PATTERN if noun == "nyckeltal" else ID_PATTERN
    for place in places(files, where) if known else ():
        if place.value not in known and re.search(pattern, place.value):
            near = "" if noun == "nyckeltal" else text.did_you_mean(place.value, known)
            unknown, absent = _ABSENT.get(noun, ("okänt", f"det finns inte i {defined.files}"))
            near = near or f"; {absent}"  # a guessed KPI would be another
            yield place.problem(f"{unknown} {noun} '{shown(place.value)}'{near}")


def _targets(files: Files) -> Iterator[Problem]:
    """Yield KPIs whose target is missing, or stands there without being asked for."""
    targets = _by_block(files, Where(REGISTRY, ("nyckeltal", "mål")))
    for direction in places(files, _DIRECTION):
        target = targets.get(direction.block)
        if direction.value == "mål" and target is None:
            yield direction.problem("riktning är mål men 'mål' saknas; skriv till exempel mål: 50")
        if direction.value in {"högt", "lågt", "ingen"} and target is not None:
            yield target.problem(
                f"'mål' får bara finnas när riktning är mål, inte {direction.value}"
            )


def _bases(files: Files) -> Iterator[Problem]:
    """Yield KPIs that are said to be a share of themselves."""
    ids = _by_block(files, _DEFINED["nyckeltal"])
    for base in places(files, Where(REGISTRY, ("nyckeltal", "underlag"))):
        if base.block in ids and base.value == ids[base.block].value:
            yield base.problem(
                "underlag kan inte vara nyckeltalet självt; skriv id för det nyckeltal som ger"
                f" antalet personer som {shown(base.value)} är en andel av, eller ta bort raden"
            )


def _of_the_goal(files: Files) -> Iterator[Problem]:
    """Yield targets and expectations of KPIs that are not among the goal's own."""
    own: dict[tuple[str, Loc], set[str]] = {}
    for kpi in places(files, Where(COMMITTEES, ("mål", "nyckeltal"))):
        own.setdefault((kpi.document.file, kpi.loc[:2]), set()).add(kpi.value)
    for key in ("målnivåer", "förväntningar"):
        for place in places(files, Where(COMMITTEES, ("mål", key, "nyckeltal"))):
            if place.value not in own.get((place.document.file, place.loc[:2]), set()):
                yield place.problem(
                    f"nyckeltal '{shown(place.value)}' hör inte till målet; skriv det också under"
                    " målets nyckeltal, eller ta bort det här"
                )


def _levels(files: Files) -> Iterator[Problem]:
    """Yield levels that go against the direction: at most, where high values are good."""
    own = _by_block(files, Where(MEASURES, ("riktning",)))
    for level in places(files, Where(MEASURES, ("målnivå",))):
        yield from _against(level, own.get(level.block), "riktningen")
    ids = _by_block(files, _DEFINED["nyckeltal"])
    ways = {ids[p.block].value: p for p in places(files, _DIRECTION) if p.block in ids}
    kpis = _by_block(files, Where(COMMITTEES, ("mål", "målnivåer", "nyckeltal")))
    for level in places(files, Where(COMMITTEES, ("mål", "målnivåer", "nivå"))):
        kpi = kpis.get(level.block)
        yield from _against(level, ways.get(kpi.value) if kpi else None, f"riktningen i {REGISTRY}")


def _against(level: Place, way: Place | None, where: str) -> Iterator[Problem]:
    kind = level.value.casefold().partition(" ")[0]
    good, right = _CROSSED.get((way.value if way else "", kind), ("", ""))
    if good:
        yield level.problem(
            f"målnivån är {kind}, men {good} värden är bra; skriv {right}, eller ändra {where}"
        )


def _replaced(files: Files) -> Iterator[Problem]:
    """Yield administrations and units that replace what is neither."""
    known = {place.value for where in _PARTS for place in places(files, where)}
    for where in _PARTS:
        for place in places(files, Where(COMMITTEES, (*where.keys[:-1], "ersätter"))):
            if place.value not in known and re.search(ID_PATTERN, place.value):
                near = text.did_you_mean(place.value, known) or (
                    "; skriv id för en enhet eller förvaltning, också för en som har upphört (till)"
                )
                yield place.problem(f"okänd enhet '{shown(place.value)}'{near}")


def _noted(files: Files) -> Iterator[Problem]:
    """Yield notes of what is neither a KPI of the registry nor an own measure."""
    known = {place.value for place in places(files, _DEFINED["nyckeltal"])}
    known |= {document.name for document in files[MEASURES]}
    for place in places(files, Where(NOTES, ("anteckningar", "nyckeltal"))):
        if place.value not in known and re.search(ID_PATTERN, place.value):
            yield place.problem(
                f"okänt nyckeltal '{shown(place.value)}'; det finns varken i {REGISTRY} eller bland"
                f" egna mått i mappen {MEASURES}"
            )


def _order(
    files: Files, folder: str, keys: tuple[str, ...], first: str, second: str
) -> Iterator[Problem]:
    """Yield places where what should come later comes first; both are written year first."""
    begins = _by_block(files, Where(folder, (*keys, first)))
    for later in places(files, Where(folder, (*keys, second))):
        begin = begins.get(later.block)
        if begin and begin.value > later.value and len(begin.value) == len(later.value):
            yield later.problem(
                f"'{second}' är {shown(later.value)}, före '{first}' {shown(begin.value)}"
            )


def _owners(documents: Iterable[Document], committees: Iterable[Document]) -> Iterator[Problem]:
    """Yield files that no committee has, and files that are there both as YAML and as Excel."""
    slugs = {document.name for document in committees}
    if not slugs:
        return  # that there is no committee at all is said once
    first: dict[str, str] = {}
    for document in documents:
        slug = document.name
        if slug not in slugs:
            near = text.did_you_mean(slug, slugs) or ""
            yield document.problem(
                (), f"ingen nämnd har en fil {COMMITTEES}/{slug}.yaml{near}; döp om filen"
            )
        before = first.setdefault(slug, document.file)
        if before != document.file:
            yield document.problem((), f"finns också som {before}; ta bort eller flytta den ena")


def usable_as_folder(slug: str) -> bool:
    """Return whether a slug can name a file and a folder on every system."""
    return bool(_SAFE.fullmatch(slug)) and not _WINDOWS.fullmatch(slug)


def _well_named(committee: Document) -> bool:
    """Return whether a file has a name that a committee can have; a copy beside it seldom has."""
    return _SAFE.fullmatch(committee.name) is not None


def _file_names(committees: Iterable[Document]) -> Iterator[Problem]:
    """Yield files whose names cannot be folders everywhere: a committee's slug is its file's."""
    first: dict[str, str] = {}
    for document in committees:
        slug = document.name
        before = first.setdefault(slug.casefold(), document.file)
        if before != document.file:
            yield document.problem((), f"namnet skiljer sig bara i stora bokstäver från {before}")
        if not _SAFE.fullmatch(slug):
            yield document.problem(
                (),
                "filens namn får ha högst 40 tecken: a-z, 0-9, - och _; är den en kopia: flytta den"
                " ur mappen",
            )
        elif _WINDOWS.fullmatch(slug):
            yield document.problem((), "namnet är upptaget i Windows; döp om filen")
