"""Pairs of objects in, the cells whose value differs out; equal keys are not even decoded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from malstyr_lib import tables
from malstyr_lib.store.objects import Object, each, ranks

CHANGES: Final = {
    "kpi": "str",
    "municipality": "str",
    "period": "int64",
    "gender": "str",
    "before": "float64",
    "after": "float64",
    "change": "str",
}
"""What `Store.diff` returns; `change` is revised, new or removed."""

_KEY: Final = ["municipality", "period", "gender"]
_KEY_FROM, _KEY_TO = (list(tables.OBSERVATIONS).index(name) for name in ("municipality", "value"))
_SPELLED: Final = pa.schema(
    [("municipality", pa.large_string()), ("period", pa.int64()), ("gender", pa.large_string())]
)
_KINDS: Final = ("revised", "new", "removed")
_KEPT: Final = 200
"""How many tables of cells are kept decoded: most KPIs share theirs, and the memory is bounded."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Pair:
    """A KPI and the digests of its objects in two snapshots; None where it has none."""

    kpi: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class _Changed:
    """The cells of one KPI that differ, in the order of the store."""

    cells: pa.Table
    before: Floats
    after: Floats


def changes(root: Path, pairs: Iterable[Pair]) -> pd.DataFrame:
    """Return the cells whose value differs (`CHANGES`), sorted; StoreDamaged if one can't be read.

    A missing value (NaN) and a missing row are the same here.
    """
    asked = sorted(pairs, key=lambda pair: pair.kpi)
    known: dict[bytes, pa.Table] = {}
    found = each(lambda pair: _changed(root, pair, known), asked)
    if not found:
        return tables.empty(CHANGES)
    before = np.concatenate([one.before for one in found])
    after = np.concatenate([one.after for one in found])
    cells = pa.concat_tables([one.cells for one in found])
    kpis = np.repeat(np.arange(len(asked)), [len(one.before) for one in found])
    columns = {
        "kpi": _texts([pair.kpi for pair in asked], kpis),
        **{name: cells[name].to_pandas() for name in _KEY},
        "before": before,
        "after": after,
        "change": _texts(_KINDS, np.where(np.isnan(before), 1, np.where(np.isnan(after), 2, 0))),
    }
    return tables.frame(CHANGES, columns)


def _texts(words: Sequence[str], codes: Ints) -> pd.Series[Any]:
    texts: pd.Series[Any] = pa.array(words, pa.large_string()).take(pa.array(codes)).to_pandas()
    return texts


def _changed(root: Path, pair: Pair, known: dict[bytes, pa.Table]) -> _Changed:
    """Return what differs between the two objects of a KPI; `known` are cells by their bytes."""
    both = [Object.read(root, digest) for digest in (pair.before, pair.after) if digest]
    keys = {one.between(_KEY_FROM, _KEY_TO) for one in both}
    if len(both) == 2 and len(keys) == 1 and (key := keys.pop()):
        return _revalued(*both, key=key, known=known)
    sides = [one.columns([*_KEY, "value"]) for one in both]
    cells = pa.concat_tables(sides).combine_chunks()
    return _rearranged(cells, sides[0].num_rows if pair.before else 0)


def _revalued(old: Object, new: Object, *, key: bytes, known: dict[bytes, pa.Table]) -> _Changed:
    """Return what differs between objects whose cells are the same, one by one."""
    before, after = (_numbers(one.columns(["value"])["value"]) for one in (old, new))
    at = np.flatnonzero(_differ(before, after))
    if not len(at):
        return _Changed(_SPELLED.empty_table(), before[at], after[at])
    cells = known.get(key)
    if cells is None:
        cells = new.columns(_KEY)
        if len(known) < _KEPT:
            known[key] = cells
    return _Changed(cells.take(pa.array(at)), before[at], after[at])


def _rearranged(cells: pa.Table, amount: int) -> _Changed:
    """Return what differs between the first cells of a table, so many, and the others."""
    keys = _keys(cells)
    every, first = np.unique(keys, return_index=True)
    place, value = np.searchsorted(every, keys), _numbers(cells["value"])
    before, after = np.full((2, len(every)), np.nan)
    before[place[:amount]], after[place[amount:]] = value[:amount], value[amount:]
    at = np.flatnonzero(_differ(before, after))
    told = cells.select(_KEY).take(pa.array(first[at])).cast(_SPELLED)
    return _Changed(told, before[at], after[at])


def _keys(cells: pa.Table) -> Ints:
    """Return one number per cell, the same for the same cell, that sorts as the store does."""
    key = np.zeros(len(cells), dtype=np.int64)
    for name in _KEY:
        codes, size = ranks(cells[name], name)
        key = key * size + codes
    return key


def _numbers(column: pa.ChunkedArray) -> Floats:
    """Return values with NaN where there is none."""
    return np.asarray(column.to_numpy(), dtype=np.float64)


def _differ(before: Floats, after: Floats) -> npt.NDArray[np.bool_]:
    differ: npt.NDArray[np.bool_] = (before != after) & ~(np.isnan(before) & np.isnan(after))
    return differ
