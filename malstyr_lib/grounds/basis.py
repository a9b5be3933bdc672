"""The evidence of any KPIs for any municipality, straight from a snapshot; and blind spots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import pandas as pd

from malstyr_lib import companions, drift, scoring, tables, text
from malstyr_lib.grounds.named import known, kpi_of, own_of
from malstyr_lib.model import Kpi, SteeringModel
from malstyr_lib.scoring.blind import BLIND_SPOTS, blind_spots
from malstyr_lib.scoring.breaks import Break, changed_breaks
from malstyr_lib.scoring.evidence import Evidence
from malstyr_lib.store import Snapshot

AT_A_TIME: Final = 200
"""How many KPIs of a whole store are held in memory at a time."""
_BREAKING: Final = ("unit", "renamed")
"""The changes of a KPI that break its series; a new wording of its description alone does not."""


def evidence_of(
    model: SteeringModel,
    snapshot: Snapshot,
    kpis: Sequence[str],
    *,
    municipality: str | None = None,
    year: int | None = None,
    earlier: Snapshot | None = None,
) -> Evidence:
    """Return the evidence of some KPIs for one municipality, the own unless another is named.

    year: the last to look at, the newest with an own value by default. earlier: a snapshot whose
    values were told first, to see what has been revised and renamed since. UsageError that names
    every unknown KPI, or the municipality.
    """
    chosen = tuple(kpi_of(model, snapshot, kpi) for kpi in known(snapshot, kpis))
    own = own_of(model, snapshot, municipality)
    return gathered(chosen, snapshot, own=own, year=year, earlier=earlier)


def gathered(
    kpis: tuple[Kpi, ...],
    snapshot: Snapshot,
    *,
    own: str,
    year: int | None = None,
    earlier: Snapshot | None = None,
) -> Evidence:
    """Return the evidence of KPIs of the registry for one municipality by its id."""
    values = snapshot.values(companions.wanted(kpis, snapshot.kpis))
    asked = values["kpi"].isin([kpi.id for kpi in kpis])
    mine = values[asked & (values["municipality"] == own) & values["value"].notna()]
    last = year or int(mine["period"].max() if len(mine) else text.swedish(snapshot.fetched).year)
    return Evidence(
        kpis=kpis,
        own=own,
        year=last,
        observations=values[values["period"] <= last].reset_index(drop=True),
        catalogue=snapshot.kpis,
        municipalities=snapshot.municipalities,
        municipality_groups=snapshot.municipality_groups,
        changed=tuple(_changed(kpis, snapshot, earlier)) if earlier else (),
        published=earlier.values([kpi.id for kpi in kpis]) if earlier else None,
        margin_of=companions.margin_of(snapshot.kpis),
    )


def _changed(kpis: Sequence[Kpi], snapshot: Snapshot, earlier: Snapshot) -> list[Break]:
    """Return the breaks of KPIs that have another title or unit than in an earlier snapshot.

    The first year after the break is the one after the newest that the earlier snapshot held.
    """
    changes = drift.kpi_changes(earlier.kpis, snapshot.kpis)
    found = []
    for kpi in kpis:
        mine = changes[(changes["kpi"] == kpi.id) & changes["change"].isin(_BREAKING)]
        if len(mine):
            then = earlier.values(kpi.id)
            newest = then.loc[then["value"].notna(), "period"]
            if len(newest):
                found += changed_breaks(mine, int(newest.max()) + 1)
    return found


def blind(
    model: SteeringModel,
    snapshot: Snapshot,
    *,
    municipality: str | None = None,
    year: int | None = None,
    on_part: Callable[[int, int], None] = lambda done, total: None,
) -> pd.DataFrame:
    """Return the blind spots of one municipality over all KPIs of a snapshot (`BLIND_SPOTS`).

    Reds first, then those that stand out, each by its distance. on_part: told how many KPIs of
    how many have been looked at.
    """
    own = own_of(model, snapshot, municipality)
    catalogue = snapshot.kpis
    margins = set(companions.margin_of(catalogue).values())
    titles = dict(zip(catalogue["id"], catalogue["title"].fillna(""), strict=True))
    there = sorted(kpi for kpi in snapshot.manifest["values"] if kpi not in margins)
    everyone = tables.municipalities_only(snapshot.municipalities)
    watched = {
        kpi
        for committee in model.committees
        for kpi in committee.in_force(text.swedish(snapshot.fetched).year).kpis
    }
    found = [tables.empty(BLIND_SPOTS)]
    for start in range(0, len(there), AT_A_TIME):
        part = there[start : start + AT_A_TIME]
        whole = scoring.cube(snapshot.coded_values(part), kpis=part, areas=everyone)
        spots = blind_spots(
            whole,
            own,
            titles=titles,
            directions={kpi.id: kpi for kpi in model.kpis},
            watched=watched,
            year=year or text.swedish(snapshot.fetched).year,
        )
        found += [spots] if len(spots) else []
        on_part(min(start + AT_A_TIME, len(there)), len(there))
    joined = pd.concat(found, ignore_index=True) if len(found) > 1 else found[0]
    red = joined["colour"] == tables.RED
    return (
        joined.assign(_red=~red)
        .sort_values(
            ["_red", "gap_iqr"], ascending=[True, False], na_position="last", kind="stable"
        )
        .drop(columns="_red")
        .reset_index(drop=True)
    )
