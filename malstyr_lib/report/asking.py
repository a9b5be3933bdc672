"""Where the dumb questions are asked from a municipality's folders: folders in, a setting out."""

from __future__ import annotations

from datetime import date

from malstyr_lib import manifest, tables, text
from malstyr_lib.errors import UsageError
from malstyr_lib.grounds.named import own_of
from malstyr_lib.model import SteeringModel
from malstyr_lib.params.own_values import own_values
from malstyr_lib.questions import Setting
from malstyr_lib.report.opening import told_before
from malstyr_lib.store import Store
from malstyr_lib.workspace import Workspace


def setting_of(
    place: Workspace,
    model: SteeringModel,
    store: Store,
    *,
    today: date,
    municipality: str | None = None,
    year: int | None = None,
    snapshot: str | None = None,
) -> Setting:
    """Return where questions are asked: a snapshot, the day, and what the folders know beside it.

    municipality: its name or code, the own unless given. year: the last to look at, the newest
    unless given. snapshot: its id; None is the newest. StoreEmpty with the cure, UsageError for an
    unknown municipality, ParamsError for own values that can't be read. Own values and the reports
    that have been made are the own municipality's, and are left out for another.
    """
    now = store.open(snapshot)
    own = own_of(model, now, municipality)
    if year is not None and year > text.swedish(now.fetched).year:
        raise UsageError(
            f"År {year} hade inte börjat när värdena hämtades, {text.day(now.fetched)}."
        )
    home = own == model.municipality.code
    return Setting(
        model=model,
        snapshot=now,
        own=own,
        today=today,
        year=year,
        earlier=told_before(store, now),
        own_values=own_values(place.params, model) if home else tables.empty(tables.OWN_VALUES),
        reported=tuple(manifest.read(place.output)) if home else (),
    )
