"""KPIs that measure the same of others: titles alike but for who provides, an age or an origin.

Pure: ids and titles in, families out. Kolada does not tell which belong together; the titles do.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final, Literal

from malstyr_lib import kpi_title

Kind = Literal["huvudman", "ålder", "årskurs", "födelseland", "nyinvandrade"]

HOME: Final = "hemkommun"
PLACE: Final = "lägeskommun"
PUBLIC: Final = "kommunal"
PRIVATE: Final = "fristående"
WHOLE: Final = "totalt"
"""The part of a KPI whose title names none."""

_AGES: Final = (
    r"[<>] ?\d+ ?år\b",
    r"\d+ år eller (?:yngre|äldre)\b",
    r"(?<!kr/inv )\b\d+ ?[-–] ?\d+ ?år\b",
    r"\d+\+(?: ?år\b)?",
)
_PARTS: Final[dict[Kind, tuple[tuple[str, str], ...]]] = {
    "huvudman": (
        (HOME, r"\bhemkommun\b"),
        (PLACE, r"\blägeskommun\b"),
        (PUBLIC, r"\bkommunala? (?:skol(?:or|a)\b|regi\b|(?=grundskola|gymnasieskola|förskola))"),
        (
            PRIVATE,
            r"\b(?:fristående|enskild) (?:skol(?:or|a)\b(?: i kommunen)?|regi\b"
            r"|(?=grundskola|gymnasieskola|förskola))",
        ),
    ),
    "ålder": (("", "|".join(_AGES)),),
    "årskurs": (("", r"\båk\.? ?\d\b(?! ?[-–] ?\d)"),),
    "födelseland": (
        ("inrikes födda", r"\binrikes ?födda\b"),
        ("utrikes födda", r"\butrikes ?födda\b"),
    ),
    "nyinvandrade": (("utan nyinvandrade", r"\(?\bexkl\w*\.? nyinvandrade[^),]*\)?"),),
}
"""What a title may differ by, by kind: the part, or "" where the words themselves are the part."""
_READERS: Final = {
    kind: tuple((part, re.compile(pattern, re.IGNORECASE)) for part, pattern in parts)
    for kind, parts in _PARTS.items()
}
_WITH_A_WHOLE: Final[tuple[Kind, ...]] = ("ålder", "födelseland", "nyinvandrade")
"""The kinds where a title without any part is that of everybody."""
_TOTAL: Final = re.compile(r"\btotalt\b", re.IGNORECASE)
_SIGNS: Final = re.compile(r"[\s,.:\-–—]+")
_ORDER: Final = {HOME: 0, PLACE: 1, PUBLIC: 2, PRIVATE: 3, WHOLE: -1}


@dataclass(frozen=True)
class Member:
    """A KPI of a family; part: what of the family it measures, as "hemkommun" or "30–49 år"."""

    id: str
    title: str
    part: str


@dataclass(frozen=True)
class Family:
    """KPIs that measure the same, each of its own part; members in the order of the parts."""

    kind: Kind
    members: tuple[Member, ...]

    def of(self, part: str) -> Member | None:
        """Return the member that measures a part, if there is one."""
        return next((one for one in self.members if one.part == part), None)


@dataclass(frozen=True)
class Titles:
    """Kolada's titles by id, sorted by how they begin, so that few are compared."""

    by_id: Mapping[str, str]

    @cached_property
    def beginnings(self) -> dict[str, list[str]]:
        """The ids by the first letters of their titles."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for kpi, title in self.by_id.items():
            found[_first(title)].append(kpi)
        return dict(found)


def family(kpi: str, kind: Kind, titles: Titles) -> Family | None:
    """Return a KPI's family of a kind, itself included; None when it is alone.

    Those that differ only by the part belong together, whatever their
    capitals, blanks and signs. Series that have ended are with those that ended the same year.
    Where two measure the same part, the KPI itself or the first id is taken.
    """
    if kpi not in titles.by_id:
        return None
    by_part: dict[str, Member] = {}
    for one in sorted(_alike(kpi, kind, titles), key=lambda one: (one.id != kpi, one.id)):
        by_part.setdefault(one.part, one)
    if len(by_part) < 2:
        return None
    return Family(kind, tuple(sorted(by_part.values(), key=lambda one: _place(one.part))))


def _alike(kpi: str, kind: Kind, titles: Titles) -> Iterator[Member]:
    """Yield the KPIs whose title is this one's but for the part."""
    mine = titles.by_id[kpi]
    bare, part = _split(kind, mine)
    if not part:
        return
    ended = kpi_title.ended_year(mine)
    for one in titles.beginnings[_first(mine)]:
        title = titles.by_id[one]
        its, other = _split(kind, title)
        if its == bare and other and kpi_title.ended_year(title) == ended:
            yield Member(one, kpi_title.plain(title), other)


def _first(title: str) -> str:
    """Return the first letters of a title as they are compared."""
    return _SIGNS.sub("", title[:9].casefold())[:3]


@cache
def _split(kind: Kind, title: str) -> tuple[str, str]:
    """Return a title without its part, bare of how it is written, and the part; "" if none."""
    plain = kpi_title.plain(title)
    for part, pattern in _READERS[kind]:
        if found := pattern.search(plain):
            return _bare(pattern.sub(" ", plain)), part or _words(found.group(0))
    return _bare(plain), WHOLE if kind in _WITH_A_WHOLE else ""


def _bare(title: str) -> str:
    written = re.sub(r"bakgr\w*\.?", "bakgrund", _TOTAL.sub("", title).casefold())
    return _SIGNS.sub("", written)


def _words(part: str) -> str:
    """Return an age or a form as it is said: "under 30 år", "30–49 år", "åk 9"."""
    said = re.sub(r"(?<=\d) ?- ?(?=\d)", "–", " ".join(part.split()))
    said = re.sub(r"^< ?", "under ", re.sub(r"^> ?", "över ", said))
    said = re.sub(r"^åk\.? ?", "åk ", said, flags=re.IGNORECASE)
    said = re.sub(r"(?<=\d)\+(?: ?år)?$", " år och äldre", said)
    return re.sub(r"(?<=\d)år\b", " år", said)


def _place(part: str) -> tuple[int, int, str]:
    """Return where a part stands among the others: the whole first, then the youngest."""
    number = re.search(r"\d+", part)
    if part in _ORDER:
        return _ORDER[part], 0, part
    age = int(number[0]) if number else 0
    return 0, 2 * age + (part.startswith("över")) - (part.startswith("under")), part
