"""The names and contracts of the tables that pass between modules.

Long form throughout. Ids are text, `period` is int64 (a year), `value` is float64 and a missing
value is NaN. Genders are T (total), K (women), M (men). Functions return new tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import pandas as pd

OBSERVATIONS: Final = {
    "kpi": "str",
    "municipality": "str",
    "period": "int64",
    "gender": "str",
    "value": "float64",
    "status": "str",
}
CHANGED_OBSERVATIONS: Final = OBSERVATIONS | {"isdeleted": "bool"}
OU_OBSERVATIONS: Final = {
    "kpi": "str",
    "municipality": "str",
    "ou": "str",
    "period": "int64",
    "gender": "str",
    "value": "float64",
    "status": "str",
}
SCORES: Final = {
    "kpi": "str",
    "municipality": "str",
    "period": "int64",
    "gender": "str",
    "value": "float64",
    "group": "str",
    "n": "int64",
    "rank": "Int64",
    "colour": "str",
    "reason": "str",
    "gap_to_yellow": "float64",
    "gap_to_median": "float64",
    "gap_iqr": "float64",
    "preliminary": "bool",
}
KPIS: Final = {
    "id": "str",
    "title": "str",
    "description": "str",
    "is_divided_by_gender": "bool",
    "municipality_type": "str",
    "auspice": "str",
    "operating_area": "str",
    "perspective": "str",
    "prel_publication_date": "str",
    "publication_date": "str",
    "publ_period": "str",
    "has_ou_data": "bool",
}
MUNICIPALITIES: Final = {"id": "str", "title": "str", "type": "str"}
GROUPS: Final = {"id": "str", "title": "str", "members": "object"}
OUS: Final = {"id": "str", "title": "str", "municipality": "str"}
OWN_VALUES: Final = {
    "measure": "str",
    "part": "str",
    "period": "str",
    "gender": "str",
    "value": "float64",
    "provisional": "bool",
}
"""The municipality's own figures. `part` is an administration's or a unit's id and "" the whole;
`period` is text, 2026-03, 2026-K1 or 2026."""

GENDERS: Final = ("T", "K", "M")
NATION: Final = "0000"

RED: Final = "red"
YELLOW: Final = "yellow"
GREEN: Final = "green"
GREY: Final = "grey"
JUDGED: Final = (RED, YELLOW, GREEN)
COLOURS: Final = (*JUDGED, GREY)


def frame(contract: Mapping[str, str], columns: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """Return a new table that keeps a contract: its columns, in its order, with its types."""
    return pd.DataFrame(
        {name: pd.Series(columns[name], dtype=dtype) for name, dtype in contract.items()}
    )


def of_rows(contract: Mapping[str, str], rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Return rows as a new table that keeps a contract; what else a row holds is left out."""
    told = list(rows)
    return frame(contract, {name: [row[name] for row in told] for name in contract})


def empty(contract: Mapping[str, str]) -> pd.DataFrame:
    """Return a table of a contract without rows."""
    return frame(contract, {name: [] for name in contract})


def series(
    observations: pd.DataFrame, kpi: str, municipality: str, gender: str = "T"
) -> dict[int, float]:
    """Return one area's known values of a KPI by year, in the order of the observations."""
    mine = observations[
        (observations["kpi"] == kpi)
        & (observations["municipality"] == municipality)
        & (observations["gender"] == gender)
        & observations["value"].notna()
    ]
    return {int(y): float(v) for y, v in zip(mine["period"], mine["value"], strict=True)}


def municipalities_only(areas: pd.DataFrame) -> list[str]:
    """Return the ids of the areas that are municipalities (type K), sorted: never by length."""
    return sorted(areas.loc[areas["type"] == "K", "id"])


def areas_with_values(areas: pd.DataFrame) -> list[str]:
    """Return the ids of the areas that have values of their own, sorted: types K and L."""
    return sorted(areas.loc[areas["type"].isin(["K", "L"]), "id"])


def municipal_kpis(kpis: pd.DataFrame) -> set[str]:
    """Return the ids of the KPIs that municipalities have: municipality_type K or A (all)."""
    return set(kpis.loc[kpis["municipality_type"].isin(["K", "A"]), "id"])


def is_exercise(areas: Iterable[str]) -> bool:
    """Return whether area ids belong to the exercise world: no Swedish municipality begins on 9."""
    return any(area.startswith("9") for area in areas)
