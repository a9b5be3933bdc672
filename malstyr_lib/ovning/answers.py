"""A request's address in, the answer that Kolada v3 would give out; pure, no network.

Contract: GET, envelope of values, count, next_url and previous_url; pages of at most 5000; lists
of at most 25, else 400; unknown ids give 200 and an empty list, unknown parameters are ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import msgspec

from malstyr_lib.ovning.holdings import Holdings, Listing
from malstyr_lib.ovning.pages import Found, Wanted, find, page_of

PAGE_CAP: Final = 5000
LIST_CAP: Final = 25
_PATHS: Final = {
    "data": {("kpi", "municipality", "year"), ("kpi", "municipality"), ("kpi", "year")}
    | {("municipality", "year")},
    "oudata": {("kpi", "ou", "year"), ("kpi", "ou"), ("kpi", "year"), ("ou", "year")},
}
_QUERY_NAMES: Final = {
    "data": {"kpi": "kpi_id", "municipality": "municipality_id", "year": "year"},
    "oudata": {"kpi": "kpi_id", "ou": "ou_id", "year": "year"},
}

Query = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Answer:
    """A status and a JSON body."""

    status: int
    body: bytes


class _Refusal(Exception):
    """A request that gets no values."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.answer = Answer(status, msgspec.json.encode({"detail": detail}))


class _Envelope(msgspec.Struct):
    values: Sequence[Any]
    count: int
    next_url: str | None
    previous_url: str | None


def respond(held: Holdings, target: str, *, base: str) -> Answer:
    """Return the answer to a request target such as "/v3/kpi?title=skola".

    `base` is scheme, host and port, and begins the addresses of other pages.
    """
    address = urlsplit(target)
    query = parse_qs(address.query)
    try:
        page, per_page = _paging(query)
        values, total = _values(held, address.path, query=query, page=(page, per_page))
    except _Refusal as refusal:
        return refusal.answer
    link = _links(base + address.path, query, per_page=per_page)
    envelope = _Envelope(
        values=values,
        count=len(values),
        next_url=link(page + 1) if page * per_page < total else None,
        previous_url=link(page - 1) if page > 1 else None,
    )
    return Answer(200, msgspec.json.encode(envelope))


def _paging(query: Query) -> tuple[int, int]:
    """Return page and page length; more than the cap is cut silently."""
    page, per_page = (_number(query, name) for name in ("page", "per_page"))
    return page or 1, min(per_page or PAGE_CAP, PAGE_CAP)


def _number(query: Query, name: str) -> int | None:
    """Return a whole number above 0 from the query, None when it is not asked for."""
    if name not in query:
        return None
    text = query[name][-1]
    if not text.isdecimal() or int(text) < 1:
        raise _Refusal(400, f"{name} must be a positive integer")
    return int(text)


def _links(address: str, query: Query, *, per_page: int) -> Callable[[int], str]:
    """Return what makes the address of another page of the same request."""
    kept = {name: words for name, words in query.items() if name not in ("page", "per_page")}

    def link(page: int) -> str:
        asked = {**kept, "page": [str(page)], "per_page": [str(per_page)]}
        return f"{address}?{urlencode(asked, doseq=True)}"

    return link


def _values(
    held: Holdings, path: str, *, query: Query, page: tuple[int, int]
) -> tuple[Sequence[Any], int]:
    """Return the objects or rows of one page, and how many there are on all pages."""
    version, *rest = [unquote(part) for part in path.strip("/").split("/")]
    if version in ("v1", "v2"):
        raise _Refusal(410, "This version is gone, use /v3")
    if version != "v3" or not rest:
        raise _Refusal(404, "Not Found")
    if rest[0] in held.lists and len(rest) <= 2:
        found = _objects(held.lists[rest[0]], rest[1:], query=query)
        return found[(page[0] - 1) * page[1] : page[0] * page[1]], len(found)
    if rest[0] in _PATHS:
        rows = _rows(held, rest[0], asked=_dimensions(rest, query), query=query)
        return page_of(rows, page=page[0], per_page=page[1]), rows.total
    raise _Refusal(404, "Not Found")


def _objects(listing: Listing, ids: Sequence[str], *, query: Query) -> list[Any]:
    """Return the objects with the ids asked for, or all, that pass the filters of the query."""
    chosen: Sequence[int] = range(len(listing.objects))
    if ids:
        chosen = sorted({listing.place[one] for one in _list(ids) if one in listing.place})
    for word in query.get("title", []):
        chosen = [number for number in chosen if word.casefold() in listing.titles[number]]
    for name, column in listing.filters.items():
        if name in query:
            allowed = _list(query[name])
            chosen = [number for number in chosen if column[number] in allowed]
    return [listing.objects[number] for number in chosen]


def _dimensions(rest: Sequence[str], query: Query) -> dict[str, list[str]]:
    """Return what is asked for along each dimension, from the path or else from the query."""
    kind, *pairs = rest
    if not pairs:
        names = _QUERY_NAMES[kind]
        asked = {name: _list(query[names[name]]) for name in names if names[name] in query}
        if len(asked) >= 2:
            return asked
    elif tuple(pairs[::2]) in _PATHS[kind] and len(pairs) % 2 == 0:
        return {name: _list([words]) for name, words in zip(pairs[::2], pairs[1::2], strict=True)}
    raise _Refusal(404, "Not Found")


def _list(words: Sequence[str]) -> list[str]:
    """Return the values of comma-separated lists, each once; more than 25 are refused."""
    items = list(dict.fromkeys(item for word in words for item in word.split(",") if item))
    if len(items) > LIST_CAP:
        raise _Refusal(400, f"At most {LIST_CAP} values in a list")
    return items


def _rows(held: Holdings, kind: str, *, asked: Mapping[str, list[str]], query: Query) -> Found:
    """Return the rows asked for; group rows come when named, and with every area of a KPI."""
    years = asked.get("year")
    area = "ou" if kind == "oudata" else "municipality"
    wanted = Wanted(
        kpis=asked.get("kpi"),
        areas=asked.get(area),
        years=None if years is None else [int(year) for year in years if year.isdecimal()],
        since=_since(query),
        types=_list(query["region_type"]) if "region_type" in query else None,
    )
    return find(held, wanted, units=kind == "oudata")


def _since(query: Query) -> date | None:
    if "from_date" not in query:
        return None
    try:
        return date.fromisoformat(query["from_date"][-1])
    except ValueError:
        raise _Refusal(400, "from_date must be YYYY-MM-DD") from None
