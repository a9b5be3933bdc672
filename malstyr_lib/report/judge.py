"""Scores of any KPIs for any municipality, straight from a snapshot: the answer to `bedom`."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from malstyr_lib import scoring, tables, text
from malstyr_lib.errors import UsageError
from malstyr_lib.model import Kpi, SteeringModel
from malstyr_lib.report import wording
from malstyr_lib.store import Snapshot

ALL_YEARS = ("a", "alla")


def judge(
    model: SteeringModel,
    snapshot: Snapshot,
    kpis: Sequence[str],
    *,
    municipality: str | None = None,
    years: str | None = None,
    group: str = "alla",
    gender: str = "T",
) -> pd.DataFrame:
    """Return scores (tables.SCORES) of KPIs for one municipality.

    municipality: name or code, the own when None. years: "2022", "2018-2022", "2018,2020" or "A"
    for every year with a value; None is each KPI's newest. group: alla, län, liknande or
    kommungrupp. gender: T, K or M. A KPI that nobody has put in the registry has no direction, so
    it is grey. Raises UsageError that names every unknown KPI, or the municipality, year, group or
    gender that is wrong.
    """
    chosen = [kpi_of(model, snapshot, kpi) for kpi in known(snapshot, kpis)]
    own = municipality_of(snapshot, municipality or model.municipality.code)
    if gender not in tables.GENDERS:
        raise UsageError(f"Okänt kön '{gender}'. Välj T (totalt), K (kvinnor) eller M (män).")
    asked = years_of(years)
    live = snapshot.kpis
    scores = scoring.score(
        snapshot.values([kpi.id for kpi in chosen]),
        chosen,
        own,
        everyone=tables.municipalities_only(snapshot.municipalities),
        groups=scoring.groups_of(
            group,
            own,
            chosen,
            municipalities=snapshot.municipalities,
            municipality_groups=snapshot.municipality_groups,
        ),
        titles=dict(zip(live["id"], live["title"], strict=True)),
        years=asked or (),
        gender=gender,
    )
    if years is None:
        newest = scores.groupby("kpi", sort=False)["period"].idxmax()
        return scores.loc[newest].reset_index(drop=True)
    return scores if asked is None else scores[scores["period"].isin(asked)].reset_index(drop=True)


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
    """Return the years asked for; None for the newest and for all."""
    if words is None or words.casefold() in ALL_YEARS:
        return None
    years: set[int] = set()
    for part in words.split(","):
        found = re.fullmatch(r"\s*(\d{4})(?:\s*[-–]\s*(\d{4}))?\s*", part)
        if not found:
            raise UsageError(
                f"År '{words}' går inte att läsa. Skriv 2022, 2018-2022, 2018,2020 eller A."
            )
        first, last = int(found[1]), int(found[2] or found[1])
        years.update(range(min(first, last), max(first, last) + 1))
    return sorted(years)


HEADINGS = ("År", "Värde", "Färg", "Plats", "Till gult", "Varför")


def judged_rows(scores: pd.DataFrame) -> list[list[str]]:
    """Return one KPI's scores as rows for people, under HEADINGS."""
    decimals = text.decimals_for(scores["value"])
    return [
        [
            str(row["period"]),
            text.number(row["value"], decimals),
            wording.colour_words(row),
            wording.place_words(row),
            text.gap(row["gap_to_yellow"], decimals),
            row["reason"],
        ]
        for row in scores.to_dict("records")
    ]
