"""Questions to Kolada, composed purely: checked ids in, `Request` values out; nothing is sent."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from numbers import Integral
from typing import Any, Final
from urllib.parse import urlencode

from malstyr_lib import text
from malstyr_lib.errors import UsageError

MAX_IDS: Final = 25
"""How many values Kolada takes in one list of a path; years are counted too."""
PAGE_ROWS: Final = 4999
"""How many rows a planned answer may have, on a page of 5000.

One row less than the page, so that a full page always means that an answer outgrew its plan: of
5000 rows nobody could say whether they were all there is. Even lists make the difference rarely
cost a request: 24 × 24 × 8 fits where 25 × 25 × 8 would not.
"""
SPAN_YEARS: Final = 35
"""How many years a series is reckoned to have when all of its years are asked for."""
REGISTER_CHUNKS: Final = 8
"""From how many lists of unit ids on the whole register is the cheaper question."""
KPI_PAGES: Final = 3
"""How many pages the list of all key figures takes: some 6,100 on two, and the first again."""

_PAGING: Final = frozenset({"page", "per_page"})
_PARAMETERS: Final = {
    "kpi": _PAGING | {"title"},
    "kpi_groups": _PAGING | {"title"},
    "municipality": _PAGING | {"title", "region_type", "type"},
    "municipality_groups": _PAGING | {"title"},
    "ou": _PAGING | {"title", "municipality"},
    "data": _PAGING | {"from_date", "region_type", "kpi_id", "municipality_id", "year"},
    "oudata": _PAGING | {"from_date", "kpi_id", "ou_id", "year"},
}
_QUERY_NAMES: Final = {
    "data": {"kpi": "kpi_id", "municipality": "municipality_id", "year": "year"},
    "oudata": {"kpi": "kpi_id", "ou": "ou_id", "year": "year"},
}
_KPI: Final = re.compile(r"[NU][0-9]{5}")
_GROUP: Final = re.compile(r"[Gg][0-9A-Za-z]{1,39}")
_AREA: Final = re.compile(r"[0-9]{4}|G[0-9]{4,6}")
_OU: Final = re.compile(r"V[0-9A-Z]{3,39}")
_YEAR: Final = re.compile(r"(19|20|21)[0-9]{2}")


@dataclass(frozen=True)
class Request:
    """One question: a path below the base and its query parameters, which Kolada must know.

    Raises UsageError for a parameter that the path does not have: the server would ignore it.
    """

    path: str
    params: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        known = _PARAMETERS[self.path.split("/")[1]]
        for name, _ in self.params:
            if name not in known:
                near = text.did_you_mean(name, known)
                raise UsageError(f"Okänd frågeparameter '{name}' för {self.path}{near}")

    @property
    def is_data(self) -> bool:
        """Whether the answer is observations and not a list of objects."""
        return self.path.startswith(("/data/", "/oudata/"))

    @property
    def pages(self) -> int:
        """How many pages the answer is reckoned to take; each is a request of its own."""
        return KPI_PAGES if self.path == "/kpi" and not self.params else 1

    @property
    def is_slow(self) -> bool:
        """Whether it asks for every key figure of some areas: it can take minutes to answer."""
        return self.is_data and bool(self.lists) and "kpi" not in self.lists

    @property
    def is_base(self) -> bool:
        """Whether the question is a bare endpoint, which is there as long as the API is."""
        return not self.lists and not self.params

    @property
    def lists(self) -> dict[str, tuple[str, ...]]:
        """The path's lists by dimension: kpi, municipality, ou, year or the endpoint's name."""
        parts = self.path.strip("/").split("/")[1 if self.is_data else 0 :]
        return {
            name: tuple(ids.split(",")) for name, ids in zip(parts[::2], parts[1::2], strict=False)
        }

    def url(self, base: str) -> str:
        """Return the address of the question below a base without a closing slash."""
        return base + self.path + (f"?{urlencode(self.params)}" if self.params else "")

    def narrowed(self, dimension: str, ids: Sequence[str]) -> Request:
        """Return the same question with other ids in one of its lists."""
        lists = self.lists | {dimension: tuple(ids)}
        head = "/" + self.path.split("/")[1] if self.is_data else ""
        return replace(self, path=head + _path(lists))


@dataclass(frozen=True)
class Cost:
    """What a plan costs when nothing fails: requests, and the least seconds at the pace."""

    requests: int
    seconds: float


@dataclass(frozen=True)
class Asked:
    """The checked ids and years of one call, each once and in the order given."""

    kpis: tuple[str, ...] = ()
    municipalities: tuple[str, ...] = ()
    ous: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    params: tuple[tuple[str, str], ...] = ()
    everywhere: bool = False
    """Whether the municipalities are all that there are."""
    nothing: bool = False
    """Whether some list was given without anything in it, so that there is nothing to ask."""


def asked(
    *,
    kpis: Iterable[str] | str | None = None,
    groups: Iterable[str] | str | None = None,
    municipalities: Iterable[str] | str | None = None,
    ous: Iterable[str] | str | None = None,
    years: Iterable[int] | int | None = None,
    from_date: date | str | None = None,
) -> Asked:
    """Return what is asked for, checked; raises one UsageError that lists every bad id and year."""
    given = {
        "kpis": _many(kpis),
        "municipalities": _many(municipalities),
        "ous": _many(ous),
        "groups": _many(groups),
        "years": _many(years),
    }
    faults = [
        *_faults(given["kpis"], _KPI, "nyckeltal skrivs N eller U och fem siffror, som N00945"),
        *_faults(
            given["municipalities"], _AREA, "områden skrivs som text med fyra siffror, som '2083'"
        ),
        *_faults(given["ous"], _OU, "enheter skrivs som V15E144001301"),
        *_faults(given["groups"], _GROUP, "grupper skrivs som G176263"),
        *_year_faults(given["years"]),
        *_date_faults(from_date),
    ]
    if faults:
        raise UsageError("Frågan till Kolada ställdes inte. " + " ".join(faults))
    return Asked(
        kpis=_distinct(given["kpis"]),
        municipalities=_distinct(given["municipalities"]),
        ous=_distinct(given["ous"]),
        groups=_distinct(given["groups"]),
        years=tuple(dict.fromkeys(int(year) for year in given["years"] or ())),
        params=(("from_date", str(from_date)),) if from_date is not None else (),
        nothing=any(items == () for items in given.values()),
    )


def everywhere(wanted: Asked, municipalities: Sequence[str]) -> Asked:
    """Return the same question for these areas, which are all that there are."""
    return replace(wanted, municipalities=tuple(municipalities), everywhere=True)


def chunks(items: Sequence[str], size: int = MAX_IDS) -> Iterator[Sequence[str]]:
    """Yield the items in order, at most `size` at a time."""
    return (items[start : start + size] for start in range(0, len(items), size))


def listed(endpoint: str, ids: Sequence[str] | None, *, title: str | None = None) -> list[Request]:
    """Return the questions for objects of an endpoint: all in one, or some by lists of ids.

    title: only those whose title holds these words.
    """
    params = () if title is None else (("title", title),)
    if ids is None:
        return [Request(f"/{endpoint}", params)]
    return [Request(_path({endpoint: part}), params) for part in chunks(ids)]


def units_of(areas: Sequence[str], *, title: str | None = None) -> list[Request]:
    """Return the questions for the units of some areas."""
    params = () if title is None else (("title", title),)
    return [Request("/ou", (("municipality", area), *params)) for area in areas]


def register(ous: Sequence[str]) -> list[Request]:
    """Return the cheapest questions for the objects of these units."""
    return listed("ou", ous if len(ous) <= MAX_IDS * REGISTER_CHUNKS else None)


def values(wanted: Asked) -> list[Request]:
    """Return the fewest questions for observations of areas, each with an answer of one page.

    Without KPIs there is one per area and year, for every key figure: about 4,800 rows. Where every
    area is asked for, a question without areas for each KPI and year can be cheaper; its answer
    brings the rows of all groups too, and fits a page for one KPI and one year only.
    """
    if wanted.nothing:
        return []
    if not wanted.kpis:
        return _pairs(
            "/data", {"municipality": wanted.municipalities, "year": wanted.years}, wanted
        )
    listed_areas = _plan("/data", "municipality", wanted.municipalities, wanted)
    whole_years = len(wanted.kpis) * len(wanted.years) if wanted.everywhere else 0
    if 0 < whole_years < len(listed_areas):
        return _pairs("/data", {"kpi": wanted.kpis, "year": wanted.years}, wanted)
    return listed_areas


def changes(wanted: Asked) -> list[Request]:
    """Return the questions for what has changed of KPIs × areas since a day, in the longest lists.

    Changes are few; an answer that does not fit one page is walked to its end and read again.
    """
    return [
        Request("/data" + _path({"kpi": kpis, "municipality": areas}), wanted.params)
        for kpis in chunks(wanted.kpis)
        for areas in chunks(wanted.municipalities)
    ]


def ou_values(wanted: Asked) -> list[Request]:
    """Return the questions for observations of units.

    Without units one per KPI and year, without KPIs one per unit and year.
    """
    if wanted.nothing:
        return []
    if wanted.ous and wanted.kpis:
        return _plan("/oudata", "ou", wanted.ous, wanted)
    if wanted.ous:
        return _pairs("/oudata", {"ou": wanted.ous, "year": wanted.years}, wanted)
    return _pairs("/oudata", {"kpi": wanted.kpis, "year": wanted.years}, wanted)


def by_parameters(request: Request) -> Request:
    """Return a data question as its other form, with every id and year a parameter of its own."""
    head = request.path.split("/")[1]
    names = _QUERY_NAMES[head]
    ids = [(names[name], one) for name, items in request.lists.items() for one in items]
    return Request(f"/{head}/", (*ids, *request.params))


def cost(plan: Sequence[Request], per_s: float | None) -> Cost:
    """Return what a plan costs at so many requests per second (None = no limit), unsent."""
    requests = sum(request.pages for request in plan)
    return Cost(requests, requests / per_s if per_s else 0.0)


def cut(kpis: int, places: int, years: int | None) -> tuple[int, int, int]:
    """Return into how many even lists to cut KPIs, places and years: the fewest requests.

    No list is longer than MAX_IDS and no answer than PAGE_ROWS; of plans that cost the same, the
    one whose largest answer is smallest, which is the most even one. Every count is at least 1;
    years None is every year there is, SPAN_YEARS of them in an answer that cannot be cut by year.

    That form is never chosen when years are given, although it could save a request where more
    than MAX_IDS years of a few series are asked for. How long a series is, is known only once the
    answer has come; with years in the path, KPIs × places × years is a bound that holds.
    """
    shapes = [
        (many, much, cuts)
        for many in _parts(kpis)
        for much in _parts(places)
        if (cuts := _year_parts(_size(kpis, many) * _size(places, much), years))
    ]
    counts = (kpis, places, years or 1)
    return min(
        shapes,
        key=lambda shape: (math.prod(shape), math.prod(map(_size, counts, shape)), shape),
    )


def halves(request: Request) -> list[Request]:
    """Return a list question as two with half of the ids each, or none when it has only one id."""
    if not request.lists:
        return []
    ((dimension, ids),) = request.lists.items()
    middle = len(ids) // 2
    return [request.narrowed(dimension, part) for part in (ids[:middle], ids[middle:]) if middle]


def by_year(request: Request) -> list[Request]:
    """Return a data question as one per year, or none when it is for one year or for all."""
    years = request.lists.get("year", ())
    return [request.narrowed("year", [year]) for year in years if len(years) > 1]


def _plan(head: str, place: str, places: Sequence[str], wanted: Asked) -> list[Request]:
    """Return the fewest questions for KPIs × places × years, each with an answer of one page."""
    if not (wanted.kpis and places):
        return []
    years = [str(year) for year in wanted.years]
    of_kpis, of_places, of_years = cut(len(wanted.kpis), len(places), len(years) or None)
    return [
        Request(head + _path({"kpi": kpis, place: part, "year": span}), wanted.params)
        for kpis in _even(wanted.kpis, of_kpis)
        for part in _even(places, of_places)
        for span in _even(years, of_years)
    ]


def _pairs(
    head: str, dimensions: Mapping[str, Sequence[str] | Sequence[int]], wanted: Asked
) -> list[Request]:
    """Return a question for every pair of one item of each of two dimensions."""
    (one, items), (other, more) = dimensions.items()
    return [
        Request(head + _path({one: [str(item)], other: [str(another)]}), wanted.params)
        for item in items
        for another in more
    ]


def _even(items: Sequence[str], parts: int) -> list[Sequence[str]]:
    """Return the items in order as so many lists, whose lengths differ by at most one."""
    bounds = [len(items) * part // parts for part in range(parts + 1)]
    return [items[start:end] for start, end in pairwise(bounds)]


def _size(items: int, parts: int) -> int:
    """Return the length of the longest of so many even lists."""
    return -(-items // parts)


def _parts(items: int) -> list[int]:
    """Return the numbers of lists worth trying: no fewer for each length that Kolada takes."""
    return sorted({_size(items, length) for length in range(1, MAX_IDS + 1)})


def _year_parts(series: int, years: int | None) -> int:
    """Return into how few lists the years of so many series can be cut, or 0 when they cannot."""
    room = PAGE_ROWS // series
    if years is None:
        return int(room >= SPAN_YEARS)
    return _size(years, min(MAX_IDS, room))


def _path(lists: Mapping[str, Sequence[str]]) -> str:
    return "".join(f"/{name}/{','.join(ids)}" for name, ids in lists.items() if ids)


def _many(items: object) -> tuple[Any, ...] | None:
    """Return what was given as items, read once: a single id or year, or several; None as None."""
    if items is None:
        return None
    return (
        (items,) if isinstance(items, str | int) or not isinstance(items, Iterable) else (*items,)
    )


def _distinct(ids: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ids or ()))


def _faults(ids: Sequence[Any] | None, form: re.Pattern[str], rule: str) -> list[str]:
    bad = [one for one in ids or () if not (isinstance(one, str) and form.fullmatch(one))]
    named = text.listing([repr(one) for one in dict.fromkeys(bad)])
    return [f"Ogiltigt: {named}; {rule}."] if bad else []


def _year_faults(years: Sequence[Any] | None) -> list[str]:
    bad = [
        year
        for year in years or ()
        if isinstance(year, bool) or not (isinstance(year, Integral) and _YEAR.fullmatch(f"{year}"))
    ]
    named = text.listing([repr(year) for year in bad])
    return [f"Ogiltigt: {named}; år skrivs som heltal med fyra siffror, som 2024."] if bad else []


def _date_faults(day: date | str | None) -> list[str]:
    try:
        fine = day is None or date.fromisoformat(str(day)).isoformat() == str(day)
    except ValueError:
        fine = False
    return [] if fine else [f"Ogiltigt: {day!r}; from_date skrivs som 2026-01-31."]
