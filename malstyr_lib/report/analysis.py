"""A committee's analysis as values: its KPIs scored, compared and followed over the years."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any

import pandas as pd

from malstyr_lib import tables, text
from malstyr_lib.chain import Basis
from malstyr_lib.errors import UsageError
from malstyr_lib.grounds.basis import gathered
from malstyr_lib.grounds.named import own_of
from malstyr_lib.model import Committee, Kpi, SteeringModel
from malstyr_lib.scoring import Shift, findings, overall, sureness
from malstyr_lib.scoring.evidence import Evidence
from malstyr_lib.store import Snapshot


@dataclass(frozen=True)
class Analysis:
    """One committee in one year, on one snapshot; every table is in the order of its KPIs.

    evidence: that of the committee's focus KPIs up to `year`, against all municipalities.
    earlier: a snapshot that values were told in before, if there is one.
    """

    model: SteeringModel
    committee: Committee
    evidence: Evidence
    snapshot: Snapshot
    earlier: Snapshot | None = None

    @property
    def fetched(self) -> datetime:
        """When its figures were fetched (UTC)."""
        return self.snapshot.fetched

    @property
    def day(self) -> date:
        """The day that the goals and the work are looked at; see `day_of`."""
        return day_of(self.snapshot, self.year)

    @cached_property
    def basis(self) -> Basis:
        """The goal chain as it stood that day, with the committee's figures."""
        return Basis(self.model, self.day, self.evidence)

    @property
    def year(self) -> int:
        """The year that is reported on."""
        return self.evidence.year

    @property
    def kpis(self) -> tuple[Kpi, ...]:
        """The registry's entries of the committee's focus KPIs."""
        return self.evidence.kpis

    @property
    def own(self) -> str:
        """The id of the own municipality."""
        return self.model.municipality.code

    @property
    def name(self) -> str:
        """The name of the own municipality, as the parameters say it."""
        return self.model.municipality.name

    @property
    def exercise(self) -> bool:
        """Whether the figures are invented."""
        return tables.is_exercise(self.evidence.everyone)

    @property
    def scores(self) -> pd.DataFrame:
        """Scores against all municipalities, every year up to the report's (tables.SCORES)."""
        return self.evidence.scores

    @property
    def now(self) -> pd.DataFrame:
        """The newest score of every KPI that has one, as this year's report may show it."""
        return self.evidence.now

    @cached_property
    def red(self) -> pd.DataFrame:
        """The red ones of `now`, the one farthest from the median (in quartile widths) first."""
        return overall.reds(self.now)

    @cached_property
    def shifts(self) -> list[Shift]:
        """The KPIs whose newest colour differs from the one before it."""
        newest = dict(zip(self.now["kpi"], self.now["period"], strict=True))
        return [one for one in self.evidence.shifts if one.period == newest.get(one.kpi)]

    def found(self, table: Callable[[Evidence], pd.DataFrame]) -> dict[str, dict[Any, Any]]:
        """Return one table of findings as a row by KPI."""
        return {str(row["kpi"]): row for row in table(self.evidence).to_dict("records")}

    @cached_property
    def trends(self) -> dict[str, dict[Any, Any]]:
        """The trend of every KPI (findings.TRENDS)."""
        return self.found(findings.trends)

    @cached_property
    def changes(self) -> dict[str, dict[Any, Any]]:
        """The newest change of every KPI that has one (findings.CHANGES)."""
        return self.found(findings.changes)

    @cached_property
    def moves(self) -> dict[str, dict[Any, Any]]:
        """What became of every KPI in the last four years, where it can be said."""
        return self.found(findings.moves)

    @cached_property
    def certainties(self) -> dict[str, dict[Any, Any]]:
        """How sure every colour is (sureness.CERTAINTIES)."""
        return self.found(sureness.certainties)

    @cached_property
    def agreements(self) -> dict[str, dict[Any, Any]]:
        """Against how many of five every KPI is red (sureness.AGREEMENTS)."""
        return self.found(sureness.agreements)

    @cached_property
    def paces(self) -> dict[str, dict[Any, Any]]:
        """How slowly every measure moves (findings.MOBILITY)."""
        return self.found(findings.mobility)

    @cached_property
    def times(self) -> dict[str, dict[Any, Any]]:
        """How long it took others from red to green (findings.TIMES)."""
        return self.found(findings.times)

    @cached_property
    def expected(self) -> dict[str, dict[Any, Any]]:
        """The reds and shifts beside what to expect, by what they are (overall.EXPECTED)."""
        rows = overall.expected(self.evidence).to_dict("records")
        return {str(row["what"]): row for row in rows}

    @cached_property
    def histories(self) -> dict[str, pd.DataFrame]:
        """Every KPI's series beside the others' (scoring.history), by its id."""
        return {kpi.id: self.evidence.history(kpi.id) for kpi in self.kpis}

    def decimals(self, kpi: Kpi) -> int:
        """Return how many decimals readers need for one KPI, by the values of all."""
        return self.evidence.decimals(kpi.id)


def analyse(
    model: SteeringModel,
    snapshot: Snapshot,
    committee: str,
    year: int | None = None,
    earlier: Snapshot | None = None,
) -> Analysis:
    """Return the analysis of one committee (slug or code), for the year given or the newest usual.

    earlier: a snapshot that values were told in before, to see what has been revised since.
    UsageError when there is no such committee, municipality or year in the snapshot.
    """
    chosen = committee_named(model, committee)
    year = report_year(model, snapshot, year)
    chosen = chosen.in_force(day_of(snapshot, year).year)  # when the report is used
    return Analysis(
        model=model,
        committee=chosen,
        evidence=gathered(
            tuple(model.kpi(kpi) for kpi in chosen.kpis),
            snapshot,
            own=model.municipality.code,
            year=year,
            earlier=earlier,
        ),
        snapshot=snapshot,
        earlier=earlier,
    )


def day_of(snapshot: Snapshot, year: int) -> date:
    """Return the day that a year's report looks at: when fetched, never later than the next year.

    So that a report that is made again says the same.
    """
    return min(text.swedish(snapshot.fetched).date(), date(year + 1, 12, 31))


def committee_named(model: SteeringModel, name: str) -> Committee:
    """Return the committee whose slug, code or name is given, whatever its case."""
    for committee in model.committees:
        if name.casefold() in (
            committee.slug.casefold(),
            committee.code.casefold(),
            committee.name.casefold(),
        ):
            return committee
    known = [committee.code for committee in model.committees]
    names = [word for one in model.committees for word in (one.code, one.slug, one.name)]
    raise UsageError(
        f"Det finns ingen nämnd '{name}'{text.did_you_mean(name, names) or '.'}"
        f" Nämnderna är {text.listing(known)}."
    )


def report_year(
    model: SteeringModel, snapshot: Snapshot, year: int | None = None, *, begun: bool = False
) -> int:
    """Return the year to report on: the one chosen, or the newest usual one.

    The usual one is the newest year in which at least half of the KPIs that the committees follow,
    and that the municipality has ever had a value for, have one. begun: whether a year that had
    begun when the figures were fetched may be chosen, although it has no values yet. UsageError
    when the snapshot does not hold the municipality under its name, or no value of the committees'
    KPIs as late or as early as the year chosen.
    """
    own_of(model, snapshot)
    values = _followed(snapshot.aside, tuple(kpi for one in model.committees for kpi in one.kpis))
    own = values[
        (values["municipality"] == model.municipality.code)
        & (values["gender"] == "T")
        & values["value"].notna()
    ]
    if year is None:
        return _half_reached(own, otherwise=text.swedish(snapshot.fetched).year)
    running = text.swedish(snapshot.fetched).year if begun else 0
    if len(own) and not own["period"].min() <= year <= max(own["period"].max(), running):
        raise UsageError(
            f"Rapportår {year} finns inte i ögonblicksbilden: {model.municipality.name} har värden"
            f" från {own['period'].min()} till {own['period'].max()}."
        )
    return year


@lru_cache(maxsize=1)
def _followed(snapshot: Snapshot, kpis: tuple[str, ...]) -> pd.DataFrame:
    """Return all municipalities' values of some KPIs: read once for all that follow the same."""
    return snapshot.coded_values(kpis)


def _half_reached(own: pd.DataFrame, *, otherwise: int) -> int:
    per_year: pd.Series[int] = own.groupby("period")["kpi"].nunique()
    enough = per_year.index[2 * per_year >= own["kpi"].nunique()]
    return max((int(year) for year in enough), default=otherwise)
