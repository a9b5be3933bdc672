"""Tables as content-addressed Parquet objects: equal values are equal bytes under one name."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from malstyr_lib import tables, text
from malstyr_lib.errors import StoreDamaged, UsageError

CURE: Final = "Hämta igen med: malstyr hamta"
_TYPES: Final = {
    "str": pa.string(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "bool": pa.bool_(),
    "object": pa.list_(pa.struct([("member_id", pa.string()), ("member_title", pa.string())])),
}
_GENDER_ORDER: Final = {gender: place for place, gender in enumerate(tables.GENDERS)}


def digest_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def place_of(root: Path, digest: str) -> Path:
    return root / "objects" / digest[:2] / f"{digest}.parquet"


def parquet(table: pa.Table) -> bytes:
    """Return a table as the same bytes every time: no time, no pandas metadata."""
    floats = [part.name for part in table.schema if pa.types.is_floating(part.type)]
    others = [part.name for part in table.schema if pa.types.is_string(part.type)]
    sink = io.BytesIO()
    pq.write_table(
        table,
        sink,
        compression="zstd",
        use_dictionary=others,
        use_byte_stream_split=floats,
        store_schema=False,
    )
    return sink.getvalue()


def load(root: Path, digest: str, texts: Iterable[str]) -> pa.Table:
    """Return a stored table whose bytes match their digest, texts as codes; or StoreDamaged."""
    try:
        body = place_of(root, digest).read_bytes()
        if digest_of(body) != digest:
            raise ValueError(digest)
        file = pq.ParquetFile(pa.BufferReader(body), read_dictionary=list(texts))
        return file.read(use_threads=False)
    except (OSError, ValueError) as fault:
        raise StoreDamaged(
            f"Objektet {digest[:12]}… i lagret {root} saknas eller är skadat "
            f"({place_of(Path(), digest)}). {CURE}"
        ) from fault


def loaded(root: Path, digests: Iterable[str], contract: Mapping[str, str]) -> pd.DataFrame:
    """Return stored tables as one that keeps its contract."""
    texts = [name for name, dtype in contract.items() if dtype == "str"]
    parts = [load(root, digest, texts) for digest in digests]
    if not parts:
        return tables.empty(contract)
    whole = pa.concat_tables(parts).cast(_schema(contract))
    columns = {
        name: whole[name].to_pylist() if dtype == "object" else whole[name].to_pandas()
        for name, dtype in contract.items()
    }
    return tables.frame(contract, columns)


def catalogue(frame: pd.DataFrame, contract: Mapping[str, str]) -> pa.Table:
    kept = _kept(frame, contract)
    return arrow(kept.sort_values("id", ignore_index=True), contract)


def arrow(frame: pd.DataFrame, contract: Mapping[str, str]) -> pa.Table:
    table = pa.Table.from_pandas(frame, schema=_schema(contract), preserve_index=False)
    return table.replace_schema_metadata()


def _schema(contract: Mapping[str, str]) -> pa.Schema:
    return pa.schema([(name, _TYPES[dtype]) for name, dtype in contract.items()])


def _kept(frame: pd.DataFrame, contract: Mapping[str, str]) -> pd.DataFrame:
    """Return the contract's columns with its types; raises UsageError when that can't be."""
    absent = [name for name in contract if name not in frame]
    if absent:
        raise UsageError(f"Tabellen saknar kolumnen {text.listing(absent)} och skrevs inte.")
    try:
        return tables.frame(contract, {name: frame[name].array for name in contract})
    except (TypeError, ValueError) as fault:
        raise UsageError(f"Tabellen håller inte sitt kontrakt och skrevs inte: {fault}") from fault


def in_order(frame: pd.DataFrame, contract: Mapping[str, str]) -> pd.DataFrame:
    """Return observations in the one order of the store; raises UsageError for a doubled cell."""
    cell = [name for name in contract if name not in ("value", "status")]
    done = ordered(_kept(frame, contract), cell)
    doubled = done.duplicated(cell)
    if doubled.any():
        first = ", ".join(str(part) for part in done.loc[doubled, cell].iloc[0])
        raise UsageError(f"En cell finns två gånger och inget skrevs: {first}.")
    return done


def ordered(frame: pd.DataFrame, cell: list[str]) -> pd.DataFrame:
    """Return rows sorted by the columns of their cell, genders as T, K, M."""
    keys: dict[str, Any] = {name: pd.factorize(frame[name], sort=True)[0] for name in cell}
    keys["gender"] = frame["gender"].map(_GENDER_ORDER).to_numpy(dtype=float)
    order = np.lexsort([keys[name] for name in reversed(cell)])
    return frame.take(order).reset_index(drop=True)


def by_kpi(frame: pd.DataFrame, contract: Mapping[str, str]) -> Iterator[tuple[str, pa.Table]]:
    """Yield each KPI with its rows, from rows sorted by KPI."""
    whole = arrow(frame, contract)
    codes, names = pd.factorize(frame["kpi"])
    starts = np.searchsorted(codes, np.arange(len(names) + 1))
    for place, kpi in enumerate(names):
        yield kpi, whole.slice(starts[place], starts[place + 1] - starts[place])
