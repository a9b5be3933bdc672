"""What a user names, found in the parameters and a snapshot: KPIs, a municipality, years."""

from __future__ import annotations

import re
from collections.abc import Sequence

from malstyr_lib import text
from malstyr_lib.errors import UsageError
from malstyr_lib.grounds.search import near_id
from malstyr_lib.model import Kpi, SteeringModel
from malstyr_lib.store import Snapshot

ALL_YEARS = ("a", "alla")


def known(snapshot: Snapshot, kpis: Sequence[str]) -> list[str]:
    """Return the ids as Kolada writes them, or refuse all that the snapshot holds nothing of."""
    ids = list(dict.fromkeys(kpi.strip().upper() for kpi in kpis))
    fetched = set(snapshot.manifest["values"])
    absent = [kpi for kpi in ids if kpi not in fetched]
    if absent:
        raise UsageError(_absent_words(snapshot, absent))
    return ids


def _absent_words(snapshot: Snapshot, absent: Sequence[str]) -> str:
    """Return why there are no values: not in Kolada, fetched but without any, or not fetched."""
    live, asked = {*snapshot.kpis["id"]}, {*snapshot.asked_kpis}
    unknown = [kpi for kpi in absent if kpi not in live]
    empty = [kpi for kpi in absent if kpi in live & asked]
    left = [kpi for kpi in absent if kpi in live - asked]
    told = []
    if unknown:
        near = near_id(unknown[0], live) if len(unknown) == 1 else ""
        told.append(f"{text.listing(unknown)} finns inte i Kolada{near or '.'}")
    if empty:
        told.append(f"Inget område har något värde för {text.listing(empty)} i det hämtade.")
    if left:
        told.append(
            f"Inga värden i lagret för {text.listing(left)}. Lägg till i nyckeltal.yaml och hämta"
            " på nytt med: malstyr hamta"
        )
    return " ".join(told)


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


def own_of(model: SteeringModel, snapshot: Snapshot, name: str | None = None) -> str:
    """Return the id of the municipality named, or of the own when none is.

    UsageError when the snapshot does not hold it, or holds the own code under another name.
    """
    if name:
        return municipality_of(snapshot, name)
    own, areas = model.municipality, snapshot.municipalities
    found = areas.loc[(areas["id"] == own.code) & (areas["type"] == "K"), "title"]
    if found.empty:
        raise UsageError(
            f"Kommunen {own.name} ({own.code}) finns inte i ögonblicksbilden."
            " Kontrollera koden i kommun.yaml, eller hämta på nytt med: malstyr hamta"
        )
    if found.iloc[0].casefold() != own.name.casefold():
        raise UsageError(
            f"kommun.yaml: kod {own.code} är {found.iloc[0]} i Kolada, men namn är {own.name}."
            " Rätta koden eller namnet."
        )
    return own.code


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
