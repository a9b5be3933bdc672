"""The KPIs that belong to others: margins of error by title, and bases by the parameters."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from malstyr_lib import tables
from malstyr_lib.companions import Companion, companions, margin_of, wanted
from malstyr_lib.model import Kpi, SteeringModel
from malstyr_lib.ovning.dataset import Dataset

TOWN = "Medborgarundersökningen - Trygg, andel (%)"


def catalogue(titles: dict[str, str]) -> pd.DataFrame:
    """A catalogue of these titles and nothing else."""
    columns = {"id": list(titles), "title": list(titles.values())}
    empty = {name: [None] * len(titles) for name in tables.KPIS if name not in columns}
    flags = {name: [False] * len(titles) for name, kind in tables.KPIS.items() if kind == "bool"}
    return tables.frame(tables.KPIS, columns | empty | flags)


def kpi(one: str, base: str | None = None) -> Kpi:
    return Kpi(id=one, title="x", direction="högt", base=base)  # type: ignore[call-arg]


# --- margins -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    [
        "Osäkerhetstal - Medborgarundersökningen - Trygg, andel (%)",
        "Osäkerhetstal – Medborgarundersökningen - Trygg, andel (%)",
        "Osäkerhetstal, Medborgarundersökningen - Trygg, andel (%)",
        "osäkerhetstal -  Medborgarundersökningen -  trygg, andel (%) ",
        "OSÄKERHETSTAL-Medborgarundersökningen - Trygg, andel (%)",
        "Osäkerhetstal - Medborgarundersökningen - Trygg, andel (%) (-2022)",
        "Osäkerhetstal - Trygg, andel (%)",
        "Osäkerhetstal - Trygg,, andel(%)",
    ],
)
def test_a_margin_is_known_by_its_title_however_that_is_written(title: str) -> None:
    assert margin_of(catalogue({"N00001": TOWN, "N00002": title})) == {"N00001": "N00002"}


@pytest.mark.parametrize(
    "title",
    [
        "Osäkerhetstal - Medborgarundersökningen - Otrygg, andel (%)",
        "Osäkerhetstal Medborgarundersökningen - Trygg, andel (%)",
        "Medborgarundersökningen - Trygg, andel (%) - osäkerhetstal",
        TOWN,
    ],
)
def test_another_title_is_no_margin(title: str) -> None:
    assert margin_of(catalogue({"N00001": TOWN, "N00002": title})) == {}


def test_series_that_ended_the_same_year_belong_together() -> None:
    titles = {
        "N00001": TOWN,
        "N00002": f"{TOWN} (-2020)",
        "N00003": f"Osäkerhetstal - {TOWN}",
        "N00004": f"Osäkerhetstal - {TOWN} (- 2020)",
    }
    assert margin_of(catalogue(titles)) == {"N00001": "N00003", "N00002": "N00004"}
    del titles["N00004"]
    assert margin_of(catalogue(titles)) == {"N00001": "N00003"}


def test_what_could_be_either_is_neither() -> None:
    margin = {"N00003": f"Osäkerhetstal - {TOWN}"}
    assert margin_of(catalogue({"N00001": TOWN, "N00002": TOWN} | margin)) == {}
    assert margin_of(catalogue({"N00001": TOWN, "N00004": margin["N00003"]} | margin)) == {}
    other = {"N00005": "NTU - Trygg, andel (%)"}
    assert margin_of(catalogue({"N00001": TOWN} | other | margin)) == {}
    assert margin_of(catalogue(margin)) == {}
    assert margin_of(tables.empty(tables.KPIS)) == {}


@given(order=st.permutations(range(6)))
def test_the_order_of_the_catalogue_changes_nothing(order: list[int]) -> None:
    titles = {
        "N00001": TOWN,
        "N00002": f"{TOWN} (-2020)",
        "N00003": f"Osäkerhetstal - {TOWN}",
        "N00004": f"Osäkerhetstal - {TOWN} (-2020)",
        "N00005": "Något annat, antal",
        "N00006": "Osäkerhetstal - Något tredje, antal",
    }
    names = [list(titles)[at] for at in order]
    expected = {"N00001": "N00003", "N00002": "N00004"}
    assert margin_of(catalogue({name: titles[name] for name in names})) == expected


# --- companions --------------------------------------------------------------------------------


def test_a_registry_is_fetched_with_its_margins_and_bases_each_once() -> None:
    titles = {"N00001": TOWN, "N00009": f"Osäkerhetstal - {TOWN}"}
    registry = [kpi("N00003", "N01951"), kpi("N00001"), kpi("N00002", "N01951")]
    assert companions(registry, catalogue(titles)) == (
        Companion("N01951", "base", ("N00003", "N00002")),
        Companion("N00009", "margin", ("N00001",)),
    )
    assert wanted(registry, catalogue(titles)) == [
        *("N00003", "N00001", "N00002"),
        *("N01951", "N00009"),
    ]


def test_a_companion_that_is_in_the_registry_is_no_companion() -> None:
    registry = [kpi("N00003", "N01951"), kpi("N01951")]
    assert companions(registry, catalogue({})) == ()
    assert wanted(registry, catalogue({})) == ["N00003", "N01951"]


def test_without_a_catalogue_the_bases_are_known_and_the_margins_are_not() -> None:
    registry = [kpi("N00003", "N01951"), kpi("N00001")]
    assert wanted(registry, tables.empty(tables.KPIS)) == ["N00003", "N00001", "N01951"]


def test_the_exercise_world_has_every_base_of_the_registry(
    world: Dataset, steering_model: SteeringModel
) -> None:
    bases = {one.base for one in steering_model.kpis if one.base}
    counts = world.values[world.values["kpi"].isin(bases)]
    assert set(counts["kpi"].unique()) == bases
    wide = counts.pivot_table(
        index=["kpi", "municipality", "period"], columns="gender", values="value", observed=True
    )
    assert (wide["K"] + wide["M"] == wide["T"]).all()
    assert (wide % 1 == 0).all(axis=None)


# --- real figures ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real_kpis(real_figures: Path) -> pd.DataFrame:
    objects = msgspec.json.decode((real_figures / "kpi.json").read_bytes())
    return tables.frame(tables.KPIS, {name: [one[name] for one in objects] for name in tables.KPIS})


@pytest.mark.real
def test_the_margins_of_kolada_are_the_pairs_of_the_list_and_those_of_regions(
    real_figures: Path, real_kpis: pd.DataFrame
) -> None:
    listed = pd.read_csv(real_figures / "uncertainty_pairs.csv")
    pairs = dict(zip(listed["kpi"], listed["osakerhetstal_id"], strict=True))
    found = margin_of(real_kpis)
    kinds = real_kpis.set_index("id")["municipality_type"]
    assert len(pairs) == 181
    assert {one: margin for one, margin in found.items() if kinds[one] != "L"} == pairs
    assert len(found) == 192  # the list leaves out eleven that only regions have


@pytest.mark.real
def test_every_base_is_a_number_of_persons_in_kolada(
    real_kpis: pd.DataFrame, steering_model: SteeringModel
) -> None:
    titles = real_kpis.set_index("id")["title"]
    assert {one.id: titles[one.base] for one in steering_model.kpis if one.base} == {
        "N00206": "Månadsavlönade totalt, kommun, antal",
        "N31807": "Invånare totalt, antal",
    }


@pytest.mark.real
def test_a_share_of_its_base_is_a_whole_number_of_persons_in_every_municipality(
    real_figures: Path, steering_model: SteeringModel
) -> None:
    bases = {one.id: one.base for one in steering_model.kpis if one.base}
    asked = pc.field("kpi").isin([*bases, *bases.values()])
    rows = pq.read_table(real_figures / "values.parquet", filters=asked).to_pandas()
    cell = ["municipality", "period", "gender"]
    wide = rows.dropna(subset=["value"]).pivot(index=cell, columns="kpi", values="value")
    for share, base in bases.items():
        known = wide[[share, base]].dropna()
        persons = known[share] * known[base] / 100
        whole = np.abs(persons - persons.round()) < 0.01
        assert len(known) > 7_000
        assert whole.mean() > 0.99, share
