"""What every report starts from: folders and a snapshot's id in, everything read once out."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from malstyr_lib import params, workspace
from malstyr_lib.model import SteeringModel
from malstyr_lib.params.own_values import own_values
from malstyr_lib.store import Snapshot, Store
from malstyr_lib.workspace import Workspace


@dataclass(frozen=True, eq=False)
class Opened:
    """The parameters, one snapshot and the own values that a report is made of.

    earlier: the snapshot of an earlier year, if there is one: what was told a report ago.
    """

    place: Workspace
    model: SteeringModel
    snapshot: Snapshot
    earlier: Snapshot | None
    own_values: pd.DataFrame


def opened(snapshot: str | None = None) -> Opened:
    """Return what the folders that `workspace.find` finds hold; None is the newest snapshot.

    ParamsError with every problem, StoreEmpty or StoreError with the cure.
    """
    place = workspace.find()
    model = params.load(place.params)
    store = Store(place.store)
    now = store.open(snapshot)
    return Opened(place, model, now, told_before(store, now), own_values(place.params, model))


def told_before(store: Store, now: Snapshot) -> Snapshot | None:
    """Return the last snapshot of an earlier year, if any: what was known a report ago.

    What Kolada has revised since then is told apart in the changes of colour.
    """
    first = f"{now.fetched:%Y}"
    sooner = [name for name in store.snapshots() if name < first]
    return store.open(sooner[-1]) if sooner else None
