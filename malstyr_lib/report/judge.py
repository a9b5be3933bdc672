"""Scores of any KPIs for any municipality, straight from a snapshot: the answer to `bedom`."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from malstyr_lib import scoring, tables, text
from malstyr_lib.errors import UsageError
from malstyr_lib.markup import STATUS
from malstyr_lib.model import Kpi, SteeringModel
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
    for every year with a value; None is each KPI's newest. group: alla, län or liknande. gender:
    T, K or M. A KPI that nobody has put in the registry has no direction, so it is grey. Raises
    UsageError that names every unknown KPI, or the municipality, year or gender that is wrong.
    """
    chosen = [_kpi(model, snapshot, kpi) for kpi in _known(snapshot, kpis)]
    own = _municipality(snapshot, municipality or model.municipality.code)
    if gender not in tables.GENDERS:
        raise UsageError(f"Okänt kön '{gender}'. Välj T (totalt), K (kvinnor) eller M (män).")
    asked = _years(years)
    scores = _score(snapshot, chosen, own, asked or (), group, gender)
    if years is None:
        return scoring.latest(scores, int(scores["period"].max())) if len(scores) else scores
    return scores if asked is None else scores[scores["period"].isin(asked)].reset_index(drop=True)


def _score(
    snapshot: Snapshot,
    kpis: Sequence[Kpi],
    own: str,
    years: Sequence[int],
    group: str,
    gender: str,
) -> pd.DataFrame:
    areas, live = snapshot.municipalities, snapshot.kpis
    groups = snapshot.municipality_groups
    return scoring.score(
        snapshot.values([kpi.id for kpi in kpis]),
        kpis,
        own,
        everyone=tables.municipalities_only(areas),
        groups={
            kpi.id: scoring.group(
                group,
                own,
                municipalities=areas,
                municipality_groups=groups,
                similar_area=kpi.similar_area,
            )
            for kpi in kpis
        },
        titles=dict(zip(live["id"], live["title"], strict=True)),
        years=years,
        gender=gender,
    )


def _known(snapshot: Snapshot, kpis: Sequence[str]) -> list[str]:
    """Return the ids as Kolada writes them, or refuse all that the snapshot does not know."""
    ids = [kpi.strip().upper() for kpi in kpis]
    there = set(snapshot.kpis["id"])
    unknown = [kpi for kpi in ids if kpi not in there]
    if unknown:
        raise UsageError(
            f"Nyckeltal som inte finns i lagret: {text.listing(unknown)}."
            " Id står i nyckeltal.yaml; nya hämtas med: malstyr hamta"
        )
    return list(dict.fromkeys(ids))


def _kpi(model: SteeringModel, snapshot: Snapshot, kpi: str) -> Kpi:
    """Return a KPI of the registry, or one without direction for a KPI that is not in it."""
    registered = {one.id: one for one in model.kpis}
    if kpi in registered:
        return registered[kpi]
    live = snapshot.kpis
    return Kpi(id=kpi, rubrik=live.loc[live["id"] == kpi, "title"].iloc[0], riktning="ingen")


def _municipality(snapshot: Snapshot, name: str) -> str:
    """Return the id of the municipality with this code or name, whatever its case."""
    areas = snapshot.municipalities
    there = areas[areas["type"] == "K"]
    found = there[(there["id"] == name) | (there["title"].str.casefold() == name.casefold())]
    if found.empty:
        near = text.did_you_mean(name, [*there["title"], *there["id"]]) or "."
        raise UsageError(f"Det finns ingen kommun '{name}' i ögonblicksbilden{near}")
    return str(found["id"].iloc[0])


def _years(words: str | None) -> list[int] | None:
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
            STATUS[row["colour"]].label + (" (prel.)" if row["preliminary"] else ""),
            f"{row['rank']} av {row['n']}" if pd.notna(row["rank"]) else text.NO_VALUE,
            text.number(row["gap_to_yellow"], max(decimals, 1)),
            row["reason"],
        ]
        for row in scores.to_dict("records")
    ]
