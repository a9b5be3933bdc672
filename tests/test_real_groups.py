"""Comparison groups on real figures: SKR's classes, and what a change of members does to red."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray

from malstyr_lib import tables
from malstyr_lib.model import Kpi, SteeringModel
from malstyr_lib.scoring import groups_of
from malstyr_lib.scoring.agreement import LEAVE_ONE_OUT, Agreement, agreement
from malstyr_lib.scoring.colour import colour_of, goodness, standing
from malstyr_lib.scoring.groups import GROUPS, SKR_GROUPS, group

pytestmark = pytest.mark.real

HEDEMORA = "2083"
YEAR = 2022
VINTAGES = ("2024-04-06", "2026-03-23")
DIRECTION = {"+": "högt", "-": "lågt"}


@dataclass(frozen=True)
class Real:
    """What the folder holds of municipalities, groups (now, and of similar by vintage) and values.

    values: KPI × municipality of 2022, both sexes together; NaN where missing.
    """

    municipalities: pd.DataFrame
    groups: pd.DataFrame
    similar: Mapping[str, pd.DataFrame]
    kpis: tuple[Kpi, ...]
    values: pd.DataFrame

    @cached_property
    def areas(self) -> list[str]:
        return tables.municipalities_only(self.municipalities)

    def places(self, members: tuple[str, ...]) -> NDArray[np.int64]:
        return np.array([self.areas.index(one) for one in members], dtype=np.int64)


@pytest.fixture(scope="module")
def real(real_figures: Path, steering_model: SteeringModel) -> Real:
    kpis = curated(real_figures, steering_model)
    municipalities = objects(real_figures / "municipality.json")
    return Real(
        municipalities=municipalities,
        groups=objects(real_figures / "municipality_groups.json"),
        similar=vintages(real_figures / "similar_municipalities.csv"),
        kpis=kpis,
        values=values_of(real_figures, kpis, tables.municipalities_only(municipalities)),
    )


def objects(path: Path) -> pd.DataFrame:
    return pd.DataFrame(json.loads(path.read_text(encoding="utf-8")))


def curated(folder: Path, model: SteeringModel) -> tuple[Kpi, ...]:
    """The curated KPIs that high or low is good for, in the area the registry gives them."""
    table = pd.read_csv(folder / "kpi_curated.csv", dtype="str")
    directions = dict(zip(table["id"], table["riktning"].map(DIRECTION), strict=True))
    return tuple(
        kpi.model_copy(update={"direction": directions[kpi.id], "target": None})
        for kpi in model.kpis
        if isinstance(directions.get(kpi.id), str)
    )


def vintages(path: Path) -> dict[str, pd.DataFrame]:
    """The groups of similar municipalities as Kolada had them on two days."""
    rows = pd.read_csv(path, dtype="str")
    titles = "Liknande kommuner " + rows["area"] + ", " + rows["title"] + ", " + rows["year"]
    members = [[{"member_id": one} for one in ids.split()] for ids in rows["members"]]
    table = rows.assign(id=rows["group_id"], title=titles, members=members)
    return {vintage: table[table["vintage"] == vintage] for vintage in VINTAGES}


def values_of(folder: Path, kpis: tuple[Kpi, ...], areas: list[str]) -> pd.DataFrame:
    wanted = pc.field("kpi").isin([kpi.id for kpi in kpis])
    wanted = wanted & (pc.field("period") == YEAR) & (pc.field("gender") == "T")
    rows = pq.read_table(folder / "values.parquet", filters=wanted).to_pandas()
    text = rows.astype({"kpi": "str", "municipality": "str"})
    wide = text.pivot(index="kpi", columns="municipality", values="value").reindex(columns=areas)
    return wide[wide.notna().any(axis=1)]


# --- SKR's groups ------------------------------------------------------------------------------


def test_every_municipality_is_in_exactly_one_of_skrs_groups(real: Real) -> None:
    titles = {f"{name} (ovägt medel)" for name in SKR_GROUPS}
    classes = real.groups[real.groups["title"].isin(titles)]
    members = [one["member_id"] for group in classes["members"] for one in group]
    assert len(classes) == 9
    assert sorted(members) == real.areas


def test_skrs_groups_are_those_of_its_own_list(real: Real, real_figures: Path) -> None:
    listed = pd.read_csv(real_figures / "municipalities.csv", dtype="str")
    classes = real.groups[~real.groups["title"].str.startswith("Liknande")]
    for name, there in listed.groupby("skr_group"):
        found = group(
            "kommungrupp",
            there["id"].iloc[0],
            municipalities=real.municipalities,
            municipality_groups=classes,
        )
        assert found.title == f"SKR-gruppen {name}"
        assert found.members == tuple(sorted(there["id"])), name
    assert len(listed) == 290


# --- what a change of members does -------------------------------------------------------------


@pytest.fixture(scope="module")
def judged(real: Real) -> dict[str, pd.DataFrame]:
    """Colours, KPI × municipality, against the similar of each vintage; grey where there are none.

    Only KPIs with values in 2022 whose area had groups in both vintages.
    """
    members = {vintage: similar_of(real.similar[vintage]) for vintage in VINTAGES}
    kept = [
        kpi
        for kpi in real.kpis
        if kpi.id in real.values.index and all(kpi.similar_area in of for of in members.values())
    ]
    return {
        vintage: pd.DataFrame({kpi.id: against(real, kpi, members[vintage]) for kpi in kept}).T
        for vintage in VINTAGES
    }


Members = Mapping[str | None, Mapping[str, tuple[str, ...]]]


def similar_of(table: pd.DataFrame) -> Members:
    """The similar of every municipality in one vintage, by area; regions have none to be read."""
    rows = table.dropna(subset="municipality")
    return {
        str(area): {
            own: tuple(one["member_id"] for one in members)
            for own, members in zip(part["municipality"], part["members"], strict=True)
        }
        for area, part in rows.groupby("area")
    }


def against(real: Real, kpi: Kpi, members: Members) -> pd.Series:
    """Every municipality's own colour against its similar, all of them at once."""
    values, similar = real.values.loc[kpi.id], members[kpi.similar_area]
    rows = [[own, *similar.get(own, ["nobody"] * 7)] for own in real.areas]
    known = values.to_dict() | {"nobody": np.nan}
    peers = np.array([[known[one] for one in row] for row in rows])
    colour = colour_of(standing(goodness(peers, kpi.direction), axis=1))[:, 0]
    return pd.Series(colour, index=real.areas)


def lost(judged: dict[str, pd.DataFrame], before: str, after: str) -> Counter[str]:
    """What the reds of one vintage are against the other, over all KPIs and municipalities."""
    red = judged[before].to_numpy() == tables.RED
    return Counter(judged[after].to_numpy()[red].tolist())


def own_lost(judged: dict[str, pd.DataFrame], before: str, after: str) -> dict[str, str]:
    """What Hedemora's reds of one vintage are against the other, where they are not red."""
    red = judged[before][HEDEMORA] == tables.RED
    there = judged[after].loc[red, HEDEMORA]
    return dict(there[there != tables.RED])


def test_the_members_read_are_those_the_library_finds(real: Real) -> None:
    for vintage in VINTAGES:
        known = {
            "municipalities": real.municipalities,
            "municipality_groups": real.similar[vintage],
        }
        found = groups_of("liknande", HEDEMORA, real.kpis, **known)
        members = similar_of(real.similar[vintage])
        for kpi in real.kpis:
            similar = members.get(kpi.similar_area, {}).get(HEDEMORA, ())
            assert found[kpi.id].members == tuple(sorted({HEDEMORA, *similar})), (kpi.id, vintage)


def test_86_curated_kpis_of_2022_can_be_judged_by_both_vintages(
    judged: dict[str, pd.DataFrame], real: Real
) -> None:
    assert len(real.kpis) == 119
    assert len(real.values) == 89  # three are of arbetsmarknad, which had no groups in 2024
    assert [table.shape for table in judged.values()] == [(86, 290)] * 2


def test_a_quarter_of_all_reds_hang_on_which_years_similar_they_are_judged_by(
    judged: dict[str, pd.DataFrame],
) -> None:
    old, new = VINTAGES
    assert lost(judged, old, new) == {"red": 3367, "yellow": 1132, "grey": 57, "green": 2}
    assert lost(judged, new, old) == {"red": 3367, "yellow": 1107, "grey": 62, "green": 6}
    shares = [sum(lost(judged, *two).values()) for two in (VINTAGES, VINTAGES[::-1])]
    assert [round(1 - 3367 / share, 3) for share in shares] == [0.261, 0.259]


def test_hedemoras_reds_hang_on_it_too(judged: dict[str, pd.DataFrame]) -> None:
    old, new = VINTAGES
    reds = [int((judged[vintage][HEDEMORA] == tables.RED).sum()) for vintage in VINTAGES]
    assert reds == [15, 18]
    assert own_lost(judged, old, new) == dict.fromkeys(
        ("N07403", "N15505", "N66077", "N85054"), "yellow"
    )
    yellow = dict.fromkeys(("N00090", "N00957", "N11810", "U31804"), "yellow")
    grey = dict.fromkeys(("N00664", "N00667", "N00670"), "grey")  # too few had answered
    assert own_lost(judged, new, old) == yellow | grey


# --- red in k of 5 -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def agreements(real: Real) -> dict[str, Agreement]:
    """Hedemora's colours of 2022 in all five comparisons, by KPI, with the groups of 2026."""
    kpis = [kpi for kpi in real.kpis if kpi.id in real.values.index]
    known = {"municipalities": real.municipalities, "municipality_groups": real.groups}
    groups = {kind: groups_of(kind, HEDEMORA, kpis, **known) for kind in GROUPS}
    own = real.areas.index(HEDEMORA)
    return {
        kpi.id: agreement(
            real.values.loc[kpi.id].to_numpy(),
            own,
            {kind: real.places(groups[kind][kpi.id].members) for kind in GROUPS},
            direction=kpi.direction,
        )
        for kpi in kpis
    }


def test_one_of_hedemoras_reds_is_red_in_five_of_five(agreements: dict[str, Agreement]) -> None:
    reds = [one for one in agreements.values() if one.colours["alla"] == tables.RED]
    assert Counter((one.red, one.of) for one in reds) == {
        (5, 5): 1,
        (4, 5): 6,
        (3, 5): 2,
        (2, 5): 8,
        (1, 5): 2,
        (4, 4): 1,
        (3, 4): 2,
    }
    assert agreements["N15485"].sentence == "röd i 5 av 5"
    assert agreements["N00090"].sentence == "röd i 2 av 5: mot alla och liknande"
    assert agreements["U21401"].sentence == "röd i 2 av 5: mot alla och kommungruppen"


def test_not_half_of_the_reds_against_the_similar_stand_when_one_is_left_out(
    agreements: dict[str, Agreement],
) -> None:
    both = [(one.colours["liknande"], one.colours[LEAVE_ONE_OUT]) for one in agreements.values()]
    assert Counter(after for before, after in both if before == tables.RED) == {
        "red": 7,
        "yellow": 8,
        "grey": 3,
    }
