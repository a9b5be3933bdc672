"""A committee's analysis as values: its KPIs scored, compared and followed over the years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import pandas as pd

from malstyr_lib import scoring, tables, text
from malstyr_lib.errors import UsageError
from malstyr_lib.model import Committee, Kpi, SteeringModel
from malstyr_lib.scoring import Group, Shift
from malstyr_lib.store import Snapshot


@dataclass(frozen=True)
class Analysis:
    """One committee in one year, on one snapshot; every table is in the order of its KPIs.

    observations: the values of the committee's KPIs (tables.OBSERVATIONS) up to `year`. kpis: the
    registry's entries of the committee's focus KPIs.
    """

    model: SteeringModel
    committee: Committee
    year: int
    kpis: tuple[Kpi, ...]
    observations: pd.DataFrame
    live_kpis: pd.DataFrame
    municipalities: pd.DataFrame
    municipality_groups: pd.DataFrame
    snapshot_id: str
    fetched: datetime
    base_url: str

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
        return tables.is_exercise(self.everyone)

    @cached_property
    def everyone(self) -> list[str]:
        """The ids of all municipalities of the snapshot."""
        return tables.municipalities_only(self.municipalities)

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Scores against all municipalities, every year up to the report's (tables.SCORES)."""
        return self.scored("alla")

    @cached_property
    def now(self) -> pd.DataFrame:
        """The newest score of every KPI that has one."""
        return scoring.latest(self.scores, self.year)

    @cached_property
    def red(self) -> pd.DataFrame:
        """The red ones of `now`, the one farthest from the median (in quartile widths) first."""
        reds = self.now[self.now["colour"] == tables.RED]
        return reds.sort_values("gap_iqr", ascending=False, na_position="last", kind="stable")

    @cached_property
    def shifts(self) -> list[Shift]:
        """The KPIs whose newest colour differs from the one before it."""
        return scoring.shifts(
            self.observations, self.kpis, self.scores, everyone=self.everyone, year=self.year
        )

    def scored(self, kind: str, gender: str = "T") -> pd.DataFrame:
        """Return scores against one kind of comparison group."""
        return scoring.score(
            self.observations,
            self.kpis,
            self.own,
            everyone=self.everyone,
            groups={kpi.id: self.group(kind, kpi) for kpi in self.kpis},
            titles=dict(zip(self.live_kpis["id"], self.live_kpis["title"], strict=True)),
            gender=gender,
        )

    def group(self, kind: str, kpi: Kpi) -> Group:
        """Return a KPI's comparison group of one kind."""
        return scoring.group(
            kind,
            self.own,
            municipalities=self.municipalities,
            municipality_groups=self.municipality_groups,
            similar_area=kpi.similar_area,
        )

    def history(self, kpi: Kpi) -> pd.DataFrame:
        """Return one KPI's series beside the others' (scoring.history)."""
        return scoring.history(
            self.observations,
            kpi.id,
            self.own,
            everyone=self.everyone,
            similar=self.group("liknande", kpi),
        )

    def year_of(self, kpi: Kpi, period: int) -> pd.DataFrame:
        """Return one KPI's year: municipality, title, value and colour of all that have a value."""
        rows = self.observations[
            (self.observations["kpi"] == kpi.id)
            & (self.observations["period"] == period)
            & (self.observations["gender"] == "T")
            & self.observations["value"].notna()
        ]
        named = rows.merge(
            self.municipalities[self.municipalities["type"] == "K"],
            left_on="municipality",
            right_on="id",
        )
        colours = scoring.colours(named["value"], kpi.direction, kpi.target)
        return named[["municipality", "title", "value"]].assign(colour=colours)

    def colours_of(self, kpi: Kpi) -> dict[int, str]:
        """Return the own colour of one KPI by year."""
        rows = self.scores[self.scores["kpi"] == kpi.id]
        return dict(zip(rows["period"], rows["colour"], strict=True))

    def decimals(self, kpi: Kpi) -> int:
        """Return how many decimals readers need for one KPI."""
        rows = self.observations[
            (self.observations["kpi"] == kpi.id) & (self.observations["municipality"] == self.own)
        ]
        return text.decimals_for(rows["value"])


def analyse(
    model: SteeringModel, snapshot: Snapshot, committee: str, year: int | None = None
) -> Analysis:
    """Return the analysis of one committee (slug or code), for the year given or the newest usual.

    UsageError, with the names there are, when there is no such committee or municipality.
    """
    chosen = committee_named(model, committee)
    kpis = tuple(model.kpi(kpi) for kpi in chosen.kpis)
    values = snapshot.values([kpi.id for kpi in kpis])
    year = year or newest_year(snapshot, model)
    areas = snapshot.municipalities
    _check_own(model, areas)
    return Analysis(
        model=model,
        committee=chosen,
        year=year,
        kpis=kpis,
        observations=values[values["period"] <= year].reset_index(drop=True),
        live_kpis=snapshot.kpis,
        municipalities=areas,
        municipality_groups=snapshot.municipality_groups,
        snapshot_id=snapshot.id,
        fetched=snapshot.fetched,
        base_url=snapshot.base_url,
    )


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


def _check_own(model: SteeringModel, areas: pd.DataFrame) -> None:
    own = model.municipality
    if own.code not in set(areas["id"]):
        raise UsageError(
            f"Kommunen {own.name} ({own.code}) finns inte i ögonblicksbilden."
            " Kontrollera koden i kommun.yaml, eller hämta på nytt med: malstyr hamta"
        )


def newest_year(snapshot: Snapshot, model: SteeringModel) -> int:
    """Return the year to report on unless one is chosen.

    It is the newest year in which at least half of the KPIs that the committees follow, and that
    the municipality has ever had a value for, have one.
    """
    focus = list(dict.fromkeys(kpi for one in model.committees for kpi in one.kpis))
    values = snapshot.values(focus)
    own = values[
        (values["municipality"] == model.municipality.code)
        & (values["gender"] == "T")
        & values["value"].notna()
    ]
    return _half_reached(own, own["kpi"].nunique(), snapshot.fetched.year)


def _half_reached(own: pd.DataFrame, kpis: int, otherwise: int) -> int:
    per_year: pd.Series[int] = own.groupby("period")["kpi"].nunique()
    enough: Sequence[int] = [int(year) for year in per_year.index[2 * per_year >= kpis]]
    return max(enough, default=otherwise)
