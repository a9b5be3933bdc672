"""Questions 23 and 24, schools or pupils and which groups: the KPI beside those of its family."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from malstyr_lib import tables, text
from malstyr_lib.markup import STATUS
from malstyr_lib.questions import families
from malstyr_lib.questions.answer import Reply, likely, sure, unsure
from malstyr_lib.questions.colours import scores_of
from malstyr_lib.questions.families import HOME, PLACE, PRIVATE, PUBLIC, WHOLE, Family, Kind
from malstyr_lib.questions.needs import Need
from malstyr_lib.scoring.scores import BARELY_RED

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case

GROUPS: Final[tuple[Kind, ...]] = ("ålder", "årskurs", "födelseland", "nyinvandrade")
CURE: Final = "Kommandot malstyr hamta --allt hämtar alla."


@dataclass(frozen=True)
class Part:
    """A part of a family in a year: the own value, the others' median, and the colour."""

    id: str
    part: str
    period: int
    value: float
    median: float
    colour: str
    unsure: bool


@dataclass(frozen=True)
class Related(Need):
    """A need for KPIs of the same family; it names those that Kolada has and the store lacks."""

    kinds: tuple[Kind, ...] = ()

    def words(self, case: Case) -> str:
        """Return which are lacking, and the cure."""
        absent = [one for found in kin(case, self.kinds) for one in _absent(case, found)]
        if not absent:
            return f"{case.name} har inga värden för de andra i samma familj som {case.id}."
        return f"{self.lacking.format(kpi=case.id, name=case.name)} {_listed(absent)}. {self.cure}"


def _needs(kinds: tuple[Kind, ...], nobody: str) -> tuple[Need, Need]:
    """Return that there is a family in Kolada, and that something more of it is in the store."""
    family = Need("familj i Kolada", nobody, "", lambda case: bool(kin(case, kinds)))
    held = Related(
        "familj i lagret",
        "Lagret har bara {kpi} av nyckeltalen som mäter samma sak; det saknar",
        CURE,
        lambda case: not kin(case, kinds) or any(_held(case, one) for one in kin(case, kinds)),
        kinds,
    )
    return family, held


PROVIDERS: Final = _needs(
    ("huvudman",),
    "Kolada har {kpi} bara i en form, så den egna verksamheten går inte att skilja från invånarna.",
)
PARTS: Final = _needs(
    GROUPS, "Kolada har inte {kpi} uppdelat på åldrar, årskurser eller födelseland."
)


def kin(case: Case, kinds: Sequence[Kind]) -> list[Family]:
    """Return the KPI's families of some kinds, those that there are."""
    found = (families.family(case.id, kind, case.setting.titles) for kind in kinds)
    return [one for one in found if one is not None]


def _absent(case: Case, found: Family) -> list[families.Member]:
    return [one for one in found.members if not case.setting.held(one.id)]


def _held(case: Case, found: Family) -> bool:
    """Return whether the own municipality has a value for another of the family."""
    return any(case.own(one.id) for one in found.members if one.id != case.id)


def _listed(members: Sequence[families.Member]) -> str:
    return text.listing([f"{one.id} ({one.part})" for one in members])


def parts(case: Case, found: Family) -> list[Part]:
    """Return the family's parts with an own value, of the newest year that most of them have.

    No year is looked at that is older than the one before that of the case.
    """
    scored = _scored(case, found)
    recent = (case.period or 0) - 1
    years = [year for rows in scored.values() for year in rows if year >= recent]
    if not years:
        return []
    most = max(years.count(year) for year in years)
    period = max(year for year in years if years.count(year) == most)
    return [_part(case, one, rows[period]) for one, rows in scored.items() if period in rows]


def _scored(case: Case, found: Family) -> dict[families.Member, dict[int, dict[Any, Any]]]:
    held = [one for one in found.members if case.setting.held(one.id)]
    return {one: scores_of(case, one.id, one.title) for one in held}


def _older(case: Case, found: Sequence[Family]) -> str:
    """Return when the parts had their newest values together, where that is too long ago."""
    years = [[*rows] for one in found for rows in _scored(case, one).values()]
    every = [year for rows in years for year in rows]
    last = max((year for year in every if every.count(year) > 1), default=None)
    if last is None or case.period is None or last >= case.period - 1:
        return ""
    return (
        f"Grupperna har inte värden för samma år efter {last}, men {case.name} har värde för"
        f" {case.period}."
    )


def _late(case: Case, known: Sequence[Part]) -> str:
    """Return that the parts are of an older year than the case's newest value, or nothing."""
    year = known[0].period
    if case.period is None or year >= case.period:
        return ""
    return f"{year} är senaste året som de flesta av grupperna har värden."


def _part(case: Case, one: families.Member, row: dict[Any, Any]) -> Part:
    year = int(row["period"])
    values = case.everyone_of(one.id, year)
    bare = BARELY_RED in str(row["reason"]) or bool(row["preliminary"])
    middle = float(np.nanmedian(values)) if not np.isnan(values).all() else nan
    return Part(one.id, one.part, year, float(row["value"]), middle, str(row["colour"]), bare)


def table(found: Sequence[Part]) -> pd.DataFrame:
    """Return the parts as readers see them."""
    return pd.DataFrame(
        {
            "Del": [text.capital(one.part) for one in found],
            "Nyckeltal": [one.id for one in found],
            "År": [str(one.period) for one in found],
            "Värde": [one.value for one in found],
            "Median, alla kommuner": [one.median for one in found],
            "Färg": [STATUS[one.colour].label for one in found],
        }
    )


def schools_or_pupils(case: Case) -> Reply:
    """Answer whether it is the own schools or the own pupils, wherever these go to school."""
    (found,) = kin(case, ("huvudman",))
    known = parts(case, found)
    by_part = {one.part: one for one in known}
    pupils, schools = by_part.get(HOME), by_part.get(PUBLIC) or by_part.get(PLACE)
    absent = _missing(case, found)
    if not known:
        nobody = f"Ingen av grupperna har värde för {case.period} eller året före i {case.name}."
        return unsure(" ".join(filter(None, (_older(case, [found]), absent))) or nobody)
    if pupils is None or schools is None:
        return _one_side(case, found, known, absent)
    late = _late(case, known)
    why = " ".join(filter(None, (late, _also(case, by_part), absent)))
    said = _both(case, pupils, schools)
    basis = f"Samma mått för två grupper {pupils.period}, var för sig mot andra kommuner."
    doubted = late or pupils.unsure or schools.unsure or not _coloured(known)
    grade = likely if doubted else sure
    return grade(said, f"{basis} {why}".strip(), underlag=table(known))


def called(case: Case, part: str) -> str:
    """Return what a part is called in running text, in the plural."""
    title = case.title.casefold()
    school = "förskol" if "förskol" in title else "skol"
    if school not in title and "elev" not in title:
        return {
            HOME: f"invånarna i {case.name}",
            PLACE: f"alla verksamheter i {case.name}",
            PUBLIC: "verksamheterna i kommunal regi",
            PRIVATE: "verksamheterna i enskild regi",
        }[part]
    children = "barnen" if school == "förskol" else "eleverna"
    return {
        HOME: f"{children} som bor i {case.name}",
        PLACE: f"alla {school}or i {case.name}",
        PUBLIC: f"de kommunala {school}orna",
        PRIVATE: f"de fristående {school}orna",
    }[part]


def _head(case: Case, one: Part) -> str:
    """Return which of the two it is, in one word."""
    words = called(case, one.part).split()
    return (words[0] if one.part == HOME else words[-1]).capitalize()


def _with_value(case: Case, one: Part) -> str:
    return f"{called(case, one.part)} ({case.said(one.value)})"


def _coloured(found: Sequence[Part]) -> bool:
    return all(one.colour != tables.GREY for one in found)


def _both(case: Case, pupils: Part, schools: Part) -> str:
    """Return which of the two is red, or how they differ where there are no colours."""
    first, second = _with_value(case, pupils), _with_value(case, schools)
    year = pupils.period
    if not _coloured([pupils, schools]):
        gap = schools.value - pupils.value
        way = "lika" if not gap else f"{case.far(gap)} {'högre' if gap > 0 else 'lägre'}"
        end = "" if way == "lika" else f" än {first}"
        return f"Värdet för {second} är {way}{end or f' som {first}'} {year}."
    red = [one.colour == tables.RED for one in (pupils, schools)]
    if all(red):
        return f"Båda: både {first} och {second} är röda {year}."
    if not any(red):
        words = text.MANY[pupils.colour], text.MANY[schools.colour]
        if words[0] == words[1]:
            return f"Ingetdera är rött: både {first} och {second} är {words[0]} {year}."
        return f"Ingetdera är rött: {first} är {words[0]} och {second} {words[1]} {year}."
    it, other, calm = (first, second, schools) if red[0] else (second, first, pupils)
    head = _head(case, pupils if red[0] else schools)
    return f"{head}: {it} är röda {year}, men {other} är {text.MANY[calm.colour]}."


def _also(case: Case, by_part: dict[str, Part]) -> str:
    """Return the value of the independent ones, where known."""
    one = by_part.get(PRIVATE)
    return f"För {called(case, PRIVATE)} är värdet {case.said(one.value)}." if one else ""


def _missing(case: Case, found: Family) -> str:
    absent = _absent(case, found)
    return f"Lagret saknar {_listed(absent)}. {CURE}" if absent else ""


def _one_side(case: Case, found: Family, known: Sequence[Part], absent: str) -> Reply:
    """Return that one of the two sides is not known, with the values of the other."""
    there = {one.part for one in known}
    home = HOME in there
    lacking = PUBLIC if home else HOME
    whom = called(case, lacking)
    inside = found.of(HOME) if not home else found.of(PUBLIC) or found.of(PLACE)
    values = text.listing([f"{case.said(one.value)} för {called(case, one.part)}" for one in known])
    said = f"För {whom} finns inget värde att jämföra med; {known[0].period} är det {values}."
    reason = absent or f"{case.name} har inget värde för {whom}."
    if inside is None:
        reason = f"Kolada har inget sådant nyckeltal för {whom}. {absent}"
    return unsure(reason.strip(), said, underlag=table(known))


def which_groups(case: Case) -> Reply:
    """Answer which ages or groups it is about: by colour, or the highest and the lowest."""
    told = [(one, parts(case, one)) for one in kin(case, GROUPS)]
    known = [(one, found) for one, found in told if len(found) > 1]
    if not known:
        absent = " ".join(filter(None, (_missing(case, one) for one, _ in told)))
        older = _older(case, [one for one, _ in told])
        alone = f"{case.name} har värde bara för en av grupperna."
        return unsure(" ".join(filter(None, (older, absent))) or alone)
    said = " ".join(_said(case, found) for _, found in known[:2])
    every = [one for _, found in known for one in found]
    why = "Varje grupp jämförs med samma grupp i andra kommuner; grupperna kan vara små."
    late = next(filter(None, (_late(case, found) for _, found in known)), "")
    absent = " ".join(filter(None, (late, *(_missing(case, one) for one, _ in told))))
    shown = table([*{one.id: one for one in every}.values()])
    doubted = late or any(one.unsure for one in every)
    grade = likely if doubted else _lasting(case, every)
    return grade(said, f"{why} {absent}".strip(), underlag=shown)


def _said(case: Case, known: Sequence[Part]) -> str:
    """Return one family's sentence."""
    groups = [one for one in known if one.part != WHOLE] or list(known)
    where = f"i {case.name} {known[0].period}"
    if len(groups) == 1:
        return _against_whole(case, groups[0], known, where)
    if not _coloured(groups):
        high, low = max(groups, key=lambda one: one.value), min(groups, key=lambda one: one.value)
        return (
            f"Värdet är högst för {_group(case, high)} och lägst för {_group(case, low)} {where}."
        )
    red = [_group(case, one) for one in groups if one.colour == tables.RED]
    rest = [
        f"{_group(case, one)} är {text.ONE[one.colour]}"
        for one in groups
        if one.colour != tables.RED
    ]
    if not red:
        return f"Ingen av grupperna är röd {where}: {text.listing(rest)}."
    if not rest:
        who = "Båda grupperna" if len(red) == 2 else f"Alla {len(red)} grupperna"
        return f"{who} är röda {where}: {text.listing(red)}."
    noun, verb = ("Gruppen", "är röd") if len(red) == 1 else ("Grupperna", "är röda")
    return f"{noun} {text.listing(red)} {verb} {where}, men {text.listing(rest)}."


def _group(case: Case, one: Part) -> str:
    return f"{one.part} ({case.said(one.value)})"


def _against_whole(case: Case, one: Part, known: Sequence[Part], where: str) -> str:
    """Return a group beside everybody."""
    whole = next(other for other in known if other.part == WHOLE)
    values = [
        f"{case.said(x.value)} ({text.NEUTER[x.colour]})"
        if x.colour != tables.GREY
        else case.said(x.value)
        for x in (one, whole)
    ]
    group = one.part if one.part.startswith("utan") else f"för gruppen {one.part}"
    return f"{text.capital(group)} är värdet {values[0]}, mot {values[1]} för alla {where}."


def _lasting(case: Case, every: Sequence[Part]) -> Callable[..., Reply]:
    """Return how sure it is: whether every group had the same colour the year before."""
    same = all(one.colour == before for one, before in _before(case, every))
    return sure if same else likely


def _before(case: Case, every: Sequence[Part]) -> Iterator[tuple[Part, str]]:
    for one in every:
        rows = scores_of(case, one.id, case.evidence.titles.get(one.id, case.title))
        yield one, str(rows.get(one.period - 1, {}).get("colour", ""))
