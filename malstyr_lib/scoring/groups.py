"""Comparison groups: alla, län, liknande and kommungrupp, with their members as area ids.

Docs: docs/metod.md section 2. Riket and regions are never members.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from malstyr_lib.errors import UsageError
from malstyr_lib.model import Kpi
from malstyr_lib.tables import municipalities_only

GROUPS = ("alla", "län", "liknande", "kommungrupp")
SMALLER_GROUPS = GROUPS[1:]
GROUP_WORDS = {
    "alla": "alla kommuner",
    "län": "kommunerna i länet",
    "liknande": "liknande kommuner",
    "kommungrupp": "SKR:s kommungrupp",
}
"""What readers call the kinds of groups."""
SKR_GROUPS = (
    "Storstäder",
    "Pendlingskommun nära storstad",
    "Större stad",
    "Pendlingskommun nära större stad",
    "Lågpendlingskommun nära större stad",
    "Mindre stad/tätort",
    "Pendlingskommun nära mindre tätort",
    "Landsbygdskommun, ej nära större stad",
    "Landsbygdskommun med besöksnäring",
)
_SIMILAR = re.compile(r"Liknande kommuner,? (?P<area>.+), (?P<name>[^,]+), (?P<year>\d{4})$")
_UNWEIGHTED = re.compile(r"\s*\(ovägt medel\)\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Group:
    """A comparison group: its kind, its title for readers, and its members (own included)."""

    kind: str
    title: str
    members: tuple[str, ...]


def group(
    kind: str,
    municipality: str,
    *,
    municipalities: pd.DataFrame,
    municipality_groups: pd.DataFrame,
    similar_area: str | None = None,
) -> Group:
    """Return one municipality's comparison group.

    kind: alla (every municipality), län (same first two digits of the code), liknande (Kolada's
    seven similar of `similar_area`, the newest group, plus the municipality itself) or kommungrupp
    (those that SKR classes with it).
    What Kolada has no group for (a KPI without area, an area without a group, a municipality that
    is not classed) gives a group of the municipality alone, which is too small for a colour.
    UsageError for an unknown kind.
    """
    if kind not in GROUPS:
        known = f"{', '.join(GROUPS[:-1])} eller {GROUPS[-1]}"
        raise UsageError(f"Okänd jämförelsegrupp '{kind}'. Välj {known}.")
    everyone = municipalities_only(municipalities)
    if kind == "alla":
        return Group(kind, GROUP_WORDS[kind], tuple(everyone))
    if kind == "län":
        same = tuple(area for area in everyone if area[:2] == municipality[:2])
        return Group(kind, GROUP_WORDS[kind], same)
    if kind == "liknande":
        name = municipalities.loc[municipalities["id"] == municipality, "title"].iloc[0]
        title, ids = _similar(name, similar_area, municipality_groups)
    else:
        title, ids = _classed(municipality, municipality_groups)
    return Group(kind, title, tuple(sorted(ids & set(everyone) | {municipality})))


def groups_of(
    kind: str,
    municipality: str,
    kpis: Iterable[Kpi],
    *,
    municipalities: pd.DataFrame,
    municipality_groups: pd.DataFrame,
) -> dict[str, Group]:
    """Return the comparison group of every KPI by its id; see `group`."""
    by_area: dict[str | None, Group] = {}
    found = {}
    for kpi in kpis:
        area = kpi.similar_area if kind == "liknande" else None
        if area not in by_area:
            by_area[area] = group(
                kind,
                municipality,
                municipalities=municipalities,
                municipality_groups=municipality_groups,
                similar_area=area,
            )
        found[kpi.id] = by_area[area]
    return found


def pinned(groups: Mapping[str, Group]) -> list[dict[str, str]]:
    """Return the groups of KPIs as flat rows, to be kept in a report's manifest.

    groups: one group by KPI id, as `groups_of` gives them. A row has kpi, kind, title and members,
    which are area ids with blanks between.
    """
    return [
        {"kpi": kpi, "kind": one.kind, "title": one.title, "members": " ".join(one.members)}
        for kpi, one in groups.items()
    ]


def _similar(name: str, area: str | None, groups: pd.DataFrame) -> tuple[str, set[str]]:
    """Return the title and members of Kolada's newest group for one area."""
    found = [
        (match["year"], title, members)
        for title, members in zip(groups["title"], groups["members"], strict=True)
        if (match := _SIMILAR.match(title)) and (match["name"], match["area"]) == (name, area)
    ]
    if not found:
        return f"liknande kommuner {area or ''}".strip(), set()
    _, title, members = max(found, key=lambda one: one[:2])
    return title, _ids(members)


def _classed(municipality: str, groups: pd.DataFrame) -> tuple[str, set[str]]:
    """Return the title and members of the one of SKR's groups that a municipality is in."""
    for title, members in zip(groups["title"], groups["members"], strict=True):
        if (name := _skr_group(title)) and municipality in (ids := _ids(members)):
            return f"SKR-gruppen {name}", ids
    return "SKR:s kommungrupp", set()


def _skr_group(title: str) -> str | None:
    """Return which of SKR's groups a title names, as SKR writes it; None for another group."""
    return _BY_WORDS.get(_words(_UNWEIGHTED.sub("", title)))


def _words(title: str) -> str:
    """Return a title's words alone: how commas and capitals are set differs between sources."""
    return " ".join(re.findall(r"\w+", title.casefold()))


_BY_WORDS = {_words(name): name for name in SKR_GROUPS}


def _ids(members: Iterable[Mapping[str, str]]) -> set[str]:
    """Return the ids of the members of a group as Kolada writes them."""
    return {member["member_id"] for member in members}
