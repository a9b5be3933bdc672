"""What a file or a folder is called comes alive nowhere, or is refused in a plain sentence."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import hostile
import pages
import pytest
from conftest import ROOT, Exercise
from seasons import make_reports
from test_index import MADE
from test_injection import ALIVE, alive, shape

from malstyr_lib import manifest, params
from malstyr_lib.batch import Outcome, Wanted, package
from malstyr_lib.batch.listing import listed_page
from malstyr_lib.cli import run
from malstyr_lib.errors import MalstyrError, ParamsError, Problem, ReportError, UsageError
from malstyr_lib.model import SteeringModel
from malstyr_lib.outcome import DONE
from malstyr_lib.params.own_values import own_values
from malstyr_lib.report.forms import FORMS, Page
from malstyr_lib.report.forms.reference import packaged
from malstyr_lib.workspace import Workspace

BODY = b"kod: XX\n"
IGNORED = (".", "~", "#")
"""How names begin that systems and editors leave, and that are not read."""
GIVEN = [
    ("namnder", ".yaml"),
    ("aktiviteter", ".yaml"),
    ("anteckningar", ".yaml"),
    ("fragor", ".yaml"),
    ("egna", ".yaml"),
    ("aktiviteter", ".xlsx"),
    ("aktiviteter", ".csv"),
    ("namnder", ".yml"),
]
"""The folders of parameters whose files have names that mean something, and endings."""
FOLDERS = (
    '"><img src=x onerror=alert(1)> {{7*7}} [k](javascript:alert(1))',
    "=cmd|' C calc'!A0 #read(\"kanarie\") $(touch kanarie) -rf",
    "\x1b[31m ny\nrad \u202egpj",
)
"""Folders in each other, of names that a system may have."""


def plain(sentence: str) -> bool:
    """Whether a sentence is one line with nothing in it that can't be seen."""
    return all(sign.isprintable() or sign == "\u00a0" for sign in sentence)


# --- the files of the parameters -----------------------------------------------------------------


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> list[Problem]:
    """What parameters are refused with when every hostile name is a file in their folders.

    The committees' files alone first: any other with the name of one of them has an owner.
    """
    return [*_refused(tmp_path_factory, GIVEN[:1]), *_refused(tmp_path_factory, GIVEN[1:])]


def _refused(
    tmp_path_factory: pytest.TempPathFactory, given: Sequence[tuple[str, str]]
) -> Sequence[Problem]:
    folder = tmp_path_factory.mktemp("namn") / "params"
    shutil.copytree(ROOT / "params", folder)
    for inside, ending in given:
        for name in hostile.NAMES:
            (folder / inside / f"{name}{ending}").write_bytes(BODY)
    with pytest.raises(ParamsError) as found:
        params.load(folder)
    return found.value.problems


@pytest.mark.parametrize(("inside", "ending"), GIVEN)
def test_a_file_with_a_hostile_name_is_refused_by_that_name(
    refused: list[Problem], inside: str, ending: str
) -> None:
    told = {one.file for one in refused}
    wanted = [name for name in hostile.NAMES if not name.startswith(IGNORED)]
    assert len(wanted) >= 40
    assert [name for name in wanted if f"{inside}/{name}{ending}" not in told] == []


def test_a_refusal_is_a_plain_line_whatever_the_file_is_called(refused: list[Problem]) -> None:
    told = [str(one) for one in refused]
    assert [line for line in told if not plain(line)] == []
    rule = (
        "filens namn får ha högst 40 tecken: a-z, 0-9, - och _; är den en kopia: flytta den"
        " ur mappen"
    )
    assert f"namnder/ny\\u000arad.yaml: {rule}" in told
    assert "namnder/con.yaml: namnet är upptaget i Windows; döp om filen" in told


def test_a_file_of_own_values_with_a_hostile_name_is_refused(
    tmp_path: Path, steering_model: SteeringModel
) -> None:
    shutil.copytree(ROOT / "params" / "egna", tmp_path / "egna")
    for name in hostile.NAMES:
        (tmp_path / "egna" / f"{name}.csv").write_bytes(b"")
    with pytest.raises(ParamsError) as found:
        own_values(tmp_path, steering_model)
    told = {one.file for one in found.value.problems}
    wanted = [name for name in hostile.NAMES if not name.startswith(IGNORED)]
    assert [name for name in wanted if f"egna/{name}.csv" not in told] == []
    assert all(plain(str(one)) for one in found.value.problems)


def test_what_malstyr_says_never_steers_a_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in hostile.STEERING[:5]:
        assert run(["kontroll", "--params", str(tmp_path / name)]) == 2
        said = capsys.readouterr().err
        assert plain(said.replace("\n", "")), name
    with pytest.raises(MalstyrError, match=r"^a\\u001bb$"):
        raise UsageError("a\x1bb")


# --- the folders of the workspace ----------------------------------------------------------------


@pytest.fixture(scope="module")
def place(exercise: Exercise, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The exercise municipality's folders under hostile names, with a Word template of its own."""
    home = tmp_path_factory.mktemp("mapp").joinpath(*FOLDERS)
    shutil.copytree(exercise.place.params.parent, home)
    found = Workspace(home / "params", home / "lager", home / "output")
    found.reference.parent.mkdir(exist_ok=True)
    found.reference.write_bytes(packaged())
    return found


@pytest.fixture(scope="module")
def page(exercise: Exercise, place: Workspace) -> Page:
    return pages.made_page(Exercise(place, exercise.model), "enhet")


@pytest.mark.parametrize("form", FORMS)
def test_no_name_of_a_folder_comes_alive_in_any_form(
    page: Page, form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    body = FORMS[form](page)
    found = alive(body.decode()) if form == "html" else ALIVE[form](body)
    assert found == []
    assert [one.encode() for one in ("onerror", "kanarie", "7*7") if one.encode() in body] == []
    assert [*tmp_path.rglob("*kanarie*"), *tmp_path.rglob("*")] == []


@pytest.mark.slow
def test_reports_are_made_listed_and_packed_under_hostile_folders(
    exercise: Exercise, place: Workspace
) -> None:
    wanted = Wanted(["enhet"], committees=["msn"], forms=["html"], year=2025)
    found = make_reports(exercise.model, place, wanted)
    assert {one.status for one in found} == {DONE}
    for path in place.output.rglob("*"):
        if path.suffix in (".html", ".json", ".ipynb"):
            body = path.read_text(encoding="utf-8")
            assert [one for one in ("onerror", "kanarie", "\x1b") if one in body] == [], path.name
            assert path.suffix != ".html" or alive(body) == []
    to = package.target(place, exercise.model, 2025, None)
    packed = package.pack(package.content(place), place, exercise.model, to)
    assert packed.reports == len(found)


# --- what a manifest names -----------------------------------------------------------------------


def outcomes() -> Iterator[Outcome]:
    """Reports of which either the folder or a file has a hostile name."""
    one = Outcome("namnd", "bn", "BN", "Nämnden", 2025, DONE, 1.0, "bild", MADE, MADE)
    for name in hostile.NAMES:
        yield replace(one, slug=name, files=("rapport.html",), committees=(name,))
        yield replace(one, files=("rapport.html", name), committees=("bn",))


@pytest.fixture(scope="module")
def lying(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """An output folder where a file lies under every name that its manifest has."""
    root = tmp_path_factory.mktemp("manifest")
    found = Workspace(ROOT / "params", root / "lager", root / "ut")
    for one in outcomes():
        for name in one.files:
            path = found.output / one.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"")
    return found


def test_no_name_comes_alive_in_the_list(lying: Workspace, steering_model: SteeringModel) -> None:
    html = listed_page([*outcomes()], lying, steering_model)
    assert alive(html) == []
    assert shape(html)["h1"] == shape(html)["main"] == shape(html)["style"] == 1
    assert html.count("<li") + html.count("<tr") > len(hostile.NAMES)


def test_a_package_takes_no_name_that_is_more_than_a_name(
    lying: Workspace,
    steering_model: SteeringModel,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(package, "listed_page", lambda *_: "")
    for one in outcomes():
        (lying.output / manifest.NAME).write_text(manifest.text([one]), encoding="utf-8")
        to = package.target(lying, steering_model, None, tmp_path / "alla.zip")
        with pytest.raises(ReportError, match="som inte kan ligga i ett paket") as found:
            package.pack(package.content(lying), lying, steering_model, to)
        assert plain(str(found.value))
        assert not to.exists()
