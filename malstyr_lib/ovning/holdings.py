"""All that the stand-in server answers from: objects as bytes, values by row, groups by member."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import pandas as pd

from malstyr_lib.ovning.dataset import Dataset
from malstyr_lib.ovning.index import Index, Ints, build


@dataclass(frozen=True)
class Listing:
    """One of the API's lists of objects: every object ready to send, and what it is found by."""

    objects: tuple[msgspec.Raw, ...]
    place: Mapping[str, int]
    titles: tuple[str, ...]
    filters: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Groups:
    """Groups with at least one known member: `members` are area codes, group after group."""

    ids: tuple[str, ...]
    place: Mapping[str, int]
    members: Ints
    first: Ints


@dataclass(frozen=True)
class Holdings:
    """Everything a data set holds, arranged for answering; `changed` is per KPI of `values`."""

    lists: Mapping[str, Listing]
    values: Index
    ou_values: Index
    groups: Groups
    types: Mapping[str, frozenset[str]]
    changed: Mapping[str, tuple[int, int]]


def holdings(dataset: Dataset) -> Holdings:
    """Return a data set arranged for answering."""
    values = build(dataset.values, "municipality")
    areas = dataset.municipalities
    lists = {
        "kpi": _listing(dataset.kpis, {}),
        "kpi_groups": _listing(dataset.kpi_groups, {}),
        "municipality": _listing(areas, {"region_type": "type", "type": "type"}),
        "municipality_groups": _listing(dataset.municipality_groups, {}),
        "ou": _listing(dataset.ous, {"municipality": "municipality"}),
    }
    return Holdings(
        lists=lists,
        values=values,
        ou_values=build(dataset.ou_values, "ou"),
        groups=_groups(dataset.municipality_groups, values),
        types={kind: frozenset(areas["id"][areas["type"] == kind]) for kind in "KL"},
        changed=_changed(dataset.kpis),
    )


def _listing(table: pd.DataFrame, filters: Mapping[str, str]) -> Listing:
    """Return a table of objects as a list to answer from; a missing field is null."""
    columns = {str(name): _plain(table[name]) for name in table.columns}
    encode = msgspec.json.Encoder().encode
    objects = [
        msgspec.Raw(encode(dict(zip(columns, row, strict=True))))
        for row in zip(*columns.values(), strict=True)
    ]
    return Listing(
        objects=tuple(objects),
        place={str(one): number for number, one in enumerate(table["id"])},
        titles=tuple(title.casefold() for title in table["title"]),
        filters={name: tuple(table[column]) for name, column in filters.items()},
    )


def _plain(column: pd.Series[Any]) -> list[Any]:
    """Return a column as plain values, with None for what is missing."""
    missing = column.isna()
    return [None if gone else value for gone, value in zip(missing, column.tolist(), strict=True)]


def _groups(table: pd.DataFrame, values: Index) -> Groups:
    """Return the groups that have a member with values."""
    known = {
        group: [values.areas[m["member_id"]] for m in members if m["member_id"] in values.areas]
        for group, members in zip(table["id"], table["members"], strict=True)
    }
    known = {group: members for group, members in known.items() if members}
    sizes = [len(members) for members in known.values()]
    return Groups(
        ids=tuple(known),
        place={group: number for number, group in enumerate(known)},
        members=np.array([area for members in known.values() for area in members], dtype=np.int64),
        first=np.cumsum([0, *sizes])[:-1],
    )


def _changed(kpis: pd.DataFrame) -> dict[str, tuple[int, int]]:
    """Return when a KPI's years change: years after the period, and the day as month·100 + day.

    Taken from the next publication; without one, the last day of the period itself.
    """
    columns: Sequence[Any] = (kpis["id"], kpis["publication_date"], kpis["publ_period"])
    return {
        kpi: (int(day[:4]) - int(period), int(day[5:7]) * 100 + int(day[8:10]))
        if isinstance(day, str) and isinstance(period, str)
        else (0, 1231)
        for kpi, day, period in zip(*columns, strict=True)
    }
