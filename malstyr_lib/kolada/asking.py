"""Questions to Kolada, all of a plan at once: every page of every answer, or the first failure."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import suppress
from copy import copy
from typing import Any, Final, Protocol, TypeVar

import pandas as pd

from malstyr_lib import tables
from malstyr_lib.errors import KoladaContractBroken
from malstyr_lib.kolada import cells, objects, query
from malstyr_lib.kolada.envelope import BrokenPage, Page
from malstyr_lib.kolada.patience import Call
from malstyr_lib.kolada.query import Request
from malstyr_lib.kolada.wire import ATTEMPTS, Decode, NotFound, Wire, broken

MAX_PAGES: Final = 2_000
DECODERS: Final = 2
"""How many threads beyond the connections: they decode while every connection waits for Kolada."""

T = TypeVar("T")
Progress = Callable[[int, int, int], None]


class Kept(Protocol):
    """Answers kept from before: the bodies of all pages of a question, by its address."""

    def get(self, address: str) -> list[bytes] | None:
        """Return the pages kept of a question, or None."""

    def put(self, address: str, bodies: list[bytes]) -> None:
        """Keep the pages of a question that is answered whole."""


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


class Asker:
    """Asks over one wire, from several threads; what has been kept is not asked for again."""

    def __init__(self, wire: Wire, connections: int) -> None:
        self._wire = wire
        self._workers = connections + DECODERS
        self._kept: Kept | None = None
        self._lookups = threading.Lock()
        self._areas_lock = threading.Lock()
        self._areas_table: pd.DataFrame | None = None

    def keeping(self, kept: Kept) -> Asker:
        """Return the same, which first looks for every answer among those kept before."""
        other = copy(self)
        other._kept, other._areas_table = kept, None
        return other

    def gather(
        self, call: Call, plan: Sequence[Request], decoder: Decode[T], tally: Tally | None = None
    ) -> list[T]:
        """Return the pages of every question, in the plan's order; the first failure ends all."""
        if not plan:
            return []
        pool = ThreadPoolExecutor(min(self._workers, len(plan)), "kolada")
        try:
            asked = [pool.submit(self._answer, call, request, decoder) for request in plan]
            self._await(call, asked, plan[-1].path, tally or Tally(len(plan), silent))
        except BaseException as failure:
            first = call.give_up(failure)
            if first is failure:
                raise
            raise first from None
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        return [page.content for future in asked for page in future.result()]

    def _await(
        self, call: Call, asked: Sequence[Future[list[Page[T]]]], path: str, tally: Tally
    ) -> None:
        tally.told()
        try:
            for future in as_completed(asked, call.left(path)):
                tally.add(sum(page.rows for page in future.result()))
                tally.told()
        except TimeoutError:
            raise call.too_late(path) from None

    def _answer(self, call: Call, request: Request, decoder: Decode[T]) -> list[Page[T]]:
        """Return every page of one question; ids that Kolada does not know give no page."""
        try:
            return self._kept_or_asked(call, request, decoder)
        except NotFound as fault:
            if request.is_base:
                raise self._wire.moved("404", request.path) from fault
        self.areas(call)  # raises if the whole API is gone, and not only these ids
        smaller = self._smaller(call, request)
        return [page for part in smaller for page in self._answer(call, part, decoder)]

    def _kept_or_asked(self, call: Call, request: Request, decoder: Decode[T]) -> list[Page[T]]:
        """Return the pages of a question, asked for only if they were not kept before."""
        address = request.url(self._wire.base_url)
        bodies = self._kept.get(address) if self._kept is not None else None
        if bodies is not None:
            with suppress(BrokenPage, KoladaContractBroken):  # as another version kept it
                return [self._wire.decoded(decoder, body) for body in bodies]
        answer = self._steady(call, request, decoder)
        if self._kept is not None:
            self._kept.put(address, [body for _, body in answer])
        return [page for page, _ in answer]

    def areas(self, call: Call) -> pd.DataFrame:
        """Return the table of areas, fetched once for the calls that only look things up in it."""
        with self._areas_lock:
            if self._areas_table is None:
                plan = query.listed("municipality", None)
                pages = self.gather(call, plan, objects.municipalities)
                self._areas_table = objects.catalogue(pages, tables.MUNICIPALITIES)
            return self._areas_table

    def known(self, call: Call, dimension: str, ids: Sequence[str]) -> set[str]:
        """Return the ids of a dimension that Kolada has, looked up once per call."""
        if dimension == "municipality":
            areas = self.areas(call)["id"]
            with self._lookups:
                call.found.update(areas)
                call.looked_up.update(one for one in ids if not one.startswith("G"))
        endpoint, decoder = LOOKUPS[dimension]
        with self._lookups:  # several questions may meet the same unknown id at once
            unseen = [one for one in ids if one not in call.looked_up]
            for request in query.listed(endpoint, unseen):
                for page in self._answer(call, request, decoder):
                    call.found.update(item.id for item in page.content)
            call.looked_up.update(unseen)
            return call.found.intersection(ids)

    def _smaller(self, call: Call, request: Request) -> list[Request]:
        """Return questions for the part of a not found question that may exist."""
        if not request.is_data:
            return query.halves(request)
        if not request.lists:  # it was the other form of a question that has been narrowed
            return []
        found = request
        for dimension in ("kpi", "municipality", "ou"):
            ids = request.lists.get(dimension, ())
            known = self.known(call, dimension, ids)
            if ids and not known:
                return []
            found = found.narrowed(dimension, [one for one in ids if one in known])
        if found != request:
            return [found]
        return query.by_year(request) or [query.by_parameters(request)]

    def _steady(
        self, call: Call, request: Request, decoder: Decode[T]
    ) -> list[tuple[Page[T], bytes]]:
        """Return pages and bodies as they were at one moment: the earlier ones are read again.

        A row that goes moves the others up, past pages already read, and no count tells of it.
        """
        for _ in range(ATTEMPTS):
            read = list(self._pages(call, request, decoder))
            if all(
                cells.alike(self._wire.page(call, url, request, decoder, first=False)[0], page)
                for url, page, _ in read[:-1]
            ):
                return [(page, body) for _, page, body in read]
        raise broken(f"raderna byter sida medan de läses, {ATTEMPTS} gånger", request.path)

    def _pages(
        self, call: Call, request: Request, decoder: Decode[T]
    ) -> Iterator[tuple[str, Page[T], bytes]]:
        """Yield the address, page and body of each page until Kolada says there are no more."""
        url: str | None = request.url(self._wire.base_url)
        seen: set[str] = set()
        while url is not None:
            if url in seen or len(seen) == MAX_PAGES:
                raise broken("sidorna tar aldrig slut", request.path)
            seen.add(url)
            page, body = self._wire.page(call, url, request, decoder, first=len(seen) == 1)
            yield url, page, body
            following = page.next_url
            url = None if following is None else self._wire.following(url, following, request.path)


def silent(done: int, total: int, rows: int) -> None:
    """Tell nobody about progress."""


LOOKUPS: Final[dict[str, tuple[str, Decode[Any]]]] = {
    "kpi": ("kpi", objects.kpis),
    "municipality": ("municipality_groups", objects.groups),
    "ou": ("ou", objects.ous),
}
