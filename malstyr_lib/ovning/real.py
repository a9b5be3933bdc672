"""A folder of published Kolada figures in, one `Dataset` out; what was missing is filled in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
import pandas as pd
import pyarrow.parquet as pq

from malstyr_lib import tables, text
from malstyr_lib.errors import UsageError
from malstyr_lib.ovning.catalogue import members
from malstyr_lib.ovning.dataset import STATUSES, Dataset, category

FILES: Final = (
    "kpi.json",
    "municipality.json",
    "municipality_groups.json",
    "kpi_groups.csv",
    "values.parquet",
    "ou_values.parquet",
)
FILLED_IN: Final = (
    'Status är ifylld: tom text där ett värde finns, "Missing" där värdet saknas.',
    "Uppgiften om borttagna värden (isdeleted) är ifylld: inget värde är borttaget.",
    "Antal (count) är ifyllt: 1 där ett värde finns, 0 där det saknas.",
    "Enheternas namn är ifyllda: enhetens slag och id.",
    "Dagen då ett värde ändrades är ifylld ur nyckeltalets nästa publiceringsdag.",
)


def real_figures(folder: Path) -> Dataset:
    """Return the figures of a folder as a data set; UsageError names every file that is missing."""
    _refuse_missing(folder)
    ou_values = _read(folder / "ou_values.parquet")
    return Dataset(
        kpis=_objects(folder / "kpi.json", tables.KPIS),
        kpi_groups=_kpi_groups(folder / "kpi_groups.csv"),
        municipalities=_objects(folder / "municipality.json", tables.MUNICIPALITIES),
        municipality_groups=_objects(folder / "municipality_groups.json", tables.GROUPS),
        ous=_units(ou_values),
        values=_with_status(_read(folder / "values.parquet"), tables.OBSERVATIONS),
        ou_values=_with_status(ou_values, tables.OU_OBSERVATIONS),
        filled_in=FILLED_IN,
    )


def _refuse_missing(folder: Path) -> None:
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise UsageError(
            f"I mappen {folder} saknas {text.listing(missing)}. "
            "Ange en mapp med verkliga siffror från Kolada."
        )


def _objects(path: Path, contract: Mapping[str, str]) -> pd.DataFrame:
    """Return a list of API objects as a table of a contract; other fields are left out."""
    objects = msgspec.json.decode(path.read_bytes(), type=list[dict[str, Any]])
    return tables.of_rows(contract, objects)


def _kpi_groups(path: Path) -> pd.DataFrame:
    """Return the KPI groups, whose file has one line per member."""
    lines = pd.read_csv(path, dtype="str")
    groups = lines.groupby("group_id", sort=True)
    return tables.frame(
        tables.GROUPS,
        {
            "id": list(groups.groups),
            "title": groups["group"].first().tolist(),
            "members": [members(zip(part.kpi, part.title, strict=True)) for _, part in groups],
        },
    )


def _read(path: Path) -> pd.DataFrame:
    """Return a parquet file with its text columns as categories."""
    names = [name for name in pq.read_schema(path).names if name not in ("period", "value")]
    columns: pd.DataFrame = pq.read_table(path, read_dictionary=names).to_pandas()
    return columns


def _with_status(columns: pd.DataFrame, contract: Mapping[str, str]) -> pd.DataFrame:
    """Return the columns of a contract, with `status` filled in from whether there is a value."""
    status = category(columns["value"].isna().to_numpy(), STATUSES)
    filled = columns.assign(status=status, period=columns["period"].astype("int64"))
    return filled[list(contract)]


def _units(ou_values: pd.DataFrame) -> pd.DataFrame:
    """Return the units that have values, named by their kind and id."""
    units = ou_values[["ou", "municipality", "ou_type"]].drop_duplicates("ou").astype("str")
    units = units.fillna({"ou_type": "enhet"}).sort_values("ou")
    titles = units["ou_type"].str.capitalize() + " " + units["ou"]
    columns = {"id": units["ou"], "title": titles, "municipality": units["municipality"]}
    return tables.frame(tables.OUS, {name: column.tolist() for name, column in columns.items()})
