"""Cells in, the table of what was asked for out; a cell that has two values is never let in."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from malstyr_lib import tables, text
from malstyr_lib.errors import KoladaContractBroken, KoladaContradiction
from malstyr_lib.kolada.cells import TEXTS, Cells, Coded
from malstyr_lib.kolada.envelope import CURE, left_out, place_of

_log = logging.getLogger(__name__)


def observations(
    cells: Cells,
    contract: Mapping[str, str],
    asked: Mapping[str, Sequence[str] | Sequence[int]],
) -> pd.DataFrame:
    """Return joined cells as a table sorted by kpi, municipality, (ou), period and T, K, M.

    Cells outside what was asked for, by column, are left out, and so are deleted cells unless the
    contract has a column for them; `.attrs["fetch"]` counts them and the rows, cells of unknown
    gender and identical duplicates. Raises KoladaContractBroken when one cell has two values, or
    is both deleted and not.
    """
    wanted = _wanted(cells, asked)
    places, keys = np.flatnonzero(wanted), _keys(cells)
    order = places[np.argsort(keys[places], kind="stable")]
    repeated = _repeated(keys[order])
    _refuse_conflicts(cells, order, repeated)
    kept = ~repeated if "isdeleted" in contract else ~repeated & ~cells.deleted[order]
    at = order if kept.all() else order[kept]
    frame = tables.frame(contract, {name: _column(cells, name, at) for name in contract})
    frame.attrs["fetch"] = _counts(cells) | {
        "unasked": left_out("celler som ingen frågat efter", int((~wanted).sum())),
        "duplicates": left_out("dubbletter", int(repeated.sum())),
    }
    return frame


def _wanted(cells: Cells, asked: Mapping[str, Sequence[str] | Sequence[int]]) -> NDArray[np.bool_]:
    wanted = np.ones(len(cells.value), dtype=bool)
    for column, given in asked.items():
        if column == "period":
            wanted &= np.isin(cells.period, np.array(given, dtype=np.int64))
        else:
            told, allowed = getattr(cells, column), set(given)
            known = np.array([name in allowed for name in told.names] + [False], dtype=bool)
            wanted &= known[told.codes]
    return wanted


def _keys(cells: Cells) -> NDArray[np.int64]:
    """Return a number per cell that sorts as the table does and that only the same cell shares."""
    texts = [getattr(cells, name) for name in TEXTS]
    parts = [(column.codes + 1, len(column.names) + 1) for column in texts]
    parts += [(cells.period, 10_000), (cells.gender, len(tables.GENDERS))]
    if math.prod(size for _, size in parts) >= 2**63:
        raise KoladaContractBroken(f"Kolada gav orimligt många olika id:n i ett svar. {CURE}")
    keys = np.zeros(len(cells.value), dtype=np.int64)
    for codes, size in parts:
        keys *= size
        keys += codes
    return keys


def _repeated(keys: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which of the ordered keys are the same as the one before."""
    same = np.zeros(len(keys), dtype=bool)
    same[1:] = keys[1:] == keys[:-1]
    return same


def _refuse_conflicts(cells: Cells, order: NDArray[np.intp], repeated: NDArray[np.bool_]) -> None:
    """Raise KoladaContradiction for the first cell that came twice and differs."""
    second = np.flatnonzero(repeated)
    left, right = order[second - 1], order[second]
    value, status = cells.value, cells.status.codes
    equal = (value[left] == value[right]) | (np.isnan(value[left]) & np.isnan(value[right]))
    equal &= (status[left] == status[right]) & (cells.deleted[left] == cells.deleted[right])
    for one, other in zip(left[~equal], right[~equal], strict=True):
        kpi, area, ou = (_name(getattr(cells, name), one) for name in TEXTS)
        place = place_of(kpi, ou or area, cells.period[one], tables.GENDERS[cells.gender[one]])
        both = " och ".join(
            "borttagen" if cells.deleted[at] else text.number(value[at], 4) for at in (one, other)
        )
        raise KoladaContradiction(f"Kolada gav en cell två gånger, olika: {place}: {both}. {CURE}")


def _name(column: Coded, at: int) -> str | None:
    code = column.codes[at]
    return None if code < 0 else column.names[code]


def _column(cells: Cells, name: str, order: NDArray[np.intp]) -> Any:
    if name == "gender":
        return _spelled(cells.gender[order], tables.GENDERS)
    if name in ("period", "value"):
        return getattr(cells, name)[order]
    if name == "isdeleted":
        return cells.deleted[order]
    column: Coded = getattr(cells, name)
    return _spelled(column.codes[order], column.names)


def _spelled(codes: NDArray[Any], names: Sequence[str | None]) -> Any:
    """Return codes as texts, -1 as missing."""
    return pd.array(list(names), dtype="str").take(codes, allow_fill=True)


def _counts(cells: Cells) -> dict[str, Any]:
    for gender, amount in cells.set_aside.items():
        _log.warning("Okänt kön %r: %d celler ställdes åt sidan", gender, amount)
    return {
        "rows": cells.rows,
        "deleted": left_out("borttagna celler", int(cells.deleted.sum())),
        "set_aside": dict(sorted(cells.set_aside.items())),
    }
