"""A new committee and a new municipality: right at once, all or nothing, never over anything."""

from __future__ import annotations

import json
import re
import shutil
import unicodedata
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from conftest import ROOT, Exercise
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from properties import heavy_property_test, property_test
from ruamel.yaml import YAML

from malstyr_lib import params
from malstyr_lib.cli import run
from malstyr_lib.errors import ParamsError, UsageError
from malstyr_lib.params import scaffold, schema

SHIPPED = ROOT / "params"
SMALL = {
    "kommun.yaml": "kod: 2083\nnamn: Hedemora\n",
    "styrmodell.yaml": "perspektiv: [{id: inv, namn: Invånare}]\n"
    "mål: [{id: KF1, text: Alla klarar skolan., perspektiv: inv}]\n",
    "nyckeltal.yaml": "nyckeltal: [{id: N00001, rubrik: Behöriga, riktning: högt}]\n",
    "namnder/bn.yaml": "kod: BN\nnamn: Bildningsnämnden\nmål: [{id: KFN1, text: T,"
    " fullmäktigemål: KF1, perspektiv: inv}]\n",
}
Printed = pytest.CaptureFixture[str]


def small(folder: Path) -> Path:
    for name, content in SMALL.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small params folder that is right."""
    return small(tmp_path / "params")


def everything(folder: Path) -> dict[str, bytes]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


# --- a committee --------------------------------------------------------------------------------


def test_a_new_committee_is_read_at_once_and_named_by_its_code(folder: Path) -> None:
    written = scaffold.committee(folder, code="KFN", name="Kultur- och fritidsnämnden")
    made = params.load(folder).committees[1]
    assert (made.slug, made.code, made.name) == ("kfn", "KFN", "Kultur- och fritidsnämnden")
    assert written[0] == folder / "namnder" / "kfn.yaml"
    assert [file.name for file in written[1:]] == list(schema.schemas())


def test_a_new_committee_names_its_schema_and_keeps_it(folder: Path) -> None:
    file, *_ = scaffold.committee(folder, code="KFN", name="Kultur")
    content = file.read_text("utf-8")
    assert content.startswith("# yaml-language-server: $schema=../schema/namnd.json\n")
    said = json.loads((folder / "schema" / "namnd.json").read_text("utf-8"))
    assert not list(Draft7Validator(said).iter_errors(YAML(typ="safe").load(content)))


def test_what_is_commented_out_works_when_the_signs_are_taken_away(folder: Path) -> None:
    file, *_ = scaffold.committee(folder, code="KFN", name="Kultur")
    head, mark, rest = file.read_text("utf-8").partition("för varje mål.\n")
    file.write_text(head + mark + re.sub("(?m)^# ", "", rest), encoding="utf-8")
    goal = params.load(folder).committees[1].goals[0]
    assert (goal.id, goal.council_goal, goal.kpis) == ("KFN2", "KF1", ("N00001",))
    assert goal.example  # KFN1 is another committee's


@pytest.mark.parametrize(
    ("code", "slug"), [("KFN", "kfn"), ("ÄN", "an"), ("Ö-2", "o-2"), ("2", "2"), ("a_B", "a_b")]
)
def test_a_file_name_is_the_code_in_plain_small_letters(code: str, slug: str) -> None:
    assert scaffold.slug_of(code) == slug


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("", "'' kan inte vara en nämnds kod. Använd högst 40 bokstäver"),
        ("K N", "'K N' kan inte vara en nämnds kod"),
        ("../bn", "'../bn' kan inte vara en nämnds kod"),
        ("-KN", "'-KN' kan inte vara en nämnds kod"),
        ("K" * 41, "kan inte vara en nämnds kod"),
        ("KN\n", None),
        ("bn", "Koden bn har redan Bildningsnämnden, i namnder/bn.yaml."),
        ("CON", "Koden CON ger filnamnet con, som är upptaget i Windows. Välj en annan."),
    ],
)
def test_a_code_that_cannot_be_used_is_refused_and_nothing_is_written(
    folder: Path, code: str, said: str | None
) -> None:
    before = everything(folder)
    if said is None:
        assert scaffold.committee(folder, code=code, name="Nämnd")[0].name == "kn.yaml"
        return
    with pytest.raises(UsageError) as refused:
        scaffold.committee(folder, code=code, name="Nämnd")
    assert said in str(refused.value)
    assert everything(folder) == before


def test_two_codes_with_the_same_file_name_cannot_both_be(folder: Path) -> None:
    scaffold.committee(folder, code="AN", name="Avfallsnämnden")
    with pytest.raises(UsageError, match=r"namnder/an.yaml finns redan, och inget skrivs över"):
        scaffold.committee(folder, code="ÄN", name="Äldrenämnden")


def test_what_has_come_there_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="finns redan"):
        scaffold._put(tmp_path / "there", b"theirs")
    assert (tmp_path / "there").read_text("utf-8") == "mine"


def test_a_params_folder_that_is_wrong_is_said_to_be_before_anything_is_written(
    folder: Path,
) -> None:
    (folder / "kommun.yaml").write_text("kod: 2083\n", encoding="utf-8")
    before = everything(folder)
    with pytest.raises(ParamsError, match="nyckeln 'namn' saknas"):
        scaffold.committee(folder, code="KFN", name="Kultur")
    assert everything(folder) == before


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("  ", "Namnet är tomt"),
        ("x" * 201, "Namnet är för långt: 201 tecken, högst 200"),
        ("a\u200bb", "tecken som inte går att visa"),
        ("a\x07b", "tecken som inte går att visa"),
        ("a\ud800b", "tecken som inte går att visa"),
    ],
)
def test_a_name_that_cannot_be_written_is_refused(folder: Path, name: str, said: str) -> None:
    before = everything(folder)
    with pytest.raises(UsageError, match=said):
        scaffold.committee(folder, code="KFN", name=name)
    assert everything(folder) == before


NAMES = st.one_of(
    st.text("abåäöÅÄÖé '\":#-&*!|>%@`{}[],?\\~0.", min_size=1, max_size=200),
    st.text(st.characters(exclude_categories=("C",)), min_size=1, max_size=60),
    st.sampled_from(["no", "ON", "null", "~", "0114", "1e3", "2026-11-23", "- x", "? x", "x: y"]),
).filter(lambda name: name.strip() and len(unicodedata.normalize("NFC", name.strip())) <= 200)


@heavy_property_test(NAMES)
def test_any_name_comes_back_exactly_as_it_was_given(name: str) -> None:
    with TemporaryDirectory() as place:
        folder = small(Path(place) / "params")
        scaffold.committee(folder, code="KFN", name=name)
        assert params.load(folder).committees[1].name == scaffold.one_line(name)
        content = (folder / "namnder" / "kfn.yaml").read_text("utf-8")
        assert YAML(typ="safe").load(content)["namn"] == scaffold.one_line(name)
        assert len(list(folder.glob(".ny-*"))) == 0


@property_test(NAMES)
def test_a_name_of_visible_letters_on_one_line_is_kept_letter_by_letter(name: str) -> None:
    plain = unicodedata.normalize("NFC", name).strip()
    expected = "".join(" " if letter.isspace() else letter for letter in plain)
    assert scaffold.one_line(name) == expected


# --- a municipality -----------------------------------------------------------------------------


def test_a_new_municipality_has_all_that_a_params_folder_has(tmp_path: Path) -> None:
    written = scaffold.municipality(
        tmp_path / "Väsby", code="0114", name="Upplands Väsby", source=SHIPPED
    )
    folder = tmp_path / "Väsby" / "params"
    model = params.load(folder)
    assert (model.municipality.code, model.municipality.name) == ("0114", "Upplands Väsby")
    assert len(model.kpis) == 144
    assert {file.relative_to(folder).as_posix() for file in written} == set(everything(folder))
    assert {file.parent.name for file in written if file.name == "LASMIG.txt"} == {
        "aktiviteter",
        "egna",
        "anteckningar",
        "fragor",
    }
    assert [entry.name for entry in (tmp_path / "Väsby").iterdir()] == ["params"]


def test_every_goal_of_a_new_municipality_is_an_example(tmp_path: Path) -> None:
    scaffold.municipality(tmp_path, code="0114", name="Väsby", source=SHIPPED)
    model = params.load(tmp_path / "params")
    goals = [*model.council_goals, *(goal for one in model.committees for goal in one.goals)]
    assert {goal.example for goal in goals} == {True}
    everywhere = b"".join(everything(tmp_path).values()).decode()
    assert "namn: Hedemora" not in everywhere


def test_every_yaml_file_of_a_new_municipality_names_a_schema_that_is_there(tmp_path: Path) -> None:
    scaffold.municipality(tmp_path, code="0114", name="Väsby", source=SHIPPED)
    for file in tmp_path.rglob("*.yaml"):
        said, _, where = file.read_text("utf-8").partition("\n")[0].partition("$schema=")
        assert said == "# yaml-language-server: "
        assert (file.parent / where).is_file()


def test_the_examples_in_the_read_me_files_can_be_used_as_they_stand(tmp_path: Path) -> None:
    scaffold.municipality(tmp_path, code="0114", name="Väsby", source=SHIPPED)
    for inside in ("aktiviteter", "anteckningar", "fragor", "egna"):
        words = (tmp_path / "params" / inside / "LASMIG.txt").read_text("utf-8")
        example = words[words.index("# yaml-language-server") :]
        name = "franvaro" if inside == "egna" else "bn"
        (tmp_path / "params" / inside / f"{name}.yaml").write_text(example, encoding="utf-8")
    shutil.rmtree(tmp_path / "params" / "egna")  # its values would have to lie beside it
    model = params.load(tmp_path / "params")
    assert (len(model.activities), len(model.notes), len(model.questions)) == (1, 1, 1)


@pytest.mark.parametrize("code", ["114", "01140", "O114", "", "0114\n", "٠١١٤"])
def test_a_code_that_is_not_four_digits_is_refused(tmp_path: Path, code: str) -> None:
    with pytest.raises(UsageError, match=r"är ingen kommunkod\. Skriv fyra siffror"):
        scaffold.municipality(tmp_path / "ny", code=code, name="K", source=SHIPPED)
    assert not (tmp_path / "ny").exists()


@pytest.mark.parametrize("there", ["a file", "an empty folder", "a folder"])
def test_a_params_folder_that_is_there_is_left_as_it_is(tmp_path: Path, there: str) -> None:
    target = tmp_path / "params"
    if there == "a file":
        target.write_text("mine", encoding="utf-8")
    else:
        target.mkdir()
    if there == "a folder":
        (target / "kommun.yaml").write_text("mine", encoding="utf-8")
    before = everything(tmp_path)
    with pytest.raises(UsageError, match="finns redan, och inget skrivs över"):
        scaffold.municipality(tmp_path, code="0114", name="Väsby", source=SHIPPED)
    assert everything(tmp_path) == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["params"]


def test_a_municipality_that_cannot_be_finished_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(folder: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(schema, "write", full)
    with pytest.raises(OSError, match="No space left"):
        scaffold.municipality(tmp_path / "a" / "b", code="0114", name="K", source=SHIPPED)
    assert list(tmp_path.iterdir()) == []


@heavy_property_test(code=st.integers(0, 9999).map("{:04}".format), name=NAMES)
def test_any_code_and_name_of_a_municipality_come_back_exactly(code: str, name: str) -> None:
    with TemporaryDirectory() as place:
        home = Path(place)
        small(home / "source")
        scaffold.municipality(home / "k", code=code, name=name, source=home / "source")
        made = params.load(home / "k" / "params").municipality
        assert (made.code, made.name) == (code, scaffold.one_line(name))
        typed = YAML(typ="safe").load((home / "k" / "params" / "kommun.yaml").read_text("utf-8"))
        assert typed == {"kod": code, "namn": scaffold.one_line(name)}


# --- the commands -------------------------------------------------------------------------------


def test_the_command_says_what_was_written_and_what_is_next(folder: Path, capsys: Printed) -> None:
    at = ["--params", str(folder)]
    assert run(["ny", "namnd", "ÄN", "Äldrenämnden: vård & omsorg", *at]) == 0
    printed = capsys.readouterr().out
    assert f"Skrev {folder / 'namnder' / 'an.yaml'}" in printed
    assert f"8 scheman skrivna i {folder / 'schema'}" in printed
    assert "malstyr kontrollera" in printed
    assert run(["kontrollera", *at]) in (0, 4)
    assert "2 nämnder" in capsys.readouterr().out
    assert run(["ny", "namnd", "ÄN", "Äldrenämnden", *at]) == 2
    assert "Koden ÄN har redan Äldrenämnden" in capsys.readouterr().err


def test_a_new_municipality_is_checked_without_faults(tmp_path: Path, capsys: Printed) -> None:
    words = ["ny", "kommun", "--kod", "0114", "--namn", "Upplands Väsby"]
    assert run([*words, str(tmp_path / "väsby")]) == 0
    printed = capsys.readouterr().out
    assert f"Skrev {tmp_path / 'väsby' / 'params'} med " in printed
    assert run(["kontrollera", "--params", str(tmp_path / "väsby" / "params")]) in (0, 4)
    assert "Upplands Väsby (0114): 4 nämnder" in capsys.readouterr().out
    assert run([*words, str(tmp_path / "väsby"), "--json"]) == 2


def test_nobody_begins_with_what_others_have_expected(tmp_path: Path) -> None:
    assert run(["ny", "kommun", "--kod", "0114", str(tmp_path)]) == 0
    pattern, made = params.load(ROOT / "params"), params.load(tmp_path / "params")
    assert any(goal.expectations for one in pattern.committees for goal in one.goals)
    assert not any(goal.expectations for one in made.committees for goal in one.goals)
    assert [[goal.id for goal in one.goals] for one in made.committees] == [
        [goal.id for goal in one.goals] for one in pattern.committees
    ]


def test_the_files_are_listed_as_json(tmp_path: Path, capsys: Printed) -> None:
    at = [str(tmp_path), "--json"]
    assert run(["ny", "kommun", "--kod", "0114", "--namn", "Väsby", *at]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {"file": str(tmp_path / "params" / "kommun.yaml")} in rows


def test_a_code_is_enough_where_nothing_has_been_fetched(
    tmp_path: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["ny", "kommun", "--kod", "2084", "min-kommun"]) == 0
    assert params.load(tmp_path / "min-kommun" / "params").municipality.name == "Avesta"


def test_for_a_code_that_nobody_has_the_name_is_asked_for(
    tmp_path: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["ny", "kommun", "--kod", "0001"]) == 2
    assert "eller ange också namnet: --namn" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.real
def test_the_known_names_are_those_that_kolada_has(real_figures: Path) -> None:
    told = pd.read_csv(real_figures / "municipalities.csv", dtype="str")
    assert dict(zip(told["id"], told["title"], strict=True)) == scaffold._known()


def test_the_name_is_looked_up_in_what_has_been_fetched(
    exercise: Exercise, tmp_path: Path, capsys: Printed
) -> None:
    at = ["--lager", str(exercise.place.store)]
    assert run(["ny", "kommun", "--kod", "9001", *at, str(tmp_path / "a")]) == 0
    assert params.load(tmp_path / "a" / "params").municipality.name == "Övninge"
    assert run(["ny", "kommun", "--kod", "0114", *at, str(tmp_path / "b")]) == 0
    assert params.load(tmp_path / "b" / "params").municipality.name == "Upplands Väsby"
    words = ["ny", "kommun", "--kod", "9001", "--namn", "Övninge kommun"]
    assert run([*words, *at, str(tmp_path / "c")]) == 0
    assert "i Kolada heter kommunen Övninge" in capsys.readouterr().out
