"""The watch: of a new fetch, only what it changes is made again, and it is told why."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pandas as pd
import pytest
from conftest import Exercise, Straight
from pages import remembered
from seasons import make_reports, plan_of

from malstyr_lib import params
from malstyr_lib.batch import Followed, Plan, Wanted, making, rests
from malstyr_lib.cli import run as command
from malstyr_lib.manifest import read
from malstyr_lib.outcome import DONE
from malstyr_lib.ovning.dataset import Dataset
from malstyr_lib.ovning.server import serve
from malstyr_lib.store import Store
from malstyr_lib.workspace import Workspace

SHEETS = Wanted(["enhet"], ["ks", "on"], ["html"], changed=True)
ON_KPI, KS_KPI = "U21401", "N00090"
Change = Callable[[pd.DataFrame], pd.DataFrame]
RUN = remembered()


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run notebooks in this process, once: it is what is made again that is tried."""
    monkeypatch.setattr(making.notebook, "execute", RUN)


@pytest.fixture(scope="module")
def made(exercise: Exercise, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The exercise municipality with its units' sheets made."""
    folder = tmp_path_factory.mktemp("vakt")
    for name in ("params", "lager"):
        shutil.copytree(exercise.place.params.parent / name, folder / name)
    place = Workspace(folder / "params", folder / "lager", folder / "ut")
    with patch.object(making.notebook, "execute", RUN):
        make_reports(params.load(place.params), place, SHEETS)
    return place


@pytest.fixture
def place(made: Workspace, tmp_path: Path) -> Workspace:
    """A copy of it, to fetch into."""
    shutil.copytree(made.params.parent, tmp_path / "kopia")
    home = tmp_path / "kopia"
    return Workspace(home / "params", home / "lager", home / "ut")


def fetched(place: Workspace, change: Change) -> None:
    """Put another fetch of the same day into the store: all as before but for the values."""
    store = Store(place.store)
    first = store.open()
    catalogues = {name: getattr(first, name) for name in first.manifest["tables"]}
    store.write(
        change(first.values()),
        **catalogues,
        ou_values=first.ou_values(),
        base_url=first.base_url,
        asked=first.manifest["asked"],
        fetched=first.fetched + timedelta(hours=1),
    )


def watched(place: Workspace, wanted: Wanted = SHEETS) -> Plan:
    told: list[Plan] = []
    model = params.load(place.params)
    made = make_reports(model, place, wanted, followed=Followed(on_plan=told.append))
    assert {one.status for one in made} == {DONE}
    return told[0]


def doubled(kpi: str) -> Change:
    def change(values: pd.DataFrame) -> pd.DataFrame:
        return values.assign(value=values["value"].where(values["kpi"] != kpi, 2 * values["value"]))

    return change


def test_a_fetch_that_says_nothing_new_makes_nothing_again(place: Workspace) -> None:
    before = read(place.output)
    fetched(place, lambda values: values)
    assert watched(place).todo == ()
    assert read(place.output) == before
    everything = plan_of(place, replace(SHEETS, changed=False))
    assert {one.because for one in everything.todo} == {"ny ögonblicksbild"}


@pytest.mark.parametrize(("kpi", "committee"), [(ON_KPI, "on"), (KS_KPI, "ks")])
def test_new_values_make_only_the_reports_that_have_read_them_again_and_say_of_what(
    place: Workspace, kpi: str, committee: str
) -> None:
    fetched(place, doubled(kpi))
    plan = watched(place)
    assert {one.subject.committees for one in plan.todo} == {(committee,)}
    assert {one.because for one in plan.todo} == {f"nya eller ändrade värden för {kpi}"}
    made, stood = ([one.outcome().folder for one in plan.todo], [one.folder for one in plan.ready])
    read_by = {True: made, False: stood}
    for reads, folders in read_by.items():
        told = [json.loads((place.output / one / "underlag.json").read_text()) for one in folders]
        assert told
        assert all((f"values/{kpi}" in one["läst"]) is reads for one in told)
    assert watched(place).todo == ()


def test_what_stands_would_have_become_the_same_but_for_the_fetch_that_it_names(
    place: Workspace,
) -> None:
    fetched(place, doubled(ON_KPI))
    stood = {one.folder for one in plan_of(place, SHEETS).ready}
    assert stood
    before = {one: sheet(place, one) for one in stood}
    watched(place, replace(SHEETS, committees=["ks"], again=True))
    assert {one: sheet(place, one) for one in stood} == before


def sheet(place: Workspace, folder: str) -> str:
    """A page without the fetch's id and moment."""
    page = (place.output / folder / "rapport.html").read_text(encoding="utf-8")
    page = re.sub(r"\d{8}T\d{6}Z-[0-9a-f]{12}", "BILD", page)
    return re.sub(r"kl\. \d\d\.\d\d", "KL", page)


def test_a_file_that_has_changed_is_named(place: Workspace) -> None:
    file = place.params / "aktiviteter" / "on.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "# ändrad\n", encoding="utf-8")
    (because,) = {one.because for one in plan_of(place, SHEETS).todo}
    assert because == "ändrat i aktiviteter/on.yaml"


def test_a_change_that_has_no_words_of_its_own_is_still_a_reason() -> None:
    then, now = {"bild": "A", "typsnitt": "1"}, {"bild": "B", "typsnitt": "2"}
    assert rests.because(then, now, []) == "ändrat underlag: typsnitt"
    assert rests.because(then, then | {"bild": "B"}, []) == ""


def test_a_report_that_failed_is_made_again(place: Workspace) -> None:
    manifest = place.output / "manifest.json"
    told = json.loads(manifest.read_text(encoding="utf-8"))
    told["reports"][0] |= {"status": "misslyckad", "error": "prov"}
    manifest.write_text(json.dumps(told), encoding="utf-8")
    (one,) = plan_of(place, SHEETS).todo
    assert one.because == "misslyckades förra gången"


def vakt(place: Workspace, world: Dataset, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return the exit code of a watch over the units' sheets, each made as any one of them."""
    one = plan_of(place, replace(SHEETS, again=True)).todo[0]
    any_sheet = RUN(
        one.notebook, one.of.given(one.subject, one.year, one.snapshot), one.place.environment()
    )
    monkeypatch.setattr(making.notebook, "execute", lambda *_: deepcopy(any_sheet))
    monkeypatch.setattr("malstyr_lib.kolada.KoladaClient", Straight)
    folders = ["--params", place.params, "--lager", place.store, "--ut", place.output]
    words = [*("vakt", "--typ", "enhet", "--form", "html", "--arbetare", "1"), *map(str, folders)]
    with serve(world) as server:
        monkeypatch.setattr(Straight, "world", world, raising=False)
        return command([*words, "--url", server.url])


def test_a_remark_is_an_alarm_once_and_not_every_night(
    place: Workspace,
    world: Dataset,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    less = world.values[world.values["kpi"] != ON_KPI].reset_index(drop=True)
    gone = replace(world, values=less)
    assert vakt(place, gone, monkeypatch) == 4
    assert f"Anmärkning: {ON_KPI}" in capsys.readouterr().out
    assert vakt(place, gone, monkeypatch) == 0
    told = capsys.readouterr().out
    assert "Anmärkning:" not in told
    assert "1 anmärkning från förra hämtningen står kvar; malstyr hamta visar alla." in told


def test_vakt_fetches_and_says_what_was_made_again_and_why(
    place: Workspace,
    world: Dataset,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    values = doubled(KS_KPI)(world.values)
    code = vakt(place, replace(world, values=values), monkeypatch)
    told = capsys.readouterr()
    assert code == 0, told.err
    lines = [line for line in told.out.splitlines() if line.startswith("  Enhetsblad ")]
    news = [line for line in lines if f": nya eller ändrade värden för {KS_KPI}" in line]
    assert news
    assert {line.rpartition(": ")[2] for line in lines} - {news[0].rpartition(": ")[2]} == {
        "har inte gjorts förut."
    }
    counted = f"{len(lines)} rapporter gjordes om, "
    assert counted in told.out
    assert datetime.now(UTC).strftime("Ögonblicksbild %Y") in told.out
