"""Tables as content-addressed Parquet objects: equal values are equal bytes under one name."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from malstyr_lib import tables, text
from malstyr_lib.errors import StoreDamaged, UsageError

T = TypeVar("T")
R = TypeVar("R")

CURE: Final = (
    "Se allt som är skadat med: malstyr lager --kontrollera. Hämta igen på samma sätt som sist:"
    " malstyr hamta, eller malstyr hamta --allt"
)
THREADS: Final = 4
"""How many objects are read at a time at most: more threads than this only wait for each other."""
BATCH: Final = 200_000
"""How many rows a write holds in a second form beside the table that it was given, about."""

_TYPES: Final = {
    "str": pa.string(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "bool": pa.bool_(),
    "object": pa.list_(pa.struct([("member_id", pa.string()), ("member_title", pa.string())])),
}
_MAY_LACK: Final = frozenset({"value", "status", "municipality"})
"""What an observation may lack; a unit's municipality may be unknown."""
_GENDER_ORDER: Final = {gender: place for place, gender in enumerate(tables.GENDERS)}


def digest_of(body: bytes) -> str:
    """Return the name of an object with this content: its sha256 in hexadecimal."""
    return hashlib.sha256(body).hexdigest()


def place_of(root: Path, digest: str) -> Path:
    """Return where an object lies in a store."""
    return root / "objects" / digest[:2] / f"{digest}.parquet"


def parquet(table: pa.Table) -> bytes:
    """Return a table as the same bytes every time: no time, no pandas metadata, no statistics."""
    floats = [part.name for part in table.schema if pa.types.is_floating(part.type)]
    others = [part.name for part in table.schema if part.name not in floats]
    sink = io.BytesIO()
    pq.write_table(
        table,
        sink,
        compression="zstd",
        use_dictionary=others,
        use_byte_stream_split=floats,
        write_statistics=False,
        store_schema=False,
    )
    return sink.getvalue()


def checked(root: Path, digest: str) -> bytes:
    """Return an object's bytes, which match its digest; or StoreDamaged."""
    try:
        with io.FileIO(f"{root}/objects/{digest[:2]}/{digest}.parquet") as file:
            body = file.readall()
    except OSError as fault:
        raise damaged(root, digest) from fault
    if digest_of(body) != digest:
        raise damaged(root, digest)
    return body


def damaged(root: Path, digest: str) -> StoreDamaged:
    """Return the error for an object that is gone or is not what its name says."""
    return StoreDamaged(
        f"Objektet {digest[:12]}… i lagret {root} saknas eller är skadat "
        f"({place_of(Path(), digest)}). {CURE}"
    )


@dataclass(frozen=True)
class Object:
    """A stored object whose bytes match its digest; only the columns asked for are decoded."""

    root: Path
    digest: str
    body: bytes = field(repr=False)
    file: pq.ParquetFile = field(repr=False)

    @classmethod
    def read(cls, root: Path, digest: str) -> Object:
        """Return an object of the store; or StoreDamaged."""
        body = checked(root, digest)
        try:
            file = pq.ParquetFile(
                pa.py_buffer(body),
                binary_type=pa.large_binary(),  # texts as pandas holds them, at once
            )
        except (OSError, ValueError) as fault:
            raise damaged(root, digest) from fault
        return cls(root, digest, body, file)

    def columns(self, names: Iterable[str]) -> pa.Table:
        """Return some of the columns; or StoreDamaged."""
        try:
            return self.file.read(list(names), use_threads=False)
        except (OSError, ValueError) as fault:
            raise damaged(self.root, self.digest) from fault

    def between(self, first: int, end: int) -> bytes:
        """Return the bytes of the columns from one and up to another, or none when they are split.

        The same bytes are the same items; other bytes may be the same items in another encoding.
        """
        told = self.file.metadata
        if told.num_row_groups != 1:
            return b""
        parts = (told.row_group(0).column(column) for column in (first, end))
        start, stop = (part.dictionary_page_offset or part.data_page_offset for part in parts)
        return self.body[start:stop]


def loaded(
    root: Path,
    digests: Sequence[str],
    contract: Mapping[str, str],
    *,
    known: Sequence[tuple[str, str]] = (),
) -> pd.DataFrame:
    """Return stored tables as one that keeps its contract.

    `known` is a column's name and item for each object, such as its KPI, if it is one throughout:
    then it is not decoded.
    """
    given = known or [("", "")] * len(digests)
    told = each(lambda one: _parts(root, one, contract), list(zip(digests, given, strict=True)))
    if not told:
        return tables.empty(contract)
    columns = {
        name: _series([part for parts in told for part in parts[name]], dtype)
        for name, dtype in contract.items()
    }
    return pd.DataFrame(columns, copy=False)


@dataclass(frozen=True)
class _Coded:
    """One KPI's observations as columns; area and gender are places among their items."""

    areas: list[str]
    area: npt.NDArray[Any]
    period: npt.NDArray[Any]
    gender: npt.NDArray[Any]
    value: npt.NDArray[Any]


def coded(root: Path, digests: Mapping[str, str]) -> pd.DataFrame:
    """Return the observations of some KPIs (digest by KPI) with ids as categories, sorted.

    As `loaded`, without status and without making a text for every row, which is most of the time
    that it takes to read all of a store.
    """
    told = each(lambda digest: _coded(root, digest), list(digests.values()))
    areas = sorted({area for part in told for area in part.areas})
    place = {area: at for at, area in enumerate(areas)}
    area = [
        np.array([place[one] for one in part.areas], dtype=np.int64)[part.area] for part in told
    ]
    lengths = np.array([len(part.value) for part in told], dtype=np.int64)
    kpi = np.repeat(np.arange(len(told)), lengths)
    columns = {
        "kpi": _category(kpi, list(digests)),
        "municipality": _category(_joined(area, np.int64), areas),
        "period": _joined([part.period for part in told], np.int64),
        "gender": _category(_joined([part.gender for part in told], np.int64), tables.GENDERS),
        "value": _joined([part.value for part in told], np.float64),
    }
    return pd.DataFrame(columns, copy=False)


def _coded(root: Path, digest: str) -> _Coded:
    body = checked(root, digest)
    try:
        file = pq.ParquetFile(pa.py_buffer(body), read_dictionary=["municipality", "gender"])
        table = file.read(["municipality", "period", "gender", "value"], use_threads=False)
    except (OSError, ValueError) as fault:
        raise damaged(root, digest) from fault
    area, gender = (table[name].combine_chunks() for name in ("municipality", "gender"))
    places = np.array([_GENDER_ORDER[one] for one in gender.dictionary.to_pylist()], dtype=np.int64)
    return _Coded(
        areas=area.dictionary.to_pylist(),
        area=area.indices.to_numpy(zero_copy_only=False),
        period=table["period"].to_numpy(),
        gender=places[gender.indices.to_numpy(zero_copy_only=False)],
        value=table["value"].to_numpy(),
    )


def _joined(parts: Sequence[npt.NDArray[Any]], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    return np.concatenate([*parts, np.empty(0, dtype=dtype)]).astype(dtype, copy=False)


def _category(places: npt.NDArray[Any], items: Sequence[str]) -> pd.Categorical:
    return pd.Categorical.from_codes(places, pd.Index(list(items), dtype="str"))


def _parts(
    root: Path, given: tuple[str, tuple[str, str]], contract: Mapping[str, str]
) -> dict[str, list[Any]]:
    """Return the columns of an object as pandas will hold them, each in pieces."""
    digest, (known, item) = given
    table = Object.read(root, digest).columns(name for name in contract if name != known)
    parts = {name: _pieces(table[name], contract[name]) for name in table.column_names}
    return parts | {known: [pa.repeat(pa.scalar(item, pa.large_string()), table.num_rows)]}


def _pieces(column: pa.ChunkedArray, dtype: str) -> list[Any]:
    if dtype == "str":
        return list(column.chunks)
    if dtype == "object":
        return [chunk.to_pylist() for chunk in column.chunks]
    return [chunk.to_numpy(zero_copy_only=False) for chunk in column.chunks]


def _series(parts: Sequence[Any], dtype: str) -> pd.Series[Any]:
    """Return the pieces of a column as one, in memory of its own."""
    if dtype == "str":
        words: pd.Series[Any] = pa.chunked_array(parts, pa.large_string()).to_pandas()
        return words
    if dtype == "object":
        return pd.Series([item for part in parts for item in part], dtype=dtype)
    return pd.Series(np.concatenate(parts or [[]]), dtype=dtype, copy=False)


def each(work: Callable[[T], R], items: Sequence[T]) -> list[R]:
    """Return what work makes of every item, in order; as many at a time as there are processors.

    The time goes to reading, hashing and decoding, and those let other threads run.
    """
    at_once = min(len(items), THREADS, os.cpu_count() or 1)
    if at_once < 2:
        return [work(item) for item in items]
    size = -(-len(items) // (at_once * 16))  # small shares, so that none waits for the last
    shares = [items[start : start + size] for start in range(0, len(items), size)]
    with ThreadPoolExecutor(at_once, "lager") as pool:
        done = pool.map(lambda share: [work(item) for item in share], shares)
        return [one for share in done for one in share]


def catalogue(frame: pd.DataFrame, contract: Mapping[str, str]) -> pa.Table:
    """Return a catalogue (of KPIs, areas, groups or units) as it is stored: by id."""
    kept = _kept(frame, contract)
    return arrow(kept.sort_values("id", ignore_index=True), contract)


def arrow(frame: pd.DataFrame, contract: Mapping[str, str]) -> pa.Table:
    """Return a table in the types that its contract says; ArrowInvalid when it has others."""
    schema = _schema(contract)
    table = pa.Table.from_pandas(frame, schema=schema, preserve_index=False, nthreads=1)
    return table.replace_schema_metadata()


def _schema(contract: Mapping[str, str]) -> pa.Schema:
    return pa.schema([(name, _TYPES[dtype]) for name, dtype in contract.items()])


def in_order(frame: pd.DataFrame, contract: Mapping[str, str]) -> pd.DataFrame:
    """Return the contract's columns with the rows of each KPI together; UsageError if one lacks.

    A table that has them together already is not copied.
    """
    _refuse_missing(frame, contract)
    codes = pd.factorize(frame["kpi"])[0]  # one without a name comes first, and is refused
    if (codes[1:] >= codes[:-1]).all():
        return frame[list(contract)]
    return frame[list(contract)].take(np.argsort(codes, kind="stable"))


def by_kpi(frame: pd.DataFrame, contract: Mapping[str, str]) -> Iterator[tuple[str, pa.Table]]:
    """Yield each KPI with its rows in the one order of the store, from a table `in_order`.

    Raises UsageError for a doubled cell and for what does not keep the contract. A few KPIs at a
    time are held beside the table.
    """
    for start, end in _batches(pd.factorize(frame["kpi"])[0]):
        batch = _in_order(_observed(frame.iloc[start:end], contract), contract)
        codes, _ = ranks(batch["kpi"], "kpi")
        bounds = [0, *(np.flatnonzero(codes[1:] != codes[:-1]) + 1), len(codes)]
        for first, beyond in pairwise(bounds):
            yield batch["kpi"][first].as_py(), batch.slice(first, beyond - first)


def _observed(frame: pd.DataFrame, contract: Mapping[str, str]) -> pa.Table:
    """Return observations as they are stored; UsageError when they break their contract."""
    try:
        table = arrow(frame, contract)
    except (pa.ArrowException, TypeError, ValueError):
        table = arrow(_kept(frame, contract), contract)  # as its types, or what is wrong with them
    lacking = _MAY_LACK if "ou" in contract else _MAY_LACK - {"municipality"}
    unnamed = [name for name in contract if name not in lacking and table[name].null_count]
    if unnamed:
        raise UsageError(f"Tabellen har tomma celler i {text.listing(unnamed)} och skrevs inte.")
    return table


def _batches(codes: npt.NDArray[np.intp]) -> Iterator[tuple[int, int]]:
    """Yield where whole KPIs begin and end, so many together that they are about `BATCH` rows."""
    ends = np.flatnonzero(np.append(codes[1:] != codes[:-1], True)) + 1 if len(codes) else codes
    start = 0
    while start < len(codes):
        end = int(ends[min(int(np.searchsorted(ends, start + BATCH)), len(ends) - 1)])
        yield start, end
        start = end


def _refuse_missing(frame: pd.DataFrame, contract: Mapping[str, str]) -> None:
    absent = [name for name in contract if name not in frame]
    if absent:
        raise UsageError(f"Tabellen saknar kolumnen {text.listing(absent)} och skrevs inte.")


def _kept(frame: pd.DataFrame, contract: Mapping[str, str]) -> pd.DataFrame:
    """Return the contract's columns with its types; raises UsageError when that can't be."""
    _refuse_missing(frame, contract)
    try:
        return tables.frame(contract, {name: frame[name].array for name in contract})
    except (TypeError, ValueError) as fault:
        raise UsageError(f"Tabellen håller inte sitt kontrakt och skrevs inte: {fault}") from fault


def _in_order(table: pa.Table, contract: Mapping[str, str]) -> pa.Table:
    """Return observations in the one order of the store; raises UsageError for a doubled cell."""
    cell = [name for name in contract if name not in ("value", "status")]
    keys = [ranks(table[name], name)[0] for name in cell]
    if _rising(keys):
        return table
    order = np.lexsort(keys[::-1])
    done, keys = table.take(pa.array(order)), [key[order] for key in keys]
    doubled = np.flatnonzero(np.logical_and.reduce([key[1:] == key[:-1] for key in keys]))
    if len(doubled):
        first = ", ".join(str(done[name][int(doubled[0])].as_py()) for name in cell)
        raise UsageError(f"En cell finns två gånger och inget skrevs: {first}.")
    return done.combine_chunks()


def ranks(column: pa.ChunkedArray, name: str) -> tuple[npt.NDArray[np.int64], int]:
    """Return numbers that sort as a column's items do, and how many there are.

    The order is that of the store: genders as T, K, M, and what is missing first.
    """
    coded = pc.dictionary_encode(column).combine_chunks()
    words = coded.dictionary.to_pylist()
    rank = np.empty(len(words) + 1, dtype=np.int64)
    rank[sorted(range(len(words)), key=lambda at: _place(name, words[at]))] = np.arange(
        1, len(words) + 1
    )
    rank[-1] = 0
    codes = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False)
    return rank[codes], len(words) + 1


def _rising(keys: Sequence[npt.NDArray[Any]]) -> bool:
    """Return whether every row comes after the one before it: sorted, and none there twice."""
    after, equal = (np.full(max(0, len(keys[0]) - 1), told) for told in (False, True))
    for key in keys:
        after |= equal & (key[1:] > key[:-1])
        equal &= key[1:] == key[:-1]
    return bool(after.all())


def _place(name: str, item: Any) -> tuple[int, Any]:
    return (_GENDER_ORDER.get(item, len(_GENDER_ORDER)) if name == "gender" else 0, item)
