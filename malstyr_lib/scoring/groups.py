"""Comparison groups: alla, län and liknande, with their members as area ids.

Docs: docs/metod.md section 2. Riket and regions are never members.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from malstyr_lib.errors import UsageError
from malstyr_lib.model import Kpi
from malstyr_lib.tables import municipalities_only

GROUPS = ("alla", "län", "liknande")
_SIMILAR = re.compile(r"Liknande kommuner,? (?P<area>.+), (?P<name>[^,]+), (?P<year>\d{4})$")


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

    kind: alla (every municipality), län (same first two digits of the code) or liknande
    (Kolada's seven similar of `similar_area`, plus the municipality itself; the newest year).
    A KPI without area, or an area without a group, gives a group of the municipality alone,
    which is too small for a colour. UsageError for an unknown kind.
    """
    everyone = municipalities_only(municipalities)
    if kind == "alla":
        return Group(kind, "alla kommuner", tuple(everyone))
    if kind == "län":
        same = tuple(area for area in everyone if area[:2] == municipality[:2])
        return Group(kind, "kommunerna i länet", same)
    if kind == "liknande":
        name = municipalities.loc[municipalities["id"] == municipality, "title"].iloc[0]
        return _similar(name, municipality, similar_area, municipality_groups)
    raise UsageError(f"Okänd jämförelsegrupp '{kind}'. Välj alla, län eller liknande.")


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
        area = kpi.similar_area
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


def _similar(name: str, municipality: str, area: str | None, groups: pd.DataFrame) -> Group:
    """Return Kolada's newest group of similar municipalities for one area."""
    found = [
        (match["year"], title, members)
        for title, members in zip(groups["title"], groups["members"], strict=True)
        if (match := _SIMILAR.match(title)) and match["name"] == name and match["area"] == area
    ]
    if not found:
        return Group("liknande", f"liknande kommuner {area or ''}".strip(), (municipality,))
    _, title, members = max(found, key=lambda one: one[:2])
    ids = {member["member_id"] for member in members} | {municipality}
    return Group("liknande", title, tuple(sorted(ids)))
