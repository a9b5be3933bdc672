"""One fetch under way: what it asks with, what it has put in place, and the snapshot it makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

import pandas as pd

from malstyr_lib import companions, kpi_title, tables, text
from malstyr_lib.companions import Companion
from malstyr_lib.fetch.plan import PART_KPIS, years_of
from malstyr_lib.kolada import KoladaClient, query
from malstyr_lib.model import SteeringModel
from malstyr_lib.store import Draft, Snapshot

Step = Callable[[str], None]
Catalogues = dict[str, pd.DataFrame]

_COMPANIONS: Final = {
    "margin": ("osäkerhetstalet", "det går inte att säga vilka färger som är osäkra"),
    "base": ("underlaget", "avståndet går inte att säga i antal personer"),
}
"""What a kind of companion is called, and what it is to be without it."""
_CELL: Final = ["kpi", "municipality", "period", "gender"]


@dataclass(frozen=True)
class Fetched:
    """A new snapshot and what it holds. remarks: what was asked for and did not come, in words.

    before: the snapshot that was the newest until now, or None. unit_rows: the rows of `units`
    units of the own municipality, beside `rows`.
    """

    snapshot: str
    rows: int
    kpis: int
    municipalities: int
    years: tuple[int, int] | None
    remarks: tuple[str, ...]
    before: str | None = None
    unit_rows: int = 0
    units: int = 0


@dataclass(frozen=True)
class Held:
    """What the parts put in place hold together; fetch: how fetching them went, counted.

    unit_kpis: those with a row for an own unit; unit_rows, units: how much that is.
    """

    rows: int = 0
    answered: frozenset[str] = frozenset()
    valued: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()
    valued_areas: frozenset[str] = frozenset()
    years: frozenset[int] = frozenset()
    fetch: dict[str, Any] = field(default_factory=dict)
    unit_kpis: frozenset[str] = frozenset()
    unit_rows: int = 0
    units: int = 0

    def with_part(self, part: pd.DataFrame, told: pd.DataFrame | None = None) -> Held:
        """Return this and one more table; told: the answer it was made of, if it is not that."""
        answer = part if told is None else told
        known = part[part["value"].notna()]
        return replace(
            self,
            rows=self.rows + len(part),
            answered=self.answered | {*part["kpi"].unique()},
            valued=self.valued | {*known["kpi"].unique()},
            areas=self.areas | {*part["municipality"].unique()},
            valued_areas=self.valued_areas | {*known["municipality"].unique()},
            years=self.years | {int(year) for year in known["period"].unique()},
            fetch=_together(self.fetch, answer.attrs["fetch"]),
        )

    def with_units(self, told: pd.DataFrame) -> Held:
        """Return this and the values of the own units (tables.OU_OBSERVATIONS)."""
        return replace(
            self,
            fetch=self.fetch | {"units": told.attrs["fetch"]},
            unit_kpis=frozenset(told["kpi"].unique()),
            unit_rows=len(told),
            units=told["ou"].nunique(),
        )


@dataclass(frozen=True)
class Job:
    """A fetch into a draft. now: the snapshot's moment; began: what decides the years, and is
    earlier than now for a fetch that goes on after an interruption."""

    model: SteeringModel
    client: KoladaClient
    draft: Draft
    now: datetime
    began: datetime
    on_step: Step

    def catalogues(self) -> Catalogues:
        """Return Kolada's lists of objects, and the units of the own municipality."""
        self.on_step("Hämtar nyckeltal, kommuner och grupper")
        return {
            "kpis": self.client.kpis(),
            "municipalities": self.client.municipalities(),
            "municipality_groups": self.client.municipality_groups(),
            "kpi_groups": self.client.kpi_groups(),
            "ous": self.client.ous(municipality=self.model.municipality.code),
        }

    def put_values(self, kpis: Sequence[str], held: Held = Held()) -> Held:
        """Put all values of some KPIs in place, part by part; return what is then held in all."""
        if kpis:
            self.on_step("Hämtar värden")
            years = years_of(self.began)
            for part in self.client.values_in_parts(kpis, years, at_a_time=PART_KPIS):
                self.draft.put(part)
                held = held.with_part(part)
        return held

    def put_units(self, kpis: Sequence[str], ous: pd.DataFrame, held: Held) -> Held:
        """Put all values of some KPIs for the own units in place; return what is held in all.

        ous: the own units (tables.OUS). Whole every time: they are few questions.
        """
        if not (kpis and len(ous)):
            return held
        self.on_step("Hämtar värden för de egna enheterna")
        years = years_of(self.began)
        told = self.client.ou_values(kpis, list(ous["id"]), years, register=ous)
        self.draft.put(told, "ou_values")
        return held.with_units(told)

    def put_changes(self, before: Snapshot, kpis: Sequence[str], since: str) -> Held:
        """Put KPIs of an earlier snapshot in place, with what has changed since a day."""
        if not kpis:
            return Held()
        self.on_step(f"Hämtar det som har ändrats sedan {text.day(since)}")
        held, entries = Held(), before.manifest["values"]
        every = self.client.changes_in_parts(kpis, since, at_a_time=PART_KPIS)
        for ids, told in zip(query.chunks(kpis, PART_KPIS), every, strict=True):
            changed = told[told["period"].isin(years_of(self.began))]
            touched = changed["kpi"].unique()
            part = merged(before.values(ids), changed)
            self.draft.put(part[part["kpi"].isin(touched)])
            self.draft.keep({k: entries[k] for k in ids if k in entries and k not in touched})
            held = held.with_part(part, told)
        return held

    def commit(self, catalogues: Catalogues, held: Held, asked: dict[str, Any]) -> Fetched:
        """Make the snapshot exist, and return what it holds."""
        snapshot = self.draft.commit(
            catalogues,
            base_url=self.client.base_url,
            asked=asked,
            fetched=self.now,
            notes={"fetch": held.fetch, "missing": _missing(held, asked, catalogues)},
        )
        return Fetched(
            snapshot=snapshot,
            rows=held.rows,
            kpis=len(held.valued),
            municipalities=len(held.valued_areas),
            years=(min(held.years), max(held.years)) if held.years else None,
            remarks=tuple(_remarks(self.model, held, catalogues["kpis"])),
            unit_rows=held.unit_rows,
            units=held.units,
        )


def merged(before: pd.DataFrame, changed: pd.DataFrame) -> pd.DataFrame:
    """Return observations with the changed cells in place of what they were; deleted ones gone.

    before: `tables.OBSERVATIONS`; changed: `tables.CHANGED_OBSERVATIONS`.
    """
    cells, theirs = (pd.MultiIndex.from_frame(frame[_CELL]) for frame in (before, changed))
    live = changed.loc[~changed["isdeleted"], list(tables.OBSERVATIONS)]
    whole = pd.concat([before[~cells.isin(theirs)], live], ignore_index=True)
    return whole.astype(tables.OBSERVATIONS)


def _together(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Return the counts of two parts as those of one."""
    return dict(one) | {
        name: _together(one.get(name, {}), told)
        if isinstance(told, dict)
        else one.get(name, 0) + told
        for name, told in other.items()
    }


def _missing(held: Held, asked: Mapping[str, Any], catalogues: Catalogues) -> dict[str, Any]:
    """Return the KPIs and areas asked for in vain; for KPIs also why: not found, no row or value.

    As the client tells them for one call, but over all parts of the fetch. units: the KPIs that
    none of the own units has a row of.
    """
    known, areas = {*catalogues["kpis"]["id"]}, catalogues["municipalities"]
    everywhere = tables.areas_with_values(areas)
    absent = [kpi for kpi in asked["kpis"] if kpi not in held.answered]
    kinds = {
        "not_found": [kpi for kpi in absent if kpi not in known],
        "no_row": [kpi for kpi in absent if kpi in known],
        "no_value": [kpi for kpi in asked["kpis"] if kpi in held.answered - held.valued],
    }
    return {
        "kpis": absent,
        "municipalities": [area for area in everywhere if area not in held.areas],
        "kinds": {kind: {"kpis": kpis} for kind, kpis in kinds.items()},
        "units": {"kpis": [kpi for kpi in asked["unit_kpis"] if kpi not in held.unit_kpis]},
    }


def remarks_of(model: SteeringModel, snapshot: Snapshot) -> tuple[str, ...]:
    """Return the remarks that a fetch had when it made a snapshot, as `Fetched` tells them."""
    kinds = snapshot.manifest.get("missing", {}).get("kinds", {})
    answered = frozenset(snapshot.manifest["values"])
    empty = kinds.get("no_value", {}).get("kpis", ())
    held = Held(answered=answered, valued=answered.difference(empty))
    return tuple(_remarks(model, held, snapshot.kpis))


def _remarks(model: SteeringModel, held: Held, catalogue: pd.DataFrame) -> Iterator[str]:
    """Yield the KPIs that did not come as expected: three different answers, kept apart."""
    now = dict(zip(catalogue["id"], catalogue["title"], strict=True))
    for kpi in model.kpis:
        if kpi.id not in now:
            yield f"{kpi.id} {kpi.title}: nyckeltalet finns inte längre i Kolada"
        elif kpi.id not in held.answered:
            yield f"{kpi.id} {kpi.title}: inga rader för de här åren"
        elif kpi.id not in held.valued:
            yield f"{kpi.id} {kpi.title}: rader men inga värden"
        elif not kpi_title.same(kpi.title, now[kpi.id]):
            yield f"{kpi.id}: rubriken har ändrats till ”{now[kpi.id]}”"
    for one in companions.companions(model.kpis, catalogue):
        if one.id not in held.valued:
            yield _companion_remark(one, held, known=one.id in now)


def _companion_remark(one: Companion, held: Held, *, known: bool) -> str:
    """Return how a companion did not come, and what its absence costs the reader."""
    what, without = _COMPANIONS[one.kind]
    absent = "inga rader för de här åren" if known else "nyckeltalet finns inte i Kolada"
    came = "rader men inga värden" if one.id in held.answered else absent
    return f"{one.id}, {what} till {text.listing(one.of)}: {came}, så {without}"
