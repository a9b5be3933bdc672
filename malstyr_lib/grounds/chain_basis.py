"""The goal chain's basis, straight from a model and a snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from malstyr_lib.chain import Basis
from malstyr_lib.grounds.basis import evidence_of
from malstyr_lib.model import SteeringModel
from malstyr_lib.store import Snapshot


def chain_basis(
    model: SteeringModel,
    snapshot: Snapshot | None,
    *,
    today: date,
    before: Mapping[str, Mapping[str, str]] | None = None,
) -> Basis:
    """Return what the goal chain is looked at with; without figures when there is no snapshot.

    before: the focus KPIs of last year's reports and their colours, by the committee's slug.
    UsageError when the snapshot does not hold the municipality.
    """
    if snapshot is None:
        return Basis(model, today, before=before or {})
    focus = dict.fromkeys(kpi for one in model.committees for kpi in one.kpis)
    held = {*snapshot.manifest["values"]}
    evidence = evidence_of(model, snapshot, [kpi for kpi in focus if kpi in held])
    return Basis(model, today, evidence, before or {}, frozenset(snapshot.asked_kpis))
