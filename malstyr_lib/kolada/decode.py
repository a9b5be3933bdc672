"""Bytes of an answer in, checked columns out; a page that breaks the contract is never let in."""

from __future__ import annotations

import json
import logging
import math
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Generic, TypeVar

import msgspec
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from malstyr_lib import tables, text
from malstyr_lib.errors import KoladaContractBroken

T = TypeVar("T")
_Text = NDArray[np.object_]
_log = logging.getLogger(__name__)

_GENDER_ORDER: Final = {gender: place for place, gender in enumerate(tables.GENDERS)}
_CURE: Final = (
    "Hela svaret avvisades. Försök igen senare, och hör av dig till RKA om felet består; "
    "rapporter kan köras på en tidigare ögonblicksbild."
)


class BrokenPage(Exception):
    """A page that another attempt may cure: not JSON, not the envelope, or not its own count."""


@dataclass(frozen=True)
class Page(Generic[T]):
    """One checked page: its content, how many rows Kolada gave and where the next page is."""

    content: T
    rows: int
    next_url: str | None


@dataclass(frozen=True)
class Cells:
    """The cells of one page as columns of equal length, and what was left out of them.

    `gender` is the place in `tables.GENDERS`; a missing value is NaN; `ou` is "" for areas.
    """

    kpi: _Text
    municipality: _Text
    ou: _Text
    period: NDArray[np.int64]
    gender: NDArray[np.int64]
    value: NDArray[np.float64]
    status: _Text
    rows: int
    deleted: int
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
    period: int
    municipality: str
    values: list[_Cell]

    @property
    def ou(self) -> str:
        return ""


class _OuRow(msgspec.Struct, gc=False):
    kpi: str
    period: int
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
    page = _page(body, _AREA_ROWS)
    return Page(_cells(page.content), page.rows, page.next_url)


def ou_cells(body: bytes) -> Page[Cells]:
    """Return a checked page of observations of units; `municipality` is None where not told."""
    page = _page(body, _OU_ROWS)
    return Page(_cells(page.content), page.rows, page.next_url)


def homeless(pages: Sequence[Cells]) -> list[str]:
    """Return the units whose municipality the answer did not tell, sorted."""
    return sorted({ou for page in pages for ou in page.ou[page.municipality == None]})  # noqa: E711


def housed(page: Cells, homes: Mapping[str, str]) -> Cells:
    """Return cells with the municipality filled in by unit where the answer did not tell it."""
    told = [
        homes.get(ou) if home is None else home
        for ou, home in zip(page.ou, page.municipality, strict=True)
    ]
    return replace(page, municipality=_texts(told))


def title(raw: str) -> str:
    """Return a title on one line, without blanks around it; inner double blanks are kept."""
    return " ".join(description(raw).splitlines()).strip()


def description(raw: str) -> str:
    r"""Return a text with real line breaks for the two characters \n and blanks for U+00A0."""
    return raw.replace("\\n", "\n").replace("\u00a0", " ").strip()


def catalogue(pages: Sequence[Sequence[Item]], contract: Mapping[str, str]) -> pd.DataFrame:
    """Return objects as a table sorted by id, each once; `.attrs["fetch"]` counts duplicates.

    Raises KoladaContractBroken when two objects have one id and differ.
    """
    objects = [item for page in pages for item in page]
    known: dict[str, Item] = {}
    for item in objects:
        if known.setdefault(item.id, item) != item:
            raise KoladaContractBroken(f"Kolada gav två olika objekt med id {item.id}. {_CURE}")
    rows = [_cleaned(known[key]) for key in sorted(known)]
    frame = tables.frame(contract, {name: [row[name] for row in rows] for name in contract})
    duplicates = _logged("dubbletter", len(objects) - len(rows))
    frame.attrs["fetch"] = {"rows": len(objects), "duplicates": duplicates}
    return frame


def observations(
    pages: Sequence[Cells],
    contract: Mapping[str, str],
    asked: Mapping[str, Sequence[str] | Sequence[int]],
) -> pd.DataFrame:
    """Return cells as a table sorted by kpi, municipality, (ou), period and T, K, M.

    Cells outside what was asked for, by column, are left out; `.attrs["fetch"]` counts them and
    the rows, deleted cells, cells of unknown gender and identical duplicates.
    Raises KoladaContractBroken when one cell has two values.
    """
    codes, names, value = _coded(pages)
    wanted = _wanted(codes, names, asked)
    order = np.flatnonzero(wanted)
    order = order[np.lexsort([codes[key][order] for key in reversed(_KEY)])]
    repeated = _repeated(codes, order)
    _refuse_conflicts(codes, names, value, order, repeated)
    frame = _frame(contract, codes, names, value, order[~repeated])
    frame.attrs["fetch"] = _counts(pages) | {
        "unasked": _logged("celler som ingen frågat efter", int((~wanted).sum())),
        "duplicates": _logged("dubbletter", int(repeated.sum())),
    }
    return frame


_KEY: Final = ("kpi", "municipality", "ou", "period", "gender")

_Codes = dict[str, NDArray[np.int64]]
_Names = dict[str, NDArray[Any]]


def _page(body: bytes, decoder: msgspec.json.Decoder[_Envelope[T]]) -> Page[list[T]]:
    try:
        envelope = decoder.decode(body)
    except (msgspec.DecodeError, RecursionError) as fault:
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


def _cells(rows: Sequence[_AreaRow] | Sequence[_OuRow]) -> Cells:
    flat = [(row, cell) for row in rows for cell in row.values]
    live = [pair for pair in flat if not pair[1].isdeleted]
    kept = [pair for pair in live if pair[1].gender in _GENDER_ORDER]
    return Cells(
        kpi=_texts([row.kpi for row, _ in kept]),
        municipality=_texts([row.municipality for row, _ in kept]),
        ou=_texts([row.ou for row, _ in kept]),
        period=np.array([row.period for row, _ in kept], dtype=np.int64),
        gender=np.array([_GENDER_ORDER[cell.gender] for _, cell in kept], dtype=np.int64),
        value=np.array([cell.value for _, cell in kept], dtype=np.float64),
        status=_texts([cell.status or "" for _, cell in kept]),
        rows=len(rows),
        deleted=len(flat) - len(live),
        set_aside=Counter(cell.gender for _, cell in live if cell.gender not in _GENDER_ORDER),
    )


def _texts(items: Sequence[str | None]) -> _Text:
    """Return texts as an array in which equal texts are one object."""
    shared = [item if item is None else sys.intern(item) for item in items]
    return np.array(shared, dtype=object)


def _coded(pages: Sequence[Cells]) -> tuple[_Codes, _Names, NDArray[np.float64]]:
    """Return all pages' columns as codes into sorted names, -1 for none, and the values."""
    codes: _Codes = {}
    names: _Names = {}
    for column in (*_KEY, "status"):
        parts = [getattr(page, column) for page in pages]
        whole = np.concatenate(parts) if parts else np.array([], dtype=object)
        codes[column], names[column] = pd.factorize(whole, sort=True)
    values = [page.value for page in pages]
    return codes, names, np.concatenate(values) if values else np.array([], dtype=np.float64)


def _wanted(
    codes: _Codes, names: _Names, asked: Mapping[str, Sequence[str] | Sequence[int]]
) -> NDArray[np.bool_]:
    """Return which cells lie within what was asked for."""
    wanted = np.ones(len(codes["kpi"]), dtype=bool)
    for column, given in asked.items():
        allowed = set(given)
        known = np.array([name in allowed for name in names[column]] + [False], dtype=bool)
        wanted &= known[codes[column]]
    return wanted


def _repeated(codes: _Codes, order: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return which of the ordered cells are the same cell as the one before."""
    same = np.zeros(len(order), dtype=bool)
    if len(order):
        pairs = [codes[key][order[1:]] == codes[key][order[:-1]] for key in _KEY]
        same[1:] = np.logical_and.reduce(pairs)
    return same


def _refuse_conflicts(
    codes: _Codes,
    names: _Names,
    value: NDArray[np.float64],
    order: NDArray[np.intp],
    repeated: NDArray[np.bool_],
) -> None:
    second = np.flatnonzero(repeated)
    left, right = order[second - 1], order[second]
    equal = (value[left] == value[right]) | (np.isnan(value[left]) & np.isnan(value[right]))
    equal &= codes["status"][left] == codes["status"][right]
    for one, other in zip(left[~equal], right[~equal], strict=True):
        kpi, area, ou, period, gender = (names[key][codes[key][one]] for key in _KEY)
        place = _place(kpi, ou or area, period, tables.GENDERS[gender])
        both = f"{text.number(value[one], 4)} och {text.number(value[other], 4)}"
        raise KoladaContractBroken(
            f"Kolada gav en cell två gånger, olika: {place}: {both}. {_CURE}"
        )


def _frame(
    contract: Mapping[str, str],
    codes: _Codes,
    names: _Names,
    value: NDArray[np.float64],
    order: NDArray[np.intp],
) -> pd.DataFrame:
    genders = np.array([tables.GENDERS[place] for place in names["gender"]], dtype=object)
    named = names | {"gender": genders}
    columns: dict[str, Any] = {"value": value[order]}
    for name in contract:
        if name == "period":
            columns[name] = np.asarray(names[name], dtype=np.int64)[codes[name][order]]
        elif name != "value":
            vocabulary = pd.array(named[name], dtype="str")
            columns[name] = vocabulary.take(codes[name][order], allow_fill=True)
    return tables.frame(contract, columns)


def _counts(pages: Sequence[Cells]) -> dict[str, Any]:
    set_aside = sum((page.set_aside for page in pages), Counter[str]())
    for gender, cells in set_aside.items():
        _log.warning("Okänt kön %r: %d celler ställdes åt sidan", gender, cells)
    return {
        "rows": sum(page.rows for page in pages),
        "deleted": _logged("borttagna celler", sum(page.deleted for page in pages)),
        "set_aside": dict(sorted(set_aside.items())),
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
