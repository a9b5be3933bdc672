"""`malstyr paket`: one zip that is whole, safe to unpack anywhere, and the same every time."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from zipfile import ZipFile, ZipInfo

import pytest
from conftest import ROOT
from test_index import Read

from malstyr_lib import manifest, params
from malstyr_lib.batch import Outcome, package
from malstyr_lib.batch.listing import listed_page
from malstyr_lib.cli import run
from malstyr_lib.disk import put
from malstyr_lib.errors import ReportError, UsageError
from malstyr_lib.model import SteeringModel
from malstyr_lib.outcome import DONE, FAILED
from malstyr_lib.workspace import Workspace

FILES = ("rapport.html", "rapport.docx", "data.json")
MADE = "2026-11-23T10:20:30+00:00"


def outcome(slug: str, year: int = 2025, **more: Any) -> Outcome:
    """A report of a committee that was made in three forms."""
    code, name = slug.upper(), f"Nämnden för {slug}"
    done = Outcome("namnd", slug, code, name, year, DONE, 1.0, "bild", MADE, MADE)
    return replace(done, files=FILES, committees=(slug,), **more)


@pytest.fixture(autouse=True)
def _read_once(steering_model: SteeringModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(params, "load", lambda _: steering_model)


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    """An output folder with two reports of 2025, one of 2024 and one that has failed."""
    made = [outcome("bn"), outcome("å-n"), outcome("bn", 2024)]
    failed = replace(outcome("ks"), status=FAILED, error="fel", published=None, files=())
    found = Workspace(ROOT / "params", tmp_path / "lager", tmp_path / "ut")
    for one in made:
        page = f"<h1>{one.name} {one.year}</h1>"
        files = {"rapport.html": page, "rapport.docx": b"PK\0", "data.json": "{}"}
        put(found.output / one.folder, {"rapport.ipynb": "{}", **files})
    outcomes = manifest.merged([], [*made, failed])
    page = listed_page(outcomes, found, params.load(found.params))
    put(found.output, {manifest.NAME: manifest.text(outcomes), "index.html": page})
    (found.output / "2025/namnd/bn/mina anteckningar.txt").write_text("egna", encoding="utf-8")
    return found


def packed(place: Workspace, *words: str) -> Path:
    """The package that the command writes with some words more."""
    till = place.output.parent / "paket.zip"
    assert run([*command(place), "--till", str(till), *words]) == 0
    return till


def command(place: Workspace) -> list[str]:
    return ["paket", "--params", str(place.params), "--ut", str(place.output)]


def names(path: Path) -> list[str]:
    with ZipFile(path) as zipped:
        return zipped.namelist()


def links(folder: Path) -> Iterator[Path]:
    """What every link of the list and of the reports leads to, anchors in a page left out."""
    for page in folder.rglob("*.html"):
        for link in Read(page.read_text(encoding="utf-8")).links:
            assert not link.startswith(("/", "http", "file")), link
            if not link.startswith(("#", "data:")):
                yield page.parent / unquote(link.partition("#")[0])


# --- what is in it ---------------------------------------------------------------------------


def test_a_package_holds_the_list_the_manifest_and_every_form_and_nothing_else(
    place: Workspace,
) -> None:
    assert names(packed(place)) == [
        *(f"2024/namnd/bn/{name}" for name in sorted(FILES)),
        *(f"2025/namnd/bn/{name}" for name in sorted(FILES)),
        *(f"2025/namnd/å-n/{name}" for name in sorted(FILES)),
        "index.html",
        "manifest.json",
    ]


def test_one_year_and_kind_can_be_chosen_and_the_list_tells_of_just_those(
    place: Workspace,
) -> None:
    path = packed(place, "--ar", "2024", "--typ", "namnd")
    assert [name for name in names(path) if name.startswith("2025")] == []
    with ZipFile(path) as zipped:
        page = zipped.read("index.html").decode()
        kept = json.loads(zipped.read("manifest.json"))["reports"]
    assert "<h2>2024</h2>" in page
    assert "2025" not in page.partition("<main")[2].replace("2025-", "")
    assert [(one["slug"], one["year"]) for one in kept] == [("bn", 2024)]


def test_notebooks_come_along_only_when_asked_for(place: Workspace) -> None:
    assert not [name for name in names(packed(place)) if name.endswith(".ipynb")]
    with_them = names(packed(place, "--med-notebooks"))
    assert len([name for name in with_them if name.endswith("rapport.ipynb")]) == 3


def test_unpacked_in_another_folder_every_link_leads_to_a_file(
    place: Workspace, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "Delad mapp åäö" / "rapporter 100%"
    with ZipFile(packed(place)) as zipped:
        zipped.extractall(elsewhere)
    shutil.rmtree(place.output)
    found = list(links(elsewhere))
    assert len(found) == 3 * 3  # three forms of three reports
    assert all(path.is_file() for path in found)


def test_a_link_that_leads_nowhere_is_found(place: Workspace, tmp_path: Path) -> None:
    with ZipFile(packed(place)) as zipped:
        zipped.extractall(tmp_path / "x")
    (tmp_path / "x/2025/namnd/bn/rapport.docx").unlink()
    assert [path.name for path in links(tmp_path / "x") if not path.is_file()] == ["rapport.docx"]


def test_what_has_no_report_lying_there_is_said_and_left_out(
    place: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    path = packed(place)
    said = capsys.readouterr().out.splitlines()
    assert said == [
        f"Paketet har 3 rapporter, 11 filer och 0,1 MB: {path}",
        "Inte med, eftersom ingen färdig rapport ligger där: namnd KS 2025.",
    ]


def test_as_json_the_package_is_one_flat_row(
    place: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    path = packed(place, "--json")
    (row,) = json.loads(capsys.readouterr().out)
    assert row == {
        "file": str(path),
        "reports": 3,
        "files": 11,
        "bytes": path.stat().st_size,
        "left_out": 1,
    }


# --- bytes -----------------------------------------------------------------------------------


def test_the_same_reports_give_the_same_bytes_whenever_and_wherever_they_lie(
    place: Workspace, tmp_path: Path
) -> None:
    first = packed(place).read_bytes()
    other = replace(place, output=Path(shutil.copytree(place.output, tmp_path / "annan mapp")))
    for path in other.output.rglob("*"):
        os.utime(path, (0, 0))
    assert packed(other).read_bytes() == first
    (other.output / "2024/namnd/bn/rapport.html").write_text("ny", encoding="utf-8")
    assert packed(other).read_bytes() != first


def test_every_file_has_the_time_of_its_report_and_plain_rights(place: Workspace) -> None:
    with ZipFile(packed(place)) as zipped:
        infos = zipped.infolist()
        assert zipped.testzip() is None
    assert {one.date_time for one in infos} == {(2026, 11, 23, 10, 20, 30)}
    assert {(one.create_system, one.external_attr >> 16) for one in infos} == {(3, 0o644)}


# --- refusals --------------------------------------------------------------------------------


def test_nothing_made_yet_is_told_with_the_cure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(command(Workspace(ROOT / "params", tmp_path, tmp_path / "ut"))) == 1
    said = capsys.readouterr().err
    assert "Det finns ingen rapport att packa i" in said
    assert "Gör dem först med: malstyr rapport" in said


def test_a_choice_that_no_report_fits_tells_which_there_are(
    place: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*command(place), "--ar", "2019"]) == 1
    assert "Det som finns är namnd 2024 och namnd 2025." in capsys.readouterr().err
    assert run([*command(place), "--typ", "nämd"]) == 2
    assert "Rapporttypen 'nämd' finns inte" in capsys.readouterr().err


def test_a_package_is_written_over_but_never_a_file_of_another(
    place: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    path = packed(place)
    packed(place)
    for content in (b"mitt brev", b""):
        path.write_bytes(content)
        assert run([*command(place), "--till", str(path)]) == 2
        assert "är inget paket från malstyr, och skrivs inte över" in capsys.readouterr().err
        assert path.read_bytes() == content
    with ZipFile(path, "w") as foreign:
        foreign.writestr("x", "y")
    assert run([*command(place), "--till", str(path)]) == 2


@pytest.mark.parametrize(
    ("till", "said"),
    [("paket.rar", "ska sluta på .zip"), ("saknas/paket.zip", "finns inte. Skapa den")],
)
def test_a_file_that_can_not_be_a_package_is_refused(
    place: Workspace, till: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*command(place), "--till", str(place.output / till)]) == 2
    assert said in capsys.readouterr().err


def test_without_a_name_the_file_lies_in_output_and_tells_what_is_in_it(place: Workspace) -> None:
    assert run([*command(place), "--ar", "2025"]) == 0
    assert run(command(place)) == 0
    found = {path.name for path in place.output.glob("*.zip")}
    assert found == {"rapporter-hedemora-2025.zip", "rapporter-hedemora.zip"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("files", ["rapport.html", "../../../hemligt.txt"]),
        ("files", ["rapport.html", "a\\b.html"]),
        ("slug", "../../hemligt"),
        ("kind", ".."),
    ],
)
def test_a_manifest_that_leads_out_of_output_packs_nothing(
    place: Workspace, field: str, value: object
) -> None:
    (place.output.parent / "hemligt.txt").write_text("x", encoding="utf-8")
    path = place.output / manifest.NAME
    told = json.loads(path.read_text(encoding="utf-8"))
    told["reports"][0][field] = value
    path.write_text(json.dumps(told), encoding="utf-8")
    folder = place.output / Outcome(**told["reports"][0]).folder
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rapport.html").touch()
    if field == "files":
        (folder / value[1]).touch()  # type: ignore[index]
    till = place.output.parent / "paket.zip"
    assert run([*command(place), "--till", str(till)]) == 1
    assert not till.exists()


def test_a_disk_that_is_full_leaves_the_earlier_package_and_nothing_half_made(
    place: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = packed(place)
    before, beside = path.read_bytes(), sorted(path.parent.iterdir())

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert run([*command(place), "--till", str(path)]) == 1
    assert "går inte att skriva (No space left on device)" in capsys.readouterr().err
    assert (path.read_bytes(), sorted(path.parent.iterdir())) == (before, beside)


def test_a_report_that_goes_while_it_is_packed_is_named(place: Workspace) -> None:
    model = params.load(place.params)
    found = package.content(place)
    (place.output / "2025/namnd/bn/data.json").unlink()
    with pytest.raises(ReportError, match=r"data\.json går inte att läsa"):
        package.pack(found, place, model, place.output.parent / "paket.zip")


def test_a_package_asked_for_in_a_folders_place_is_refused(place: Workspace) -> None:
    (place.output / "mapp.zip").mkdir()
    model = params.load(place.params)
    with pytest.raises(UsageError, match="är inget paket från malstyr"):
        package.target(place, model, None, place.output / "mapp.zip")


def test_a_time_before_zip_can_tell_it_is_the_earliest_that_it_can() -> None:
    info: ZipInfo = package._info("x", "1970-01-01T00:00:00+00:00")
    assert info.date_time[0] == 1980
