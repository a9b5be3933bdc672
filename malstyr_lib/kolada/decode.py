"""Bytes of an answer in, checked columns out; a page that breaks the contract is never let in."""

from __future__ import annotations

import gc
import json
import logging
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from typing import Annotated, Any, Final, Generic, TypeVar

import msgspec
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from malstyr_lib import tables, text
from malstyr_lib.errors import KoladaContractBroken, KoladaContradiction

T = TypeVar("T")
_log = logging.getLogger(__name__)

_Year = Annotated[int, msgspec.Meta(ge=1000, le=9999)]
_NUMBERS: Final = {"period": np.int16, "gender": np.int8, "value": np.float64, "deleted": np.bool_}
_GENDER_ORDER: Final = {gender: place for place, gender in enumerate(tables.GENDERS)}
_CURE: Final = (
    "Hela svaret avvisades. Försök igen senare, och hör av dig till RKA om felet består; "
    "rapporter kan köras på en tidigare ögonblicksbild."
)


class BrokenPage(Exception):
    """A page that another attempt may cure: not JSON, not the envelope, or not its own count."""


@dataclass(frozen=True)
class Page(Generic[T]):
    """One checked page: its content, how many objects or cells it holds and where the next is."""

    content: T
    rows: int
    next_url: str | None


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


class _Envelope(msgspec.Struct, Generic[T], gc=False):
    values: list[T]
    count: int
    next_url: str | None = None


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


class Kpi(msgspec.Struct, gc=False):
    """A key figure as the API has it."""

    id: str
    title: str
    is_divided_by_gender: bool
    municipality_type: str | None
    has_ou_data: bool
    description: str | None = None
    auspice: str | None = None
    operating_area: str | None = None
    perspective: str | None = None
    prel_publication_date: str | None = None
    publication_date: str | None = None
    publ_period: str | None = None


class Area(msgspec.Struct, gc=False):
    """A municipality (K), a region or the nation (L)."""

    id: str
    title: str
    type: str


class Member(msgspec.Struct, gc=False):
    """A member of a group: an area's or a key figure's id and title."""

    member_id: str
    member_title: str


class Group(msgspec.Struct, gc=False):
    """A group of areas or of key figures."""

    id: str
    title: str
    members: list[Member]


class Ou(msgspec.Struct, gc=False):
    """A unit: a school, a preschool, a home."""

    id: str
    title: str
    municipality: str


Item = TypeVar("Item", Kpi, Area, Group, Ou)


def kpis(body: bytes) -> Page[list[Kpi]]:
    """Return a checked page of key figures."""
    return _page(body, _KPIS)


def municipalities(body: bytes) -> Page[list[Area]]:
    """Return a checked page of areas."""
    return _page(body, _AREAS)


def groups(body: bytes) -> Page[list[Group]]:
    """Return a checked page of groups."""
    return _page(body, _GROUPS)


def ous(body: bytes) -> Page[list[Ou]]:
    """Return a checked page of units."""
    return _page(body, _OUS)


def area_cells(body: bytes) -> Page[Cells]:
    """Return a checked page of observations of areas."""
    with _uncollected():
        page = _page(body, _AREA_ROWS)
        areas_only = Coded(np.zeros(page.rows, dtype=np.int32), ("",))
        cells = _cells(page.content, areas_only)
        return Page(cells, len(cells.value), page.next_url)


def ou_cells(body: bytes) -> Page[Cells]:
    """Return a checked page of observations of units; `municipality` is None where not told."""
    with _uncollected():
        page = _page(body, _OU_ROWS)
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


def title(raw: str) -> str:
    """Return a title on one line, without blanks around it; inner double blanks are kept."""
    return " ".join(description(raw).splitlines()).strip()


def description(raw: str) -> str:
    r"""Return a text with real line breaks for the two characters \n and blanks for U+00A0."""
    return raw.replace("\\n", "\n").replace("\u00a0", " ").strip()


def catalogue(pages: Sequence[Sequence[Item]], contract: Mapping[str, str]) -> pd.DataFrame:
    """Return objects as a table sorted by id, each once; `.attrs["fetch"]` counts duplicates.

    Raises KoladaContradiction when two objects have one id and differ.
    """
    objects = [item for page in pages for item in page]
    known: dict[str, Item] = {}
    for item in objects:
        if known.setdefault(item.id, item) != item:
            raise KoladaContradiction(f"Kolada gav två olika objekt med id {item.id}. {_CURE}")
    rows = [_cleaned(known[key]) for key in sorted(known)]
    frame = tables.frame(contract, {name: [row[name] for row in rows] for name in contract})
    duplicates = _logged("dubbletter", len(objects) - len(rows))
    frame.attrs["fetch"] = {"rows": len(objects), "duplicates": duplicates}
    return frame


def joined(pages: Sequence[Cells]) -> Cells:
    """Return the cells of all pages as those of one, with sorted names."""
    columns: dict[str, Any] = {
        name: _joined([getattr(page, name) for page in pages]) for name in (*_TEXTS, "status")
    } | {
        name: _concatenated([getattr(page, name) for page in pages], dtype)
        for name, dtype in _NUMBERS.items()
    }
    set_aside = sum((page.set_aside for page in pages), Counter[str]())
    return Cells(**columns, rows=sum(page.rows for page in pages), set_aside=set_aside)


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
    frame = _frame(contract, cells, order if kept.all() else order[kept])
    frame.attrs["fetch"] = _counts(cells) | {
        "unasked": _logged("celler som ingen frågat efter", int((~wanted).sum())),
        "duplicates": _logged("dubbletter", int(repeated.sum())),
    }
    return frame


_TEXTS: Final = ("kpi", "municipality", "ou")


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


def _page(body: bytes, decoder: msgspec.json.Decoder[_Envelope[T]]) -> Page[list[T]]:
    try:
        envelope = decoder.decode(body.decode())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise _explained(body, fault) from fault
    received = len(envelope.values)
    if received != envelope.count:
        raise BrokenPage(f"fick {received} av {envelope.count} rader")
    if not received and envelope.next_url:
        raise BrokenPage("en tom sida mitt i svaret")
    return Page(envelope.values, received, envelope.next_url)


def _explained(body: bytes, fault: Exception) -> Exception:
    """Return the error for a page that could not be decoded, naming the cell when there is one."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return BrokenPage("oläsbar JSON")
    if not isinstance(answer, dict) or not isinstance(answer.get("values"), list):
        return BrokenPage("values är inte en lista")
    cell = next(filter(None, map(_bad_cell, answer["values"])), None)
    if cell:
        return KoladaContractBroken(f"Kolada gav ett värde som inte är ett tal: {cell}. {_CURE}")
    return KoladaContractBroken(f"Koladas svar har inte den form det ska ha ({fault}). {_CURE}")


def _bad_cell(row: Any) -> str | None:
    """Return where and what a row's first value that is not a number is, or None."""
    cells = row.get("values") if isinstance(row, dict) else None
    for cell in cells if isinstance(cells, list) else []:
        if not (isinstance(cell, dict) and _is_value(cell.get("value", ""))):
            cell = cell if isinstance(cell, dict) else {"value": cell}
            found = repr(cell["value"]) if "value" in cell else "saknas"
            place = row.get("ou", row.get("municipality"))
            return (
                _place(row.get("kpi"), place, row.get("period"), cell.get("gender"))
                + f": {found[:40]}"
            )
    return None


def _is_value(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float | None):
        return False
    return value is None or isinstance(value, int) or math.isfinite(value)


def _place(kpi: object, place: object, period: object, gender: object) -> str:
    return f"nyckeltal {kpi}, område {place}, år {period}, kön {gender}"


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
        for column in (getattr(cells, name) for name in (*_TEXTS, "status"))
    ]
    numbers = [getattr(cells, name).tolist() for name in ("period", "gender", "deleted")]
    values = [None if math.isnan(value) else value for value in cells.value.tolist()]
    return Counter(zip(*texts, *numbers, values, strict=True)), cells.set_aside


def _chosen(cells: Cells, at: NDArray[Any]) -> Cells:
    """Return the cells at these places, or where a mask is true."""
    texts = {name: getattr(cells, name).taken(at) for name in (*_TEXTS, "status")}
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


def _wanted(cells: Cells, asked: Mapping[str, Sequence[str] | Sequence[int]]) -> NDArray[np.bool_]:
    """Return which cells lie within what was asked for."""
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
    texts = [getattr(cells, name) for name in _TEXTS]
    parts = [(column.codes + 1, len(column.names) + 1) for column in texts]
    parts += [(cells.period, 10_000), (cells.gender, len(tables.GENDERS))]
    if math.prod(size for _, size in parts) >= 2**63:
        raise KoladaContractBroken(f"Kolada gav orimligt många olika id:n i ett svar. {_CURE}")
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
        kpi, area, ou = (_name(getattr(cells, name), one) for name in _TEXTS)
        place = _place(kpi, ou or area, cells.period[one], tables.GENDERS[cells.gender[one]])
        both = " och ".join(
            "borttagen" if cells.deleted[at] else text.number(value[at], 4) for at in (one, other)
        )
        raise KoladaContradiction(f"Kolada gav en cell två gånger, olika: {place}: {both}. {_CURE}")


def _name(column: Coded, at: int) -> str | None:
    code = column.codes[at]
    return None if code < 0 else column.names[code]


def _frame(contract: Mapping[str, str], cells: Cells, order: NDArray[np.intp]) -> pd.DataFrame:
    """Return the cells at these places as a table; of all columns only one is held twice."""
    return tables.frame(contract, {name: _column(cells, name, order) for name in contract})


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
        "deleted": _logged("borttagna celler", int(cells.deleted.sum())),
        "set_aside": dict(sorted(cells.set_aside.items())),
    }


def _logged(what: str, amount: int) -> int:
    if amount:
        _log.info("Kolada: %d %s lämnades utanför", amount, what)
    return amount


def _cleaned(item: Kpi | Area | Group | Ou) -> dict[str, Any]:
    raw: dict[str, Any] = msgspec.to_builtins(item)
    for member in raw.get("members", ()):
        member["member_title"] = title(member["member_title"])
    if raw.get("description"):
        raw["description"] = description(raw["description"])
    return raw | {"title": title(raw["title"])}


_KPIS: Final = msgspec.json.Decoder(_Envelope[Kpi])
_AREAS: Final = msgspec.json.Decoder(_Envelope[Area])
_GROUPS: Final = msgspec.json.Decoder(_Envelope[Group])
_OUS: Final = msgspec.json.Decoder(_Envelope[Ou])
_AREA_ROWS: Final = msgspec.json.Decoder(_Envelope[_AreaRow])
_OU_ROWS: Final = msgspec.json.Decoder(_Envelope[_OuRow])
