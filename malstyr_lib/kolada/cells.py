"""The cells of observations as columns: those of a page in, and those of all pages as one out."""

from __future__ import annotations

import gc
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from typing import Annotated, Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from malstyr_lib import tables
from malstyr_lib.kolada import envelope
from malstyr_lib.kolada.envelope import Envelope, Page

_Year = Annotated[int, msgspec.Meta(ge=1000, le=9999)]
_GENDER_ORDER: Final = {gender: place for place, gender in enumerate(tables.GENDERS)}
_NUMBERS: Final = {"period": np.int16, "gender": np.int8, "value": np.float64, "deleted": np.bool_}
TEXTS: Final = ("kpi", "municipality", "ou")


@dataclass(frozen=True)
class Coded:
    """A column of texts as codes into distinct texts; -1 or the name None is a missing one."""

    codes: NDArray[np.int32]
    names: tuple[str | None, ...]

    def taken(self, at: NDArray[Any]) -> Coded:
        """Return the column at these places, or where a mask is true, with the same names."""
        return Coded(self.codes[at], self.names)


@dataclass(frozen=True)
class Cells:
    """The cells of one page as columns of equal length, and what was left out of them.

    `gender` is the place in `tables.GENDERS`; a missing value is NaN; `ou` is "" for areas.
    """

    kpi: Coded
    municipality: Coded
    ou: Coded
    period: NDArray[np.int16]
    gender: NDArray[np.int8]
    value: NDArray[np.float64]
    status: Coded
    deleted: NDArray[np.bool_]
    rows: int
    set_aside: Counter[str]


class _Cell(msgspec.Struct, gc=False):
    gender: str
    value: float | None
    status: str | None = ""
    isdeleted: bool | None = False


class _AreaRow(msgspec.Struct, gc=False):
    kpi: str
    period: _Year
    municipality: str
    values: list[_Cell]


class _OuRow(msgspec.Struct, gc=False):
    kpi: str
    period: _Year
    ou: str
    values: list[_Cell]
    municipality: str | None = None


_AREA_ROWS: Final = msgspec.json.Decoder(Envelope[_AreaRow])
_OU_ROWS: Final = msgspec.json.Decoder(Envelope[_OuRow])


def area_cells(body: bytes) -> Page[Cells]:
    """Return a checked page of observations of areas."""
    with _uncollected():
        page = envelope.read(body, _AREA_ROWS)
        areas_only = Coded(np.zeros(page.rows, dtype=np.int32), ("",))
        cells = _cells(page.content, areas_only)
        return Page(cells, len(cells.value), page.next_url)


def ou_cells(body: bytes) -> Page[Cells]:
    """Return a checked page of observations of units; `municipality` is None where not told."""
    with _uncollected():
        page = envelope.read(body, _OU_ROWS)
        units = _coded([row.ou for row in page.content])
        cells = _cells(page.content, units)
        return Page(cells, len(cells.value), page.next_url)


def alike(one: Page[Any], other: Page[Any]) -> bool:
    """Return whether two readings of a page hold the same objects, or the same cells."""
    if isinstance(one.content, Cells):
        return _facts(one.content) == _facts(other.content)
    return bool(one.content == other.content)


def homeless(cells: Cells) -> list[str]:
    """Return the units whose municipality the answer did not tell, sorted."""
    untold = np.unique(cells.ou.codes[cells.municipality.codes < 0])
    return [str(cells.ou.names[code]) for code in untold]


def housed(cells: Cells, homes: Mapping[str, str]) -> Cells:
    """Return cells with the municipality filled in by unit where the answer did not tell it."""
    municipality = cells.municipality
    at_home = _joined([Coded(cells.ou.codes, tuple(homes.get(str(ou)) for ou in cells.ou.names))])
    both = _joined([municipality, at_home])
    told, filled = np.split(both.codes, 2)
    return replace(cells, municipality=Coded(np.where(told < 0, filled, told), both.names))


def joined(pages: Sequence[Cells]) -> Cells:
    """Return the cells of all pages as those of one, with sorted names."""
    columns: dict[str, Any] = {
        name: _joined([getattr(page, name) for page in pages]) for name in (*TEXTS, "status")
    } | {
        name: _concatenated([getattr(page, name) for page in pages], dtype)
        for name, dtype in _NUMBERS.items()
    }
    set_aside = sum((page.set_aside for page in pages), Counter[str]())
    return Cells(**columns, rows=sum(page.rows for page in pages), set_aside=set_aside)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Hold the garbage collector back: a page is a hundred thousand objects without a cycle."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _cells(rows: Sequence[_AreaRow] | Sequence[_OuRow], ous: Coded) -> Cells:
    lists = [row.values for row in rows]
    flat = list(chain.from_iterable(lists))
    gender, deleted = _genders([cell.gender for cell in flat]), _deleted(flat)
    lengths = np.fromiter(map(len, lists), dtype=np.int64, count=len(rows))
    at = np.repeat(np.arange(len(rows)), lengths)
    whole = Cells(
        kpi=_coded([row.kpi for row in rows]).taken(at),
        municipality=_coded([row.municipality for row in rows]).taken(at),
        ou=ous.taken(at),
        period=np.array([row.period for row in rows], dtype=np.int16)[at],
        gender=gender,
        value=np.array([cell.value for cell in flat], dtype=np.float64),
        status=_coded([cell.status or "" for cell in flat]),
        deleted=deleted,
        rows=len(rows),
        set_aside=Counter(flat[place].gender for place in np.flatnonzero((gender < 0) & ~deleted)),
    )
    return whole if (gender >= 0).all() else _chosen(whole, gender >= 0)


def _genders(letters: Sequence[str]) -> NDArray[np.int8]:
    """Return the places of genders in the tables' order, -1 for a gender that nobody knows."""
    distinct = {letter: _GENDER_ORDER.get(letter, -1) for letter in set(letters)}
    return np.fromiter(map(distinct.__getitem__, letters), dtype=np.int8, count=len(letters))


def _deleted(cells: Sequence[_Cell]) -> NDArray[np.bool_]:
    told = [cell.isdeleted for cell in cells]
    if True in told:
        return np.array(told, dtype=np.bool_)
    return np.zeros(len(told), dtype=np.bool_)


def _facts(cells: Cells) -> tuple[Counter[tuple[Any, ...]], Counter[str]]:
    """Return the cells, whatever their order, and those set aside; missing values are equal."""
    texts = [
        [column.names[code] for code in column.codes]
        for column in (getattr(cells, name) for name in (*TEXTS, "status"))
    ]
    numbers = [getattr(cells, name).tolist() for name in ("period", "gender", "deleted")]
    values = [None if math.isnan(value) else value for value in cells.value.tolist()]
    return Counter(zip(*texts, *numbers, values, strict=True)), cells.set_aside


def _chosen(cells: Cells, at: NDArray[Any]) -> Cells:
    """Return the cells at these places, or where a mask is true."""
    texts = {name: getattr(cells, name).taken(at) for name in (*TEXTS, "status")}
    others = {name: getattr(cells, name)[at] for name in ("period", "gender", "value", "deleted")}
    return replace(cells, **texts, **others)


def _coded(items: Sequence[str | None]) -> Coded:
    """Return texts as codes, equal texts as one."""
    seen = {item: code for code, item in enumerate(dict.fromkeys(items))}
    codes = np.fromiter(map(seen.__getitem__, items), dtype=np.int32, count=len(items))
    return Coded(codes, tuple(seen))


def _joined(columns: Sequence[Coded]) -> Coded:
    """Return the columns after each other as codes into their sorted names, None as -1."""
    names = sorted({name for column in columns for name in column.names if name is not None})
    place: dict[str | None, int] = {name: code for code, name in enumerate(names)}
    moved = [
        np.array([place.get(name, -1) for name in (*column.names, None)], dtype=np.int32)[
            column.codes
        ]
        for column in columns
    ]
    return Coded(_concatenated(moved, np.int32), tuple(names))


def _concatenated(parts: Sequence[NDArray[Any]], dtype: Any) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.array([], dtype=dtype)
