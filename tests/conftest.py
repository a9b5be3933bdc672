"""What the tests share: where the real figures lie, and the command-line switch for slow runs."""

from __future__ import annotations

import os

os.environ["OPENPYXL_LXML"] = "False"  # lxml comes with a checker of PDFs, and no user has it

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import StringIO
from itertools import chain, repeat
from pathlib import Path
from typing import Any
from unittest.mock import patch

import matplotlib as mpl
import pages
import pandas as pd
import pytest
from hypothesis import settings
from properties import SLOW
from xdist.scheduler import LoadScopeScheduling

from malstyr_lib import companions, manifest, params
from malstyr_lib.batch import Outcome, making
from malstyr_lib.cli import run
from malstyr_lib.fetch import fetch
from malstyr_lib.kolada import KoladaClient
from malstyr_lib.model import SteeringModel
from malstyr_lib.ovning.dataset import Dataset
from malstyr_lib.ovning.demo import prepare
from malstyr_lib.ovning.real import real_figures as real_dataset
from malstyr_lib.ovning.server import serve
from malstyr_lib.ovning.world import exercise_world
from malstyr_lib.params.own_values import own_values
from malstyr_lib.questions import Setting
from malstyr_lib.report.forms import FORMS, Page
from malstyr_lib.report.kinds import KINDS
from malstyr_lib.store import Store
from malstyr_lib.workspace import Workspace

ROOT = Path(__file__).resolve().parent.parent
REAL_FIGURES = ROOT.parent / "shared" / "data"

TODAY = date(2026, 11, 26)

SHARED = {
    "test_analysis_group",
    "test_annual",
    "test_batch",
    "test_browser",
    "test_data",
    "test_injection",
    "test_injection_names",
    "test_key_figures",
    "test_pages",
    "test_pdf",
    "test_word",
}
"""The files that want the same finished reports, which cost seconds each to make."""

mpl.use("Agg")
settings.register_profile("malstyr", deadline=None)  # these machines are shared: nothing is timed
settings.load_profile("malstyr")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the slow tests too")
    parser.addoption("--golden", action="store_true", help="write the golden files anew")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--slow"):
        os.environ[SLOW] = "ja"


class ByFile(LoadScopeScheduling):
    """A file goes to one process, and those that want the same reports to the same."""

    def _split_scope(self, nodeid: str) -> str:
        stem = Path(nodeid.split("::")[0]).stem
        return "pages" if stem in SHARED else stem


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    off = {"natverk": "asks the live API; run with -m natverk"}
    if not config.getoption("--slow"):
        off["slow"] = "slow; run with --slow"
    if "natverk" in config.option.markexpr:
        del off["natverk"]
    for item in items:
        for name in off:
            if item.get_closest_marker(name):
                item.add_marker(pytest.mark.skip(reason=off[name]))


@pytest.fixture(scope="session")
def real_figures() -> Path:
    """The folder of real Kolada figures, or a skip that says why."""
    if not (REAL_FIGURES / "values.parquet").exists():
        pytest.skip("de verkliga siffrorna (../shared/data) finns inte på den här datorn")
    return REAL_FIGURES


@pytest.fixture(autouse=True)
def _no_user_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep a developer's own environment from steering the tests."""
    for name in [name for name in os.environ if name.startswith("MALSTYR_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def steering_model() -> SteeringModel:
    """The steering model of the project's own parameters."""
    return params.load(ROOT / "params")


@pytest.fixture(scope="session")
def world(steering_model: SteeringModel) -> Dataset:
    """The exercise world, over the project's own registry."""
    return exercise_world(steering_model.kpis)


@dataclass(frozen=True)
class Exercise:
    """The exercise municipality's folders, with one snapshot fetched over HTTP."""

    place: Workspace
    model: SteeringModel


class Straight(KoladaClient):
    """The real client, but for the values: they are the world's own, without the way over HTTP.

    That they are the same is a rule of test_batch, where the demo fetches them.
    """

    world: Dataset

    def values_in_parts(
        self, kpis: Sequence[str], years: Sequence[int], **_: object
    ) -> Iterator[pd.DataFrame]:
        values = self.world.values
        part = plain(values[values["kpi"].isin(kpis) & values["period"].isin(years)])
        part.attrs["fetch"] = {}
        yield part


@pytest.fixture(scope="session")
def fetched(tmp_path_factory: pytest.TempPathFactory, world: Dataset) -> Exercise:
    """The exercise world in a store, as a fetch from the stand-in server leaves it."""
    return straight(tmp_path_factory.mktemp("övning"), world)


@pytest.fixture(scope="session")
def exercise(fetched: Exercise) -> Exercise:
    """The exercise municipality's folders; a file may have others instead."""
    return fetched


def straight(folder: Path, world: Dataset) -> Exercise:
    """The exercise municipality's folders in a folder, with one snapshot of a world."""
    place, model = prepare(folder)
    with serve(world) as server, Straight(server.url, requests_per_s=None) as client:
        client.world = world
        fetch(model, client, Store(place.store), now=datetime(2026, 11, 23, 12, tzinfo=UTC))
    return Exercise(place, model)


@pytest.fixture(scope="session")
def asked(exercise: Exercise) -> Setting:
    """Where questions are asked of the exercise municipality."""
    values = own_values(exercise.place.params, exercise.model)
    snapshot = Store(exercise.place.store).open()
    return Setting(exercise.model, snapshot, "9001", TODAY, own_values=values)


@pytest.fixture(scope="session")
def real_setting(
    real_figures: Path, steering_model: SteeringModel, tmp_path_factory: pytest.TempPathFactory
) -> Setting:
    """Where questions are asked of Hedemora in 2022: the registry's KPIs in a store."""
    real = real_dataset(real_figures)
    wanted = companions.wanted(steering_model.kpis, real.kpis)
    mine = real.ou_values["municipality"] == steering_model.municipality.code
    store = Store(tmp_path_factory.mktemp("verkligt lager"))
    store.write(
        plain(real.values[real.values["kpi"].isin(wanted)]),
        kpis=real.kpis,
        municipalities=real.municipalities,
        municipality_groups=real.municipality_groups,
        ous=real.ous[real.ous["municipality"] == steering_model.municipality.code],
        ou_values=plain(real.ou_values[mine & real.ou_values["kpi"].isin(wanted)]),
        base_url="http://127.0.0.1/v3",
        fetched=datetime(2026, 11, 23, 12, tzinfo=UTC),
    )
    values = own_values(ROOT / "params", steering_model)
    own = steering_model.municipality.code
    return Setting(steering_model, store.open(), own, TODAY, year=2022, own_values=values)


def plain(observed: pd.DataFrame) -> pd.DataFrame:
    """Observations whose text is text, not categories."""
    words = [name for name, kind in observed.dtypes.items() if kind == "category"]
    return observed.astype(dict.fromkeys(words, "str")).reset_index(drop=True)


class EveryPage(dict[str, Page]):
    """The first report of every kind, made in this process when it is first asked for."""

    def __init__(self, exercise: Exercise) -> None:
        super().__init__()
        self._exercise = exercise

    def __missing__(self, kind: str) -> Page:
        self[kind] = pages.made_page(self._exercise, kind)
        return self[kind]


@pytest.fixture(scope="session")
def every_page(fetched: Exercise) -> EveryPage:
    """The first report of every kind of the exercise municipality (BN's of those of committees)."""
    return EveryPage(fetched)


@dataclass(frozen=True)
class Demo:
    """What `malstyr demo` left in a folder, its exit code, and what it said."""

    exercise: Exercise
    code: int
    said: str
    told: str


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The demo, run once: exercise world, fetch, and every committee's report as a page.

    The first notebook is run in a kernel, the others in this process. The whole demo, with every
    kind of report in every form, is a slow test of test_batch.
    """
    folder = tmp_path_factory.mktemp("demo") / "mina övningar"
    with redirect_stdout(StringIO()) as said, redirect_stderr(StringIO()) as told, in_short():
        code = run(["demo", "--ut", str(folder), "--arbetare", "1"])
    return Demo(Exercise(*prepare(folder)), code, said.getvalue(), told.getvalue())


@contextmanager
def in_short() -> Iterator[None]:
    """Make committees' reports only, as pages only, and only the first of them in a kernel."""
    kinds = {name: kind for name, kind in KINDS.items() if name == "namnd"}
    forms = {name: form for name, form in FORMS.items() if name == "html"}
    ways = chain([making.notebook.execute], repeat(pages.executed))
    with (
        patch.dict(KINDS, kinds, clear=True),
        patch.dict(FORMS, forms, clear=True),
        patch.object(making.notebook, "execute", lambda *given: next(ways)(*given)),
    ):
        yield


@pytest.fixture(scope="session")
def season(demo: Demo) -> list[Outcome]:
    """Every committee's report of the exercise municipality, made by the demo."""
    return manifest.read(demo.exercise.place.output)
