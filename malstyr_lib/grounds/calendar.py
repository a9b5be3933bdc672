"""The calendar of some committees: a model and a snapshot in, the tables of `publication` out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from malstyr_lib import publication, tables, text
from malstyr_lib.grounds.named import own_of
from malstyr_lib.model import Committee, Report, SteeringModel
from malstyr_lib.store import Snapshot


@dataclass(frozen=True)
class Calendar:
    """When figures come and whether they can be in the reports, and what that is about.

    figures, within and events: publication's FIGURES, IN_REPORTS and EVENTS.
    """

    committees: Sequence[Committee]
    reports: Sequence[Report]
    figures: pd.DataFrame
    within: pd.DataFrame
    events: pd.DataFrame

    def followed(self, year: int) -> list[str]:
        """Return the focus KPIs of goals in force a year, each once."""
        return _followed(self.committees, year)


def calendar(
    model: SteeringModel,
    snapshot: Snapshot,
    *,
    committees: Sequence[Committee],
    reports: Sequence[Report],
    today: date,
) -> Calendar:
    """Return the calendar of committees and reports, seen from a day.

    UsageError when the snapshot does not hold the municipality.
    """
    years = {today.year, *(report.year for report in reports)}
    wanted = dict.fromkeys(kpi for year in sorted(years) for kpi in _followed(committees, year))
    fetched = text.swedish(snapshot.fetched).date()
    figures = publication.figures(
        snapshot.kpis,
        snapshot.values(list(wanted)),
        kpis=[model.kpi(kpi) for kpi in wanted],
        municipality=own_of(model, snapshot),
        areas=tables.municipalities_only(snapshot.municipalities),
        asked=snapshot.asked_kpis,
        fetched=fetched,
        today=today,
    )
    return Calendar(
        committees,
        reports,
        figures,
        publication.in_reports(
            figures, reports=reports, committees=committees, fetched=fetched, today=today
        ),
        publication.events(
            figures, reports=reports, committees=committees, fetched=fetched, today=today
        ),
    )


def _followed(committees: Sequence[Committee], year: int) -> list[str]:
    return list(dict.fromkeys(kpi for one in committees for kpi in one.in_force(year).kpis))
