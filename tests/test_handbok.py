"""Rules for the handbook and the shipped example: what they say is so, and stays so."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from conftest import ROOT

from malstyr_lib import params
from malstyr_lib.chain.rules import RULES, UNUSED
from malstyr_lib.cli import run
from malstyr_lib.errors import ParamsError
from malstyr_lib.model import SteeringModel

PAGES = sorted((ROOT / "docs" / "handbok").glob("*.md"))
FENCED = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TOP_KEY = re.compile(r"^(?=[^\s#-][^:\n]*:)", re.MULTILINE)
ON_A_DAY = "2026-11-26"

SNIPPETS = [
    pytest.param(found[1], id=f"{path.stem}-{number}")
    for path in PAGES
    for number, found in enumerate(FENCED.finditer(path.read_text("utf-8")), start=1)
]


def with_sections(content: str, snippet: str) -> str:
    """Return a file with the top keys of a snippet in the place of its own."""
    new = TOP_KEY.split(snippet)[1:]
    keys = {section.partition(":")[0] for section in new}
    kept = [one for one in TOP_KEY.split(content) if one.partition(":")[0] not in keys]
    return "".join([*(one.rstrip("\n") + "\n" for one in kept), *new])


@pytest.fixture
def alone(tmp_path: Path) -> Path:
    """The shipped parameters without what lies in a file per committee besides its own."""
    folder = tmp_path / "params"
    shutil.copytree(ROOT / "params", folder)
    for inside in ("aktiviteter", "anteckningar", "fragor"):
        shutil.rmtree(folder / inside)
    return folder


# --- the pages -------------------------------------------------------------------------------


def test_the_table_of_remarks_has_every_code_in_order_with_the_words_of_the_rule() -> None:
    text = (ROOT / "docs" / "handbok" / "styrmodellen.md").read_text("utf-8")
    told = re.findall(r"^\| (MS[0-9]{3})\*? \| ([^|]+) \|", text, re.MULTILINE)
    assert told == sorted([*((code, words) for code, (_, words) in RULES.items()), UNUSED])


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_every_yaml_snippet_of_the_handbook_can_be_read_as_the_file_it_names(
    snippet: str, alone: Path
) -> None:
    first, _, rest = snippet.partition("\n")
    named = re.fullmatch(r"# ([a-z]+(?:/[a-z]+)?\.yaml)", first)
    assert named, f"the first line names the file, such as # namnder/bn.yaml; it is {first}"
    file = alone / named[1]
    file.parent.mkdir(exist_ok=True)
    before = file.read_text("utf-8") if file.exists() else ""
    file.write_text(with_sections(before, rest), encoding="utf-8")
    params.load(alone)


def test_a_snippet_with_a_key_that_is_not_there_is_found(alone: Path) -> None:
    file = alone / "namnder" / "bn.yaml"
    wrong = "undantag:\n  - kod: MS107\n    galler: N11024\n    varför: Kostnad.\n"
    file.write_text(with_sections(file.read_text("utf-8"), wrong), encoding="utf-8")
    with pytest.raises(ParamsError, match="menade du 'gäller'"):
        params.load(alone)


def test_the_handbook_has_pages_with_snippets() -> None:
    assert {path.name for path in PAGES} >= {"styrmodellen.md", "anteckningar-och-fragor.md"}
    assert len(SNIPPETS) >= 8


# --- the shipped example ---------------------------------------------------------------------


def test_nothing_in_the_shipped_example_is_left_to_look_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--params", str(ROOT / "params"), "--lager", str(tmp_path), "--ut", str(tmp_path)]
    assert run(["kontrollera", *where, "--datum", ON_A_DAY]) == 0
    printed = capsys.readouterr().out
    assert "Anmärkning" not in printed
    assert "undantagna med skäl" in printed


def test_all_that_is_shipped_says_that_it_is_an_example(steering_model: SteeringModel) -> None:
    m = steering_model
    assert [goal.id for goal in m.council_goals if not goal.example] == []
    goals = [goal for one in m.committees for goal in one.goals]
    assert [goal.id for goal in goals if not goal.example] == []
    assert [one.id for one in m.activities if not one.example] == []
    assert [one.id for one in m.questions if not one.example] == []
    assert [(note.kpi, note.period) for note in m.notes if not note.example] == []
    units = [unit.name for one in m.committees for unit in one.units]
    assert [name for name in units if not name.endswith("(exempel)")] == []


def test_every_committee_has_activities_notes_and_questions_in_the_example(
    steering_model: SteeringModel,
) -> None:
    m, slugs = steering_model, {one.slug for one in steering_model.committees}
    assert {one.committee for one in m.activities} == slugs
    assert {one.committee for one in m.notes} == slugs
    assert {one.committee for one in m.questions} == slugs


def test_every_focus_kpi_has_an_activity_that_goes_on_or_is_done_in_2026(
    steering_model: SteeringModel,
) -> None:
    for committee in steering_model.committees:
        worked = {
            kpi
            for one in steering_model.activities
            if one.committee == committee.slug and one.status not in ("avbruten", "pausad")
            if one.start.year <= 2026 <= one.stop.year
            for kpi in one.kpis
        }
        assert [kpi for kpi in committee.kpis if kpi not in worked] == []


def test_the_example_has_every_kind_of_level_status_and_judgement(
    steering_model: SteeringModel,
) -> None:
    m = steering_model
    goals = [goal for one in m.committees for goal in one.goals]
    levels = {target.level.kind for goal in goals for target in goal.targets}
    assert levels == {"minst", "högst", "lämna rött", "grönt", "median"}
    statuses = {one.status for one in m.activities}
    assert statuses == {"planerad", "pågår", "klar", "pausad", "avbruten"}
    judged = {cause.judged for note in m.notes for cause in note.causes}
    assert judged == {"trolig", "möjlig", "utesluten"}
    assert {question.answer is None for question in m.questions} == {True, False}


def test_a_note_of_the_example_holds_no_value_since_it_is_about_no_real_figure(
    steering_model: SteeringModel,
) -> None:
    assert {note.value for note in steering_model.notes} == {None}


def test_nobody_in_the_example_is_a_person(steering_model: SteeringModel) -> None:
    written = [note.written for note in steering_model.notes]
    assert [one for one in written if not one.endswith("(exempel)")] == []
