"""Scores of any KPIs for any municipality, straight from a snapshot: the answer to `bedom`."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from malstyr_lib import scoring, tables, text
from malstyr_lib.errors import UsageError
from malstyr_lib.grounds.named import known, kpi_of, own_of, years_of
from malstyr_lib.model import SteeringModel
from malstyr_lib.report import wording
from malstyr_lib.store import Snapshot


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
    own = own_of(model, snapshot, municipality)
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


HEADINGS = ("År", "Värde", "Färg", "Plats", "Till gult", "Varför")


def decimals_of(snapshot: Snapshot, kpi: str) -> int:
    """Return how many decimals readers need for one KPI, by the values of all municipalities."""
    rows = snapshot.values(kpi)
    everyone = tables.municipalities_only(snapshot.municipalities)
    whole = rows[rows["municipality"].isin(everyone) & (rows["gender"] == "T")]
    return text.decimals_for(whole["value"])


def judged_rows(scores: pd.DataFrame, decimals: int) -> list[list[str]]:
    """Return one KPI's scores as rows for people, under HEADINGS."""
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
