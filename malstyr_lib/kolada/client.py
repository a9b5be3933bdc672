"""The only HTTP: complete, checked tables from Kolada, or one error; never part of an answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import version
from types import TracebackType
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import urljoin, urlsplit

import pandas as pd
import requests
from requests.adapters import HTTPAdapter

from malstyr_lib import tables
from malstyr_lib.errors import (
    KoladaContractBroken,
    KoladaError,
    KoladaRefused,
    KoladaUnavailable,
    UsageError,
)
from malstyr_lib.kolada import decode, obstacles, query
from malstyr_lib.kolada.patience import (
    LATER,
    POLITE_PER_S,
    Call,
    Pace,
    backoff_s,
    retry_after_s,
    short,
)
from malstyr_lib.kolada.query import Request

BASE_URL: Final = "https://api.kolada.se/v3"
ATTEMPTS: Final = 5
MAX_BYTES: Final = 50_000_000
MAX_PAGES: Final = 2_000
CONNECT_S: Final = 10.0
READ_S: Final = 60.0
SLOW_READ_S: Final = 120.0
"""How long a question for every key figure of an area may take to begin its answer."""
DECODERS: Final = 2
"""How many threads beyond the connections: they decode while every connection waits for Kolada."""

_READ_BYTES: Final = 1_048_576
_MOVED: Final = frozenset({301, 302, 303, 307, 308, 410})
_TRANSPORT: Final = (
    requests.RequestException,
    requests.exceptions.BaseHTTPError,  # type: ignore[attr-defined]
    OSError,
)

T = TypeVar("T")
Decode = Callable[[bytes], decode.Page[T]]
Progress = Callable[[int, int, int], None]


NO_CONNECTION: Final = "ingen förbindelse"
_UNSAFE: Final = "ingen säker förbindelse"
_TOO_SLOW: Final = "tiden för svar gick ut"
_WEB_PAGE: Final = "svaret är text/html, inte JSON"
_NETWORK: Final = (
    "Kontrollera internet; på kommunens nät kan brandvägg eller proxy stoppa, fråga IT. "
)
_CURES: Final = dict.fromkeys((NO_CONNECTION, _UNSAFE, _TOO_SLOW), _NETWORK) | {
    _WEB_PAGE: "Kolada kan ha underhåll, eller nätet kräva inloggning: öppna kolada.se i en "
    "webbläsare. "
}
_COLUMNS: Final = {
    "kpis": "kpi",
    "municipalities": "municipality",
    "ous": "ou",
    "years": "period",
}


class Kept(Protocol):
    """Answers kept from before: the bodies of all pages of a question, by its address."""

    def get(self, address: str) -> list[bytes] | None: ...
    def put(self, address: str, bodies: list[bytes]) -> None: ...


class _Nothing:
    """No answers are kept."""

    def get(self, address: str) -> None:
        return None

    def put(self, address: str, bodies: list[bytes]) -> None:
        pass


@dataclass(frozen=True)
class _Wish:
    """Which objects of a list are wished for: these ids (None = all), with these words."""

    dimension: str
    ids: tuple[str, ...] | None
    title: str | None


class Tally:
    """How far a job of several questions has come: questions answered, and rows in them."""

    def __init__(self, total: int, progress: Progress) -> None:
        self._done, self._total, self._rows, self._progress = 0, total, 0, progress

    def add(self, rows: int) -> None:
        """Count one more answer."""
        self._done += 1
        self._rows += rows

    def told(self) -> None:
        """Tell how far it has come."""
        self._progress(self._done, self._total, self._rows)


class KoladaClient:
    """Reads Kolada: every public call gives a whole table or raises KoladaError or UsageError.

    `deadline_s` is the total time of one public call, in seconds; `requests_per_s` holds over
    all `connections` (None = no limit); `progress(done, total, rows)` is called from the calling
    thread with numbers of questions, and of rows so far; `clock` is monotonic seconds. `sleep`
    waits seconds; None waits so that a failure in another connection ends the wait. An own
    `session` is not closed.
    """

    def __init__(
        self,
        base_url: str = BASE_URL,
        session: requests.Session | None = None,
        deadline_s: float = 600,
        connections: int = 4,
        *,
        requests_per_s: float | None = POLITE_PER_S,
        progress: Progress | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] | None = None,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self.base_url = _checked_base(base_url)
        self._own = session is None
        self._headers = {
            "User-Agent": f"malstyr/{version('malstyr')} (+reports for Swedish municipalities)",
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
        }
        self._session = session or _session(connections)
        self._deadline_s = deadline_s
        self._workers = max(1, connections) + DECODERS
        self._slots = threading.Semaphore(max(1, connections))
        self._decoding = threading.Lock()
        self._pace = Pace(requests_per_s, clock)
        self._progress = progress or _silent
        self._clock = clock
        self._sleep = sleep
        self._max_bytes = max_bytes
        self._areas_lock = threading.Lock()
        self._areas_table: pd.DataFrame | None = None
        self._kept: Kept = _Nothing()

    def __enter__(self) -> KoladaClient:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections, unless the session was given from outside."""
        if self._own:
            self._session.close()

    def kpis(
        self, ids: Iterable[str] | str | None = None, *, title: str | None = None
    ) -> pd.DataFrame:
        """Return key figures (`tables.KPIS`), all, by id or by words in the title; sorted by id.

        `.attrs["missing"]["kpis"]` are the ids that came to nothing.
        """
        wanted = None if ids is None else query.asked(kpis=ids).kpis
        return self._listing("kpi", decode.kpis, tables.KPIS, _Wish("kpis", wanted, title))

    def municipalities(
        self, ids: Iterable[str] | str | None = None, *, title: str | None = None
    ) -> pd.DataFrame:
        """Return areas (`tables.MUNICIPALITIES`): type K municipalities, L regions and the nation.

        All, by id or by words in the title; sorted by id.
        """
        wanted = None if ids is None else query.asked(municipalities=ids).municipalities
        wish = _Wish("municipalities", wanted, title)
        return self._listing("municipality", decode.municipalities, tables.MUNICIPALITIES, wish)

    def municipality_groups(
        self, ids: Iterable[str] | str | None = None, *, title: str | None = None
    ) -> pd.DataFrame:
        """Return groups of areas (`tables.GROUPS`), each with its members; chosen as `kpis`."""
        return self._groups("municipality_groups", ids, title)

    def kpi_groups(
        self, ids: Iterable[str] | str | None = None, *, title: str | None = None
    ) -> pd.DataFrame:
        """Return groups of key figures (`tables.GROUPS`), each with its members."""
        return self._groups("kpi_groups", ids, title)

    def ous(
        self,
        municipality: Iterable[str] | str | None = None,
        *,
        ids: Iterable[str] | str | None = None,
        title: str | None = None,
    ) -> pd.DataFrame:
        """Return units (`tables.OUS`) of some municipalities, by id or all; sorted by id.

        `.attrs["missing"]["municipalities"]` are the areas without a unit, `["ous"]` the units
        that came to nothing.
        """
        wanted = query.asked(municipalities=municipality, ous=ids)
        if ids is not None or municipality is None:
            wish = _Wish("ous", None if ids is None else wanted.ous, title)
            table = self._listing("ou", decode.ous, tables.OUS, wish)
            housed = table["municipality"].isin(wanted.municipalities)
            return table if municipality is None else table[housed].reset_index(drop=True)
        call, areas = self._call(), wanted.municipalities
        plan = query.units_of(areas, title=title)
        pages = self._gather(call, plan, decode.ous, self._tally(plan))
        table = decode.catalogue(pages, tables.OUS)
        table = _titled(_within(table, "municipality", areas), title)
        return _noted(table, call, {"municipalities": _absent(areas, table["municipality"])})

    def values(
        self,
        kpis: Iterable[str] | str | None,
        municipalities: Iterable[str] | str | None = None,
        years: Iterable[int] | int | None = None,
        from_date: date | str | None = None,
    ) -> pd.DataFrame:
        """Return observations (`tables.OBSERVATIONS`), sorted by kpi, municipality, period, T K M.

        `kpis` None is every key figure there is, and needs municipalities and years;
        `municipalities` None is every area of type K and L; `years` None is every year;
        `from_date` keeps the cells that changed since then. `.attrs["missing"]` lists what was
        asked for and not answered: the kpis, municipalities and years that no row came for, and
        under `"kinds"` the same as not_found, no_row and no_value.
        """
        wanted = query.asked(
            kpis=kpis, municipalities=municipalities, years=years, from_date=from_date
        )
        if kpis is None and (municipalities is None or years is None):
            raise UsageError("Ange nyckeltal (kpis), eller både kommuner och år.")
        call = self._call()
        if municipalities is None and not wanted.nothing:
            wanted = query.everywhere(wanted, _ranked(self._areas(call)))
        return self._observed(call, wanted)

    def values_in_parts(
        self, kpis: Iterable[str], years: Iterable[int], *, at_a_time: int
    ) -> Iterator[pd.DataFrame]:
        """Yield `values` for all areas, so many KPIs at a time that no more need be held.

        Progress is told over all parts; each part has a deadline of its own.
        """
        wanted = query.asked(kpis=kpis, years=years)
        areas = _ranked(self._areas(self._call()))
        parts = [
            query.everywhere(replace(wanted, kpis=tuple(part)), areas)
            for part in query.chunks(wanted.kpis, at_a_time)
        ]
        tally = Tally(sum(len(query.values(part)) for part in parts), self._progress)
        for part in parts:
            yield self._observed(self._call(), part, tally)

    def changes(self, kpis: Iterable[str] | str, from_date: date | str) -> pd.DataFrame:
        """Return the cells of KPIs in all areas that changed since a day, deleted ones too.

        As `values`, with a column `isdeleted` (`tables.CHANGED_OBSERVATIONS`). No row means that
        nothing changed, so nothing is missing.
        """
        call = self._call()
        wanted = query.asked(kpis=kpis, from_date=from_date)
        wanted = query.everywhere(wanted, _ranked(self._areas(call)))
        plan = query.changes(wanted)
        cells = decode.joined(self._gather(call, plan, decode.area_cells, self._tally(plan)))
        table = decode.observations(cells, tables.CHANGED_OBSERVATIONS, _bounds(wanted))
        return _noted(table, call, {})

    def ou_values(
        self,
        kpis: Iterable[str] | str | None,
        ous: Iterable[str] | str | None = None,
        years: Iterable[int] | int | None = None,
        from_date: date | str | None = None,
    ) -> pd.DataFrame:
        """Return observations of units (`tables.OU_OBSERVATIONS`), sorted as `values` and by unit.

        Of `kpis`, `ous` and `years` one can be None, which is every one there is.
        `.attrs["missing"]` lists the kpis, ous and years that no row came for.
        """
        wanted = query.asked(kpis=kpis, ous=ous, years=years, from_date=from_date)
        if sum(given is None for given in (kpis, ous, years)) > 1:
            raise UsageError(
                "Ange två av nyckeltal (kpis), enheter (ous) och år (years): Kolada kräver det."
            )
        call = self._call()
        plan = query.ou_values(wanted)
        told = decode.joined(self._gather(call, plan, decode.ou_cells, self._tally(plan)))
        table = decode.observations(
            self._housed(call, told), tables.OU_OBSERVATIONS, _bounds(wanted)
        )
        return _noted(table, call, self._missing(call, wanted, table))

    def _call(self) -> Call:
        return Call(self._deadline_s, self._clock, self._sleep)

    def keeping(self, kept: Kept) -> KoladaClient:
        """Return the same client, which first looks for every answer among those kept before."""
        other = copy(self)
        other._kept, other._own, other._areas_table = kept, False, None
        return other

    def _tally(self, plan: Sequence[Request]) -> Tally:
        return Tally(len(plan), self._progress)

    def _listing(
        self, endpoint: str, decoder: Decode[Any], contract: Mapping[str, str], wish: _Wish
    ) -> pd.DataFrame:
        """Return the objects of an endpoint that were wished for."""
        call = self._call()
        plan = query.listed(endpoint, wish.ids, title=wish.title)
        found = decode.catalogue(self._gather(call, plan, decoder, self._tally(plan)), contract)
        table = _titled(_within(found, "id", wish.ids), wish.title)
        return _noted(table, call, {wish.dimension: _absent(wish.ids, table["id"])})

    def _groups(
        self, endpoint: str, ids: Iterable[str] | str | None, title: str | None
    ) -> pd.DataFrame:
        wanted = None if ids is None else query.asked(groups=ids).groups
        return self._listing(endpoint, decode.groups, tables.GROUPS, _Wish("groups", wanted, title))

    def _observed(
        self, call: Call, wanted: query.Asked, tally: Tally | None = None
    ) -> pd.DataFrame:
        """Return the observations of areas that were asked for, and what was asked for in vain."""
        plan = query.values(wanted)
        pages = self._gather(call, plan, decode.area_cells, tally or self._tally(plan))
        table = decode.observations(decode.joined(pages), tables.OBSERVATIONS, _bounds(wanted))
        return _noted(table, call, self._missing(call, wanted, table))

    def _missing(self, call: Call, wanted: query.Asked, table: pd.DataFrame) -> dict[str, Any]:
        """Return what no row came for, by dimension, and under `kinds` why; see `values`."""
        asked = {name: getattr(wanted, name) for name in _COLUMNS}
        absent = {
            name: _absent(ids, table[_COLUMNS[name]])
            for name, ids in asked.items()
            if _COLUMNS[name] in table
        }
        valued = table[table["value"].notna()]
        unknown = {
            name: [] if wanted.params or wanted.nothing else self._unknown(call, name, ids)
            for name, ids in absent.items()
        }
        no_row = {n: [one for one in ids if one not in unknown[n]] for n, ids in absent.items()}
        no_value = {
            name: [one for one in _absent(asked[name], valued[_COLUMNS[name]]) if one not in ids]
            for name, ids in absent.items()
        }
        kinds = {"not_found": unknown, "no_row": no_row, "no_value": no_value}
        return absent | {"kinds": kinds}

    def _unknown(self, call: Call, name: str, ids: Sequence[Any]) -> list[Any]:
        """Return the ids that Kolada does not have; a year is never unknown."""
        dimension = _COLUMNS[name]
        if not ids or dimension not in _LOOKUPS:
            return []
        known = self._known(call, dimension, ids)
        return [one for one in ids if one not in known]

    def _areas(self, call: Call) -> pd.DataFrame:
        """Return the table of areas, fetched once for the calls that only look things up in it."""
        with self._areas_lock:
            if self._areas_table is None:
                plan = query.listed("municipality", None)
                pages = self._gather(call, plan, decode.municipalities)
                self._areas_table = decode.catalogue(pages, tables.MUNICIPALITIES)
            return self._areas_table

    def _housed(self, call: Call, cells: decode.Cells) -> decode.Cells:
        """Return cells of units with the municipality looked up where Kolada did not tell it."""
        homeless = decode.homeless(cells)
        if not homeless:
            return cells
        register = self._gather(call, query.register(homeless), decode.ous)
        homes = {unit.id: unit.municipality for page in register for unit in page}
        return decode.housed(cells, homes)

    def _gather(
        self, call: Call, plan: Sequence[Request], decoder: Decode[T], tally: Tally | None = None
    ) -> list[T]:
        """Return the pages of every question, in the plan's order; the first failure ends all."""
        if not plan:
            return []
        pool = ThreadPoolExecutor(min(self._workers, len(plan)), "kolada")
        try:
            asked = [pool.submit(self._answer, call, request, decoder) for request in plan]
            self._await(call, asked, plan[-1].path, tally or Tally(len(plan), _silent))
        except BaseException as failure:
            first = call.give_up(failure)
            if first is failure:
                raise
            raise first from None
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        return [page.content for future in asked for page in future.result()]

    def _await(
        self, call: Call, asked: Sequence[Future[list[decode.Page[T]]]], path: str, tally: Tally
    ) -> None:
        tally.told()
        try:
            for future in as_completed(asked, call.left(path)):
                tally.add(sum(page.rows for page in future.result()))
                tally.told()
        except TimeoutError:
            raise call.too_late(path) from None

    def _answer(self, call: Call, request: Request, decoder: Decode[T]) -> list[decode.Page[T]]:
        """Return every page of one question; ids that Kolada does not know give no page."""
        try:
            return self._kept_or_asked(call, request, decoder)
        except _NotFound as fault:
            if request.is_base:
                raise self._moved("404", request.path) from fault
        self._areas(call)  # raises if the whole API is gone, and not only these ids
        smaller = self._smaller(call, request)
        return [page for part in smaller for page in self._answer(call, part, decoder)]

    def _kept_or_asked(
        self, call: Call, request: Request, decoder: Decode[T]
    ) -> list[decode.Page[T]]:
        """Return the pages of a question, asked for only if they were not kept before."""
        address = request.url(self.base_url)
        bodies = self._kept.get(address)
        if bodies is not None:
            with self._decoding:
                return [decoder(body) for body in bodies]
        answer = self._steady(call, request, decoder)
        self._kept.put(address, [body for _, body in answer])
        return [page for page, _ in answer]

    def _smaller(self, call: Call, request: Request) -> list[Request]:
        """Return questions for the part of a not found question that may exist."""
        if not request.is_data:
            return query.halves(request)
        if not request.lists:  # it was the other form of a question that has been narrowed
            return []
        found = request
        for dimension in ("kpi", "municipality", "ou"):
            ids = request.lists.get(dimension, ())
            known = self._known(call, dimension, ids)
            if ids and not known:
                return []
            found = found.narrowed(dimension, [one for one in ids if one in known])
        if found != request:
            return [found]
        return query.by_year(request) or [query.by_parameters(request)]

    def _known(self, call: Call, dimension: str, ids: Sequence[str]) -> set[str]:
        """Return the ids of a dimension that Kolada has, looked up once per call."""
        if dimension == "municipality":
            call.found.update(self._areas(call)["id"])
            call.looked_up.update(one for one in ids if not one.startswith("G"))
        endpoint, decoder = _LOOKUPS[dimension]
        unseen = [one for one in ids if one not in call.looked_up]
        for request in query.listed(endpoint, unseen):
            for page in self._answer(call, request, decoder):
                call.found.update(item.id for item in page.content)
        call.looked_up.update(unseen)
        return call.found.intersection(ids)

    def _steady(
        self, call: Call, request: Request, decoder: Decode[T]
    ) -> list[tuple[decode.Page[T], bytes]]:
        """Return pages and bodies as they were at one moment: the earlier ones are read again.

        A row that goes moves the others up, past pages already read, and no count tells of it.
        """
        for _ in range(ATTEMPTS):
            read = list(self._pages(call, request, decoder))
            if all(
                decode.alike(self._page(call, url, request, decoder, first=False)[0], page)
                for url, page, _ in read[:-1]
            ):
                return [(page, body) for _, page, body in read]
        raise _broken(f"raderna byter sida medan de läses, {ATTEMPTS} gånger", request.path)

    def _pages(
        self, call: Call, request: Request, decoder: Decode[T]
    ) -> Iterator[tuple[str, decode.Page[T], bytes]]:
        """Yield the address, page and body of each page until Kolada says there are no more."""
        url: str | None = request.url(self.base_url)
        seen: set[str] = set()
        while url is not None:
            if url in seen or len(seen) == MAX_PAGES:
                raise _broken("sidorna tar aldrig slut", request.path)
            seen.add(url)
            page, body = self._page(call, url, request, decoder, first=len(seen) == 1)
            yield url, page, body
            following = page.next_url
            url = None if following is None else self._next(url, following, request.path)

    def _next(self, url: str, next_url: str, path: str) -> str:
        """Return the address of the next page, which must have the base's scheme, host and port."""
        try:
            following = urljoin(url, next_url)
            same = _origin(following) == _origin(self.base_url)
        except ValueError:
            same = False
        if not same:  # following it would let an answer choose whom we talk to
            raise _broken(f"nästa sida ligger på en annan adress, {next_url[:80]!r}", path)
        return following

    def _page(
        self, call: Call, url: str, request: Request, decoder: Decode[T], *, first: bool
    ) -> tuple[decode.Page[T], bytes]:
        """Return one page and its body, whatever attempts it takes within the deadline."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                body = self._body(call, url, request)
                with self._decoding:
                    return decoder(body), body
            except decode.BrokenPage as broken:
                fault = _Passing(str(broken), broken=True)
            except _Passing as passing:
                fault = passing
            except _NotFound:
                if first:
                    raise
                raise _refused("404", request.path) from None
            if attempt < ATTEMPTS:
                wait_s = backoff_s(attempt) if fault.wait_s is None else fault.wait_s
                call.pause(wait_s, request.path, str(fault))
        raise _final(fault, request.path) from fault

    def _body(self, call: Call, url: str, request: Request) -> bytes:
        """Return the decoded body of one attempt, whose status and content type are right."""
        path = request.path
        try:
            with self._slots:
                return self._got(call, url, path, SLOW_READ_S if request.is_slow else READ_S)
        except _TRANSPORT as fault:
            obstacle = obstacles.failed(fault, url, path)
            if obstacle:
                raise obstacle from fault
            reason = _transport_reason(fault)
            call.left(path, reason)
            raise _Passing(reason) from fault

    def _got(self, call: Call, url: str, path: str, read_s: float) -> bytes:
        """Return the decoded body of one request, sent when the pace allows."""
        call.pause(self._pace.wait_s(), path)
        left = call.left(path)
        call.count()
        with self._session.get(
            url,
            headers=self._headers,
            timeout=(min(CONNECT_S, left), min(read_s, left)),
            allow_redirects=False,
            stream=True,
        ) as response:
            self._check(response, url, path)
            return b"".join(self._pieces(call, response, path))

    def _check(self, response: requests.Response, url: str, path: str) -> None:
        """Raise unless the answer is a 200 with JSON."""
        status = response.status_code
        obstacle = obstacles.answered(response, url, path)
        if obstacle:
            raise obstacle
        if status == 429 or status >= 500:
            headers = response.headers
            asked_s = retry_after_s(headers.get("Retry-After", ""), headers.get("Date", ""))
            raise _Passing(str(status), wait_s=asked_s)
        if status == 404:
            raise _NotFound
        if status in _MOVED:
            raise self._moved(str(status), path)
        if status != 200:
            raise _refused(str(status), path)
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise _Passing(f"svaret är {kind or 'av okänd typ'}, inte JSON")

    def _pieces(self, call: Call, response: requests.Response, path: str) -> Iterator[bytes]:
        """Yield the decoded body as it arrives, within the deadline and the size limit."""
        size = 0
        while piece := response.raw.read1(_READ_BYTES, decode_content=True):
            size += len(piece)
            if size > self._max_bytes:
                raise _broken(f"svaret är större än {self._max_bytes} byte", path)
            call.left(path)
            yield piece

    def _moved(self, status: str, path: str) -> KoladaRefused:
        return KoladaRefused(
            f"Koladas API har flyttat eller lagts ned ({status} på {short(path)} "
            f"under {self.base_url}). Kontrollera adressen och om det finns en nyare malstyr; "
            "rapporter kan köras på en tidigare ögonblicksbild."
        )


class _NotFound(Exception):
    """Kolada answered 404."""


class _Passing(Exception):
    """A fault that another attempt may cure, after `wait_s` seconds if Kolada said so."""

    def __init__(self, reason: str, *, wait_s: float | None = None, broken: bool = False) -> None:
        super().__init__(reason)
        self.wait_s = wait_s
        self.broken = broken


def _silent(done: int, total: int, rows: int) -> None:
    """Tell nobody about progress."""


_LOOKUPS: Final[dict[str, tuple[str, Decode[Any]]]] = {
    "kpi": ("kpi", decode.kpis),
    "municipality": ("municipality_groups", decode.groups),
    "ou": ("ou", decode.ous),
}


def _session(connections: int) -> requests.Session:
    session = requests.Session()
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(pool_maxsize=max(1, connections), max_retries=0))
    return session


def _checked_base(base_url: str) -> str:
    base = base_url.rstrip("/")
    try:
        scheme, host, _ = _origin(base)
    except ValueError:
        scheme, host = "", None
    if scheme not in ("http", "https") or not host or "?" in base or "#" in base:
        raise UsageError(f"Adressen {base_url!r} är ingen Kolada-adress; skriv som {BASE_URL}.")
    return base


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname, port


def _ranked(areas: pd.DataFrame) -> list[str]:
    """Return the areas that values are fetched for when none are named: types K and L."""
    return sorted(areas.loc[areas["type"].isin(["K", "L"]), "id"])


def _bounds(wanted: query.Asked) -> dict[str, Sequence[Any]]:
    """Return what the answer must keep within, by column, where something was named."""
    bounds: dict[str, Sequence[Any]] = {
        "kpi": wanted.kpis,
        "municipality": wanted.municipalities,
        "ou": wanted.ous,
        "period": wanted.years,
    }
    return {column: given for column, given in bounds.items() if given}


def _within(table: pd.DataFrame, column: str, asked: Sequence[str] | None) -> pd.DataFrame:
    """Return the rows that were asked for: a server may ignore a parameter without a word."""
    return table if asked is None else table[table[column].isin(asked)].reset_index(drop=True)


def _absent(asked: Sequence[T] | None, came: pd.Series[Any]) -> list[T]:
    present = set(came.unique())
    return [one for one in asked or () if one not in present]


def _titled(table: pd.DataFrame, words: str | None) -> pd.DataFrame:
    """Return the rows whose title holds the words, whatever their case."""
    if words is None:
        return table
    held = table["title"].str.casefold().str.contains(words.casefold(), regex=False)
    return table[held].reset_index(drop=True)


def _noted(table: pd.DataFrame, call: Call, missing: Mapping[str, Any]) -> pd.DataFrame:
    """Return the table with how it was fetched and what was asked for in vain."""
    noted = table.copy(deep=False)
    noted.attrs["fetch"] = {"requests": call.requests} | table.attrs.get("fetch", {})
    noted.attrs["missing"] = dict(missing)
    return noted


def _transport_reason(fault: BaseException) -> str:
    if isinstance(fault, requests.exceptions.ConnectTimeout | requests.exceptions.ReadTimeout):
        return _TOO_SLOW
    if isinstance(fault, requests.exceptions.SSLError):
        return _UNSAFE
    if isinstance(fault, requests.exceptions.ConnectionError):
        return NO_CONNECTION
    return "svaret avbröts"


def _final(fault: _Passing, path: str) -> KoladaError:
    """Return the error for a fault that no attempt cured."""
    if fault.broken:
        return KoladaContractBroken(
            f"Kolada svarar fel efter {ATTEMPTS} försök ({fault}) på {short(path)}. {LATER}"
        )
    cure = _CURES.get(str(fault), "")
    return KoladaUnavailable(
        f"Kolada svarar inte efter {ATTEMPTS} försök ({fault}) på {short(path)}. {cure}{LATER}"
    )


def _refused(status: str, path: str) -> KoladaRefused:
    return KoladaRefused(
        f"Kolada avvisar frågan ({status}) på {short(path)}. Kontrollera nyckeltal, områden och "
        "år; går de att öppna på kolada.se behöver malstyr rättas."
    )


def _broken(what: str, path: str) -> KoladaContractBroken:
    return KoladaContractBroken(f"Koladas svar är fel: {what} (på {short(path)}). {LATER}")
