"""The whole way on real figures, through the stand-in server and the commands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from conftest import ROOT

from malstyr_lib.cli import run
from malstyr_lib.kolada import KoladaClient
from malstyr_lib.ovning.real import real_figures as real_dataset
from malstyr_lib.ovning.server import Server, serve

pytestmark = pytest.mark.real
Printed = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def kolada(real_figures: Path) -> Iterator[Server]:
    with serve(real_dataset(real_figures)) as server:
        yield server


@pytest.fixture(scope="module")
def store(kolada: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("verkligt lager")
    words = ["hamta", "--url", kolada.url, "--params", str(ROOT / "params")]
    assert run([*words, "--lager", str(folder)]) == 4  # 37 KPIs have no values in the folder
    return folder


def judged(store: Path, capsys: Printed, kpi: str, year: str) -> list[dict[str, object]]:
    words = ["bedom", kpi, "--ar", year, "--json", "--params", str(ROOT / "params")]
    assert run([*words, "--lager", str(store)]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("kpi", "year", "value", "colour"),
    [
        ("U21401", 2018, 22.0, "red"),
        ("U21401", 2019, 16.0, "yellow"),
        ("U21401", 2020, 18.0, "red"),
        ("U21401", 2022, 19.0, "red"),
        ("N00090", 2016, 8.9, "red"),
        ("N00090", 2019, 7.0, "yellow"),
        ("N00090", 2022, 8.8, "red"),
    ],
)
def test_hedemoras_known_values_and_colours(
    store: Path, capsys: Printed, kpi: str, year: int, value: float, colour: str
) -> None:
    (row,) = judged(store, capsys, kpi, str(year))
    assert (row["municipality"], row["period"], row["gender"]) == ("2083", year, "T")
    assert (row["value"], row["colour"], row["preliminary"]) == (value, colour, False)


def test_all_years_come_in_one_answer(store: Path, capsys: Printed) -> None:
    rows = judged(store, capsys, "U21401", "A")
    assert [row["period"] for row in rows] == list(range(2007, 2023))


@pytest.mark.parametrize(
    "committees", [["ON"], pytest.param(["KS", "BN", "ON", "MSN"], marks=pytest.mark.slow)]
)
def test_hedemora_gets_its_reports_without_a_word_of_exercise(
    store: Path, tmp_path: Path, capsys: Printed, committees: list[str]
) -> None:
    kind = ["--typ", "namnd", "--form", "html"]
    words = [
        "rapport",
        *committees,
        *kind,
        "--ar",
        "2022",
        "--params",
        str(ROOT / "params"),
        "--json",
    ]
    assert run([*words, "--lager", str(store), "--ut", str(tmp_path)]) == 0
    made = json.loads(capsys.readouterr().out)
    assert [one["status"] for one in made] == ["klar"] * len(committees)
    pages = [tmp_path / "index.html", *tmp_path.rglob("rapport.html")]
    assert len(pages) == 1 + len(committees)
    for path in pages:
        text = path.read_text(encoding="utf-8")
        assert "Hedemora" in text
        assert "ÖVNING" not in text
    on = (tmp_path / "2022" / "namnd" / "on" / "rapport.html").read_text(encoding="utf-8")
    assert re.search(
        r"År 2022 hade Hedemora värdet 19,0, plats 193 av 233: 192 av 233 har bättre värde", on
    )
    assert "som inte är Koladas egen adress" in on


def test_the_client_returns_exactly_what_the_folder_holds(
    kolada: Server, real_figures: Path
) -> None:
    kpis = ["N00090", "N15428", "U21401"]
    with KoladaClient(kolada.url, requests_per_s=None) as client:
        fetched = client.values(kpis)
    table = pq.read_table(real_figures / "values.parquet", filters=pc.field("kpi").isin(kpis))
    held = table.to_pandas().astype({"kpi": "str", "municipality": "str", "gender": "str"})
    order = ["kpi", "municipality", "period", "gender"]
    ours, theirs = (one.sort_values(order).reset_index(drop=True) for one in (fetched, held))
    assert len(ours) == len(theirs) > 20_000
    for name in order:
        assert ours[name].tolist() == theirs[name].tolist()
    assert ours["value"].equals(theirs["value"].astype("float64"))
