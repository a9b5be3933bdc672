"""The request plan: the fewest requests that fit, told before anything is sent."""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import ROOT, Exercise
from hypothesis import example, given, settings
from hypothesis import strategies as st

from malstyr_lib import companions, fetch
from malstyr_lib.cli import run
from malstyr_lib.kolada import KoladaClient, query
from malstyr_lib.model import SteeringModel
from malstyr_lib.ovning.dataset import Dataset
from malstyr_lib.ovning.server import serve

planning = sys.modules["malstyr_lib.fetch.plan"]
Printed = pytest.CaptureFixture[str]
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)

LENGTHS = np.arange(1, 26)
SHAPES = np.stack(np.meshgrid(LENGTHS, LENGTHS, LENGTHS, indexing="ij")).reshape(3, -1)
FITTING = SHAPES[:, SHAPES.prod(axis=0) <= 4999]
SPANNING = FITTING[:, (FITTING[2] == 1) & (FITTING[0] * FITTING[1] * 35 <= 4999)]


def asked(kpis: int, areas: int, years: int | None) -> query.Asked:
    return query.asked(
        kpis=[f"N{n:05}" for n in range(kpis)],
        municipalities=[f"{n:04}" for n in range(areas)],
        years=None if years is None else range(1900, 1900 + years),
    )


def cheapest(kpis: int, areas: int, years: int | None) -> int:
    """Return the fewest requests that any chunk shape at all can do with, by trying them all."""
    shapes = SPANNING if years is None else FITTING
    counts = np.array([[kpis], [areas], [years or 1]])
    return int((-(-counts // shapes)).prod(axis=0).min())


# --- the plan --------------------------------------------------------------------------------


@settings(deadline=None)
@given(kpis=st.integers(1, 300), areas=st.integers(1, 400), years=st.none() | st.integers(1, 60))
@example(kpis=144, areas=312, years=30)
@example(kpis=144, areas=312, years=None)
@example(kpis=26, areas=26, years=26)
@example(kpis=25, areas=25, years=8)
def test_no_chunk_shape_is_cheaper_than_the_plan(kpis: int, areas: int, years: int | None) -> None:
    assert len(query.values(asked(kpis, areas, years))) == cheapest(kpis, areas, years)


def test_no_chunk_shape_is_cheaper_for_small_and_awkward_numbers() -> None:
    some = [1, 2, 7, 24, 25, 26, 49, 50, 51, 144]
    for kpis, areas, years in product(some, [*some, 312], [*some[:-1], None]):
        parts = query.cut(kpis, areas, years)
        assert np.prod(parts) == cheapest(kpis, areas, years), (kpis, areas, years)


@settings(deadline=None)
@given(kpis=st.integers(0, 60), areas=st.integers(0, 60), years=st.integers(1, 30))
def test_everything_is_asked_for_once_in_lists_of_25_and_answers_of_a_page(
    kpis: int, areas: int, years: int
) -> None:
    wanted = asked(kpis, areas, years)
    cells: Counter[tuple[str, ...]] = Counter()
    for request in query.values(wanted):
        lists = request.lists
        one = list(product(lists["kpi"], lists["municipality"], lists["year"]))
        assert max(map(len, lists.values())) <= 25
        assert len(one) <= 4999
        cells.update(one)
    named = [str(year) for year in wanted.years]
    assert cells == Counter(product(wanted.kpis, wanted.municipalities, named))


@settings(deadline=None)
@given(kpis=st.integers(1, 80), areas=st.integers(1, 80), years=st.integers(1, 60))
def test_lists_of_one_kind_differ_in_length_by_at_most_one(
    kpis: int, areas: int, years: int
) -> None:
    plan = query.values(asked(kpis, areas, years))
    for dimension in ("kpi", "municipality", "year"):
        lengths = {len(request.lists[dimension]) for request in plan}
        assert max(lengths) - min(lengths) <= 1


@pytest.mark.parametrize(
    ("kpis", "areas", "years", "lengths"),
    [
        (25, 25, 7, [(25, 25, 7)]),
        (1, 1, 26, [(1, 1, 13)] * 2),
        (25, 25, 8, [(25, 25, 4)] * 2),
        (26, 1, 1, [(13, 1, 1)] * 2),
        (24, 24, 8, [(24, 24, 8)]),
    ],
)
def test_the_lists_are_as_even_as_the_fewest_requests_allow(
    kpis: int, areas: int, years: int, lengths: list[tuple[int, int, int]]
) -> None:
    plan = query.values(asked(kpis, areas, years))
    assert [tuple(map(len, request.lists.values())) for request in plan] == lengths


def test_the_real_case_takes_288_requests_where_25_by_25_by_7_took_390() -> None:
    plan = query.values(asked(144, 312, 30))
    assert {tuple(map(len, request.lists.values())) for request in plan} == {(24, 13, 15)}
    assert -(-144 // 25) * -(-312 // 25) * -(-30 // 7) == 390
    assert query.cost(plan, 5) == query.Cost(requests=288, seconds=57.6)


def test_every_year_of_a_series_is_asked_for_only_where_no_years_are_named() -> None:
    assert all("year" in request.lists for request in query.values(asked(1, 25, 60)))
    assert all("year" not in request.lists for request in query.values(asked(1, 25, None)))


@settings(deadline=None)
@given(kpis=st.integers(1, 60), areas=st.integers(1, 400), years=st.integers(1, 40))
@example(kpis=1, areas=312, years=8)
@example(kpis=1, areas=312, years=14)
def test_where_every_area_is_wanted_whole_years_are_asked_for_only_when_that_is_cheaper(
    kpis: int, areas: int, years: int
) -> None:
    some = asked(kpis, areas, years)
    every = query.everywhere(some, some.municipalities)
    cheapest_of_both = min(cheapest(kpis, areas, years), kpis * years)
    assert len(query.values(every)) == cheapest_of_both
    assert len(query.values(some)) == cheapest(kpis, areas, years)


def test_changes_are_asked_for_in_the_longest_lists() -> None:
    wanted = query.everywhere(asked(144, 312, None), [f"{n:04}" for n in range(312)])
    plan = query.changes(wanted)
    assert len(plan) == 6 * 13
    assert len({(k, a) for r in plan for k in r.lists["kpi"] for a in r.lists["municipality"]}) == (
        144 * 312
    )


def test_units_are_planned_as_areas_are() -> None:
    ous = [f"V15E{n:04}" for n in range(26)]
    plan = query.ou_values(query.asked(kpis="N00001", ous=ous, years=range(2000, 2026)))
    assert [len(request.lists["ou"]) for request in plan] == [13] * 4


def test_the_list_of_all_key_figures_costs_three_requests_and_no_pace_costs_no_time() -> None:
    assert query.cost(query.listed("kpi", None), 5) == query.Cost(3, 0.6)
    assert query.cost(query.listed("kpi", ["N00001"]), None) == query.Cost(1, 0.0)
    assert query.cost([], 5) == query.Cost(0, 0.0)


# --- the fetch's plan --------------------------------------------------------------------------


def test_a_fetch_of_the_registry_and_its_bases_is_planned_without_sending(
    steering_model: SteeringModel,
) -> None:
    assert len(steering_model.kpis) == 144
    assert fetch.plan(steering_model, 312, now=NOW) == fetch.Plan(
        kpis=146,
        areas=312,
        years=(1998, 2027),
        values=query.Cost(288, 57.6),
        catalogues=query.Cost(8, 1.6),
    )


def test_the_plan_is_what_the_client_then_sends(
    steering_model: SteeringModel, world: Dataset
) -> None:
    areas = int(world.municipalities["type"].isin(["K", "L"]).sum())
    told: list[int] = []
    ids = companions.wanted(steering_model.kpis, world.kpis)
    newest = world.values[world.values["period"] >= world.values["period"].max() - 1]
    with (
        serve(replace(world, values=newest.reset_index(drop=True))) as server,
        KoladaClient(
            server.url, requests_per_s=None, progress=lambda _, total, __: told.append(total)
        ) as client,
    ):
        table = client.values(ids, years=range(1998, 2028))
    planned = fetch.plan(steering_model, areas, now=NOW, kpis=len(ids)).values.requests
    assert set(told) == {planned}
    unanswered = len(table.attrs["missing"]["kpis"])
    looked_up = -(-unanswered // 25)  # whether they are unknown or only without a row
    assert table.attrs["fetch"]["requests"] == planned + 1 + looked_up  # and the list of areas


def test_the_plan_for_the_own_units_is_what_the_client_then_sends(
    steering_model: SteeringModel, world: Dataset
) -> None:
    own = world.ous[world.ous["municipality"] == "9001"].reset_index(drop=True)
    ids = companions.of_units(steering_model.kpis, world.kpis)
    assert ids == ["N15505", "U23471"]
    told: list[int] = []
    with (
        serve(world) as server,
        KoladaClient(
            server.url, requests_per_s=None, progress=lambda _, total, __: told.append(total)
        ) as client,
    ):
        table = client.ou_values(ids, list(own["id"]), range(1998, 2028), register=own)
    planned = fetch.plan(steering_model, 312, now=NOW, units=(len(ids), len(own)))
    assert planned.units.requests == 2  # of 25 and 5 years
    assert set(told) == {2}
    assert table.attrs["fetch"]["requests"] == 2  # no unit's municipality had to be looked up
    assert set(table["municipality"]) == {"9001"}
    assert planned.requests == 298


# --- malstyr hamta --plan ----------------------------------------------------------------------


@pytest.fixture
def _nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("something was sent")

    monkeypatch.setattr("requests.Session.send", refuse)
    monkeypatch.setattr("socket.socket.connect", refuse)


WORDS = ["hamta", "--plan", "--params", str(ROOT / "params"), "--url", "http://127.0.0.1:9/v3"]


@pytest.mark.usefixtures("_nothing_is_sent")
def test_hamta_plan_says_requests_and_minutes_and_sends_and_writes_nothing(
    tmp_path: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "years_of", lambda _: range(1998, 2028))
    assert run([*WORDS, "--lager", str(tmp_path / "lager")]) == 0
    assert capsys.readouterr().out == (
        "Inget har skickats. Att hämta 146 nyckeltal för 312 områden (antaget, lagret är tomt:"
        " 290 kommuner, 21 regioner och Riket)\n"
        "och 30 år (1998–2027) tar 296 frågor: 288 om värden och 8 om Koladas listor.\n"
        "Med högst 5 frågor i sekunden tar det omkring 1,0 minuter, om Kolada hinner med.\n"
        "Nyckeltalens osäkerhetstal och de egna enheternas värden tillkommer; Koladas listor säger"
        " vilka som finns.\n"
    )
    assert not (tmp_path / "lager").exists()


@pytest.mark.usefixtures("_nothing_is_sent")
def test_hamta_plan_as_json_is_one_flat_object(
    tmp_path: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "years_of", lambda _: range(1998, 2028))
    assert run([*WORDS, "--lager", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {
            "kpis": 146,
            "areas": 312,
            "areas_from": None,
            "years": 30,
            "first_year": 1998,
            "last_year": 2027,
            "value_requests": 288,
            "unit_requests": None,
            "catalogue_requests": 8,
            "requests": 296,
            "requests_per_s": 5.0,
            "minutes": 0.99,
        }
    ]


@pytest.mark.usefixtures("_nothing_is_sent")
def test_hamta_plan_counts_the_areas_of_the_newest_snapshot(
    exercise: Exercise, world: Dataset, capsys: Printed
) -> None:
    (snapshot,) = (path.stem for path in (exercise.place.store / "snapshots").glob("*.json"))
    areas = int(world.municipalities["type"].isin(["K", "L"]).sum())
    assert run([*WORDS, "--lager", str(exercise.place.store)]) == 0
    said = f"Att hämta 147 nyckeltal för {areas} områden (enligt ögonblicksbilden {snapshot})"
    printed = capsys.readouterr().out
    assert said in printed  # with two bases, and the margin of error in the snapshot's catalogue
    assert "tillkommer" not in printed
    assert "egna enheter" not in printed  # they are another municipality's
    own = [*WORDS[:3], str(exercise.place.params), "--lager", str(exercise.place.store)]
    assert run(own) == 0
    assert "om värden, 2 om egna enheter och 8 om Koladas listor" in capsys.readouterr().out


@pytest.mark.usefixtures("_nothing_is_sent")
def test_hamta_plan_tells_that_a_new_year_makes_the_changes_a_whole_fetch(
    exercise: Exercise, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "years_of", lambda _: range(1998, 2060))
    where = [*WORDS, "--lager", str(exercise.place.store)]
    assert run([*where, "--json"]) == run([*where, "--andrat", "--json"]) == 0
    whole, changes = capsys.readouterr().out.strip().split("\n]\n[")
    assert changes.strip("[]\n") == whole.strip("[]\n")
    assert run([*where, "--andrat"]) == 0
    printed = capsys.readouterr().out
    assert "Att hämta 147 nyckeltal" in printed
    assert "Åren är inte desamma som förra gången, så allt hämtas." in printed


@pytest.mark.usefixtures("_nothing_is_sent")
def test_hamta_plan_knows_everything_the_changes_and_another_pace(
    exercise: Exercise, capsys: Printed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(planning, "years_of", lambda _: range(1998, 2028))
    assert run([*WORDS, "--allt", "--takt", "2", "--lager", str(tmp_path), "--json"]) == 0
    (everything,) = json.loads(capsys.readouterr().out)
    assert everything["kpis"] == 4800
    assert everything["requests_per_s"] == 2
    assert everything["minutes"] == pytest.approx(everything["requests"] / 2 / 60, abs=0.01)
    assert run([*WORDS, "--andrat", "--lager", str(exercise.place.store), "--json"]) == 0
    (changes,) = json.loads(capsys.readouterr().out)
    assert changes["kpis"] == 147
    assert changes["value_requests"] == -(-changes["kpis"] // 25) * -(-changes["areas"] // 25)
    assert run([*WORDS, "--andrat", "--allt"]) == 2
    assert "Välj --allt eller --andrat" in capsys.readouterr().err
