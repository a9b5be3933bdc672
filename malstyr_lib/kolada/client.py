"""Kolada as tables: complete and checked, or one error; never part of an answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from types import TracebackType
from typing import Any, Final, TypeVar

import pandas as pd
import requests

from malstyr_lib import tables
from malstyr_lib.errors import UsageError
from malstyr_lib.kolada import cells, objects, query
from malstyr_lib.kolada.asking import LOOKUPS, Asker, Kept, Progress, Tally, silent
from malstyr_lib.kolada.cells import Cells
from malstyr_lib.kolada.observations import observations
from malstyr_lib.kolada.patience import POLITE_PER_S, Call, Pace
from malstyr_lib.kolada.query import Request
from malstyr_lib.kolada.wire import BASE_URL, MAX_BYTES, Decode, Wire

T = TypeVar("T")

_COLUMNS: Final = {
    "kpis": "kpi",
    "municipalities": "municipality",
    "ous": "ou",
    "years": "period",
}


@dataclass(frozen=True)
class _Wish:
    """Which objects of a list are wished for: these ids (None = all), with these words."""

    dimension: str
    ids: tuple[str, ...] | None
    title: str | None


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
        at_once = max(1, connections)
        pace = Pace(requests_per_s, clock)
        self._wire = Wire(base_url, session, at_once, pace, max_bytes)
        self._asker = Asker(self._wire, at_once)
        self._deadline_s = deadline_s
        self._progress = progress or silent
        self._clock = clock
        self._sleep = sleep

    @property
    def base_url(self) -> str:
        """The address that every path is below, without a closing slash."""
        return self._wire.base_url

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
        self._wire.close()

    def kpis(
        self, ids: Iterable[str] | str | None = None, *, title: str | None = None
    ) -> pd.DataFrame:
        """Return key figures (`tables.KPIS`), all, by id or by words in the title; sorted by id.

        `.attrs["missing"]["kpis"]` are the ids that came to nothing.
        """
        wanted = None if ids is None else query.asked(kpis=ids).kpis
        return self._listing("kpi", objects.kpis, tables.KPIS, _Wish("kpis", wanted, title))

    def municipalities(
        self, ids: Iterable[str] | str | None = None, *, title: str | None = None
    ) -> pd.DataFrame:
        """Return areas (`tables.MUNICIPALITIES`): type K municipalities, L regions and the nation.

        All, by id or by words in the title; sorted by id.
        """
        wanted = None if ids is None else query.asked(municipalities=ids).municipalities
        wish = _Wish("municipalities", wanted, title)
        return self._listing("municipality", objects.municipalities, tables.MUNICIPALITIES, wish)

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
            table = self._listing("ou", objects.ous, tables.OUS, wish)
            housed = table["municipality"].isin(wanted.municipalities)
            return table if municipality is None else table[housed].reset_index(drop=True)
        call, areas = self._call(), wanted.municipalities
        plan = query.units_of(areas, title=title)
        pages = self._asker.gather(call, plan, objects.ous, self._tally(plan))
        table = objects.catalogue(pages, tables.OUS)
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
            wanted = query.everywhere(wanted, tables.areas_with_values(self._asker.areas(call)))
        return self._observed(call, wanted)

    def values_in_parts(
        self, kpis: Iterable[str], years: Iterable[int], *, at_a_time: int
    ) -> Iterator[pd.DataFrame]:
        """Yield `values` for all areas, so many KPIs at a time that no more need be held.

        Progress is told over all parts; each part has a deadline of its own.
        """
        parts = self._parts(query.asked(kpis=kpis, years=years), at_a_time)
        tally = Tally(sum(len(query.values(part)) for part in parts), self._progress)
        for part in parts:
            yield self._observed(self._call(), part, tally)

    def changes_in_parts(
        self, kpis: Iterable[str], from_date: date | str, *, at_a_time: int
    ) -> Iterator[pd.DataFrame]:
        """Yield the cells of KPIs in all areas that changed since a day, deleted ones too.

        As `values_in_parts`, with a column `isdeleted` (`tables.CHANGED_OBSERVATIONS`). No row
        means that nothing changed, so nothing is missing.
        """
        parts = self._parts(query.asked(kpis=kpis, from_date=from_date), at_a_time)
        tally = Tally(sum(len(query.changes(part)) for part in parts), self._progress)
        for part in parts:
            call = self._call()
            pages = self._asker.gather(call, query.changes(part), cells.area_cells, tally)
            told, contract = cells.joined(pages), tables.CHANGED_OBSERVATIONS
            yield _noted(observations(told, contract, _bounds(part)), call, {})

    def ou_values(
        self,
        kpis: Iterable[str] | str | None,
        ous: Iterable[str] | str | None = None,
        years: Iterable[int] | int | None = None,
        from_date: date | str | None = None,
        *,
        register: pd.DataFrame | None = None,
    ) -> pd.DataFrame:
        """Return observations of units (`tables.OU_OBSERVATIONS`), sorted as `values` and by unit.

        Of `kpis`, `ous` and `years` one can be None, which is every one there is. register:
        `tables.OUS` of units whose municipality then need not be looked up.
        `.attrs["missing"]` lists the kpis, ous and years that no row came for.
        """
        wanted = query.asked(kpis=kpis, ous=ous, years=years, from_date=from_date)
        if sum(given is None for given in (kpis, ous, years)) > 1:
            raise UsageError(
                "Ange två av nyckeltal (kpis), enheter (ous) och år (years): Kolada kräver det."
            )
        call = self._call()
        plan = query.ou_values(wanted)
        told = cells.joined(self._asker.gather(call, plan, cells.ou_cells, self._tally(plan)))
        table = observations(
            self._housed(call, told, _homes(register)), tables.OU_OBSERVATIONS, _bounds(wanted)
        )
        return _noted(table, call, self._missing(call, wanted, table))

    def _call(self) -> Call:
        return Call(self._deadline_s, self._clock, self._sleep)

    def keeping(self, kept: Kept) -> KoladaClient:
        """Return the same client, which first looks for every answer among those kept before."""
        other = copy(self)
        other._asker = self._asker.keeping(kept)
        return other

    def _parts(self, wanted: query.Asked, at_a_time: int) -> list[query.Asked]:
        """Return a question for all areas as several, with so many KPIs each."""
        areas = tables.areas_with_values(self._asker.areas(self._call()))
        return [
            query.everywhere(replace(wanted, kpis=tuple(part)), areas)
            for part in query.chunks(wanted.kpis, at_a_time)
        ]

    def _tally(self, plan: Sequence[Request]) -> Tally:
        return Tally(len(plan), self._progress)

    def _listing(
        self, endpoint: str, decoder: Decode[Any], contract: Mapping[str, str], wish: _Wish
    ) -> pd.DataFrame:
        """Return the objects of an endpoint that were wished for."""
        call = self._call()
        plan = query.listed(endpoint, wish.ids, title=wish.title)
        found = objects.catalogue(
            self._asker.gather(call, plan, decoder, self._tally(plan)), contract
        )
        table = _titled(_within(found, "id", wish.ids), wish.title)
        return _noted(table, call, {wish.dimension: _absent(wish.ids, table["id"])})

    def _groups(
        self, endpoint: str, ids: Iterable[str] | str | None, title: str | None
    ) -> pd.DataFrame:
        wanted = None if ids is None else query.asked(groups=ids).groups
        wish = _Wish("groups", wanted, title)
        return self._listing(endpoint, objects.groups, tables.GROUPS, wish)

    def _observed(
        self, call: Call, wanted: query.Asked, tally: Tally | None = None
    ) -> pd.DataFrame:
        """Return the observations of areas that were asked for, and what was asked for in vain."""
        plan = query.values(wanted)
        pages = self._asker.gather(call, plan, cells.area_cells, tally or self._tally(plan))
        table = observations(cells.joined(pages), tables.OBSERVATIONS, _bounds(wanted))
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
        if not ids or dimension not in LOOKUPS:
            return []
        known = self._asker.known(call, dimension, ids)
        return [one for one in ids if one not in known]

    def _housed(self, call: Call, told: Cells, known: Mapping[str, str]) -> Cells:
        """Return cells of units with the municipality looked up where Kolada did not tell it."""
        homeless = cells.homeless(told)
        unknown = [unit for unit in homeless if unit not in known]
        asked = query.register(unknown) if unknown else []
        register = self._asker.gather(call, asked, objects.ous)
        homes = {unit.id: unit.municipality for page in register for unit in page}
        return cells.housed(told, {**known, **homes}) if homeless else told


def _homes(register: pd.DataFrame | None) -> dict[str, str]:
    known = tables.empty(tables.OUS) if register is None else register
    return dict(zip(known["id"], known["municipality"], strict=True))


def _bounds(wanted: query.Asked) -> dict[str, Sequence[Any]]:
    """Return what the answer must keep within, by column, where something was named."""
    return {column: given for name, column in _COLUMNS.items() if (given := getattr(wanted, name))}


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
