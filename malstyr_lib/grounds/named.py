"""What a user names, found in the parameters and a snapshot: KPIs, a municipality, years."""

from __future__ import annotations

import re
from collections.abc import Sequence

from malstyr_lib import text
from malstyr_lib.errors import UsageError
from malstyr_lib.model import Kpi, SteeringModel
from malstyr_lib.store import Snapshot

ALL_YEARS = ("a", "alla")


def known(snapshot: Snapshot, kpis: Sequence[str]) -> list[str]:
    """Return the ids as Kolada writes them, or refuse all that the snapshot holds nothing of."""
    ids = list(dict.fromkeys(kpi.strip().upper() for kpi in kpis))
    fetched = set(snapshot.manifest["values"])
    absent = [kpi for kpi in ids if kpi not in fetched]
    if absent:
        raise UsageError(
            f"Inga värden i lagret för {text.listing(absent)}. Finns nyckeltalet i Kolada: lägg"
            " till det i nyckeltal.yaml och hämta på nytt med: malstyr hamta"
        )
    return ids


def kpi_of(model: SteeringModel, snapshot: Snapshot, kpi: str) -> Kpi:
    """Return a KPI of the registry, or one without direction for a KPI that is not in it."""
    registered = {one.id: one for one in model.kpis}
    if kpi in registered:
        return registered[kpi]
    live = snapshot.kpis
    return Kpi(id=kpi, rubrik=live.loc[live["id"] == kpi, "title"].iloc[0], riktning="ingen")


def municipality_of(snapshot: Snapshot, name: str) -> str:
    """Return the id of the municipality with this code or name, whatever its case."""
    areas = snapshot.municipalities
    there = areas[areas["type"] == "K"]
    found = there[(there["id"] == name) | (there["title"].str.casefold() == name.casefold())]
    if found.empty:
        near = text.did_you_mean(name, [*there["title"], *there["id"]]) or "."
        raise UsageError(f"Det finns ingen kommun '{name}' i ögonblicksbilden{near}")
    return str(found["id"].iloc[0])


def years_of(words: str | None) -> list[int] | None:
    """Return the years asked for, 1700–2200; None for the newest and for all."""
    if words is None or words.casefold() in ALL_YEARS:
        return None
    years: set[int] = set()
    for part in words.split(","):
        found = re.fullmatch(r"\s*(\d{4})(?:\s*[-–]\s*(\d{4}))?\s*", part)
        if not found or not all(1700 <= int(year) <= 2200 for year in found.groups() if year):
            raise UsageError(
                f"År '{words}' går inte att läsa. Skriv 2022, 2018-2022, 2018,2020 eller A."
            )
        first, last = int(found[1]), int(found[2] or found[1])
        years.update(range(min(first, last), max(first, last) + 1))
    return sorted(years)
