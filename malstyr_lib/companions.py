"""The KPIs that belong to others: a survey's margin of error, and the persons a share is of.

Docs: docs/metod.md section 13.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, product
from typing import Final, Literal, TypeAlias

import pandas as pd

from malstyr_lib import kpi_title
from malstyr_lib.model import Kpi

Kind = Literal["margin", "base"]

# the surveys are those whose names Kolada leaves out of the titles of their margins
_PARTS: Final = re.compile(
    r"(?P<margin>osäkerhetstal\s*[-–—,:]\s*)?"
    r"(?:(?:medborgarundersökningen|ntu)\s*[-–—]\s*)?"
    r"(?P<what>.*)",
    re.DOTALL,
)
_BLANK: Final = re.compile(r"[\s,]+")

_Named: TypeAlias = list[tuple[str, int | None]]
"""Ids with the year that each series ended."""


@dataclass(frozen=True)
class Companion:
    """A KPI that is fetched for the sake of others: its id, what it is, and ids of the others."""

    id: str
    kind: Kind
    of: tuple[str, ...]


def margin_of(kpis: pd.DataFrame) -> dict[str, str]:
    """Return KPI id → id of the KPI with its margin of error, by title; no entry without one.

    kpis: tables.KPIS. Kolada's title is "Osäkerhetstal - " and that of the survey's own KPI,
    without "Medborgarundersökningen - " or "NTU - ". Capitals, blanks, commas, the sign between
    and a mark of having ended do not count. Where a title occurs more than once, those that
    ended the same year belong together; what is then still ambiguous has no entry.
    """
    surveys: defaultdict[str, _Named] = defaultdict(list)
    margins: defaultdict[str, _Named] = defaultdict(list)
    for kpi, title in dict(zip(kpis["id"], kpis["title"].fillna(""), strict=True)).items():
        is_margin, what = _parts(title)
        (margins if is_margin else surveys)[what].append((kpi, kpi_title.ended_year(title)))
    return dict(chain.from_iterable(_matched(surveys[what], margins[what]) for what in margins))


def companions(registry: Iterable[Kpi], kpis: pd.DataFrame) -> tuple[Companion, ...]:
    """Return the companions of a registry's KPIs that are not in the registry themselves.

    kpis: the catalogue (tables.KPIS), which the margins of error are found in; an empty one
    gives the bases only. In the order of the registry, each once for all KPIs that it belongs to.
    """
    registry, margins = list(registry), margin_of(kpis)
    found: defaultdict[tuple[str, Kind], list[str]] = defaultdict(list)
    for kpi in registry:
        if kpi.id in margins:
            found[margins[kpi.id], "margin"].append(kpi.id)
        if kpi.base:
            found[kpi.base, "base"].append(kpi.id)
    own = {kpi.id for kpi in registry}
    return tuple(
        Companion(one, kind, tuple(of)) for (one, kind), of in found.items() if one not in own
    )


def wanted(registry: Iterable[Kpi], kpis: pd.DataFrame) -> list[str]:
    """Return the ids to fetch for a registry: its own in order, then those of the companions."""
    registry = list(registry)
    more = companions(registry, kpis)
    return list(dict.fromkeys([kpi.id for kpi in registry] + [one.id for one in more]))


def of_units(registry: Iterable[Kpi], kpis: pd.DataFrame) -> list[str]:
    """Return those of `wanted` that Kolada has for units too, such as schools; in its order."""
    told = {*kpis.loc[kpis["has_ou_data"], "id"]}
    return [one for one in wanted(registry, kpis) if one in told]


def _parts(title: str) -> tuple[bool, str]:
    """Return whether a title is that of a margin, and what was asked, bare of how it is written."""
    found = _PARTS.fullmatch(kpi_title.plain(title).casefold())
    return (bool(found["margin"]), _BLANK.sub("", found["what"])) if found else (False, "")


def _matched(surveys: _Named, margins: _Named) -> list[tuple[str, str]]:
    """Return which of the same title belong together, nothing when that can't be told."""
    every = [*product(surveys, margins)]
    found = [(s, m) for (s, ended), (m, its) in every if ended == its]
    found = found or [(s, m) for (s, _), (m, _) in every]
    one_to_one = all(len({*side}) == len(found) for side in zip(*found, strict=True))
    return found if one_to_one else []
